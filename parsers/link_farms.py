"""A farm of links that was glued to the last sentence, where a page was copied as text.

    ... 可以了解。 中国政府网 全国人民代表大会 ... 您即将离开外交部门户网站，是否继续访问？ 继续访问 放弃

All recent press conferences of China's MFA have it in such copies: some 130 names of other houses, and
what the site asks before it lets a reader go to one.
"""

from __future__ import annotations

import re

from parsers.blocks import Block, split_block
from parsers.chrome_words import FARM

_LAST = 6  # blocks at the end, in one of which a farm of links may stand
_FARM_WORDS = 3
_STOP_INSIDE = re.compile(r"[。！？.!?][\"”』」）)]*\s+")
_ITEMS = re.compile(r"(?:[^\s。！？；，：.!?;,:]{2,40}\s+){7,}")


def part_farm(blocks: list[Block]) -> None:
    """Part a farm of links from the last sentence that it was glued to, where a page was copied as text.

    Many short items with spaces between them, after a full stop, and words of a farm among them: names of a
    delegation have none of those.
    """
    for index in range(len(blocks) - 1, max(len(blocks) - 1 - _LAST, -1), -1):
        found = _farm(blocks[index].text)
        if found is None:
            continue
        block, rest = split_block(blocks, index, found)
        if not block.text and rest is not None:
            del blocks[index]
        (rest or block).chrome = "links"
        return


def _farm(text: str) -> int | None:
    """Where a farm of links begins in a text, None where it has none."""
    starts = (0, *(match.end() for match in _STOP_INSIDE.finditer(text)))
    return next((start for start in starts if _is_farm(_ITEMS.match(text, start))), None)


def _is_farm(items: re.Match[str] | None) -> bool:
    return items is not None and len(FARM.findall(items[0])) >= _FARM_WORDS
