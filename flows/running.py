"""All that one run works with, and the time for which it holds HOME.

A run that reads files holds HOME from its beginning to its end. One that fetches waits between two
requests longer than it works: it holds HOME only while a batch lands, so that others get on.
"""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from flows.keeping.archive import Archive
from flows.settings import Settings
from flows.takedown.events import take_up
from parsers.errors import HomeLocked
from seeds import Catalogue
from warehouse.holds import held_sources
from warehouse.home import FILE, lake_of
from warehouse.incidents import Incident
from warehouse.known import file_known, files_known
from warehouse.lock import writer_lock
from warehouse.runs import Tally
from warehouse.store import Store

if TYPE_CHECKING:
    from flows.pool import ReadingPool
    from flows.spreading import Spread


@dataclass
class Run:
    """All that one run works with; made by `running` or `beginning`."""

    archive: Archive
    catalogue: Catalogue
    settings: Settings
    clock: Callable[[], datetime]
    started: datetime
    run_id: str
    verb: str
    dry: bool = False
    source: str | None = None
    """Source of looks that no source claims by their URL: the inbox that they lay in."""
    waiting: Callable[[str], None] = lambda _: None
    now: datetime = field(init=False)
    """Time of what lands: of the run, or where it lands in turns, of the turn."""
    opened_store: Store | None = None
    tally: Tally = field(default_factory=Counter)
    held: frozenset[str] = frozenset()
    origins: dict[str, str] = field(default_factory=dict)
    """Where quarantined captures were found, by their id: the first MENTIONED of them."""
    opened: list[str] = field(default_factory=list)
    """Sources that this run held."""
    untold: list[Incident] = field(default_factory=list)
    """Incidents of which somebody is to be told when it ends."""
    routine: bool = True
    """Goes over what is newest; a backfill or a bounded run tells nothing of how often a source speaks."""
    noted: bool = False
    spread: Spread | None = None
    """Who reads batches ahead; None where each is over before the next is asked for."""
    published_at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.now = self.started

    @property
    def home(self) -> Path:
        return self.settings.home

    @property
    def store(self) -> Store:
        """The warehouse, open while HOME is held."""
        assert self.opened_store is not None, "HOME is not held"
        return self.opened_store

    @cached_property
    def pool(self) -> ReadingPool:
        """The processes that read; a run that finds nothing new has none."""
        from flows.pool import ReadingPool

        return ReadingPool(self.settings.workers, self.settings.page_seconds)

    def give_up(self) -> None:
        """End the processes that read, whatever they have in hand: nobody will ask for it."""
        if "pool" in vars(self):
            self.pool.close()

    def known_file(self, file_key: str) -> int | None:
        """How many looks a file held that was read to its end before, None for any other."""
        if self.store.lake is None:
            return file_known(self.store, file_key)
        return self._files.get(file_key)

    @cached_property
    def _files(self) -> dict[str, int]:
        """All at once: of a lake, each question is a request or two."""
        return files_known(self.store)

    def look_around(self) -> None:
        """In a lake others land meanwhile: the time, and what is held, are those of each batch."""
        if self.store.lake:
            self.now = self.clock()
            self.held = held_sources(self.store)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold HOME and have the warehouse open; within, it may be asked for again.

        A lake has many writers: they hold HOME together, and land in turns.

        Raises:
            StoreError: HOME is locked, not writable, or too new.
        """
        if self.opened_store is not None:
            yield  # it is held already
            return
        self.now = self.clock()
        patience, in_lake = self.settings.lock_timeout, lake_of(self.home) is not None
        with writer_lock(self.home, patience, self.now, self.waiting, shared=in_lake):
            if (lake_of(self.home) is not None) != in_lake:
                raise HomeLocked("its warehouse was moved just now", where=str(self.home), todo="Run the same again")
            scratch = self.dry and not in_lake and not (self.home / FILE).exists()
            memory = self.settings.memory_limit
            self.opened_store = Store(self.home, self.now, memory=memory, patience=patience, scratch=scratch)
            self.noted = self.noted and not self.dry  # what a dry run notes is gone with its connection
            try:
                self.held = held_sources(self.store)
                self._learn()
                yield
            finally:
                self.opened_store.close()
                self.opened_store = None

    def _learn(self) -> None:
        """Have a new warehouse know what is taken down, before anything lands: the archive says it."""
        if not self.dry and self.store.value("SELECT 1 FROM captures LIMIT 1") is None:
            take_up(self.home, self.store)


@contextmanager
def beginning(
    settings: Settings,
    catalogue: Catalogue,
    *,
    clock: Callable[[], datetime],
    run_id: str | None = None,
    verb: str = "ingest",
    dry: bool = False,
    source: str | None = None,
    waiting: Callable[[str], None] = lambda _: None,
) -> Iterator[Run]:
    """A run that holds nothing yet: what lands, lands within `writing`; publishes nothing by itself.

    Args:
        clock: gives the time, in UTC.
        waiting: told once, in a sentence, that another writer holds HOME.
    """
    started, name = clock(), run_id or uuid.uuid4().hex
    archive = Archive(settings.home, started, name)
    run = Run(archive, catalogue, settings, clock, started, name, verb, dry, source, waiting)
    try:
        yield run
    finally:
        run.give_up()
        run.archive.close()


@contextmanager
def running(
    settings: Settings,
    catalogue: Catalogue,
    *,
    now: datetime | None = None,
    run_id: str | None = None,
    verb: str = "ingest",
    dry: bool = False,
    source: str | None = None,
    waiting: Callable[[str], None] = lambda _: None,
) -> Iterator[Run]:
    """A run that holds HOME from beginning to end; what it lands, landed at one time, but in a lake.

    Raises:
        StoreError: HOME is locked, not writable, or too new.
    """
    at = now or datetime.now(UTC)
    side_by_side = now is None and lake_of(settings.home) is not None
    clock = partial(datetime.now, UTC) if side_by_side else lambda: at
    begun = beginning(
        settings, catalogue, clock=clock, run_id=run_id, verb=verb, dry=dry, source=source, waiting=waiting
    )
    with begun as run, run.writing():
        yield run
