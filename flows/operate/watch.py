"""The watch of `communique up`: starts server and worker, starts again what died, marks dead runs, says what ended.

A run without a process here is dead only where our worker took it; another machine's watch sees to its
own, and heartbeats tell of a machine that is gone.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from flows.operate.deployments import POOL
from flows.operate.services import Site, environment_of, keep_small, runs_here, server_words, start, worker_words
from flows.operate.where import START_SECONDS, answers
from flows.output import say
from parsers.errors import ServiceError

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun

LOOK_SECONDS = 2.0
SURE_SECONDS = 10.0  # a run without a process for so long is dead: its worker says so sooner
PENDING_SECONDS = 60.0  # likewise one that has not begun: its worker takes some seconds
BACKOFF_SECONDS = 60.0  # at most, between two starts of what dies again and again
DEATH_SECONDS = 300.0  # after which a death is forgotten
FULL = 16_000_000  # bytes of disk below which that is the reason
REPAIR_LOOKS = 15
LOGS = "logs"
GONE = "Its process is gone: it was killed, or the machine went down"


@dataclass
class Watch:
    """Server and worker of a HOME, or a worker alone where the server is elsewhere.

    Attributes:
        home: folder of what they need and say, absolute: HOME, or a part of it.
        site: where the server is, and our processes.
        stopping: how often we were told to stop.
        register: registers what is deployed.
    """

    home: Path
    site: Site
    stopping: Callable[[], int]
    register: Callable[[], object] = lambda: None
    _deaths: dict[str, list[float]] = field(default_factory=dict)
    _missing: dict[str, float] = field(default_factory=dict)
    _silent: bool = False
    _told_until: datetime = field(default_factory=lambda: datetime.now(UTC))

    def start_server(self) -> None:
        """Start the server and wait until it answers, or until we are told to stop.

        Raises:
            ConfigError: the address of its database is none.
            ServiceError: its database does not answer; it ended, or did not answer in time, and the log says why.
        """
        from flows.operate.database import reach_database

        reach_database()
        self._start("server", server_words(self.site))
        until = time.monotonic() + START_SECONDS
        while not self.stopping() and not answers(self.site.api_url):
            if time.monotonic() > until or not self._lives("server"):
                raise ServiceError(f"the Prefect server did not start; {self._log('server')} says why")
            time.sleep(0.2)

    def start_worker(self) -> None:
        """Mark the runs that a kill left behind, then start the worker."""
        from flows.operate.dashboard import asking
        from flows.operate.runs import mark_dead, of_worker

        with asking(self.site.api_url) as client:
            dead = mark_dead(client, self._without_process(of_worker(client, POOL, self.site.worker)), GONE)
        for name in dead:
            say(f"{name}: marked Crashed, its process is gone")
        self._start("worker", worker_words(POOL, self.site.worker))

    def _start(self, name: str, words: list[str]) -> None:
        others = [service for service in self.site.services if service.name != name]
        made = start(name, words, environment_of(self.site, self.home, name), self._log(name))
        self.site = replace(self.site, services=(*others, made))
        self.site.write(self.home)

    def _lives(self, name: str) -> bool:
        return any(service.name == name and service.process() for service in self.site.services)

    def _log(self, name: str) -> Path:
        return self.home / LOGS / f"{name}.log"

    def look_after(self) -> None:
        """Until told to stop: start again what died, mark dead runs, mend what somebody deleted, say what ended."""
        from flows.operate.dashboard import connected

        looks = 0
        with connected(self.site.api_url) as client:
            while not self.stopping():
                looks += 1
                if not self._awaits_server():
                    self._keep_alive()
                    _patiently(partial(self._look, client, repair=looks % REPAIR_LOOKS == 0))
                pause(LOOK_SECONDS, self.stopping)

    def _keep_alive(self) -> None:
        ours = (
            {"worker": self.start_worker}
            if self.site.joined
            else {"server": self.start_server, "worker": self.start_worker}
        )
        for name, again in ours.items():
            if not self._lives(name) and not self.stopping():
                self._back_off(name)
                _patiently(again)
            _patiently(partial(keep_small, self._log(name)))

    def _awaits_server(self) -> bool:
        """Whether a server that is not ours is away, which is said once; runs and worker wait for it too."""
        away = bool(self.site.joined) and not answers(self.site.api_url)
        if away != self._silent:
            words = "does not answer; waiting for it" if away else "answers again"
            say(f"the server at {self.site.dashboard} {words}", err=True)
        self._silent = away
        return away

    def _back_off(self, name: str) -> None:
        """Say that a service died, and wait the longer the more often it did."""
        now = time.monotonic()
        deaths = [each for each in self._deaths.get(name, ()) if now - each < DEATH_SECONDS] + [now]
        self._deaths[name] = deaths
        full = shutil.disk_usage(self.home).free < FULL
        why = "the disk is full: free some space" if full else f"{self._log(name)} says why"
        say(f"the {name} died; starting it again ({why})", err=True)
        pause(min(2.0 ** len(deaths) - 2, BACKOFF_SECONDS), self.stopping)

    def _mend(self, client: SyncPrefectClient) -> None:
        """Register again where somebody deleted the pool: its deployments would wait for ever."""
        from flows.operate.dashboard import without_pool

        if without_pool(client):
            say("the work pool was deleted; registering again", err=True)
            self.register()

    def _look(self, client: SyncPrefectClient, *, repair: bool) -> None:
        from flows.operate.dashboard import speaking

        with speaking():
            self._mark_missing(client)
            self._tell_ended(client)
            if repair:
                self._mend(client)

    def _mark_missing(self, client: SyncPrefectClient) -> None:
        """Mark the runs that have had no process for a while; their worker would have done it by now."""
        from flows.operate.runs import forsaken, mark_dead, of_worker

        now = time.monotonic()
        mine = of_worker(client, POOL, self.site.worker)
        nobodys = [] if self.site.joined else forsaken(client, POOL)
        missing = {str(run.id): run for run in self._without_process([*mine, *nobodys])}
        self._missing = {run_id: self._missing.get(run_id, now) for run_id in missing}
        sure = [run for run_id, run in missing.items() if now - self._missing[run_id] >= _patience(run)]
        mark_dead(client, sure, GONE)

    def _tell_ended(self, client: SyncPrefectClient) -> None:
        from flows.operate.runs import ended_since, taker

        for run in ended_since(client, self._told_until):
            if run.end_time and run.end_time > self._told_until:
                self._told_until = run.end_time
                if not self.site.joined or taker(run) == self.site.worker:
                    say(f"{run.end_time:%H:%M:%SZ}  {run.state_name}  {run.name}")

    def _without_process(self, runs: Iterable[FlowRun]) -> list[FlowRun]:
        here = runs_here()
        return [run for run in runs if str(run.id) not in here]


def _patiently(step: Callable[[], None]) -> None:
    """A server that is busy or just dying, or a full disk, is no reason to give up: the next look will tell."""
    try:
        step()
    except (ServiceError, OSError) as error:
        say(str(error), err=True)


def _patience(run: FlowRun) -> float:
    """Seconds without a process after which a run is dead; one that is pending may be about to get it."""
    return PENDING_SECONDS if run.state is None or run.state.is_pending() else SURE_SECONDS


def pause(seconds: float, stopping: Callable[[], int]) -> None:
    """Sleep, unless we are told to stop, or once more."""
    told, until = stopping(), time.monotonic() + seconds
    while time.monotonic() < until and stopping() == told:
        time.sleep(0.1)
