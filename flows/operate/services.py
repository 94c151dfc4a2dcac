"""The processes of `communique up`: the Prefect server, the worker, and the runs that it starts.

Server and worker have sessions of their own: Ctrl-C in a terminal reaches the whole process group,
and would end the server before the runs could say that they ended. A process is known by its id
and the moment it started: an id alone may have passed to another by now.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from flows.operate.where import SERVER_FILE, prefect_home
from parsers.errors import ServiceError
from parsers.release import key_of

LOOPBACK = "127.0.0.1"
LOG_BYTES = 5_000_000
DATABASE = ("PREFECT_API_DATABASE_", "PREFECT_SERVER_DATABASE_")
"""What begins so tells a server of its database, with the password; it concerns nobody else."""
PYTHON = "COMMUNIQUE_PYTHON"

_children: dict[int, subprocess.Popen[bytes]] = {}

_BEFORE = "communique-up"  # what a worker was called that an earlier version left


@dataclass(frozen=True, slots=True)
class Service:
    """A process that `up` started, also a long time ago."""

    name: str
    pid: int
    started: float
    """Seconds since the epoch, as the system says."""

    def process(self) -> psutil.Process | None:
        """The process, None where it has ended."""
        try:
            found = psutil.Process(self.pid)
            same = abs(found.create_time() - self.started) < 1 and found.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return found if same else None


@dataclass(frozen=True, slots=True)
class Site:
    """Where a server is: `up` writes it down in HOME, so that others find it, and what a kill left.

    Attributes:
        host: address that a server of ours listens on.
        port: its port.
        services: the processes that we started.
        watcher: the `communique up` that watches over them.
        worker: name of our worker; runs bear the name of the one that took them.
        joined: the API of a server elsewhere, which is not ours to start or end; empty where it is ours.
    """

    host: str = LOOPBACK
    port: int = 0
    services: tuple[Service, ...] = ()
    watcher: Service | None = None
    worker: str = ""
    joined: str = ""

    @property
    def dashboard(self) -> str:
        if self.joined:
            return self.joined.removesuffix("/api")
        seen_from_here = LOOPBACK if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 - not bound here
        return f"http://{f'[{seen_from_here}]' if ':' in seen_from_here else seen_from_here}:{self.port}"

    @property
    def api_url(self) -> str:
        return f"{self.dashboard}/api"

    def write(self, home: Path) -> None:
        """Leave it in HOME/server.json; it holds no secret."""
        words = {"api_url": self.api_url, **asdict(self)}
        building = home / f".{SERVER_FILE}"
        building.write_text(json.dumps(words), "utf-8")
        building.replace(home / SERVER_FILE)

    @classmethod
    def read(cls, home: Path) -> Site | None:
        """What stands in HOME/server.json, None where nothing does."""
        try:
            words = json.loads((home / SERVER_FILE).read_text("utf-8"))
            services = tuple(Service(**each) for each in words["services"])
            watcher = Service(**words["watcher"]) if words["watcher"] else None
            names = words.get("worker", _BEFORE), words.get("joined", "")
            return cls(words["host"], words["port"], services, watcher, *names)
        except (OSError, ValueError, KeyError, TypeError):
            return None


def myself() -> Service:
    """This process."""
    return Service("up", os.getpid(), psutil.Process().create_time())


def start(name: str, words: Sequence[str], environment: Mapping[str, str], log: Path) -> Service:
    """Start a process in a session of its own; what it says goes to a file."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as file:
        process = subprocess.Popen(  # noqa: S603 - our own words
            list(words),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
            cwd=log.parent,
        )
    _children[process.pid] = process
    return Service(name, process.pid, psutil.Process(process.pid).create_time())


def keep_small(log: Path) -> None:
    """Keep the last part of a log that grew large; whoever writes to it appends, and goes on at its new end."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        shutil.copyfile(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)


def end(service: Service, seconds: float) -> None:
    """End a process and all that it started: asked first, killed after so many seconds."""
    process = service.process()
    if process is None:
        _reap(service.pid)
        return
    family = [process, *process.children(recursive=True)]
    process.terminate()
    _, left = psutil.wait_procs([process], timeout=seconds)
    for each in (*left, *family):
        try:
            if each.is_running():
                each.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(family, timeout=5)
    _reap(service.pid)


def _reap(pid: int) -> None:
    child = _children.get(pid)  # None: of an `up` that was killed; the system reaps it
    if child is not None and child.poll() is not None:
        del _children[pid]


def worker_name(home: Path, *, joined: bool = False) -> str:
    """Name of the worker of a HOME on this machine: the same at each start, and no other machine's."""
    host = re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname())
    return f"{host}-{key_of(str(home), str(uuid.getnode()), str(joined))[:6]}"


def runs_here(worker: str | None = None) -> dict[str, list[psutil.Process]]:
    """The processes on this machine that run a flow, by the id of the flow run; of one worker where it is named."""
    found: dict[str, list[psutil.Process]] = {}
    for process, variables in _environments():
        run_id = variables.get("PREFECT__FLOW_RUN_ID")
        if run_id and worker in (None, variables.get("PREFECT__WORKER_NAME")):
            found.setdefault(run_id, []).append(process)
    return found


def _environments() -> Iterator[tuple[psutil.Process, Mapping[str, str]]]:
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE:
                yield process, process.environ()
        except (psutil.Error, OSError):
            continue  # it ended meanwhile, or is somebody else's


def environment_of(site: Site, home: Path, name: str) -> dict[str, str]:
    """What server or worker (`name`) finds in its environment; what the user says there stands."""
    ours = {
        "PREFECT_HOME": str(prefect_home(home)),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "5",
        "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": "300",  # a stop, with its grace, makes no run late
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_DATABASE_TIMEOUT": "60",  # SQLite, when everything writes at once
        "PREFECT_SERVER_UI_V2_ENABLED": "false",  # what opens first asks no third party
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_WORKER_QUERY_SECONDS": "5",
    }
    secret = os.environ.get("PREFECT_SERVER_API_AUTH_STRING")
    key = {"PREFECT_API_AUTH_STRING": secret} if secret else {}
    # The page asks where it came from; without this it would ask port 4200, whatever the port.
    fixed = {
        "PREFECT_API_URL": site.api_url,
        "PREFECT_SERVER_UI_API_URL": os.environ.get("PREFECT_SERVER_UI_API_URL", "/api"),
        PYTHON: sys.executable,
    }
    told = {**ours, **key, **os.environ, **fixed}
    return told if name == "server" else {each: told[each] for each in told if not each.startswith(DATABASE)}


def server_words(site: Site) -> list[str]:
    """The command of the server."""
    return [sys.executable, "-m", "prefect", "server", "start", "--host", site.host, "--port", str(site.port)]


def worker_words(pool: str, name: str) -> list[str]:
    """The command of the worker."""
    named = ["--name", name]
    return [sys.executable, "-m", "prefect", "worker", "start", "--pool", pool, "--type", "process", *named]


def run_command() -> str:
    """The command of a run: one process, where the worker's own way has a supervisor before it.

    A worker of `communique up` on another machine says which Python is its own.
    """
    return shlex.join(["sh", "-c", f'exec "${{{PYTHON}:-$0}}" -m prefect.engine', sys.executable])


def port_is_free(host: str, port: int) -> bool:
    """Whether nobody listens there; a connection that is just closing is nobody.

    Raises:
        ServiceError: the address is not of this machine, or the port not allowed.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise ServiceError(f"cannot listen on port {port} of {host}: {error.strerror}") from error
    return True
