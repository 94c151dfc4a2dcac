"""The text of a mission's page: the user's example and its kin."""

from __future__ import annotations

import pytest
from made import FIRST, LAST, text_page

from parsers import Listing, Page, Unread, parse, read
from parsers.evidence import evidence_of

TITLE = "Lin Example Speaks with Icelandic Foreign Minister Sigrun Placeholder on the Phone"


@pytest.mark.parametrize(
    "crumb",
    [
        "Home\u00a0>\u00a0China News",
        "Home > Embassy News",
        "HOME > News",
        "首页 > 外交动态",
        "中文  عربي\n   Home > News",
    ],
)
@pytest.mark.parametrize(
    ("under", "day"),
    [
        ("\n\n", None),
        ("\n", None),
        ("\n2023-02-04 11:14\n", "2023-02-04"),
        ("2019-03-29 01:25\n\n", "2019-03-29"),
        ("\n2005-10-25 00:00\n\n", "2005-10-25"),
        ("Chinese Embassy, 18 November 2019\n", "2019-11-18"),
        ("2016/01/15\n", "2016-01-15"),
    ],
)
@pytest.mark.parametrize(
    "tail",
    [
        "",
        "\n\n<Suggest to a friend>\n",
        "\n[ Suggest To A Friend ]\n  [ Print ]",
        "\nSuggset To Friend:",
        "\n\nSuggest to a Friend\n  Print\n\n",
    ],
)
def test_the_rows_of_layouts(crumb: str, under: str, day: str | None, tail: str) -> None:
    text = f"{crumb}\n{TITLE}\n{under}        {FIRST}\n\n        {LAST}{tail}"
    release = parse(Page(text.encode()))
    assert release.layout == "mission_text"
    assert release.title == TITLE
    assert release.breadcrumb == tuple(" ".join(item.split()) for item in crumb.rsplit("\n", maxsplit=1)[-1].split(">"))
    assert release.paragraphs == (FIRST, LAST)
    assert [str(given.day) for given in release.dates] == ([day] if day else [])
    assert all(given.at is None and given.zone is None for given in release.dates), "Beijing's or local: unstated"


@pytest.mark.parametrize(
    "sentence", ["No.", "好的。", "On March 3, 2014, they met.", "Print media were invited.", "a > b, they said."]
)
def test_one_sentence_more_lands_anywhere(sentence: str) -> None:
    lines = ["Home > China News", TITLE, "2023-02-04 11:14", "", FIRST, "", LAST, "", "<Suggest to a friend>"]
    for at in range(3, 8):
        release = parse(text_page(*lines[:at], sentence, *lines[at:]))
        assert release.title == TITLE
        assert sorted(release.paragraphs) == sorted((FIRST, LAST, sentence))
        assert str(release.dates[0].day) == "2023-02-04"


def test_a_first_sentence_with_a_day_is_no_date_line() -> None:
    release = parse(text_page("Home > News", TITLE, "On March 3, 2014, they met.", FIRST))
    assert release.paragraphs == ("On March 3, 2014, they met.", FIRST)
    assert release.dates == ()


def test_a_day_in_the_title_dates_nothing() -> None:
    assert parse(text_page("Home > News", "Press Conference on May 22, 2018", FIRST)).dates == ()


MENU = "Home   Embassy Info   About China   Economy & Trade"
LINES = ["Ambassador", "  Video & Audio", "Relations", "What is the WTO?", "Embassy Information", "Embassy in Fiction"]
each_tail = pytest.mark.parametrize("tail", [[], ["<Suggest to a friend>"], ["[ Print ]"]])


@pytest.mark.parametrize("menu", [[MENU], LINES, [MENU.replace("   ", "\t")], [*LINES, MENU], ["中文  عربي", MENU]])
@pytest.mark.parametrize("crumbs", [["Home > China News"], [" Home\xa0>\xa0China News"], ["Home", ">", "China News"]])
@each_tail
def test_a_menu_above_the_breadcrumb_goes(menu: list[str], crumbs: list[str], tail: list[str]) -> None:
    release = parse(text_page(*menu, *crumbs, TITLE, "Chinese Embassy, 18 November 2019", FIRST, *tail))
    assert (release.layout, release.title, release.breadcrumb) == ("mission_text", TITLE, ("Home", "China News"))
    assert release.paragraphs == (FIRST,)
    assert str(release.dates[0].day) == "2019-11-18"


@each_tail
def test_a_sentence_above_something_like_a_breadcrumb_is_no_menu(tail: list[str]) -> None:
    got = read(text_page(TITLE, FIRST, "Peace > trade", LAST, *tail))
    assert isinstance(got, Unread) or (got.title, got.paragraphs) == (TITLE, (FIRST, "Peace > trade", LAST))


@pytest.mark.parametrize(
    ("head", "zone"),
    [
        (["Ministry of Foreign Affairs", "People's Republic of China"], "Asia/Shanghai"),
        (["عربي Español Русский Français 简体中文"], "Asia/Shanghai"),
        (["中华人民共和国外交部"], "Asia/Shanghai"),
    ],
)
@each_tail
def test_a_ministry_s_page_has_its_name_or_a_language_bar_first(head: list[str], zone: str, tail: list[str]) -> None:
    release = parse(text_page(*head, TITLE, "Updated: August 24, 2016 23:58", FIRST, *tail))
    assert (release.layout, release.title, release.paragraphs) == ("mfa_text", TITLE, (FIRST,))
    (given,) = release.dates
    assert (given.method, str(given.day), given.zone) == ("updated", "2016-08-24", zone)


@each_tail
def test_a_headline_parted_by_a_blank_line_is_enough(tail: list[str]) -> None:
    release = parse(text_page("", TITLE, "", FIRST, LAST))
    assert (release.layout, release.title, release.paragraphs) == ("headed_text", TITLE, (FIRST, LAST))
    assert parse(text_page(TITLE, FIRST, LAST)).paragraphs == (FIRST, LAST)
    dated = parse(text_page("Some words that may be anything", "2017/03/31", FIRST))
    assert (dated.paragraphs, str(dated.dates[0].day)) == ((FIRST,), "2017-03-31")
    dated = parse(text_page(TITLE, "2017/03/31", "", "Radio Nowhere: Is it so?", "Zhou Specimen: It is.", *tail))
    assert (dated.title, len(dated.paragraphs), str(dated.dates[0].day)) == (TITLE, 2, "2017-03-31")


@pytest.mark.parametrize(
    "lines",
    [
        ["Some words that may be anything", FIRST, LAST],
        ["Ministry of Foreign Affairs", "", FIRST],
        ["Embassy of China in Fiction", "", FIRST],
        ["Embassy of China in Fiction", TITLE, FIRST],
        ["News", "", FIRST],
        [TITLE, "", "Another short line", FIRST],
        ["2020-01-01", "", FIRST],
        [FIRST, "", LAST],
        [MENU, "", TITLE, "", FIRST],
        ['{"title": "Envoy meets envoy", "on": "Monday"}', "", '{"title": "They met.", "on": "Tuesday."}'],
        ["# A list of packages = what is needed here", "", "It is a file of some program."],
        ["Some words that may be anything", FIRST, "", ""],
    ],
)
def test_what_may_be_another_template_is_not_read(lines: list[str]) -> None:
    got = read(text_page(*lines))
    assert isinstance(got, Unread)
    assert got.error == "LayoutUnknown"


def test_an_error_page_as_text_is_refused_even_under_a_headline() -> None:
    got = read(text_page("Sorry for the inconvenience today", "", "404 Not Found: page not found."))
    assert isinstance(got, Unread)
    assert got.error == "NothingHere"


@pytest.mark.parametrize("tail", [["<Suggest to a friend>"], ["[ Print ]"]])
@pytest.mark.parametrize("house", ["Embassy of China in Fiction", "Chinese Embassy in Fiction"])
def test_the_name_of_a_mission_is_no_headline(house: str, tail: list[str]) -> None:
    assert isinstance(read(text_page(house, TITLE, FIRST, *tail)), Unread)


def test_a_menu_joined_by_bars_is_not_the_breadcrumb() -> None:
    release = parse(text_page("Home | Embassy | About China", "Home > China News", TITLE, FIRST))
    assert (release.breadcrumb, release.title) == (("Home", "China News"), TITLE)


def test_a_headline_first_with_the_tail_is_enough() -> None:
    release = parse(text_page(TITLE, "", FIRST, LAST, "Suggest to a friend:"))
    assert (release.title, release.breadcrumb, release.paragraphs) == (TITLE, (), (FIRST, LAST))


def test_a_listed_title_decides_between_a_headline_and_a_bare_text() -> None:
    raw = text_page(FIRST, LAST, "【打印】").raw
    bare = parse(Page(raw, "text/plain", Listing(TITLE, "2020-03-18")))
    assert (bare.layout, bare.title, bare.paragraphs) == ("bare_text", TITLE, (FIRST, LAST))
    assert [(given.method, str(given.day)) for given in bare.dates] == [("listing", "2020-03-18")]
    headed = parse(Page(text_page(TITLE, FIRST, LAST, "[ Print ]").raw, "text/plain", Listing(TITLE.upper())))
    assert (headed.layout, headed.title, headed.paragraphs) == ("mission_text", TITLE, (FIRST, LAST))


def test_a_breadcrumb_goes_before_a_listed_title() -> None:
    page = Page(text_page("Home > News", TITLE, FIRST).raw, "text/plain", Listing("Another title"))
    assert (parse(page).layout, parse(page).title) == ("mission_text", TITLE)


def test_the_last_line_may_say_who_owns_the_site() -> None:
    owner = "The Embassy of the People's Republic of China in Fiction All Rights Reserved"
    release = parse(text_page("HOME > News", TITLE, FIRST, "Suggest To A Friend", owner))
    assert release.paragraphs == (FIRST,)


@pytest.mark.parametrize(
    "lines",
    [
        ["Office of the Spokesperson", "", FIRST, LAST],
        ["Ned Sample, Department Spokesperson", "", FIRST, LAST],
        ["外交部发言人周样本宣布：", "", "应冰岛政府请求，中国政府决定赠送树苗。"],
        ["Distinguished guests, ladies and gentlemen,", "", FIRST],
        ["Q: What is China's comment on the ferry", "", "A: It has none."],
        ["CCTV: As the ice breaks, what will be done? (Similar question from Nowhere Radio)", "", "Lin: A lot."],
        ["a list of words that no headline is", "", FIRST],
    ],
)
def test_the_first_line_of_a_text_without_a_headline_is_none(lines: list[str]) -> None:
    got = read(text_page(*lines))
    assert isinstance(got, Unread)
    assert got.error == "LayoutUnknown"


@pytest.mark.parametrize(
    "listed",
    [
        TITLE.replace("Lin", "lin"),
        f"{TITLE} (2020-01-01)",
        f"{TITLE}_Ministry of Foreign Affairs",
        TITLE[:60] + "...",
        TITLE.replace("on the Phone", "on the  Phone"),
    ],
)
def test_a_title_that_a_list_writes_a_little_differently_is_the_headline(listed: str) -> None:
    head = ["Ministry of Foreign Affairs", "People's Republic of China"]
    page = Page(text_page(*head, TITLE, "Updated: January 1, 2020 10:00", FIRST).raw, "text/plain", Listing(listed))
    release = parse(page)
    assert (release.layout, release.title, release.paragraphs) == ("mfa_text", TITLE, (FIRST,))
    assert str(release.dates[0].day) == "2020-01-01"


def test_the_place_of_the_event_under_a_headline_is_not_its_date_line() -> None:
    release = parse(text_page("Home > News", TITLE, "(9 April 2020, Vilnius)", "2020-04-10 09:00", FIRST))
    assert str(release.dates[0].day) == "2020-04-10"
    assert release.paragraphs == ("(9 April 2020, Vilnius)", FIRST)


def test_a_conference_named_by_its_day_is_no_date_line() -> None:
    release = parse(text_page("Home > News", TITLE, "Press Conference on May 22, 2018", FIRST))
    assert release.dates == ()
    assert release.paragraphs == ("Press Conference on May 22, 2018", FIRST)


def test_a_day_alone_is_never_a_title() -> None:
    got = read(text_page("Home > China News", "Peace > War", "2020-05-01", FIRST))
    assert isinstance(got, Unread)


def test_a_page_of_belarus_with_its_day_above_the_text_is_refused() -> None:
    got = read(text_page("Home /", "Resources /", "In Focus", TITLE, "2020-04-09", FIRST, LAST))
    assert isinstance(got, Unread)


def test_a_ministry_s_text_may_open_with_who_announces() -> None:
    opening = "Foreign Ministry Spokesperson Zhou Specimen announces:"
    release = parse(text_page("Ministry of Foreign Affairs", TITLE, "Updated: May 3, 2016 20:00", opening, FIRST))
    assert release.paragraphs == (opening, FIRST)


def test_a_list_whose_breadcrumb_is_its_last_line_is_settled() -> None:
    items = [f"Envoy {n} meets envoy (2020-01-0{n})" for n in range(1, 7)]
    said = "The two sides met on Monday and spoke at length of fish, of ships and of the winter."
    page = text_page(*items, said, "Home > News")
    got = read(page)
    assert not isinstance(got, Unread) or got.error != "ParserFault", got
    assert evidence_of(page).lines
