"""The day of publication that the number of a page bounds.

Until 2021 the content system of China's foreign ministry and of all its missions numbered pages by one counter:
`t1758264` in http://sydney.china-consulate.org/eng/zgxw/t1758264.htm. Known days of known numbers bound those
between. The numbers of later pages (`t20241021_11511888`) belong to each site; the day in front of them is
that of the upload, which comes with publication (five minutes after midnight it was the day before) or after it,
by years where an archive was moved.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from parsers.dates import FIRST_YEAR, LAST_YEAR
from parsers.facts.mentions import day_of
from parsers.facts.records import Anchor, Interval

_HOST = re.compile(
    r"(?:^|\.)(?:fmprc|mfa)\.gov\.cn$|(?:^|\.)fmcoprc\.gov\.(?:hk|mo)$"
    r"|(?:^|[.-])chin(?:a|ese)-?(?:embassy|consulate|mission|botschaft|un\b)|(?:^|[.-])amb-?chine\b|embajada-?china\b"
)
_PAGE_ID = re.compile(r"/t(\d{5,7})\.s?html?$", re.ASCII)
_UPLOADED = re.compile(r"/t(\d{4})(\d{2})(\d{2})_\d+\.s?html?$", re.ASCII)
_LONGEST = 2_000  # characters of a URL that is looked at

# Between two points a page may still have been numbered on one day and shown on another, and some points are
# the day of the event, not of its publication: the worst known inversion is of 5 days. Before the points lie
# close the counter was known to err by 16 days.
_DENSE_FROM = date(2016, 9, 1)
_MARGIN, _SPARSE_MARGIN = timedelta(days=5), timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Dated(Interval):
    """Days within which a page was published, and the likeliest, by interpolation; None beyond the points."""

    likeliest: date | None = None


class PageIdDates:
    """Days by page number, from points (number, day of publication)."""

    def __init__(self, points: Sequence[tuple[int, date]]) -> None:
        """Take points in any order; those that run against most others are left out."""
        kept = _rising(sorted(points))
        self._ids = [number for number, _ in kept]
        self._days = [day for _, day in kept]

    def anchors(self, url: str | None) -> tuple[Anchor, ...]:
        """What a URL says of the day of publication, as anchors of methods `page_id` and `url`."""
        path = _path(url)
        if not url or not path:
            return ()
        found = self.interval(url)
        if found:
            return (Anchor("page_id", url, found.earliest, found.latest),)
        uploaded = _UPLOADED.search(path)
        day = day_of(*map(int, uploaded.groups())) if uploaded else None
        known = day and FIRST_YEAR <= day.year < LAST_YEAR
        return (Anchor("url", url, None, day + timedelta(days=1)),) if day and known else ()

    def interval(self, url: str | None) -> Dated | None:
        """Days within which the page of a URL was published.

        None where the URL has no old page number of these sites. Beyond the first and the last point one end is open.
        """
        match = _PAGE_ID.search(_path(url))
        return self.of_number(int(match[1])) if match and self._ids else None

    def of_number(self, number: int) -> Dated:
        """Days within which a page of this number was published."""
        before, after = bisect_left(self._ids, number), bisect_right(self._ids, number) - 1
        if before > after:  # no point has this number: it lies between two
            before, after = after, before
        earliest = self._days[before] if before >= 0 else None
        latest = self._days[after] if after < len(self._days) else None
        dense = earliest is not None and earliest >= _DENSE_FROM
        margin = _MARGIN if dense else _SPARSE_MARGIN
        likeliest = None
        if earliest and latest:
            run = self._ids[after] - self._ids[before]
            share = (number - self._ids[before]) / run if run else 0.0
            likeliest = earliest + timedelta(days=round((latest - earliest).days * share))
        return Dated(earliest and earliest - margin, latest and latest + margin, likeliest)


def _path(url: str | None) -> str:
    """Path of a URL of these sites, else ''."""
    try:
        parts = urlsplit((url or "")[:_LONGEST].strip())
        return parts.path if _HOST.search((parts.hostname or "").rstrip(".")) else ""
    except ValueError:
        return ""


def _rising(points: Sequence[tuple[int, date]]) -> list[tuple[int, date]]:
    """The most points whose days never fall as their numbers rise; of several such choices, one with early days."""
    ends: list[date] = []  # by length: the earliest last day of a run of that length
    last: list[int] = []  # and where that run ends
    before: list[int] = []  # the point before each in its run, -1 for the first
    for index, (_, day) in enumerate(points):
        place = bisect_right(ends, day)
        before.append(last[place - 1] if place else -1)
        ends[place:] = [day, *ends[place + 1 :]]
        last[place:] = [index, *last[place + 1 :]]
    kept = []
    index = last[-1] if last else -1
    while index >= 0:
        kept.append(points[index])
        index = before[index]
    return kept[::-1]
