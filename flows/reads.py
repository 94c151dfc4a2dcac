"""What of a batch is to be read, and who reads it: nothing twice, and no release by two parsers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from flows.batches import Batch
from flows.keeping.archive import body_of
from flows.listing import lists, reader_of
from flows.running import Run
from flows.spreading import Lot, read_lot
from parsers.release import Capture
from warehouse.known import captures_behind, read_today
from warehouse.land import Reading


def flight(run: Run) -> Iterable[Batch]:
    """Batches that are archived and have not landed."""
    return run.spread.flight if run.spread else ()


def to_read(run: Run, batch: Batch) -> dict[str, Capture]:
    """What is not read under today's revisions, and not being read, by input.

    A release whose kept captures were last read by older parsers is read again as a whole: its
    history is never computed across revisions.
    """
    captures = batch.archived or ()
    behind = captures_behind(run.store, [capture.release_id for capture in captures])
    inputs: dict[str, Capture] = {}
    for each in (*captures, *behind):
        if _is_read(run, each):
            inputs.setdefault(each.input_sha256, each)
    done = read_today(run.store, list(inputs))
    flying = [each.reads for each in flight(run) if each.reads is not None]
    return {
        key: capture for key, capture in inputs.items() if key not in done and not any(key in each for each in flying)
    }


def _is_read(run: Run, capture: Capture) -> bool:
    return capture.outcome == "ok" and capture.role == "page" and capture.is_kept and capture.source not in run.held


def read_by(
    run: Run, name: str, reads: Mapping[str, Capture], bodies: Mapping[str, bytes] = MappingProxyType({})
) -> Callable[[], Mapping[str, Reading]]:
    """What gives the readings of captures, by input, once they are read: ahead, or where nobody does, when asked.

    Args:
        bodies: those that are at hand; others are in the archive.
    """
    if not reads:
        return dict
    captures, seconds = tuple(reads.values()), run.settings.page_seconds
    if run.spread is not None and run.spread.far:
        from parsers import current_revisions

        return run.spread.send(name, Lot(run.home.absolute(), captures, {}, seconds, current_revisions()))
    lot = Lot(run.home, captures, {key: bodies[key] for key in reads if key in bodies}, seconds)
    return run.spread.send(name, lot) if run.spread else lambda: read_lot(lot, run.pool).by_input


def read_lists(run: Run, captures: Iterable[tuple[Capture, bytes | None]]) -> dict[str, Reading]:
    """What the list pages, feeds and sitemaps among captures say, by input; bodies not given are in the archive."""
    readings: dict[str, Reading] = {}
    for capture, raw in captures:
        source = run.catalogue.get(capture.source)
        if capture.outcome == "ok" and source and lists(source, capture.role):
            page = capture.page(body_of(run.home, capture) if raw is None else raw)
            (reading,) = run.pool.read_all([page], reader_of(source, capture.role))
            readings[capture.input_sha256] = reading
    return readings


def counted(pages: int) -> str:
    """A number of pages in words."""
    return f"{pages} {'page' if pages == 1 else 'pages'}"
