"""What the server knows, for `status` and `up`: schedules, last and next runs, what is late."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolUpdate
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterTags,
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterState,
    FlowRunFilterStateName,
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

from flows.operate.deployments import TAG
from flows.operate.runs import ended, in_state
from parsers.errors import ServiceError

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
        last = _one(client, each.id, ended(), FlowRunSort.END_TIME_DESC)
        coming = _one(client, each.id, in_state(StateType.SCHEDULED), FlowRunSort.EXPECTED_START_TIME_ASC)
        late = client.read_flow_runs(flow_run_filter=_late(each.id), limit=200)
        found.append(
            Scheduled(
                f"{flow}/{each.name}",
                ", ".join(words),
                paused,
                last.name if last else "",
                (last.state_name or "") if last else "",
                last.end_time if last else None,
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


def _late(deployment: UUID) -> FlowRunFilter:
    return FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=[deployment]),
        state=FlowRunFilterState(name=FlowRunFilterStateName(any_=["Late"])),
    )


def deployed(client: SyncPrefectClient) -> list[tuple[str, Mapping[str, Any]]]:
    """Version and environment of the deployments of communique."""
    mine = DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))
    found = client.read_deployments(deployment_filter=mine, limit=200)
    return [(each.version or "", each.job_variables.get("env", {})) for each in found]


def without_pool(client: SyncPrefectClient) -> bool:
    """Whether deployments of ours have lost their work pool."""
    mine = DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))
    return any(each.work_pool_name is None for each in client.read_deployments(deployment_filter=mine, limit=200))


def let_in(client: SyncPrefectClient, pool: str, *, open_: bool) -> None:
    """Open a work pool, or keep new runs from starting."""
    client.update_work_pool(pool, WorkPoolUpdate(is_paused=not open_))
