"""China's MFA, Chinese pages to 2022-01: a box `.vibox`, ids that begin with News_Body.

Served with and without metas, with a day or a minute, and from 2021-10 with an editor's div inside
the region: one template, since the parts stand in the same places.

History:
    1 (2026-11): first reading of 41 saved pages, 2016-2022.
"""

from __future__ import annotations

from collections.abc import Sequence

from parsers import dates
from parsers.kit import HtmlLayout, maybe, meta, one, words
from parsers.page import HtmlPage
from parsers.release import DateGiven


class MfaZhVibox(HtmlLayout):
    name = "mfa_zh_vibox"
    revision = 1
    zone = "Asia/Shanghai"
    language = "zh"
    marks = (".vibox > #News_Body_Title", ".vibox #News_Body_Txt_A")
    region = ".vibox #News_Body_Txt_A"

    def title(self, page: HtmlPage) -> str:
        return words(one(page, ".vibox > #News_Body_Title"))

    def subtitle(self, page: HtmlPage) -> str:
        return words(maybe(page, "#News_Body_subitle"))

    def breadcrumb(self, page: HtmlPage) -> str:
        return words(page.tree.css_first("body > .nav, .cl + .nav"))

    def dates(self, page: HtmlPage) -> Sequence[DateGiven | None]:
        return (
            dates.given("date_line", words(maybe(page, "#News_Body_Time")), self.zone),
            dates.given("pub_date", meta(page, "PubDate"), self.zone),
        )
