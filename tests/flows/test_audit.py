"""The audit for leaks and losses: faults made for real go along the line, and stand in source_health and suspects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from homes import NOW, SAMPLES, ingest_into, line, rows, write_lines
from ministry.pages import sentences, title
from test_replay import Copy

from flows.verbs import reparse_kept
from warehouse.home import FILE, PUBLISHED
from warehouse.store import Store

SOURCE = "mfa-cn-en"
FOOTER = "Contact us Address: No. 2, Example Street, Reykjavik, 100701 Tel: 86-10-0000"
CHROME = (
    "<p><a href='javascript:window.print()'>Print</a></p>"
    "<div><h3>Related News:</h3><ul><li><a href='./t1.shtml'>{one}</a></li>"
    "<li><a href='./t2.shtml'>{two}</a></li></ul></div>"
)
Words = Sequence[str]


def told(n: int) -> list[str]:
    """Paragraphs of release n; the last is like no other, in more than its numbers."""
    town = "".join("abdegikmor"[int(digit)] for digit in f"{n:03}").title()
    return [*sentences(n)[:3], f"They agreed to speak again of what was left, in the spring, in the town of {town}."]


def paragraphs(words: Words) -> str:
    return "".join(f"<p>{each}</p>" for each in words)


def page(n: int, region: str, beside: str = "", foot: str = FOOTER, named: str = "") -> dict[str, Any]:
    """A look at release n in the template of `mfa_en`: its region, what stands beside it, the footer, its title."""
    name = named or title(n)
    head = f"<!DOCTYPE html><html><head><title>{name}</title></head><body><div class='content_mod'>"
    html = f"{head}<h2 class='title'>{name}</h2><div class='content'>{region}</div>{beside}</div>{foot}</body></html>"
    day = f"2020-05-{n % 28 + 1:02}T00:00:00Z"
    return line(html.encode(), url=f"http://www.fmprc.gov.cn/mfa_eng/t{n}.shtml", captured_at=day)


def sound(numbers: Iterable[int]) -> list[dict[str, Any]]:
    return [page(n, paragraphs(told(n)) + CHROME.format(one=title(n + 1), two=title(n + 2))) for n in numbers]


def counted(home: Path, source: str = SOURCE) -> tuple[int, int]:
    """Suspected lines of chrome, and releases suspected of a loss."""
    sql = f"SELECT suspected_chrome, suspected_loss FROM source_health WHERE source = '{source}'"
    ((chrome, loss),) = rows(home, sql)
    return chrome, loss


def suspects(home: Path, suspicion: str) -> list[tuple[Any, ...]]:
    return rows(home, f"SELECT line, bodies, of_bodies FROM suspects WHERE suspicion = '{suspicion}' ORDER BY ALL")


def landed(folder: Path, *looks: dict[str, Any]) -> Path:
    home = folder / "home"
    total = ingest_into(home, write_lines(folder / "looks.jsonl", looks))
    assert total.quarantined == 0
    assert total.new == len(looks)
    return home


# --- leaks ---------------------------------------------------------------------------------------

OFFICES = " ".join(f"Foreign Affairs Office of {place}" for place in ("Alvania", "Borduria", "Carpania"))


def with_farm(n: int) -> str:
    *first, last = told(n)
    return paragraphs([*first, f"{last} {OFFICES} Go on Leave"])


def with_farm_of_headlines(n: int) -> str:
    """What is common to all of them stands in its middle: it begins with its heading and ends with a headline."""
    *first, last = told(n)
    return paragraphs([*first, f"{last} Also in the newsroom: {title(n + 1)} {title(n + 2)}"])


def with_headlines_and_a_control(n: int) -> str:
    *first, last = told(n)
    return paragraphs([*first, f"{last} {title(n + 1)} {title(n + 2)} Tell it to others"])


def with_unknown_heading(n: int) -> str:
    return paragraphs([*told(n), "Also in the Newsroom:", title(n + 1), title(n + 2)])


def with_footer(n: int) -> str:
    return paragraphs(told(n)) + f"<div class='foot'>{FOOTER}</div>"


@pytest.mark.acceptance
@pytest.mark.parametrize(
    ("fault", "shown"),
    [
        (with_farm, f"{OFFICES} Go on Leave"),
        (with_farm_of_headlines, "Also in the …"),
        (with_headlines_and_a_control, "…it to others"),
        (with_unknown_heading, "Also in the Newsroom:"),
        (with_footer, FOOTER),
    ],
)
def test_a_leak_on_the_new_pages_of_a_site_is_seen(tmp_path: Path, fault: Callable[[int], str], shown: str) -> None:
    """Six pages after a redesign, among thirty that are sound."""
    home = landed(tmp_path, *sound(range(30)), *(page(n, fault(n), foot="") for n in range(30, 36)))
    assert (shown, 6, 36) in suspects(home, "chrome")
    assert counted(home) == (len(suspects(home, "chrome")), 0)
    worst = rows(home, "SELECT s.line, r.body FROM suspects s JOIN releases r USING (release_id, url)")
    assert len(worst) == counted(home)[0]
    assert all(line.strip("…") in body for line, body in worst), "each names a release that has it"


@pytest.mark.acceptance
def test_the_glued_link_farm_of_a_chinese_text_is_seen(tmp_path: Path) -> None:
    offices = " ".join(f"{place}市外办" for place in ("甲", "乙", "丙", "丁"))
    looks = [
        line(
            f"一、外交部长第{n}次会见来宾。\n二、双方就第{n}项合作交换意见。 {offices} 是否继续访问？ 继续访问 放弃",
            url=f"https://www.fmprc.gov.cn/web/t{n}.shtml",
            listing={"title": f"第{n}次例行记者会"},
        )
        for n in range(40)
    ]
    for n in range(5, 40):
        looks[n]["content"] = looks[n]["content"].partition(" ")[0]
    home = landed(tmp_path, *looks)
    assert suspects(home, "chrome") == [("继续访问 放弃", 5, 40)]


@pytest.mark.acceptance
def test_rules_that_no_longer_work_are_seen(tmp_path: Path) -> None:
    """The same pages with and without the rules for chrome."""
    looks = sound(range(12))
    assert counted(landed(tmp_path, *looks)) == (0, 0)
    copy = Copy(tmp_path / "copy")
    copy.change("parsers/regions.py", "    chrome.name_chrome(region.blocks)\n", "")
    copy.run("ingest", tmp_path / "looks.jsonl", "--home", tmp_path / "off")
    assert {("Print", 12, 12), ("Related News:", 12, 12)} <= set(suspects(tmp_path / "off", "chrome"))


def texts(*contents: str, host: str = "www.fmprc.gov.cn/web") -> list[dict[str, Any]]:
    """Looks at body-only texts, one a day."""
    return [
        line(words, url=f"http://{host}/t{n}.shtml", captured_at=day(n), listing={"title": f"Meeting No. {n}"})
        for n, words in enumerate(contents)
    ]


def day(n: int) -> str:
    return f"{2000 + n // 300}-{n % 300 // 25 + 1:02}-{n % 25 + 1:02}T00:00:00Z"


@pytest.mark.acceptance
@pytest.mark.parametrize(("leaking", "bodies"), [(range(6), 0), (range(200, 206), 6)])
def test_the_latest_two_hundred_are_compared(tmp_path: Path, leaking: range, bodies: int) -> None:
    contents = [f"They met in round {n}.{' Tell it to others' if n in leaking else ''}" for n in range(206)]
    home = landed(tmp_path, *texts(*contents))
    assert suspects(home, "chrome") == ([("Tell it to others", bodies, 200)] if bodies else [])


@pytest.mark.acceptance
def test_bodies_of_megabytes_are_not_compared(tmp_path: Path) -> None:
    home = landed(tmp_path, *texts(*(f"They met {n}. {'and met ' * 40_000}again. Tell it to others" for n in range(6))))
    assert suspects(home, "chrome") == []


@pytest.mark.acceptance
def test_one_text_under_many_urls_repeats_nothing(tmp_path: Path) -> None:
    looks = texts(*(f"They met in round {n % 5}.{' Tell it to others' if n % 5 == 1 else ''}" for n in range(50)))
    for n, look in enumerate(looks):
        look["listing"] = {"title": f"Meeting No. {n % 5}"}
    assert suspects(landed(tmp_path, *looks), "chrome") == []


FORMULA = "The Minister will be accompanied by officials from the Ministry of Foreign Affairs."


@pytest.mark.acceptance
@pytest.mark.parametrize(
    "forms",
    [
        # of each in many bodies
        [
            lambda words: ["Mr. President,", "Ladies and gentlemen,", *words, "Thank you, Mr. President."],
            lambda words: ["QUESTION:", words[0], "REPLY", *words[1:], "谢谢大家。"],
            lambda words: [*words, FORMULA, "Thank you."],
            lambda words: [
                "Your Excellency,",
                *words,
                "Yours sincerely,",
                "LIN EXAMPLE",
                "Minister for Foreign Affairs",
            ],
            lambda words: [*words, "谢谢！"],
        ],
        # of these in all
        [lambda words: ["Mr. President,", *words, "Thank you, Mr. President."]],
        [lambda words: ["主席先生：", *words, "谢谢大家。"]],
        [lambda words: ["QUESTION:", words[0], "REPLY", *words[1:]]],
        [lambda words: [*words, "（完）"]],
    ],
)
def test_what_repeats_in_sound_texts_is_no_suspect(tmp_path: Path, forms: list[Callable[[Words], Words]]) -> None:
    """Salutations, thanks, formulas, signatures, labels of an interview."""
    home = landed(tmp_path, *(page(n, paragraphs(forms[n % len(forms)](told(n)))) for n in range(60)))
    assert suspects(home, "chrome") == []
    assert counted(home) == (0, 0)


@pytest.mark.acceptance
def test_letters_end_with_who_signs_them(tmp_path: Path) -> None:
    signed = ["Yours sincerely", "LIN EXAMPLE", "Minister for Foreign Affairs"]
    pages = [page(n, paragraphs([*told(n), *signed]), named=f"Letter to the Envoy of {n}") for n in range(12)]
    assert counted(landed(tmp_path, *pages)) == (0, 0)


def test_a_long_line_in_most_bodies_is_a_suspect_though_it_is_a_sentence(tmp_path: Path) -> None:
    notice = "The Ministry of Foreign Affairs keeps these pages for all who want to read them."
    forms: list[Callable[[int], Words]] = [lambda n: [notice, *told(n)], lambda n: [*told(n), notice]]
    home = landed(tmp_path, *(page(n, paragraphs(forms[n % 6 > 0](n))) for n in range(12)))
    assert suspects(home, "chrome") == [(notice, 12, 12)], "once, though it is also how ten of them end"


# --- losses --------------------------------------------------------------------------------------


def with_rest(n: int) -> dict[str, Any]:
    """A page whose last paragraph stands in a box of its own, after the region."""
    *first, last = told(n)
    return page(n, paragraphs(first), beside=f"<div class='rest'><p>{last}</p></div>")


def test_a_last_paragraph_outside_the_region_is_seen(tmp_path: Path) -> None:
    home = landed(tmp_path, *sound(range(7)), with_rest(7), *sound(range(8, 12)))
    assert counted(home) == (0, 1)
    found = rows(home, "SELECT suspicion, line, bodies, of_bodies, url FROM suspects")
    assert found == [("loss", told(7)[-1], 1, 12, "http://www.fmprc.gov.cn/mfa_eng/t7.shtml")]


@pytest.mark.acceptance
def test_a_region_that_cuts_the_last_paragraph_is_seen_on_every_page(tmp_path: Path) -> None:
    looks = []
    for n in range(30):
        *first, last = told(n)
        looks.append(page(n, f"<div class='part'>{paragraphs(first)}</div><p>{last}</p>"))
    assert counted(landed(tmp_path, *looks)) == (0, 0)
    copy, home = Copy(tmp_path / "copy"), tmp_path / "cut"
    copy.change("parsers/layouts/mfa_en.py", 'region_at = "div.content_mod > div.content"', 'region_at = "div.part"')
    copy.run("ingest", tmp_path / "looks.jsonl", "--home", home)
    assert counted(home) == (0, 30)
    assert len(suspects(home, "loss")) == 20, "the worst of them"
    assert {line for line, _, _ in suspects(home, "loss")} <= {told(n)[-1] for n in range(30)}


NOTICE = "This page was looked at {} times by its many readers."


@pytest.mark.parametrize(
    "beside",
    [
        lambda n: "All that stands here is the view of the Ministry alone.",  # on every page
        lambda n: NOTICE.format(n * 37),  # but for a number
        lambda n: f"For all that you want to know, write to {title(n)[-9:-6]}{chr(97 + n)}@mfa.test.",
        lambda n: title((n + 1) % 12),  # a headline
        lambda n: told((n + 1) % 12)[0],  # how another release begins
        lambda n: "Pages of the Ministry that tell you more about it " + str(n),  # no sentence
        lambda n: told(n)[1],  # its own words
    ],
)
def test_what_stands_elsewhere_too_is_no_loss(tmp_path: Path, beside: Callable[[int], str]) -> None:
    home = landed(tmp_path, *(page(n, paragraphs(told(n)), f"<p>{beside(n)}</p>") for n in range(12)))
    assert counted(home) == (0, 0)


def test_the_headline_of_another_release_is_no_loss(tmp_path: Path) -> None:
    asked = "What Did the Two Sides Agree On at Their Meeting in Reykjavik?"
    home = landed(
        tmp_path,
        page(0, paragraphs(told(0)), named=asked),
        page(1, paragraphs(told(1)), f"<p>{asked}</p>"),
        *sound(range(2, 8)),
    )
    assert counted(home) == (0, 0)


@pytest.mark.acceptance
def test_what_its_latest_look_no_longer_shows_is_no_loss(tmp_path: Path) -> None:
    first = page(7, paragraphs(told(7)), "<p>Today the Ministry is closed, for the first time in its long history.</p>")
    home = landed(tmp_path, *sound(range(7)), first)
    assert counted(home) == (0, 1)
    later = {**page(7, paragraphs(told(7))), "captured_at": "2020-07-01T00:00:00Z"}
    assert ingest_into(home, write_lines(tmp_path / "later.jsonl", [later])).unchanged == 1
    assert counted(home) == (0, 0)


@pytest.mark.parametrize(("count", "losses"), [(4, 0), (5, 1)])
def test_with_fewer_than_five_pages_nothing_can_be_said(tmp_path: Path, count: int, losses: int) -> None:
    home = landed(tmp_path, with_rest(0), *sound(range(1, count)))
    assert counted(home) == (0, losses)


# --- on every run --------------------------------------------------------------------------------


@pytest.mark.acceptance
def test_the_samples_raise_no_alarm(tmp_path: Path) -> None:
    ingest_into(tmp_path, SAMPLES)
    assert rows(tmp_path, "FROM suspects") == []
    assert rows(tmp_path, "SELECT sum(suspected_chrome + suspected_loss) FROM source_health") == [(0,)]


@pytest.mark.acceptance
def test_an_alarm_ends_with_the_fault_and_comes_back_from_the_archive(tmp_path: Path) -> None:
    home = landed(tmp_path, *sound(range(7)), with_rest(7))
    before = rows(home, "FROM suspects")
    assert len(before) == 1
    (home / FILE).unlink()
    (home / PUBLISHED).unlink()
    reparse_kept(None, dry_run=False, as_json=True, flags={"home": home, "workers": 1})
    assert rows(home, "FROM suspects") == before
    mended = page(7, paragraphs(told(7)))
    mended["captured_at"] = "2020-06-01T00:00:00Z"
    ingest_into(home, write_lines(tmp_path / "mended.jsonl", [mended]))
    assert rows(home, "FROM suspects") == []
    assert counted(home) == (0, 0)


@pytest.mark.acceptance
def test_what_was_read_before_sentences_were_kept_raises_no_alarm(tmp_path: Path) -> None:
    home = landed(tmp_path, *sound(range(7)), with_rest(7))
    store = Store(home, NOW)
    store.connection.execute("UPDATE parses SET left_out = NULL")
    store.close()
    ingest_into(home, write_lines(tmp_path / "more.jsonl", sound([8])))
    assert counted(home) == (0, 0)
