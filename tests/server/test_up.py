"""`communique up`: comes up, says where, stops cleanly, leaves nothing running, comes up again at once."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from filelock import FileLock
from homes import CHECKOUT, SAMPLES
from operating import Up, communique, environment, free_port, until, up_in

pytestmark = pytest.mark.server

GOING_ON = {"state": {"type": {"any_": ["RUNNING", "PENDING", "CANCELLING"]}}}


@contextmanager
def busy(home: Path) -> Iterator[FileLock]:
    """Somebody writes to HOME: a run goes on, waiting, for as long as this lasts."""
    lock = FileLock(home / "writer.lock", thread_local=False)
    with lock.acquire(timeout=30):
        yield lock


def going_on(up: Up) -> list[dict[str, Any]]:
    return up.api.runs(flow_runs=GOING_ON)


def test_it_comes_up_stops_on_sigterm_and_comes_up_again_on_the_same_port(tmp_path: Path) -> None:
    with up_in(tmp_path / "home") as up:
        said = up.text()
        assert f"the dashboard is at http://127.0.0.1:{up.port}" in said
        assert "ingest/alpha  0 0 1 1 * Asia/Shanghai" in said
        assert httpx.get(f"http://127.0.0.1:{up.port}/").is_success, "the page itself"
        shutil.copy(SAMPLES / "bare.jsonl", up.home / "alpha" / "bare.jsonl") if (up.home / "alpha").exists() else None
        run_id = up.api.start("ingest/alpha")
        run = up.api.wait(run_id)
        assert run["state_type"] == "COMPLETED"

        second = up.communique("up", "--port", str(free_port()))
        assert second.returncode == 1
        assert "it is up already; the dashboard is at" in second.stderr

        assert up.stop() == 0
        assert up.family() == []
        assert not (up.home / "server.json").exists()
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", up.port)) != 0

        begun = time.monotonic()
        up.start()
        assert time.monotonic() - begun < 60
        assert going_on(up) == []
        assert up.api.run(run_id)["state_type"] == "COMPLETED", "what was recorded is still there"
        tasks = up.api.ask("POST", "/task_runs/filter", {"flow_runs": {"id": {"any_": [run_id]}}})
        assert {task["state_type"] for task in tasks} == {"COMPLETED"}


def test_ctrl_c_lets_a_run_in_progress_end(tmp_path: Path) -> None:
    with up_in(tmp_path / "home") as up:
        with busy(up.home):
            run_id = up.api.start("ingest/alpha")
            up.api.wait(run_id, "RUNNING")
            up.signal(signal.SIGINT, group=True)  # as a terminal does: to the whole process group
            time.sleep(6)
            assert not up.ended(), "it waits for the run"
            assert up.api.run(run_id)["state_type"] == "RUNNING"
        assert up.process is not None
        assert up.process.wait(60) == 0
        assert "may go on for 60 s" in up.text()
        assert up.family() == []
        up.start()
        assert up.api.run(run_id)["state_type"] == "COMPLETED"


def test_a_run_that_outlasts_the_grace_is_cancelled_and_nothing_stays_running(tmp_path: Path) -> None:
    with up_in(tmp_path / "home", "--grace", "2") as up, busy(up.home):
        run_id = up.api.start("ingest/alpha")
        up.api.wait(run_id, "RUNNING")
        waiting = up.api.start("ingest/alpha")  # only now: of two that are due, either may take the slot
        assert up.stop() == 0
        assert up.family() == []
        up.start()
        assert up.api.run(run_id)["state_type"] == "CANCELLED"
        assert [run["id"] for run in going_on(up)] in ([], [waiting]), "the one that waited for its slot comes next"


def test_a_second_ctrl_c_stops_at_once(tmp_path: Path) -> None:
    with up_in(tmp_path / "home", "--grace", "600") as up, busy(up.home):
        run_id = up.api.start("ingest/alpha")
        up.api.wait(run_id, "RUNNING")
        up.signal(signal.SIGINT)
        time.sleep(4)
        up.signal(signal.SIGINT)
        assert up.process is not None
        assert up.process.wait(90) == 0
        assert up.family() == []


def test_a_terminal_that_is_gone_leaves_nothing_behind_and_nohup_is_heeded(tmp_path: Path) -> None:
    with up_in(tmp_path / "home") as up:
        assert up.stop() == 0
        read_end, write_end = os.pipe()
        up.process = subprocess.Popen(
            ["nohup", *up.words], env=up.env, cwd=CHECKOUT, stdout=write_end, stderr=write_end, start_new_session=True
        )
        os.close(write_end)
        with os.fdopen(read_end, encoding="utf-8") as terminal:
            until(lambda: "up: the dashboard" in terminal.readline(), 120)
        up.signal(signal.SIGHUP)
        up.api.wait(up.api.start("ingest/alpha"))
        assert not up.ended(), "a hang-up means nothing under nohup"
        up.signal(signal.SIGINT, group=True)
        up.process.wait(60)
        assert up.family() == []


def test_it_listens_on_loopback_alone_and_wider_only_with_a_password(tmp_path: Path) -> None:
    others = {
        address.address
        for addresses in psutil.net_if_addrs().values()
        for address in addresses
        if address.family == socket.AF_INET and not address.address.startswith("127.")
    }
    with up_in(tmp_path / "home") as up:
        for address in others:
            with socket.socket() as probe:
                probe.settimeout(2)
                assert probe.connect_ex((address, up.port)) != 0, address

    secret = "analyst:correct horse"
    with up_in(tmp_path / "open", "--host", "0.0.0.0", PREFECT_SERVER_API_AUTH_STRING=secret) as up:
        url = f"{up.api.url}/flows/filter"
        assert httpx.post(url, json={}).status_code == 401
        assert httpx.post(url, json={}, auth=("analyst", "correct horse")).is_success
        assert up.api.wait(up.api.start("ingest/alpha"))["state_type"] == "COMPLETED"
        status = up.communique("status", "--json")
        assert json.loads(status.stdout)["operation"]["schedules"], status.stdout
        landed = up.communique("ingest", SAMPLES / "bare.jsonl", "--json")
        assert landed.returncode == 0, landed.stderr
        assert any(not run["deployment_id"] for run in up.api.runs()), "the command line's run is there too"
        shut_out = {name: value for name, value in up.env.items() if "AUTH" not in name}
        refused = communique("ingest", SAMPLES / "bare.jsonl", "--home", up.home, env=shut_out)
        assert refused.returncode == 1
        assert "the Prefect server refused with status 401. Set PREFECT_API_AUTH_STRING" in refused.stderr
        written = [(up.home / "server.json").read_text("utf-8"), up.text(), status.stdout]
        written += [log.read_text("utf-8", "replace") for log in (up.home / "logs").iterdir()]
        assert not any("correct horse" in text for text in written)


def test_without_up_status_and_deploy_say_what_to_do(tmp_path: Path) -> None:
    env = environment(PREFECT_HOME=str(tmp_path / "prefect"))
    done = communique("deploy", "--home", tmp_path / "home", env=env)
    assert done.returncode == 1
    assert "no Prefect server answers. Set PREFECT_API_URL, or start server and schedules" in done.stderr
