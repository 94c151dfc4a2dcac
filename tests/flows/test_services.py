"""The processes of `communique up`: known by id and start, ended with all that they started, found by their runs."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from operating import free_port, until

from flows.operate import services
from flows.operate.services import (
    LOOPBACK,
    PYTHON,
    Service,
    Site,
    end,
    environment_of,
    keep_small,
    myself,
    port_is_free,
    run_command,
    runs_here,
    start,
    worker_name,
)
from flows.operate.where import SERVER_FILE

SLEEPER = "import time; time.sleep(60)"
STUBBORN = """
import signal, subprocess, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen(["sh", "-c", "sleep 60 & echo $!; wait"], start_new_session=True)
time.sleep(60)
"""
POLITE = """
import signal, sys, time
def leave(number, frame):
    print("asked", flush=True)
    sys.exit()
signal.signal(signal.SIGTERM, leave)
print("ready", flush=True)
time.sleep(60)
"""


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_site_is_read_as_it_was_written(tmp_path: Path) -> None:
    for site in (
        Site(LOOPBACK, 4200),
        Site("::1", 1, (Service("server", 7, 1.5), Service("worker", 8, 2.5)), myself(), "here-1"),
        Site(worker="here-2", joined="https://first.example/api"),
    ):
        site.write(tmp_path)
        assert Site.read(tmp_path) == site
        assert [path.name for path in tmp_path.iterdir()] == [SERVER_FILE]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "7",
        "{}",
        '{"host": "h", "port": 1, "services": null, "watcher": null}',
        '{"host": "h", "port": 1, "services": [{"name": "x"}], "watcher": null}',
        '{"host": "h", "port": 1, "services": [], "watcher": {"pid": 1, "age": 2}}',
        "\xff",
    ],
)
def test_a_broken_site_is_none(tmp_path: Path, text: str) -> None:
    assert Site.read(tmp_path) is None
    (tmp_path / SERVER_FILE).write_text(text, "latin-1")
    assert Site.read(tmp_path) is None


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:4200"),
        ("0.0.0.0", "http://127.0.0.1:4200"),
        ("::", "http://127.0.0.1:4200"),
        ("::1", "http://[::1]:4200"),
        ("localhost", "http://localhost:4200"),
        ("ops.example", "http://ops.example:4200"),
    ],
)
def test_the_dashboard_has_an_address_that_a_browser_here_can_open(host: str, url: str) -> None:
    assert Site(host, 4200).dashboard == url
    assert Site(host, 4200).api_url == f"{url}/api"
    assert Site(host, 4200, joined="https://first.example/api").dashboard == "https://first.example"
    assert Site(host, 4200, joined="https://first.example/api").api_url == "https://first.example/api"


def test_a_service_is_known_by_its_id_and_the_moment_it_started() -> None:
    me = myself()
    assert me.process() == psutil.Process()
    assert replace(me, started=me.started - 2).process() is None
    assert replace(me, started=me.started + 2).process() is None
    ended = subprocess.Popen([sys.executable, "-c", SLEEPER])
    service = Service("x", ended.pid, psutil.Process(ended.pid).create_time())
    assert service.process()
    ended.kill()
    until(lambda: not lives(ended.pid), 10, 0.01)
    assert service.process() is None, "nobody has waited for it yet"
    ended.wait()
    assert service.process() is None


@pytest.mark.acceptance
def test_a_service_that_ignores_the_signal_is_gone_with_all_that_it_started(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "stubborn.log"
    service = start("stubborn", [sys.executable, "-c", STUBBORN], os.environ, log)
    pid = int(until(log.read_text, 10, 0.02))
    assert (service.name, service.process(), lives(pid)) == ("stubborn", psutil.Process(service.pid), True)
    assert os.getsid(service.pid) == service.pid != os.getsid(0)
    assert psutil.Process(service.pid).cwd() == str(log.parent)
    before = time.monotonic()
    end(service, 0.2)
    assert time.monotonic() - before < 8
    assert not lives(service.pid)
    assert not lives(pid)
    assert service.process() is None
    assert not psutil.pid_exists(service.pid), "not even its name is left"
    end(service, 0.2)


def test_a_service_is_asked_before_it_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "polite.log"
    service = start("polite", [sys.executable, "-c", POLITE], os.environ, log)
    until(log.read_text, 10, 0.02)
    before = time.monotonic()
    end(service, 10)
    assert time.monotonic() - before < 5
    assert log.read_text() == "ready\nasked\n"
    assert not lives(service.pid)


def test_another_process_under_the_same_id_is_left_alone(tmp_path: Path) -> None:
    service = start("sleeper", [sys.executable, "-c", SLEEPER], os.environ, tmp_path / "log")
    end(replace(service, started=service.started - 100), 0.2)
    assert lives(service.pid)
    end(service, 5)
    assert not lives(service.pid)


def test_a_service_adds_to_its_log_and_a_large_one_is_put_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "server.log"

    def say(word: str) -> None:
        before = log.read_text() if log.exists() else ""
        script = f"import sys; print('{word}'); print('{word}', file=sys.stderr)"
        service = start("x", [sys.executable, "-c", script], os.environ, log)
        until(lambda: not lives(service.pid), 10, 0.02)
        assert log.read_text() != before
        end(service, 1)

    say("a")
    say("b")
    assert sorted(log.read_text().split()) == ["a", "a", "b", "b"]
    keep_small(log)
    assert log.read_text(), "it is not large"
    monkeypatch.setattr(services, "LOG_BYTES", 5)
    keep_small(log)
    say("c")
    assert log.read_text().split() == ["c", "c"]
    assert sorted((tmp_path / "server.log.1").read_text().split()) == ["a", "a", "b", "b"]


@contextmanager
def sleeping(**variables: str) -> Iterator[psutil.Process]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    process = subprocess.Popen([sys.executable, "-c", SLEEPER], env={**clean, **variables})
    try:
        found = psutil.Process(process.pid)
        until(lambda: SLEEPER in found.cmdline(), 10, 0.01)
        yield found
    finally:
        process.kill()
        process.wait()


def test_the_runs_of_a_worker_are_found_by_what_stands_in_their_environment() -> None:
    here, other = (f"worker-{free_port()}" for _ in range(2))
    with (
        sleeping(PREFECT__FLOW_RUN_ID="a", PREFECT__WORKER_NAME=here) as one,
        sleeping(PREFECT__FLOW_RUN_ID="a", PREFECT__WORKER_NAME=here) as its_pool,
        sleeping(PREFECT__FLOW_RUN_ID="b", PREFECT__WORKER_NAME=here) as two,
        sleeping(PREFECT__FLOW_RUN_ID="c", PREFECT__WORKER_NAME=other),
        sleeping(PREFECT__FLOW_RUN_ID="d"),
        sleeping(PREFECT__WORKER_NAME=here),
    ):
        found = runs_here(here)
        assert {name: set(processes) for name, processes in found.items()} == {"a": {one, its_pool}, "b": {two}}
        assert list(runs_here(other)) == ["c"]
        two.kill()
        until(lambda: not lives(two.pid), 10, 0.01)
        assert list(runs_here(here)) == ["a"], "what has ended runs nothing"


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in list(os.environ):
        if name.startswith("PREFECT_") or name == "DO_NOT_TRACK":
            monkeypatch.delenv(name)
    return monkeypatch


def test_a_server_keeps_to_home_and_reports_to_nobody(tmp_path: Path, bare: pytest.MonkeyPatch) -> None:
    found = environment_of(Site("0.0.0.0", 4301), tmp_path, "server")
    assert found["PREFECT_HOME"] == str(tmp_path / "prefect")
    assert found["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert found["DO_NOT_TRACK"] == "1"
    assert found["PREFECT_API_URL"] == "http://127.0.0.1:4301/api"
    assert found["PREFECT_SERVER_UI_API_URL"] == "/api"
    assert "PREFECT_API_AUTH_STRING" not in found
    assert found["PATH"] == os.environ["PATH"]


def test_what_the_user_says_in_the_environment_stands(tmp_path: Path, bare: pytest.MonkeyPatch) -> None:
    said = {
        "PREFECT_HOME": "/srv/prefect",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "true",
        "PREFECT_WORKER_QUERY_SECONDS": "77",
        "PREFECT_SERVER_UI_API_URL": "https://ops.example/api",
        "PREFECT_API_AUTH_STRING": "mine:own",
        "PREFECT_SERVER_API_AUTH_STRING": "user:word",
    }
    for name, value in said.items():
        bare.setenv(name, value)
    bare.setenv("PREFECT_API_URL", "http://elsewhere.example/api")
    found = environment_of(Site(LOOPBACK, 4301), tmp_path, "server")
    assert {name: found[name] for name in said} == said
    assert found["PREFECT_API_URL"] == "http://127.0.0.1:4301/api", "its worker asks it and no other"
    bare.delenv("PREFECT_API_AUTH_STRING")
    assert environment_of(Site(LOOPBACK, 1), tmp_path, "worker")["PREFECT_API_AUTH_STRING"] == "user:word"


@pytest.mark.parametrize("kind", ["API", "SERVER"])
def test_the_database_is_told_to_the_server_alone(tmp_path: Path, bare: pytest.MonkeyPatch, kind: str) -> None:
    name = f"PREFECT_{kind}_DATABASE_CONNECTION_URL"
    bare.setenv(name, "postgresql+asyncpg://user:word@ops.example/prefect")
    assert "word" in environment_of(Site(), tmp_path, "server")[name]
    assert "word" not in str(environment_of(Site(), tmp_path, "worker"))


def test_a_worker_bears_a_name_that_no_other_machine_or_home_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "ops/1 %x")
    name = worker_name(tmp_path)
    assert re.fullmatch(r"ops-1--x-[0-9a-f]{6}", name), "Prefect takes neither / nor %"
    assert worker_name(tmp_path) == name
    assert worker_name(tmp_path, joined=True) != name, "beside the first one, for the same HOME"
    assert worker_name(tmp_path / "other") != name
    monkeypatch.setattr(uuid, "getnode", lambda: 7)
    assert worker_name(tmp_path) != name, "machines may be copies of one"


def test_a_run_is_started_by_the_python_of_its_worker(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho "$PPID $*"\n')
    python.chmod(0o755)
    words = [*shlex.split(run_command())[:-1], "/no/such/python"]  # as where the first machine keeps its own
    with subprocess.Popen(words, env={**os.environ, PYTHON: str(python)}, stdout=subprocess.PIPE, text=True) as run:
        assert run.communicate()[0] == f"{os.getpid()} -m prefect.engine\n", "one process, no shell before it"
    assert shlex.split(run_command())[-1] == sys.executable, "where a worker does not say"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "0.0.0.0"])
def test_a_port_is_free_until_somebody_listens(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do
        listening.bind((host, 0))
        port = listening.getsockname()[1]
        listening.listen()
        assert not port_is_free(host, port)
        here = "127.0.0.1" if host == "0.0.0.0" else host
        caller = socket.create_connection((here, port))
        answered, _ = listening.accept()
        answered.close()  # the side that closes first waits in TIME_WAIT
        caller.close()
    assert port_is_free(host, port)
