"""How rarely a silence or a fall is told of a source that is well, and how soon of one that is not.

Replayed day by day, as a run a day would see it: years that are simulated by rules of ministries'
calendars, and the days of real lists and feeds beside the checkout.
"""

from __future__ import annotations

import csv
import math
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from homes import REAL

from warehouse.cadence import PERIOD, fall, silence

pytestmark = pytest.mark.acceptance

FIRST, LAST = date(2016, 1, 1), date(2025, 12, 31)
SEEDS = 4
A_DAY = timedelta(days=1)
# First days of the Chinese new year: the sun and the moon agree on them, no calendar of ours.
NEW_YEARS = [
    date(2016, 2, 8), date(2017, 1, 28), date(2018, 2, 16), date(2019, 2, 5), date(2020, 1, 25), date(2021, 2, 12),
    date(2022, 2, 1), date(2023, 1, 22), date(2024, 2, 10), date(2025, 1, 29),
]  # fmt: skip
Arrivals = Counter[date]


def some(chance: random.Random, mean: float) -> int:
    """Poisson."""
    bound, drawn, product = math.exp(-mean), 0, chance.random()
    while product > bound:
        drawn += 1
        product *= chance.random()
    return drawn


def works(day: date) -> bool:
    """A working day of a ministry in Beijing."""
    begins = NEW_YEARS[day.year - 2016]
    new_year = begins - A_DAY <= day <= begins + 6 * A_DAY
    return day.weekday() < 5 and not new_year and (day.month, day.day) not in OFF


OFF = {(10, number) for number in range(1, 8)} | {(5, number) for number in range(1, 4)}


def briefing(day: date, chance: random.Random) -> int:
    """The regular press conference: none in two weeks of August."""
    return int(works(day) and not date(day.year, 8, 3) <= day < date(day.year, 8, 18))


def headlines(day: date, chance: random.Random) -> int:
    return some(chance, 8 if works(day) else 2)


def embassy(day: date, chance: random.Random) -> int:
    return some(chance, 0.35) if works(day) else 0


def small_embassy(day: date, chance: random.Random) -> int:
    """Half a dozen a month, in bursts around visits."""
    burst = random.Random(day.toordinal() // 8 * 1000 + SEEDS).random() < 0.3
    return some(chance, 0.8 if burst else 0.06) if day.weekday() < 5 else 0


def column(day: date, chance: random.Random) -> int:
    """Each Thursday, nearly."""
    return int(day.weekday() == 3 and works(day) and chance.random() < 0.9)


def now_and_then(day: date, chance: random.Random) -> int:
    return int(chance.random() < 1 / 25)


def european(day: date, chance: random.Random) -> int:
    """Hardly a word in August and around Christmas."""
    rests = day.month == 8 or (day.month, day.day) > (12, 22) or (day.month, day.day) < (1, 7)
    return some(chance, (0.3 if rests else 3) if day.weekday() < 5 else 0.2)


def parliament(day: date, chance: random.Random) -> int:
    """Not a word in August, beginning with its first year."""
    rests = day.month == 8 and day.day < 29
    return 0 if rests or day.weekday() > 4 else some(chance, 1.5)


KINDS: dict[str, Callable[[date, random.Random], int]] = {
    each.__name__: each
    for each in (briefing, headlines, embassy, small_embassy, column, now_and_then, european, parliament)
}


def years(kind: str, seed: int) -> Arrivals:
    chance = random.Random(seed)
    days = (FIRST + number * A_DAY for number in range((LAST - FIRST).days + 1))
    drawn = ((day, KINDS[kind](day, chance)) for day in days)
    return Counter({day: count for day, count in drawn if count})


def replay(arrivals: Arrivals, first: date, last: date) -> Iterator[tuple[date, str]]:
    """Incidents that open, with a look a day; the same turns as warehouse/watch.py makes of them."""
    known: list[date] = []
    counted: dict[date, int] = {}
    silent_since: date | None = None
    over: date | None = None
    fallen_since: date | None = None
    for number in range((last - first).days + 1):
        day = first + number * A_DAY
        if day in arrivals:
            known.append(day)
            counted[day] = arrivals[day]
        if silent_since is not None and known[-1] > silent_since:
            silent_since, over = None, day
        if silent_since is None and (found := silence(known, day)):
            silent_since = day
            yield day, f"silence: {found}"
        recently = silent_since is not None or (over is not None and (day - over).days <= PERIOD)
        if fallen_since is not None or not recently:
            fell = fall(counted, day, fallen_since)
            if fell and fallen_since is None:
                yield day, f"yield: {fell}"
            fallen_since = (fallen_since or day) if fell else None


def first_told(tells: Callable[[date], object], after: date, most: int = 400) -> int:
    """Days until something is told."""
    return next((number for number in range(1, most) if tells(after + number * A_DAY)), most)


def test_years_in_which_all_is_well_are_told_hardly_ever() -> None:
    told: Counter[str] = Counter()
    days = 0
    for kind in KINDS:
        for seed in range(SEEDS):
            days += (LAST - FIRST).days + 1
            for day, why in replay(years(kind, seed), FIRST, LAST):
                told[kind] += 1
                print(kind, seed, day, why)
    print(f"{told.total()} incidents in {days} source-days: {dict(told)}")
    assert told.total() <= days / 365 / 40, "one in forty years of a source"
    assert not {"briefing", "headlines", "embassy", "column", "parliament"} & set(told), (
        "holidays and recesses are none"
    )


# Days until a source that ends is told silent: in its first year, and after four.
SOON = {
    "briefing": (36, 30), "headlines": (36, 14), "embassy": (60, 60), "small_embassy": (110, 110),
    "column": (70, 60), "european": (36, 36), "parliament": (60, 55),
}  # fmt: skip


@pytest.mark.parametrize("kind", SOON)
def test_a_source_that_ends_is_told(kind: str) -> None:
    for stop, most in zip((date(2016, 9, 1), date(2020, 5, 20)), SOON[kind], strict=True):
        delays = []
        for seed in range(SEEDS):
            known = [day for day in sorted(years(kind, seed)) if day <= stop]
            delays.append(first_told(lambda day, known=known: silence(known, day), stop))  # type: ignore[misc]
        print(kind, stop.year, sorted(delays))
        assert max(delays) <= most


@pytest.mark.parametrize("kind", ["headlines", "european"])
def test_a_source_that_falls_to_a_quarter_is_told_within_four_weeks(kind: str) -> None:
    stop = date(2020, 5, 20)
    delays = []
    for seed in range(SEEDS):
        chance = random.Random(seed + 100)
        counted = {
            day: sum(day <= stop or chance.random() < 0.25 for _ in range(count))
            for day, count in years(kind, seed).items()
        }
        told = first_told(lambda day, counted=counted: fall(counted, day), stop)  # type: ignore[misc]
        delays.append(told)
    print(kind, sorted(delays))
    assert max(delays) <= 28


@pytest.mark.skipif(not REAL.exists(), reason="the real lists and feeds beside the checkout are absent")
def test_real_days_are_told_never() -> None:
    days = 0
    for name, arrivals in real_days():
        first, last = min(arrivals), max(arrivals)
        days += (last - first).days + 1
        told = list(replay(arrivals, first, last))
        print(name, arrivals.total(), "releases,", (last - first).days + 1, "days,", told)
        assert told == []
    assert days > 5_000


def real_days() -> Iterator[tuple[str, Arrivals]]:
    yield "mission pages", dated(REAL / "mission_layouts" / "page_id_dates.csv")
    yield "zh lists", dated(REAL / "mfa_zh_lists" / "items.csv")
    for path in sorted((REAL / "state_rss").glob("*.rss")):
        stamps = re.findall(r"<pubDate>(.*?)</pubDate>", path.read_text("utf-8"))
        yield path.name, Counter(parsedate_to_datetime(stamp).date() for stamp in stamps)


def dated(path: Path) -> Arrivals:
    with path.open(encoding="utf-8", newline="") as file:
        return Counter(date.fromisoformat(row["date"]) for row in csv.DictReader(file))
