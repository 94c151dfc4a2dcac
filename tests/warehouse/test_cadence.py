"""A silence and a fall are judged by the source's own past: believed when told, told when real."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.identity import capture_id, release_id
from parsers.release import Capture, Listing, Role, Served, Unread, sha256
from warehouse.cadence import ANEW, GAPS, HISTORY, RECESS, SPAN, fall, silence
from warehouse.incidents import KINDS, open_incident
from warehouse.land import Reading, land, note_registry
from warehouse.store import Store
from warehouse.watch import _watched, close_switched_off, watch

START = date(2022, 1, 3)  # a Monday


def weekdays(count: int, start: date = START) -> list[date]:
    """So many days of a ministry that speaks from Monday to Friday."""
    days = (start + timedelta(days=number) for number in range(count))
    return [day for day in days if day.weekday() < 5]


def later(days: int, after: date) -> date:
    return after + timedelta(days=days)


def test_a_ministry_of_weekdays_is_silent_after_two_weeks_and_not_at_the_weekend() -> None:
    days = weekdays(600)
    assert not any(silence(days[: place + 1], later(3, day)) for place, day in enumerate(days))
    told = next(number for number in range(100) if silence(days, later(number, days[-1])))
    assert 8 <= told <= 21
    found = silence(days, later(told, days[-1]))
    assert found is not None
    assert (found.last, found.days) == (days[-1], told)


def test_in_the_first_year_a_summer_without_a_word_is_no_silence() -> None:
    days = weekdays(200)
    assert silence(days, later(RECESS, days[-1])) is None
    assert silence(days, later(RECESS + 1, days[-1]))


def test_a_recess_of_the_past_is_no_news_the_year_after() -> None:
    days = [day for day in weekdays(900) if not (day.month == 8 and day.day < 25)]
    for place, day in enumerate(days[250:-1], 250):
        assert silence(days[: place + 1], later(-1, days[place + 1])) is None, day


@given(st.lists(st.integers(1, 60), max_size=80))
def test_no_pause_that_was_there_before_is_a_silence(pauses: list[int]) -> None:
    days = [START]
    for pause in pauses:
        days.append(later(pause, days[-1]))
    longest = max(pauses[-60:], default=0)
    within = [pause for pause in pauses if pause <= longest]
    assert all(silence(days, later(pause, days[-1])) is None for pause in within if sum(pauses) <= 700)


@settings(max_examples=40)
@given(st.lists(st.integers(1, 90), max_size=5), st.integers(0, 60))
def test_once_silent_silent_until_something_comes(pauses: list[int], more: int) -> None:
    days = [START]
    for pause in [*pauses, *[2] * 40]:
        days.append(later(pause, days[-1]))
    first = next(number for number in range(8, 900) if silence(days, later(number, days[-1])))
    until = later(first + more, days[-1])
    if (until - START).days < HISTORY:  # afterwards its past wears off
        assert silence(days, until)
    assert silence([*days, until], until) is None


@pytest.mark.parametrize("days", [[], [START], weekdays(27), [later(30 * n, START) for n in range(15)]])
def test_without_enough_of_a_past_no_silence_is_told(days: list[date]) -> None:
    assert silence(days, later(400, START)) is None
    assert len(days) <= GAPS or (days[-1] - days[0]).days < SPAN


def test_a_lone_old_page_is_no_part_of_the_past() -> None:
    days = weekdays(100)
    old = later(-ANEW - 1, START)
    assert silence([old, *days], later(50, days[-1])) == silence(days, later(50, days[-1])) is not None


def test_a_day_to_come_hides_no_silence() -> None:
    days = weekdays(100)
    assert silence([*days, date(2099, 1, 1)], later(50, days[-1])) == silence(days, later(50, days[-1])) is not None


def busy(days: int, each: int = 5) -> dict[date, int]:
    return dict.fromkeys(weekdays(days), each)


def test_a_fall_to_a_quarter_is_told_within_a_month_and_to_three_quarters_never() -> None:
    for share, told in ((1, True), (4, False)):
        arrivals = busy(600)
        last = max(arrivals)
        arrivals |= dict.fromkeys(weekdays(60, later(1, last)), share)
        found = [number for number in range(1, 60) if fall(arrivals, later(number, last))]
        assert bool(found) is told
        assert not found or found[0] <= 28


def test_a_fall_needs_a_year_of_a_past_and_enough_releases() -> None:
    for past, each in ((300, 5), (600, 0.5)):
        arrivals = {day: count for day, count in busy(past).items() if each >= 1 or day.weekday() < 2}
        if each < 1:
            arrivals = dict.fromkeys(arrivals, 1)
        assert fall(arrivals, later(28, max(arrivals))) is None


def test_a_season_that_was_low_a_year_ago_is_no_fall() -> None:
    arrivals = {day: 1 if day.month == 8 else 5 for day in weekdays(1100)}
    assert not any(fall(arrivals, later(number, START)) for number in range(450, 1090, 3))
    spring = {day: 1 if day >= date(2024, 4, 1) else count for day, count in arrivals.items()}
    assert fall(spring, date(2024, 4, 28))


def test_a_fall_that_was_told_is_judged_by_what_was_before_until_it_is_the_cadence() -> None:
    arrivals = busy(600)
    last = max(arrivals)
    arrivals |= dict.fromkeys(weekdays(400, later(1, last)), 1)
    since = later(28, last)
    assert fall(arrivals, later(120, last)) is None
    assert fall(arrivals, later(120, last), since)
    assert fall(arrivals, later(300, last), since) is None


# ---- the watch -------------------------------------------------------------------------------------------------


class Watcher:
    """A warehouse into which a live source's lists and pages come day by day."""

    def __init__(self, store: Store) -> None:
        self.store, self.number, self.hour = store, 0, 9

    def past(self, days: int, new: int = 1, start: date = START) -> None:
        """So many days of a past on which all was well, in one go."""
        looks = [self._looks(later(number, start), new) for number in range(days)]
        land(self.store, [each for day in looks for each in day], {}, now=self.at(start), run_id="past")

    def look(self, day: date, new: int = 0, *, failed: bool = False) -> list[str]:
        """One run: its list, and what is new on it. Says what is open after it."""
        land(self.store, self._looks(day, new, failed=failed), {}, now=self.at(day), run_id=f"run {day}")
        for _ in range(2):  # a run's end may be tried again
            watch(self.store, "x", self.at(day), f"run {day}")
        return self.open()

    def at(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, self.hour, tzinfo=UTC)

    def _looks(self, day: date, new: int, *, failed: bool = False) -> list[Capture]:
        listed = self._capture("list", self.at(day), f"run {day}", "timeout" if failed else "ok")
        return [listed, *(self._capture("page", self.at(day), f"run {day}") for _ in range(new))]

    def _capture(self, role: Role, now: datetime, run: str, outcome: Any = "ok") -> Capture:
        self.number += 1
        url = f"http://x.example/{role}" + (f"/{self.number}" if role == "page" else "")
        raw = sha256(f"{url} {now}".encode())
        served = Served(200, url, None, None, None, 1)
        return Capture(
            *(capture_id(url, None, now, raw), release_id(url, None, ""), "x", url, None, now, outcome, None, None),
            *(raw, 9, Listing(), "a.warc", self.number, None, None, now, run, role, served),
        )

    def open(self) -> list[str]:
        sql = "SELECT kind FROM holds GROUP BY kind HAVING arg_max(opened, (happened_at, opened)) ORDER BY kind"
        return [kind for (kind,) in self.store.rows(sql)]

    def turns(self) -> list[tuple[Any, ...]]:
        return self.store.rows("SELECT kind, opened FROM holds ORDER BY happened_at, opened DESC")


@pytest.fixture
def watcher(tmp_path: Path) -> Iterator[Watcher]:
    store = Store(tmp_path, datetime(2022, 1, 1, tzinfo=UTC))
    note_registry(store, {None: "1"}, [{"source": "x", "issuer": "X", "state": "verified", "zone": "Asia/Shanghai"}])
    yield Watcher(store)
    store.close()


def test_a_silence_opens_once_and_closes_with_the_next_release(watcher: Watcher) -> None:
    watcher.past(70)
    days = [70, 69 + RECESS, 70 + RECESS, 71 + RECESS, 700, 1400]
    told = [watcher.look(later(number, START)) for number in days]
    assert told == [[], [], *[["silence"]] * 4], "and it stays open, when its past has worn off, too"
    assert watcher.look(later(1401, START), new=1) == []
    assert watcher.turns() == [("silence", True), ("silence", False)]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
@pytest.mark.parametrize("hour", [1, 9, 22])
def test_a_silence_opens_once_at_whatever_hour_a_run_ends(watcher: Watcher, hour: int, zone: str) -> None:
    note_registry(watcher.store, {None: "1"}, [{"source": "x", "issuer": "X", "state": "verified", "zone": zone}])
    watcher.hour = hour
    watcher.past(70)
    for number in range(70 + RECESS - 3, 70 + RECESS + 6):
        watcher.look(later(number, START))
    assert watcher.turns() == [("silence", True)]


def test_what_is_switched_off_is_over_a_hold_too(watcher: Watcher) -> None:
    for kind in KINDS:
        open_incident(watcher.store, "x", kind, watcher.at(START), "it is", "run")
    note_registry(watcher.store, {None: "1"}, [{"source": "x", "issuer": "X", "state": "off"}])
    close_switched_off(watcher.store, watcher.at(later(1, START)), "run 2")
    assert watcher.open() == []


def test_a_source_that_nobody_can_reach_is_silent_after_days_and_not_after_a_night(watcher: Watcher) -> None:
    watcher.past(10)
    failed = [watcher.look(later(number, START), failed=True) for number in range(10, 20)]
    assert failed == [[]] * 5 + [["silence"]] * 5, "five times the usual time between two looks"
    ((reason,),) = watcher.store.rows("SELECT reason FROM holds")
    assert reason == "no list of it could be read for 6 days, since 2022-01-12 09:00Z"
    assert watcher.look(later(20, START)) == []


def test_a_list_from_which_nothing_can_be_read_was_not_looked_at(watcher: Watcher) -> None:
    watcher.past(10)
    watcher.past(7, new=0, start=later(10, START))
    sql = "SELECT input_sha256 FROM captures WHERE role = 'list' ORDER BY captured_at DESC LIMIT 7"
    broken: dict[str, Reading] = {
        key: Unread(None, "1", "SelectorError", "no link", "") for (key,) in watcher.store.rows(sql)
    }
    now = watcher.at(later(16, START))
    watch(watcher.store, "x", now, "before")
    assert watcher.open() == []
    land(watcher.store, [], broken, now=now, run_id="x")
    watch(watcher.store, "x", now, "after")
    assert watcher.open() == ["silence"]


def test_a_held_source_is_not_silent_while_its_pages_come(watcher: Watcher) -> None:
    """Nothing here is ever read: what arrives counts, not what lands."""
    watcher.past(200)
    assert watcher.look(later(201, START)) == []


def test_a_yield_that_falls_opens_once_and_closes_when_it_is_back(watcher: Watcher) -> None:
    watcher.past(500, new=3)
    watcher.past(12, new=0, start=later(500, START))
    assert watcher.look(later(512, START), new=1) == []
    watcher.past(14, new=0, start=later(513, START))
    assert watcher.look(later(527, START), new=1) == ["yield"]
    assert watcher.look(later(528, START), new=1) == ["yield"]
    watcher.past(28, new=3, start=later(529, START))
    assert watcher.look(later(557, START), new=3) == []
    assert watcher.turns() == [("yield", True), ("yield", False)]


def test_a_silence_that_is_over_is_not_told_again_as_a_fall(watcher: Watcher) -> None:
    watcher.past(500, new=3)
    assert watcher.look(later(525, START)) == ["silence"]
    assert watcher.look(later(526, START), new=3) == []
    assert watcher.turns() == [("silence", True), ("silence", False)]


def test_what_is_switched_off_needs_nobody(watcher: Watcher) -> None:
    watcher.past(70)
    assert watcher.look(later(120, START)) == ["silence"]
    now = datetime(2022, 8, 1, tzinfo=UTC)
    close_switched_off(watcher.store, now, "run")
    assert watcher.open() == ["silence"]
    note_registry(watcher.store, {None: "1"}, [{"source": "x", "issuer": "X", "state": "off"}])
    close_switched_off(watcher.store, now, "run")
    assert watcher.open() == []


def test_a_page_arrived_when_it_says_so_and_never_after_it_was_seen(watcher: Watcher) -> None:
    watcher.look(later(9, START), new=3)
    store = watcher.store
    inputs = [
        row[0] for row in store.rows("SELECT input_sha256 FROM captures WHERE role = 'page' ORDER BY warc_offset")
    ]
    store.insert(
        "dates_given",
        {
            "input_sha256": [*inputs[:2], inputs[0]],
            "landing": [1, 1, 1],
            "method": ["date_line", "date_line", "updated"],
            "text": ["x", "x", "x"],
            "day": [later(4, START), date(2099, 1, 1), later(6, START)],
            "precision": ["day", "day", "day"],
        },
    )
    assert list(_watched(store, "x").arrivals.items()) == [(later(4, START), 1), (later(9, START), 2)]


@pytest.mark.parametrize(("zone", "days"), [("Asia/Shanghai", 1), ("America/New_York", 0)])
def test_a_page_without_a_day_arrived_on_the_day_of_its_source(watcher: Watcher, zone: str, days: int) -> None:
    entry = {"source": "x", "issuer": "X", "state": "verified", "zone": zone}
    note_registry(watcher.store, {None: "1"}, [entry])
    watcher.hour = 23
    watcher.look(START, new=1)
    known = _watched(watcher.store, "x")
    assert list(known.arrivals) == [later(days, START)] == [known.looked_on]
