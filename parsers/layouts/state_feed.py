"""An item of state.gov's press-release feed: the text stands in the feed itself.

`pubDate` is UTC; the issuer's day, which is what "today" means in the text, is Washington's.

History:
    1 (2026-11): first reading of ten saved feed states, 2021-2022.
    2 (2026-11): bylines and attributions are named.
"""

from __future__ import annotations

from parsers import dates
from parsers.blocks import Block, Region
from parsers.errors import SelectorError
from parsers.issuer_lines import name_issuer_lines
from parsers.kit import Layout, build
from parsers.links import region_links
from parsers.page import AnyPage, ItemPage, name_of, tree_of
from parsers.regions import read_region
from parsers.release import Release
from parsers.text import headline, one_line


class StateFeed(Layout):
    name = "state_feed"
    revision = 2
    zone = "America/New_York"

    def fits(self, page: AnyPage) -> bool:
        if not isinstance(page, ItemPage):
            return False
        named = {name_of(child) for child in page.element}
        return {"title", "link", "pubDate", "description"} <= named

    def read(self, page: AnyPage) -> Release:
        assert isinstance(page, ItemPage)
        region = self._region(page)
        return build(
            self,
            page,
            title=headline(self._text(page, "title")),
            blocks=region.blocks,
            dates_given=(dates.given("pub_date", self._text(page, "pubDate"), self.zone),),
            links=region_links(region, page.base),
            claimed=self._text(page, "link").strip() or None,
        )

    def account(self, page: AnyPage) -> list[Block]:
        assert isinstance(page, ItemPage)
        found: list[Block] = []
        for child in page.element:
            name = name_of(child)
            if name == "description":
                found += self._region(page).blocks
            elif text := one_line("".join(str(part) for part in child.itertext())):
                found.append(Block(text, {"title": "title", "pubDate": "date line"}.get(name, f"element `{name}`")))
        return found

    def _region(self, page: ItemPage) -> Region:
        fragment = tree_of(self._text(page, "description"))
        if fragment.body is None:
            raise SelectorError("description", "some HTML", 0)
        region = read_region(fragment.body)
        name_issuer_lines(region.blocks)
        return region

    def _text(self, page: ItemPage, name: str) -> str:
        found = [child for child in page.element if name_of(child) == name]
        if len(found) != 1:
            raise SelectorError(name, "exactly 1", len(found))
        return "".join(str(text) for text in found[0].itertext())
