"""Every line of a page is accounted for: on text pages the lines add up to the page."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import FIRST, LAST, html_page, text_page
from saved import Saved, saved

from parsers import LAYOUTS, Listing, Page, Release, Unread
from parsers.evidence import Evidence, Line, evidence_of
from parsers.page import HtmlPage, TextPage, open_page
from parsers.soup import UNSEEN
from parsers.text import headline, one_line

each_saved = pytest.mark.parametrize("sample", saved(), ids=lambda sample: sample.name)
TITLE = "Lin Example Meets the Guests of the Northern Fair"


def texts(evidence: Evidence, part: str) -> list[str]:
    return [line.text for line in evidence.lines if line.part == part]


def words_of(lines: list[str]) -> Counter[str]:
    return Counter("".join(" ".join(lines).split()))


@each_saved
def test_the_body_is_the_lines_named_so_and_the_title_is_one_of_them(sample: Saved) -> None:
    evidence = evidence_of(sample.page)
    assert isinstance(evidence.read, Release)
    assert texts(evidence, "body") == list(evidence.read.paragraphs)
    if sample.page.listing.title is None:
        assert list(map(headline, texts(evidence, "title"))) == [evidence.read.title]
    assert texts(evidence, "subtitle") == ([evidence.read.subtitle] if evidence.read.subtitle else [])
    assert bool(texts(evidence, "breadcrumb")) == bool(evidence.read.breadcrumb)
    shown = {given.method for given in evidence.read.dates} & {"date_line", "updated"}
    assert bool(shown) <= bool(texts(evidence, "date"))


@each_saved
def test_chrome_is_named_by_a_rule_and_nothing_else_is(sample: Saved) -> None:
    for line in evidence_of(sample.page).lines:
        assert bool(line.rule) == (line.part == "chrome"), line


@each_saved
def test_the_lines_of_a_text_add_up_to_the_page(sample: Saved) -> None:
    opened = open_page(sample.page)
    if isinstance(opened, TextPage):
        lines = [text for line in opened.lines if (text := one_line(line))]
        assert " ".join(line.text for line in evidence_of(sample.page).lines) == " ".join(lines)


@each_saved
def test_all_text_of_an_html_page_is_shown(sample: Saved) -> None:
    opened = open_page(sample.page)
    if not isinstance(opened, HtmlPage):
        return
    for node in opened.tree.css(", ".join(sorted(UNSEEN - {"head", "title"}))):
        node.decompose()
    assert opened.tree.body is not None
    there = words_of([one_line(opened.tree.body.text())])
    assert words_of([line.text for line in evidence_of(sample.page).lines]) == there


LINES = (
    *(FIRST, LAST, TITLE, "Home > News", "中文 English", "[ Print ]", "2020-01-02 10:00", "", " ", "Related News:"),
    *("MINISTRY OF FOREIGN AFFAIRS", "SINGAPORE", "9 MAY 2022", "Office of the Spokesperson", "Begin text:", "Home /"),
    *("MINISTRY OF FOREIGN AFFAIRS SINGAPORE 15 JULY 2022 Dear Sir,", "Menu  one  two  three", "Caption: a stone"),
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=12), st.sampled_from([None, TITLE]))
def test_the_lines_of_any_text_add_up(lines: list[str], title: str | None) -> None:
    page = Page("\n".join(lines).encode(), "text/plain", Listing(title))
    shown = evidence_of(page).lines
    if shown:
        assert " ".join(line.text for line in shown) == " ".join(one_line(line) for line in lines if line.strip())


def test_what_stands_around_a_region_is_chrome_by_its_rule() -> None:
    raw = html_page(f"<p>{FIRST}</p><p>{LAST}</p>", TITLE).raw.replace(
        b"<body>",
        b"<body><div><a href='/ar'>\xd8\xb9\xd8\xb1\xd8\xa8\xd9\x8a</a> <a href='/fr'>Fran\xc3\xa7ais</a></div>",
    )
    raw = raw.replace(b"</body>", b"<p style='display:none'>Hidden.</p><p>Printed in Reykjavik by hand.</p></body>")
    lines = evidence_of(Page(raw)).lines
    assert [(line.part, line.rule) for line in lines] == [
        ("chrome", "language bar"),
        ("title", ""),
        ("body", ""),
        ("body", ""),
        ("chrome", "hidden"),
        ("chrome", "outside the region"),
    ]


def test_a_page_that_no_layout_knows_shows_its_lines_and_which_layouts_fit() -> None:
    evidence = evidence_of(Page(b"<html><body><h1>New</h1><p>A page of a new template.</p></body></html>"))
    assert isinstance(evidence.read, Unread)
    assert evidence.lines == (Line("New", "unread"), Line("A page of a new template.", "unread"))
    assert evidence.fits == dict.fromkeys((layout.name for layout in LAYOUTS), False)


def test_a_page_with_the_looks_but_not_the_parts_shows_its_lines() -> None:
    two = html_page(f"</div><div class='content'><p>{FIRST}</p>", TITLE)
    evidence = evidence_of(two)
    assert isinstance(evidence.read, Unread)
    assert evidence.read.error == "SelectorError"
    assert [name for name, fits in evidence.fits.items() if fits] == ["mfa_en"]
    assert Line(FIRST, "unread") in evidence.lines


def test_what_cannot_be_opened_has_no_lines() -> None:
    evidence = evidence_of(Page(b"a\0b"))
    assert (evidence.lines, evidence.fits) == ((), {})
    assert isinstance(evidence.read, Unread)


def test_names_of_houses_and_menus_are_named() -> None:
    page = text_page(
        "Ambassador", "Relations", "Home > News", TITLE, "Chinese Embassy, 18 November 2019", FIRST, "[ Print ]"
    )
    assert [(line.part, line.rule) for line in evidence_of(page).lines] == [
        ("chrome", "menu"),
        ("chrome", "menu"),
        ("breadcrumb", ""),
        ("title", ""),
        ("date", ""),
        ("body", ""),
        ("chrome", "control"),
    ]


def test_a_headline_that_a_break_parts_is_one_title_on_two_lines() -> None:
    raw = html_page(f"<p>{FIRST}</p>", "林示例会见来宾<br>并发表谈话").raw
    assert [(line.part, line.text) for line in evidence_of(Page(raw)).lines] == [
        ("title", "林示例会见来宾"),
        ("title", "并发表谈话"),
        ("body", FIRST),
    ]


@pytest.mark.parametrize(
    "box", ["<form>{}</form>", "<div class='print'>{}</div>", "<div style='display:none'>{}</div>", "{}"]
)
def test_a_region_within_a_box_is_shown_once(box: str) -> None:
    inner = f"<span style='display:none'>hidden</span><p>{FIRST}</p><p>{LAST}</p>"
    raw = html_page(inner, TITLE).raw.decode()
    start, stop = raw.index("<div class='content_mod'>"), raw.index("</body>")
    page = Page(f"{raw[:start]}<p>{FIRST}</p>{box.format(raw[start:stop])}{raw[stop:]}".encode())
    evidence = evidence_of(page)
    assert isinstance(evidence.read, Release)
    assert texts(evidence, "body") == [FIRST, LAST]
    assert [line.text for line in evidence.lines].count(LAST) == 1
    assert evidence.lines[0] == Line(FIRST, "chrome", "outside the region")


def test_a_page_on_which_a_layout_breaks_has_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_: object) -> bool:
        raise IndexError("a fault of ours")

    monkeypatch.setattr("parsers.refusals.is_list", breaks)
    monkeypatch.setattr("parsers.recognise.is_list", breaks, raising=False)
    told = evidence_of(text_page("Home > News", "Envoy Meets Envoy", "They met on Monday."))
    assert isinstance(told.read, Unread)
    assert told.read.error == "ParserFault"
    assert [line.part for line in told.lines] == ["unread"] * 3
