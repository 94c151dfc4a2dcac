"""China's MFA, Chinese pages from 2021-10 on (www.mfa.gov.cn/web): `.news-title` and `.news-main`.

Three editors left three inner variants of the region, and some pages were served without metas and
with the column's name as <title>: the headline is the h1, always.

History:
    1 (2026-11): first reading of 28 saved pages, 2022-2024.
"""

from __future__ import annotations

from parsers.kit import HtmlLayout


class MfaZhNews(HtmlLayout):
    name = "mfa_zh_news"
    revision = 1
    zone = "Asia/Shanghai"
    language = "zh"
    marks = (".news-title > h1", ".news-main#News_Body_Txt_A")
    region_at = ".news-main#News_Body_Txt_A"
    title_at = ".news-title > h1"
    breadcrumb_at = "div.break"
    date_at = ".news-title > .time"
    translations_at = ".lan_btn a[href]"
