"""What a batch touches, copied aside: landing scans the warehouse once and asks these few rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from parsers.listed import ListPage
from parsers.release import Capture, Release, Unread
from warehouse.prefixes import rows_near
from warehouse.scripts import publication_sql
from warehouse.store import Store

Outcome = tuple[str | None, ...]
"""Layout, revision, hash of the text, error and reason of a reading: whether two readings say the same."""

# Where nothing is near, nothing is scanned for it: in a lake of a million rows that were a tenth of a landing.
_CAPTURES = "CREATE OR REPLACE TEMP TABLE scope AS SELECT * FROM captures"
_OF_THEM = "WHERE rowid IN (SELECT unnest($rows)) AND release_id IN (SELECT unnest($releases))"
_PARSES = "CREATE OR REPLACE TEMP TABLE parses AS SELECT * FROM warehouse.parses"
_NEAR = "WHERE rowid IN (SELECT unnest($rows))"
_NONE = "LIMIT 0"


def open_scope(store: Store, captures: Sequence[Capture], inputs: Collection[str]) -> None:
    """Copy captures of the releases of a batch into temp table `scope`, and what they and inputs were read as.

    The latter into temp table `parses`, which stands before the warehouse's until `close_scope`; a transaction
    that is rolled back closes it, too.
    """
    releases = {capture.release_id for capture in captures}
    rows = rows_near(store, "captures", "release_id", releases)
    if rows:
        store.connection.execute(f"{_CAPTURES} {_OF_THEM}", {"rows": rows, "releases": list(releases)})
    else:
        store.connection.execute(f"{_CAPTURES} {_NONE}")
    landed = store.rows("SELECT release_id, input_sha256 FROM scope")
    known = {release for release, _ in landed}
    # Its URL is a part of an input: where no capture of that release landed, the input was not read either.
    unread = {capture.input_sha256 for capture in captures if capture.url and capture.release_id not in known}
    asked = {*inputs, *(capture.input_sha256 for capture in captures), *(key for _, key in landed)} - unread
    rows = rows_near(store, "warehouse.parses", "input_sha256", asked)
    if rows:
        store.connection.execute(f"{_PARSES} {_NEAR}", {"rows": rows})
    else:
        store.connection.execute(f"{_PARSES} {_NONE}")


def close_scope(store: Store) -> None:
    """Have the warehouse's own table of parses stand where it stood."""
    store.connection.execute("DROP TABLE temp.parses")


def append(store: Store, table: str, columns: Mapping[str, Sequence[Any]]) -> None:
    """Append rows to a table of the warehouse, and to its copy."""
    store.insert(f"warehouse.{table}", columns)
    store.insert("scope" if table == "captures" else f"temp.{table}", columns)


def last_outcomes(store: Store) -> dict[str, Outcome]:
    """What the latest reading of each input in scope said."""
    sql = """
        SELECT input_sha256, layout, revision, text_sha256, error, reason FROM temp.parses
        QUALIFY row_number() OVER (PARTITION BY input_sha256 ORDER BY landing DESC) = 1
    """
    return {row[0]: row[1:] for row in store.rows(sql)}


def outcome(reading: Release | Unread | ListPage) -> Outcome:
    """What a reading says, as `last_outcomes` has it of the one before."""
    if isinstance(reading, Release):
        return (reading.layout, reading.revision, reading.text_sha256, None, None)
    if isinstance(reading, ListPage):
        return (None, reading.revision, None, None, None)
    return (reading.layout, reading.revision, None, reading.error, reading.reason)


def readings_in_scope(store: Store) -> list[tuple[Any, ...]]:
    """Capture, release, hash of the text, layout and error of each look in scope, as it is read today."""
    if store.value("SELECT 1 FROM scope LIMIT 1") is None:
        return []
    store.connection.execute(publication_sql("readings.sql"))
    return store.rows("SELECT capture_id, release_id, text_sha256, layout, error FROM readings")
