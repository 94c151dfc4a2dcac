"""WHAT IS DEPLOYED: the deployments of a HOME, as data. The one place that says it; deploy.py registers them.

A source that has a schedule and can be read is a deployment of its own: its run is named by it, it
fails, waits and is held alone, and a limit of one run a deployment is a limit of one run a source.
What comes due while a run of the same deployment goes on waits for its slot (ENQUEUE): no due run is
dropped, none overlaps. Between deployments HOME's writer lock keeps the order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.settings import PREFIX, explained, settings
from parsers.errors import ConfigError
from seeds import Catalogue, Source

TAG = "communique"
POOL = "communique"
COLLISION = "ENQUEUE"
BACKFILL = "backfill"
MAINTAIN_AT = "40 3 * * *"
LOCK_SECONDS = "3600"  # a due run waits for a long one of another source; nobody sits before it
HEARTBEAT_SECONDS = "30"
RETRIES = "8"  # of a request, each after twice the time: a run waits some minutes for a server that is away


@dataclass(frozen=True, slots=True)
class Planned:
    """One deployment.

    Attributes:
        flow: name of the flow: ingest, reparse or maintain.
        name: name of the deployment within the flow.
        description: what it is for; Markdown.
        cron: when it is due, None where only a person starts it.
        zone: IANA zone of `cron`.
        parameters: what a run gets unless the form says otherwise.
        sources: what the form offers as the source; empty where there is nothing to choose.
        required: whether a source has to be chosen.
        tags: what the dashboard can filter by.
    """

    flow: str
    name: str
    description: str
    cron: str | None = None
    zone: str = "UTC"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    required: bool = False
    tags: tuple[str, ...] = (TAG,)

    @property
    def full_name(self) -> str:
        return f"{self.flow}/{self.name}"


def planned(catalogue: Catalogue, contact: str = "") -> list[Planned]:
    """All deployments, in the order of the registry.

    Args:
        contact: whom sites can turn to; while nobody is named, no site is on a schedule.

    Raises:
        ConfigError: a source bears the name of another deployment.
    """
    if BACKFILL in catalogue:
        raise ConfigError(f"`{BACKFILL}` is the name of a deployment", where="field `id`", todo="Choose another id")
    readable = tuple(source.id for source in catalogue.sources if _can_run(source))
    scheduled = [_of_source(source, contact) for source in catalogue.sources if _can_run(source) and source.schedule]
    return [
        *scheduled,
        Planned(
            "ingest",
            BACKFILL,
            "Read what a source holds between two days, or its first so many pages; a site to the ends of its lists. "
            "What is known adds nothing.",
            parameters={"backfill": True},
            sources=readable,
            required=True,
        ),
        Planned(
            "reparse",
            "kept",
            "Read again what is kept, with no network: after a fix of a layout, and to close a hold.",
            sources=tuple(catalogue.ids()),
        ),
        Planned(
            "maintain",
            "home",
            "Every night: publish what is not shown yet, give back unused space, say what is on disk.",
            cron=MAINTAIN_AT,
        ),
    ]


def _can_run(source: Source) -> bool:
    return source.state == "verified" and (source.inbox is not None or source.fetched)


def _of_source(source: Source, contact: str) -> Planned:
    waits = source.fetched and not (source.contact or contact)
    why = " Not on its schedule: set COMMUNIQUE_CONTACT to whom the site can turn." if waits else ""
    return Planned(
        "ingest",
        source.id,
        f"{source.issuer}: {source.note or 'reads what is new'}{why}",
        cron=None if waits else source.schedule,
        zone=source.zone or "UTC",
        parameters={"source": source.id},
        sources=(source.id,),
        required=True,
        tags=(TAG, source.id),
    )


def environment(home: Path | None) -> dict[str, str]:
    """The settings in force here, absolute, as variables for a worker that starts anywhere.

    Secrets are no settings: they stay in the environment of the worker and in blocks.
    """
    chosen = settings({"home": home})
    said = {
        PREFIX + name.upper(): _absolute(value)
        for name, (value, origin) in explained({"home": home}).items()
        if origin != "default"
    }
    return {
        PREFIX + "LOCK_TIMEOUT": LOCK_SECONDS,
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": HEARTBEAT_SECONDS,
        "PREFECT_CLIENT_MAX_RETRIES": RETRIES,
        **said,
        PREFIX + "HOME": str(chosen.home.absolute()),
    }


def _absolute(value: object) -> str:
    return str(value.absolute()) if isinstance(value, Path) else str(value)
