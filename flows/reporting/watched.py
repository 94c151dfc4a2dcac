"""The sections on what was looked at and how it goes: coverage, volume, health."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from flows.html_page import escaped
from flows.incidents import todo_of
from flows.output import plain
from flows.reporting.calendar import calendar, legend
from flows.reporting.charts import Told, volume_chart
from flows.reporting.figures import Figures
from flows.reporting.parts import counted, figure, named, number, section, table, told
from flows.reporting.queries import Asked

MOST_CHARTS = 24  # sources, those with most releases: each chart takes a tenth of a second


def coverage_section(figures: Figures) -> str:
    """A cell a day and source: releases, none, or nobody looked."""
    coverage, unseen = figures.answers["coverage"], figures.answers["unseen"]
    begin = figures.range.begin
    pictures = "".join(_calendar(coverage, place, begin) for place in range(len(coverage.rows)))
    parts = [
        f"<p>{begin} to {figures.range.until}. A day counts as looked at when a page or a list of the source answered; "
        "mirrors are counted, too.</p>",
        f"{legend()}<div class='pictures'>{pictures}</div>" if pictures else "<p>No source was ever looked at.</p>",
    ]
    if unseen.rows:
        names = ", ".join(named(row["source"]) for row in unseen.rows)
        parts.append(f"<p class='warn'>Switched on and never looked at: {names}.</p>")
    return section("coverage", "Coverage", "".join(parts), coverage, *([unseen] if unseen.rows else []))


def _calendar(coverage: Asked, place: int, begin: date) -> str:
    row = coverage.rows[place]
    counts = (
        ("releases", "releases"),
        ("days_with_releases", "days with some"),
        ("quiet_days", "quiet days"),
        ("days_not_looked_at", "days not looked at"),
    )
    what = ", ".join(f"{words} {told(row[column])}" for column, words in counts)
    caption = ", ".join(f"{words} {number(coverage, place, column)}" for column, words in counts)
    picture = calendar(row["source"] or "", what, begin, row["cells"])
    return figure(picture, f"<b>{named(row['source'])}</b>: {caption}")


def volume_section(figures: Figures) -> str:
    """Releases over time, a chart a source."""
    volume, days = figures.answers["volume"], figures.range
    of_source: dict[str | None, list[int]] = defaultdict(list)  # places among the rows
    for place, row in enumerate(volume.rows):
        of_source[row["source"]].append(place)
    ranked = sorted(of_source.values(), key=lambda places: (-volume.rows[places[0]]["in_all"], places))
    if not ranked:
        return section("volume", "Volume", f"<p>No release is known from {days.begin} to {days.until}.</p>", volume)
    charts = "".join(_chart(figures, places) for places in ranked[:MOST_CHARTS])
    more = f" The {MOST_CHARTS} sources with most; the SQL gives all." if len(ranked) > MOST_CHARTS else ""
    intro = (
        f"<p>Releases a {days.step}, mirrors left out; each chart has its own scale. The line below the bars stands "
        f"where the source was looked at or has releases, the grey ground for the days of this report.{more}</p>"
    )
    return section("volume", "Volume over time", f"{intro}<div class='pictures'>{charts}</div>", volume)


def _chart(figures: Figures, places: Sequence[int]) -> str:
    days, volume, coverage = figures.range, figures.answers["volume"], figures.answers["coverage"].rows
    rows = [volume.rows[place] for place in places]
    source, step = rows[0]["source"], days.step
    cells: Sequence[int | None] = next((row["cells"] for row in coverage if row["source"] == source), [])
    bars = [(row["begins_on"], _after(row["begins_on"], step), row["releases"]) for row in rows]
    most = max(places, key=lambda place: (volume.rows[place]["releases"], -place))
    ends = f"from {days.begin} to {days.until}, most in the {step} of {volume.rows[most]['begins_on']}"
    what = f"{told(rows[0]['in_all'])} in all, {ends}: {told(volume.rows[most]['releases'])}"
    said = Told(f"Releases of {source or 'no source'} a {step}", what)
    drawn = volume_chart(said, bars, [*_stretches(cells, days.begin)], (days.since, days.until), begin=days.begin)
    count = counted(number(volume, places[0], "in_all"), rows[0]["in_all"], "release")
    caption = f"{count} {ends}: {number(volume, most, 'releases')}"
    return figure(drawn, f"<b>{named(source)}</b>: {caption}")


def _stretches(cells: Sequence[int | None], begin: date) -> Iterator[tuple[date, int]]:
    day = begin
    for looked, stretch in groupby(cells, lambda cell: cell is not None):
        length = len([*stretch])
        if looked:
            yield day, length
        day += timedelta(days=length)


def _after(first: date, step: str) -> date:
    if step in ("day", "week"):
        return first + timedelta(days=1 if step == "day" else 7)
    months = first.month if step == "month" else 12
    return date(first.year + months // 12, months % 12 + 1, 1)


def health_section(figures: Figures) -> str:
    """How the sources do today: incidents, cadence, what the layouts give."""
    health, incidents, layouts = (figures.answers[name] for name in ("health", "incidents", "layouts"))
    columns = (
        *(("source", "source"), ("last_look_on", "last look"), ("last_new_on", "last new")),
        *(("silent_days", "days since"), ("usual_gap_days", "usual gap"), ("longest_gap_days", "longest gap")),
        *(("new_28_days", "new in 28 days"), ("usual_28_days", "usually")),
        *(("quarantined", "quarantined"), ("open_incidents", "open incidents")),
    )
    fields = ("was_read", "day", "breadcrumb", "subtitle", "second_paragraph")
    shares = (("source", "source"), ("layout", "layout"), ("pages", "pages"), ("releases", "releases"))
    named_shares = tuple(
        (field, f"{field.removeprefix('was_').replace('second_paragraph', '2nd par.')} %") for field in fields
    )
    cells = {field: [_share(layouts, row, field) for row in range(len(layouts.rows))] for field in fields}
    body = (
        f"<p>As of the publication, not of the days above.</p>{_incidents(figures)}"
        f"<h3>Sources</h3>{table(health, columns)}<h3>What the layouts give</h3>"
        f"{table(layouts, (*shares, *named_shares), cells)}"
    )
    return section("health", "Health", body, incidents, health, layouts)


def _share(layouts: Asked, row: int, field: str) -> str:
    value = layouts.rows[row][field]
    if value is None:
        return ""
    return f"<span class='share' style='--to: {value:g}%'>{number(layouts, row, field, quiet=True)}</span>"


def _incidents(figures: Figures) -> str:
    incidents, short = figures.answers["incidents"], figures.answers["short"]
    if not incidents.rows:
        return "<p>No incident is open.</p>"
    items = "".join(
        f"<li><b>{named(row['source'])}</b>, {escaped(row['kind'])} since {escaped(plain(row['opened_at']))}: "
        f"{escaped(row['reason'])}. {escaped(todo_of(row['source'], row['kind']))}</li>"
        for row in incidents.rows
    )
    count = counted(number(short, 0, "open_incidents"), len(incidents.rows), "open incident")
    return f"<div class='warn'><p>{count}</p><ul>{items}</ul></div>"
