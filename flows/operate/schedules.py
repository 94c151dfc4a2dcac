"""The schedules for `communique status`: server, last and next runs, what is late, and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from flows.operate.services import Site
from flows.operate.where import server_url
from parsers.errors import ServiceError

if TYPE_CHECKING:
    from flows.operate.dashboard import Scheduled


@dataclass(frozen=True, slots=True)
class Operation:
    """How the schedules of a HOME do.

    Attributes:
        server: URL of the Prefect API that answers, None where none does.
        dashboard: URL of its pages.
        watched: whether a `communique up` watches over it.
        schedules: deployments with their runs, as rows.
        todo: what a person should do, a sentence each.
    """

    server: str | None
    dashboard: str | None
    watched: bool
    schedules: list[dict[str, object]] = field(default_factory=list)
    todo: list[str] = field(default_factory=list)


def operation(home: Path) -> Operation:
    """Ask the server in reach; where none answers, say so."""
    site = Site.read(home)
    watched = site is not None and site.watcher is not None and site.watcher.process() is not None
    url = server_url(home)
    todo = []
    if site and not watched:
        todo.append("`communique up` was killed: run it again, it ends or finds what was left.")
    if url is None:
        return Operation(None, None, watched, [], todo)
    try:
        rows, more = _schedules(url)
    except ServiceError as error:
        rows, more = [], [str(error)]
    return Operation(url, url.removesuffix("/api"), watched, rows, todo + more)


def _schedules(url: str) -> tuple[list[dict[str, object]], list[str]]:
    from flows.operate.dashboard import asking, scheduled  # imports Prefect, which takes a second

    with asking(url) as client:
        found = scheduled(client)
    return [_row(each) for each in found], [line for each in found for line in _advice(each)]


def _row(each: Scheduled) -> dict[str, object]:
    return {
        "deployment": each.name,
        "schedule": each.schedule,
        "last": f"{each.last}, {each.last_state}" if each.last else "",
        "last_at": each.last_at,
        "next_at": each.next_at,
        "state": "paused" if each.paused else f"{each.late} late" if each.late else "",
    }


def _advice(each: Scheduled) -> list[str]:
    advice = []
    if each.late:
        advice.append(f"{each.late} run(s) of `{each.name}` are late: see that a worker runs, or `communique up`.")
    if each.last_state in ("Failed", "Crashed", "TimedOut"):
        advice.append(f"The last run of `{each.name}` is {each.last_state}: its page in the dashboard says why.")
    return advice
