"""A body-only text: its title stands in `listing`, where a list page or another collector said it.

History:
    1 (2026-11): first reading of 117 texts of three ministries.
    2 (2026-11): bylines, attributions, sign-offs, captions and a date on the first line are named.
"""

from __future__ import annotations

from collections.abc import Sequence

from parsers import dates
from parsers.blocks import Block
from parsers.issuer_lines import name_issuer_lines
from parsers.kit import TextLayout
from parsers.mastheads import is_headline, is_ministry, stands_in
from parsers.page import TextPage
from parsers.regions import text_blocks

_HEAD = 6  # blocks among which a title would stand


class BareText(TextLayout):
    name = "bare_text"
    revision = 2

    def fits_text(self, page: TextPage, blocks: Sequence[Block]) -> bool:
        if not page.listing.title or any(block.chrome == "breadcrumb" for block in blocks):
            return False
        if (
            blocks
            and (blocks[0].chrome == "language bar" or is_ministry(blocks[0].text))
            and not blocks[0].text.isupper()
        ):
            return False  # a page with its masthead has its headline, too
        if len(blocks) > 1 and is_headline(blocks[0].text) and dates.is_date_line(blocks[1].text):
            return False
        return not stands_in(page.listing.title, blocks[:_HEAD])

    def sort(self, page: TextPage) -> list[Block]:
        blocks = text_blocks(page)
        shown = [block for block in blocks if not block.chrome]
        if len(shown) > 1 and dates.is_date_line(shown[0].text) and not any(dates.is_day(b.text) for b in shown[1:]):
            shown[0].chrome = "date line"
        name_issuer_lines(blocks)
        return blocks
