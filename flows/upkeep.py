"""Upkeep of a HOME: show what landed, give back unused space, say what is on disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.batches import Batch
from flows.items import with_items
from flows.line import publish_now, take
from flows.recover import recovered
from flows.running import running
from flows.settings import Settings
from seeds import Catalogue
from warehouse.compact import Space, bytes_said, compact, sizes
from warehouse.lock import writer_lock
from warehouse.tidy import KEEP, Tidied, tidy


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What an upkeep did and found.

    Attributes:
        published: whether something had landed that readers did not see yet.
        space: size of the writer's file before and after, in bytes; None of a lake.
        sizes: bytes of each part of HOME, and of its lake.
        tidied: files of the lake before and after.
    """

    published: bool
    space: Space | None
    sizes: dict[str, int]
    tidied: Tidied | None = None

    def __str__(self) -> str:
        shown = "published what was not shown yet" if self.published else "all was shown"
        if self.space is None:
            return f"{shown}, {self.tidied}"
        return f"{shown}, gave back {bytes_said(self.space.freed)} of {bytes_said(sum(self.sizes.values()))}"


def maintain(
    settings: Settings,
    catalogue: Catalogue,
    *,
    now: datetime,
    keep_days: int = KEEP.days,
    waiting: Callable[[str], None] = lambda _: None,
) -> Upkeep:
    """Land what killed runs left, publish, compact and measure; safe at any moment, safe to stop.

    Args:
        keep_days: how long past states of a lake stay readable.

    Raises:
        StoreError: HOME is locked, not writable, or too new.
    """
    with running(settings, catalogue, now=now, verb="maintain", waiting=waiting) as run:
        for number, looks in enumerate(recovered(run), 1):
            take(run, Batch(number, with_items(catalogue, looks)))
        published = publish_now(run)
        if lake := run.store.lake:
            tidied = tidy(run.store, lake, timedelta(days=keep_days))
            return Upkeep(published, None, sizes(settings.home), tidied)
    with writer_lock(settings.home, settings.lock_timeout, now, waiting):
        space = compact(settings.home, memory=settings.memory_limit)
    return Upkeep(published, space, sizes(settings.home))
