"""A real `communique up`, or a real Prefect server and worker, on a free port of this machine, for tests."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

import httpx
import psutil
from filelock import FileLock
from homes import CHECKOUT

from flows.operate.where import prefect_home

ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**more: str) -> dict[str, str]:
    """This process's environment without anything that would lead to another server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "COMMUNIQUE_"))}
    return {**kept, "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1", **more}


def sources_file(path: Path, *ids: str, schedule: str = "0 0 1 1 *") -> Path:
    """A sources file with inboxes; due once a year unless said otherwise, so that tests alone start runs.

    The one that ships is due every quarter of an hour; it is replaced.
    """
    entries = [
        f'[[source]]\nid = "{name}"\nissuer = "Ministry of {name}"\ninbox = "{name}"\nschedule = "{schedule}"\n'
        f'zone = "Asia/Shanghai"\nstate = "verified"\n'
        for name in dict.fromkeys((*ids, "inbox"))
    ]
    path.write_text("\n".join(entries), "utf-8")
    return path


def until(fits: Callable[[], Any], seconds: float = 60, every: float = 0.2, what: str = "") -> Any:
    """The first true answer; fails when none comes in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = fits()
        if answer:
            return answer
        time.sleep(every)
    raise AssertionError(f"not within {seconds} s: {what or fits}")


def end(process: subprocess.Popen[bytes], seconds: float = 20) -> None:
    """End a process and its group: asked first, then killed; a worker of Prefect's may take minutes to go."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(seconds)


class Api:
    """The API of a Prefect server, as a program sees it."""

    def __init__(self, url: str, auth: tuple[str, str] | None = None) -> None:
        self.url = url
        # One client for all, since to make one takes longer than to ask; no connection outlives a server.
        self.client = httpx.Client(auth=auth, timeout=30, limits=httpx.Limits(max_keepalive_connections=0))

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        for pause in (0.5, 1, 2, 4, 0):
            answer = self.client.request(method, f"{self.url}{path}", json=body)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(pause)  # a busy SQLite; Prefect's own client asks again as well
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def answers(self) -> bool:
        try:
            return self.client.get(f"{self.url}/health", timeout=1).is_success
        except httpx.HTTPError:
            return False

    def deployments(self) -> dict[str, dict[str, Any]]:
        """Deployments by FLOW/NAME."""
        found = self.ask("POST", "/deployments/filter", {})  # first: a deployment has its flow already
        flows = {flow["id"]: flow["name"] for flow in self.ask("POST", "/flows/filter", {})}
        return {f"{flows[each['flow_id']]}/{each['name']}": each for each in found}

    def start(self, deployment: str, **parameters: Any) -> str:
        """Start a run of a deployment, as the form in the dashboard does; returns its id."""
        return self.create(deployment, parameters=parameters, state={"type": "SCHEDULED"})

    def create(self, deployment: str, **body: Any) -> str:
        which = self.deployments()[deployment]
        return str(self.ask("POST", f"/deployments/{which['id']}/create_flow_run", body)["id"])

    def run(self, run_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("GET", f"/flow_runs/{run_id}")
        return found

    def runs(self, **filters: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("POST", "/flow_runs/filter", {"sort": "START_TIME_ASC", **filters})
        return found

    def wait(self, run_id: str, *states: str, seconds: float = 90) -> dict[str, Any]:
        """The run once it is in one of these state types; any that ends it where none is named."""
        wanted = set(states) or ENDED
        stop = time.monotonic() + seconds
        while (found := self.run(run_id))["state_type"] not in wanted:
            # Not sooner, though it ended otherwise: a retry that was asked for may be on its way.
            assert time.monotonic() < stop, f"not {wanted} within {seconds} s, but {found['state']}"
            time.sleep(0.2)
        return found

    def artifacts(self, run_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("POST", "/artifacts/filter", {"flow_runs": {"id": {"any_": [run_id]}}})
        return found

    def set_state(self, run_id: str, kind: str, name: str | None = None) -> Any:
        """What the buttons of the dashboard do: Retry proposes AwaitingRetry, Cancel proposes Cancelling."""
        answer = self.ask("POST", f"/flow_runs/{run_id}/set_state", {"state": {"type": kind, "name": name}})
        assert answer["status"] == "ACCEPT", answer
        return answer


class Up:
    """A `communique up` of a HOME."""

    ready = "up: the dashboard"
    keeps = "prefect"
    """Folder of HOME that its processes, and no others, know as theirs."""

    def __init__(self, home: Path, port: int, *words: str, env: Mapping[str, str]) -> None:
        self.home = home
        self.port = port
        self.env = dict(env)
        self.said = home.parent / f"up-{home.name}-{port}.log"
        self.words = [sys.executable, "-m", "flows", "up", "--home", str(home), "--port", str(port), *words]
        self.secret = self.env.get("PREFECT_SERVER_API_AUTH_STRING", "")
        user, _, password = self.secret.partition(":")
        self.api = Api(f"http://127.0.0.1:{port}/api", (user, password) if user else None)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, seconds: float = 120) -> Self:
        with self.said.open("ab") as file:
            self.process = subprocess.Popen(
                self.words, env=self.env, cwd=CHECKOUT, stdout=file, stderr=file, start_new_session=True
            )
        begun = len(self.text())
        until(lambda: self.ready in self.text()[begun:] or self.ended(), seconds, what=self.text())
        assert not self.ended(), self.text()
        return self

    def text(self) -> str:
        return self.said.read_text("utf-8") if self.said.exists() else ""

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def signal(self, number: int, *, group: bool = False) -> None:
        """Send a signal to `up`, or to its whole process group, as Ctrl-C in a terminal does."""
        assert self.process is not None
        (os.killpg if group else os.kill)(self.process.pid, number)

    def stop(self, seconds: float = 120) -> int:
        if self.process is None:
            return 0
        if not self.ended():
            self.signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def family(self) -> list[psutil.Process]:
        """Every process that belongs to it: `up` itself, server, worker, runs and their pools."""
        return [process for process in psutil.process_iter() if self._belongs(process)]

    def _belongs(self, process: psutil.Process) -> bool:
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            ours = self.process is not None and process.pid == self.process.pid
            return ours or process.environ().get("PREFECT_HOME", "").startswith(str(self.home / self.keeps))
        except psutil.Error:
            return False

    def named(self, *words: str) -> psutil.Process:
        """The process whose command holds these words."""
        for process in self.family():
            command = process.cmdline()
            if all(word in command for word in words):
                return process
        raise AssertionError(f"no process {words}")

    def process_of(self, run_id: str) -> psutil.Process:
        """The first process of a flow run: the one that its worker started."""
        found = [process for process in self.family() if process.environ().get("PREFECT__FLOW_RUN_ID") == run_id]
        assert found, f"no process of run {run_id}"
        return min(found, key=lambda process: process.create_time())

    def run_family(self, run_id: str) -> list[psutil.Process]:
        return [process for process in self.family() if process.environ().get("PREFECT__FLOW_RUN_ID") == run_id]

    def communique(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return communique(*words, "--home", self.home, env=self.env)


class Joined(Up):
    """A `communique up --join` beside a first, for the same HOME, as on another machine that mounts it."""

    ready = "up: worker"
    keeps = "workers"

    def __init__(self, first: Up, *words: str) -> None:
        kept = {name: value for name, value in first.env.items() if not name.startswith("PREFECT_SERVER_")}
        kept.pop("PREFECT_API_DATABASE_CONNECTION_URL", None)
        if first.secret:
            kept["PREFECT_API_AUTH_STRING"] = first.secret
        super().__init__(first.home, first.port, env=kept)
        self.api = first.api
        self.said = first.said.with_suffix(".joined.log")
        start = [sys.executable, "-m", "flows", "up", "--home", str(first.home)]
        self.words = [*start, "--join", first.api.url, *words]

    @property
    def worker(self) -> str:
        """The name that it goes by."""
        return next((self.home / self.keeps).iterdir()).name


@contextmanager
def joined_to(first: Up, *words: str) -> Iterator[Joined]:
    """A second worker, which is gone afterwards whatever happens."""
    joined = Joined(first, *words)
    try:
        yield joined.start()
    finally:
        try:
            joined.stop()
        finally:
            for process in joined.family():
                process.kill()


def communique(*words: str | Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """The command line, to its end."""
    said = [sys.executable, "-m", "flows", *map(str, words)]
    return subprocess.run(said, cwd=CHECKOUT, env=dict(env), capture_output=True, text=True, check=False, timeout=300)


def migrated() -> Path:
    """A PREFECT_HOME whose database has its tables, kept beside those of pytest.

    To make them takes longer than all else of a start.
    """
    folder = Path(tempfile.gettempdir()) / f"prefect-{version('prefect')}-of-{getpass.getuser()}"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            making = Path(tempfile.mkdtemp())
            words = [sys.executable, "-m", "prefect", "server", "database", "upgrade", "-y"]
            subprocess.run(words, env=environment(PREFECT_HOME=str(making)), capture_output=True, check=True)
            making.rename(folder)
    return folder


@contextmanager
def up_in(
    home: Path, *words: str, ids: Sequence[str] = ("alpha", "beta"), more: str = "", **variables: str
) -> Iterator[Up]:
    """A `communique up` with two inboxes and `more` sources, which is gone afterwards whatever happens."""
    home.parent.mkdir(parents=True, exist_ok=True)
    if not (home / "prefect").exists():
        shutil.copytree(migrated(), prefect_home(home), dirs_exist_ok=True)
    sources = sources_file(home.parent / f"{home.name}-sources.toml", *ids)
    sources.write_text(sources.read_text("utf-8") + more, "utf-8")
    prompt = {"COMMUNIQUE_WORKERS": "1", "PREFECT_WORKER_QUERY_SECONDS": "1"}  # a test waits for each run
    env = environment(COMMUNIQUE_SOURCES=str(sources), **{**prompt, **variables})
    up = Up(home, free_port(), *words, env=env)
    try:
        yield up.start()
    finally:
        try:
            up.stop()
        finally:
            for process in up.family():
                process.kill()


@contextmanager
def bare_server(folder: Path, **variables: str) -> Iterator[tuple[Api, dict[str, str]]]:
    """A Prefect server without schedules or worker, as an operator's own; its API and the environment that finds it."""
    port = free_port()
    api = Api(f"http://127.0.0.1:{port}/api")
    shutil.copytree(migrated(), folder, dirs_exist_ok=True)
    env = environment(PREFECT_HOME=str(folder), PREFECT_API_URL=api.url, **variables)
    words = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "server.log").open("ab") as log:
        server = subprocess.Popen(words, env=env, stdout=log, stderr=log, start_new_session=True)
    try:
        until(api.answers, 120, what="the server answers")
        yield api, env
    finally:
        end(server)
