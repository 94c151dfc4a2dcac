"""Reading on a real Dask cluster, under a real Prefect server: the same tables, whoever dies meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from clusters import Cluster, cluster, kill_family
from homes import CHECKOUT, line, mission_page, public_tables, rows, write_lines
from hostile_reader import KILLS, WAITING, WAITS
from mixing import lines
from operating import Api, bare_server, free_port, until

pytestmark = pytest.mark.server

PAGES = 1200
BATCH = 48  # 240 pages a task: five tasks
# Where bodies lie hangs on the size of a batch; the name of the file is a run's.
OF_ARCHIVE = ("landed_at", "warc_file", "warc_offset")
PRELOAD = ("--preload", "hostile_reader", "--no-nanny")


@dataclass
class Place:
    """A server, pages, and the tables that a run without a cluster makes of them."""

    api: Api
    env: dict[str, str]
    pages: Path
    tables: dict[str, list[tuple[Any, ...]]]


def run(env: dict[str, str], *words: str | Path) -> subprocess.CompletedProcess[str]:
    """The command line, whose pages are read by a reader that some harm."""
    with starting(env, *words) as process:
        out, err = process.communicate(timeout=200)
    return subprocess.CompletedProcess(words, process.returncode, out, err)


@contextmanager
def starting(env: dict[str, str], *words: str | Path) -> Iterator[subprocess.Popen[str]]:
    script = "import hostile_reader; from flows.cli import main; main()"
    told = [sys.executable, "-c", script, *map(str, words)]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(told, cwd=CHECKOUT, env=env, **pipes) as process:
        try:
            yield process
        finally:
            process.kill()  # where a test failed it may not end


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("place")
    made = [*lines(PAGES)]
    for at, word in ((PAGES // 2, KILLS), (PAGES // 3, WAITS)):
        url = f"https://made.example/{word.decode()}.shtml"
        made.insert(at, line(mission_page(word.decode()), url=url, captured_at="2024-05-01T00:00:00Z"))
    pages = write_lines(folder / "pages.jsonl", made)
    with bare_server(folder / "prefect") as (api, env):
        ours = f"{CHECKOUT}:{CHECKOUT / 'tests'}"
        env |= {"COMMUNIQUE_BATCH_SIZE": str(BATCH), "COMMUNIQUE_WORKERS": "1", "PYTHONPATH": ours}
        done = run(env, "ingest", pages, "--home", folder / "thread", "--json")
        assert done.returncode == 3, done.stderr
        guilty = rows(folder / "thread", "SELECT url FROM quarantine WHERE error = 'ParserKilled'")
        assert guilty == [(made[PAGES // 2 + 1]["url"],)]
        yield Place(api, env, pages, public_tables(folder / "thread", OF_ARCHIVE))


@pytest.fixture
def dask(place: Place, tmp_path: Path) -> Iterator[Cluster]:
    env = {**place.env, WAITING: str(tmp_path / "waits")}
    with cluster(tmp_path / "dask", env, *PRELOAD) as there:
        yield there


def tasks(api: Api) -> dict[str, str]:
    (last,) = api.runs(sort="START_TIME_DESC", limit=1)
    found = api.ask("POST", "/task_runs/filter", {"flow_runs": {"id": {"any_": [last["id"]]}}})
    return {each["name"]: each["state_type"] for each in found}


def test_two_workers_give_the_tables_of_one_process(place: Place, dask: Cluster, tmp_path: Path) -> None:
    (tmp_path / "waits").touch()  # nobody waits
    home = tmp_path / "home"
    done = run(place.env, "ingest", place.pages, "--home", home, "--runner", f"dask:{dask.address}", "--json")
    assert done.returncode == 3, done.stderr
    assert "done here" not in done.stderr
    assert public_tables(home, OF_ARCHIVE) == place.tables
    said = dask.said("worker")
    read = [said.count(f"'read {number}: 240 pages' - Finished") for number in range(1, 6)]
    assert read == [1] * 5, said
    assert all("- Finished" in log.read_text() for log in dask.folder.glob("worker*.log")), "both workers read"
    sizes = [*enumerate([240] * 5 + [2], 1)]
    names = {f"{word} {number}: {count} pages" for number, count in sizes for word in ("batch", "read")}
    until(lambda: set(tasks(place.api).values()) == {"COMPLETED"}, 30)
    assert set(tasks(place.api)) == names | {"publish"}, "two tasks a batch, never a task a page"

    again = run(place.env, "reparse", "--home", home, "--runner", f"dask:{dask.address}", "--json")
    assert json.loads(again.stdout)["texts_changed"] == 0, again.stderr
    assert json.loads(again.stdout)["read"] == PAGES + 2
    assert public_tables(home, OF_ARCHIVE) == place.tables


def killed(place: Place, dask: Cluster, home: Path, *, both: bool) -> str:
    """What a run says, of whose workers one or both are killed while one reads."""
    with starting(place.env, "ingest", place.pages, "--home", home, "--runner", f"dask:{dask.address}") as process:
        waits = home.parent / "waits"
        until(lambda: waits.exists() and waits.read_text(), 100, what="a worker has the page that waits")
        if both:
            victims = dask.workers
        else:
            reading = {int(pid) for pid in waits.read_text().split()}
            victims = [each for each in dask.workers if each.pid in reading]
        assert victims
        for worker in victims:
            kill_family(worker)
        _, said = process.communicate(timeout=200)
    assert process.returncode == 3, said
    assert public_tables(home, OF_ARCHIVE) == place.tables
    return said


def test_a_worker_that_is_killed_in_mid_task(place: Place, dask: Cluster, tmp_path: Path) -> None:
    assert "done here" not in killed(place, dask, tmp_path / "home", both=False)


def test_all_workers_are_killed(place: Place, dask: Cluster, tmp_path: Path) -> None:
    said = killed(place, dask, tmp_path / "home", both=True)
    assert "is done here: ServiceError" in said
    assert "no worker any more" in said


def test_a_worker_that_may_start_no_processes_says_how_it_may(place: Place, tmp_path: Path) -> None:
    small = write_lines(tmp_path / "small.jsonl", lines(3))
    with cluster(tmp_path / "dask", place.env, "--nanny", workers=1) as there:
        done = run(place.env, "ingest", small, "--home", tmp_path / "home", "--runner", f"dask:{there.address}")
    assert (done.returncode, done.stdout.split(",")[1]) == (0, " new 3"), done.stderr
    assert "DASK_DISTRIBUTED__WORKER__DAEMON=False" in done.stderr


def test_without_its_cluster_a_run_reads_by_itself_and_says_so(place: Place, tmp_path: Path) -> None:
    small = write_lines(tmp_path / "small.jsonl", lines(3))
    nobody = f"dask:tcp://127.0.0.1:{free_port()}"
    done = run(place.env, "ingest", small, "--home", tmp_path / "home", "--runner", nobody)
    assert (done.returncode, done.stdout.split(",")[1]) == (0, " new 3"), done.stderr
    assert "no Dask scheduler answers" in done.stderr
