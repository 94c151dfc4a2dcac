"""Which days a report is of: counted back from the newest look, so that an old archive still reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

Last = Literal["day", "week", "month"]
YEAR = timedelta(days=364)  # and a day: at most 53 weeks, of which the calendar makes one picture
LONGEST = timedelta(days=5 * 366)  # of the calendar: what is longer is no picture any more
_STEPS = ((62, "day"), (800, "week"), (4000, "month"))


@dataclass(frozen=True, slots=True)
class Range:
    """Days that a report is of, both ends included (UTC); `source` None is all of them."""

    since: date
    until: date
    source: str | None = None

    @property
    def begin(self) -> date:
        """First day of calendar and volume: twelve months back, or what was asked for if that is longer."""
        return max(min(self.since, _back(self.until, YEAR)), _back(self.until, LONGEST))

    @property
    def step(self) -> str:
        """What a bar of the volume stands for."""
        days = (self.until - self.begin).days
        return next((step for most, step in _STEPS if days <= most), "year")

    def parameters(self) -> dict[str, Any]:
        """As values of the questions."""
        return {name: getattr(self, name) for name in ("since", "until", "begin", "step", "source")}


def range_of(newest: date, last: Last | None, since: date | None, until: date | None, source: str | None) -> Range:
    """The days asked for.

    Args:
        newest: day that the range ends with where `until` says nothing.
        last: counted back from its end where `since` says nothing; a week where it is None.
    """
    ends = until or max(newest, since or newest)
    return Range(since or _first(ends, last or "week"), ends, source)


def _first(ends: date, last: Last) -> date:
    if last != "month":
        return _back(ends, timedelta(days=0 if last == "day" else 6))
    before = _back(ends.replace(day=1), timedelta(days=1))  # the last day of the month before
    return ends.replace(day=1) if ends.day >= before.day else before.replace(day=ends.day + 1)


def _back(day: date, by: timedelta) -> date:
    return day - min(by, day - date.min)
