"""What stands over the headline of a text that was copied off a page: menus and the names of the house.

A menu is known by its place, above the breadcrumb, and by its shape: short lines, or one line of
items with wide gaps between them. No word of it needs to be known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsers import chrome, dates
from parsers.blocks import Block
from parsers.issuer_lines import is_byline
from parsers.text import headline

MAX_MENU = 250  # lines; the longest real one has 115
_MAX_ITEM = 90  # characters
_GAP = re.compile(r"[^\S\n]{2,}|\t")
_ITEM_FIRST = re.compile(r"[^>»/|]{1,60}[>»/|]")
_TURN = re.compile(r"[^\s:：.。][^:：.。]{0,60}[:：]\s*\S")
_OPENS = re.compile(r"[:：,，]$")  # `... announces:`, `Distinguished guests,`
_NO_HEADLINE = re.compile(
    r"[:：,，;；]$|^(?:Q|A|QUESTION|问|答|Вопрос|س|FRAGE)\s?[:：]|[?？] ?\(.{1,60}\)$", re.IGNORECASE
)
_MACHINE = re.compile(r"[{}<>=\\|\t]")  # of data and of markup; no headline has them
_MINISTRY = re.compile(
    r"(?:the )?(?:ministry|department) of (?:foreign|external) affairs|of the (?:people['’]s )?republic of .{3,30}"
    r"|(?:the )?people['’]s republic of china|中华人民共和国外交部|外交部",
    re.IGNORECASE,
)
_MISSION = re.compile(
    r"(?:the )?(?:\w+ )?(?:embassy|consulate|permanent mission)\b.{3,90}"
    r"|中华人民共和国驻.{2,20}(?:大使馆|总领事馆|代表团)",
    re.IGNORECASE,
)


def is_menu_line(line: str) -> bool:
    """Whether a raw line is a menu: four items or more with wide gaps between them, none of them a sentence."""
    items = [item for item in _GAP.split(line.strip()) if item]
    return len(items) >= 4 and all(len(item) <= _MAX_ITEM and not chrome.reads_like_prose(item) for item in items)


def is_ministry(text: str) -> bool:
    """Whether a line is the name of a ministry, or of its country under it, and nothing else."""
    return bool(_MINISTRY.fullmatch(text))


def name_menu(blocks: Sequence[Block], lines: Sequence[str]) -> None:
    """Name the lines above a breadcrumb, and it: menus and short lines, no sentence among them.

    Args:
        blocks: the text's lines that are not blank, as blocks.
        lines: the same lines as they stand, but for what was parted from the last ones.
    """
    for index, block in enumerate(blocks[: min(MAX_MENU, len(lines))]):
        last = _breadcrumb_from(blocks, index) if block.chrome in ("", "breadcrumb") else 0
        if last:
            _name(blocks[:index], "menu")
            _name(blocks[index:last], "breadcrumb")
            return
        if not is_menu_line(lines[index]) and (len(block.text) > _MAX_ITEM or _is_sentence(block.text)):
            return


def _is_sentence(text: str) -> bool:
    return chrome.reads_like_prose(text) and not text.endswith("?")


def _breadcrumb_from(blocks: Sequence[Block], index: int) -> int:
    """Where a breadcrumb that begins at a line ends, 0 where none does."""
    text = blocks[index].text
    if ">" in text or "»" in text:
        return index + 1 if len(chrome.breadcrumb(text) or ()) > 1 else 0
    stop = index
    while stop + 2 < len(blocks) and chrome.LONE_JOINT.fullmatch(blocks[stop + 1].text):
        stop += 2
    if stop > index:
        return stop + 1
    while stop < len(blocks) and _ITEM_FIRST.fullmatch(blocks[stop].text):
        stop += 1
    return stop if stop - index >= 2 else 0


def has_trailing_joints(crumbs: Sequence[Block]) -> bool:
    """Whether a breadcrumb stands one item a line, each with its joint after it: `Home /`."""
    return len(crumbs) >= 2 and all(_ITEM_FIRST.fullmatch(block.text) for block in crumbs)


def _name(blocks: Sequence[Block], rule: str) -> None:
    for block in blocks:
        block.chrome = block.chrome if block.chrome in ("language bar", "breadcrumb") else rule


def name_headline(shown: Sequence[Block]) -> None:
    """Name the title, the first line, and the date line right under it."""
    if shown and not dates.is_day(shown[0].text):  # a day alone: the headline was taken for chrome
        shown[0].chrome = "title"
    # A place and the day of the event may stand under the headline, and the date line after them.
    if len(shown) > 1 and dates.is_date_line(shown[1].text):
        second = 2 if len(shown) > 2 and dates.is_day(shown[2].text) and not dates.is_day(shown[1].text) else 1
        shown[second].chrome = "date line"


def is_headed(shown: Sequence[Block]) -> bool:
    """Whether lines are a headline, perhaps a date line, and sentences or turns of a conversation."""
    if len(shown) < 2 or not is_headline(shown[0].text):
        return False
    rest = shown[2:] if dates.is_date_line(shown[1].text) else shown[1:]
    return bool(rest) and (chrome.reads_like_prose(rest[0].text) or _opens(rest[0].text))


def _opens(text: str) -> bool:
    return bool(_TURN.match(text) or _OPENS.search(text))


def is_headline(text: str) -> bool:
    """Whether a line can be a headline: some words, no sentence, no date, no name of a house."""
    long = len(text.split()) >= 4 or (len(text) >= 12 and not text.isascii())
    return (
        long
        and len(text) <= 400
        and not _MACHINE.search(text)
        and not chrome.reads_like_prose(text)
        and not _NO_HEADLINE.search(text)
        and not is_byline(text)
        and not is_ministry(text)
        and not _MISSION.fullmatch(text)
        and not dates.is_date_line(text)
    )


def stands_in(title: str, blocks: Sequence[Block]) -> bool:
    """Whether a title is one of the blocks, whatever its case and signs; a list may cut it, or add a day or a site."""
    wanted = _letters(title)
    return any(_is_same(wanted, _letters(block.text)) for block in blocks if len(block.text) <= 400)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, headline(text).casefold()))


def _is_same(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= 20 and long.startswith(short) and len(long) <= 2 * len(short))
