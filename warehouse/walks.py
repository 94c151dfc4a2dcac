"""Walks along the pages of a list: where one was broken off, a later run goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from warehouse.store import Store
from warehouse.turn import committed


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk to the last page, or to the first that brings nothing new."""

    source: str
    list_url: str
    started_at: datetime
    backfill: bool


def open_walks(store: Store, source: str, list_url: str) -> list[Walk]:
    """Walks along a list that were broken off, the latest first."""
    sql = """
        SELECT source, list_url, started_at, backfill FROM walks WHERE source = $source AND list_url = $list_url
        ORDER BY started_at DESC
    """
    return [Walk(*row) for row in store.rows(sql, {"source": source, "list_url": list_url})]


@committed
def begin_walk(store: Store, walk: Walk) -> None:
    """Write down that a walk goes on until it is ended."""
    with store.transaction():
        row = [walk.source, walk.list_url, walk.started_at, walk.backfill]
        store.connection.execute("INSERT INTO walks VALUES (?, ?, ?, ?)", row)


@committed
def end_walk(store: Store, walk: Walk) -> None:
    """A walk came to its end."""
    sql = "DELETE FROM walks WHERE source = ? AND list_url = ? AND started_at = ?"
    with store.transaction():
        store.connection.execute(sql, [walk.source, walk.list_url, walk.started_at])


def pages_done(store: Store, walk: Walk) -> set[str]:
    """List pages that were read since the walk began; one from which nothing could be read is not done."""
    sql = """
        SELECT DISTINCT url FROM captures c
        WHERE source = $source AND role = 'list' AND outcome = 'ok' AND captured_at >= $since
            AND NOT EXISTS (SELECT 1 FROM parses p WHERE p.input_sha256 = c.input_sha256 AND p.error IS NOT NULL)
    """
    return {row[0] for row in store.rows(sql, {"source": walk.source, "since": walk.started_at})}


def was_read(store: Store, list_url: str) -> bool:
    """Whether anybody has looked at the first page of a list before."""
    sql = "SELECT 1 FROM captures WHERE url = $url AND role = 'list' AND outcome = 'ok' LIMIT 1"
    return store.value(sql, {"url": list_url}) is not None
