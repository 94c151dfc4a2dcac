"""`communique up`: the Prefect server, the schedules of the registry, and a watch over both.

It starts the server and a worker, registers what is deployed, and sees to it that both live. When it
is told to stop it lets no new run start, gives those in progress time to end, then ends worker and
server; afterwards nothing is left running, neither as a process nor by name in the dashboard.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from flows.operate.deployments import POOL
from flows.operate.drain import end_site
from flows.operate.services import LOOPBACK, Site, myself, port_is_free, run_command, worker_name
from flows.operate.watch import Watch
from flows.output import say
from flows.settings import settings
from parsers.errors import ConfigError, HomeUnwritable, ServiceError

if TYPE_CHECKING:
    from flows.operate.deploy import Registered

LOCK = "up.lock"


def up(home: Path | None, host: str, port: int, grace: float, alert_block: str) -> None:
    """Bring up server and schedules, watch over them until told to stop.

    Args:
        home: HOME as the command line says it.
        host: address to listen on.
        port: port of dashboard and API.
        grace: seconds that runs in progress get to end.
        alert_block: the block that tells people, as `flows.operate.alerts.register_alerts` takes it.

    Raises:
        ConfigError: the address is open to others and no password is set.
        ServiceError: it is up already, the port is taken, or the server does not start.
    """
    _refuse_open_door(host)
    place = settings({"home": home}).home.absolute()
    with only_one(place), told_to_stop() as stopping:
        worker = worker_of(place)
        end_what_a_kill_left(place, grace, stopping)
        if not port_is_free(host, port):
            raise ServiceError(f"port {port} of {host} is taken by another program", todo="Choose one with `--port`")
        watch = Watch(place, Site(host, port, watcher=myself(), worker=worker), stopping)
        try:
            _bring_up(watch, home, alert_block)
            watch.look_after()
        finally:
            say("stopping")
            end_site(place, watch.site, grace, stopping)
            say("stopped; nothing is left running")


def _bring_up(watch: Watch, home: Path | None, alert_block: str) -> None:
    from flows.operate.dashboard import asking, let_in
    from flows.operate.deploy import deploy, plan_of

    plan_of(home)  # a wrong entry is said before anything is started
    url = watch.site.api_url

    def register() -> list[Registered]:
        return deploy(home, POOL, alert_block, url=url, command=run_command())

    watch.register = register
    if watch.stopping():
        return
    say(f"starting the Prefect server at {watch.site.dashboard}")
    watch.start_server()
    if watch.stopping():
        return
    done = register()
    with asking(url) as client:
        let_in(client, POOL, open_=True)
    watch.start_worker()
    say(f"up: the dashboard is at {watch.site.dashboard}; Ctrl-C stops")
    for each in done:
        if each.schedule:
            say(f"  {each.name}  {each.schedule}")


def _refuse_open_door(host: str) -> None:
    secret = os.environ.get("PREFECT_SERVER_API_AUTH_STRING", "")
    if host not in (LOOPBACK, "localhost", "::1") and not all(secret.partition(":")):
        raise ConfigError(
            f"address `{host}` is open to others, who could start and stop everything",
            where="`--host`",
            todo="Set PREFECT_SERVER_API_AUTH_STRING=USER:PASSWORD in the environment first, or stay on loopback",
        )


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the folder for as long as it lasts.

    Raises:
        ServiceError: another holds it.
        HomeUnwritable: it cannot be made or written.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(home / LOCK)
        lock.acquire(timeout=0)
    except Timeout:
        site = Site.read(home)
        where = f"; the dashboard is at {site.dashboard}" if site else ""
        raise ServiceError(f"it is up already{where}", where=str(home), todo="Stop the other one first") from None
    except OSError as error:
        raise HomeUnwritable(f"HOME cannot be written: {error.strerror}", where=str(home)) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def told_to_stop() -> Iterator[Callable[[], int]]:
    """How often we were told to stop: once, gently; twice, at once."""
    told: list[int] = []
    signals = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as `nohup` wants it
        signals.append(signal.SIGHUP)
    before = {each: signal.signal(each, lambda number, _frame: told.append(number)) for each in signals}
    try:
        yield lambda: len(told)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def worker_of(home: Path) -> str:
    """Name of the worker: that of an earlier `up` which was killed, since its runs bear it, also in a new container."""
    left = Site.read(home)
    return (left.worker if left else "") or worker_name(home)


def end_what_a_kill_left(home: Path, grace: float, stopping: Callable[[], int]) -> None:
    """End the processes that an earlier `up` of this folder started and did not live to end."""
    left = Site.read(home)
    if left and any(service.process() for service in left.services):
        say(f"an earlier `up` was killed; ending what it left at {left.dashboard}")
        end_site(home, left, grace, stopping)
