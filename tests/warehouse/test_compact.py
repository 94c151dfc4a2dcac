"""Space and upkeep: what is unused is given back, nothing else changes; one set of rows a run; who waits is told."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from homes import CHECKOUT, NOW, ingest_into, line, mission_page, public_tables, rows, write_lines

import warehouse
from flows.batches import batched
from flows.line import take
from flows.loading.load import load
from flows.registry import catalogue_of
from flows.running import running
from flows.settings import Settings
from flows.upkeep import Upkeep, maintain
from warehouse.compact import Space, bytes_said, compact, sizes
from warehouse.home import FILE, PUBLISHED
from warehouse.lock import writer_lock
from warehouse.runs import Tally, note_run
from warehouse.store import STORAGE, Store

LEFT = f".{FILE}.compact"


def pages(path: Path, *numbers: int) -> Path:
    address = "http://aa.china-embassy.org/{}.htm"
    return write_lines(path, [line(mission_page(body=f"Number {n}."), url=address.format(n)) for n in numbers])


def fragment(home: Path) -> int:
    """Leave a hole in the writer's file that no later row happens to fill; says how large the file is."""
    with duckdb.connect(str(home / FILE)) as file:
        file.execute("CREATE TABLE hole AS SELECT md5(i::VARCHAR) AS x FROM range(100000) numbers(i)")
        file.execute("CHECKPOINT")
        file.execute("CREATE TABLE behind AS FROM texts")
        file.execute("CHECKPOINT")
        file.execute("DROP TABLE hole")
        file.execute("CHECKPOINT")
        file.execute("DROP TABLE texts")
        file.execute("ALTER TABLE behind RENAME TO texts")
        file.execute("CHECKPOINT")
    return (home / FILE).stat().st_size


def kept(home: Path) -> dict[str, Any]:
    """All rows of the writer's file, with what its tables and columns say of themselves."""
    with duckdb.connect(str(home / FILE), read_only=True) as file:
        names = [row[0] for row in file.execute("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall()]
        found: dict[str, Any] = {name: file.execute(f"FROM {name} ORDER BY ALL").fetchall() for name in names}
        said = "SELECT table_name, comment, sql FROM duckdb_tables() ORDER BY ALL"
        columns = "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
        return {**found, "tables": file.execute(said).fetchall(), "columns": file.execute(columns).fetchall()}


def tables(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    with warehouse.connect(home):  # held open, so that the queries do not open it anew
        return public_tables(home)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    ingest_into(tmp_path / "home", pages(tmp_path / "a.jsonl", 1, 2))
    return tmp_path / "home"


def settings(home: Path) -> Settings:
    return Settings(home=home, workers=1)


def upkeep(home: Path) -> Upkeep:
    return maintain(settings(home), catalogue_of(settings(home)), now=datetime.now(UTC))


@pytest.mark.acceptance
def test_a_file_with_unused_space_shrinks_and_loses_nothing(home: Path, tmp_path: Path) -> None:
    before = fragment(home)
    rows_before, shown = kept(home), tables(home)
    space = compact(home, floor=1)
    assert (space.before, space.after) == (before, (home / FILE).stat().st_size)
    assert space.freed > before // 4
    assert kept(home) == rows_before
    assert not (home / LEFT).exists()
    (home / PUBLISHED).unlink()
    assert upkeep(home).published
    assert tables(home) == shown
    assert ingest_into(home, pages(tmp_path / "b.jsonl", 2, 3)).new == 1, "it is written on"
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{home / FILE}' AS file (READ_ONLY)")
        sql = "SELECT tags FROM duckdb_databases() WHERE database_name = 'file'"
        ((tags,),) = connection.execute(sql).fetchall()
        assert STORAGE.removesuffix(".0") in tags["storage_version"]


def test_a_file_without_unused_space_is_left_alone(home: Path) -> None:
    before = (home / FILE).stat()
    assert compact(home, floor=1) == Space(before.st_size, before.st_size)
    assert (home / FILE).stat().st_ino == before.st_ino


def test_a_small_file_is_left_alone_whatever_is_unused(home: Path) -> None:
    size = fragment(home)
    before = (home / FILE).stat().st_ino
    assert compact(home) == Space(size, size)
    assert compact(home, floor=size + 1) == Space(size, size)
    assert (home / FILE).stat().st_ino == before
    assert compact(home, floor=size).freed > 0


@pytest.mark.parametrize("floor", [1, 1 << 40])
def test_what_a_killed_copy_left_is_removed(home: Path, floor: int) -> None:
    fragment(home)
    before = kept(home)
    (home / LEFT).write_bytes(b"half a copy")
    compact(home, floor=floor)
    assert not (home / LEFT).exists()
    assert kept(home) == before


def test_a_copy_killed_in_the_middle_leaves_the_file_and_the_next_one_is_whole(home: Path) -> None:
    fragment(home)
    before = kept(home)
    with duckdb.connect(str(home / LEFT)) as copy:
        copy.execute("PRAGMA disable_checkpoint_on_shutdown")
        copy.execute("CREATE TABLE texts AS SELECT 1 AS half")
    assert (home / f"{LEFT}.wal").exists(), "as a kill leaves it"
    assert compact(home, floor=1).freed > 0
    assert kept(home) == before
    assert not [path.name for path in home.iterdir() if path.name.startswith(LEFT)]


def test_an_empty_home_has_nothing_to_give_back(tmp_path: Path) -> None:
    assert compact(tmp_path) == Space(0, 0)
    assert list(tmp_path.iterdir()) == []
    assert sizes(tmp_path) == {"archive/": 0, FILE: 0, PUBLISHED: 0}


def test_sizes_are_those_on_disk(home: Path) -> None:
    assert sizes(home) == {
        "archive/": sum(path.stat().st_size for path in (home / "archive").iterdir()),
        FILE: (home / FILE).stat().st_size,
        PUBLISHED: (home / PUBLISHED).stat().st_size,
    }
    assert min(sizes(home).values()) > 0


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (2_371_584, "2.4 MB"), (3_000_000_000, "3.0 GB"), (4e12, "4.0 TB")],
)
def test_a_size_is_said_as_a_person_reads_it(size: int, words: str) -> None:
    assert bytes_said(size) == words


@pytest.mark.acceptance
def test_upkeep_shows_what_landed_and_was_not_shown(home: Path, tmp_path: Path) -> None:
    path = pages(tmp_path / "b.jsonl", 3)
    with running(settings(home), catalogue_of(settings(home))) as run:
        for batch in batched(load([path], run.known_file), 500):
            take(run, batch)  # and then it was killed
    assert rows(home, "SELECT count(*) FROM releases") == [(2,)]
    first = upkeep(home)
    assert rows(home, "SELECT count(*) FROM releases") == [(3,)]
    assert first.published
    assert str(first).startswith("published what was not shown yet, gave back 0 B of ")
    assert first.sizes == sizes(home)
    again = upkeep(home)
    assert not again.published
    assert str(again).startswith("all was shown, ")


def test_upkeep_gives_back_space(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compact, "__kwdefaults__", {"floor": 1})
    before = fragment(home)
    done = upkeep(home)
    assert done.space == Space(before, (home / FILE).stat().st_size)
    assert done.space.freed > 0


def test_upkeep_changes_nothing_for_who_reads(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compact, "__kwdefaults__", {"floor": 1})
    fragment(home)
    with warehouse.connect(home) as reader:
        upkeep(home)
        assert reader.execute("SELECT count(*) FROM releases").fetchall() == [(2,)]


@contextmanager
def another_writer(home: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds HOME until its standard input ends."""
    script = (
        "import sys\nfrom datetime import UTC, datetime\nfrom pathlib import Path\n"
        "from warehouse.lock import writer_lock\n"
        "with writer_lock(Path(sys.argv[1]), 1, datetime(2026, 1, 2, tzinfo=UTC)):\n"
        "    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    words = [sys.executable, "-c", script, str(home)]
    process = subprocess.Popen(words, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    with process:
        try:
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_who_waits_for_another_writer_is_told_once_by_whom(tmp_path: Path) -> None:
    told: list[str] = []
    with another_writer(tmp_path) as writer:
        assert writer.stdin
        threading.Timer(0.5, writer.stdin.close).start()
        with writer_lock(tmp_path, 20, NOW, told.append):
            assert writer.wait(10) == 0, "it waited"
    assert told == [
        f"waiting for HOME, another writer holds it: process {writer.pid}, since 2026-01-02T00:00:00+00:00, "
        f"`-c {tmp_path}`"
    ]


def test_who_need_not_wait_is_told_nothing(tmp_path: Path) -> None:
    told: list[str] = []
    with writer_lock(tmp_path, 1, NOW, told.append):
        pass
    assert told == []


def test_a_run_noted_again_has_one_set_of_rows(tmp_path: Path) -> None:
    def tally(count: int) -> Tally:
        return Counter({("a", "x", "new", None): count, ("b", None, "quarantined", "NotText"): 2})

    store = Store(tmp_path, NOW)
    for run_id, counts in (("one", [1, 5]), ("two", [3])):
        for count in counts:
            note_run(store, tally(count), run_id, "ingest", started=NOW, ended=NOW)
    sql = "SELECT run_id, source, layout, read_count, new_count, quarantined_count FROM runs ORDER BY ALL"
    assert store.rows(sql) == [
        ("one", "a", "x", 5, 5, 0),
        ("one", "b", None, 2, 0, 2),
        ("two", "a", "x", 3, 3, 0),
        ("two", "b", None, 2, 0, 2),
    ]
    note_run(store, Counter(), "one", "ingest", started=NOW, ended=NOW)
    assert store.rows("SELECT DISTINCT run_id FROM runs") == [("two",)]
    store.close()
