"""The flow on a real Prefect server: a readable run, a table artifact, retries of what is transient."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from homes import CHECKOUT, SAMPLES, ingest_into, public_tables
from operating import Api, bare_server, communique

from flows.operate.where import server_url
from parsers import LAYOUTS

pytestmark = pytest.mark.server


@dataclass
class Server:
    api: Api
    environment: dict[str, str]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with bare_server(tmp_path_factory.mktemp("prefect")) as (api, env):
        yield Server(api, env)


def test_where_a_server_answers_the_run_appears_there(server: Server, tmp_path: Path) -> None:
    home = tmp_path / "home"
    done = communique("ingest", SAMPLES, "--home", home, "--json", env=server.environment)
    assert done.returncode == 0, done.stderr
    plain = ingest_into(tmp_path / "plain", SAMPLES)
    assert json.loads(done.stdout)["new"] == plain.new, "standard output is the answer and nothing else"
    (run,) = server.api.runs(sort="START_TIME_DESC", limit=1)
    assert run["name"] == f"{plain.new} new, {plain.changed} edited"
    assert run["state_type"] == "COMPLETED"
    names = {"flow_runs": {"id": {"any_": [run["id"]]}}}
    found = server.api.ask("POST", "/task_runs/filter", names)
    assert (run["tags"], {tag for task in found for tag in task["tags"]}) == (["communique"], set())
    tasks = {task["name"] for task in found}
    (reading,) = [name for name in tasks if name.startswith("read 1: ")]
    assert tasks == {f"batch 1: {plain.read} pages", reading, "publish"}, "two tasks a batch, never a task a page"
    (artifact,) = [each for each in server.api.artifacts(run["id"]) if each["key"] == "ingest-result"]
    assert artifact["type"] == "table"
    table = json.loads(artifact["data"])
    assert {row["layout"] for row in table} == {layout.name for layout in LAYOUTS}
    assert sum(row["read"] for row in table) == plain.read
    # The same line: the same tables as without Prefect.
    left_out = ("landed_at", "warc_file", "warc_offset")
    assert public_tables(home, left_out) == public_tables(tmp_path / "plain", left_out)


def test_what_is_transient_is_tried_again_and_nothing_else(server: Server, tmp_path: Path) -> None:
    script = """
import sys, flows.flow as flow
from collections import Counter
from parsers.errors import HomeUnwritable, ConfigError
flow.RETRY_SECONDS = 0
error, calls = {"transient": HomeUnwritable, "terminal": ConfigError}[sys.argv[1]], []
real = flow.take
def take(run, batch):
    calls.append(1)
    if len(calls) == 1:
        raise error("once")
    return real(run, batch)
flow.take = take
from flows.run import ingest
try:
    tally = ingest([sys.argv[2]], home=sys.argv[3], flow=True)
    print(sum(tally.values()), len(calls))
except ConfigError:
    print("failed", len(calls))
"""
    for kind, expected in (("transient", "3 2"), ("terminal", "failed 1")):
        words = [sys.executable, "-c", script, kind, str(SAMPLES / "bare.jsonl"), str(tmp_path / kind)]
        done = subprocess.run(words, cwd=CHECKOUT, env=server.environment, capture_output=True, text=True, check=False)
        assert done.stdout.strip() == expected, done.stderr


def test_a_run_that_lasts_shows_its_progress(server: Server, tmp_path: Path) -> None:
    script = """
import sys, flows.progress as progress
progress.SLOW = progress.EVERY = 0
from flows.run import ingest
ingest([sys.argv[1]], home=sys.argv[2], flow=True, batch_size=8)
"""
    words = [sys.executable, "-c", script, str(SAMPLES), str(tmp_path)]
    subprocess.run(words, cwd=CHECKOUT, env=server.environment, check=True, capture_output=True)
    (run,) = server.api.runs(sort="START_TIME_DESC", limit=1)
    (bar,) = [each for each in server.api.artifacts(run["id"]) if each["type"] == "progress"]
    assert float(bar["data"]) == 100


def test_a_run_that_hangs_is_stopped_and_holds_nothing(server: Server, tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from flows.flow import GIVEN, Given, ingest_flow
GIVEN.set(Given([Path(sys.argv[1])], {"home": sys.argv[2]}))
print(ingest_flow.with_options(timeout_seconds=3)(return_state=True).name)
"""
    home = tmp_path / "home"
    words = [sys.executable, "-c", script, str(SAMPLES / "bare.jsonl"), str(home)]
    home.mkdir()
    with FileLock(home / "writer.lock"):
        begun = time.monotonic()
        done = subprocess.run(words, cwd=CHECKOUT, env=server.environment, capture_output=True, text=True, check=False)
        assert done.stdout.strip() == "TimedOut", done.stderr
        assert time.monotonic() - begun < 40, "long before the lock's own patience ends"
    assert ingest_into(home, SAMPLES / "bare.jsonl").new == 3


def test_the_server_of_a_home_comes_first_and_one_that_is_gone_is_passed_over(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    assert server_url(tmp_path) is None
    (tmp_path / "server.json").write_text(json.dumps({"api_url": server.api.url}), "utf-8")
    assert server_url(tmp_path) == server.api.url
    (tmp_path / "server.json").unlink()
    (tmp_path / "profiles.toml").write_text(
        f'active = "mine"\n[profiles.mine]\nPREFECT_API_URL = "{server.api.url}"\n', "utf-8"
    )
    assert server_url(tmp_path) == server.api.url


def test_without_a_server_flow_starts_a_temporary_one(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment["HOME"] = str(tmp_path)
    done = communique(
        "ingest", SAMPLES / "bare.jsonl", "--home", tmp_path / "home", "--flow", "--json", env=environment
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["new"] == 3
    assert "Beginning flow run" in done.stderr
    assert not (tmp_path / ".prefect").exists(), "its database lies in HOME"
