"""Incidents: what needs a person, from its opening to its closing.

They are noted at the end of a run, not computed at publication: whether a silence is too long hangs on
the clock, and each must be told once. Kind `hold` stops the landing; the others stop nothing and close
by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from warehouse.store import Store
from warehouse.turn import committed

IncidentKind = Literal["hold", "fill", "yield", "silence"]
KINDS: tuple[IncidentKind, ...] = ("hold", "fill", "yield", "silence")


def open_incidents(store: Store, kind: IncidentKind) -> dict[str, datetime]:
    """Sources with an incident of this kind open, and since when (UTC)."""
    sql = """
        SELECT source, max(happened_at) FROM holds WHERE kind = $kind
        GROUP BY source HAVING arg_max(opened, (happened_at, opened))
    """
    return dict(store.rows(sql, {"kind": kind}))


class Incident(NamedTuple):
    """An incident that is open; `reason` is a clause without its full stop."""

    source: str
    kind: IncidentKind
    reason: str


def untold(store: Store) -> list[Incident]:
    """Incidents that are open and of which nobody was told, those of runs that died before they told among them."""
    sql = """
        SELECT source, kind, reason FROM holds
        QUALIFY row_number() OVER (PARTITION BY source, kind ORDER BY happened_at DESC, opened DESC) = 1
            AND opened AND NOT told
        ORDER BY ALL
    """
    return [Incident(*row) for row in store.rows(sql)]


@committed
def note_told(store: Store, incidents: Sequence[Incident]) -> None:
    """Somebody was told of these."""
    with store.transaction():
        for each in incidents:
            sql = "UPDATE holds SET told = true WHERE source = ? AND kind = ? AND reason = ? AND opened"
            store.connection.execute(sql, list(each))


def open_incident(store: Store, source: str, kind: IncidentKind, now: datetime, reason: str, run_id: str) -> None:
    """An incident begins.

    Args:
        now: UTC.
        reason: a clause for people, without its full stop.
        run_id: the run that found it, and tells it.
    """
    _note(store, source, kind, now, True, reason, run_id)


def close_incident(store: Store, source: str, kind: IncidentKind, now: datetime, reason: str, run_id: str) -> None:
    """An incident is over; `now` in UTC."""
    _note(store, source, kind, now, False, reason, run_id)


@committed
def _note(store: Store, source: str, kind: IncidentKind, now: datetime, opened: bool, reason: str, run_id: str) -> None:
    with store.transaction():
        if store.lake:  # of runs that began in another order than they ended, the last speaks
            now = store.value(_AFTER, {"now": now, "source": source, "kind": kind})
        sql = "INSERT INTO holds (source, happened_at, opened, reason, run_id, kind, told) VALUES (?, ?, ?, ?, ?, ?, ?)"
        store.connection.execute(sql, [source, now, opened, reason, run_id, kind, not opened])


_AFTER = """
    SELECT greatest($now, max(happened_at) + INTERVAL 1 MICROSECOND) FROM holds WHERE source = $source AND kind = $kind
"""
