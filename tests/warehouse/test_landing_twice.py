"""Landing by itself: the same batch landed by two writers adds no row anywhere, whatever either asked before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from homes import NOW
from looking import LIST, captured

from parsers.listed import Listed, ListPage
from parsers.release import DateGiven, Link, Listing, Release, Unread
from warehouse.known import bodies_kept, captures_behind, landed, read_today, seen
from warehouse.land import Reading, land, note_registry
from warehouse.listings import Seen, unlisted
from warehouse.store import Store

SOURCES = [{"source": "alpha", "issuer": "Ministry", "state": "verified"}]
PAGE = captured("http://aa.example/1.htm", "page", "page", NOW)
BROKEN = captured("http://aa.example/2.htm", "broken", "page", NOW)
LISTING = captured(LIST, "list", "list", NOW)
GIVEN = DateGiven("date_line", "May 1", date(2020, 5, 1), None, "day", None)
RELEASE = Release("ours", "1.1", "Title", ("Body.",), dates=(GIVEN,), links=(Link("link", "http://aa.example/", "a"),))
SAID = Seen("alpha", PAGE.release_id, PAGE.url or "", LIST, Listing("Title"), 0, True, NOW, LISTING.input_sha256, "r")


def opened(folder: Path) -> Store:
    store = Store(folder, NOW)
    note_registry(store, {None: "1", "ours": "1.1"}, SOURCES)
    return store


def counts(store: Store) -> dict[str, int]:
    names = store.rows("SELECT table_name FROM duckdb_tables() WHERE database_name = 'warehouse'")
    return {name: store.value(f"SELECT count(*) FROM warehouse.{name}") for (name,) in names}


def batch(release: Release = RELEASE) -> dict[str, Reading]:
    return {
        PAGE.input_sha256: release,
        BROKEN.input_sha256: Unread(None, "1", "NoLayout", "none fits", "add one"),
        LISTING.input_sha256: ListPage((Listed(PAGE.url or "", Listing("Title"), 0),), ()),
    }


def land_all(store: Store, readings: dict[str, Reading], days: int = 0, *, keep: bool = True) -> list[str | None]:
    now = NOW + timedelta(days=days)
    told = land(
        store, [PAGE, BROKEN, LISTING], readings, now=now, run_id=f"{days}", ended=[("f", 3)], listed=[SAID], keep=keep
    )
    return [each.verdict for each in told]


def twice(folder: Path, again: Callable[[Store], list[str | None]]) -> tuple[dict[str, int], dict[str, int]]:
    """Rows of each table after a batch landed, and after it landed again from another store."""
    store = opened(folder)
    assert land_all(store, batch()) == ["new", "quarantined", None]
    once = counts(store)
    store.close()
    store = opened(folder)
    again(store)
    after = counts(store)
    store.close()
    return once, after


def test_the_same_batch_landed_twice_adds_no_row(tmp_path: Path) -> None:
    once, after = twice(tmp_path, lambda store: land_all(store, batch(), 1))
    assert after == once
    landed_in = ("captures", "parses", "texts", "dates_given", "links", "listings", "list_contents", "files_read")
    assert [once[table] for table in landed_in] == [3, 2, 1, 1, 1, 1, 1, 1]


def test_a_reading_that_says_otherwise_is_a_further_row(tmp_path: Path) -> None:
    later = replace(RELEASE, revision="1.2")
    once, after = twice(tmp_path, lambda store: land_all(store, batch(later)))
    assert {table for table in once if after[table] != once[table]} == {"parses", "dates_given", "links"}


def test_only_the_latest_reading_is_compared(tmp_path: Path) -> None:
    # Read so, otherwise, and so again: the last one must stand, or the one in between would.
    def there_and_back(store: Store) -> list[str | None]:
        land_all(store, batch(replace(RELEASE, title="Other")))
        return land_all(store, batch())

    once, after = twice(tmp_path, there_and_back)
    assert after["parses"] == once["parses"] + 2


def test_what_is_rolled_back_leaves_nothing(tmp_path: Path) -> None:
    store = opened(tmp_path)
    before = counts(store)
    assert land_all(store, batch(), keep=False) == ["new", "quarantined", None]
    assert counts(store) == before
    assert land_all(store, batch()) == ["new", "quarantined", None]
    store.close()


def test_what_landing_copies_aside_does_not_hide_the_warehouse(tmp_path: Path) -> None:
    store = opened(tmp_path)
    land_all(store, batch())
    land(store, [], {}, now=NOW, run_id="2", ended=[("g", 1)])
    assert store.value("SELECT count(*) FROM parses") == 2
    store.close()


PREFIXED = {
    "captures": ("seen_id_prefix", "release_id_prefix", "raw_sha256_prefix"),
    "parses": ("input_sha256_prefix",),
    "texts": ("text_sha256_prefix",),
    "listings": ("release_id_prefix",),
}


def prefixes(store: Store) -> list[list[tuple[object, ...]]]:
    return [store.rows(f"SELECT {', '.join(names)} FROM {table} ORDER BY ALL") for table, names in PREFIXED.items()]


def test_rows_from_before_there_were_prefixes_get_theirs(tmp_path: Path) -> None:
    store = opened(tmp_path)
    land_all(store, batch())
    written = prefixes(store)
    for table, names in PREFIXED.items():
        for name in names:
            store.connection.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
    store.connection.execute("DELETE FROM schema_migrations WHERE name = 'prefixes'")
    store.close()
    store = opened(tmp_path)
    assert prefixes(store) == written
    store.close()


def test_a_prefix_that_two_hashes_share_is_no_match(tmp_path: Path) -> None:
    store = opened(tmp_path)
    land_all(store, batch())

    def twin(digest: str) -> str:
        return digest[:-1] + ("0" if digest[-1] != "0" else "1")

    assert seen(store, [PAGE.seen_id, twin(PAGE.seen_id)]) == {PAGE.seen_id}
    assert landed(store, [PAGE.seen_id, twin(PAGE.seen_id)]) == {PAGE.seen_id}
    assert set(bodies_kept(store, [PAGE.raw_sha256, twin(PAGE.raw_sha256)])) == {PAGE.raw_sha256}
    assert read_today(store, [PAGE.input_sha256, twin(PAGE.input_sha256)]) == {PAGE.input_sha256}
    other = twin(PAGE.release_id)
    assert unlisted(store, "alpha", {PAGE.release_id, other}) == {other}
    note_registry(store, {None: "2", "ours": "1.2"}, SOURCES)
    assert captures_behind(store, [other]) == []
    assert captures_behind(store, [PAGE.release_id]) == [PAGE]
    # A look at a release whose neighbour has its prefix is new all the same.
    store.connection.execute("UPDATE captures SET release_id = ?", [other])
    land(store, [PAGE], {}, now=NOW, run_id="2")
    assert store.value("SELECT count(*) FROM captures") == 4
    store.close()
