"""Told at once, and once: what reaches a webhook when a run fails, is late or dies, or a source is held."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from filelock import FileLock
from homes import CHECKOUT, SAMPLES, line, mission_page, rows, write_lines
from ministry import pages
from operating import Api, Up, communique, environment, free_port, sources_file, until, up_in

from flows.operate.alerts import SILENT
from flows.operate.watch import SURE_SECONDS

pytestmark = pytest.mark.server

SECRET = "T0KEN-that-nobody-reads"
SOON = 60  # seconds within which an alert must have come
QUIET = 6  # seconds in which no second one may come
NASTY = """it's "{{ 7 * 7 }}" {% raw %} \\ }} </script> & ü\n`alpha`"""
TELLING = (
    "communique: a run failed",
    "communique: a run is late",
    "communique: a source is held",
    "communique: a source needs a look",
)
DEAD = "communique: a run died"
IDS = ("alpha", "inbox", "narrow")  # the shipped `inbox` is due every 15 minutes: it would mix in


@dataclass(frozen=True)
class Post:
    """One request that reached the sink."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def said(self) -> dict[str, str]:
        words: dict[str, str] = json.loads(self.body)
        return words


@dataclass
class Sink:
    """A web server on loopback that keeps what it is sent."""

    posts: list[Post] = field(default_factory=list)
    slams: bool = False
    """Whether it closes the connection without an answer, as a service that is down does."""
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/{SECRET}"

    def one(self, quiet: float = QUIET) -> Post:
        """The one request that came; fails where none comes, or a second one within `quiet` seconds."""
        until(lambda: self.posts, SOON, what="an alert")
        time.sleep(quiet)
        assert len(self.posts) == 1, self.posts
        return self.posts.pop()

    def none(self, quiet: float = QUIET) -> None:
        time.sleep(quiet)
        assert self.posts == []


@contextmanager
def listening() -> Iterator[Sink]:
    sink = Sink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            sink.posts.append(Post(self.command, self.path, headers, body))
            if sink.slams:
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        do_GET = do_PUT = do_POST

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    sink.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@contextmanager
def busy(home: Path) -> Iterator[None]:
    """Somebody else writes to HOME: a run waits for as long as this lasts."""
    lock = FileLock(home / "writer.lock", thread_local=False)
    with lock.acquire(timeout=60):
        yield


@contextmanager
def spoilt(home: Path) -> Iterator[None]:
    """The writer's file is no DuckDB file."""
    file, kept = home / "warehouse.duckdb", home / "kept.duckdb"
    home.mkdir(parents=True, exist_ok=True)
    if file.exists():
        file.replace(kept)
    file.write_bytes(b'no "DuckDB" file {' * 1000)
    try:
        yield
    finally:
        file.unlink()
        if kept.exists():
            kept.replace(file)


def odd_pages(path: Path, first: int) -> None:
    """Four pages of a layout that the source `narrow` does not name."""
    path.parent.mkdir(exist_ok=True)
    odd = [
        mission_page(f"Envoy meets envoy {number}", f"They met on day {number}.") for number in range(first, first + 4)
    ]
    write_lines(path, [line(page) for page in odd])


def page_of(run_id: str, api: Api) -> str:
    """The page of a run in the dashboard, which is there."""
    url = f"{api.url.removesuffix('/api')}/runs/flow-run/{run_id}"
    assert httpx.get(url, headers={"Accept": "text/html"}).is_success, url
    return url


# ---- under `communique up` -------------------------------------------------------------------------------------


@dataclass
class Told:
    up: Up
    sink: Sink


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    home = tmp_path_factory.mktemp("alerts") / "home"
    with listening() as sink, up_in(home, ids=IDS, COMMUNIQUE_ALERT_URL=sink.url) as up:
        sources = Path(up.env["COMMUNIQUE_SOURCES"])
        sources.write_text(sources.read_text("utf-8") + 'layouts = ["mfa_en"]\n', "utf-8")
        yield Told(up, sink)


@pytest.fixture
def told(running: Told) -> Told:
    running.sink.posts.clear()
    running.sink.slams = False
    return running


def waiting(up: Up) -> str:
    """A run of `alpha` that goes on, as long as HOME is busy."""
    run_id = up.api.start("ingest/alpha")
    up.api.wait(run_id, "RUNNING")
    until(lambda: up.run_family(run_id), 30)
    return run_id


def test_a_failed_run_is_told_once_whatever_its_name(told: Told) -> None:
    up, sink = told.up, told.sink
    with spoilt(up.home):
        with busy(up.home):
            run_id = waiting(up)
            up.api.ask("PATCH", f"/flow_runs/{run_id}", {"name": NASTY})
        assert up.api.wait(run_id)["state_name"] == "Failed"
        post = sink.one()
    assert (post.method, post.path) == ("POST", f"/hooks/{SECRET}")
    assert post.headers["content-type"].startswith("application/json"), "many services read nothing else"
    said = post.said()
    assert set(said) == {"text", "event", "url"}
    assert f"run `{NASTY}` is Failed" in said["text"]
    assert "warehouse.duckdb" in said["text"], "why"
    assert said["event"] == "prefect.flow-run.Failed"
    assert said["url"] == page_of(run_id, up.api)


def test_a_run_that_failed_by_a_wrong_setting_says_what_is_wrong(told: Told) -> None:
    up, sink = told.up, told.sink
    sources = Path(up.env["COMMUNIQUE_SOURCES"])
    right = sources.read_text("utf-8")
    sources.write_text(right.replace('"mfa_en"', '"no-such-layout"'), "utf-8")
    try:
        run_id = up.api.start("ingest/alpha")
        assert up.api.wait(run_id)["state_type"] == "FAILED"
    finally:
        sources.write_text(right, "utf-8")
    said = sink.one().said()
    assert "run `ingest alpha` is Failed" in said["text"]
    assert "there is no layout `no-such-layout`" in said["text"]


def test_a_run_that_went_well_is_not_told(told: Told) -> None:
    assert told.up.api.wait(told.up.api.start("ingest/alpha"))["state_type"] == "COMPLETED"
    told.sink.none()


def test_a_held_source_is_told_once_and_stays_an_incident(told: Told) -> None:
    up, sink = told.up, told.sink
    odd_pages(up.home / "narrow" / "first.jsonl", 0)
    first = up.api.wait(up.api.start("ingest/narrow"))
    assert (first["state_type"], first["name"]) == ("COMPLETED", "narrow: 4 quarantined, held")
    post = sink.one()
    assert post.headers["content-type"].startswith("application/json")
    said = post.said()
    assert set(said) == {"text", "event", "url"}
    assert "source `narrow` is held: 4 of 4 pages of a run are in no layout that the source names" in said["text"]
    assert "run `communique reparse narrow`" in said["text"]
    assert said["event"] == "communique.source.held"
    incidents = "SELECT source, kind FROM incidents WHERE closed_at IS NULL"
    assert rows(up.home, incidents) == [("narrow", "hold")]

    odd_pages(up.home / "narrow" / "second.jsonl", 4)
    second = up.api.wait(up.api.start("ingest/narrow"))
    assert second["state_type"] == "COMPLETED"
    assert "held" in second["name"]
    sink.none()
    assert rows(up.home, incidents) == [("narrow", "hold")]


def some_without_breadcrumb(path: Path, first: int, having: int, lacking: int = 0) -> None:
    """Pages of one layout; a breadcrumb that was always there is missing on some of them."""
    path.parent.mkdir(exist_ok=True)
    raws = [pages.release(number) for number in range(first, first + having + lacking)]
    raws[having:] = [raw.replace(b'<div class="urhere">', b"<div>") for raw in raws[having:]]
    write_lines(path, map(line, raws))


def test_a_source_that_needs_a_look_is_told_once_and_goes_on(told: Told) -> None:
    up, sink = told.up, told.sink
    some_without_breadcrumb(up.home / "alpha" / "first.jsonl", 0, 150)
    up.api.wait(up.api.start("ingest/alpha"))
    some_without_breadcrumb(up.home / "alpha" / "second.jsonl", 150, 14, 7)
    second = up.api.wait(up.api.start("ingest/alpha"))
    assert (second["state_type"], second["name"]) == ("COMPLETED", "alpha: 21 new"), "it is not held"
    said = sink.one().said()
    assert set(said) == {"text", "event", "url"}
    assert "source `alpha`, fill: 7 of the 21 latest pages in layout `mfa_en` have no breadcrumb" in said["text"]
    assert "communique show RELEASE --evidence" in said["text"]
    assert said["event"] == "communique.source.incident"
    assert up.communique("status").returncode == 4

    some_without_breadcrumb(up.home / "alpha" / "third.jsonl", 171, 3)
    up.api.wait(up.api.start("ingest/alpha"))
    sink.none()


def test_a_late_run_is_told_once(told: Told) -> None:
    up, sink = told.up, told.sink
    deployment = up.api.deployments()["ingest/alpha"]["id"]
    due = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    state = {"type": "SCHEDULED", "state_details": {"scheduled_time": due}}
    up.api.ask("PATCH", "/work_pools/communique", {"is_paused": True})
    try:
        run_id = up.api.ask("POST", f"/deployments/{deployment}/create_flow_run", {"state": state})["id"]
        name = up.api.run(run_id)["name"]
        said = sink.one(quiet=12).said()  # the server looks for late runs every 5 s
        assert up.api.run(run_id)["state_name"] == "Late"
    finally:
        up.api.ask("PATCH", "/work_pools/communique", {"is_paused": False})
    assert f"ingest/alpha, run `{name}` is Late" in said["text"]
    assert said["event"] == "prefect.flow-run.Late"
    assert said["url"] == page_of(run_id, up.api)
    assert up.api.wait(run_id)["state_type"] == "COMPLETED"
    sink.none()


@pytest.mark.parametrize("how", ["alone", "with its worker", "while its worker sleeps"])
def test_a_killed_run_is_told_once_though_worker_and_watch_both_see_it(told: Told, how: str) -> None:
    up, sink = told.up, told.sink
    with busy(up.home):
        run_id = waiting(up)
        worker = up.named("worker", "start")
        if how == "while its worker sleeps":
            worker.suspend()
        dying = up.run_family(run_id)
        for process in [worker, *dying] if how == "with its worker" else dying:
            process.kill()
        assert up.api.wait(run_id)["state_name"] == "Crashed"
        if how == "while its worker sleeps":
            worker.resume()  # and it sees now what the watch has seen
        post = sink.one(quiet=SURE_SECONDS + QUIET)
    said = post.said()
    assert "run `ingest alpha` is Crashed" in said["text"]
    assert said["event"] == "prefect.flow-run.Crashed"
    assert said["url"] == page_of(run_id, up.api)


def test_the_url_is_a_secret_also_where_nobody_answers_there(told: Told) -> None:
    up, sink = told.up, told.sink
    sink.slams = True
    with spoilt(up.home):
        assert up.api.wait(up.api.start("ingest/alpha"))["state_type"] == "FAILED"
        until(lambda: sink.posts, SOON, what="an attempt")
        time.sleep(QUIET)
    written = {"up": up.text(), "server.json": (up.home / "server.json").read_text("utf-8")}
    for log in (up.home / "logs").iterdir():
        written[log.name] = log.read_text("utf-8", "replace")
    assert "Action failed" in written["server.log"], "it was tried and failed"
    for words in (("deploy",), ("deploy", "--json"), ("status",), ("status", "--json"), ("status", "narrow")):
        done = up.communique(*words)
        assert done.returncode in (0, 4), done.stderr
        written[" ".join(words)] = done.stdout + done.stderr
    for what, path, body in (
        ("blocks", "/block_documents/filter", {}),
        ("automations", "/automations/filter", {}),
        ("deployments", "/deployments/filter", {}),
        ("events", "/events/filter", {"filter": {"event": {"prefix": ["prefect.automation"]}}}),
    ):
        written[what] = json.dumps(up.api.ask("POST", path, body))
    assert [what for what, text in written.items() if SECRET in text] == []


# ---- on a bare Prefect server ----------------------------------------------------------------------------------


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
