"""Which day of which year words mean, from what is known of the day of writing.

What is told lies behind the writing, what is announced ahead of it; neither by more than half a year, else one day
of the year would not say which. A day is forced where the whole interval leaves one.
"""

from __future__ import annotations

from datetime import date, timedelta

from parsers.dates import FIRST_YEAR, LAST_YEAR
from parsers.facts.mentions import DayNamed, day_of
from parsers.facts.records import Interval

_FAR = timedelta(days=180)
_FAR_IN_MONTHS = timedelta(days=14)  # of a day named without its month
# A text of the far west tells what is already tomorrow in the far east.
_ZONES = timedelta(days=1)
_SLIP = timedelta(days=31)
_ANY_DAY = timedelta(days=8 * 366)  # in which any day of a calendar falls, 29 February around 1900 too


def near(day: DayNamed, written: Interval) -> bool:
    """Whether a day, where it is said in full, is known to lie within half a year of the writing or after it."""
    earliest = _shift(written.earliest, -_FAR)
    return day.full is None or (earliest is not None and day.full >= earliest)


def settle(day: DayNamed, written: Interval, *, ahead: bool) -> Interval | None:
    """Days that words can mean; one where earliest is latest.

    Args:
        day: what the words name.
        written: when the text can have been written.
        ahead: whether the words speak of what is to come.

    Returns:
        None where no day fits, or where a day said in full looks like a slip of the year: a text of
        January that tells of its own day a year before.
    """
    if day.ago is not None:
        return Interval(_before(written.earliest, day.ago), _before(written.latest, day.ago))
    if day.full:
        return None if _odd(day.full, written, ahead=ahead) else Interval(day.full, day.full)
    return _any_year(day, written, ahead=ahead) if day.year_unread else _nearest(day, written, ahead=ahead)


def _nearest(day: DayNamed, written: Interval, *, ahead: bool) -> Interval | None:
    """Days that words can mean which do not say the year."""
    far = _FAR if day.month else _FAR_IN_MONTHS
    reach = _ahead(written, far) if ahead else _behind(written, far)
    if reach.earliest and reach.latest:
        fitting = _such_days(day, reach.earliest, reach.latest)
        if fitting and _another_year(day, fitting, written, ahead=ahead):
            return _any_year(day, written, ahead=ahead)
        return Interval(fitting[0], fitting[-1]) if fitting else None
    if not day.month:
        return Interval()
    return _one_end(day, reach)


def _any_year(day: DayNamed, written: Interval, *, ahead: bool) -> Interval:
    """Days before the writing or after it, by however many years; never one day."""
    if ahead:
        return _one_end(day, Interval(_shift(written.earliest, -_ZONES), None))
    return _one_end(day, Interval(None, _shift(written.latest, _ZONES)))


def _another_year(day: DayNamed, fitting: list[date], written: Interval, *, ahead: bool) -> bool:
    """Whether a year that stands beside the day can be its own, and none of those by half a year can."""
    if not (written.earliest and written.latest) or day.years_beside & {each.year for each in fitting}:
        return False
    if ahead:
        return any(written.earliest.year <= year <= written.latest.year + 1 for year in day.years_beside)
    return any(year <= written.latest.year for year in day.years_beside)


def _before(day: date | None, ago: int) -> date | None:
    """The day so much earlier; None, an open end, for one of no year that a release can have."""
    return day - timedelta(days=ago) if day and FIRST_YEAR < day.year <= LAST_YEAR else None


def _behind(written: Interval, far: timedelta) -> Interval:
    return Interval(_shift(written.earliest, -far), _shift(written.latest, _ZONES))


def _ahead(written: Interval, far: timedelta) -> Interval:
    return Interval(_shift(written.earliest, -_ZONES), _shift(written.latest, far))


def _shift(day: date | None, by: timedelta) -> date | None:
    """The day so much later, None for none; no calendar ends on the way."""
    return day and min(max(day, date(FIRST_YEAR, 1, 1)), date(LAST_YEAR, 12, 31)) + by


def _such_days(day: DayNamed, earliest: date, latest: date) -> list[date]:
    """The days of that name from earliest to latest, in order."""
    months = (day.month,) if day.month else range(1, 13)
    years = range(earliest.year, latest.year + 1)
    named = (day_of(year, month, day.day or 0) for year in years for month in months)
    return [each for each in named if each and earliest <= each <= latest]


def _one_end(day: DayNamed, reach: Interval) -> Interval:
    """The first or the last such day where the other end is open."""
    if reach.earliest:
        first = _such_days(day, reach.earliest, reach.earliest + _ANY_DAY)
        return Interval(first[0] if first else None, None)
    if reach.latest:
        last = _such_days(day, reach.latest - _ANY_DAY, reach.latest)
        return Interval(None, last[-1] if last else None)
    return Interval()


def _odd(full: date, written: Interval, *, ahead: bool) -> bool:
    """Whether a day said in full cannot be when the text was written, or is that day of the year before."""
    long_before, latest = _shift(written.earliest, -_FAR), _shift(written.latest, _ZONES)
    if not ahead and latest and full > latest:
        return True
    if ahead and long_before and full < long_before:
        return True
    next_year, before = day_of(full.year + 1, full.month, full.day), _shift(written.earliest, -_SLIP)
    if not (next_year and long_before and before and latest) or full >= long_before:
        return False
    return before <= next_year <= latest
