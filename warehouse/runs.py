"""What a run did: a tally by source, layout, verdict and error, and the row that it leaves."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from datetime import datetime

from warehouse.land import Verdict
from warehouse.store import Store
from warehouse.turn import committed

Tally = Counter[tuple[str | None, str | None, Verdict | None, str | None]]
"""Number of looks by source, layout, verdict and error (of what was missed, its outcome)."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The one line that a run ends with."""

    read: int
    new: int
    changed: int
    unchanged: int
    quarantined: int
    missed: int = 0

    def __str__(self) -> str:
        return (
            f"read {self.read}, new {self.new}, changed {self.changed}, "
            f"unchanged {self.unchanged}, quarantined {self.quarantined}"
        ) + (f", missed {self.missed}" if self.missed else "")


def summary(tally: Tally) -> Summary:
    """Totals of a tally."""
    totals: Counter[str] = Counter()
    for (_, _, verdict, _), count in tally.items():
        totals[verdict or ""] += count
    read = totals["new"], totals["changed"], totals["unchanged"], totals["quarantined"]
    return Summary(sum(read), *read, totals["missed"])


def by_source_and_layout(tally: Tally) -> dict[tuple[str | None, str | None], Summary]:
    """Totals for each source and layout, sorted."""
    groups: dict[tuple[str | None, str | None], Tally] = defaultdict(Counter)
    for (source, layout, verdict, error), count in tally.items():
        groups[source, layout][(source, layout, verdict, error)] += count
    order = sorted(groups, key=lambda pair: (pair[0] or "~", pair[1] or "~"))
    return {pair: summary(groups[pair]) for pair in order}


@committed
def note_run(store: Store, tally: Tally, run_id: str, verb: str, *, started: datetime, ended: datetime) -> None:
    """Leave a row for each source and layout of a run; repeated, it replaces them."""
    rows = [
        [run_id, verb, started, ended, source, layout, *asdict(total).values()]
        for (source, layout), total in by_source_and_layout(tally).items()
    ]
    with store.transaction():
        store.connection.execute("DELETE FROM runs WHERE run_id = ?", [run_id])
        for row in rows:
            store.connection.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
