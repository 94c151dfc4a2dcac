"""The runs that go on: whose they are, and what becomes of those that their worker left behind.

The server alone cannot tell a run that is dead from one that is busy; whoever knows the processes
of a machine can, for what its own worker took. To mark a dead run gives back the slot that it would
hold until its lease ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
    TaskRunFilter,
    TaskRunFilterState,
    TaskRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType, WorkerStatus
from prefect.states import Cancelled, Cancelling, Crashed
from prefect.states import Scheduled as Due
from prefect.types import DateTime

from flows.operate.deployments import TAG

_GOING_ON = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
_RECENT = timedelta(minutes=5)
STOPPING = "`communique up` is stopping"


def in_state(*types: StateType) -> FlowRunFilter:
    return FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types))))


def ended() -> FlowRunFilter:
    return in_state(StateType.COMPLETED, StateType.FAILED, StateType.CRASHED, StateType.CANCELLED)


def going_on(client: SyncPrefectClient) -> list[FlowRun]:
    """Runs of communique that the server calls pending, running or cancelling."""
    runs = in_state(*_GOING_ON)
    runs.tags = FlowRunFilterTags(all_=[TAG])
    return client.read_flow_runs(flow_run_filter=runs, limit=200)


def ended_since(client: SyncPrefectClient, moment: datetime) -> list[FlowRun]:
    """Runs of communique that ended after a moment, in order."""
    runs = FlowRunFilter(tags=FlowRunFilterTags(all_=[TAG]), end_time=FlowRunFilterEndTime(after_=_time(moment)))
    return sorted(client.read_flow_runs(flow_run_filter=runs, limit=200), key=lambda run: run.end_time or moment)


def taker(run: FlowRun) -> str | None:
    """Name of the worker that took a run; None where none did, as in a terminal."""
    name = run.labels.get("prefect.worker.name")
    return None if name is None else str(name)


def of_worker(client: SyncPrefectClient, pool: str, worker: str) -> list[FlowRun]:
    """Of these, the runs that a worker took. Another's may run on another machine, where nobody here sees them."""
    return [run for run in going_on(client) if run.work_pool_name == pool and taker(run) == worker]


def forsaken(client: SyncPrefectClient, pool: str) -> list[FlowRun]:
    """Of these, what has not begun and no worker that lives will begin: it has no heartbeat that could be missed."""
    waiting = [run for run in going_on(client) if run.work_pool_name == pool and run.state and run.state.is_pending()]
    if not waiting:
        return []
    workers = client.read_workers_for_work_pool(pool)
    live = {each.name for each in workers if each.status == WorkerStatus.ONLINE}
    return [run for run in waiting if taker(run) not in live]


def not_of_others(client: SyncPrefectClient, worker: str) -> list[FlowRun]:
    """Of these, all but the runs that another worker took."""
    return [run for run in going_on(client) if taker(run) in (None, worker)]


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
        client.set_flow_run_state(run.id, Cancelling(message=STOPPING))


def give_back(client: SyncPrefectClient, runs: Iterable[FlowRun]) -> None:
    """Of a worker that ended with its processes: what has not begun is due again, the rest is cancelled."""
    for run in runs:
        waits = run.state is not None and run.state.is_pending()
        state: State[None] = Due(message=STOPPING) if waits else Cancelled(message=STOPPING)
        client.set_flow_run_state(run.id, state, force=True)


def still_recording(client: SyncPrefectClient) -> bool:
    """Whether the server has yet to record the end of a task of a run that ended."""
    tasks = TaskRunFilter(
        state=TaskRunFilterState(type=TaskRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING]))
    )
    runs = ended()
    runs.end_time = FlowRunFilterEndTime(after_=_time(datetime.now(UTC) - _RECENT))
    return bool(client.read_task_runs(task_run_filter=tasks, flow_run_filter=runs, limit=1))
