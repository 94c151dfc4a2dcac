"""A region of HTML, or a text's lines, as blocks whose chrome is named: what every layout starts from."""

from __future__ import annotations

from collections.abc import Sequence

from selectolax.lexbor import LexborNode

from parsers import chrome
from parsers.blocks import Block, Region, blocks_of
from parsers.link_farms import part_farm
from parsers.mastheads import name_menu
from parsers.page import TextPage
from parsers.soup import soup_of
from parsers.text import one_line


def read_region(node: LexborNode) -> Region:
    """Blocks and links of a region, its chrome named.

    Raises:
        TooDeep: elements nested deeper than a soup may be.
    """
    region = blocks_of(soup_of(node))
    part_farm(region.blocks)
    chrome.name_chrome(region.blocks)
    return region


def text_blocks(page: TextPage) -> list[Block]:
    """Blocks of a plain text, a line each, its chrome named; made anew for whoever names more of them."""
    lines = [line for line in page.lines if one_line(line)]
    blocks = [Block(one_line(line)) for line in lines]
    part_farm(blocks)
    chrome.name_chrome(blocks)
    name_menu(blocks, lines)
    return blocks


def seen_blocks(page: TextPage) -> Sequence[Block]:
    """The blocks that all fingerprints look at, made once; nobody may change them."""
    blocks: Sequence[Block] | None = page.__dict__.get("seen_blocks")
    if blocks is None:
        blocks = page.__dict__["seen_blocks"] = text_blocks(page)
    return blocks
