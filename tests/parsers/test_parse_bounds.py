"""What is too much, too deep or nothing at all is refused, and soon."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from made import FIRST, html_page

from parsers import Page, Unread, parse, read
from parsers.errors import InputTooLarge, NotText, TooDeep
from parsers.page import tree_of
from parsers.release import MAX_BYTES
from parsers.soup import MAX_DEPTH

SOON = 5.0  # seconds of the processor: what else the machine does is not the parser's


@pytest.fixture(autouse=True)
def soon() -> Iterator[None]:
    began = time.process_time()
    yield
    assert time.process_time() - began < SOON


@pytest.mark.parametrize("raw", [b"", b" \r\n\t", b"\n" * 1_000_000])
@pytest.mark.parametrize("content_type", [None, "text/html", "text/plain", "application/rss+xml"])
def test_nothing_is_no_text(raw: bytes, content_type: str | None) -> None:
    with pytest.raises(NotText, match="empty"):
        parse(Page(raw, content_type))


def test_a_page_over_the_bound_is_refused_and_one_at_it_is_read() -> None:
    page = html_page(f"<p>{FIRST}</p>").raw
    full = page + b" " * (MAX_BYTES - len(page))
    assert parse(Page(full)).paragraphs == (FIRST,)
    with pytest.raises(InputTooLarge, match="17,825,792"):
        parse(Page(page + b" " * (17 * 1024 * 1024 - len(page))))
    with pytest.raises(InputTooLarge):
        parse(Page(full + b" "))
    got = read(Page(full + b" "))
    assert isinstance(got, Unread)
    assert got.error == "InputTooLarge"


@pytest.mark.parametrize("raw", [b"a\0b", html_page("<p>a\0b</p>").raw, b"\0" * 100, b"Home > News\nTitle\n\0"])
def test_nul_bytes_are_binary(raw: bytes) -> None:
    with pytest.raises(NotText):
        parse(Page(raw))


DEEP = 100_000
NESTS: dict[str, Callable[[int], str]] = {
    "div": lambda n: "<div>" * n + "x.",
    "div closed": lambda n: "<div>" * n + "x." + "</div>" * n,
    "span": lambda n: "<span>" * n + "x.",
    "b": lambda n: "<b>" * n + "x.",
    "b of many kinds": lambda n: "".join(f"<b id={i}>" for i in range(n)) + "x.",
    "font in paragraphs": lambda n: "<p>" + "".join(f"<font id={i}>" for i in range(n)) + "<p>x." * n,
    "list": lambda n: "<ul><li>" * n + "x.",
    "table": lambda n: "<table><tr><td>" * n + "x.",
    "quote": lambda n: "<blockquote>" * n + "x.",
    "form in form": lambda n: "<form><div>" * n + "x.",
    "svg": lambda n: "<svg>" + "<g>" * n,
    "button": lambda n: "<button><p>" * n,
    "wrong ends": lambda n: "<div>" * (n // 2) + "</span>" * (n // 2),
}


@pytest.mark.parametrize("name", NESTS)
@pytest.mark.parametrize("depth", [DEEP, 19_000, 1_900])
def test_a_page_nested_without_end_is_settled_soon(name: str, depth: int) -> None:
    got = read(html_page(NESTS[name](depth)))
    assert not isinstance(got, Unread) or got.error in ("TooDeep", "SelectorError", "LayoutUnknown")
    if depth == DEEP and name != "svg":
        assert isinstance(got, Unread)
        assert got.error == "TooDeep"


def test_formatting_that_is_opened_again_and_again_is_refused_before_a_tree_is_built() -> None:
    with pytest.raises(TooDeep, match="opened again"):
        tree_of(NESTS["font in paragraphs"](1_900))


@pytest.mark.parametrize("tag", ["div", "span", "b", "ul", "blockquote", "a><div", "table><tr><td"])
def test_a_region_300_deep_is_too_deep(tag: str) -> None:
    with pytest.raises(TooDeep, match=str(MAX_DEPTH)):
        parse(html_page(f"<{tag}>" * 300 + FIRST))


def test_a_region_200_deep_is_read() -> None:
    assert parse(html_page("<div>" * 200 + FIRST)).paragraphs == (FIRST,)


@pytest.mark.acceptance
@pytest.mark.parametrize("line", ["<p>x.</p>", "<li>x", "<br>x.", "<p>x. <img src=a> <wbr>y.</p>", "<tr><td>x."])
def test_a_long_page_is_not_deep(line: str) -> None:
    assert len(parse(html_page(line * 30_000)).paragraphs) >= 1


@pytest.mark.parametrize(
    "unit",
    [
        "<div class='share'>x.</div>",
        "<p>Related News</p>",
        "<p><a href='./t1.shtml'>Related News</a></p>",
        "<p>share x print a a a y</p>",
        "<p>a &gt; </p>",
        "<button>x</button>",
        "<p>中文 English</p>",
        "<!--",
        "<p a=",
        "&amp",
    ],
)
def test_a_long_page_of_chrome_is_settled_soon(unit: str) -> None:
    got = read(html_page(f"<p>{FIRST}</p>" + unit * 10_000 + f"<p>{FIRST}</p>"))
    assert isinstance(got, Unread) or got.paragraphs[0] == FIRST


@pytest.mark.parametrize("unit", ["2020-01-01 ", "1.1.2020 ", "Home > ", "a | ", "print ", "(", "1", "\u200b", "Q: "])
def test_a_long_line_is_settled_soon(unit: str) -> None:
    raw = f"Home > News\nTitle\n{unit * 200_000}\n{FIRST}\n".encode()
    assert not isinstance(read(Page(raw)), Unread)


def test_the_item_of_a_feed_is_bound_too() -> None:
    for text in ("&lt;div&gt;" * DEEP, "<![CDATA[" + "<div>" * DEEP + "]]>", "<a>" * DEEP):
        raw = f"<item><title>t</title><link>l</link><pubDate>d</pubDate><description>{text}</description></item>"
        got = read(Page(raw.encode()))
        assert isinstance(got, Unread)
        assert got.error in ("TooDeep", "NotText", "LayoutUnknown", "SelectorError")


@pytest.mark.parametrize(
    "raw", [b"plain", b"<", b"<<<>", b"\x00t\x00e", b"\x00<", b"<?xml version='1.0' encoding='x'?><item/>", b"]]>"]
)
def test_an_item_that_is_no_xml_is_refused(raw: bytes) -> None:
    got = read(Page(raw, "application/rss+xml"))
    assert isinstance(got, Unread)
    assert got.error in ("NotText", "LayoutUnknown")


def test_entities_of_a_feed_are_not_expanded() -> None:
    bomb = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '" + "&a;" * 50 + "'><!ENTITY c '" + "&b;" * 50 + "'>]>"
    item = "<item><title>t</title><link>l</link><pubDate>d</pubDate><description>&c;</description></item>"
    got = read(Page((bomb + item).encode(), "application/rss+xml"))
    assert isinstance(got, Unread) or len(got.body) < 1_000
