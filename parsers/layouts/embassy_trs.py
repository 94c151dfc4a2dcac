"""China's embassies, oldest pages: a table in `#article`, its first cell the headline.

Selectors as other people's collectors report them; no page was seen. The date stands in a row of
its own, wherever it is written like one.

History:
    1 (2026-11): from reported selectors alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from parsers import dates
from parsers.kit import HtmlLayout
from parsers.page import HtmlPage
from parsers.picks import some, words
from parsers.release import DateGiven


class EmbassyTrs(HtmlLayout):
    name = "embassy_trs"
    revision = 1
    verified = False
    region_at = "#article td:has(> div)"
    marks = ("#article > table", "#article tr + tr", region_at)
    marks_not = ("#article #News_Body_Txt_A",)
    title_at = "#article tr:first-child > td"
    date_at = "#article tr > td:not(:has(> div))"

    def title(self, page: HtmlPage) -> str:
        return words(some(page, self.title_at)[0])

    def dates(self, page: HtmlPage) -> Sequence[DateGiven | None]:
        lines = (words(cell) for cell in page.tree.css(self.date_at))
        return [dates.given("date_line", line, self.zone) for line in lines if dates.is_date_line(line)]
