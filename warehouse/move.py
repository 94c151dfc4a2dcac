"""Moving a warehouse from HOME's file into a lake, and back: the same tables, compared before the old ones go.

    publish -> copy -> publish there -> compare -> HOME knows -> remove what was left

A move that is killed before HOME knows has changed nothing that anybody reads; the same command begins again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from parsers.errors import ConfigError, StoreError
from warehouse.home import FILE, PUBLISHED, forget, lake_of, note, noted, remember
from warehouse.lake import WAREHOUSE, Lake, reading
from warehouse.read import Hashes, connect, hashes
from warehouse.scripts import quoted, standing
from warehouse.store import Store
from warehouse.tidy import remove_all
from warehouse.troubles import sync

Publish = Callable[[Store], None]
"""Shows readers all that landed in a warehouse."""

_MOVING = ".moving"
_BEGUN = "moving.json"  # while it is there, that lake holds a copy of what HOME's file holds
_OWN = ("schema_migrations", "publications", "turns")  # of the place, not of what lies there


@dataclass(frozen=True, slots=True)
class Moved:
    """How many rows the tables of the writer hold, and how many public tables are the same here and there."""

    rows: int
    tables: int

    def __str__(self) -> str:
        return f"moved {self.rows} rows; {self.tables} public tables are the same, by count and hash of their rows"


def into_lake(home: Path, lake: Lake, publish: Publish, now: datetime, memory: str = "") -> Moved:
    """Move HOME's warehouse into an empty lake; hold `writer_lock` alone.

    Raises:
        ConfigError: HOME has a lake already, or nothing to move, or the lake holds something.
        StoreError: what readers would see there differs; the lake is emptied again.
        LakeUnreachable: PostgreSQL or S3 do not answer.
    """
    if lake_of(home) or not (home / FILE).exists():
        raise ConfigError("there is no warehouse of its own to move", where=str(home))
    if noted(home / _BEGUN) == lake:
        _empty_copy(home, lake, now, memory)
    with closing(Store(home, now, memory=memory)) as store:
        publish(store)
    before = _hashes(connect(home))
    with closing(Store(home, now, memory=memory, lake=lake)) as store, store.turn():
        if store.value("SELECT 1 FROM captures LIMIT 1") is not None:
            raise ConfigError("the lake holds something already", where=lake.catalog, todo="Name an empty database")
        note(home / _BEGUN, lake)
        try:
            rows = _copy(store, home / FILE, "file", WAREHOUSE)
            publish(store)
            tables = _same(before, _hashes(reading(lake)))
        except BaseException:
            remove_all(store, lake)
            (home / _BEGUN).unlink()
            raise
    remember(home, lake)
    for name in (f"{FILE}.wal", FILE, PUBLISHED, _BEGUN):
        (home / name).unlink(missing_ok=True)
    return Moved(rows, tables)


def into_file(home: Path, publish: Publish, now: datetime, memory: str = "") -> Moved:
    """Move what the lake of a HOME holds into a file of its own; hold `writer_lock` alone.

    Raises:
        ConfigError: HOME has no lake.
        StoreError: what readers would see differs; nothing was changed.
        LakeUnreachable: PostgreSQL or S3 do not answer.
    """
    lake = lake_of(home)
    if lake is None:
        raise ConfigError("its warehouse is a file already", where=str(home))
    moving = home / _MOVING
    shutil.rmtree(moving, ignore_errors=True)
    moving.mkdir()
    with closing(Store(home, now, memory=memory)) as store, store.turn():
        publish(store)
        before = _hashes(connect(home))
        Store(moving, now, memory=memory).close()
        rows = _copy(store, moving / FILE, WAREHOUSE, "file")
        with closing(Store(moving, now, memory=memory)) as copied:
            publish(copied)
            copied.connection.execute("CHECKPOINT warehouse")
        tables = _same(before, _hashes(connect(moving)))
        note(home / _BEGUN, lake)  # killed before the lake is empty, it can be filled again
        (home / f"{FILE}.wal").unlink(missing_ok=True)
        for name in (FILE, PUBLISHED):
            sync(moving / name)
            (moving / name).replace(home / name)
        forget(home)
        sync(home)
        remove_all(store, lake)
    (home / _BEGUN).unlink()
    shutil.rmtree(moving)
    return Moved(rows, tables)


def _empty_copy(home: Path, lake: Lake, now: datetime, memory: str) -> None:
    """Empty a lake of what a move that was killed had copied; what anybody has landed there since stays."""
    with closing(Store(home, now, memory=memory, lake=lake)) as store, store.turn():
        store.connection.execute(f"ATTACH {quoted(home / FILE)} AS file (READ_ONLY)")
        others = store.value(_OTHERS)
        store.connection.execute("DETACH file")
        if not others:
            remove_all(store, lake)


_OTHERS = "SELECT count(*) FROM warehouse.captures WHERE seen_id NOT IN (SELECT seen_id FROM file.captures)"


def _copy(store: Store, path: Path, source: str, target: str) -> int:
    """Copy all rows between a lake and a file, in one commit."""
    run = store.connection.execute
    run(f"ATTACH {quoted(path)} AS file")
    try:
        names = [name for kind, name in standing(store.connection, WAREHOUSE) if kind == "TABLE" and name not in _OWN]
        with store.transaction(fence=target == WAREHOUSE):
            counts = [run(f"INSERT INTO {target}.{name} BY NAME FROM {source}.{name}").fetchone() for name in names]
    finally:
        run("DETACH file")
    return sum(count[0] for count in counts if count)


def _hashes(connection: duckdb.DuckDBPyConnection) -> Hashes:
    with connection:
        return hashes(connection)


def _same(before: Hashes, after: Hashes) -> int:
    other = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if other:
        todo = "Nothing was moved; report it"
        raise StoreError(f"after the copy these public tables differ: {', '.join(other)}", todo=todo)
    return len(after)
