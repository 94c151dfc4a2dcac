"""Told at once: automations that post to a webhook, or notify through a block, when something needs a person.

Five things do: a run that failed, a run that is late, a run that died without a word (its heartbeats
stop: it is marked Crashed, and so told as failed), a source that was held, and one that has fallen
silent, brings less, or lacks a field. A source is told of by the run that finds it so, once. Prefect has no upsert
for automations: each is read by its name, then created or updated.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import BlockDocument, StateType
from prefect.events import ResourceSpecification
from prefect.events.actions import CallWebhook, ChangeFlowRunState, SendNotification
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.exceptions import ObjectNotFound
from prefect.types import SecretDict
from pydantic import SecretStr

from flows.operate.deployments import TAG
from flows.story import HELD, INCIDENT
from parsers.errors import ConfigError
from parsers.release import key_of

URL = "COMMUNIQUE_ALERT_URL"
OUR_BLOCK = "webhook/communique-alerts"
SILENT = timedelta(seconds=100)  # three heartbeats, and some

_FAILED = ("prefect.flow-run.Failed", "prefect.flow-run.Crashed", "prefect.flow-run.TimedOut")
_LATE = ("prefect.flow-run.Late",)
_HEARTBEAT = "prefect.flow-run.heartbeat"
_ENDS = (*_FAILED, "prefect.flow-run.Completed", "prefect.flow-run.Cancelled")

_RUN_TEXT = (
    "communique: {% if deployment %}{{ flow.name }}/{{ deployment.name }}, {% endif %}"
    "run `{{ event.resource['prefect.resource.name'] }}` is {{ event.resource['prefect.state-name'] }}."
    " {{ event.resource['prefect.state-message'] | default('', true) }}"
)
_HELD_TEXT = (
    "communique: source `{{ event.resource['prefect.resource.name'] }}` is held: {{ event.payload['reason'] }}."
    " {{ event.payload['todo'] }}."
)
_INCIDENT_TEXT = (
    "communique: source `{{ event.resource['prefect.resource.name'] }}`, {{ event.payload['kind'] }}:"
    " {{ event.payload['reason'] }}. {{ event.payload['todo'] }}."
)
_RUN_URL = "{{ (flow_run | ui_url) or '%s/runs/flow-run/' ~ flow_run.id }}"  # few servers know their own address
_JSON_TYPE = {"Content-Type": "application/json"}  # Prefect says nothing by itself


def register_alerts(client: SyncPrefectClient, block: str) -> Iterator[tuple[str, str]]:
    """Create, update or remove the automations; says the name of each and what became of it.

    Args:
        client: of the server.
        block: `TYPE/NAME` of a block of the server that tells people: a webhook, or any that can notify
            (mail, Slack, ...). Empty takes the webhook whose URL stands in the environment, under
            COMMUNIQUE_ALERT_URL; where that is unset too, nobody is told.

    Raises:
        ConfigError: the block does not exist or can tell nobody.
    """
    yield _dead_runs().name, _ensure(client, _dead_runs())
    told = _told_through(client, block)
    url = _RUN_URL % str(client.api_url).rstrip("/").removesuffix("/api")
    for name, events, text in (
        ("communique: a run failed", _FAILED, _RUN_TEXT),
        ("communique: a run is late", _LATE, _RUN_TEXT),
        ("communique: a source is held", (HELD,), _HELD_TEXT),
        ("communique: a source needs a look", (INCIDENT,), _INCIDENT_TEXT),
    ):
        if told is None:
            yield from _remove(client, name)
        else:
            yield name, _ensure(client, _telling(name, events, _action(told, text, url)))


def _told_through(client: SyncPrefectClient, block: str) -> BlockDocument | None:
    url = os.environ.get(URL)
    if not block and not url:
        _forget_url(client)
        return None
    if not block and url:
        Webhook(url=SecretStr(url), headers=SecretDict(_JSON_TYPE)).save(OUR_BLOCK.partition("/")[2], overwrite=True)
    kind, _, name = (block or OUR_BLOCK).partition("/")
    try:
        return client.read_block_document_by_name(name, kind)
    except ObjectNotFound:
        raise ConfigError(
            f"the server has no block `{block}`", where="`--alert-block`", todo="Name one as `TYPE/NAME`"
        ) from None


def _forget_url(client: SyncPrefectClient) -> None:
    kind, _, name = OUR_BLOCK.partition("/")
    try:
        client.delete_block_document(client.read_block_document_by_name(name, kind).id)
    except ObjectNotFound:
        return


def _action(told: BlockDocument, text: str, url: str) -> CallWebhook | SendNotification:
    kind = told.block_type
    if kind is not None and kind.slug == "webhook":
        # "text" is what chat services read; a JSON string each, so that no name can break out of it.
        payload = f'{{"text": {_json(text)}, "event": {_json("{{ event.event }}")}, "url": {_json(url)}}}'
        return CallWebhook(block_document_id=told.id, payload=payload)
    capabilities = told.block_schema.capabilities if told.block_schema else []
    if "notify" not in capabilities:
        raise ConfigError(
            f"block `{told.name}` can tell nobody",
            where="`--alert-block`",
            todo="Name a webhook or a block that notifies",
        )
    return SendNotification(block_document_id=told.id, subject="communique", body=f"{text}\n{url}")


def _json(template: str) -> str:
    """A template whose result is one JSON string."""
    return "{% filter tojson %}" + template + "{% endfilter %}"


def _telling(name: str, events: tuple[str, ...], action: CallWebhook | SendNotification) -> AutomationCore:
    ours = None if events in ((HELD,), (INCIDENT,)) else _tagged()
    trigger = EventTrigger(
        expect=set(events),
        match_related=ours or ResourceSpecification({}),
        posture=Posture.Reactive,
        threshold=1,
    )
    return AutomationCore(name=name, trigger=trigger, actions=[action])


def _dead_runs() -> AutomationCore:
    trigger = EventTrigger(
        after={_HEARTBEAT},
        expect={_HEARTBEAT, *_ENDS},
        match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
        match_related=_tagged(),
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=SILENT,
    )
    message = "It died without a word: no heartbeat came any more"
    action = ChangeFlowRunState(name="Crashed", state=StateType.CRASHED, message=message, force=False)
    return AutomationCore(name="communique: a run died", trigger=trigger, actions=[action])


def _tagged() -> ResourceSpecification:
    return ResourceSpecification({"prefect.resource.role": ["tag"], "prefect.resource.id": [f"prefect.tag.{TAG}"]})


def _ensure(client: SyncPrefectClient, wanted: AutomationCore) -> str:
    # A hash of what was registered tells whether there is anything to do: the server adds fields of its own.
    mark = key_of(json.dumps(_sorted(wanted.model_dump(mode="json")), sort_keys=True))[:8]
    wanted.description = f"Registered by `communique deploy` ({mark})"
    known = client.read_automations_by_name(wanted.name)
    if not known:
        client.create_automation(wanted)
        return "created"
    if known[0].description == wanted.description:
        return "unchanged"
    wanted.enabled = known[0].enabled
    client.update_automation(known[0].id, wanted)
    return "updated"


def _sorted(value: Any) -> Any:
    """The same with its lists in order: they come from sets."""
    if isinstance(value, dict):
        return {name: _sorted(each) for name, each in value.items()}
    return sorted(map(_sorted, value), key=str) if isinstance(value, list) else value


def _remove(client: SyncPrefectClient, name: str) -> Iterator[tuple[str, str]]:
    for known in client.read_automations_by_name(name):
        client.delete_automation(known.id)
        yield name, "removed"
