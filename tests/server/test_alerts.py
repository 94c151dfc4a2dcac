"""Told at once, and once: what reaches a webhook when a run fails, is late or dies, or a source is held."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from homes import line, mission_page, rows, write_lines
from ministry import pages
from operating import Up, until, up_in
from sink import NASTY, QUIET, SECRET, SOON, Sink, busy, listening, page_of, spoilt

from flows.operate.watch import SURE_SECONDS

pytestmark = pytest.mark.server

IDS = ("alpha", "inbox", "narrow")  # the shipped `inbox` is due every 15 minutes: it would mix in


def odd_pages(path: Path, first: int) -> None:
    """Four pages of a layout that the source `narrow` does not name."""
    path.parent.mkdir(exist_ok=True)
    odd = [
        mission_page(f"Envoy meets envoy {number}", f"They met on day {number}.") for number in range(first, first + 4)
    ]
    write_lines(path, [line(page) for page in odd])


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
