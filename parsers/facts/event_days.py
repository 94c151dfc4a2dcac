"""The day of what a release tells, with all evidence for it and against it.

A day named without its year takes it from what is known of the day of writing: anchors, and the offices and terms
that the text names. Where these contradict each other, none of them gives a year. What is not forced stays a range.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from parsers.facts.acts import Told, days_told, told_until
from parsers.facts.mentions import DayNamed
from parsers.facts.records import Anchor, Evidence, Interval, Text
from parsers.facts.terms import Bound, Terms
from parsers.facts.years import near, settle
from parsers.release import Field

_NO_TERMS = Terms()
_ANY_DAY = Interval()
# Their first sentences may tell of another time: a day said in full is their own where it is near the writing.
_LOOK_BACK = frozenset({"announcement", "statement", "spokesperson_qa", "other"})


@dataclass(frozen=True, slots=True)
class _Written:
    """When a text can have been written.

    Attributes:
        trusted: by all that fits what is trusted more.
        torn: once some of it contradicts the rest, all days that any of it allows; else None.
    """

    trusted: Interval = _ANY_DAY
    torn: Interval | None = None

    @property
    def any_of_it(self) -> Interval:
        return self.torn or self.trusted

    def contradicts(self, said: Interval) -> bool:
        return (self.any_of_it & said).empty

    def __and__(self, said: Interval) -> _Written:
        both = self.trusted & said
        torn = self.any_of_it | said if self.contradicts(said) else self.torn
        return _Written(self.trusted if both.empty else both, torn)


def event_days(text: Text, anchors: Sequence[Anchor], terms: Terms = _NO_TERMS) -> tuple[Evidence, ...]:
    """Evidence for the day of the event; the chosen row first, the day forced only where its ends meet.

    Args:
        text: the text of a release as it is kept.
        anchors: what is known of the day of publication, most trusted first.
        terms: offices and first-known terms, for days whose year nothing else says.

    Returns:
        Nothing where the text gives its act no day.
    """
    told = _with_years(days_told(text))
    if not told:
        return ()
    written, known = _written(anchors)
    if any(each.day.full is None for each in told):
        for bound in terms.bounds(text, told_until(text.body)):
            known.append(_bound_row(text, bound))
            written &= bound.written
    settled = [(each, _settled(text, each, written)) for each in told]
    chosen = _choice([days for _, days in settled])
    rows = [_row(text, each, days, chosen=index == chosen) for index, (each, days) in enumerate(settled)]
    rows.sort(key=lambda row: not row.chosen)
    alone = all(each.day.full and days for each, days in settled)
    return (*rows, *(() if alone else known))


def _settled(text: Text, told: Told, written: _Written) -> Interval | None:
    if told.field == "body" and text.kind in _LOOK_BACK and not near(told.day, written.trusted):
        return None
    if told.day.full:
        return settle(told.day, written.trusted, ahead=told.ahead)
    known = written.any_of_it
    if told.day.ago is not None and text.copied:
        known = Interval(None, known.latest)
    return settle(told.day, known, ahead=told.ahead)


def _written(anchors: Sequence[Anchor]) -> tuple[_Written, list[Evidence]]:
    """When the text can have been written by its anchors, and a row for each that says something of it."""
    written, rows = _Written(), []
    for anchor in anchors:
        said = Interval(anchor.earliest, anchor.latest)
        if written & said != written or (written.trusted & said).empty:
            rows.append(_evidence(anchor.method, anchor.text, None, None, said, chosen=False))
        written &= said
    return written, rows


def _with_years(told: tuple[Told, ...]) -> tuple[Told, ...]:
    """A day said twice, once with its year, has that year; said with two years it has none."""
    same: dict[tuple[int | None, int | None], list[DayNamed]] = defaultdict(list)
    for each in told:
        same[each.day.month, each.day.day].append(each.day)
    return tuple(replace(each, day=_with_year(each.day, same[each.day.month, each.day.day])) for each in told)


def _with_year(day: DayNamed, same: Sequence[DayNamed]) -> DayNamed:
    years = {each.year for each in same if each.year}
    return replace(
        day,
        year=next(iter(years)) if len(years) == 1 else None,
        year_unread=any(each.year_unread for each in same),
        years_beside=frozenset(years).union(*(each.years_beside for each in same)),
    )


def _choice(settled: Sequence[Interval | None]) -> int | None:
    """The first that is one day, else the first that is any; what is most telling stands first."""
    sure = (index for index, days in enumerate(settled) if days and days.one)
    return next(sure, next((index for index, days in enumerate(settled) if days), None))


def _row(text: Text, told: Told, days: Interval | None, *, chosen: bool) -> Evidence:
    method = "title" if told.field == "title" and told.day.full else "text"
    span = told.day.start, told.day.stop
    return _evidence(method, _words(text, told.field, span), told.field, span, days or Interval(), chosen=chosen)


def _bound_row(text: Text, bound: Bound) -> Evidence:
    span = bound.start, bound.stop
    words = _words(text, bound.field, span)
    return _evidence(bound.method, words, bound.field, span, bound.written, chosen=False)


def _words(text: Text, field: Field, span: tuple[int, int]) -> str:
    return dict(text.fields())[field][slice(*span)]


def _evidence(
    method: str, words: str, field: Field | None, span: tuple[int, int] | None, days: Interval, *, chosen: bool
) -> Evidence:
    start, stop = span or (None, None)
    precision = "day" if days.one else None
    return Evidence(method, words, field, start, stop, days.earliest, days.latest, precision, chosen)
