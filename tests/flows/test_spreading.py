"""Batches are read ahead: in order, counted once, a bounded number at a time; an error costs nothing before it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from homes import NOW, line, mission_page, public_tables, write_lines

from flows.batches import Batch, batched
from flows.line import ahead, ingest
from flows.loading.load import load
from flows.pool import ReadingPool
from flows.registry import catalogue_of
from flows.run import ingest as ingest_paths
from flows.running import Run, running
from flows.settings import settings
from flows.spreading import DEPTH, Lot, Readings, Spread, Work, in_thread, read_lot
from parsers import Page
from parsers.errors import ConfigError, HomeUnwritable, InputMalformed, ServiceError
from warehouse.known import captures_from
from warehouse.runs import Summary, summary

OF_RUNS = ("landed_at", "warc_file", "warc_offset")


class Here(ReadingPool):
    """A pool that reads in this process and keeps what it was asked for: no test waits for another."""

    def __init__(self) -> None:
        super().__init__(1)
        self.read: list[bytes] = []

    def each(self, work: Any, items: Any) -> list[Any]:
        self.read += [item.raw for item in items if isinstance(item, Page)]
        return [work.do(item) for item in items]


@pytest.fixture
def homes(tmp_path: Path) -> Iterator[Any]:
    with ExitStack() as stack:

        def opened(name: str = "home", spread: Any = in_thread) -> Run:
            chosen = settings({"home": tmp_path / name, "batch_size": 2}, {})
            run = stack.enter_context(running(chosen, catalogue_of(chosen), now=NOW))
            vars(run)["pool"] = Here()
            run.spread = spread and stack.enter_context(spread(run))
            return run

        yield opened


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Nine looks, in five batches of two; the same look, body or input comes again in the next batch."""
    looks = [(1, "A."), (1, "B."), (1, "A."), (2, "A."), (2, "B."), (3, "B."), (3, "C."), (1, "C."), (4, "C.")]
    lines = [
        line(mission_page(body=text), url=f"https://a.example/{n % 3}.html", captured_at=f"2020-05-0{day}T00:00:00Z")
        for n, (day, text) in enumerate(looks)
    ]
    return write_lines(tmp_path / "pages.jsonl", [*lines, lines[3], lines[8]])


def batches(run: Run, path: Path) -> Iterator[Batch]:
    return batched(load([path], run.known_file), run.settings.batch_size)


def ended(run: Run, path: Path) -> tuple[Summary, dict[str, Any], int, list[bytes]]:
    total = summary(ingest(run, batches(run, path)))
    bodies = sum(file.stat().st_size for file in (run.home / "archive").glob("*"))
    return total, public_tables(run.home, OF_RUNS), bodies, run.pool.read  # type: ignore[attr-defined]


def test_what_comes_again_in_flight_is_counted_kept_and_read_once(homes: Any, pages: Path) -> None:
    total, tables, size, once = ended(homes("plain", None), pages)
    again, same, as_large, read_once = ended(homes("ahead"), pages)
    assert (total.read, total.unchanged > 2) == (11, True)
    assert again == total
    assert same == tables
    assert sorted(read_once) == sorted(once)
    assert abs(as_large - size) < 100, "gzip writes the run's id more or less tightly; a body more would be seen"


def test_a_bounded_number_is_in_flight_and_lands_in_order(homes: Any, pages: Path) -> None:
    run = homes()
    asked: list[int] = []

    def counted() -> Iterator[Batch]:
        for batch in batches(run, pages):
            asked.append(batch.number)
            yield batch

    seen = [(batch.number, len(asked)) for batch in ahead(run, counted())]
    assert seen == [(number, min(number + DEPTH, 6)) for number in range(1, 7)]


def test_an_error_in_the_middle_lands_what_came_before(homes: Any, pages: Path) -> None:
    run = homes()

    def breaking() -> Iterator[Batch]:
        for batch in batches(run, pages):
            if batch.number == 3:
                raise InputMalformed("it broke off")
            yield batch

    with pytest.raises(InputMalformed):
        ingest(run, breaking())
    assert len(captures_from(run.store, "FROM captures")) == 4


def test_what_cannot_be_archived_ahead_is_tried_again_in_its_turn(
    homes: Any, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = homes()
    write, calls = run.archive.write, []

    def full_once(looks: Any, kept: Any) -> Any:
        calls.append(len(looks))
        if len(calls) == 2:
            raise HomeUnwritable("the disk is full")
        return write(looks, kept)

    monkeypatch.setattr(run.archive, "write", full_once)
    assert summary(ingest(run, batches(run, pages))).read == 11
    assert calls[1] == calls[2], "the very batch"


@pytest.mark.parametrize("when", ["submitted", "answered"])
def test_what_a_cluster_cannot_read_is_read_here_and_said(homes: Any, pages: Path, when: str) -> None:
    said: list[str] = []

    def submit(name: str, work: Work) -> Work:
        def lost() -> Readings:
            raise ServiceError("the cluster is gone")

        return lost() if when == "submitted" else lost

    run = homes(spread=None)
    run.spread = Spread(submit, lambda: run.pool, far=True, say=said.append)
    total, tables, _, _ = ended(run, pages)
    assert (total, tables) == ended(homes("plain", None), pages)[:2]
    assert said[0] == "`read 1: 2 pages` failed on the cluster and is done here: ServiceError: the cluster is gone"


def test_a_worker_reads_from_the_archive_and_refuses_to_read_by_other_parsers(
    homes: Any, pages: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sent: list[Lot] = []

    def submit(_: str, work: Work) -> Work:
        assert isinstance(work, partial)
        sent.append(work.args[0])
        return partial(read_lot, work.args[0], Here())

    run = homes(spread=None)
    run.spread = Spread(submit, lambda: run.pool, far=True)
    ingest(run, batches(run, pages))
    assert [lot.bodies for lot in sent] == [{}] * len(sent), "no page travels"
    monkeypatch.setattr("flows.spreading._threads", lambda: 1)
    monkeypatch.setattr("flows.spreading._pool", lambda *_: Here())
    moved = Lot(tmp_path / "elsewhere", sent[0].captures, {}, 1, sent[0].revisions)
    monkeypatch.setenv("COMMUNIQUE_HOME", str(run.home))
    assert len(read_lot(moved).by_input) == 2, "a worker may have HOME under another path"
    other = Lot(run.home, sent[0].captures, {}, 1, {**(sent[0].revisions or {}), None: "another"})
    with pytest.raises(ConfigError, match="other parsers than the run"):
        read_lot(other)


def test_a_pool_that_is_closed_starts_no_process() -> None:
    pool = ReadingPool(1)
    pool.close()
    with pytest.raises(CancelledError):
        pool.read_all([Page(b"x")])
    assert pool._pool is None


@pytest.mark.parametrize("word", ["dask", "dask:", "dask:host", "dask:http://host:1", "threads", "dask:tcp://h"])
def test_a_runner_is_a_thread_or_an_address(word: str) -> None:
    with pytest.raises(ConfigError, match="must be `thread` or as in"):
        settings({"runner": word}, {})


def test_a_cluster_reads_for_flow_runs_alone(tmp_path: Path) -> None:
    assert settings({}, {"COMMUNIQUE_RUNNER": "dask:tcp://host:8786"}).cluster == "tcp://host:8786"
    assert settings({}, {}).cluster is None
    with pytest.raises(ConfigError, match="for flow runs alone"):
        ingest_paths([tmp_path], flow=False, home=tmp_path / "home", runner="dask:tcp://127.0.0.1:1")
