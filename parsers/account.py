"""All text of an HTML page, block by block: its region as a layout reads it, and what stands around it.

Only evidence needs this: a release is read from the region alone, which is several times faster.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from selectolax.lexbor import LexborNode

from parsers import chrome
from parsers.blocks import Block, blocks_of
from parsers.page import HtmlPage
from parsers.picks import words
from parsers.soup import soup_of
from parsers.text import headline, letters

_MOST_NODES = 20  # of one field; the most translations that were seen are 5
_MOST_LINES = 4  # of one headline
_BESIDE = 80  # letters that may stand beside a date or a breadcrumb on its line
_HERE = "\ue000region\ue000"  # stands where the region was


def account_of(page: HtmlPage, region: LexborNode, inside: list[Block], fields: Mapping[str, str]) -> list[Block]:
    """All blocks of a page's body, those of the region named already.

    Args:
        region: the element that holds the release; it is cut from the tree.
        inside: its blocks.
        fields: for each field beside the region, its selector.

    Raises:
        TooDeep: elements nested deeper than a soup may be.
    """
    if page.tree.body is None:
        return inside
    named = {field: [words(node) for node in page.tree.css(at)[:_MOST_NODES]] for field, at in fields.items()}
    region.replace_with(_HERE)
    around = blocks_of(soup_of(page.tree.body)).blocks
    at = next((index for index, block in enumerate(around) if _HERE in block.text), None)
    before, after = (around, []) if at is None else _parted(around, at)
    _name_fields((*before, *after), named)
    for block in (*before, *after):
        block.chrome = block.chrome or _rule_of(block)
    return [*before, *inside, *after]


def _parted(around: list[Block], at: int) -> tuple[list[Block], list[Block]]:
    """The blocks before and after the region, and what stood beside it in its own block."""
    lead, tail = (part.strip() for part in around[at].text.split(_HERE, 1))
    name = around[at].chrome
    before = [*around[:at], *([Block(lead, name)] if lead else [])]
    return before, [*([Block(tail, name)] if tail else []), *around[at + 1 :]]


def _name_fields(around: Sequence[Block], named: Mapping[str, Sequence[str]]) -> None:
    """Name the first lines that say what a field's element says: a headline alone, a date with a little beside it."""
    for field, texts in named.items():
        for text in filter(None, texts):
            free = [block for block in around if block.chrome not in named]
            for block in _lines_of(free, text) or [block for block in free if _holds(block.text, text)][:1]:
                block.chrome = field


def _lines_of(blocks: Sequence[Block], text: str) -> Sequence[Block]:
    """The lines that together are a text: a `<br>` parts a headline."""
    wanted = _squeezed(text)
    for start, block in enumerate(blocks):
        if not wanted.startswith(_squeezed(block.text)):
            continue
        for stop in range(start + 1, min(start + _MOST_LINES, len(blocks)) + 1):
            if _squeezed("".join(each.text for each in blocks[start:stop])) == wanted:
                return blocks[start:stop]
    return ()


def _squeezed(text: str) -> str:
    return "".join(headline(text).split())


def _holds(line: str, text: str) -> bool:
    return text in line and letters(line) - letters(text) <= _BESIDE


def _rule_of(block: Block) -> str:
    rule = chrome.head_rule(block) or chrome.tail_rule(block)
    return rule if rule and rule != "breadcrumb" else "outside the region"
