"""China's MFA, Chinese pages to 2022-01: a box `.vibox`, ids that begin with News_Body.

Served with and without metas, with a day or a minute, and from 2021-10 with an editor's div inside
the region: one template, since the parts stand in the same places.

History:
    1 (2026-11): first reading of 41 saved pages, 2016-2022.
"""

from __future__ import annotations

from parsers.kit import HtmlLayout


class MfaZhVibox(HtmlLayout):
    name = "mfa_zh_vibox"
    revision = 1
    zone = "Asia/Shanghai"
    language = "zh"
    marks = (".vibox > #News_Body_Title", ".vibox #News_Body_Txt_A")
    region_at = ".vibox #News_Body_Txt_A"
    title_at = ".vibox > #News_Body_Title"
    subtitle_at = "#News_Body_subitle"
    breadcrumb_at = "body > .nav, .cl + .nav"
    date_at = "#News_Body_Time"
