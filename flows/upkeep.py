"""Upkeep of a HOME: show what landed, give back unused space, say what is on disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flows.batches import Batch
from flows.items import with_items
from flows.line import publish_now, take
from flows.recover import recovered
from flows.running import running
from flows.settings import Settings
from seeds import Catalogue
from warehouse.compact import Space, bytes_said, compact, sizes
from warehouse.lock import writer_lock


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What an upkeep did and found.

    Attributes:
        published: whether something had landed that readers did not see yet.
        space: size of the writer's file before and after, in bytes.
        sizes: bytes on disk of each part of HOME.
    """

    published: bool
    space: Space
    sizes: dict[str, int]

    def __str__(self) -> str:
        shown = "published what was not shown yet" if self.published else "all was shown"
        return f"{shown}, gave back {bytes_said(self.space.freed)} of {bytes_said(sum(self.sizes.values()))}"


def maintain(
    settings: Settings, catalogue: Catalogue, *, now: datetime, waiting: Callable[[str], None] = lambda _: None
) -> Upkeep:
    """Land what killed runs left, publish, compact and measure; safe at any moment, safe to stop.

    Raises:
        StoreError: HOME is locked, not writable, or too new.
    """
    with running(settings, catalogue, now=now, verb="maintain", waiting=waiting) as run:
        for number, looks in enumerate(recovered(run), 1):
            take(run, Batch(number, with_items(catalogue, looks)))
        published = publish_now(run)
    with writer_lock(settings.home, settings.lock_timeout, now, waiting):
        space = compact(settings.home, memory=settings.memory_limit)
    return Upkeep(published, space, sizes(settings.home))
