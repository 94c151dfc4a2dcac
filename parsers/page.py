"""Bytes -> a page that layouts can read, within bounds.

Three forms: HTML, plain text, and the item of a feed. The form follows what the bytes look like;
a declared content type decides only where the bytes leave it open.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from bs4.dammit import EncodingDetector
from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from parsers.errors import InputTooLarge, NotText, TooDeep
from parsers.release import Listing, Page

MAX_BYTES = 16 * 1024 * 1024
MANY_TAGS = 20_000  # a long press conference has 3,000
MAX_OPEN = MANY_TAGS // 10
MAX_REOPENED = 2_000_000
ITEM_TYPE = "application/rss+xml"

# Supersets that browsers read these labels as (WHATWG Encoding Standard).
_READ_AS = {"gb2312": "gb18030", "gbk": "gb18030", "iso8859-1": "cp1252", "ascii": "cp1252", "big5": "big5hkscs"}
# What a page may be in; Python knows other codecs too (punycode, unicode_escape), which are no charsets.
_CHARSETS = re.compile(
    r"utf-8|cp\d+|iso8859-\d+|iso2022_\w+|gb\w+|hz|big5\w*|euc_\w+|shift_jis\w*|koi8-\w|mac-\w+|ascii|tis-620"
)
_HTML_START = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|div|p|table|script|title)\b", re.IGNORECASE)
_ITEM_START = re.compile(rb"\s*<(?:\w+:)?(?:item|entry)\b")
# Elements that end by themselves (p, li, cells) or hold nothing do not nest.
_NESTING_TAG = re.compile(
    r"<(/?)(?!(?:p|li|dt|dd|td|th|tr|br|hr|img|input|meta|link|option|area|base|col|embed|param|source|track|wbr)\b)"
    r"[a-z]\w*(?![^<>]*/>)",
    re.IGNORECASE,
)
_FORMATTING_OR_PARAGRAPH = re.compile(
    r"<(/?)(a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u|p|div|li|td)[\s>]", re.IGNORECASE
)
_PARAGRAPHS = frozenset({"p", "div", "li", "td"})
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
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
        InputTooLarge: over MAX_BYTES.
        TooDeep: elements nested without end.
    """
    raw = page.raw
    if len(raw) > MAX_BYTES:
        raise InputTooLarge(f"the body has {len(raw):,} bytes, more than {MAX_BYTES:,}")
    if not raw.strip():
        raise NotText("the body is empty")
    if _is_item(raw, page.content_type):
        return ItemPage(_item(raw), page.listing, page.url)
    text = decode(raw, page.content_type)
    if _is_html(text, page.content_type):
        return HtmlPage(tree_of(text), page.listing, page.url, page.content_type)
    return TextPage(text, page.listing, page.url)


def _is_item(raw: bytes, content_type: str | None) -> bool:
    return (content_type or "").startswith(ITEM_TYPE) or bool(_ITEM_START.match(raw[:200]))


def _is_html(text: str, content_type: str | None) -> bool:
    head = text[:2000].encode("utf-8", "replace")
    starts = head.lstrip().startswith(b"<") and bool(_HTML_START.search(head))
    declared = (content_type or "").split(";")[0].strip().lower()
    if declared in ("text/html", "application/xhtml+xml"):
        return True
    return starts if declared != "text/plain" else starts and b"<html" in head.lower()


def _item(raw: bytes) -> etree._Element:
    # Cut out of its feed, an item has lost the declarations of its prefixes: `recover` reads on.
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    element = etree.fromstring(raw, parser)
    if element is None:
        raise NotText("the item of the feed is not XML")
    return element


def name_of(element: etree._Element) -> str:
    """Name of an element without its prefix or namespace, '' for comments."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def decode(raw: bytes, content_type: str | None) -> str:
    """Text of the bytes; a charset that is declared but does not fit the bytes is not believed.

    UTF-8 that is valid and holds more than ASCII is UTF-8, whatever was declared: by chance that
    does not happen. Then the order of trust is header, meta, content.

    Raises:
        NotText: no charset fits, or the text holds NUL, as binary data does.
    """
    text = _decode(raw, content_type)
    if "\0" in text:
        raise NotText("the body holds NUL bytes, as binary data and UTF-16 without its mark do")
    return text


def _decode(raw: bytes, content_type: str | None) -> str:
    for bom, name in _BOMS:
        if raw.startswith(bom):
            return raw[len(bom) :].decode(name, "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    labels = _declared(raw, content_type)
    for label in labels:
        text = _read_as(raw, label)
        if text is not None:
            return text
    return _detected(raw, labels)


def _declared(raw: bytes, content_type: str | None) -> list[str]:
    header = _CHARSET.search(content_type or "")
    meta = EncodingDetector.find_declared_encoding(raw[:4096], is_html=True)
    return [label for label in (header and header[1], meta) if label]


def _read_as(raw: bytes, label: str, errors: str = "strict") -> str | None:
    try:
        name = codecs.lookup(label).name
        return raw.decode(_READ_AS.get(name, name), errors) if _CHARSETS.fullmatch(name) else None
    except (LookupError, UnicodeError):
        return None


def _detected(raw: bytes, labels: Sequence[str]) -> str:
    for label in ("utf-8", *labels):
        lossy = _read_as(raw, label, "replace")
        if lossy is not None and lossy.count("\ufffd") <= max(1, len(lossy) // 1000):
            return lossy  # a few broken bytes: a cut end, a bad edit
    from charset_normalizer import from_bytes  # rare, and slow to import

    best = from_bytes(raw[:200_000]).best()
    text = best and _read_as(raw, best.encoding, "replace")
    if not text:
        raise NotText("no charset fits the bytes")
    return text


def tree_of(text: str) -> LexborHTMLParser:
    """The tree of an HTML text.

    Raises:
        TooDeep: a parser would spend minutes on it.
    """
    if text.count("<") >= MANY_TAGS // 10:
        _check_nesting(text)
        _check_reopened(text)
    return LexborHTMLParser(text)


def _check_nesting(text: str) -> None:
    # Tree builders walk up the open elements at each end tag: the cost is the square of the depth.
    depth = 0
    for tag in _NESTING_TAG.finditer(text):
        depth = max(depth + (-1 if tag[1] else 1), 0)
        if depth > MAX_OPEN:
            raise TooDeep(f"elements are nested deeper than {MAX_OPEN:,}")


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
