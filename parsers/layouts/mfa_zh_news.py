"""China's MFA, Chinese pages from 2021-10 on (www.mfa.gov.cn/web): `.news-title` and `.news-main`.

Three editors left three inner variants of the region, and some pages were served without metas and
with the column's name as <title>: the headline is the h1, always.

History:
    1 (2026-11): first reading of 28 saved pages, 2022-2024.
"""

from __future__ import annotations

from collections.abc import Sequence

from selectolax.lexbor import LexborNode

from parsers import dates
from parsers.kit import HtmlLayout, maybe, meta, one, words
from parsers.page import HtmlPage
from parsers.release import DateGiven


class MfaZhNews(HtmlLayout):
    name = "mfa_zh_news"
    revision = 1
    zone = "Asia/Shanghai"
    language = "zh"
    marks = (".news-title > h1", ".news-main#News_Body_Txt_A")
    region = ".news-main#News_Body_Txt_A"

    def title(self, page: HtmlPage) -> str:
        return words(one(page, ".news-title > h1"))

    def breadcrumb(self, page: HtmlPage) -> str:
        return words(maybe(page, "div.break"))

    def dates(self, page: HtmlPage) -> Sequence[DateGiven | None]:
        return (
            dates.given("date_line", words(maybe(page, ".news-title > .time")), self.zone),
            dates.given("pub_date", meta(page, "PubDate"), self.zone),
        )

    def translations(self, page: HtmlPage) -> Sequence[LexborNode]:
        return page.tree.css(".news-title .lan_btn a[href]")
