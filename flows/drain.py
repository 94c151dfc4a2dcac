"""The end of `communique up`: no run starts, those in progress may end, then worker and server end.

Asked is whether the processes have ended, not whether the server calls the runs ended: it does so
before their last words have arrived. Whatever is left then is killed and marked as such.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import click
import psutil

from flows.deployments import POOL
from flows.services import Service, Site, end, runs_here
from flows.watch import pause
from flows.where import SERVER_FILE
from parsers.errors import ServiceError

CANCEL_SECONDS = 40.0  # a worker gives a run thirty to end when it is cancelled
END_SECONDS = 15.0
RECORD_SECONDS = 15.0
STEP = 0.5
STOPPED = "`communique up` stopped before it ended"


def end_site(home: Path, site: Site, grace: float, stopping: Callable[[], int] = lambda: 1) -> None:
    """End what `up` started, and leave nothing running.

    Args:
        home: HOME, absolute.
        site: the server and its processes.
        grace: seconds that runs in progress get to end.
        stopping: how often we were told to stop; once more ends the waiting.
    """
    named = {service.name: service for service in site.services}
    server = named.get("server")
    lives = server is not None and server.process() is not None
    if lives:
        _unless_silent(lambda: _let_runs_end(site, grace, stopping))
    _end(named.get("worker"))
    _kill_runs(site)
    if lives:
        _unless_silent(lambda: _settle(site))
    _end(server)
    (home / SERVER_FILE).unlink(missing_ok=True)


def _unless_silent(step: Callable[[], None]) -> None:
    try:
        step()
    except ServiceError as error:
        click.echo(f"while stopping: {error}", err=True)


def _let_runs_end(site: Site, grace: float, stopping: Callable[[], int]) -> None:
    from flows.dashboard import asking, cancel, from_pool, going_on, let_in

    told = stopping()
    with asking(site.api_url) as client:
        let_in(client, POOL, open_=False)
        going = going_on(client)
        if going:
            names = ", ".join(run.name for run in going)
            click.echo(f"{names}: may go on for {grace:g} s; once more stops at once")
        until = time.monotonic() + grace
        while (runs_here(site.api_url) or going_on(client)) and time.monotonic() < until and stopping() <= told:
            pause(STEP, stopping)
        cancel(client, from_pool(client, POOL))
        until = time.monotonic() + CANCEL_SECONDS
        while (runs_here(site.api_url) or from_pool(client, POOL)) and time.monotonic() < until:
            time.sleep(STEP)


def _end(service: Service | None) -> None:
    if service is not None:
        end(service, END_SECONDS)


def _kill_runs(site: Site) -> None:
    for processes in runs_here(site.api_url).values():
        for process in processes:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(processes, timeout=5)


def _settle(site: Site) -> None:
    """Mark what did not end, and wait until the server has recorded the tasks of what did."""
    from flows.dashboard import asking, going_on, mark_dead, still_recording

    with asking(site.api_url) as client:
        mark_dead(client, going_on(client), STOPPED)
        until = time.monotonic() + RECORD_SECONDS
        while still_recording(client) and time.monotonic() < until:
            time.sleep(STEP)
