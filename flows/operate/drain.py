"""The end of `communique up`: no run starts here, those in progress may end, then worker and server end.

Asked is whether the processes have ended, not whether the server calls the runs ended: it does so
before their last words have arrived. Whatever is left then is killed and marked as such. Runs that
another worker took go on, and wait for the server where it went away.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from flows.operate.deployments import POOL
from flows.operate.services import Service, Site, end, runs_here
from flows.operate.watch import pause
from flows.operate.where import SERVER_FILE, answers
from flows.output import say
from parsers.errors import ServiceError

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun

CANCEL_SECONDS = 40.0  # a worker gives a run thirty to end when it is cancelled
END_SECONDS = 15.0
RECORD_SECONDS = 15.0
BEGIN_SECONDS = 15.0
STEP = 0.5
TRIES = 5  # to find that a server does not answer yet, or any more
STOPPED = "`communique up` stopped before it ended"


def end_site(home: Path, site: Site, grace: float, stopping: Callable[[], int]) -> None:
    """End what `up` started, and leave nothing running.

    Args:
        home: HOME, absolute.
        site: the server and its processes.
        grace: seconds that runs in progress get to end.
        stopping: how often we were told to stop; once more ends the waiting.
    """
    named = {service.name: service for service in site.services}
    if site.joined:
        _leave(site, named.get("worker"), grace, stopping)
        (home / SERVER_FILE).unlink(missing_ok=True)
        return
    server = named.get("server")
    lives = server is not None and server.process() is not None and any(answers(site.api_url) for _ in range(TRIES))
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
        say(f"while stopping: {error}", err=True)


def _leave(site: Site, worker: Service | None, grace: float, stopping: Callable[[], int]) -> None:
    """The end beside a server that stays: its pool stays open to others, so it is our worker that must take no more.

    A worker of Prefect's that is asked to end ends its runs; they go on without one that is killed.
    """
    process = worker.process() if worker else None
    if process is not None:
        process.kill()
        psutil.wait_procs([process], timeout=END_SECONDS)
    told, until = stopping(), time.monotonic() + grace
    going = runs_here(site.worker)
    if going:
        say(f"{len(going)} run(s) may go on for {grace:g} s; once more stops at once")
    while time.monotonic() < until and stopping() <= told and runs_here(site.worker):
        pause(STEP, stopping)
    _kill_runs(site)
    _end(worker)
    if answers(site.api_url):
        _unless_silent(lambda: _give_back(site))


def _give_back(site: Site) -> None:
    from flows.operate.dashboard import asking
    from flows.operate.runs import give_back, of_worker

    with asking(site.api_url) as client:
        give_back(client, of_worker(client, POOL, site.worker))


def _let_runs_end(site: Site, grace: float, stopping: Callable[[], int]) -> None:
    from flows.operate.dashboard import asking, let_in
    from flows.operate.runs import cancel, not_of_others, of_worker

    told = stopping()
    with asking(site.api_url) as client:
        let_in(client, POOL, open_=False)
        going = not_of_others(client, site.worker)
        if going:
            names = ", ".join(str(run.parameters.get("source") or run.name) for run in going)
            say(f"{names}: may go on for {grace:g} s; once more stops at once")
        begun = time.monotonic()
        while time.monotonic() - begun < grace and stopping() <= told:
            going = not_of_others(client, site.worker)
            begins = time.monotonic() - begun < BEGIN_SECONDS  # what is pending may be about to get its process
            if not runs_here(site.worker) and not (going and (begins or _in_a_terminal(going))):
                break
            pause(STEP, stopping)
        cancel(client, of_worker(client, POOL, site.worker))
        until = time.monotonic() + CANCEL_SECONDS
        while time.monotonic() < until:
            if not runs_here(site.worker) and not _has_begun(of_worker(client, POOL, site.worker)):
                break
            time.sleep(STEP)


def _in_a_terminal(runs: Sequence[FlowRun]) -> bool:
    return any(run.work_pool_name is None for run in runs)


def _has_begun(runs: Sequence[FlowRun]) -> bool:
    """Whether a worker has yet to say of a run that it ended."""
    return any(run.start_time is not None for run in runs)


def _end(service: Service | None) -> None:
    if service is not None:
        end(service, END_SECONDS)


def _kill_runs(site: Site) -> None:
    for processes in runs_here(site.worker).values():
        for process in processes:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(processes, timeout=5)


def _settle(site: Site) -> None:
    """Mark what did not end, and wait until the server has recorded the tasks of what did."""
    from flows.operate.dashboard import asking
    from flows.operate.runs import mark_dead, not_of_others, still_recording

    with asking(site.api_url) as client:
        mark_dead(client, not_of_others(client, site.worker), STOPPED)
        until = time.monotonic() + RECORD_SECONDS
        while still_recording(client) and time.monotonic() < until:
            time.sleep(STEP)
