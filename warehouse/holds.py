"""Holds: a source whose pages no longer look as they should stops landing; captures go on.

Three pages in a layout that the source does not name (or in none), when they are a fifth of a run,
are a redesign and no accident. What its layouts do read has landed by then. The hold ends when
`reparse` finds that the kept pages can be read.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from warehouse.runs import Tally
from warehouse.store import Store, publication_sql

PAGES = 3
SHARE = 0.2
REDESIGN = ("LayoutUnknown", "LayoutNotAllowed")


def held_sources(store: Store) -> frozenset[str]:
    """Sources with a hold open."""
    sql = "SELECT source FROM holds GROUP BY source HAVING arg_max(opened, (happened_at, opened))"
    return frozenset(row[0] for row in store.rows(sql))


def hold_redesigned(store: Store, tally: Tally, now: datetime, run_id: str) -> list[str]:
    """Open a hold for each source that a run showed to be redesigned; says which."""
    read: Counter[str] = Counter()
    strange: Counter[str] = Counter()
    for (source, layout, _, error), count in tally.items():
        if source is not None and (layout is not None or error):
            read[source] += count
            strange[source] += count if error in REDESIGN else 0
    redesigned = [s for s, count in strange.items() if count >= PAGES and count >= SHARE * read[s]]
    opened = sorted(set(redesigned) - held_sources(store))
    for source in opened:
        reason = f"{strange[source]} of {read[source]} pages of a run are in no layout that the source names"
        _note(store, (source, now, True, reason, run_id))
    return opened


def release_mended(store: Store, sources: frozenset[str], now: datetime, run_id: str) -> list[str]:
    """Close the holds of sources whose kept pages can be read again; says which.

    Only what landed since the hold opened, or opened it, is asked for.
    """
    sql = """
        SELECT count(*), count(*) FILTER (error IN ('LayoutUnknown', 'LayoutNotAllowed', 'NotYetRead'))
        FROM readings
        WHERE source = $source AND outcome = 'ok'
            AND landed_at >= (SELECT max(happened_at) FROM holds WHERE source = $source AND opened)
    """
    closed = []
    for source in sorted(sources & held_sources(store)):
        store.connection.execute(
            "CREATE OR REPLACE TEMP TABLE scope AS SELECT * FROM captures WHERE source = $source", {"source": source}
        )
        store.connection.execute(publication_sql("readings.sql"))
        ((read, strange),) = store.rows(sql, {"source": source})
        if strange < PAGES or strange < SHARE * read:
            _note(store, (source, now, False, "its kept pages can be read again", run_id))
            closed.append(source)
    return closed


def _note(store: Store, row: tuple[str, datetime, bool, str, str]) -> None:
    with store.transaction():
        store.connection.execute("INSERT INTO holds VALUES (?, ?, ?, ?, ?)", list(row))
