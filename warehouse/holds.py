"""Holds: a source whose pages no longer look as they should stops landing; captures go on.

Three pages in a layout that the source does not name (or in none), when they are a fifth of a run,
are a redesign and no accident; a run of a few pages is judged with the pages before it. So is a field
that practically all pages of a layout had and most of the latest lack (fill.py). What its layouts do
read has landed by then. The hold ends when `reparse` finds that the kept pages can be read.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime

from warehouse.fill import Drop, drops
from warehouse.incidents import close_incident, open_incident, open_incidents
from warehouse.runs import Tally
from warehouse.scripts import publication_sql
from warehouse.store import Store

PAGES = 3
SHARE = 0.2
SMALL = 10
"""Pages of a run, below which it is judged with those before it: so many in all."""
REDESIGN = ("LayoutUnknown", "LayoutNotAllowed")


def held_sources(store: Store) -> frozenset[str]:
    """Sources with a hold open."""
    return frozenset(open_incidents(store, "hold"))


def hold_redesigned(store: Store, tally: Tally, now: datetime, run_id: str, *, routine: bool = True) -> list[str]:
    """Open a hold for each source that a run showed to be redesigned; says which.

    What falls without being a hold opens and closes an incident `fill`.

    Args:
        now: UTC.
        routine: the run brought what is newest; what a backfill brings is older than what came before it, and
            tells nothing of fields that fell.
    """
    held, opened = held_sources(store), []
    for source, (strange, read) in sorted(_strange(tally).items()):
        if source in held:
            continue
        reason = _layout_reason(store, source, strange, read)
        fallen = _fallen(store, source, run_id) if routine and _brought(tally, source) else None
        if reason is None and fallen and fallen[0].grave:
            reason = str(fallen[0])
        if reason:
            open_incident(store, source, "hold", now, reason, run_id)
            opened.append(source)
        if fallen is not None:
            _note_fill(
                store, source, "" if reason else "; ".join(map(str, fallen)), now, run_id, _renewed(tally, source)
            )
    return opened


def _strange(tally: Tally) -> dict[str, tuple[int, int]]:
    """Of each source of a run: pages in no layout that it names, and all that were read anew.

    Looks at pages that are as they were say nothing of the template of today.
    """
    read: Counter[str] = Counter()
    strange: Counter[str] = Counter()
    for (source, layout, verdict, error), count in tally.items():
        if source is not None and verdict not in ("missed", "unchanged") and (layout is not None or error):
            read[source] += count
            strange[source] += count if error in REDESIGN else 0
    return {source: (strange[source], read[source]) for source in read}


def _brought(tally: Tally, source: str) -> bool:
    """Whether a run brought pages of a source in some layout that are not as they were."""
    return any(s == source and layout and verdict != "unchanged" for s, layout, verdict, _ in tally)


def _is_redesign(strange: int, read: int) -> bool:
    return strange >= PAGES and strange >= SHARE * read


def _layout_reason(store: Store, source: str, strange: int, read: int) -> str | None:
    if strange and read < SMALL and not _is_redesign(strange, read):
        strange, read = _latest_strange(store, source)
        if _is_redesign(strange, read):
            return f"{strange} of the {read} latest pages are in no layout that the source names"
    if _is_redesign(strange, read):
        return f"{strange} of {read} pages of a run are in no layout that the source names"
    return None


def _latest_strange(store: Store, source: str) -> tuple[int, int]:
    """The same of the latest pages, whatever runs brought them, since the last hold was over."""
    store.connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE scope AS
        SELECT * FROM captures WHERE release_id IN (
            SELECT release_id FROM captures
            WHERE source = $source AND role = 'page' AND outcome = 'ok' AND NOT EXISTS (
                SELECT 1 FROM holds h
                WHERE h.source = $source AND h.kind = 'hold' AND NOT h.opened AND h.happened_at >= captures.landed_at
            )
            GROUP BY release_id ORDER BY min(landed_at) DESC, release_id LIMIT $small
        )
        """,
        {"source": source, "small": SMALL},
    )
    store.connection.execute(publication_sql("readings.sql"))
    sql = """
        SELECT count(*) FILTER (error IN ('LayoutUnknown', 'LayoutNotAllowed')), count(*)
        FROM (
            FROM readings WHERE role = 'page' AND outcome = 'ok'
            QUALIFY row_number() OVER (PARTITION BY release_id ORDER BY landed_at DESC, capture_id) = 1
        )
    """
    ((strange, read),) = store.rows(sql)
    return strange, read


def _fallen(store: Store, source: str, run_id: str) -> list[Drop]:
    """Fields that fell; after a hold, a source's past begins with the pages that it kept from landing."""
    sql = """
        SELECT max(happened_at) FROM holds WHERE source = $source AND kind = 'hold' AND opened
    """
    return drops(store, source, run_id, since=store.value(sql, {"source": source}))


def _note_fill(store: Store, source: str, reason: str, now: datetime, run_id: str, renewed: set[str]) -> None:
    is_open = source in open_incidents(store, "fill")
    if reason and not is_open:
        open_incident(store, source, "fill", now, reason, run_id)
    elif is_open and not reason and _layouts_told(store, source) <= renewed:
        close_incident(store, source, "fill", now, "its fields are as they were, or this is how they are now", run_id)


def _renewed(tally: Tally, source: str) -> set[str]:
    """Layouts in which a run brought new pages of a source."""
    return {layout for s, layout, verdict, _ in tally if s == source and layout and verdict == "new"}


def _layouts_told(store: Store, source: str) -> set[str]:
    """Layouts of which the open incident `fill` of a source tells: pages in others say nothing of them."""
    sql = "SELECT max_by(reason, happened_at) FROM holds WHERE source = $source AND kind = 'fill' AND opened"
    return set(re.findall(r"in layout `([^`]+)`", store.value(sql, {"source": source})))


def release_mended(
    store: Store, sources: frozenset[str], now: datetime, run_id: str, *, by_name: bool = False
) -> list[str]:
    """Close the holds of sources whose kept pages can be read again; says which.

    Args:
        now: UTC.
        by_name: somebody asked for these sources and no others: a field that is still missing is
            taken for gone for good, by whoever asked.
    """
    closed = []
    for source in sorted(sources & held_sources(store)):
        held_at, opening = _opening(store, source)
        if _is_redesign(*_since_held(store, source, held_at, opening)):
            continue
        missing = [drop for drop in drops(store, source, opening, after=held_at) if drop.grave]
        if missing and not by_name:
            continue
        reason = f"read again as it stands: {missing[0]}" if missing else "its kept pages can be read again"
        close_incident(store, source, "hold", now, reason, run_id)
        closed.append(source)
    return closed


def _opening(store: Store, source: str) -> tuple[datetime, str]:
    """When the hold of a source opened, UTC, and by which run."""
    sql = """
        SELECT max(happened_at), arg_max(run_id, happened_at) FROM holds
        WHERE source = $source AND kind = 'hold' AND opened
    """
    ((held_at, run_id),) = store.rows(sql, {"source": source})
    return held_at, run_id


def _since_held(store: Store, source: str, held_at: datetime, opening: str) -> tuple[int, int]:
    """Pages in no layout that the source names and pages in all, of what opened the hold and came since."""
    store.connection.execute(
        "CREATE OR REPLACE TEMP TABLE scope AS SELECT * FROM captures WHERE source = $source", {"source": source}
    )
    store.connection.execute(publication_sql("readings.sql"))
    # A run that fetches lands its pages before it ends: those of the run that held it bear an earlier time.
    sql = """
        SELECT count(*) FILTER (error IN ('LayoutUnknown', 'LayoutNotAllowed', 'NotYetRead')), count(*)
        FROM (
            SELECT error FROM readings WHERE role = 'page' AND outcome = 'ok'
            QUALIFY landed_at >= $held_at OR row_number() OVER (ORDER BY landed_at DESC, capture_id) <= $small
                OR capture_id IN (SELECT capture_id FROM captures WHERE run_id = $opening)
        )
    """
    ((strange, read),) = store.rows(sql, {"small": SMALL, "held_at": held_at, "opening": opening})
    return strange, read
