"""Alerts on an operator's own Prefect server: registered once, through a URL or a block; silence means death there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from homes import CHECKOUT, SAMPLES
from operating import Api, communique, environment, free_port, sources_file, until
from sink import DEAD, SECRET, TELLING, Sink, busy, listening, page_of, spoilt

from flows.operate.alerts import SILENT

pytestmark = pytest.mark.server


@dataclass
class Bare:
    """A Prefect server that no `communique up` looks after."""

    api: Api
    env: dict[str, str]
    home: Path
    sink: Sink

    def deploy(self, *words: str, told: bool = True) -> subprocess.CompletedProcess[str]:
        more = {"COMMUNIQUE_ALERT_URL": self.sink.url} if told else {}
        return communique("deploy", "--home", self.home, *words, env={**self.env, **more})

    def deployed(self, *words: str, told: bool = True) -> dict[str, str]:
        """What became of each thing that was registered."""
        done = self.deploy(*words, "--json", told=told)
        assert done.returncode == 0, done.stderr
        return {each["name"]: each["change"] for each in json.loads(done.stdout)}

    def automations(self) -> dict[str, dict[str, Any]]:
        return {each["name"]: each for each in self.api.ask("POST", "/automations/filter", {})}

    def blocks(self) -> dict[str, str]:
        return {each["name"]: each["id"] for each in self.api.ask("POST", "/block_documents/filter", {})}

    def fail(self) -> str:
        """A run that fails, started from a terminal: it needs no worker. Its id."""
        home = self.home.parent / "failing"
        before = {run["id"] for run in self.api.runs()}
        with spoilt(home):
            done = communique("ingest", SAMPLES / "bare.jsonl", "--home", home, env=self.env)
        assert done.returncode == 1, done.stdout
        (run_id,) = {run["id"] for run in self.api.runs()} - before
        return str(run_id)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bare]:
    folder = tmp_path_factory.mktemp("bare")
    port = free_port()
    sources = sources_file(folder / "sources.toml", "alpha", "beta")
    env = environment(
        PREFECT_HOME=str(folder / "prefect"),
        PREFECT_API_URL=f"http://127.0.0.1:{port}/api",
        PREFECT_WORKER_QUERY_SECONDS="2",
        COMMUNIQUE_SOURCES=str(sources),
        COMMUNIQUE_WORKERS="1",
    )
    api = Api(env["PREFECT_API_URL"])
    words = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    # Most start it like that: it does not know its own address.
    without = {name: value for name, value in env.items() if name != "PREFECT_API_URL"}
    with listening() as sink, started(words, without, folder / "server.log"):
        until(api.answers, 120, what="the server answers")
        yield Bare(api, env, folder / "home", sink)


@pytest.fixture
def server(bare: Bare) -> Bare:
    """The server with nothing of ours that could tell, and an empty sink."""
    for automation in bare.automations().values():
        bare.api.ask("DELETE", f"/automations/{automation['id']}")
    bare.sink.posts.clear()
    return bare


@contextmanager
def started(words: list[str], env: Mapping[str, str], log: Path) -> Iterator[psutil.Process]:
    """A process that is gone afterwards, with all that it started."""
    with log.open("ab") as file:
        process = subprocess.Popen(words, env=dict(env), cwd=CHECKOUT, stdout=file, stderr=file, start_new_session=True)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(30)


def save_block(server: Bare, kind: str, saved_as: str, **said: Any) -> None:
    """A block that somebody made in the dashboard."""
    script = (
        "import json, sys; from prefect.blocks import notifications, webhook;"
        "kind, name, said = sys.argv[1:];"
        "found = getattr(webhook, kind, None) or getattr(notifications, kind);"
        "found(**json.loads(said)).save(name, overwrite=True)"
    )
    words = [sys.executable, "-c", script, kind, saved_as, json.dumps(said)]
    subprocess.run(words, env=server.env, cwd=CHECKOUT, check=True, capture_output=True, timeout=120)


def test_deployed_twice_nothing_changes_and_without_the_url_nobody_is_told(server: Bare) -> None:
    first = server.deployed()
    assert {first[name] for name in (*TELLING, DEAD)} == {"created"}
    automations, blocks = server.automations(), server.blocks()
    assert set(automations) == {*TELLING, DEAD}

    second = server.deployed()
    assert set(second.values()) == {"unchanged"}
    assert set(second) == set(first)
    assert server.automations() == automations, "not even touched"
    assert server.blocks() == blocks

    third = server.deployed(told=False)
    assert {third[name] for name in TELLING} == {"removed"}
    assert third[DEAD] == "unchanged"
    assert set(server.automations()) == {DEAD}
    assert server.automations()[DEAD]["id"] == automations[DEAD]["id"]
    server.fail()
    server.sink.none()
    assert set(server.deployed(told=False)) == set(first) - set(TELLING), "and now there is nothing to remove"


def test_a_failed_run_of_a_terminal_is_told_too(server: Bare) -> None:
    server.deployed()
    run_id = server.fail()
    said = server.sink.one().said()
    assert "is Failed" in said["text"]
    assert said["url"] == page_of(run_id, server.api)


def test_what_a_person_switched_off_stays_off(server: Bare) -> None:
    server.deployed()
    before = server.automations()
    off = TELLING[0]
    for name in (off, DEAD):
        server.api.ask("PATCH", f"/automations/{before[name]['id']}", {"enabled": False})
    assert set(server.deployed().values()) == {"unchanged"}
    save_block(server, "Webhook", "other", url=server.sink.url)
    changed = server.deployed("--alert-block", "webhook/other")
    assert {changed[name] for name in TELLING} == {"updated"}
    after = server.automations()
    assert {name: each["id"] for name, each in after.items()} == {name: each["id"] for name, each in before.items()}
    assert {name for name, each in after.items() if not each["enabled"]} == {off, DEAD}
    assert all(after[name]["actions"][0]["block_document_id"] == server.blocks()["other"] for name in TELLING)
    server.fail()
    server.sink.none()


def test_through_a_webhook_of_the_server(server: Bare) -> None:
    save_block(server, "Webhook", "ops", url=f"{server.sink.url}/ops", headers={"X-Who": "communique"})
    server.deployed("--alert-block", "webhook/ops", told=False)
    server.fail()
    post = server.sink.one()
    assert (post.path, post.headers["x-who"]) == (f"/hooks/{SECRET}/ops", "communique")
    assert "is Failed" in post.said()["text"]


def test_through_a_block_that_notifies(server: Bare) -> None:
    save_block(
        server,
        "CustomWebhookNotificationBlock",
        "chat",
        name="chat",
        url=f"{server.sink.url}/chat",
        json_data={"subject": "{{subject}}", "body": "{{body}}"},
    )
    server.deployed("--alert-block", "custom-webhook/chat", told=False)
    kinds = {name: each["actions"][0]["type"] for name, each in server.automations().items()}
    assert kinds == {**dict.fromkeys(TELLING, "send-notification"), DEAD: "change-flow-run-state"}
    run_id = server.fail()
    post = server.sink.one()
    assert post.path == f"/hooks/{SECRET}/chat"
    said = post.said()
    assert said["subject"] == "communique"
    assert "is Failed" in said["body"]
    assert "warehouse.duckdb" in said["body"]
    assert said["body"].splitlines()[-1] == page_of(run_id, server.api)


@pytest.mark.parametrize(
    ("block", "what"),
    [
        ("slack-webhook/nobody", r"the server has no block `slack-webhook/nobody`"),
        ("webhook/nobody", r"the server has no block `webhook/nobody`"),
        ("no-such-type/ops", r"the server has no block `no-such-type/ops`"),
        ("ops", r"the server has no block `ops`"),
        ("webhook/", r"the server has no block `webhook/`"),
        ("/ops", r"the server has no block `/ops`"),
        ("a/b/c", r"the server has no block `a/b/c`"),
        ("secret/mute", r"block `mute` can tell nobody"),
    ],
)
def test_a_block_that_cannot_tell_is_one_sentence(server: Bare, block: str, what: str) -> None:
    if block == "secret/mute":
        script = "from prefect.blocks.system import Secret; Secret(value='x').save('mute', overwrite=True)"
        subprocess.run([sys.executable, "-c", script], env=server.env, check=True, capture_output=True, timeout=120)
    done = server.deploy("--alert-block", block, told=False)
    assert done.returncode == 1
    assert re.fullmatch(rf"communique: `--alert-block`: {what}\. .+\n", done.stderr), done.stderr
    assert not set(server.automations()) & set(TELLING)


# The last: it takes two minutes.
@pytest.mark.acceptance
def test_a_run_that_died_with_its_worker_is_marked_and_told_once_and_one_that_waits_is_not(server: Bare) -> None:
    api, sink = server.api, server.sink
    server.deployed()
    done = communique("ingest", SAMPLES / "bare.jsonl", "--home", server.home, env=server.env)
    assert done.returncode == 0, done.stderr
    (ended,) = [run for run in api.runs() if run["state_type"] == "COMPLETED"]
    words = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "communique", "--type", "process"]
    with started(words, server.env, server.home.parent / "worker.log") as worker, busy(server.home):
        dead, alive = api.start("ingest/alpha"), api.start("ingest/beta")
        try:
            for run_id in (dead, alive):
                api.wait(run_id, "RUNNING")
                until(heartbeat(api, run_id), 60, what="a heartbeat")
            killed_at = time.monotonic()
            for process in (worker, *processes_of(dead)):
                process.kill()
            marked = api.wait(dead, seconds=SILENT.total_seconds() + 60)
            print(f"marked after {time.monotonic() - killed_at:.0f} s")
            assert marked["state_name"] == "Crashed"
            assert marked["state"]["message"] == "It died without a word: no heartbeat came any more"
            said = sink.one(quiet=45).said()  # longer than the other one's next heartbeat takes
            assert "run `ingest alpha` is Crashed. It died without a word" in said["text"]
            assert said["event"] == "prefect.flow-run.Crashed"
            assert said["url"] == page_of(dead, api)
            assert api.run(alive)["state_name"] == "Running", "it waits, and says so"
            assert api.run(ended["id"])["state_name"] == "Completed"
        finally:
            for process in processes_of(alive):
                process.kill()


def heartbeat(api: Api, run_id: str) -> Callable[[], bool]:
    wanted = {"event": {"name": ["prefect.flow-run.heartbeat"]}, "resource": {"id": [f"prefect.flow-run.{run_id}"]}}
    return lambda: bool(api.ask("POST", "/events/filter", {"filter": wanted})["events"])


def processes_of(run_id: str) -> list[psutil.Process]:
    """The processes of a flow run."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.uids().real == os.getuid() and process.environ().get("PREFECT__FLOW_RUN_ID") == run_id:
                found.append(process)
        except psutil.Error:
            continue
    return found
