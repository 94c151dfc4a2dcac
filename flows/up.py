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

import click
from filelock import FileLock, Timeout

from flows.deployments import POOL
from flows.drain import end_site
from flows.services import LOOPBACK, Site, myself, port_is_free, run_command
from flows.settings import settings
from flows.watch import Watch
from parsers.errors import ConfigError, HomeUnwritable, ServiceError

LOCK = "up.lock"


def up(home: Path | None, host: str, port: int, grace: float, alert_block: str) -> None:
    """Bring up server and schedules, watch over them until told to stop.

    Args:
        home: HOME as the command line says it.
        host: address to listen on.
        port: port of dashboard and API.
        grace: seconds that runs in progress get to end.
        alert_block: the block that tells people, as `flows.alerts.register_alerts` takes it.

    Raises:
        ConfigError: the address is open to others and no password is set.
        ServiceError: it is up already, the port is taken, or the server does not start.
    """
    _refuse_open_door(host)
    place = settings({"home": home}).home.absolute()
    with _only_one(place), _told_to_stop() as stopping:
        _end_what_a_kill_left(place, grace)
        if not port_is_free(host, port):
            raise ServiceError(f"port {port} of {host} is taken by another program", todo="Choose one with `--port`")
        watch = Watch(place, Site(host, port, watcher=myself()), stopping)
        try:
            _bring_up(watch, home, alert_block)
            watch.look_after()
        finally:
            click.echo("stopping")
            end_site(place, watch.site, grace, stopping)
            click.echo("stopped; nothing is left running")


def _bring_up(watch: Watch, home: Path | None, alert_block: str) -> None:
    click.echo(f"starting the Prefect server at {watch.site.dashboard}")
    watch.start_server()
    if watch.stopping():
        return
    from flows.deploy import deploy

    done = deploy(home, POOL, alert_block, url=watch.site.api_url, command=run_command())
    watch.start_worker()
    click.echo(f"up: the dashboard is at {watch.site.dashboard}; Ctrl-C stops")
    for each in done:
        if each.schedule:
            click.echo(f"  {each.name}  {each.schedule}")


def _refuse_open_door(host: str) -> None:
    if host not in (LOOPBACK, "localhost", "::1") and not os.environ.get("PREFECT_SERVER_API_AUTH_STRING"):
        raise ConfigError(
            f"address `{host}` is open to others, who could start and stop everything",
            where="`--host`",
            todo="Set PREFECT_SERVER_API_AUTH_STRING=USER:PASSWORD in the environment first, or stay on loopback",
        )


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
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
def _told_to_stop() -> Iterator[Callable[[], int]]:
    """How often we were told to stop: once, gently; twice, at once."""
    told: list[int] = []
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {each: signal.signal(each, lambda number, _frame: told.append(number)) for each in signals}
    try:
        yield lambda: len(told)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _end_what_a_kill_left(home: Path, grace: float) -> None:
    left = Site.read(home)
    if left and any(service.process() for service in left.services):
        click.echo(f"an earlier `up` was killed; ending what it left at {left.dashboard}")
        end_site(home, left, grace)
