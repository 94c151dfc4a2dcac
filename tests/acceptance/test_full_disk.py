"""A disk that is full at each step: said in one line, the old picture stays, and the next run with room puts it right.

HOME lies on a small disk of its own (tmpfs), with a little more room each time, until there is enough. It
takes root to mount one.
"""

from __future__ import annotations

import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from crawling import site
from homes import CHECKOUT
from keeping import archived, bodies_stand, differences, landed, published, tables, write_parts
from killing import Commands, Course

from parsers.errors import HomeUnwritable
from warehouse.home import FILE

pytestmark = pytest.mark.acceptance

ROOM = 1 << 30  # bytes: enough
POINTS = 12  # at which the disk is full, of one command; most where there is little room: archive and land take little
PAGE = 4096
RELEASES = 60  # that a part of the input brings


class SmallDisk:
    """A disk whose size may be changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def __enter__(self) -> SmallDisk:
        words = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(self.folder)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"no small disk can be mounted: {done.stderr.strip()}")
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    def leave(self, room: int) -> None:
        """Have so many bytes free."""
        size = shutil.disk_usage(self.folder).used + room
        subprocess.run(["mount", "-o", f"remount,size={size}", str(self.folder)], check=True, capture_output=True)

    def grow(self) -> None:
        subprocess.run(["mount", "-o", f"remount,size={ROOM}", str(self.folder)], check=True, capture_output=True)

    def begin_with(self, home: Path) -> Path:
        """Empty it, and put a copy of a HOME on it."""
        self.grow()
        here = self.folder / "home"
        shutil.rmtree(here, ignore_errors=True)
        shutil.copytree(home, here)
        return here


@dataclass
class Case:
    """A command on a HOME as it stands before.

    Attributes:
        run: runs it in a HOME.
        expected: tables of a HOME in which it found room at once.
    """

    before: Path
    run: Callable[[Path], Course]
    expected: dict[str, list[tuple[object, ...]]]


@pytest.fixture
def commands(tmp_path: Path) -> Iterator[Commands]:
    with Commands(CHECKOUT, tmp_path) as running:
        yield running


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with SmallDisk(tmp_path / "disk") as mounted:
        yield mounted


def case(before: Path, run: Callable[[Path], Course]) -> Case:
    whole = before.with_name("whole")
    shutil.copytree(before, whole)
    course = run(whole)
    assert course.exit in (0, 3), course.said
    return Case(before, run, tables(whole))


def sweep(disk: SmallDisk, case: Case) -> Counter[str]:
    """Run with a little more room each time, until it is enough; says in which steps it was not."""
    needed = _needed(disk, case)
    failed: Counter[str] = Counter()
    for point in range(POINTS):
        home = disk.begin_with(case.before)
        before, shown = landed(home), published(home)
        disk.leave(needed * point**2 // POINTS**2 // PAGE * PAGE)
        course = case.run(home)
        if course.exit in (0, 3):
            continue
        failed[" > ".join(dict.fromkeys(course.inside)) or "elsewhere"] += 1
        _is_said(course)
        disk.grow()
        assert shown <= published(home)
        assert before | course.landed <= landed(home)
        again = case.run(home)
        assert again.exit in (0, 3), again.said
        assert not differences(tables(home), case.expected), f"point {point}: {course.said}"
        bodies_stand(home, archived(home))
    print(f"DISK needs {needed} bytes; full in {dict(failed)}")
    return failed


def _needed(disk: SmallDisk, case: Case) -> int:
    """Bytes of room with which it succeeds, to a quarter."""
    room = 1 << 21
    while True:
        home = disk.begin_with(case.before)
        disk.leave(room)
        if case.run(home).exit in (0, 3):
            return room
        room = room * 5 // 4


def _is_said(course: Course) -> None:
    assert course.exit == 1, course.said
    assert len(course.said.splitlines()) == 1, course.said
    assert "cannot be written" in course.said
    assert course.said.strip().endswith(HomeUnwritable.advice)


def test_while_it_ingests(disk: SmallDisk, commands: Commands, tmp_path: Path) -> None:
    first, second = write_parts(tmp_path / "input", 2, RELEASES)
    run = partial(commands.run, "ingest", second, batch_size="25")
    (second / "a.html").write_bytes(random.Random(1).randbytes(400_000))  # the archive cannot make it smaller
    before = tmp_path / "before"
    assert commands.run("ingest", first, "--home", before).exit == 3
    failed = sweep(disk, case(before, lambda home: run("--home", home)))
    assert {"archive", "land", "publish"} <= set(failed)


@pytest.mark.long
def test_while_it_reads_again(disk: SmallDisk, commands: Commands, tmp_path: Path) -> None:
    before = tmp_path / "before"
    assert commands.run("ingest", *write_parts(tmp_path / "input", 2, RELEASES), "--home", before).exit == 3
    (before / FILE).unlink()
    failed = sweep(disk, case(before, lambda home: commands.run("reparse", "--home", home, batch_size="50")))
    assert {"reparse > land", "reparse > publish"} <= set(failed)


@pytest.mark.long
def test_while_it_lands_what_a_killed_run_left(disk: SmallDisk, commands: Commands, tmp_path: Path) -> None:
    with site(tmp_path, 150) as here:
        here.crawl(limit=60)
        here.crawl()
        (*_, left) = sorted((here.home / "archive").glob("*.warc.gz"))
        left.rename(left.with_name(f"{left.name}.open"))
        before = tmp_path / "before"
        here.home.rename(before)
        (before / FILE).unlink()
        words = ("upkeep", "--sources", here.sources)
        failed = sweep(disk, case(before, lambda home: commands.run(*words, "--home", home, batch_size="50")))
    assert any(step.startswith("recovered") for step in failed)
