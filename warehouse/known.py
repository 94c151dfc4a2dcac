"""What the warehouse knows already: looks, bodies, readings, input files."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from typing import Any

from parsers.release import NOWHERE, Capture, Listing, Served
from warehouse.prefixes import known_among, rows_near
from warehouse.store import Store

SERVED = tuple(field.name for field in fields(Served))


def seen(store: Store, seen_ids: Sequence[str]) -> set[str]:
    """Which of these looks are known: bytes and all that came with them.

    A look whose body was taken down is not, once that is lifted: it may bring its body again.
    """
    sql = """
        SELECT DISTINCT seen_id FROM captures
        WHERE rowid IN (SELECT unnest($rows)) AND seen_id IN (SELECT unnest($ids)) AND (
            warc_file != $nowhere OR release_id IN (SELECT release_id FROM takedowns WHERE lifted_at IS NULL)
        )
    """
    rows = rows_near(store, "captures", "seen_id", seen_ids)
    named = {"rows": rows, "ids": list(seen_ids), "nowhere": NOWHERE[0]}
    return {row[0] for row in store.rows(sql, named)} if rows else set()


def landed(store: Store, seen_ids: Sequence[str]) -> set[str]:
    """Which of these looks have a row."""
    return known_among(store, "captures", "seen_id", seen_ids)


def file_known(store: Store, file_key: str) -> int | None:
    """How many looks a file held that was read to its end before, None for any other."""
    found = store.value("SELECT max(items) FROM files_read WHERE file_key = ?", [file_key])
    return None if found is None else int(found)


def files_known(store: Store) -> dict[str, int]:
    """All files that were read to their ends, and how many looks each held."""
    return dict(store.rows("SELECT file_key, max(items) FROM files_read GROUP BY file_key"))


def bodies_kept(store: Store, raw_sha256s: Sequence[str]) -> dict[str, tuple[str, int, int | None, int | None]]:
    """Where bodies lie that our own archive keeps already: file, offset and part, by their hash."""
    sql = """
        SELECT raw_sha256, min((warc_file, warc_offset, part_start, part_bytes)) FROM captures
        WHERE rowid IN (SELECT unnest($rows)) AND raw_sha256 IN (SELECT unnest($hashes))
            AND outcome = 'ok' AND NOT starts_with(warc_file, '/') AND warc_file != $nowhere
        GROUP BY raw_sha256
    """
    rows = rows_near(store, "captures", "raw_sha256", raw_sha256s)
    named = {"rows": rows, "hashes": list(raw_sha256s), "nowhere": NOWHERE[0]}
    return {raw: tuple(place) for raw, place in store.rows(sql, named)} if rows else {}


def read_today(store: Store, inputs: Sequence[str]) -> set[str]:
    """Which inputs were read under today's revisions; one that ran out of time may do better another day."""
    return {key for key, error in _readings_of_today(store, inputs) if error not in ("ParserTimeout", "ParserKilled")}


def _readings_of_today(store: Store, inputs: Sequence[str]) -> list[tuple[Any, ...]]:
    sql = """
        SELECT p.input_sha256, p.error FROM parses p
        JOIN layouts l ON l.layout IS NOT DISTINCT FROM p.layout AND l.revision = p.revision
        WHERE p.rowid IN (SELECT unnest($rows)) AND p.input_sha256 IN (SELECT unnest($inputs))
    """
    rows = rows_near(store, "parses", "input_sha256", inputs)
    return store.rows(sql, {"rows": rows, "inputs": list(inputs)}) if rows else []


def captures_behind(store: Store, releases: Sequence[str]) -> list[Capture]:
    """Captures of these releases that were last read under older revisions."""
    sql = """
        SELECT * FROM captures
        WHERE rowid IN (SELECT unnest($rows)) AND release_id IN (SELECT unnest($releases))
            AND outcome = 'ok' AND warc_file != $nowhere
    """
    rows = rows_near(store, "captures", "release_id", releases)
    if not rows:
        return []
    captures = captures_from(store, sql, {"rows": rows, "releases": list(releases), "nowhere": NOWHERE[0]})
    read = {key for key, _ in _readings_of_today(store, [capture.input_sha256 for capture in captures])}
    return [capture for capture in captures if capture.input_sha256 not in read]


def captures_from(store: Store, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Capture]:
    """Captures of a query that gives rows of the table `captures`."""
    cursor = store.connection.execute(sql, parameters)
    names = [column[0] for column in cursor.description or ()]
    captures = []
    for row in cursor.fetchall():
        values = dict(zip(names, row, strict=True))
        for computed in ("seen_id", "input_sha256", "seen_id_prefix", "release_id_prefix", "raw_sha256_prefix"):
            values.pop(computed)
        over_http = [values.pop(name) for name in SERVED]
        served = None if over_http[-1] is None else Served(*over_http)
        listing = Listing(values.pop("listing_title"), values.pop("listing_published"))
        captures.append(Capture(listing=listing, served=served, **values))
    return captures


def taken_down(store: Store, releases: Collection[str] | None = None) -> frozenset[str]:
    """Which of these releases are taken down; of all where None are named."""
    sql = "SELECT DISTINCT release_id FROM takedowns WHERE lifted_at IS NULL"
    found = frozenset(row[0] for row in store.rows(sql))
    return found if releases is None else found.intersection(releases)


def last_landing(store: Store) -> int:
    """Number of the latest commit that brought a parse, 0 before the first."""
    return int(store.value("SELECT coalesce(max(landing), 0) FROM parses"))


def captures_known(store: Store, capture_ids: Sequence[str]) -> set[str]:
    """Which of these captures have landed."""
    sql = "SELECT DISTINCT capture_id FROM captures WHERE capture_id IN (SELECT unnest($ids))"
    return {row[0] for row in store.rows(sql, {"ids": list(capture_ids)})}


def landed_up_to(store: Store, warc_file: str) -> int:
    """Offset of the last record of a WARC file that a capture names, 0 where none does."""
    return int(store.value("SELECT coalesce(max(warc_offset), 0) FROM captures WHERE warc_file = ?", [warc_file]))


def latest_robots(store: Store, source: str) -> list[Capture]:
    """The last look at each robots.txt of a source that says what may be asked for."""
    sql = """
        SELECT * FROM captures WHERE role = 'robots' AND source = $source AND status < 500 AND status != 429
        QUALIFY row_number() OVER (PARTITION BY url ORDER BY captured_at DESC) = 1
    """
    return captures_from(store, sql, {"source": source})
