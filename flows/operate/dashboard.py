"""What the server knows, for `status` and `up`: schedules, last and next runs, what is late; and who is dead.

The server alone cannot tell a run that is dead from one that is busy; whoever knows the processes
of this machine can. To mark a dead run gives back the slot that it would hold until its lease ends.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolUpdate
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterTags,
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterEndTime,
    FlowRunFilterState,
    FlowRunFilterStateName,
    FlowRunFilterStateType,
    FlowRunFilterTags,
    TaskRunFilter,
    TaskRunFilterState,
    TaskRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.schedules import CronSchedule
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import PrefectException
from prefect.settings import (
    PREFECT_API_AUTH_STRING,
    PREFECT_API_REQUEST_TIMEOUT,
    PREFECT_API_URL,
    PREFECT_CLIENT_MAX_RETRIES,
    temporary_settings,
)
from prefect.states import Cancelling, Crashed
from prefect.types import DateTime

from flows.operate.deployments import TAG, WORKER
from parsers.errors import ServiceError

_GOING_ON = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
_RECENT = timedelta(minutes=5)
_SOON = 10.0  # seconds


@contextmanager
def asking(url: str) -> Iterator[SyncPrefectClient]:
    """A client of a server, and all of Prefect told of it; what goes wrong between us becomes a ServiceError."""
    with speaking(), _at(url), get_client(sync_client=True) as client:
        yield client


@contextmanager
def connected(url: str) -> Iterator[SyncPrefectClient]:
    """A client to keep for who asks often: to make one costs a third of a second of processor.

    Who asks often can ask again soon: left alone, Prefect's client would try for a minute to reach a server
    that was killed, and nobody would start it again meanwhile.
    """
    with (
        _at(url),
        temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 1, PREFECT_API_REQUEST_TIMEOUT: _SOON}),
        get_client(sync_client=True) as client,
    ):
        yield client


def _at(url: str) -> AbstractContextManager[object]:
    secret = PREFECT_API_AUTH_STRING.value() or os.environ.get("PREFECT_SERVER_API_AUTH_STRING")
    return temporary_settings({PREFECT_API_URL: url, PREFECT_API_AUTH_STRING: secret})


@contextmanager
def speaking() -> Iterator[None]:
    """What goes wrong between us and a server becomes a ServiceError."""
    try:
        yield
    except (httpx.HTTPError, PrefectException) as error:
        raise ServiceError(
            f"the Prefect server did not do it: {' '.join(str(error).split())[:300]}",
            todo="Look whether it runs, and whether PREFECT_API_URL and PREFECT_API_AUTH_STRING are right",
        ) from error


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A deployment with its runs; times are in UTC.

    Attributes:
        name: FLOW/NAME.
        schedule: cron line and zone; empty where only a person starts it.
        paused: whether somebody paused it.
        last: name of the last run that ended; empty where none did.
        last_state: its state.
        last_at: when it ended.
        next_at: when the next run is due.
        late: how many runs are late.
    """

    name: str
    schedule: str
    paused: bool
    last: str
    last_state: str
    last_at: datetime | None
    next_at: datetime | None
    late: int


def scheduled(client: SyncPrefectClient) -> list[Scheduled]:
    """The deployments of communique, those with a schedule first."""
    mine = DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))
    found = []
    for each in client.read_deployments(deployment_filter=mine, limit=200):
        flow = client.read_flow(each.flow_id).name
        words = [_words(schedule.schedule) for schedule in each.schedules]
        paused = each.paused or bool(each.schedules and not any(schedule.active for schedule in each.schedules))
        ended = _one(client, each.id, _ended(), FlowRunSort.END_TIME_DESC)
        coming = _one(client, each.id, _in_state(StateType.SCHEDULED), FlowRunSort.EXPECTED_START_TIME_ASC)
        late = client.read_flow_runs(flow_run_filter=_late(each.id), limit=200)
        found.append(
            Scheduled(
                f"{flow}/{each.name}",
                ", ".join(words),
                paused,
                ended.name if ended else "",
                (ended.state_name or "") if ended else "",
                ended.end_time if ended else None,
                coming.expected_start_time if coming else None,
                len(late),
            )
        )
    return sorted(found, key=lambda each: (not each.schedule, each.name))


def _words(schedule: object) -> str:
    return f"{schedule.cron} {schedule.timezone}" if isinstance(schedule, CronSchedule) else str(schedule)


def _one(client: SyncPrefectClient, deployment: UUID, runs: FlowRunFilter, sort: FlowRunSort) -> FlowRun | None:
    runs.deployment_id = FlowRunFilterDeploymentId(any_=[deployment])
    return next(iter(client.read_flow_runs(flow_run_filter=runs, sort=sort, limit=1)), None)


def _in_state(*types: StateType) -> FlowRunFilter:
    return FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types))))


def _ended() -> FlowRunFilter:
    return _in_state(StateType.COMPLETED, StateType.FAILED, StateType.CRASHED, StateType.CANCELLED)


def _late(deployment: UUID) -> FlowRunFilter:
    return FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=[deployment]),
        state=FlowRunFilterState(name=FlowRunFilterStateName(any_=["Late"])),
    )


def going_on(client: SyncPrefectClient) -> list[FlowRun]:
    """Runs of communique that the server calls pending, running or cancelling."""
    runs = _in_state(*_GOING_ON)
    runs.tags = FlowRunFilterTags(all_=[TAG])
    return client.read_flow_runs(flow_run_filter=runs, limit=200)


def ended_since(client: SyncPrefectClient, moment: datetime) -> list[FlowRun]:
    """Runs of communique that ended after a moment, in order."""
    runs = FlowRunFilter(tags=FlowRunFilterTags(all_=[TAG]), end_time=FlowRunFilterEndTime(after_=_time(moment)))
    return sorted(client.read_flow_runs(flow_run_filter=runs, limit=200), key=lambda run: run.end_time or moment)


def of_worker(client: SyncPrefectClient, pool: str) -> list[FlowRun]:
    """Of these, the runs that the worker of `communique up` took, or that nobody did.

    Another worker's may run on another machine, and those of a terminal have no pool.
    """
    takers = (None, WORKER)
    mine = [run for run in going_on(client) if run.work_pool_name == pool]
    return [run for run in mine if run.labels.get("prefect.worker.name") in takers]


def without_pool(client: SyncPrefectClient) -> bool:
    """Whether deployments of ours have lost their work pool."""
    mine = DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))
    return any(each.work_pool_name is None for each in client.read_deployments(deployment_filter=mine, limit=200))


def _time(moment: datetime) -> DateTime:
    return DateTime.fromisoformat(moment.isoformat())


def mark_dead(client: SyncPrefectClient, dead: Iterable[FlowRun], why: str) -> list[str]:
    """Mark runs as Crashed, unless somebody changed their state meanwhile (a Retry, the worker); says their names."""
    names = []
    for run in dead:
        if client.read_flow_run(run.id).state_id != run.state_id:
            continue
        client.set_flow_run_state(run.id, Crashed(message=why), force=True)
        names.append(run.name)
    return names


def cancel(client: SyncPrefectClient, runs: Iterable[FlowRun]) -> None:
    """Ask the worker to cancel runs."""
    for run in runs:
        client.set_flow_run_state(run.id, Cancelling(message="`communique up` is stopping"))


def let_in(client: SyncPrefectClient, pool: str, *, open_: bool) -> None:
    """Open a work pool, or keep new runs from starting."""
    client.update_work_pool(pool, WorkPoolUpdate(is_paused=not open_))


def still_recording(client: SyncPrefectClient) -> bool:
    """Whether the server has yet to record the end of a task of a run that ended."""
    tasks = TaskRunFilter(
        state=TaskRunFilterState(type=TaskRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING]))
    )
    runs = _ended()
    runs.end_time = FlowRunFilterEndTime(after_=_time(datetime.now(UTC) - _RECENT))
    return bool(client.read_task_runs(task_run_filter=tasks, flow_run_filter=runs, limit=1))
