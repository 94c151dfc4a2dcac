"""China's MFA, English pages of 2014-2021 (www.fmprc.gov.cn/mfa_eng): the user's example as HTML.

The template has a date box, and leaves it empty: the day stands in the title at most, where it is
the day of the event. "Related News:" stands inside div.content_mod, hence the narrower region.

History:
    1 (2026-11): first reading of 26 saved pages, 2018-2020.
"""

from __future__ import annotations

from collections.abc import Sequence

from parsers import dates
from parsers.kit import HtmlLayout, maybe, one, words
from parsers.page import HtmlPage
from parsers.release import DateGiven


class MfaEn(HtmlLayout):
    name = "mfa_en"
    revision = 1
    zone = "Asia/Shanghai"
    language = "en"
    marks = ("div.content_mod > h2.title", "div.content_mod > div.content")
    region = "div.content_mod > div.content"

    def title(self, page: HtmlPage) -> str:
        return words(one(page, "div.content_mod > h2.title"))

    def subtitle(self, page: HtmlPage) -> str:
        return words(maybe(page, "#News_Body_subitle"))

    def breadcrumb(self, page: HtmlPage) -> str:
        return words(maybe(page, "div.urhere"))

    def dates(self, page: HtmlPage) -> Sequence[DateGiven | None]:
        return (dates.given("date_line", words(maybe(page, "#News_Body_Time")), self.zone),)
