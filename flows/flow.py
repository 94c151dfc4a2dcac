"""THE FLOWS: the line, the replay and the upkeep under Prefect; what each does stands elsewhere.

The flows are synchronous: a signal (cancel, time-out) then unwinds the line itself, which an event
loop would leave running in a thread. Their parameters are those of the form in the dashboard; what
the command line alone can say travels in `GIVEN`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.context import TagsContext
from prefect.runtime import flow_run
from pydantic import Field

from flows.batches import Batch
from flows.bounds import Bounds
from flows.inputs import Asked, Reach, opened
from flows.line import ahead, finish, publish_if_due, take
from flows.progress import Progress
from flows.reads import counted
from flows.registry import catalogue_of
from flows.reparse import Replay, reparse
from flows.runners import by_task_runner
from flows.running import Run, running
from flows.settings import settings as settings_of
from flows.story import named_by_inputs, tell, tell_of_upkeep
from flows.upkeep import Upkeep, maintain
from parsers.errors import CommuniqueError, NothingListed
from warehouse.runs import Tally, summary


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line says beside the parameters: no form could ask for it, or should.

    A path in a form would let whoever sees the dashboard read any file of the worker's machine.
    """

    paths: Sequence[Path] = ()
    flags: Mapping[str, Any] = field(default_factory=dict)
    reach: Reach = lambda _done, _total: None


GIVEN: ContextVar[Given] = ContextVar("GIVEN", default=Given())  # noqa: B039 - frozen

RETRIES = 2
RETRY_SECONDS = 5
TIMEOUT_SECONDS = 6 * 3600
"""A last resort, after which a run is stopped and marked TimedOut: all that can hang has a bound of its own."""


def _transient(_task: object, _run: object, state: object) -> bool:
    """Retry what its error class calls transient, and nothing else."""
    result = getattr(state, "data", None)
    error = getattr(result, "exception", None) or result
    return isinstance(error, CommuniqueError) and error.transient


def _run_name() -> str:
    return named_by_inputs(flow_run.flow_name or "run", flow_run.parameters, GIVEN.get().paths)


@flow(name="ingest", flow_run_name=_run_name, persist_result=False, timeout_seconds=TIMEOUT_SECONDS)
def ingest_flow(
    source: str | None = None,
    since: date | None = None,
    until: date | None = None,
    limit: Annotated[int, Field(ge=1)] | None = None,
    backfill: bool = False,
) -> Tally:
    """Ingest a source: fetch or load, keep, parse, land in batches, then publish. What is known already adds nothing.

    Args:
        source: The source to ingest
        since: First day to read, by the day of publication where a list or feed gives it, else of the capture
        until: Last day to read
        limit: At most so many pages
        backfill: Walk along the lists of a site to their ends, not only to where nothing is new
    """
    return _ingest(source, Bounds(since, until, limit), backfill=backfill)


def _ingest(source: str | None, bounds: Bounds, *, backfill: bool) -> Tally:
    # Apart from its flow, which travels to a cluster with each task and takes along what it names.
    given, log = GIVEN.get(), get_run_logger()
    chosen = settings_of(given.flags)
    late: NothingListed | None = None
    with Progress("done", given.reach) as progress:
        asked = Asked(given.paths, source, bounds, backfill, reach=progress.reach, note=log.info, say=log.warning)
        spreading = partial(by_task_runner, say=log.warning)
        with opened(asked, chosen, catalogue_of(chosen), spreading) as (run, batches):
            try:
                for batch in ahead(run, (each for each in batches if not each.empty)):
                    tally = _batch_task(run, batch)()
                    run.tally.update(tally)
                    log.info("batch %d: %s", batch.number, summary(tally))
                    publish_if_due(run)
            except NothingListed as error:
                late = error  # a run that failed has told all the same what it did
            _publish_task(run)()
    tell(flow_run.id, run)
    if late is not None:
        raise late
    return run.tally


@flow(name="reparse", flow_run_name=_run_name, persist_result=False, timeout_seconds=TIMEOUT_SECONDS)
def reparse_flow(source: str | None = None, dry_run: bool = False) -> Replay:
    """Read again what is kept, with no network: after a fix, or to close a hold.

    Args:
        source: Only this source; empty reads all
        dry_run: Land nothing, only say how many texts would change
    """
    return _reparse(source, dry_run=dry_run)


def _reparse(source: str | None, *, dry_run: bool) -> Replay:
    given, log = GIVEN.get(), get_run_logger()
    chosen = settings_of(given.flags)
    catalogue = catalogue_of(chosen)
    started = datetime.now(UTC)
    with (
        running(chosen, catalogue, now=started, verb="reparse", dry=dry_run, source=source, waiting=log.warning) as run,
        by_task_runner(run, log.warning) as run.spread,
        Progress("read again", given.reach) as progress,
    ):
        replay = reparse(run, progress.reach)
    changes = "would change" if dry_run else "changed"
    log.info(
        "read again %d, restored %d, texts that %s: %d", replay.read, replay.restored, changes, replay.texts_changed
    )
    tell(flow_run.id, run)
    return replay


@flow(name="maintain", flow_run_name="maintain", persist_result=False, timeout_seconds=TIMEOUT_SECONDS)
def maintain_flow() -> Upkeep:
    """Publish what landed and is not shown yet, give back unused space, say what is on disk."""
    chosen = settings_of(GIVEN.get().flags)
    upkeep = maintain(chosen, catalogue_of(chosen), now=datetime.now(UTC), waiting=get_run_logger().warning)
    get_run_logger().info("%s", upkeep)
    tell_of_upkeep(flow_run.id, upkeep)
    return upkeep


def _batch_task(run: Run, batch: Batch) -> Callable[[], Tally]:
    # The batch travels by closure: as a parameter, Prefect would walk through every page of it.
    def archive_parse_land() -> Tally:
        return take(run, batch)

    patient = _patient(archive_parse_land, "batch", _batch_name(batch))
    return lambda: Counter(patient())


def _batch_name(batch: Batch) -> str:
    known = f", {batch.skipped} known" if batch.skipped else ""
    return f"batch {batch.number}: {counted(batch.size)}{known}"


def _publish_task(run: Run) -> Callable[[], Tally]:
    def publish() -> Tally:
        return finish(run)

    return _patient(publish, "publish", "publish")


def _patient(step: Callable[[], Tally], name: str, run_name: str) -> Callable[[], Tally]:
    """A step of the line as a task that is tried again where its error is transient."""
    patient = task(
        name=name,
        task_run_name=run_name,
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=RETRIES,
        retry_delay_seconds=RETRY_SECONDS,
        retry_jitter_factor=0.5,
        retry_condition_fn=_transient,
    )
    attempt = patient(step)

    def untagged() -> Tally:
        # For the tags that a task would inherit, Prefect asks the server for slots: a tenth of a second each time.
        with TagsContext(current_tags=set()):
            return attempt()

    return untagged
