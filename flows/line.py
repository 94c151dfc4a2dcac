"""THE LINE: from a look at a page to a published row. Read this first.

    load -> archive -> parse -> land -> publish

Plain functions over batches of looks. `flows.flow` runs the same functions as Prefect tasks, a task
a batch; nothing here knows Prefect. The clock and the run's id are arguments.
"""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from flows.archive import Archive, body_of, draft
from flows.batches import Batch
from flows.looks import Loaded
from flows.registry import source_rows
from flows.settings import Settings
from parsers.release import Capture, Page, Release, Unread
from seeds import Catalogue
from warehouse.holds import held_sources, hold_redesigned
from warehouse.known import bodies_kept, captures_behind, file_known, read_today, seen
from warehouse.land import Landed, land, note_registry
from warehouse.publish import publish
from warehouse.runs import Tally, note_run
from warehouse.store import FILE, Store, writer_lock

if TYPE_CHECKING:
    from flows.pool import ReadingPool

MENTIONED = 200  # quarantined captures that a run remembers by where they were found


@dataclass
class Run:
    """All that one run works with; made by `running`."""

    store: Store
    archive: Archive
    catalogue: Catalogue
    settings: Settings
    now: datetime
    run_id: str
    verb: str
    dry: bool = False
    source: str | None = None
    """Source of looks that no source claims by their URL: the inbox that they lay in."""
    tally: Tally = field(default_factory=Counter)
    held: frozenset[str] = frozenset()
    origins: dict[str, str] = field(default_factory=dict)
    """Where quarantined captures were found, by their id: the first MENTIONED of them."""
    opened: list[str] = field(default_factory=list)
    """Sources that this run held."""
    noted: bool = False
    published_at: float = field(default_factory=time.monotonic)

    @property
    def home(self) -> Path:
        return self.settings.home

    @cached_property
    def pool(self) -> ReadingPool:
        """The processes that read; a run that finds nothing new has none."""
        from flows.pool import ReadingPool

        return ReadingPool(self.settings.workers, self.settings.page_seconds)

    def known_file(self, file_key: str) -> int | None:
        """How many looks a file held that was read to its end before, None for any other."""
        return file_known(self.store, file_key)


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
    """Hold HOME and open what a run works with; publishes nothing by itself.

    Args:
        waiting: told once, in a sentence, that another writer holds HOME.

    Raises:
        StoreError: HOME is locked, not writable, or too new.
    """
    started = now or datetime.now(UTC)
    name = run_id or uuid.uuid4().hex
    home = settings.home
    with writer_lock(home, settings.lock_timeout, started, waiting):
        scratch = dry and not (home / FILE).exists()
        store = Store(home, started, memory=settings.memory_limit, scratch=scratch)
        run = Run(store, Archive(home, started, name), catalogue, settings, started, name, verb, dry, source)
        try:
            run.held = held_sources(store)
            yield run
        finally:
            if "pool" in vars(run):
                run.pool.close()
            run.archive.close()
            store.close()


def ingest(run: Run, batches: Iterable[Batch]) -> Tally:
    """The whole line over all batches, then one publication."""
    for batch in batches:
        run.tally.update(take(run, batch))
        publish_if_due(run)
    return finish(run)


def note_today(run: Run) -> None:
    """Write down today's layouts and sources, by which readings are judged; once a run."""
    from parsers import current_revisions  # a run that finds nothing new does not wait for HTML parsers

    if not run.noted:
        if run.dry:
            run.store.shadow("layouts", "sources")
        note_registry(run.store, current_revisions(), source_rows(run.catalogue))
        run.noted = True


def take(run: Run, batch: Batch) -> Tally:
    """One batch along the line; safe to repeat."""
    if batch.looks or batch.archived:
        note_today(run)
    archive(run, batch)
    readings = parse(run, batch)
    return land_batch(run, batch, readings)


def archive(run: Run, batch: Batch) -> None:
    """Put the looks that are not known yet on disk, before anything looks at them."""
    if batch.archived is not None:
        return
    drafts = [_draft(run, loaded) for loaded in batch.looks]
    before = seen(run.store, [capture.seen_id for capture in drafts])
    fresh: list[tuple[Capture, Loaded]] = []
    known: list[Capture] = []
    for capture, loaded in zip(drafts, batch.looks, strict=True):
        if capture.seen_id in before:
            known.append(capture)
        else:
            before.add(capture.seen_id)
            fresh.append((capture, loaded))
    bodies = [loaded.raw for _, loaded in fresh]
    captures = [capture for capture, _ in fresh]
    if not run.dry:
        captures = run.archive.write(fresh, bodies_kept(run.store, [capture.raw_sha256 for capture in captures]))
    # Only now: whoever repeats a batch whose write failed begins again.
    batch.archived, batch.known, batch.looks = list(zip(captures, bodies, strict=True)), known, []
    batch.origins = [loaded.origin for _, loaded in fresh]


def _draft(run: Run, loaded: Loaded) -> Capture:
    source = run.catalogue.claiming(loaded.url) or run.source
    return draft(loaded, source=source, now=run.now, run_id=run.run_id)


def parse(run: Run, batch: Batch) -> dict[str, Release | Unread]:
    """Read what was not read under today's revisions, by input.

    A release whose kept captures were last read by older parsers is read again as a whole: its
    history is never computed across revisions.
    """
    fresh = {capture.input_sha256: capture.page(raw) for capture, raw in batch.archived or () if _is_read(run, capture)}
    behind = captures_behind(run.store, [capture.release_id for capture, _ in batch.archived or ()])
    for capture in behind:
        if capture.input_sha256 not in fresh and _is_read(run, capture):
            fresh[capture.input_sha256] = capture.page(body_of(run.home, capture))
    return read_inputs(run, fresh)


def _is_read(run: Run, capture: Capture) -> bool:
    return capture.outcome == "ok" and capture.source not in run.held


def read_inputs(run: Run, inputs: dict[str, Page]) -> dict[str, Release | Unread]:
    """Readings of the inputs that were not read under today's revisions."""
    done = read_today(run.store, list(inputs))
    todo = {key: page for key, page in inputs.items() if key not in done}
    return dict(zip(todo, run.pool.read_all(list(todo.values())), strict=True))


def land_batch(run: Run, batch: Batch, readings: dict[str, Release | Unread]) -> Tally:
    """Commit captures and readings; says what became of each look."""
    captures = [capture for capture, _ in batch.archived or ()]
    landed = land(run.store, captures, readings, now=run.now, run_id=run.run_id, ended=batch.ended, keep=not run.dry)
    for capture, origin, each in zip(captures, batch.origins, landed, strict=True):
        if each.verdict == "quarantined" and len(run.origins) < MENTIONED:
            run.origins[capture.capture_id] = origin
    landed += [Landed(capture.source, "unchanged") for capture in batch.known]
    tally: Tally = Counter((each.source, each.layout, each.verdict, each.error) for each in landed)
    if batch.skipped:
        tally[(run.source, None, "unchanged", None)] += batch.skipped
    return tally


def publish_if_due(run: Run) -> None:
    """Within a long run, show readers what landed so far."""
    if not run.dry and time.monotonic() - run.published_at >= run.settings.publish_every:
        publish_now(run)


def publish_now(run: Run) -> bool:
    """Show readers all that landed; says whether there was something to show."""
    from flows import __version__

    published = publish(run.store, now=run.now, version=__version__)
    run.published_at = time.monotonic()
    return published


def finish(run: Run) -> Tally:
    """Hold the sources that were redesigned, note the run, publish; safe to repeat."""
    if not run.dry:
        if run.verb == "ingest":
            run.opened += hold_redesigned(run.store, run.tally, run.now, run.run_id)
        note_run(run.store, run.tally, run.run_id, run.verb, started=run.now, ended=datetime.now(UTC))
        publish_now(run)
    return run.tally


def inputs_of(captures: Sequence[Capture], home: Path) -> dict[str, Page]:
    """Pages of kept captures, by input, their bodies from the archive."""
    return {capture.input_sha256: capture.page(body_of(home, capture)) for capture in captures}
