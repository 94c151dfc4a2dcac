"""China's embassies from 2021 on (CC.china-embassy.gov.cn): an editor's div `.trs_editor_view`.

Selectors as other people's collectors report them; no page was seen. The headline has one of three
classes, the date one of two; 00:00 in it is no time.

History:
    1 (2026-11): from reported selectors alone.
"""

from __future__ import annotations

from parsers.kit import HtmlLayout
from parsers.page import HtmlPage
from parsers.picks import one, words


class Embassy2021(HtmlLayout):
    name = "embassy_2021"
    revision = 1
    verified = False
    # The editor's div of the other templates stands within their region.
    region_at = (
        "div.trs_editor_view:not(#News_Body_Txt_A, #News_Body_Txt_A *, .view-txt *, .content_text *, .content_mod *)"
    )
    marks = (region_at, "div.date, div.view-date", "div.title, .bigtitle, .news-title")
    title_at = "div.title, .bigtitle, .news-title"
    date_at = "div.date, div.view-date"

    def title(self, page: HtmlPage) -> str:
        node = one(page, self.title_at)
        return words(node.css_first("h1") or node)  # some hold the date beside it
