"""A body-only text: its title stands in `listing`, where a list page or another collector said it.

History:
    1 (2026-11): first reading of 117 texts of three ministries.
"""

from __future__ import annotations

from parsers import chrome
from parsers.blocks import Block
from parsers.kit import Layout, build
from parsers.page import AnyPage, TextPage
from parsers.release import Release
from parsers.text import headline, one_line

_HEAD = 6  # blocks among which a title would stand


class BareText(Layout):
    name = "bare_text"
    revision = 1

    def fits(self, page: AnyPage) -> bool:
        if not isinstance(page, TextPage) or not page.listing.title:
            return False
        blocks = _blocks(page)
        if any(block.chrome == "breadcrumb" for block in blocks):
            return False
        title = _folded(page.listing.title)
        return not any(_folded(block.text) == title for block in blocks[:_HEAD])

    def read(self, page: AnyPage) -> Release:
        assert isinstance(page, TextPage)
        return build(self, page, title=headline(page.listing.title or ""), blocks=_blocks(page))


def _blocks(page: TextPage) -> list[Block]:
    blocks = [Block(text) for line in page.lines if (text := one_line(line))]
    chrome.name_chrome(blocks)
    return blocks


def _folded(text: str) -> str:
    return headline(text).casefold()
