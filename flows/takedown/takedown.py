"""Taking a release's text down, and lifting that. Killed at any step, the same command completes it.

    event in the archive -> archive blanked -> warehouse cleared -> published anew -> compacted, the rest swept

Later looks are dropped before anything is kept of them: see `without_text` in flows/looks.py.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from flows.batches import Batch
from flows.items import with_items
from flows.keeping.ledger import ledger
from flows.line import publish_now, take
from flows.recover import recovered
from flows.running import Run, running
from flows.settings import Settings
from flows.showing.kept_page import release_called
from flows.takedown.blanking import blank
from flows.takedown.events import Event, events, spells, take_up, write_events
from parsers.errors import HomeLocked, QueryError, TakedownRefused
from seeds import Catalogue
from warehouse.compact import compact
from warehouse.home import FILE, PUBLISHED, SPILL, lake_of
from warehouse.known import taken_down
from warehouse.lock import writer_lock
from warehouse.read import ask
from warehouse.takedown import (
    clear,
    forget_days,
    forget_files,
    kept_of,
    obstacles,
    places_of_others,
    with_sharing,
)

NAMED = 5  # releases that a refusal names
# What follows from the tables and is made anew when it is missing, and what an interrupted command left.
_SWEPT = ("search.sqlite*", "pages", SPILL, f".{PUBLISHED}.*", f"{PUBLISHED}.tmp", f".{FILE}.*", f"{FILE}.tmp")

_ALIKE = """
    WITH called AS (SELECT canonical_id FROM releases WHERE release_id = $release_id)
    SELECT release_id FROM releases WHERE canonical_id IN (FROM called) AND release_id != $release_id
"""
_NO_SOURCES = ("writer.lock", "up.lock")

Waiting = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Done:
    """What was taken down, or lifted.

    Attributes:
        release_ids: all of them, the one that was asked for first.
        records: how many records of the archive were written over.
        alike: mirrors of it that say nearly the same, and stand as they stood.
    """

    release_ids: tuple[str, ...]
    records: int = 0
    alike: tuple[str, ...] = ()


def take_down(
    settings: Settings,
    catalogue: Catalogue,
    word: str,
    reason: str,
    *,
    with_mirrors: bool = False,
    now: datetime | None = None,
    waiting: Waiting = lambda _: None,
) -> Done:
    """Take a release's text down.

    Args:
        word: its id or how that begins, or its URL.
        reason: for the table `takedowns`, which everybody reads.
        with_mirrors: those that have its text or its bytes, too.

    Raises:
        QueryError: no release is called so.
        TakedownRefused: others have its text, or it lies where it cannot be blanked; nothing was changed.
        HomeLocked: another process writes, or fetches.
    """
    _refuse_lake(settings.home, word)
    release_id = release_called(settings.home, word)
    alike = {row[0] for row in ask(settings.home, _ALIKE, {"release_id": release_id}).rows}
    with running(settings, catalogue, now=now, verb="takedown", waiting=waiting) as run, _nobody_fetching(run):
        _refuse_lake(settings.home, word)  # whoever held HOME may have moved it
        for number, looks in enumerate(recovered(run), 1):
            take(run, Batch(number, with_items(catalogue, looks)))
        releases = _chosen(run, release_id, with_mirrors=with_mirrors)
        write_events(run.archive, _news(run, releases, reason))
        run.archive.close()
        records = _blank(run)
        take_up(run.home, run.store)
        clear(run.store, releases)
        publish_now(run, anyway=True, after=forget_days)
    with writer_lock(settings.home, settings.lock_timeout, run.now, waiting):
        compact(settings.home, memory=settings.memory_limit, floor=0)
        _sweep(settings.home)
    return Done(tuple(releases), records, tuple(sorted(alike - set(releases))))


def lift(
    settings: Settings,
    catalogue: Catalogue,
    word: str,
    reason: str,
    *,
    now: datetime | None = None,
    waiting: Waiting = lambda _: None,
) -> Done:
    """Let looks at a release land again; what was taken down does not come back by itself.

    Raises:
        QueryError: no release is called so, or it is not taken down.
        HomeLocked: another process writes.
    """
    release_id = release_called(settings.home, word)
    with running(settings, catalogue, now=now, verb="takedown", waiting=waiting) as run:
        take_up(run.home, run.store)
        if release_id not in taken_down(run.store):
            raise QueryError(
                "it is not taken down", where=release_id, todo='`communique sql "FROM takedowns"` says what is'
            )
        url = kept_of(run.store, release_id).url
        write_events(run.archive, [Event(release_id, url, run.now, reason, lifted=True)])
        run.archive.close()
        take_up(run.home, run.store)
        forget_files(run.store)
        publish_now(run)
    return Done((release_id,))


def _refuse_lake(home: Path, word: str) -> None:
    if lake_of(home):
        what = "a lake keeps past states, and first words of texts in its catalog"
        todo = "`communique move file` brings all into HOME; take it down there, then move back"
        raise TakedownRefused(what, where=word, todo=todo)


@contextmanager
def _nobody_fetching(run: Run) -> Iterator[None]:
    """While HOME is held: no run at a source lives, whose file could not be blanked, or that knows of nothing yet."""
    with ExitStack() as held:
        for path in sorted(run.home.glob("*.lock")):
            if path.name not in _NO_SOURCES:
                lock = FileLock(path)
                try:
                    lock.acquire(timeout=0)
                except Timeout:
                    todo = "Stop it, or wait for its end, then run the same command again"
                    raise HomeLocked(f"a run reads source `{path.stem}`", where=str(run.home), todo=todo) from None
                held.callback(lock.release)
        yield


def _chosen(run: Run, release_id: str, *, with_mirrors: bool) -> list[str]:
    """The release, and with it all that have its text or its bytes.

    Raises:
        TakedownRefused: there are such, or a body lies where it cannot be blanked.
    """
    sharing = with_sharing(run.store, release_id)
    others = sorted(sharing - {release_id})
    if others and not with_mirrors:
        more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
        raise TakedownRefused(
            f"others have its text or its bytes: {', '.join(each[:12] for each in others[:NAMED])}{more}",
            where=release_id,
            todo="`--with-mirrors` takes them down, too",
        )
    if found := obstacles(run.store, sharing):
        more = f"; and {len(found) - NAMED} more" if len(found) > NAMED else ""
        todo = "Such bodies cannot be blanked: docs/runbook.md says what can be done"
        raise TakedownRefused("; ".join(found[:NAMED]) + more, where=release_id, todo=todo)
    return [release_id, *others]


def _news(run: Run, releases: Sequence[str], reason: str) -> list[Event]:
    """Events for what is not taken down yet, or has bodies that no event names."""
    down = {row["release_id"] for row in spells(events(run.home)) if row["lifted_at"] is None}
    archived = _archived(run.home, releases)
    found = []
    for release_id in releases:
        kept = kept_of(run.store, release_id)
        places = tuple(dict.fromkeys((*kept.places, *archived[release_id])))
        if release_id not in down or places:
            found.append(Event(release_id, kept.url, run.now, reason, False, kept.raw_sha256s, places))
    return found


def _archived(home: Path, releases: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    """Places in our archive that its ledger names: of runs that were killed before they landed, or landed it second."""
    found: dict[str, list[tuple[str, int]]] = {release_id: [] for release_id in releases}
    for batch in ledger(home):
        for capture in batch:
            if capture.release_id in found and capture.role == "page" and capture.is_kept:
                found[capture.release_id].append((capture.warc_file, capture.warc_offset))
    return {each: [place for place in places if not place[0].startswith("/")] for each, places in found.items()}


def _blank(run: Run) -> int:
    """Blank all that is taken down: what an interrupted command left to do, its events alone may say by now."""
    told = events(run.home)
    down = {row["release_id"] for row in spells(told) if row["lifted_at"] is None}
    places = {place for event in told if event.release_id in down for place in event.places}
    return blank(run.home, down, places, partial(places_of_others, run.store, down))


def _sweep(home: Path) -> None:
    for pattern in _SWEPT:
        for path in home.glob(pattern):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
