"""What lists drop: told apart from what is pushed off their end, with patience, whatever order looks came in."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from homes import NOW
from looking import ALPHA, LIST, START, captured

from flows.listing import seen_in
from parsers.identity import release_id
from parsers.listed import Listed, ListPage
from parsers.release import Listing, Unread
from seeds import Catalogue
from warehouse.land import land, note_registry
from warehouse.listings import Seen
from warehouse.publish import state_of
from warehouse.scripts import publication_sql
from warehouse.store import Store

CATALOGUE = Catalogue([ALPHA])
ListLook = tuple[float, str] | tuple[float, str, str]


def page(name: str) -> str:
    return f"{LIST}{name}.html"


def land_list(store: Store, look: ListLook, catalogue: Catalogue = CATALOGUE, raw: str | None = None) -> None:
    """A look at a list on a day, its entries a letter each."""
    day, letters, url = look if len(look) == 3 else (*look, LIST)
    entries = tuple(Listed(page(each), Listing(each), place) for place, each in enumerate(letters))
    # An anti-bot script makes every answer differ: the bytes say nothing of what is listed.
    capture = captured(url, raw or f"{url} {day} {letters}", "list", START + timedelta(days=day))
    readings = {capture.input_sha256: ListPage(entries, ())}
    said = seen_in([capture], readings, catalogue)
    land(store, [capture], readings, now=NOW, run_id="run", listed=[each for seen in said.values() for each in seen])


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    folder.mkdir(exist_ok=True)
    store = Store(folder, NOW)
    try:
        note_registry(store, {None: "1"}, [{"source": "alpha", "issuer": "Ministry", "state": "verified"}])
        yield store
    finally:
        store.close()


def make_history(store: Store) -> None:
    store.connection.execute("CREATE OR REPLACE TEMP TABLE scope AS SELECT * FROM captures")
    store.connection.execute(publication_sql("readings.sql"))
    store.connection.execute(publication_sql("history.sql"))


def told(store: Store) -> list[tuple[str, float, int, bool]]:
    """What was dropped: the letter, the day of the first look without it, how many looks, whether it came back."""
    letters = {release_id(page(each), None, ""): each for each in "abcdefghijklmnopqrstuvwxyz"}
    make_history(store)
    found = store.rows("SELECT release_id, gone_since_at, looks, reappeared_at FROM unlisted")
    return sorted((letters[i], (at - START) / timedelta(days=1), looks, bool(back)) for i, at, looks, back in found)


def unlisted(folder: Path, looks: Iterable[ListLook]) -> list[tuple[str, float, int, bool]]:
    with opened(folder) as store:
        for look in looks:
            land_list(store, look)
        return told(store)


@pytest.mark.acceptance
@pytest.mark.parametrize(
    ("looks", "dropped"),
    [
        ([(0, "edcba"), (1, "fedcb"), (2, "gfedc"), (3, "gfedc"), (4, "gfedc")], []),  # pushed off the end
        ([(0, "edcba"), (1, "edba"), (2, "edba"), (3, "edba")], [("c", 1.0, 3, False)]),
        ([(0, "edcba"), (1, "fedba"), (2, "gfedb"), (3, "hgfed")], [("c", 1.0, 3, False)]),  # while others come
        ([(0, "edcba"), (1, "edba"), (2, "edba")], []),  # patience
        ([(0, "edcba"), (1, "edba"), (2, "edcba"), (3, "edcba"), (9, "edcba")], []),  # it was back
        ([(0, "edcba"), (1, "edba"), (2, "edba"), (3, "edba"), (4, "edcba")], [("c", 1.0, 3, True)]),
        ([(0, "cedba"), (1, "edcba"), (2, "edcba"), (3, "edcba")], []),  # it was pinned, and is no more
        # Pinned, then in its place, which is on another page.
        ([(0, "zedcb"), (1, "edcba"), (1.1, "zyx", f"{LIST}2"), (2, "edcba"), (3, "edcba"), (4, "edcba")], []),
        ([(0, "edcba"), (1, "vwxyz"), (2, "vwxyz"), (3, "vwxyz")], []),  # all of it is new: nothing says
        ([(0, "cba"), (1, "ba"), (2, "ba"), (3, "ba")], [("c", 1.0, 3, False)]),  # the newest one
        # The oldest one comes first, and is pushed off the top.
        ([(0, "abcde"), (1, "bcdef"), (2, "cdefg"), (3, "cdefg"), (4, "cdefg"), (5, "cdefg")], []),
        ([(0, "abcde"), (1, "abdef"), (2, "abdef"), (3, "abdef")], [("c", 1.0, 3, False)]),
        # What was pushed off the end comes back into the place of the newest one.
        ([(0, "edcba"), (1, "fedcb"), (2, "edcba"), (3, "edcba"), (4, "edcba")], [("f", 2.0, 3, False)]),
        # Pinned no more, and all the time in its place on another page, which is as it was.
        ([(d + e, *w) for d in range(6) for e, *w in ((0, "edcba" if d else "zedcb"), (0.1, "zyx", f"{LIST}2"))], []),
        # The other page dropped it before.
        (
            [(0, "edcba"), (0, "xcy", f"{LIST}2"), (0.5, "xy", f"{LIST}2"), (1, "edba"), (2, "edba"), (3, "edba")],
            [("c", 1.0, 3, False)],
        ),
    ],
)
def test_dropped_from_a_list(
    tmp_path: Path, looks: list[ListLook], dropped: list[tuple[str, float, int, bool]]
) -> None:
    assert unlisted(tmp_path, looks) == dropped
    assert unlisted(tmp_path / "shuffled", random.Random(2).sample(looks, len(looks))) == dropped


@pytest.mark.acceptance
def test_what_another_reader_reads_is_not_compared(tmp_path: Path) -> None:
    mended = Catalogue([replace(ALPHA, item="li.row a")])
    with opened(tmp_path) as store:
        for day in (0, 1):
            land_list(store, (day, "edcba"), raw=f"{day}")
        for day in (2, 3, 4, 5):  # the same list, whose entry was mended: two of its items are no releases
            land_list(store, (day, "eca"), mended, raw=f"{day}")
        assert told(store) == []
        for day in (0, 1):  # read again by the new one, which speaks for them now
            land_list(store, (day, "eca"), mended, raw=f"{day}")
        assert told(store) == []
        for day in (6, 7, 8):
            land_list(store, (day, "ea"), mended, raw=f"{day}")
        assert told(store) == [("c", 6.0, 3, False)]


@pytest.mark.acceptance
def test_a_list_that_was_read_otherwise_for_a_while_is_as_it_was(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        looks = ((0, "edcba"), (1, "edcba"), (2, "edcba"), (3, "edcba"))
        for reading in ("edcba", "edba", "edcba", "edcba"):
            for day, _ in looks:
                land_list(store, (day, reading if day else "edcba"), raw=f"{day}")
        assert told(store) == []
        assert store.value("SELECT count(*) FROM list_contents") == 10, "the same again adds nothing"


def test_a_list_that_cannot_be_read_any_more_holds_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for day, letters in enumerate(("edcba", "edba", "edba", "edba")):
            land_list(store, (day, letters), raw=f"{day}")
        assert told(store) == [("c", 1.0, 3, False)]
        capture = captured(LIST, "2", "list", START + timedelta(days=2))
        failed = Unread(None, "1", "SelectorError", "expected at least 1, found 0", "Mend the entry")
        land(store, [capture], {capture.input_sha256: failed}, now=NOW, run_id="run")
        assert told(store) == []
        land_list(store, (2, "edba"), raw="2")
        assert told(store) == [("c", 1.0, 3, False)]


@pytest.mark.parametrize("readings", [("dceab",), ("acbde", "dceab"), ("dceab", "acbde", "dceab")])
def test_neighbours_on_a_list_are_those_that_were_read_last(tmp_path: Path, readings: tuple[str, ...]) -> None:
    days = (date(2018, 9, 20), date(2018, 9, 19), None, date(2020, 9, 30), date(2020, 9, 17))
    with opened(tmp_path) as store:
        for letters in readings:
            land_list(store, (0, letters), raw="a list")
        make_history(store)
        known = [(release_id(page(each), None, ""), day) for each, day in zip("abcde", days, strict=True)]
        store.connection.execute("CREATE TEMP TABLE own_days (release_id VARCHAR, earliest_on DATE, latest_on DATE)")
        store.connection.executemany("INSERT INTO current (release_id, published_on) VALUES (?, ?)", known)
        store.connection.execute(publication_sql("between.sql"))
        found = store.rows("SELECT between_earliest, between_latest FROM current WHERE published_on IS NULL")
        assert found == [(date(2020, 9, 14), date(2020, 10, 3))]


@pytest.mark.acceptance
def test_the_look_that_makes_a_drop_certain_is_published_and_no_other(tmp_path: Path) -> None:
    def states(looks: Iterable[str]) -> list[str]:
        with opened(tmp_path / "".join(looks)) as store:
            found = []
            for day, letters in enumerate(looks):
                land_list(store, (day, letters), raw=letters)
                found.append(state_of(store, "test"))
            return found

    dropped = states(("edcba", "edba", "edba", "edba", "edba", "edba"))
    assert [now == before for before, now in pairwise(dropped)] == [False, True, False, True, True]
    pushed = states(("edcba", "fedcb", "fedcb", "fedcb", "fedcb"))
    assert [now == before for before, now in pairwise(pushed)] == [False, True, True, True]


@pytest.mark.acceptance
def test_a_long_list_that_is_looked_at_often_takes_no_longer_than_it_is(tmp_path: Path) -> None:
    short, long = (seconds_of(tmp_path / f"{size}", size) for size in (250, 1_000))
    assert long < 10 * short, "where each entry is looked for in the whole list it takes sixteen times as long, or more"


def seconds_of(folder: Path, size: int, looks: int = 12) -> float:
    folder.mkdir()
    with opened(folder) as store:
        for day in range(looks):
            at = START + timedelta(days=day)
            capture = captured(LIST, f"{day}", "list", at)
            entries = range(size + day, day, -1)
            seen = [
                Seen("alpha", f"{n:064}", page(f"{n}"), LIST, Listing(), place, True, at, capture.input_sha256, "it")
                for place, n in enumerate(entries)
                if n != size // 2 or not day
            ]
            land(store, [capture], {capture.input_sha256: ListPage((), ())}, now=NOW, run_id="run", listed=seen)
        took = []
        for _ in range(3):
            started = time.perf_counter()
            make_history(store)
            took.append(time.perf_counter() - started)
        assert store.rows("SELECT release_id, looks FROM unlisted") == [(f"{size // 2:064}", looks - 1)]
    return min(took)
