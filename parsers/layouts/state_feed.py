"""An item of state.gov's press-release feed: the text stands in the feed itself.

`pubDate` is UTC; the issuer's day, which is what "today" means in the text, is Washington's.

History:
    1 (2026-11): first reading of ten saved feed states, 2021-2022.
"""

from __future__ import annotations

from parsers import dates
from parsers.errors import SelectorError
from parsers.kit import Layout, build, read_region, region_links
from parsers.page import AnyPage, ItemPage, name_of, tree_of
from parsers.release import Release
from parsers.text import headline


class StateFeed(Layout):
    name = "state_feed"
    revision = 1
    zone = "America/New_York"

    def fits(self, page: AnyPage) -> bool:
        if not isinstance(page, ItemPage):
            return False
        named = {name_of(child) for child in page.element}
        return {"title", "link", "pubDate", "description"} <= named

    def read(self, page: AnyPage) -> Release:
        assert isinstance(page, ItemPage)
        fragment = tree_of(self._text(page, "description"))
        if fragment.body is None:
            raise SelectorError("description", "some HTML", 0)
        region = read_region(fragment.body)
        return build(
            self,
            page,
            title=headline(self._text(page, "title")),
            blocks=region.blocks,
            dates_given=(dates.given("pub_date", self._text(page, "pubDate"), self.zone),),
            links=region_links(region, page.base),
            claimed=self._text(page, "link").strip() or None,
        )

    def _text(self, page: ItemPage, name: str) -> str:
        found = [child for child in page.element if name_of(child) == name]
        if len(found) != 1:
            raise SelectorError(name, "exactly 1", len(found))
        return "".join(str(text) for text in found[0].itertext())
