"""The text of a mission's page (embassy, consulate): the user's example.

    breadcrumb / title / 1-2 blanks / body / tail                  .org era, no date at all
    breadcrumb / title / blank / `2023-02-04 11:14` / blank / body / tail
    breadcrumb / title / `2019-03-29 01:25` / blank / body indented by 8 / tail
    language bar / breadcrumb / ...

The breadcrumb and the tail are known by shape and place. Times are Beijing's or local, unstated:
the day is taken as written, the instant stays unknown.

History:
    1 (2026-11): the user's example and the layouts of 64 observed pages.
"""

from __future__ import annotations

from collections.abc import Sequence

from parsers import chrome, dates
from parsers.blocks import Block
from parsers.errors import SelectorError
from parsers.kit import Layout, build, stands_in, text_blocks
from parsers.page import AnyPage, TextPage
from parsers.release import DateGiven, Release
from parsers.text import headline

_HEAD = 4  # blocks among which the breadcrumb stands


class MissionText(Layout):
    name = "mission_text"
    revision = 1

    def fits(self, page: AnyPage) -> bool:
        if not isinstance(page, TextPage):
            return False
        blocks = text_blocks(page)
        if len(blocks) < 3:
            return False
        return any(block.chrome == "breadcrumb" for block in blocks[:_HEAD]) or _headed(page, blocks)

    def read(self, page: AnyPage) -> Release:
        assert isinstance(page, TextPage)
        blocks = text_blocks(page)
        body = [block for block in blocks if not block.chrome]
        if not body:
            raise SelectorError("title line", "exactly 1", 0)
        title, rest = body[0], body[1:]
        return build(
            self,
            page,
            title=headline(title.text),
            breadcrumb=chrome.breadcrumb_line(blocks),
            blocks=rest,
            dates_given=_date_line(rest),
        )


def _headed(page: TextPage, blocks: Sequence[Block]) -> bool:
    """Whether a text without breadcrumb has the tail, and its first line can only be the headline.

    Menus and names of ministries stand first on other templates: what follows them is no text.
    """
    body = [block for block in blocks if not block.chrome]
    if blocks[-1].chrome != "control" or len(body) < 2:
        return False
    if page.listing.title and not stands_in(page.listing.title, body[:1]):
        return False
    return dates.is_date_line(body[1].text) or chrome.reads_like_prose(body[1].text)


def _date_line(rest: Sequence[Block]) -> tuple[DateGiven | None, ...]:
    """The date right under the title, which is then no paragraph."""
    if not rest or not dates.is_date_line(rest[0].text):
        return ()
    rest[0].chrome = "date line"
    return (dates.given("date_line", rest[0].text, None),)
