"""The report as one page: what it is of, its figures in short, its sections."""

from __future__ import annotations

from flows.html_page import escaped, html_page
from flows.output import plain
from flows.reporting.calendar import STYLE as CALENDAR_STYLE
from flows.reporting.edits_page import STYLE as EDITS_STYLE
from flows.reporting.figures import Figures
from flows.reporting.parts import STYLE, counted, number, sql_shown
from flows.reporting.sections import edits_section, gone_section, mirrors_section, new_section
from flows.reporting.watched import coverage_section, health_section, volume_section

_TILES = (
    ("new", "new releases", "new"),
    ("silent_edits", "silent edits", "edits"),
    ("declared_edits", "declared edits", "edits"),
    ("withdrawn", "withdrawn", "gone"),
    ("reappeared", "there again", "gone"),
    ("mirrors", "mirrors", "mirrors"),
    ("days_looked_at", "days looked at", "coverage"),
    ("open_incidents", "open incidents", "health"),
)


def report_page(figures: Figures) -> str:
    """The page; the same publication and days give the same bytes."""
    days, short, newest = figures.range, figures.answers["short"], figures.answers["newest"]
    published_at, newest_on = newest.rows[0].values()
    title = f"Report of {days.source or 'official releases'}, {days.since} to {days.until}"
    tiles = "".join(
        f"<li>{number(short, 0, column)}<a href='#{part}'>{words}</a></li>" for column, words, part in _TILES
    )
    count = "One day" if short.rows[0]["days"] == 1 else f"{number(short, 0, 'days')} days"
    parts = (
        f"<h1>{escaped(title)}</h1>",
        f"<p>{count} (UTC), both ends included, as published here on "
        f"{escaped(plain(published_at))}; the newest look is of {newest_on}. "
        "Each number leads to the SQL that gives it.</p>",
        _looked(figures),
        f"<ul class='tiles'>{tiles}</ul>{sql_shown(short)}{sql_shown(newest)}",
        new_section(figures),
        edits_section(figures),
        gone_section(figures),
        mirrors_section(figures),
        coverage_section(figures),
        volume_section(figures),
        health_section(figures),
    )
    return html_page(title, "".join(parts), EDITS_STYLE + STYLE + CALENDAR_STYLE)


def _looked(figures: Figures) -> str:
    """How much the figures can say: who did not look has seen no silence."""
    short = figures.answers["short"]
    looks, looked, days = (short.rows[0][each] for each in ("looks", "days_looked_at", "days"))
    if not looks:
        return (
            "<p class='warn'>Nobody looked on any of these days: that little stands here says nothing of what was "
            "published.</p>"
        )
    told_looks = counted(number(short, 0, "looks"), looks, "look")
    told_days = counted(number(short, 0, "days_looked_at"), looked, "day")
    missed = "" if looked == days else " On the others nobody looked: nothing can be said of them."
    return f"<p>{told_looks} on {told_days}.{missed}</p>"
