"""Bounds of an ingest: which looks are left out, and that the full ingest afterwards lands exactly these."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from homes import ingest_into, line, mission_page, public_tables, rows, write_lines
from hypothesis import given, settings
from hypothesis import strategies as st

import warehouse
from flows.bounds import Bounds, within
from flows.cli import main
from flows.looks import FileEnd, Loaded, Skipped
from parsers.errors import ConfigError
from parsers.release import Listing

BY_ARRIVAL = ("landed_at", "warc_file", "warc_offset")
FIRST, LAST = date(2020, 5, 1), date(2020, 5, 9)
ALL = Bounds()


def look(captured: datetime | None = None, listed: str | None = None) -> Loaded:
    return Loaded(b"", "here", captured_at=captured, listing=Listing(None, listed))


def on(number: int) -> Loaded:
    return look(datetime(2020, 5, number, tzinfo=UTC))


def file_of(key: str, *looks: Loaded) -> list[Loaded | FileEnd]:
    return [*looks, FileEnd(key, len(looks), True)]


def days(first: int, last: int) -> Bounds:
    return Bounds(date(2020, 5, first), date(2020, 5, last))


def taken(steps: Sequence[Loaded | FileEnd | Skipped], bounds: Bounds) -> list[Loaded]:
    return [step for step in within(iter(steps), bounds) if isinstance(step, Loaded)]


def complete(steps: Sequence[Loaded | FileEnd | Skipped], bounds: Bounds) -> list[tuple[str, bool]]:
    return [(step.file_key, step.complete) for step in within(iter(steps), bounds) if isinstance(step, FileEnd)]


@pytest.mark.parametrize(
    ("given_look", "day"),
    [
        (on(3), 3),
        (look(datetime(2020, 5, 3, 23, 30, tzinfo=timezone(-timedelta(hours=5)))), 4),
        (look(datetime(2020, 5, 4, 1, tzinfo=timezone(timedelta(hours=8)))), 3),
        (look(None, "2020-05-03"), 3),
        (look(datetime(2021, 1, 1, tzinfo=UTC), "2020-05-03 09:30"), 3),
        (look(datetime(2020, 5, 3, tzinfo=UTC), "soon"), 3),
    ],
)
def test_the_day_is_the_listed_one_else_that_of_the_capture_in_utc(given_look: Loaded, day: int) -> None:
    for first, last in itertools.combinations_with_replacement(range(1, 10), 2):
        assert bool(taken([given_look], days(first, last))) == (first <= day <= last)
    assert taken([given_look], Bounds(since=date(2020, 5, day)))
    assert not taken([given_look], Bounds(since=date(2020, 5, day + 1)))
    assert taken([given_look], Bounds(until=date(2020, 5, day)))
    assert not taken([given_look], Bounds(until=date(2020, 5, day - 1)))


def test_a_look_without_a_day_is_left_out_where_a_day_is_asked_for() -> None:
    undated = look(None, "soon")
    assert not taken([undated], Bounds(since=date.min))
    assert not taken([undated], Bounds(until=date.max))
    assert taken([undated], ALL)
    assert taken([undated], Bounds(limit=1))


def test_a_file_of_which_something_was_left_out_was_not_read_to_its_end() -> None:
    steps = [*file_of("a", on(1), on(2)), Skipped("known", 7), *file_of("b", on(2)), *file_of("c", on(3))]
    assert complete(steps, days(2, 2)) == [("a", False), ("b", True), ("c", False)]
    assert Skipped("known", 7) in list(within(iter(steps), days(2, 2)))
    assert complete([on(1), FileEnd("broken", 1, False)], ALL) == [("broken", False)]


def test_a_limit_stops_before_the_next_look_and_opens_no_further_file() -> None:
    def steps() -> Iterator[Loaded | FileEnd]:
        yield from file_of("a", on(1), on(2))
        yield from file_of("b", on(3), on(4))
        raise AssertionError("it was read on")

    def asked(limit: int) -> list[Any]:
        return list(within(steps(), Bounds(limit=limit)))

    assert asked(1) == [on(1)], "the file's end is not told"
    assert asked(2) == file_of("a", on(1), on(2))
    assert asked(3) == [*file_of("a", on(1), on(2)), on(3)]


def test_a_limit_counts_what_is_read_and_not_what_is_left_out() -> None:
    assert taken([on(1), on(2), on(3), on(4)], Bounds(since=date(2020, 5, 2), limit=2)) == [on(2), on(3)]


any_day = st.dates(FIRST, LAST)
some_days = st.one_of(
    st.just((None, None)), st.tuples(any_day, st.none()), st.tuples(st.none(), any_day), st.tuples(any_day, any_day)
)
some_bounds = st.builds(
    lambda both, limit: Bounds(*(sorted(both) if all(both) else both), limit), some_days, st.none() | st.integers(1, 9)
)
files = st.lists(st.lists(st.builds(on, st.integers(1, 9)), max_size=4), max_size=4)


@given(files, some_bounds)
def test_only_what_was_read_whole_is_remembered(looks: list[list[Loaded]], bounds: Bounds) -> None:
    steps = [step for number, each in enumerate(looks) for step in file_of(str(number), *each)]
    first, last = bounds.since or FIRST, bounds.until or LAST
    fit = [each for part in looks for each in part if each.captured_at and first <= each.captured_at.date() <= last]
    assert taken(steps, bounds) == fit[: bounds.limit]
    left = iter(taken(steps, bounds))
    for number, (key, whole) in enumerate(complete(steps, bounds)):
        assert key == str(number)
        inside = [each for each in looks[number] if each.captured_at and first <= each.captured_at.date() <= last]
        assert list(itertools.islice(left, len(inside))) == inside
        assert whole == (inside == looks[number])


def test_days_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(ConfigError, match="the first day, 2020-05-02, lies after the last, 2020-05-01"):
        Bounds(date(2020, 5, 2), date(2020, 5, 1))


def made_up() -> list[dict[str, Any]]:
    """Four pages over nine days: one is edited twice, one is only listed, one has no day."""
    address = "http://aa.china-embassy.org/eng/{}.htm"
    seen = [line(mission_page(body=f"{n % 2}."), url=address.format(1), captured_at=f"2020-05-0{n}") for n in (1, 4, 7)]
    more = [
        line(mission_page(body="Only listed."), url=address.format(2), listing={"published": "2020-05-05"}),
        line(mission_page(body="No day."), url=address.format(3)),
        line(mission_page(body="Late."), url=address.format(4), captured_at="2020-05-09T20:00:00-05:00"),
    ]
    return [*more[:1], *seen, *more[1:]]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_lines(tmp_path_factory.mktemp("made-up") / "looks.jsonl", made_up())


def tables(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    with warehouse.connect(home):  # held open, so that the queries do not open it anew
        return public_tables(home, BY_ARRIVAL)


@pytest.fixture(scope="module")
def at_once(file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    home = tmp_path_factory.mktemp("at-once")
    assert ingest_into(home, file).read == 6
    return tables(home)


@pytest.mark.acceptance
@settings(max_examples=6)
@given(bounds=some_bounds)
def test_any_bounds_and_then_all_are_all_at_once(
    file: Path, at_once: dict[str, list[tuple[Any, ...]]], bounds: Bounds
) -> None:
    with TemporaryDirectory() as folder:
        home = Path(folder)
        first = ingest_into(home, file, bounds=bounds)
        assert rows(home, "SELECT count(*) FROM captures") == [(first.read,)]
        assert ingest_into(home, file).read == 6
        assert tables(home) == at_once


@pytest.mark.acceptance
def test_the_full_ingest_lands_exactly_what_is_missing(tmp_path: Path, file: Path) -> None:
    home = tmp_path / "home"
    count = ingest_into(home, file, bounds=days(4, 5)).read
    landed = "SELECT coalesce(listing_published, strftime(captured_at, '%Y-%m-%d')) FROM captures ORDER BY ALL"
    assert (count, rows(home, landed)) == (2, [("2020-05-04",), ("2020-05-05",)])
    before = {row[0] for row in rows(home, "SELECT capture_id FROM captures")}
    full = ingest_into(home, file)
    after = {row[0] for row in rows(home, "SELECT capture_id FROM captures")}
    assert (full.read, full.new, len(after)) == (6, 2, 6)
    assert before < after
    assert ingest_into(home, file).unchanged == 6, "now it is known to its end"


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A HOME of which no server knows."""
    for name in ("PREFECT_API_URL", "PREFECT_PROFILE", "COMMUNIQUE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    monkeypatch.setenv("COMMUNIQUE_WORKERS", "1")
    return tmp_path / "home"


@pytest.mark.acceptance
def test_the_command_line_takes_bounds(alone: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def read(*words: str) -> int:
        with pytest.raises(SystemExit) as ended:
            main(["ingest", str(file), "--dry-run", "--json", "--home", str(alone), *words])
        assert ended.value.code == 0
        return int(json.loads(capsys.readouterr().out)["read"])

    assert read("--since", "2020-05-05") == 3
    assert read("--until", "2020-05-05") == 3
    assert read("--since", "2020-05-04", "--until", "2020-05-04") == 1
    assert read("--limit", "4") == 4
    assert read("--since", "2020-05-05", "--limit", "2") == 2


@pytest.mark.parametrize(
    "words",
    [
        ("--since", "2020-13-01"),
        ("--since", "2020-02-30"),
        ("--since", "2020-05-01T00:00:00"),
        ("--until", "1.5.2020"),
        ("--until", "2020-05-01T00:00:00"),
        ("--limit", "0"),
        ("--limit", "many"),
    ],
)
def test_a_wrong_bound_is_a_usage_error(
    alone: Path, file: Path, words: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["ingest", str(file), "--home", str(alone), *words])
    assert ended.value.code == 2
    assert words[0] in capsys.readouterr().err
    assert not alone.exists()
