"""The pool: a page that kills or stops its worker is quarantined alone, and no other is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from homes import SAMPLES

from flows.pool import CHUNK_BYTES, Reading, ReadingPool, Work
from parsers import Page, Release, Unread, read
from parsers.errors import ParseError
from warehouse.home import PUBLISHED


def hostile(page: Page) -> Reading:
    """Reads, but for pages that say what they do to their reader."""
    if b"KILL" in page.raw:
        os.kill(os.getpid(), signal.SIGKILL)
    if b"LOOP" in page.raw:
        while True:
            pass
    if b"STUCK" in page.raw:  # as C code would be: no alarm gets through
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
        time.sleep(60)
    if b"EAT" in page.raw:
        bytearray(64 * 1024**3)
    return read(page)


def pages(*words: str) -> list[Page]:
    return [Page(f"Home > News\nTitle {word}\n\nA body: {word}.\n\nPrint".encode(), "text/plain") for word in words]


def said(readings: list[Reading]) -> list[str]:
    return [each.title if isinstance(each, Release) else each.error for each in readings]


def test_readings_keep_the_order_of_their_pages() -> None:
    with ReadingPool(2) as pool:
        readings = pool.read_all(pages(*map(str, range(60))))
    assert said(readings) == [f"Title {n}" for n in range(60)]


@pytest.mark.acceptance
def test_a_page_that_kills_its_worker_is_alone_in_quarantine() -> None:
    with ReadingPool(2, reader=hostile) as pool:
        readings = pool.read_all(pages("a", "b", "KILL", "c", "d", "KILL", "e"))
        assert said(readings) == ["Title a", "Title b", "ParserKilled", "Title c", "Title d", "ParserKilled", "Title e"]
        assert said(pool.read_all(pages("f"))) == ["Title f"], "the pool goes on"


def test_a_page_that_never_ends_is_stopped() -> None:
    with ReadingPool(1, page_seconds=0.5, reader=hostile) as pool:
        assert said(pool.read_all(pages("a", "LOOP", "b"))) == ["Title a", "ParserTimeout", "Title b"]


@pytest.mark.acceptance
def test_a_page_that_no_alarm_stops_is_ended_with_its_worker() -> None:
    with ReadingPool(1, page_seconds=0.4, reader=hostile) as pool:
        assert said(pool.read_all(pages("a", "STUCK", "b"))) == ["Title a", "ParserTimeout", "Title b"]


def three(number: int) -> int:
    """As C code that looks at no signal, or as code with a fault; else twice the number."""
    if number == 3:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
        time.sleep(60)
    if number == 5:
        raise OverflowError
    return 2 * number


def nothing(_: ParseError) -> int:
    return -1


def large(_: int) -> int:
    return CHUNK_BYTES + 1


@pytest.mark.acceptance
def test_what_waits_behind_an_item_that_is_stuck_is_done_all_the_same() -> None:
    with ReadingPool(2, page_seconds=0.5) as pool:
        found = pool.each(Work(three, nothing, large), list(range(12)))
    assert found == [-1 if number in (3, 5) else 2 * number for number in range(12)]


def test_a_page_that_eats_memory_is_refused_it() -> None:
    with ReadingPool(1, reader=hostile) as pool:
        readings = pool.read_all(pages("a", "EAT", "b"))
    assert said(readings) == ["Title a", "ParserKilled", "Title b"]
    assert isinstance(readings[1], Unread)
    assert "memory" in readings[1].reason


@pytest.mark.acceptance
def test_workers_do_not_outlive_a_parent_that_was_killed() -> None:
    script = """
import sys, time
from flows.pool import ReadingPool
from parsers import Page
with ReadingPool(2) as pool:
    pool.read_all([Page(b"Home > News\\nTitle\\n\\nA body.\\n\\nPrint", "text/plain")] * 60)
    print("read", flush=True)
    time.sleep(60)
"""
    words = [sys.executable, "-c", script]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "read\n"
        family = psutil.Process(parent.pid).children(recursive=True)
        assert len(family) >= 3, "two workers and those that start and track them"
        parent.kill()
    _, left = psutil.wait_procs(family, timeout=10)
    assert left == []


def test_a_script_without_its_guard_is_told_so_and_no_page_is_blamed(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from pathlib import Path\nfrom flows.run import ingest\n"
        f"ingest([Path({str(SAMPLES)!r})], home=Path({str(tmp_path / 'home')!r}), flow=False)\n",
        "utf-8",
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "if __name__ == '__main__':" in done.stderr.splitlines()[-1]
    assert not (tmp_path / "home" / PUBLISHED).exists()
