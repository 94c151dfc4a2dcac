"""The text of a ministry's own page, without breadcrumb: China's MFA in several languages.

    `عربي Español Русский Français 简体中文` / title / `2020/07/01` or none / body           to 2021
    `Ministry of Foreign Affairs` / `People's Republic of China` / title / `Updated: ...` / body  2024 on

The first line that is no language bar and no name of the ministry is the headline.

History:
    1 (2026-11): first reading of made texts in the layouts of 9 observed pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import dropwhile

from parsers.blocks import Block
from parsers.kit import TextLayout
from parsers.mastheads import is_headed, is_ministry, name_headline, stands_in
from parsers.page import TextPage
from parsers.regions import text_blocks


class MfaText(TextLayout):
    name = "mfa_text"
    revision = 1
    zone = "Asia/Shanghai"

    def fits_text(self, page: TextPage, blocks: Sequence[Block]) -> bool:
        if any(block.chrome == "breadcrumb" for block in blocks):
            return False
        shown = _from_headline(blocks)
        masthead = blocks and (blocks[0].chrome == "language bar" or is_ministry(blocks[0].text))
        if not masthead or not is_headed(shown):
            return False
        return not page.listing.title or stands_in(page.listing.title, shown[:1])

    def sort(self, page: TextPage) -> list[Block]:
        blocks = text_blocks(page)
        shown = _from_headline(blocks)
        for block in blocks:
            if block is shown[0]:
                break
            block.chrome = block.chrome or "masthead"
        name_headline(shown)
        return blocks


def _from_headline(blocks: Sequence[Block]) -> list[Block]:
    """The lines from the headline on: names of the ministry stand above it."""
    return list(dropwhile(lambda block: is_ministry(block.text), (block for block in blocks if not block.chrome)))
