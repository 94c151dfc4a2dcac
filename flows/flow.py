"""THE FLOW: the line as a Prefect flow, a task a batch; what each does stands in flows.line.

With story.py the only place that imports Prefect. `async def`: a synchronous flow waits a second
longer for its heartbeat.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from flows.line import Batch, Run, batched, finish, publish_if_due, running, take
from flows.load import load
from flows.registry import catalogue_of
from flows.settings import settings as settings_of
from flows.story import tell
from parsers.errors import CommuniqueError
from warehouse.runs import Tally, summary

PROGRESS: ContextVar[Callable[[int], None]] = ContextVar("PROGRESS", default=lambda _: None)
"""Told bytes of input as they are read; no parameter, since a dashboard could not send one."""

RETRIES = 2
RETRY_SECONDS = 5


def _transient(_task: object, _run: object, state: object) -> bool:
    """Retry what its error class calls transient, and nothing else."""
    result = getattr(state, "data", None)
    error = getattr(result, "exception", None) or result
    return isinstance(error, CommuniqueError) and error.transient


def _run_name() -> str:
    paths = [str(path) for path in flow_run.parameters.get("paths", ())]
    return f"ingest {', '.join(Path(path).name or path for path in paths[:3])}{' ...' if len(paths) > 3 else ''}"


@flow(name="ingest", flow_run_name=_run_name, validate_parameters=False, persist_result=False, retries=0)
async def ingest_flow(paths: list[str], flags: dict[str, str], source: str | None = None) -> Tally:
    """Ingest files and folders: archive, parse, land in batches, then publish.

    Args:
        paths: files and folders.
        flags: settings as the command line says them.
        source: source of what no source claims by its URL.
    """
    chosen = settings_of(flags)
    log = get_run_logger()
    with running(chosen, catalogue_of(chosen), now=datetime.now(UTC), source=source) as run:
        events = load([Path(path) for path in paths], run.known_file, PROGRESS.get())
        for batch in batched(events, chosen.batch_size):
            tally = _batch_task(run, batch)()
            run.tally.update(tally)
            log.info("batch %d: %s", batch.number, summary(tally))
            publish_if_due(run)
        tally = finish(run)
    run_id = flow_run.id
    if run_id:
        await tell(run_id, tally)
    return tally


def _batch_task(run: Run, batch: Batch) -> Callable[[], Tally]:
    # The batch travels by closure: as a parameter, Prefect would walk through every page of it.
    @task(
        name="batch",
        task_run_name=f"batch {batch.number}: {len(batch.looks)} looks",
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=RETRIES,
        retry_delay_seconds=RETRY_SECONDS,
        retry_jitter_factor=0.5,
        retry_condition_fn=_transient,
    )
    def archive_parse_land() -> Tally:
        return take(run, batch)

    return lambda: Counter(archive_parse_land())
