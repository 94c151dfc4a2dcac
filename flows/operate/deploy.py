"""Registers what is deployed on a Prefect server; done twice, it changes nothing.

Each deployment bears a hash of all that was registered as its version: equal, and it is left alone,
with the schedule that somebody paused. The flows are named by module, so a worker needs communique
installed and neither a repository nor a storage block.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags
from prefect.client.schemas.objects import ConcurrencyLimitStrategy, ConcurrencyOptions
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule
from prefect.exceptions import ObjectNotFound
from prefect.utilities.callables import parameter_schema
from prefect.workers.process import ProcessWorker
from pydantic import ValidationError

from flows import __version__
from flows.flow import ingest_flow, maintain_flow, reparse_flow
from flows.operate.alerts import register_alerts
from flows.operate.dashboard import asking
from flows.operate.deployments import COLLISION, TAG, Planned, environment, planned
from flows.registry import catalogue_of
from flows.settings import settings
from parsers.errors import ConfigError
from parsers.release import key_of

FLOWS: dict[str, Flow[Any, Any]] = {"ingest": ingest_flow, "reparse": reparse_flow, "maintain": maintain_flow}
DAY = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of a deployment, an automation or a pool: created, updated, unchanged or removed."""

    what: str
    name: str
    change: str
    schedule: str = ""


def deploy(
    home: Path | None, pool: str, alert_block: str = "", *, url: str, command: str | None = None
) -> list[Registered]:
    """Register pool, deployments and automations on a server.

    Args:
        home: HOME as the command line says it.
        pool: name of the process work pool.
        alert_block: the block that tells people, as `flows.operate.alerts.register_alerts` takes it.
        url: API of the server.
        command: that starts a run; None leaves it to the worker, which may stand on another machine.

    Raises:
        ConfigError: a schedule is no cron line, or the block for alerts does not exist.
        ServiceError: the server did not answer, or refused.
    """
    plan = plan_of(home)
    # A run whose worker was killed would die of its own log lines, if they went through the worker.
    job: dict[str, Any] = {"env": environment(home), "stream_output": False}
    job |= {"command": command} if command else {}
    with asking(url) as client:
        done = [_ensure_pool(client, pool)]
        known = {f"{_flow_name(client, each)}/{each.name}": each for each in _ours(client, pool)}
        for each, schedule in plan:
            before = known.pop(each.full_name, None)
            done.append(_register(client, each, schedule, pool, job, before))
        for name, gone in known.items():
            client.delete_deployment(gone.id)
            done.append(Registered("deployment", name, "removed"))
        done += [Registered("automation", name, change) for name, change in register_alerts(client, alert_block)]
    return done


def plan_of(home: Path | None) -> list[tuple[Planned, CronSchedule | None]]:
    """What is to be registered, each with its schedule.

    Raises:
        ConfigError: an entry of the registry is wrong, or a schedule is no cron line.
    """
    chosen = settings({"home": home})
    return [(each, _schedule(each)) for each in planned(catalogue_of(chosen), chosen.contact)]


def _ensure_pool(client: SyncPrefectClient, pool: str) -> Registered:
    try:
        found = client.read_work_pool(pool)
    except ObjectNotFound:
        template = ProcessWorker.get_default_base_job_template()
        client.create_work_pool(WorkPoolCreate(name=pool, type="process", base_job_template=template))
        return Registered("work pool", pool, "created")
    if found.type != "process":
        raise ConfigError(f"work pool `{pool}` is of type {found.type}", todo="Name a process work pool with `--pool`")
    return Registered("work pool", pool, "unchanged")


def _ours(client: SyncPrefectClient, pool: str) -> list[DeploymentResponse]:
    mine = DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))
    found = client.read_deployments(deployment_filter=mine, limit=200)
    # One without a pool was ours, too: somebody deleted the pool.
    return [each for each in found if each.work_pool_name in (pool, None)]


def _flow_name(client: SyncPrefectClient, deployment: DeploymentResponse) -> str:
    return client.read_flow(deployment.flow_id).name


def _register(
    client: SyncPrefectClient,
    each: Planned,
    schedule: CronSchedule | None,
    pool: str,
    job: Mapping[str, Any],
    before: DeploymentResponse | None,
) -> Registered:
    said = f"{each.cron} {each.zone}" if each.cron else ""
    flow = FLOWS[each.flow]
    payload: dict[str, Any] = {
        "description": each.description,
        "entrypoint": f"{flow.fn.__module__}.{flow.fn.__name__}",
        "concurrency_limit": 1,
        "concurrency_options": ConcurrencyOptions(collision_strategy=ConcurrencyLimitStrategy(COLLISION)),
        "parameters": dict(each.parameters),
        "parameter_openapi_schema": form(each),
        "enforce_parameter_schema": True,
        "tags": list(each.tags),
        "work_pool_name": pool,
        "job_variables": dict(job),
        "pull_steps": [],
    }
    version = f"{__version__}+{key_of(said, json.dumps(payload, sort_keys=True, default=str))[:8]}"
    if before is not None and before.version == version:
        return Registered("deployment", each.full_name, "unchanged", said)
    active = all(known.active for known in before.schedules) if before else True
    schedules = [DeploymentScheduleCreate(schedule=schedule, active=active)] if schedule else []
    flow_id = client.create_flow(flow)
    client.create_deployment(flow_id=flow_id, name=each.name, version=version, schedules=schedules, **payload)
    return Registered("deployment", each.full_name, "updated" if before else "created", said)


def form(each: Planned) -> dict[str, Any]:
    """The form of a deployment as JSON schema: sources as choices, dates as dates; the server holds runs to it."""
    schema: dict[str, Any] = parameter_schema(FLOWS[each.flow]).model_dump(exclude_unset=True)
    schema["additionalProperties"] = False
    if each.sources:
        told = schema["properties"]["source"]
        kept = {name: told[name] for name in ("title", "description", "position")}
        schema["properties"]["source"] = {**kept, "type": "string", "enum": list(each.sources)}
    for told in schema["properties"].values():
        for kind in told.get("anyOf", ()):
            if kind.get("format") == "date":
                kind["pattern"] = DAY  # the server checks patterns, not formats
    if each.required:
        schema["required"] = ["source"]
    return schema


def _schedule(each: Planned) -> CronSchedule | None:
    if each.cron is None:
        return None
    try:
        return CronSchedule(cron=each.cron, timezone=each.zone)
    except ValidationError as error:
        raise ConfigError(f"`{each.cron}` is no cron line", where=f"source `{each.name}`, field `schedule`") from error
