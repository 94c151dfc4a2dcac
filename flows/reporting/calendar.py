"""The calendar of coverage: a cell a day, in which a day that nobody looked at is no quiet day.

A day with releases is filled, the darker the more; one that was looked at without any is a pale square; one that
was not looked at is a stroke, so that the two differ on paper and without colours, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from flows.html_page import escaped

_CELL, _SIDE = 10, 8.4
_WEEKS = 53
_LABEL = 22  # units above the cells, for the months
_MORE = (1, 2, 5)  # releases of a day from which a cell is darker
LEGEND = (
    ("m1", "1 release"),
    ("m2", "2 to 4"),
    ("m3", "5 and more"),
    ("quiet", "looked at, none"),
    ("gap", "not looked at"),
)
STYLE = """
.calendar { display: block; width: 100%; height: auto; } .calendar text { font-size: 17px; fill: var(--soft); }
.calendar .m1 { fill: var(--bar); fill-opacity: .45; } .calendar .m2 { fill: var(--bar); fill-opacity: .72; }
.calendar .m3 { fill: var(--bar); } .calendar .quiet { fill: var(--looked); }
.calendar .gap { stroke: var(--soft); stroke-width: 1; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .85rem; padding: 0; }
.legend li { list-style: none; } .legend svg { width: .9rem; height: .9rem; vertical-align: -.1rem; display: inline; }
"""


class Day(NamedTuple):
    """A day of a source: how many releases, 0 where it was looked at and there was none, None where nobody looked."""

    on: date
    releases: int | None

    @property
    def look(self) -> str:
        """What its cell looks like."""
        if self.releases is None:
            return "gap"
        return f"m{sum(self.releases >= least for least in _MORE)}" if self.releases else "quiet"


def calendar(name: str, what: str, begin: date, cells: Sequence[int | None]) -> str:
    """The days of a source as pictures of a year each.

    Args:
        name: of the source.
        what: the same in words, for who cannot see it.
        cells: of each day from `begin` on.
    """
    days = [Day(begin + timedelta(days=place), releases) for place, releases in enumerate(cells)]
    return "".join(_year(name, what, part) for part in _parts(days))


def _parts(days: Sequence[Day]) -> Iterator[list[Day]]:
    """Parts of 53 weeks, counted back from the last week: a report is about its end."""
    last = _monday(days[-1].on) if days else date.min
    for _, part in groupby(days, lambda day: (last - _monday(day.on)).days // (7 * _WEEKS)):
        yield list(part)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _year(name: str, what: str, days: Sequence[Day]) -> str:
    monday = _monday(days[0].on)
    drawn: dict[str, list[str]] = {}
    for day in days:
        week, weekday = divmod((day.on - monday).days, 7)
        drawn.setdefault(day.look, []).append(_mark(day.look, week * _CELL, _LABEL + weekday * _CELL))
    paths = "".join(f'<path class="{look}" d="{"".join(marks)}"/>' for look, marks in sorted(drawn.items()))
    labels = "".join(_months(days, monday))
    title = f"{name or 'no source'}: {days[0].on} to {days[-1].on}"
    return (
        f'<svg class="calendar" role="img" viewBox="0 0 {_WEEKS * _CELL} {_LABEL + 7 * _CELL}">'
        f"<title>{escaped(title)}</title><desc>{escaped(what)}</desc>{labels}{paths}</svg>"
    )


def _mark(look: str, x: float, y: float) -> str:
    if look == "gap":
        return f"M{x + 2} {y + 6.5}l4.5-4.5"
    return f"M{x} {y}h{_SIDE}v{_SIDE}h-{_SIDE}z"


def _months(days: Sequence[Day], monday: date) -> Iterator[str]:
    """Each quarter's first month, where there is room for its words."""
    for day in days:
        week = (day.on - monday).days // 7
        if day.on.day == 1 and day.on.month % 3 == 1 and week < _WEEKS - 6:
            yield f'<text x="{week * _CELL}" y="{_LABEL - 6}">{day.on:%Y-%m}</text>'


def legend() -> str:
    """What the cells mean."""
    items = "".join(
        f'<li><svg class="calendar" viewBox="0 0 9 9" aria-hidden="true"><path class="{look}" d="{_mark(look, 0, 0)}"/>'
        f"</svg> {words}</li>"
        for look, words in LEGEND
    )
    return f"<ul class='legend'>{items}</ul>"
