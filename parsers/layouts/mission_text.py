"""The text of a mission's page (embassy, consulate): the user's example.

    breadcrumb / title / 1-2 blanks / body / tail                  .org era, no date at all
    breadcrumb / title / blank / `2023-02-04 11:14` / blank / body / tail
    breadcrumb / title / `2019-03-29 01:25` / blank / body indented by 8 / tail
    language bar / breadcrumb / ...
    menu, on one line or on many / breadcrumb / title / `Chinese Embassy, 18 November 2019` / ...

The breadcrumb and the tail are known by shape and place. Times are Beijing's or local, unstated:
the day is taken as written, the instant stays unknown.

History:
    1 (2026-11): the user's example and the layouts of 64 observed pages.
    2 (2026-11): menus above the breadcrumb.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from parsers import chrome, dates
from parsers.blocks import Block
from parsers.kit import TextLayout
from parsers.mastheads import has_trailing_joints, is_headline, name_headline, stands_in
from parsers.page import TextPage
from parsers.regions import text_blocks


class MissionText(TextLayout):
    name = "mission_text"
    revision = 2

    def fits_text(self, page: TextPage, blocks: Sequence[Block]) -> bool:
        if len(blocks) < 3:
            return False
        head = [block for block in takewhile(lambda block: block.chrome, blocks) if block.chrome == "breadcrumb"]
        return not has_trailing_joints(head) if head else _headed(page, blocks)

    def sort(self, page: TextPage) -> list[Block]:
        blocks = text_blocks(page)
        name_headline([block for block in blocks if not block.chrome])
        return blocks


def _headed(page: TextPage, blocks: Sequence[Block]) -> bool:
    """Whether a text without breadcrumb has the tail, and its first line can only be the headline.

    Menus and names of ministries stand first on other templates: what follows them is no text.
    """
    body = [block for block in blocks if not block.chrome]
    if blocks[-1].chrome != "control" or blocks[0].chrome == "language bar" or len(body) < 2:
        return False
    if not is_headline(body[0].text):
        return False  # the head of the page is lost, what stands first is a sentence of the body
    if page.listing.title and not stands_in(page.listing.title, body[:1]):
        return False
    return dates.is_date_line(body[1].text) or chrome.reads_like_prose(body[1].text)
