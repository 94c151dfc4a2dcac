"""The text of a mission's page: the user's example and its kin."""

from __future__ import annotations

import pytest
from made import FIRST, LAST, text_page

from parsers import Listing, Page, Unread, parse, read

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


@pytest.mark.parametrize(
    "lines",
    [
        [MENU, "Home > China News", TITLE, FIRST],
        ["Ambassador", "Relations", "Embassy Information", "Home > China News", TITLE, FIRST],
        ["Ministry of Foreign Affairs", "People's Republic of China", TITLE, "Updated: August 24, 2016 23:58", FIRST],
        ["Embassy in Fiction", TITLE, FIRST],
    ],
)
@pytest.mark.parametrize("tail", [[], ["<Suggest to a friend>"], ["[ Print ]"]])
def test_other_templates_are_not_read_wrongly(lines: list[str], tail: list[str]) -> None:
    got = read(text_page(*lines, *tail))
    assert isinstance(got, Unread)
    assert got.error == "LayoutUnknown"


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
