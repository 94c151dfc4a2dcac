"""A text that is a headline, perhaps a date, and the body, with nothing around them.

Some missions' pages were kept so: no breadcrumb, no tail. The headline is known by what follows it, a
blank line or a date, then sentences or the turns of a conversation; or by what it says.

History:
    1 (2026-11): first reading of made texts in the layouts of 12 observed pages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsers import dates
from parsers.blocks import Block
from parsers.kinds import kind_of
from parsers.kit import TextLayout
from parsers.mastheads import is_headed, name_headline, stands_in
from parsers.page import TextPage
from parsers.refusals import is_error_page
from parsers.regions import text_blocks
from parsers.text import has_han

_WORD = re.compile(r"[^\W\d_]{4,}")


class HeadedText(TextLayout):
    name = "headed_text"
    revision = 1

    def fits_text(self, page: TextPage, blocks: Sequence[Block]) -> bool:
        if any(block.chrome for block in blocks) or not is_headed(blocks) or is_error_page(page):
            return False
        if not (_stands_apart(page) or dates.is_date_line(blocks[1].text) or _says_its_kind(blocks[0].text)):
            return False
        return not page.listing.title or stands_in(page.listing.title, blocks[:1])

    def sort(self, page: TextPage) -> list[Block]:
        blocks = text_blocks(page)
        name_headline(blocks)
        return blocks


def _says_its_kind(title: str) -> bool:
    return kind_of(title, ()) != "other"


def _stands_apart(page: TextPage) -> bool:
    """Whether a blank line parts the first line from what follows, and it is written as headlines are."""
    lines = page.text.strip().split("\n", 2)
    if len(lines) < 2 or lines[1].strip():
        return False
    words = _WORD.findall(lines[0])
    return has_han(lines[0]) or sum(word[0].isupper() for word in words) * 10 >= len(words) * 7 > 0
