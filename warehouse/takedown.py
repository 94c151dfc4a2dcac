"""Taking down in the warehouse: what hangs on a release, and clearing it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from parsers.release import NOWHERE
from warehouse.known import captures_from
from warehouse.land import capture_columns
from warehouse.store import Store, columns_of
from warehouse.turn import committed

# A page that says that nothing is there, or that turns us away, is the same for many URLs and holds nobody's text.
_BODIES = """
    bodies AS (
        SELECT c.* FROM captures c
        WHERE c.release_id IN (SELECT unnest($ids)) AND c.role = 'page' AND c.raw_bytes > 0 AND c.warc_file != $nowhere
            AND c.outcome NOT IN ('gone', 'soft_404', 'challenge', 'blocked', 'robots_denied')
            AND coalesce((SELECT arg_max(p.error, p.landing) FROM parses p WHERE p.input_sha256 = c.input_sha256), '')
                != 'NothingHere'
    )
"""
_SHARING = f"""
    WITH {_BODIES},
    said AS (SELECT DISTINCT text_sha256 FROM parses WHERE input_sha256 IN (SELECT input_sha256 FROM bodies))
    SELECT DISTINCT release_id FROM captures
    WHERE role = 'page' AND release_id NOT IN (SELECT unnest($ids)) AND warc_file != $nowhere AND (
        raw_sha256 IN (SELECT raw_sha256 FROM bodies)
        OR input_sha256 IN (SELECT input_sha256 FROM parses WHERE text_sha256 IN (SELECT text_sha256 FROM said))
    )
"""  # noqa: S608 - our own words
_OBSTACLES = f"""
    WITH {_BODIES},
    found AS (
        SELECT 'its body lies in a file of yours: ' || warc_file AS what FROM bodies WHERE starts_with(warc_file, '/')
        UNION SELECT 'it is an item of a feed: byte ' || part_start || ' of the body at byte ' || warc_offset || ' of '
            || warc_file FROM bodies WHERE part_start IS NOT NULL
        UNION SELECT 'it is kept as a ' || role || ', too: ' || coalesce(url, warc_file) FROM captures
        WHERE role != 'page' AND raw_sha256 IN (SELECT raw_sha256 FROM bodies)
    )
    SELECT what FROM found ORDER BY what
"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a release: hashes of its bodies, and where they lie."""

    url: str | None
    raw_sha256s: tuple[str, ...]
    places: tuple[tuple[str, int], ...]


def with_sharing(store: Store, release_id: str) -> set[str]:
    """A release, and all that have its text or bytes, those of which have others' again."""
    found = {release_id}
    while more := {row[0] for row in store.rows(_SHARING, {"ids": list(found), "nowhere": NOWHERE[0]})}:
        found |= more
    return found


def obstacles(store: Store, releases: Collection[str]) -> list[str]:
    """Why bodies of these releases cannot be blanked; empty where they can."""
    return [row[0] for row in store.rows(_OBSTACLES, {"ids": list(releases), "nowhere": NOWHERE[0]})]


def kept_of(store: Store, release_id: str) -> Kept:
    """What is kept of a release; bodies that others have, too, are theirs."""
    sql = """
        SELECT raw_sha256, warc_file, warc_offset FROM captures
        WHERE release_id = $id AND role = 'page' AND warc_file != $nowhere ORDER BY ALL
    """
    rows = store.rows(sql, {"id": release_id, "nowhere": NOWHERE[0]})
    url = store.value(
        "SELECT arg_max(url, (captured_at IS NOT NULL, captured_at, url)) FROM captures WHERE release_id = ?",
        [release_id],
    )
    return Kept(url, tuple(dict.fromkeys(row[0] for row in rows)), tuple(dict.fromkeys(row[1:] for row in rows)))


def places_of_others(store: Store, releases: Collection[str], warc_file: str, offsets: Collection[int]) -> set[int]:
    """Which of these offsets of a file are those of bodies that captures of other releases name."""
    sql = """
        SELECT DISTINCT warc_offset FROM captures
        WHERE warc_file = $file AND warc_offset IN (SELECT unnest($offsets))
            AND NOT (role = 'page' AND release_id IN (SELECT unnest($ids)))
    """
    named = {"file": warc_file, "offsets": list(offsets), "ids": list(releases)}
    return {row[0] for row in store.rows(sql, named)} if offsets else set()


@committed
def note_takedowns(store: Store, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the table of takedowns anew, from the events of the archive."""
    with store.transaction():
        store.connection.execute("DELETE FROM takedowns")
        if rows:
            store.insert("takedowns", columns_of(rows))


def unhushed(store: Store) -> set[str]:
    """Releases that are taken down and of which the warehouse still holds something."""
    sql = """
        SELECT DISTINCT release_id FROM captures WHERE role = 'page' AND warc_file != $nowhere
            AND release_id IN (SELECT release_id FROM takedowns WHERE lifted_at IS NULL)
    """
    return {row[0] for row in store.rows(sql, {"nowhere": NOWHERE[0]})}


_OF_INPUTS = ("parses", "dates_given", "links")
_OF_TEXTS = {
    "texts": ("text_sha256",),
    "sketches": ("text_sha256",),
    "text_pairs": ("first_sha256", "second_sha256"),
    "text_diffs": ("from_sha256", "to_sha256"),
    "diff_spans": ("from_sha256", "to_sha256"),
}


@committed
def clear(store: Store, releases: Collection[str]) -> None:
    """Take all that pages of these releases said out of the warehouse, in one transaction; their looks stay."""
    if not releases:
        return
    named = {"ids": list(releases)}
    run = store.connection.execute
    with store.transaction():
        captures = captures_from(store, f"SELECT * {_LOOKS} ORDER BY landed_at, warc_file, warc_offset", named)
        inputs = {"inputs": list({capture.input_sha256 for capture in captures})}
        read = "SELECT DISTINCT text_sha256 FROM parses WHERE text_sha256 IS NOT NULL AND input_sha256"
        run(f"CREATE OR REPLACE TEMP TABLE unsaid AS {read} IN (SELECT unnest($inputs))", inputs)
        for table in _OF_INPUTS:
            run(f"DELETE FROM {table} WHERE input_sha256 IN (SELECT unnest($inputs))", inputs)  # noqa: S608 - our own names
        run("DELETE FROM unsaid WHERE text_sha256 IN (SELECT text_sha256 FROM parses)")  # others say it, too
        for table, columns in _OF_TEXTS.items():
            of_them = " OR ".join(f"{column} IN (FROM unsaid)" for column in columns)
            run(f"DELETE FROM {table} WHERE {of_them}")  # noqa: S608 - our own names
        run("DROP TABLE temp.unsaid")
        run("UPDATE listings SET title = NULL WHERE title IS NOT NULL AND release_id IN (SELECT unnest($ids))", named)
        run(f"DELETE {_LOOKS}", named)
        if captures:
            store.insert("captures", capture_columns([capture.hushed for capture in captures]))


_LOOKS = "FROM captures WHERE role = 'page' AND release_id IN (SELECT unnest($ids))"


@committed
def forget_days(store: Store) -> None:
    """Drop the days that were derived from what does not stand any more; asked within a publication, of `current`."""
    with store.transaction():
        for table in ("days_derived", "day_evidence"):
            gone = "NOT IN (SELECT days_key FROM current WHERE days_key IS NOT NULL)"
            store.connection.execute(f"DELETE FROM {table} WHERE days_key {gone}")  # noqa: S608 - our own names


@committed
def forget_files(store: Store) -> None:
    """Have input files read again: what was taken down may stand in them."""
    with store.transaction():
        store.connection.execute("DELETE FROM files_read")
