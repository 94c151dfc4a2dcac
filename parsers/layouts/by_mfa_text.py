"""The text of a page of Belarus's ministry, menus and all: `Home /`, `Press Service /`, ... one item a line.

The breadcrumb ends with the headline itself. The day stands under the body; what follows it is a
list of the country's missions.

History:
    1 (2026-11): first reading of 1 saved text, 2021.
"""

from __future__ import annotations

from collections.abc import Sequence

from parsers import dates
from parsers.blocks import Block
from parsers.chrome import reads_like_prose
from parsers.errors import SelectorError
from parsers.kit import TextLayout
from parsers.mastheads import has_trailing_joints
from parsers.page import TextPage
from parsers.regions import text_blocks


class ByMfaText(TextLayout):
    name = "by_mfa_text"
    revision = 1
    zone = "Europe/Minsk"

    def fits_text(self, page: TextPage, blocks: Sequence[Block]) -> bool:  # noqa: ARG002 - the lines settle it
        return has_trailing_joints([block for block in blocks if block.chrome == "breadcrumb"])

    def sort(self, page: TextPage) -> list[Block]:
        blocks = text_blocks(page)
        shown = [block for block in blocks if not block.chrome]
        days = [index for index, block in enumerate(shown) if dates.is_date_line(block.text)]
        if not days:
            raise SelectorError("date line", "at least 1", 0)
        if not any(map(reads_like_prose, (block.text for block in shown[1 : days[0]]))):
            raise SelectorError("paragraphs above the date line", "at least 1", 0)
        shown[0].chrome = "title"
        shown[days[0]].chrome = "date line"
        for block in shown[days[0] + 1 :]:
            block.chrome = "footer"
        return blocks

    def breadcrumb(self, blocks: Sequence[Block]) -> Sequence[str]:
        items = [block.text.rstrip(" /|>»") for block in blocks if block.chrome == "breadcrumb"]
        return [*items, *(block.text for block in blocks if block.chrome == "title")]
