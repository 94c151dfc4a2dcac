"""Killed with -9: a run, its worker, both, `up` itself. The dead run is marked, the next one starts in time."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psutil
import pytest
from filelock import FileLock
from homes import ingest_into, line, mission_page, public_tables, rows, write_lines
from operating import Up, end, free_port, until, up_in

from flows.operate.dashboard import asking, connected, speaking
from flows.operate.runs import going_on, mark_dead
from parsers.errors import ServiceError

pytestmark = pytest.mark.server

SOON = 60  # seconds after its due time within which the next run must have started
PAGES = 8000  # enough that it goes on when it is killed


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with up_in(tmp_path_factory.mktemp("kills") / "home") as running:
        yield running


@contextmanager
def held_up(up: Up) -> Iterator[str]:
    """A run that goes on in here, since somebody else writes to HOME."""
    with FileLock(up.home / "writer.lock", timeout=60):
        run_id = up.api.start("ingest/alpha")
        up.api.wait(run_id, "RUNNING", seconds=120)
        yield run_id


def starts_in_time(up: Up, due_at: float) -> None:
    run_id = up.api.start("ingest/alpha")
    up.api.wait(run_id, "RUNNING", "COMPLETED", seconds=120)
    assert time.monotonic() - due_at < SOON
    assert up.api.wait(run_id)["state_type"] == "COMPLETED"


def kill(*processes: psutil.Process) -> None:
    for process in processes:
        process.kill()


def test_a_run(up: Up) -> None:
    with held_up(up) as run_id:
        kill(*up.run_family(run_id)[:1], up.process_of(run_id))
    due_at = time.monotonic()
    assert up.api.wait(run_id)["state_type"] == "CRASHED"
    starts_in_time(up, due_at)
    assert up.run_family(run_id) == []


def test_the_worker(up: Up) -> None:
    with held_up(up) as run_id:
        kill(up.named("worker", "start"))
        due_at = time.monotonic()
        until(lambda: "the worker died; starting it again" in up.text(), 30)
        assert up.run_family(run_id), "its run goes on without it"
    assert up.api.wait(run_id)["state_type"] == "COMPLETED"
    starts_in_time(up, due_at)


def test_both(up: Up) -> None:
    with held_up(up) as run_id:
        kill(up.named("worker", "start"), *up.run_family(run_id))
    starts_in_time(up, time.monotonic())
    dead = up.api.run(run_id)
    assert dead["state_type"] == "CRASHED"
    assert "Its process is gone" in dead["state"]["message"]


def test_the_server(up: Up) -> None:
    kill(up.named("server", "start"))
    due_at = time.monotonic()
    until(lambda: "the server died; starting it again" in up.text(), 30)
    until(up.api.answers, 60)
    starts_in_time(up, due_at)


def test_a_run_that_somebody_retried_meanwhile_is_not_marked(up: Up) -> None:
    with held_up(up) as run_id, asking(up.api.url) as client:
        seen = client.read_flow_run(UUID(run_id)).model_copy(update={"state_id": uuid4()})
        assert mark_dead(client, [seen], "gone") == []
    assert up.api.wait(run_id)["state_type"] == "COMPLETED"


def test_who_asks_often_learns_soon_that_nobody_answers() -> None:
    begun = time.monotonic()
    with connected(f"http://127.0.0.1:{free_port()}/api") as client, pytest.raises(ServiceError), speaking():
        going_on(client)
    assert time.monotonic() - begun < SOON / 2, "by itself Prefect's client tries for a minute"


def test_a_run_that_never_got_its_process(up: Up) -> None:
    run_id = up.api.start("ingest/inbox")
    up.api.set_state(run_id, "PENDING")  # as a worker does that dies before it starts the process
    assert up.api.run(run_id)["state_type"] == "PENDING"
    dead = up.api.wait(run_id, "CRASHED", "COMPLETED", seconds=120)
    assert dead["state_type"] == "CRASHED"


def test_a_run_of_another_worker_is_left_to_it(up: Up) -> None:
    ours = up.named("worker", "start")
    words = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "communique"]
    elsewhere = {**up.env, "PREFECT_API_URL": up.api.url.replace("127.0.0.1", "localhost")}
    ours.suspend()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    other = subprocess.Popen(words, env=elsewhere, start_new_session=True, **quiet)
    try:
        with held_up(up) as run_id:
            time.sleep(16)  # longer than the watch waits for a process of its own
            assert up.api.run(run_id)["state_type"] == "RUNNING"
        assert up.api.wait(run_id)["state_type"] == "COMPLETED"
    finally:
        end(other)
        ours.resume()


def test_up_itself_with_its_run(up: Up) -> None:
    with held_up(up) as run_id:
        before = {process.pid for process in up.family()}
        assert up.process is not None
        kill(psutil.Process(up.process.pid), *up.run_family(run_id))
        up.process.wait(10)
    due_at = time.monotonic()
    status = up.communique("status")
    assert "`communique up` was killed: run it again" in status.stdout
    up.start()
    assert "an earlier `up` was killed" in up.text()
    assert not before & {process.pid for process in up.family()}, "what was left is ended"
    starts_in_time(up, due_at)
    assert up.api.run(run_id)["state_type"] == "CRASHED"


def test_up_and_all_that_it_started(up: Up) -> None:
    with held_up(up) as run_id:
        kill(*up.family())
        assert up.process is not None
        up.process.wait(10)
    due_at = time.monotonic()
    up.start()
    starts_in_time(up, due_at)
    assert up.api.run(run_id)["state_type"] == "CRASHED"


@pytest.mark.parametrize("how", ["cancel", "kill"])
def test_cancelled_or_killed_in_the_middle_then_retried_the_tables_are_those_of_one_run(
    up: Up, how: str, tmp_path: Path
) -> None:
    inbox = up.home / "beta"
    inbox.mkdir(exist_ok=True)
    pages = write_lines(inbox / f"{how}.jsonl", map(partial(page, how), range(PAGES)))
    before = archived(up)
    run_id = up.api.start("ingest/beta")
    until(lambda: archived(up) > before, 60, every=0.02, what="a batch is on disk")
    if how == "cancel":
        up.api.set_state(run_id, "CANCELLING")
    else:
        kill(up.process_of(run_id))
    ended = up.api.wait(run_id, "CANCELLED" if how == "cancel" else "CRASHED", seconds=60)
    assert ended["state_type"] in ("CANCELLED", "CRASHED")
    until(lambda: not up.run_family(run_id), 30, what="its pool is gone, too")

    up.api.set_state(run_id, "SCHEDULED", "AwaitingRetry")
    # A killed run may keep its slot until the lease of 300 s ends; the next goes on by itself then.
    again = up.api.wait(run_id, "COMPLETED", "FAILED", seconds=420)
    assert again["state_type"] == "COMPLETED", again["state"]
    assert again["run_count"] == 2
    left_out = ("landed_at", "warc_file", "warc_offset")
    ingest_into(tmp_path / "plain", pages)
    plain = {row[0] for row in rows(tmp_path / "plain", "SELECT release_id FROM releases")}
    here = {row[0] for row in rows(up.home, "SELECT release_id FROM releases")}
    assert plain <= here
    texts = "SELECT release_id, text_sha256, versions FROM releases ORDER BY ALL"
    assert [row for row in rows(up.home, texts) if row[0] in plain] == rows(tmp_path / "plain", texts)
    assert len(rows(up.home, "SELECT capture_id FROM captures")) == len(here), "nothing is doubled"
    assert public_tables(up.home, left_out)["quarantine"] == []


def page(how: str, number: int) -> dict[str, Any]:
    text = mission_page(f"Envoy {number} Meets Envoy", f"The two sides met on day {number} of {how}.")
    return line(text, url=f"https://envoys.example/{how}/{number}.html", captured_at="2026-01-02T03:04:05Z")


def archived(up: Up) -> int:
    return sum(file.stat().st_size for file in (up.home / "archive").glob("*"))
