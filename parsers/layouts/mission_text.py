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
from parsers.kit import Layout, build
from parsers.page import AnyPage, TextPage
from parsers.release import DateGiven, Release
from parsers.text import headline, one_line

_HEAD = 4  # blocks among which the breadcrumb stands


class MissionText(Layout):
    name = "mission_text"
    revision = 1

    def fits(self, page: AnyPage) -> bool:
        if not isinstance(page, TextPage):
            return False
        blocks = _blocks(page)
        if len(blocks) < 3:
            return False
        return any(block.chrome == "breadcrumb" for block in blocks[:_HEAD]) or blocks[-1].chrome == "control"

    def read(self, page: AnyPage) -> Release:
        assert isinstance(page, TextPage)
        blocks = _blocks(page)
        body = [block for block in blocks if not block.chrome]
        if not body:
            raise SelectorError("title line", "exactly 1", 0)
        title, rest = body[0], body[1:]
        crumb = next((block.text for block in blocks if block.chrome == "breadcrumb"), "")
        return build(
            self,
            page,
            title=headline(title.text),
            breadcrumb=crumb,
            blocks=rest,
            dates_given=_date_line(rest),
        )


def _blocks(page: TextPage) -> list[Block]:
    blocks = [Block(text) for line in page.lines if (text := one_line(line))]
    chrome.name_chrome(blocks)
    return blocks


def _date_line(rest: Sequence[Block]) -> tuple[DateGiven | None, ...]:
    """The date right under the title, which is then no paragraph."""
    if not rest or not dates.is_date_line(rest[0].text):
        return ()
    rest[0].chrome = "date line"
    return (dates.given("date_line", rest[0].text, None),)
