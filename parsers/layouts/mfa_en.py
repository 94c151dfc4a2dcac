"""China's MFA, English pages of 2014-2021 (www.fmprc.gov.cn/mfa_eng): the user's example as HTML.

The template has a date box, and leaves it empty: the day stands in the title at most, where it is
the day of the event. "Related News:" stands inside div.content_mod, hence the narrower region.

History:
    1 (2026-11): first reading of 26 saved pages, 2018-2020.
"""

from __future__ import annotations

from parsers.kit import HtmlLayout


class MfaEn(HtmlLayout):
    name = "mfa_en"
    revision = 1
    zone = "Asia/Shanghai"
    language = "en"
    marks = ("div.content_mod > h2.title", "div.content_mod > div.content")
    region_at = "div.content_mod > div.content"
    title_at = "div.content_mod > h2.title"
    subtitle_at = "#News_Body_subitle"
    breadcrumb_at = "div.urhere"
    date_at = "#News_Body_Time"
