"""China's MFA, English pages from 2024-05 on (/eng and /mfa_eng, xw/...): `.news_header`, `.content_text`.

"Updated:" is the time of the last save; the meta PubDate, a day, is trusted before it. Links to the
same release in other languages have no words of their own: a script of the page's writes them.

History:
    1 (2026-11): first reading of 2 saved pages, 2024-2025.
"""

from __future__ import annotations

from parsers.kit import HtmlLayout


class MfaEn2024(HtmlLayout):
    name = "mfa_en_2024"
    revision = 1
    zone = "Asia/Shanghai"
    language = "en"
    marks = (".news_header .news_header_title", ".news_content > .content_text")
    region_at = ".news_content > .content_text"
    title_at = ".news_header .news_header_title"
    subtitle_at = ".news_header .news_sub_title"
    breadcrumb_at = "div.breadcrumbs"
    updated_at = ".news_header_time .xltime"
    translations_at = ".news_header_lang a[href]"
