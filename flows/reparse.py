"""Reading again what is kept, with no network: after a fix, after a raised revision, after a loss.

From the archive alone everything comes back: the ledger restores the captures, their bodies are
read again under today's layouts. What was read likewise before adds no row.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flows.batches import BATCH_BYTES, COARSE
from flows.keeping.ledger import ledger
from flows.line import finish, note_today
from flows.listing import ROLES, seen_in
from flows.reads import counted, read_by, read_lists
from flows.running import Run
from flows.takedown.events import take_up
from parsers.release import NOWHERE, Capture, Unread
from warehouse.holds import release_mended
from warehouse.known import captures_from, landed, taken_down
from warehouse.land import Reading, land
from warehouse.runs import Tally
from warehouse.scope import Outcome, outcome
from warehouse.turn import committed


@dataclass(slots=True)
class Replay:
    """What a replay found: captures read again, texts that differ from the last reading."""

    read: int = 0
    texts_changed: int = 0
    restored: int = 0
    tally: Tally = field(default_factory=Counter)


def reparse(run: Run, advance: Callable[[int, int], None] = lambda _done, _total: None) -> Replay:
    """Read all kept captures again, of one source where the run names one.

    Args:
        run: with `dry`, nothing lands and the result says what would.
        advance: told how many of how many captures are done.

    Raises:
        ArchiveMissing: a WARC file that the ledger refers to is gone; the message names it.
    """
    note_today(run)
    if not run.dry:
        take_up(run.home, run.store)
    replay = Replay(restored=restore(run))
    if not run.dry:
        claim_again(run)
    batches = _kept(run)
    total = sum(map(len, batches))
    for captures, reading in _read_ahead(run, batches):
        # Lists again and again: each look at one may be the first that named a release.
        readings = {**reading(), **read_lists(run, ((each, None) for each in captures if each.role in ROLES))}
        replay.read += len(captures)
        replay.texts_changed += _land_changed(run, captures, readings)
        advance(replay.read, total)
    if not run.dry:
        sources = frozenset([run.source]) if run.source else run.held
        run.held -= {*release_mended(run.store, sources, run.now, run.run_id, by_name=run.source is not None)}
        finish(run)
    replay.tally = run.tally
    return replay


Read = tuple[list[Capture], Callable[[], Mapping[str, Reading]]]


def _read_ahead(run: Run, batches: Iterable[list[str]]) -> Iterator[Read]:
    """Captures of batches in their order, and what gives the readings of those inputs that no batch before had."""
    flight: deque[Read] = deque()
    done: set[str] = set()
    for number, seen_ids in enumerate(batches, 1):
        captures = _captures(run, seen_ids)
        todo = {each.input_sha256: each for each in captures if each.role == "page" and each.input_sha256 not in done}
        done.update(todo)
        flight.append((captures, read_by(run, f"read {number}: {counted(len(todo))}", todo)))
        while len(flight) > (run.spread.depth if run.spread else 0):
            yield flight.popleft()
    yield from flight


def restore(run: Run) -> int:
    """Bring back captures that the ledger knows and the warehouse does not; says how many.

    Of a look that a crash let be archived twice, the later one was acknowledged.
    """
    missing: dict[str, Capture] = {}
    for batch in ledger(run.home):
        known = landed(run.store, [capture.seen_id for capture in batch])
        missing.update({capture.seen_id: capture for capture in batch if capture.seen_id not in known})
    taken = taken_down(run.store)  # of one whose taking down was killed on its way, the ledger still says all
    captures = [each.hushed if each.release_id in taken and each.role == "page" else each for each in missing.values()]
    for start in range(0, len(captures), 10_000):
        land(run.store, captures[start : start + 10_000], {}, now=run.now, run_id=run.run_id, keep=not run.dry)
    return len(captures)


@committed
def claim_again(run: Run) -> int:
    """Give kept captures the source that claims their URL today; says how many URLs changed hands.

    A page may have been kept before anybody wrote its source's entry. What was fetched was fetched for its source.
    """
    known = run.store.rows("SELECT DISTINCT url, source FROM captures WHERE url IS NOT NULL AND attempts IS NULL")
    changed: dict[str, list[str]] = defaultdict(list)
    for url, source in known:
        claim = run.catalogue.claiming(url)
        if claim and claim != source:
            changed[claim].append(url)
    with run.store.transaction():
        for claim, urls in changed.items():
            sql = "UPDATE captures SET source = $claim WHERE attempts IS NULL AND url IN (SELECT unnest($urls))"
            run.store.connection.execute(sql, {"claim": claim, "urls": urls})
    return sum(map(len, changed.values()))


def _kept(run: Run) -> list[list[str]]:
    """Kept captures in batches, bounded in number and bytes as an ingest's are, but for a release of more.

    A release lands whole: of a reparse that is killed between two batches, none is left that was read partly by
    an older parser, which history would take for an edit.
    """
    sql = """
        SELECT seen_id, raw_bytes, release_id FROM captures
        WHERE outcome = 'ok' AND role != 'robots' AND ($source IS NULL OR source = $source) AND warc_file != $nowhere
        ORDER BY release_id, seen_id
    """
    times = COARSE if run.spread and run.spread.far else 1
    batches: list[list[str]] = []
    weight = 0
    last = None
    for seen_id, size, release in run.store.rows(sql, {"source": run.source, "nowhere": NOWHERE[0]}):
        full = not batches or len(batches[-1]) >= run.settings.batch_size * times or weight > BATCH_BYTES * times
        if full and release != last:
            batches.append([])
            weight = 0
        batches[-1].append(seen_id)
        weight += size
        last = release
    return batches


def _captures(run: Run, seen_ids: Sequence[str]) -> list[Capture]:
    sql = "SELECT * FROM captures WHERE seen_id IN (SELECT unnest($ids))"
    return captures_from(run.store, sql, {"ids": list(seen_ids)})


def _land_changed(run: Run, captures: Sequence[Capture], readings: Mapping[str, Reading]) -> int:
    last = _last(run, list(readings))
    unlucky = {key for key, reading in readings.items() if _is_a_bad_day(reading, last.get(key))}
    waiting = {capture.release_id for capture in captures if capture.input_sha256 in unlucky}
    # A release is read anew as a whole or not at all: history never compares two parsers.
    unlucky |= {capture.input_sha256 for capture in captures if capture.release_id in waiting}
    news = {key: reading for key, reading in readings.items() if key not in unlucky}
    listed = [each for page in seen_in(captures, readings, run.catalogue).values() for each in page]
    told = land(run.store, captures, news, now=run.now, run_id=run.run_id, listed=listed, keep=not run.dry)
    run.tally.update(Counter((each.source, each.layout, each.verdict, each.error) for each in told if each.verdict))
    return sum(key in last and _text(last[key]) != _text(outcome(reading)) for key, reading in news.items())


def _last(run: Run, inputs: Sequence[str]) -> dict[str, Outcome]:
    sql = """
        SELECT input_sha256, layout, revision, text_sha256, error, reason FROM parses
        WHERE input_sha256 IN (SELECT unnest($inputs))
        QUALIFY row_number() OVER (PARTITION BY input_sha256 ORDER BY landing DESC) = 1
    """
    return {row[0]: row[1:] for row in run.store.rows(sql, {"inputs": list(inputs)})}


def _is_a_bad_day(reading: Reading, last: Outcome | None) -> bool:
    """Whether a page that was read before only ran out of time: a busy machine says nothing about a page."""
    return bool(
        last and _text(last) and isinstance(reading, Unread) and reading.error in ("ParserTimeout", "ParserKilled")
    )


def _text(outcome: Outcome) -> str | None:
    return outcome[2]
