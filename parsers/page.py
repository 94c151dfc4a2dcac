"""Bytes -> a page that layouts can read, within bounds.

Three forms: HTML, plain text, and the item of a feed. The form follows what the bytes look like;
a declared content type decides only where the bytes leave it open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from parsers.charset import decode
from parsers.errors import InputTooLarge, NotText, TooDeep
from parsers.release import ITEM_TYPE, MAX_BYTES, Listing, Page
from parsers.text import BLOCKS

MANY_TAGS = 20_000  # a long press conference has 3,000
MAX_OPEN = MANY_TAGS // 10
MAX_ENDED = 10_000  # elements written as `<a/>`, which may nest all the same
MAX_UNCLOSED = 64  # elements left open within one that is closed
MAX_REOPENED = 2_000_000
MAX_LINES = 100_000  # of a plain text; the longest real one has 400

_HTML_START = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|div|p|table|script|title)\b", re.IGNORECASE)
_END_TAG = re.compile(
    r"</(?:html|head|body|title|script|style|div|p|a|span|font|b|strong|h[1-6]|ul|li|dl|dd|table|tbody|tr|td|"
    r"link|description|item|entry)\s*>|\]\]>",
    re.IGNORECASE,
)
MANY_END_TAGS = 3  # in a text: a text speaks of a tag, a page is full of them
_ITEM_START = re.compile(rb"\s*<(?:\w+:)?(?:item|entry)\b")
# Elements that end by themselves (p, li, cells) or hold nothing do not nest.
_NESTING_TAG = re.compile(
    r"<(/?)(?!(?:p|li|dt|dd|td|th|tr|br|hr|img|input|meta|link|option|area|base|col|embed|param|source|track|wbr)\b)"
    r"([a-z]\w*)([^<>]*/>)?",
    re.IGNORECASE,
)
_FORMATTING_OR_PARAGRAPH = re.compile(
    r"<(/?)(a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u|p|div|li|td)[\s>]", re.IGNORECASE
)
_PARAGRAPHS = frozenset({"p", "div", "li", "td"})
_WALLS = frozenset({"table", "template", "select", "object", "marquee", "applet"})  # no end tag reaches out of them
_FORMATTING = frozenset(
    {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
)


@dataclass(frozen=True)
class HtmlPage:
    """An HTML page: its lexbor tree, and where relative links start from."""

    tree: LexborHTMLParser
    listing: Listing
    base: str | None
    content_type: str | None = None


@dataclass(frozen=True)
class TextPage:
    """A plain text: its lines as they stand."""

    text: str
    listing: Listing
    base: str | None

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Lines without their ends; only line feeds end a line."""
        return tuple(line.rstrip("\r") for line in self.text.split("\n"))


@dataclass(frozen=True)
class ItemPage:
    """The item or entry of a feed: its element, cut out of the feed."""

    element: etree._Element
    listing: Listing
    base: str | None


AnyPage = HtmlPage | TextPage | ItemPage


def open_page(page: Page) -> AnyPage:
    """Decode a page and build the form that its layouts read.

    Raises:
        NotText: empty, binary, or no charset fits.
        InputTooLarge: over MAX_BYTES, or a text of more than MAX_LINES.
        TooDeep: elements nested without end.
    """
    raw = page.raw
    if len(raw) > MAX_BYTES:
        raise InputTooLarge(f"the body has {len(raw):,} bytes, more than {MAX_BYTES:,}")
    if not raw.strip():
        raise NotText("the body is empty")
    if _is_item(raw, page.content_type):
        return ItemPage(_item(decode(raw, page.content_type)), page.listing, page.url)
    text = decode(raw, page.content_type)
    if _is_html(text, page.content_type):
        return HtmlPage(tree_of(text), page.listing, page.url, page.content_type)
    if text.count("\n") >= MAX_LINES:
        raise InputTooLarge(f"the text has {text.count(chr(10)) + 1:,} lines, more than {MAX_LINES:,}")
    return TextPage(text, page.listing, page.url)


def _is_item(raw: bytes, content_type: str | None) -> bool:
    return (content_type or "").startswith(ITEM_TYPE) or bool(_ITEM_START.match(raw[:200]))


def _is_html(text: str, content_type: str | None) -> bool:
    head = text[:2000].encode("utf-8", "replace")
    starts = head.lstrip().startswith(b"<") and bool(_HTML_START.search(head))
    declared = (content_type or "").split(";")[0].strip().lower()
    if declared in ("text/html", "application/xhtml+xml"):
        return True
    if starts and (declared != "text/plain" or b"<html" in head.lower()):
        return True
    # The beginning of a page may be lost, its type mistaken: read as a text, its tags would be words.
    return any(count >= MANY_END_TAGS for count, _ in enumerate(_END_TAG.finditer(text), 1))


def _item(text: str) -> etree._Element:
    # Cut out of its feed, an item has lost the declarations of its prefixes: `recover` reads on.
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False, encoding="utf-8")
    try:
        element = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:  # it is a SyntaxError, not a ValueError
        element = None
    if element is None:
        raise NotText("the item of the feed is not XML")
    return element


def name_of(element: etree._Element) -> str:
    """Name of an element without its prefix or namespace, '' for comments."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def tree_of(text: str) -> LexborHTMLParser:
    """The tree of an HTML text.

    Raises:
        TooDeep: a parser would spend minutes on it.
    """
    if text.count("<") >= MANY_TAGS // 10:
        _check_nesting(text)
        _check_reopened(text)
    return LexborHTMLParser(text.encode())  # a fifth faster than by the string


def _check_nesting(text: str) -> None:
    # Tree builders walk up the open elements at each tag: the cost is the square of the depth.
    opened: list[str] = []
    ended_themselves = 0
    for tag in _NESTING_TAG.finditer(text):
        name = tag[2].lower()
        if tag[1]:
            _close(opened, name)
        elif tag[3] and name not in BLOCKS:  # so drawings are written; to HTML the slash says nothing
            ended_themselves += 1
        else:
            opened.append(name)
        if len(opened) > MAX_OPEN or ended_themselves > MAX_ENDED:
            raise TooDeep(f"elements are nested deeper than {MAX_OPEN:,}")


def _close(opened: list[str], name: str) -> None:
    """Close an element, and those within it; an end tag for which none is open closes none."""
    for back in range(1, min(len(opened), MAX_UNCLOSED) + 1):
        inner = opened[-back]
        if inner == name:
            # Of a form only itself ends: what stands open in it stays open.
            del opened[-back : (1 - back or None) if name == "form" else None]
            return
        if inner in _WALLS or (inner in BLOCKS and name not in BLOCKS and name not in _FORMATTING):
            return


def _check_reopened(text: str) -> None:
    # Formatting that is never closed is opened again in each paragraph that follows.
    unclosed = reopened = 0
    for tag in _FORMATTING_OR_PARAGRAPH.finditer(text):
        if tag[2].lower() in _PARAGRAPHS:
            reopened += unclosed
        else:
            unclosed = max(unclosed + (-1 if tag[1] else 1), 0)
        if reopened > MAX_REOPENED:
            raise TooDeep("formatting that is never closed is opened again in thousands of paragraphs")
