"""A body-only text: its title stands in `listing`, where a list page or another collector said it.

History:
    1 (2026-11): first reading of 117 texts of three ministries.
"""

from __future__ import annotations

from parsers.kit import Layout, build, stands_in, text_blocks
from parsers.page import AnyPage, TextPage
from parsers.release import Release
from parsers.text import headline

_HEAD = 6  # blocks among which a title would stand


class BareText(Layout):
    name = "bare_text"
    revision = 1

    def fits(self, page: AnyPage) -> bool:
        if not isinstance(page, TextPage) or not page.listing.title:
            return False
        blocks = text_blocks(page)
        if any(block.chrome == "breadcrumb" for block in blocks):
            return False
        return not stands_in(page.listing.title, blocks[:_HEAD])

    def read(self, page: AnyPage) -> Release:
        assert isinstance(page, TextPage)
        return build(self, page, title=headline(page.listing.title or ""), blocks=text_blocks(page))
