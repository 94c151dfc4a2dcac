"""A ministry of 10,000 releases with every fault at a twentieth of them, and fifty kills."""

from __future__ import annotations

import random
import re
import subprocess
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from threading import Thread

import psutil
import pytest
from crawling import Site, kill_after, site
from ministry import closest, fault_of, overlaps
from ministry.faults import Fault
from ministry.table import OUTCOME, TABLE, shared

pytestmark = pytest.mark.acceptance

MANY = 10_000
SHARE = 0.05
DELAY = 0.02
SLOW = ["silent once", "silent for good", "stalls", "drips"]  # each attempt lasts as long as the crawl's patience
LARGE = ["large", "without end", "a bomb"]  # megabytes to read: with little patience a busy machine calls it a timeout
# Every fault at a twentieth is more than all releases: the table is met in three ministries.
NAMES = [fault["name"] for fault, _ in TABLE]
QUICK = [name for name in NAMES if name not in SLOW + LARGE]
PARTS: list[tuple[list[str], int, float]] = [  # faults, releases, seconds for a page
    (QUICK[0::2], MANY, 10),
    (QUICK[1::4] + LARGE, MANY // 10, 10),
    (QUICK[3::4] + SLOW, MANY // 10, 1),
]


def wanted(here: Site, count: int, faults: list[Fault]) -> dict[str, str]:
    """The outcome of each page, by its URL."""
    names = {n: (fault_of(n, faults) or {"name": ""})["name"] for n in range(1, count + 1)}
    return {here.ministry.release_url(n, spread=True): OUTCOME.get(name, "ok") for n, name in names.items()}


def unreadable(count: int, faults: list[Fault]) -> int:
    return sum((fault_of(n, faults) or {"name": ""})["name"] == "no text" for n in range(1, count + 1))


def test_the_three_ministries_have_every_fault() -> None:
    assert sorted(name for names, _, _ in PARTS for name in names) == sorted(NAMES)


def meet(folder: Path, names: list[str], count: int, seconds: float) -> int:
    """Crawl such a ministry and see that all that can be reached landed once; the most bytes that a process held."""
    faults = shared(SHARE, *names)
    with site(folder, count, faults, spread=True, ports=[0] * 13) as here:
        peak = largest(here.command(rests="0s", fetch_seconds=f"{seconds:g}", workers="2"))
        outcomes = here.outcomes()
        assert outcomes == wanted(here, count, faults)
        ok = sum(outcome == "ok" for outcome in outcomes.values()) - unreadable(count, faults)
        assert here.rows("SELECT sum(new_count) FROM source_runs") == [(ok,)]
        assert here.rows("SELECT count(*), count(DISTINCT release_id), count(DISTINCT url) FROM releases") == [
            (ok, ok, ok)
        ]
        log = here.ministry.log()
        assert overlaps(log) == 0
        assert {(fault_of(n, faults) or {"name": ""})["name"] for n in range(1, count + 1)} >= set(names)
        here.ministry.clear_log()
        assert here.crawl(looks_a_run=0).read == 0
        assert [each["path"] for each in here.ministry.log()] == ["/news/default.shtml"]
    return peak


@pytest.mark.parametrize(("names", "count", "seconds"), PARTS[1:], ids=["large", "slow"])
def test_all_that_can_be_reached_lands_once_and_all_else_has_its_outcome(
    tmp_path: Path, names: list[str], count: int, seconds: float
) -> None:
    meet(tmp_path, names, count, seconds)


def test_ten_thousand_land_so_and_need_no_more_memory_than_a_thousand(tmp_path: Path) -> None:
    (tmp_path / "few").mkdir()
    (tmp_path / "many").mkdir()
    names, _, seconds = PARTS[0]
    few = meet(tmp_path / "few", names, MANY // 10, seconds)
    many = meet(tmp_path / "many", names, MANY, seconds)
    assert many < 1.5 * few, (few, many)


def test_requests_to_a_host_never_overlap_and_never_come_closer_than_the_delay(tmp_path: Path) -> None:
    names = [name for name in NAMES if name not in SLOW + LARGE]
    faults = shared(0.02, *names)
    with site(tmp_path, 400, faults, spread=True, ports=[0] * 4, entry={"delay": DELAY}) as here:
        here.crawl(rests="0s", fetch_seconds=0.5)
        log = here.ministry.log()
        assert len(log) > 400
        assert overlaps(log) == 0
        assert closest(log) >= DELAY


def test_fifty_kills_at_random_instants_lose_nothing(tmp_path: Path) -> None:
    faults = shared(0.05, "gone", "moved", "reset once", "a page that says so", "breaks off for good")
    chance = random.Random(50)
    with site(tmp_path, 3000, faults) as here:
        struck = runs = 0
        while struck < 50 and runs < 200:
            runs += 1
            struck += kill_after(here.command(fetch_seconds="2", rests="0s"), chance.uniform(0.3, 1.5))
        assert struck == 50
        assert not kill_after(here.command(fetch_seconds="2", rests="0s"), 600)
        outcomes = here.outcomes()
        assert outcomes == {
            here.ministry.release_url(n): OUTCOME.get((fault_of(n, faults) or {"name": ""})["name"], "ok")
            for n in range(1, 3001)
        }
        ok = sum(outcome == "ok" for outcome in outcomes.values())
        assert here.rows("SELECT count(*), count(DISTINCT url), max(versions) FROM releases") == [(ok, ok, 1)]
        asked = Counter(each["path"] for each in here.ministry.log() if each["path"].startswith("/news/t"))
        plain = [n for n in range(1, 3001) if fault_of(n, faults) is None]
        twice = sum(asked[f"/news/t{n}.shtml"] - 1 for n in plain)
        assert twice <= struck, "at most the request that a kill broke off is made again"
        assert not list((here.home / "archive").glob("*.open"))


def largest(process: subprocess.Popen[str]) -> int:
    """The most that one process of a command held, in bytes; `ru_maxrss` would begin with what pytest itself held."""
    peak = 0
    Thread(target=process.communicate).start()  # a full pipe would stop it
    while process.poll() is None:
        with suppress(psutil.Error, OSError):
            family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
            for each in family:
                held = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{each.pid}/status").read_text())
                peak = max(peak, int(held[1]) * 1024 if held else 0)
        time.sleep(0.05)
    return peak
