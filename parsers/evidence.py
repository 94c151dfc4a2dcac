"""Every line of a page accounted for: which part of the release it is, or chrome by which rule.

The page is read anew by the layout that fits it, so what is shown is what the parser does, not a
record of it. On a page of text the lines add up to the page; of HTML all text is shown that stands
in its body, and what is hidden from its reader is named so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from parsers import chrome
from parsers.blocks import Block, blocks_of
from parsers.errors import InputTooLarge, ParseError
from parsers.layouts import LAYOUTS
from parsers.page import AnyPage, HtmlPage, TextPage, open_page
from parsers.reading import read
from parsers.recognise import recognise
from parsers.regions import text_blocks
from parsers.release import Page, Release, Unread
from parsers.soup import soup_of
from parsers.text import one_line

Part = Literal["title", "subtitle", "date", "breadcrumb", "body", "caption", "chrome", "unread"]

_PARTS: dict[str, Part] = {
    "": "body",
    "title": "title",
    "subtitle": "subtitle",
    "date line": "date",
    "breadcrumb": "breadcrumb",
    "caption": "caption",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the page as it reads, what it is, and by which rule it is chrome ('' where it is none)."""

    text: str
    part: Part
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a page came to, and all of its lines in order.

    Attributes:
        read: the release, or why there is none.
        lines: each line once; all of them `unread` where no layout fits.
        fits: for each layout, whether its fingerprint fits: the contributor's first question.
    """

    read: Release | Unread
    lines: tuple[Line, ...]
    fits: dict[str, bool]


def evidence_of(page: Page) -> Evidence:
    """Account for every line of a page; a page that cannot be opened has none."""
    result = read(page)
    try:
        opened = open_page(page)
        if isinstance(result, Unread) and result.error == "ParserFault":
            return Evidence(result, tuple(_unread(opened)), {})  # a layout of ours broke on it: ask none again
        fits = {layout.name: layout.fits(opened) for layout in LAYOUTS}
    except (ParseError, InputTooLarge):
        return Evidence(result, (), {})
    try:
        blocks = recognise(opened).account(opened)
    except ParseError:
        return Evidence(result, tuple(_unread(opened)), fits)
    return Evidence(result, tuple(map(_line, blocks)), fits)


def _line(block: Block) -> Line:
    part = _PARTS.get(block.chrome, "chrome")
    return Line(block.text, part, block.chrome if part == "chrome" else "")


def _unread(page: AnyPage) -> list[Line]:
    """All lines of a page that nobody reads, with the rule by which one would be chrome at an edge."""
    try:
        blocks = _bare(page)
    except ParseError:
        return []
    return [Line(block.text, "unread", block.chrome or chrome.head_rule(block)) for block in blocks if block.text]


def _bare(page: AnyPage) -> list[Block]:
    if isinstance(page, TextPage):
        return text_blocks(page)
    if isinstance(page, HtmlPage):
        return blocks_of(soup_of(page.tree.body)).blocks if page.tree.body is not None else []
    return [Block(one_line("".join(str(text) for text in page.element.itertext())))]
