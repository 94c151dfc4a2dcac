"""THE LINE: from a look at a page to a published row. Read this first.

    load | fetch -> archive -> parse -> land -> derive -> publish

Plain functions over batches of looks, of which the next are archived and parsed while one lands.
`flows.flow` runs the same functions as Prefect tasks, two a batch; nothing here knows
Prefect. The clock and the run's id are arguments.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from flows.batches import Batch
from flows.keeping.archive import draft
from flows.listing import seen_in
from flows.looks import Loaded
from flows.reads import counted, flight, read_by, read_lists, to_read
from flows.registry import source_rows
from flows.running import Run
from parsers.errors import CommuniqueError, NothingListed
from parsers.release import Capture, Place
from warehouse.holds import hold_redesigned
from warehouse.incidents import untold
from warehouse.known import bodies_kept, seen, taken_down
from warehouse.land import Landed, Reading, land, note_registry
from warehouse.listings import Seen, unlisted
from warehouse.publish import publish
from warehouse.runs import Tally, note_run
from warehouse.store import Store
from warehouse.watch import close_switched_off, watch

MENTIONED = 200  # quarantined captures that a run remembers by where they were found


def ingest(run: Run, batches: Iterable[Batch]) -> Tally:
    """The whole line over all batches, then one publication.

    Raises:
        NothingListed: after all that came has landed and is published: a list listed nothing.
    """
    try:
        for batch in ahead(run, batches):
            run.tally.update(take(run, batch))
            publish_if_due(run)
    except NothingListed:
        finish(run)
        raise
    return finish(run)


def ahead(run: Run, batches: Iterable[Batch]) -> Iterator[Batch]:
    """Batches in their order, while those behind them are archived and read; of a live site, each by itself.

    One that cannot be archived now is the last to be looked at, until its turn has come to be tried again.
    """
    if run.spread is None:
        yield from batches
        return
    flying = run.spread.flight
    try:
        for batch in batches:
            prepared = _prepared(run, batch)
            flying.append(batch)
            while len(flying) > (run.spread.depth if prepared else 0):
                yield flying.popleft()
    except Exception:
        while flying:
            yield flying.popleft()  # what came before an error lands
        raise
    while flying:
        yield flying.popleft()


def _prepared(run: Run, batch: Batch) -> bool:
    try:
        prepare(run, batch)
    except CommuniqueError:
        return False  # its turn will come, and with it the error
    return True


def note_today(run: Run) -> None:
    """Write down today's layouts and sources, by which readings are judged; once a run."""
    from parsers import current_revisions  # a run that finds nothing new does not wait for HTML parsers

    if not run.noted:
        if run.dry:
            run.store.shadow("layouts", "sources")
        note_registry(run.store, current_revisions(), source_rows(run.catalogue))
        run.noted = True


def take(run: Run, batch: Batch) -> Tally:
    """One batch along the line, from where it is; safe to repeat."""
    with run.writing():
        prepare(run, batch)
        batch.readings = parse(run, batch)
        return land_batch(run, batch)


def prepare(run: Run, batch: Batch) -> None:
    """Archive a batch, find out what of it is to be read, and have it read ahead where that is so; safe to repeat."""
    run.look_around()
    archive(run, batch)
    if batch.reads is not None:
        return
    if any(capture.role == "page" for capture in batch.archived or ()):
        note_today(run)
    reads = to_read(run, batch)
    name = f"read {batch.number}: {counted(len(reads))}"
    batch.pending = read_by(run, name, reads, batch.bodies)
    batch.reads = reads  # only now: whoever repeats a batch of which nobody reads begins again
    if run.spread is not None and run.spread.far:
        batch.bodies = {}  # they are in the archive


def archive(run: Run, batch: Batch) -> None:
    """Put the looks that are not known yet on disk, before anything looks at them."""
    if batch.archived is not None:
        return
    batch.looks = _without_taken_down(run, batch.looks)
    drafts = [_draft(run, loaded) for loaded in batch.looks]
    before = _seen(run, [capture.seen_id for capture in drafts])
    fresh: list[tuple[Capture, Loaded]] = []
    known: list[Capture] = []
    for capture, loaded in zip(drafts, batch.looks, strict=True):
        if capture.seen_id in before:
            known.append(capture)
        else:
            before.add(capture.seen_id)
            fresh.append((capture, loaded))
    captures = [capture for capture, _ in fresh]
    if not run.dry:
        captures = run.archive.write(fresh, _kept(run, {capture.raw_sha256 for capture in captures}))
    # Only now: whoever repeats a batch whose write failed begins again.
    batch.archived, batch.known, batch.looks = captures, known, []
    batch.bodies = {capture.input_sha256: loaded.raw for capture, loaded in fresh}
    batch.seen = frozenset(capture.seen_id for capture in captures)
    batch.origins = [loaded.origin for _, loaded in fresh]


def _seen(run: Run, seen_ids: Sequence[str]) -> set[str]:
    flying = [each.seen for each in flight(run)]
    return seen(run.store, seen_ids) | {each for each in seen_ids if any(each in batch for batch in flying)}


def _kept(run: Run, hashes: Collection[str]) -> dict[str, Place]:
    """Where bodies lie in our own archive already, by their hash."""
    flying = {
        capture.raw_sha256: capture.place
        for each in flight(run)
        for capture in reversed(each.archived or ())
        if capture.raw_sha256 in hashes and _may_be_shared(capture)
    }
    return {**flying, **bodies_kept(run.store, list(hashes))}


def _may_be_shared(capture: Capture) -> bool:
    return capture.outcome == "ok" and capture.is_kept and not capture.warc_file.startswith("/")


def _without_taken_down(run: Run, looks: Sequence[Loaded]) -> list[Loaded]:
    """Looks, those at releases that are taken down without what their pages say."""
    taken = taken_down(run.store)
    if not taken:
        return list(looks)
    return [
        look.without_text() if look.role == "page" and _draft(run, look).release_id in taken else look for look in looks
    ]


def _draft(run: Run, loaded: Loaded) -> Capture:
    source = loaded.source or run.catalogue.claiming(loaded.url) or run.source
    return draft(loaded, source=source, now=run.now, run_id=run.run_id)


def parse(run: Run, batch: Batch) -> dict[str, Reading]:
    """Readings of what is to be read, by input; what was read ahead is waited for."""
    readings = batch.pending() if batch.pending else {}
    captures = ((capture, batch.bodies.get(capture.input_sha256)) for capture in batch.archived or ())
    return {**readings, **read_lists(run, captures)}


def land_batch(run: Run, batch: Batch) -> Tally:
    """Commit captures and readings; says what became of each look."""
    captures = batch.archived or []
    said = seen_in(captures, batch.readings, run.catalogue)
    batch.newly_listed = _newly_listed(run, said)
    batch.followed = {capture: sum(each.followed for each in page) for capture, page in said.items()}
    landed = land(
        run.store,
        captures,
        batch.readings,
        now=run.now,
        run_id=run.run_id,
        ended=batch.ended,
        listed=[each for page in said.values() for each in page],
        keep=not run.dry,
    )
    run.archive.landed()
    for capture, origin, each in zip(captures, batch.origins, landed, strict=True):
        if each.verdict == "quarantined" and len(run.origins) < MENTIONED:
            run.origins[capture.capture_id] = origin
    landed += [Landed(capture.source, "unchanged") for capture in batch.known]
    counted = (each for each in landed if each.verdict is not None)
    tally: Tally = Counter((each.source, each.layout, each.verdict, each.error) for each in counted)
    if batch.skipped:
        tally[(run.source, None, "unchanged", None)] += batch.skipped
    return tally


def _newly_listed(run: Run, seen: Mapping[str, Sequence[Seen]]) -> dict[str, int]:
    return {
        capture: len(unlisted(run.store, page[0].source, {each.release_id for each in page})) if page else 0
        for capture, page in seen.items()
    }


def publish_if_due(run: Run) -> None:
    """Within a long run, show readers what landed so far."""
    if not run.dry and time.monotonic() - run.published_at >= run.settings.publish_every:
        publish_now(run)


def publish_now(run: Run, *, anyway: bool = False, after: Callable[[Store], None] = lambda _: None) -> bool:
    """Show readers all that landed; says whether there was something to show.

    Args:
        anyway: where there is nothing new to show, too.
        after: is called once all is derived.
    """
    from flows import __version__

    def derive(store: Store) -> None:
        _derive(run, store)
        after(store)

    with run.writing():
        published = publish(run.store, derive, now=run.now, version=__version__, anyway=anyway)
    run.published_at = time.monotonic()
    return published


def _derive(run: Run, store: Store) -> None:
    from flows.derive import derive  # a run that finds nothing new derives nothing

    derive(store, run.pool, run.catalogue)


def finish(run: Run) -> Tally:
    """Hold the sources that were redesigned, watch over the run's own, note the run, publish; safe to repeat."""
    if run.dry:
        return run.tally
    with run.writing(), run.store.turn():
        run.look_around()
        if run.verb == "ingest":
            run.opened += hold_redesigned(run.store, run.tally, run.now, run.run_id, routine=run.routine)
            watch_over(run)
        note_run(run.store, run.tally, run.run_id, run.verb, started=run.started, ended=datetime.now(UTC))
        publish_now(run)
        run.untold = untold(run.store)
    return run.tally


def watch_over(run: Run) -> None:
    """Whether the live source of a run has fallen silent, or brings much less than it used to."""
    source = run.catalogue.get(run.source)
    if source is not None and source.fetched and run.routine:
        watch(run.store, source.id, run.now, run.run_id)
    close_switched_off(run.store, run.now, run.run_id)
