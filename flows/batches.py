"""Batches: looks that go along the line together, bounded in number and bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from flows.looks import FileEnd, Loaded, Skipped
from parsers.release import Capture
from warehouse.land import Reading

BATCH_BYTES = 32_000_000
COARSE = 5
"""So many times as large are batches that other machines read: what a task costs beside its reading counts less."""


@dataclass
class Batch:
    """Looks that are archived, parsed and landed together."""

    number: int
    looks: list[Loaded] = field(default_factory=list)
    ended: list[tuple[str, int]] = field(default_factory=list)
    skipped: int = 0
    archived: list[Capture] | None = None
    """Set once the batch is on disk: a retry writes nothing twice."""
    bodies: dict[str, bytes] = field(default_factory=dict)
    """Bodies that are at hand, by input; others are read from the archive."""
    seen: frozenset[str] = frozenset()
    """The looks that are archived, by their `seen_id`."""
    known: list[Capture] = field(default_factory=list)
    reads: dict[str, Capture] | None = None
    """What is to be read, by input: of the batch, and of its releases what older parsers read last."""
    pending: Callable[[], Mapping[str, Reading]] | None = None
    """Gives its readings, by input: what was read ahead, once it is there; else it reads."""
    readings: dict[str, Reading] = field(default_factory=dict)
    """What was read from it, by input."""
    newly_listed: dict[str, int] = field(default_factory=dict)
    """How many releases each list among its captures was the first to name."""
    followed: dict[str, int] = field(default_factory=dict)
    """How many of the releases that each names its source claims."""
    origins: list[str] = field(default_factory=list)
    """Where each archived capture was found, for people."""

    @property
    def size(self) -> int:
        """Looks in it, of whatever kind."""
        return len(self.looks) + len(self.archived or ()) + len(self.known)

    @property
    def empty(self) -> bool:
        """Whether nothing was found."""
        return not (self.size or self.ended or self.skipped)


def batched(events: Iterable[Loaded | FileEnd | Skipped], size: int, times: int = 1) -> Iterator[Batch]:
    """Looks in batches, bounded in number and bytes; the end of a file stays with its last look.

    Args:
        size: looks a batch.
        times: so many times as many looks, and as many bytes.
    """
    batch, weight = Batch(1), 0
    for event in events:
        if isinstance(event, Skipped):
            batch.skipped += event.items
        elif isinstance(event, FileEnd):
            if event.complete:
                batch.ended.append((event.file_key, event.items))
        else:
            if len(batch.looks) >= size * times or weight > BATCH_BYTES * times:
                yield batch
                batch, weight = Batch(batch.number + 1), 0
            batch.looks.append(event)
            weight += len(event.raw)
    yield batch
