"""Batches: looks that go along the line together, bounded in number and bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from flows.looks import FileEnd, Loaded, Skipped
from parsers.release import Capture
from warehouse.land import Reading

BATCH_BYTES = 32_000_000


@dataclass
class Batch:
    """Looks that are archived, parsed and landed together."""

    number: int
    looks: list[Loaded] = field(default_factory=list)
    ended: list[tuple[str, int]] = field(default_factory=list)
    skipped: int = 0
    archived: list[tuple[Capture, bytes]] | None = None
    """Set once the batch is on disk: a retry reads the archive and writes nothing twice."""
    known: list[Capture] = field(default_factory=list)
    readings: dict[str, Reading] = field(default_factory=dict)
    """What was read from it, by input."""
    newly_listed: dict[str, int] = field(default_factory=dict)
    """How many releases each list among its captures was the first to name."""
    followed: dict[str, int] = field(default_factory=dict)
    """How many of the releases that each names its source claims."""
    origins: list[str] = field(default_factory=list)
    """Where each archived capture was found, for people."""

    @property
    def empty(self) -> bool:
        """Whether nothing was found."""
        return not (self.looks or self.ended or self.skipped)


def batched(events: Iterable[Loaded | FileEnd | Skipped], size: int) -> Iterator[Batch]:
    """Looks in batches, bounded in number and bytes; the end of a file stays with its last look."""
    batch, weight = Batch(1), 0
    for event in events:
        if isinstance(event, Skipped):
            batch.skipped += event.items
        elif isinstance(event, FileEnd):
            if event.complete:
                batch.ended.append((event.file_key, event.items))
        else:
            if len(batch.looks) >= size or weight > BATCH_BYTES:
                yield batch
                batch, weight = Batch(batch.number + 1), 0
            batch.looks.append(event)
            weight += len(event.raw)
    yield batch
