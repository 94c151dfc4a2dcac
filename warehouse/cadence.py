"""How often a source brings something new, and whether it has fallen silent or brings much less: pure, days in.

A day is one of the issuer's zone. Everything is judged by the source's own past: nobody says beforehand
how often a ministry speaks, or when it rests.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, pairwise
from statistics import median

HISTORY = 730
"""Days of the past that count: a ministry of three years ago is another one."""
ANEW = 180
"""A pause of so many days ends a history: what came before it (a lone old page, too) says nothing of today."""
GAPS = 20
SPAN = 60
"""No silence is told of a source with fewer gaps, or a shorter history in days."""
A_YEAR = 400
RECESS = 35
"""Days: until a whole year was seen, perhaps with a summer without a word, no silence is shorter."""
A_WEEK = 7
"""Days: no silence is shorter, however regular a source is."""
YEARS = 30
"""So rarely may chance bring a pause as long as the bound, were the longer pauses random."""
MARGIN = 1.5
"""A silence is longer than the longest one so far by this factor: years differ by a holiday beside a weekend."""

PERIOD = 28
"""Days over which a yield is counted: whole weeks."""
QUARTER = 91
SEASON = 35
"""Days: a yield is measured against the quarter before, and against this much on either side of the day a year ago:
no ministry says much in its recess, and the Chinese new year wanders by a month."""
FEWEST = 20
"""Releases in a usual period, below which a fall is chance, or a silence."""
FALL = 0.5
"""A yield has fallen when it is less than this share of the least that any period brought, then and then."""
CHANCE = 1e-4
"""And when chance, by Poisson around that least, brings so few so rarely."""
GOT_USED = 182
"""Days after which a lower yield is the source's cadence."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing new since `last`, and `gaps` gaps of the past say that `longest` days are the most that is plausible."""

    last: date
    days: int
    longest: int
    gaps: int

    def __str__(self) -> str:
        return (
            f"nothing new for {self.days} days, since {self.last}; "
            f"by its last {self.gaps} pauses, {self.longest} days are the longest plausible"
        )


@dataclass(frozen=True, slots=True)
class Fall:
    """`new` releases in the last period; the median of the quarter before; the fewest of then and a year ago."""

    new: int
    usual: int
    least: int

    def __str__(self) -> str:
        return (
            f"{self.new} new in {PERIOD} days, where {self.usual} are usual and {self.least} were the fewest "
            "in the quarter before and at this time of the last year"
        )


def silence(days: Sequence[date], until: date) -> Silence | None:
    """Whether a source is silent for longer than its past makes plausible.

    Args:
        days: on which something new arrived, each once, rising.
        until: day of the last look.
    """
    known = _history(days, until)
    gaps = [(after - before).days for before, after in pairwise(known)]
    if len(gaps) < GAPS or sum(gaps) < SPAN:
        return None
    longest = _longest_plausible(gaps)
    silent = (until - known[-1]).days
    return Silence(known[-1], silent, longest, len(gaps)) if silent > longest else None


def _longest_plausible(gaps: Sequence[int]) -> int:
    """In days. What exceeds the median is taken for exponential: bursts, weekends. Holidays show in the longest."""
    mean, middle = sum(gaps) / len(gaps), median(gaps)
    longer = [gap - middle for gap in gaps if gap > middle]
    in_so_many_years = YEARS * 365 / mean * len(longer) / len(gaps)
    by_chance = middle + sum(longer) / len(longer) * math.log(in_so_many_years) if longer else 0.0
    floor = RECESS if sum(gaps) < A_YEAR else A_WEEK
    return math.ceil(max(by_chance, MARGIN * max(gaps), floor))


def _history(days: Sequence[date], until: date) -> list[date]:
    known = days[bisect_left(days, until - timedelta(days=HISTORY)) : bisect_right(days, until)]
    starts = [place for place, (before, after) in enumerate(pairwise(known), 1) if (after - before).days > ANEW]
    return list(known[starts[-1] :] if starts else known)


def fall(arrivals: Mapping[date, int], until: date, since: date | None = None) -> Fall | None:
    """Whether a source brings much less than it did in any period of the quarter before, and of this season a year ago.

    Args:
        arrivals: number of releases by day; days without any may be absent.
        until: day of the last look.
        since: when a fall was told that is not over: it is judged by what was before it.
    """
    if since is None or (until - since).days > GOT_USED:
        since = until
    known = _history(sorted(arrivals), since)
    if not known or (since - known[0]).days < A_YEAR + PERIOD:
        return None
    first = known[0].toordinal()
    counts = [arrivals.get(date.fromordinal(day), 0) for day in range(first, since.toordinal() + 1)]
    sums = [0, *accumulate(counts)]
    last = len(counts)

    def periods(begin: int, end: int) -> list[int]:
        return [sums[stop] - sums[stop - PERIOD] for stop in range(begin, end + 1)]

    before = periods(last - PERIOD - QUARTER, last - PERIOD)
    a_year_ago = periods(max(PERIOD, last - 365 - SEASON), last - 365 + SEASON)
    usual, least = int(median(before)), min(*before, *a_year_ago)
    new = sum(arrivals.get(until - timedelta(days=day), 0) for day in range(PERIOD))
    if usual < FEWEST or new >= FALL * least or _poisson_up_to(new, least) > CHANCE:
        return None
    return Fall(new, usual, least)


def _poisson_up_to(count: int, mean: int) -> float:
    """Probability of at most so many."""
    return sum(math.exp(each * math.log(mean) - mean - math.lgamma(each + 1)) for each in range(count + 1))
