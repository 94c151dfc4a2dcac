"""Two workers of one pool, PostgreSQL behind the server: no run is lost or doubled, and neither ends the other's."""

from __future__ import annotations

import re
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from filelock import FileLock
from homes import line, mission_page, public_tables, write_lines
from operating import Joined, Up, communique, environment, free_port, joined_to, until, up_in
from postgres import Server, postgres
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL, temporary_settings

from flows.operate.database import reach_database
from parsers.errors import CommuniqueError

pytestmark = pytest.mark.server

SMALL = ("beta", "gamma", "delta", "epsilon", "zeta")
SOURCES = ("alpha", *SMALL, "held", "elsewhere", "forsaken")
PAGES = 1500  # of alpha: enough that its run goes on when it is killed
FEW = 30
SECRET = "analyst:correct-horse"
URL = "PREFECT_API_DATABASE_CONNECTION_URL"
RAN = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with postgres(tmp_path_factory.mktemp("database")) as server:
        yield server


@pytest.fixture(scope="module")
def up(database: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    address = database.url(database.create("prefect"), "postgresql+asyncpg")
    told = {URL: address, "PREFECT_SERVER_API_AUTH_STRING": SECRET}
    with up_in(tmp_path_factory.mktemp("several") / "home", ids=SOURCES, **told) as running:
        yield running


@pytest.fixture(scope="module")
def second(up: Up) -> Iterator[Joined]:
    with joined_to(up) as running:
        yield running


@pytest.fixture(scope="module")
def of_a_third(up: Up, second: Joined) -> dict[str, str]:
    """Runs that workers of other machines took: one goes on there, one has not begun and its worker is gone."""
    return {
        name: up.api.create(f"ingest/{name}", state={"type": state}, labels={"prefect.worker.name": f"third-{name}"})
        for name, state in (("elsewhere", "RUNNING"), ("forsaken", "PENDING"))
    }


@contextmanager
def taken_by(one: Up, other: Up, deployment: str) -> Iterator[str]:
    """A run that `one` takes while the other's worker sleeps."""
    sleeper = other.named("worker", "start")
    sleeper.suspend()
    try:
        run_id = one.api.start(deployment)
        one.api.wait(run_id, "RUNNING", seconds=120)
    finally:
        sleeper.resume()
    yield run_id


@contextmanager
def held(up: Up) -> Iterator[FileLock]:
    """Somebody else writes to HOME: runs go on, waiting."""
    lock = FileLock(up.home / "writer.lock", thread_local=False)
    with lock.acquire(timeout=60):
        yield lock


def takers(up: Up, *run_ids: str) -> list[str]:
    return [up.api.run(run_id)["labels"]["prefect.worker.name"] for run_id in run_ids]


def ends(up: Up, run_id: str) -> list[str]:
    """The states in which a run ended, one for each time it did."""
    states = up.api.ask("GET", f"/flow_run_states/?flow_run_id={run_id}")
    return [state["type"] for state in sorted(states, key=lambda each: each["timestamp"]) if state["type"] in RAN]


def fill(home: Path, source: str, count: int) -> None:
    folder = home / source
    folder.mkdir(exist_ok=True)
    write_lines(folder / "pages.jsonl", (page(source, number) for number in range(count)))


def page(source: str, number: int) -> dict[str, Any]:
    text = mission_page(f"Envoy {number} Meets Envoy", f"The two sides met on day {number} of {source}.")
    return line(text, url=f"https://envoys.example/{source}/{number}.html", captured_at="2026-01-02T03:04:05Z")


def archived(home: Path) -> int:
    return sum(file.stat().st_size for file in (home / "archive").glob("*"))


def test_a_dozen_runs_on_two_workers_one_killed_in_the_middle_and_run_again(
    up: Up, second: Joined, of_a_third: dict[str, str], tmp_path: Path
) -> None:
    fill(up.home, "alpha", PAGES)
    for source in SMALL:
        fill(up.home, source, FEW)
    before = archived(up.home)
    with taken_by(second, up, "ingest/alpha") as killed:
        until(lambda: archived(up.home) > before, 60, every=0.02, what="a batch is on disk")
        for process in (second.named("worker", "start"), *second.run_family(killed)):
            process.kill()
    others = [up.api.start(f"ingest/{source}") for source in SMALL * 2]
    assert up.api.wait(killed, "CRASHED", "COMPLETED")["state_type"] == "CRASHED"
    up.api.set_state(killed, "SCHEDULED", "AwaitingRetry")

    runs = [up.api.wait(run_id, seconds=240) for run_id in (killed, *others)]
    assert [run["state_type"] for run in runs] == ["COMPLETED"] * 11
    assert ends(up, killed) == ["CRASHED", "COMPLETED"]
    assert [ends(up, run_id) for run_id in others] == [["COMPLETED"]] * 10
    by = Counter(takers(up, killed, *others))
    assert len(by) == 2, by
    assert second.worker in by

    left_out = ("landed_at", "warc_file", "warc_offset")
    plain = tmp_path / "plain"
    plain.mkdir()
    for source in ("alpha", *SMALL):
        shutil.copytree(up.home / source, plain / source)
    env = {name: value for name, value in up.env.items() if not name.startswith("PREFECT")}
    assert communique("ingest", "alpha", *SMALL, "--home", plain, env=env).returncode == 0
    expected = public_tables(plain, left_out)
    assert len(expected["releases"]) == PAGES + FEW * len(SMALL)
    assert public_tables(up.home, left_out) == expected

    again = tmp_path / "again"
    shutil.copytree(up.home / "archive", again / "archive")
    assert communique("reparse", "--home", again, env=env).returncode == 0
    assert public_tables(again, left_out) == expected, "the archive alone has it all"


def test_the_first_stops_and_comes_back_while_the_second_works(up: Up, second: Joined) -> None:
    with held(up), taken_by(second, up, "ingest/held") as run_id:
        worker, process = second.named("worker", "start"), second.process_of(run_id)
        assert up.stop() == 0
        assert up.family() == []
        until(lambda: "does not answer; waiting for it" in second.text(), 30)
        assert worker.is_running()
        assert process.is_running()
    up.start()
    until(lambda: "answers again" in second.text(), 30)
    ended = up.api.wait(run_id, seconds=120)
    assert (ended["state_type"], ended["run_count"]) == ("COMPLETED", 1)
    assert ends(up, run_id) == ["COMPLETED"]
    assert worker.is_running(), "it waited, too"
    later = up.api.start("ingest/beta")
    assert up.api.wait(later)["state_type"] == "COMPLETED", "the pool is open again"


def test_the_second_stops_while_the_first_works(up: Up, second: Joined) -> None:
    with held(up), taken_by(second, up, "ingest/held") as run_id:
        second.signal(signal.SIGINT, group=True)
        until(lambda: "may go on for 60 s" in second.text(), 30)
        others = up.api.start("ingest/beta")
        up.api.wait(others, "RUNNING")
        assert takers(up, others) != [second.worker], "it takes no more; the first does"
        assert up.api.run(run_id)["state_type"] == "RUNNING"
        assert not second.ended()
    assert second.process is not None
    assert second.process.wait(60) == 0
    assert second.family() == []
    assert ends(up, run_id) == ["COMPLETED"]
    assert up.api.wait(others)["state_type"] == "COMPLETED"


def test_what_outlasts_the_grace_of_the_second_is_cancelled_and_what_had_not_begun_is_due_again(
    up: Up, second: Joined
) -> None:
    second.stop()
    with joined_to(up, "--grace", "1") as brief, held(up), taken_by(brief, up, "ingest/held") as run_id:
        label = {"prefect.worker.name": brief.worker}  # as one that it took and did not come to start
        waiting = up.api.create("ingest/beta", state={"type": "PENDING"}, labels=label)
        assert brief.stop() == 0
        assert brief.family() == []
        assert up.api.wait(run_id)["state_type"] == "CANCELLED"
        assert up.named("worker", "start").is_running()
    assert up.api.wait(waiting)["state_type"] == "COMPLETED"
    assert takers(up, waiting) != [second.worker]


def test_runs_of_other_machines_are_theirs(up: Up, of_a_third: dict[str, str]) -> None:
    assert up.api.wait(of_a_third["forsaken"], seconds=120)["state_type"] == "CRASHED", "nobody would begin it"
    assert up.api.run(of_a_third["elsewhere"])["state_type"] == "RUNNING", "after all that ended here meanwhile"


def test_who_does_not_know_the_password_of_the_server_is_refused(up: Up, second: Joined) -> None:
    shut_out = {name: value for name, value in second.env.items() if "AUTH" not in name}
    done = communique("up", "--join", up.api.url, "--home", up.home.parent / "other", env=shut_out)
    assert done.returncode == 1
    assert re.search(r"401 Unauthorized.*PREFECT_API_AUTH_STRING", done.stderr), done.stderr


def test_the_password_of_the_database_is_told_to_the_server_alone(up: Up, second: Joined, database: Server) -> None:
    written = [up.text(), second.text()]
    written += [file.read_text("utf-8", "replace") for file in up.home.rglob("*.log")]
    written += [file.read_text("utf-8") for file in up.home.rglob("*.json")]
    written += [" ".join(process.cmdline()) for process in psutil.process_iter() if process.status() != "zombie"]
    assert not any(word in text for text in written for word in (database.password, SECRET))
    assert database.password in up.named("server", "start").environ()[URL]
    assert URL not in up.named("worker", "start").environ()


def test_a_database_that_cannot_be_used_is_said_in_a_sentence(
    database: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.create("asked")
    good = database.url("asked", "postgresql+asyncpg")
    monkeypatch.setenv(URL, "as below")
    with temporary_settings({PREFECT_API_DATABASE_CONNECTION_URL: good}):
        reach_database()
    where = f"PostgreSQL at 127.0.0.1:{database.port}: "
    nobody = free_port()
    unusable = f"{URL}: the address of the database cannot be used. Write postgresql+asyncpg://"
    wrong = good.replace(database.password, "wrong-word")
    for address, said in {
        good.replace(str(database.port), str(nobody)): f"PostgreSQL at 127.0.0.1:{nobody}: it does not answer (",
        wrong: where + f"it refuses user and password. Mend {URL}",
        good + "s": where + "it has no database `askeds`. Make it once with `createdb`",
        good.replace("+asyncpg", ""): unusable,
        good.replace(database.password, "wrong-word@half"): unusable,
        "postgres": unusable,
    }.items():
        with (
            temporary_settings({PREFECT_API_DATABASE_CONNECTION_URL: address}),
            pytest.raises(CommuniqueError) as caught,
        ):
            reach_database()
        assert str(caught.value).startswith(said)
        assert not re.search(rf"{database.password}|wrong-word|half", str(caught.value))

    env = environment(**{URL: wrong})
    done = communique("up", "--home", tmp_path, "--port", str(free_port()), env=env)
    assert done.returncode == 1
    assert f"communique: {where}it refuses user and password" in done.stderr
    assert not re.search("Traceback|wrong-word", done.stdout + done.stderr)
