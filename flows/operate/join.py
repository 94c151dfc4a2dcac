"""`communique up --join`: a worker of this machine for the schedules of a server elsewhere, and the watch over it.

The settings of the first machine travel with what it registered, HOME among them: a run writes to the
same HOME wherever it happens. A machine that does not see it would start an archive of its own there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flows import __version__
from flows.operate.drain import end_site
from flows.operate.services import Site, myself, worker_name
from flows.operate.up import end_what_a_kill_left, only_one, told_to_stop
from flows.operate.watch import Watch
from flows.operate.where import answers
from flows.output import say
from flows.settings import PREFIX, settings
from parsers.errors import ConfigError, ServiceError

FOLDER = "workers"


def join(home: Path | None, url: str, grace: float) -> None:
    """Take runs of a server elsewhere, until told to stop.

    What the worker needs and says lies in a folder of its own under HOME, which the first machine may share.

    Args:
        home: HOME as the command line says it.
        url: the server's API; its password stands in PREFECT_API_AUTH_STRING.
        grace: seconds that runs in progress get to end.

    Raises:
        ConfigError: the URL is none or holds a password, or what runs there could not run here.
        ServiceError: the server does not answer or refuses, or this worker is up already.
    """
    api = api_of(url)
    base = settings({"home": home}).home.absolute()
    worker = worker_name(base, joined=True)
    place = base / FOLDER / worker
    _refuse_what_cannot_run_here(api)  # before anything is made: a HOME that is not here must not look as if it were
    with only_one(place), told_to_stop() as stopping:
        end_what_a_kill_left(place, grace, stopping)
        watch = Watch(place, Site(worker=worker, joined=api, watcher=myself()), stopping)
        try:
            watch.start_worker()
            say(f"up: worker `{worker}` takes runs of {watch.site.dashboard}; Ctrl-C stops")
            watch.look_after()
        finally:
            say("stopping")
            end_site(place, watch.site, grace, stopping)
            say("stopped; nothing is left running")


def api_of(url: str) -> str:
    """The URL of an API, with `/api` at its end whether that was said or not.

    Raises:
        ConfigError: it is no http(s) URL, or names user and password, which everybody could read in `ps`.
    """
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and parts.hostname and not parts.query and not parts.fragment
        named = "@" in parts.netloc
        _ = parts.port
    except ValueError:
        sound = named = False
    if named:
        todo = "Say them in the environment: PREFECT_API_AUTH_STRING=USER:PASSWORD"
        raise ConfigError("user and password do not belong into the address", where="`--join`", todo=todo)
    if not sound:
        raise ConfigError("it is no address of a server", where="`--join`", todo="Say http://HOST:PORT/api")
    return f"{url.rstrip('/').removesuffix('/api')}/api"


def _refuse_what_cannot_run_here(api: str) -> None:
    from flows.operate.dashboard import asking, deployed

    if not answers(api):
        todo = "See that `communique up` runs there, and listens for this machine (`--host`)"
        raise ServiceError("no Prefect server answers", where=api, todo=todo)
    with asking(api) as client:
        found = deployed(client)
    if not found:
        raise ServiceError("nothing of communique is registered", where=api, todo="Run `communique up` there first")
    for version, variables in found:
        _refuse_other_version(version, api)
        _refuse_other_home(variables)


def _refuse_other_version(version: str, api: str) -> None:
    there = version.partition("+")[0]
    if there != __version__:
        todo = "Install the same on both: one page must be read alike everywhere"
        raise ConfigError(f"communique {there} is there, {__version__} here", where=api, todo=todo)


def _refuse_other_home(variables: Mapping[str, Any]) -> None:
    home = Path(str(variables.get(PREFIX + "HOME", "")))
    try:
        known = any(each.name != FOLDER for each in home.iterdir())
    except OSError:
        known = False
    if not known:
        todo = "Mount the first machine's HOME here, at the same path"
        raise ConfigError("its runs write to this HOME, which is not here", where=str(home), todo=todo)
