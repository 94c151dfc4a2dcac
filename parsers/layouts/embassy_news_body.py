"""China's embassies, pages with the ids of News_Body, outside the boxes that the ministry puts around them.

Selectors as other people's collectors report them; no page was seen. The date may stand in brackets.

History:
    1 (2026-11): from reported selectors alone.
"""

from __future__ import annotations

from parsers.kit import HtmlLayout


class EmbassyNewsBody(HtmlLayout):
    name = "embassy_news_body"
    revision = 1
    verified = False
    region_at = "#News_Body_Txt_A:not(.vibox *, .news-main, .content_mod *)"
    title_at = "#News_Body_Title:not(.vibox *, .news-title *, .content_mod *)"
    marks = (title_at, region_at)
    subtitle_at = "#News_Body_subitle"
    date_at = "#News_Body_Time"
