"""Chrome that stands among the text: known by its shape and place, and by words only at the edges.

A breadcrumb is known by shape alone, in any language: short items joined by > » / | or 〉, first in
its region. A language bar is names of languages and little else. Controls (print, share, suggest,
close) are words, so they count only as a whole line at an edge; a line of nothing but links that
act needs no words. A sentence of the release never goes: what ends like one is
chrome only as a whole line that says who owns the site, or asks who leaves it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from parsers.blocks import Block
from parsers.chrome_words import CONTROL, EMPTY, FOOTER, LANGUAGES, LEAVING, RELATED, SITE_LINKS
from parsers.text import letters

MAX_CRUMB = 70  # characters in one item; the longest real one has 61
MAX_CRUMBS = 8
MAX_LANGUAGE_BAR = 400  # characters
MAX_HEADING = 40  # characters over a list of related links

_ARROW = re.compile(r"\s*[>»〉›＞→]+\s*")
_BAR = re.compile(r"\s+[/|｜／]\s+")
LONE_JOINT = re.compile(r"[>»〉›＞→/|｜／]+")
_JOINT_FIRST = re.compile(r"[>»〉›＞→/|｜／]")
_OPENING = re.compile(r"[«〈‹<＜]")  # its » or > closes a quotation or a name
_YOU_ARE_HERE = re.compile(r"^[^:：>]{1,24}[:：]\s*(?=\S)")
_QUOTES = r"['\"’”»）)\]】」』]*$"
_STOP = re.compile(r"[.。!！?？…؟۔।။։።]" + _QUOTES)
_SENTENCE = re.compile(r"[.。!！?？…؟۔।။։።;；:：]" + _QUOTES)
_BRACKETS = re.compile(r"[\s<>\[\]{}【】（）()〈〉《》「」〔〕［］＜＞|｜/／·•・,，、:：;；*_\-—–]+")
_BY_PLACE = frozenset({"hidden", "control", "widget", "tool", "links", "related news", "menu", "footer"})
# Atomic: `share x share x ...` could else be taken apart in 2 to the n ways.
_CONTROLS = re.compile(rf"(?:(?>(?:{CONTROL})(?= |$)) ?)+", re.IGNORECASE)
# One letter or one size alone is no control: a list may be numbered so.
_ONE_SIZE = re.compile(r"^[\s\W]*(?:大|中|小|a|x|large|medium|small)[\s\W]*$", re.IGNORECASE)
_SCRIPTS = tuple(
    re.compile(script)
    for script in (
        *("[a-zà-ÿ]", "[\u3400-\u9fff]", "[\u0600-\u06ff]", "[\u0400-\u04ff]", "[\u3040-\u30ff]"),
        *("[\uac00-\ud7af]", "[\u0900-\u0dff]", "[\u0e00-\u0eff]", "[\u0370-\u03ff]", "[\u0590-\u05ff]"),
    )
)


def breadcrumb(text: str) -> tuple[str, ...] | None:
    """Items of a line that has the shape of a breadcrumb, else None; the words do not matter."""
    line = text.strip()
    if not line or len(line) > MAX_CRUMB * MAX_CRUMBS or _SENTENCE.search(line) or _OPENING.search(line):
        return None
    for joint in (_ARROW, _BAR):
        pieces = joint.split(line)
        if len(pieces) > 1:
            items = tuple(" ".join(piece.split()) for piece in pieces if piece.strip())
            return _crumbs(items)
    return None


def breadcrumb_of(blocks: Sequence[Block]) -> tuple[str, ...]:
    """Items of the breadcrumb among named blocks, none where there is none."""
    named = [block.text for block in blocks if block.chrome == "breadcrumb"]
    if not named:
        return ()
    return breadcrumb(" ".join(named) if any(_JOINT_FIRST.match(text) for text in named) else named[-1]) or ()


def _crumbs(items: Sequence[str]) -> tuple[str, ...] | None:
    if not 1 <= len(items) <= MAX_CRUMBS:
        return None
    items = (_YOU_ARE_HERE.sub("", items[0]), *items[1:])
    fit = all(len(item) <= MAX_CRUMB and any(map(str.isalpha, item)) and not is_controls(item) for item in items)
    return tuple(items) if fit else None


def unaccounted(blocks: Iterable[Block]) -> Iterator[str]:
    """The words of chrome that was known by its place or its box, not by its own words."""
    return (block.text for block in blocks if block.chrome in _BY_PLACE)


def is_language_bar(text: str) -> bool:
    """Whether a line is names of languages, at least one, and at most a few site links beside them.

    Three scripts in a few short words are a language bar too, whatever the languages.
    """
    if len(text) > MAX_LANGUAGE_BAR:
        return False
    words = [word for word in re.split(r"[\s|｜/·•,，、>\[\]()（）【】]+", text.strip().lower()) if word]
    if not words or len(words) > 40:
        return False
    named = sum(word in LANGUAGES for word in words)
    if named and all(word in LANGUAGES or word in SITE_LINKS for word in words):
        return True
    scripts = sum(any(script.match(word) for word in words) for script in _SCRIPTS)
    short = all(len(word) <= 14 and not any(map(str.isdigit, word)) for word in words)
    return scripts >= 3 and short and len(words) <= 2 * scripts + named


def is_controls(text: str) -> bool:
    """Whether a whole line is print, share, suggest or close controls."""
    if len(text) > 120 or _ONE_SIZE.match(text):
        return False
    words = _BRACKETS.sub(" ", text).strip()
    return bool(words) and bool(_CONTROLS.fullmatch(words))


def reads_like_prose(text: str) -> bool:
    """Whether a text ends like a sentence and is long enough to be one."""
    return len(text) >= 12 and bool(_STOP.search(text)) and not is_controls(text)


def name_chrome(blocks: Sequence[Block]) -> None:
    """Name the chrome at both edges of a region, by shape and place, and boxes of related news."""
    _take_back(blocks)
    kept = [block for block in blocks if not block.chrome]
    _name_crumbs(kept)
    _name_edge(kept, head_rule)
    for _ in range(2):  # related news stand before the last controls, or after them
        _name_edge(list(reversed(kept)), tail_rule)
        _name_related([block for block in kept if not block.chrome])


def _take_back(blocks: Sequence[Block]) -> None:
    """Take back what a box gave away where it is wrapped around the release itself.

    No share box holds most of a region's text; one whose name any editor may use holds no sentence.
    """
    boxes: dict[int, list[Block]] = {}
    for block in blocks:
        if block.box and block.chrome != "hidden":
            boxes.setdefault(block.box, []).append(block)
    if not boxes:
        return
    shown = sum(letters(block.text) for block in blocks if block.chrome != "hidden")
    for inside in boxes.values():
        most = sum(letters(block.text) for block in inside) * 2 > shown
        prose = any(reads_like_prose(block.text) and block.linked * 2 < letters(block.text) for block in inside)
        if prose and (most or inside[0].chrome != "widget"):
            for block in inside:
                block.chrome = ""


def _name_edge(blocks: Iterable[Block], rule_of: Callable[[Block], str]) -> None:
    crumbs = False
    for block in blocks:
        rule = block.chrome or rule_of(block)
        # After the breadcrumb, a line joined by bars is the headline; one joined by arrows follows a menu.
        if not rule or (rule == "breadcrumb" and crumbs and not block.chrome and not _ARROW.search(block.text)):
            return
        block.chrome = rule
        crumbs = crumbs or rule == "breadcrumb"


def _name_crumbs(blocks: Sequence[Block]) -> None:
    """Name a breadcrumb that stands one item a line, the joints between the lines or before the items."""
    start = next((index for index, block in enumerate(blocks) if head_rule(block) != "language bar"), 0)
    stop = start
    while stop + 2 < len(blocks) and _JOINT_FIRST.match(blocks[stop + 1].text):
        stop += 2 if LONE_JOINT.fullmatch(blocks[stop + 1].text) else 1
    run = blocks[start : stop + 1]
    if stop > start and breadcrumb(" ".join(block.text for block in run)):
        for block in run:
            block.chrome = "breadcrumb"


def _name_related(blocks: Sequence[Block]) -> None:
    """Name boxes of related news: a heading, known by its words, and the links after it.

    At the end of a region any short line over two or more links is such a heading.
    """
    for index, block in enumerate(blocks):
        if not block.chrome and _is_related(block):
            run = _links_from(blocks, index + 1)
            if run or block.links or index + 1 == len(blocks):
                _name(blocks[index : index + 1 + run], "related news")
    end = len(blocks)
    while end and _is_link_line(blocks[end - 1]) and not blocks[end - 1].files:
        end -= 1
    if len(blocks) - end >= 2 and end > 1 and _is_heading(blocks[end - 1]):
        _name(blocks[end - 1 :], "related news")


def _is_related(block: Block) -> bool:
    heading = RELATED.match(block.text)
    if heading is None:
        return False
    rest = letters(block.text[heading.end() :])
    return block.linked == rest if rest else not _STOP.search(block.text)


def _links_from(blocks: Sequence[Block], start: int) -> int:
    stop = start
    while stop < len(blocks) and _is_link_line(blocks[stop]):
        stop += 1
    return stop - start


def _is_link_line(block: Block) -> bool:
    # A list puts the day beside the link.
    return block.links > 0 and block.linked >= letters(re.sub(r"[(（\[]?\d{4}\D\d{1,2}\D\d{1,2}\D?", "", block.text))


def _is_heading(block: Block) -> bool:
    return not block.chrome and not block.links and len(block.text) <= MAX_HEADING and not _STOP.search(block.text)


def _name(blocks: Iterable[Block], rule: str) -> None:
    for block in blocks:
        block.chrome = rule


def head_rule(block: Block) -> str:
    """The rule by which the first block of a region is chrome, or ''."""
    if is_language_bar(block.text):
        return "language bar"
    if breadcrumb(block.text) is not None:
        return "breadcrumb"
    return control_rule(block) or _links_rule(block, 2)


def tail_rule(block: Block) -> str:
    """The rule by which the last block of a region is chrome, or ''."""
    if block.linked * 2 >= letters(block.text) and is_language_bar(block.text):
        return "language bar"
    if len(block.text) <= 150 and FOOTER.search(block.text):
        return "footer"
    if len(block.text) <= 150 and LEAVING.fullmatch(block.text):
        return "control"
    if EMPTY.fullmatch(block.text):
        return "empty attachment box"
    return control_rule(block) or _links_rule(block, 3)


def control_rule(block: Block) -> str:
    """The rule by which a block at either edge is a control, or ''."""
    if is_controls(block.text):
        return "control"
    acts = block.scripted > 0 and block.scripted >= letters(block.text)
    return "control" if acts and not reads_like_prose(block.text) else ""


def _links_rule(block: Block, at_least: int) -> str:
    """A line of several links and nothing else is a menu or a link farm."""
    only = block.links >= at_least and not block.files and block.linked >= letters(block.text)
    return "links" if only and not _STOP.search(block.text) else ""
