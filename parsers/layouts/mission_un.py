"""China's missions to the UN and its bodies, from 2021 on: `.view-title`, `.view-date`, `.view-txt`.

The Print link stands inside the date line, and 00:00 in it is no time. Half the subtitles are a
date of the event, and stay what they are. Beijing's or local time, unstated: no zone.

History:
    1 (2026-11): first reading of 4 saved pages of the mission in New York, 2004-2009.
"""

from __future__ import annotations

from parsers.kit import HtmlLayout


class MissionUn(HtmlLayout):
    name = "mission_un"
    revision = 1
    marks = (".view-content > h3.view-title", ".view-content > div.view-txt")
    region_at = ".view-content > div.view-txt"
    title_at = ".view-content > h3.view-title"
    subtitle_at = ".view-content > div.subtitle"
    breadcrumb_at = "div.crumbs"
    date_at = ".view-content > div.view-date"
