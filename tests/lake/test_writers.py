"""Writers of one lake at once: what they land is what one after the other would have landed, once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from homes import SAMPLES, ingest_into, line, mission_page, public_tables, write_lines
from laking import Bucket, Place, new_lake, refused_late
from postgres import postgres

from flows.bounds import Bounds
from parsers.errors import HomeLocked
from warehouse.store import Store
from warehouse.turn import Turnstile, committed

pytestmark = pytest.mark.lake
OF_THE_WAY = ("landed_at", "warc_file", "warc_offset")
NOW = datetime(2026, 1, 2, tzinfo=UTC)
RELEASES = 240
WRITERS = 3


def _parts(folder: Path) -> list[Path]:
    """Three files that share most of what they hold, pages that were edited among it."""
    lines = [
        line(
            mission_page(f"Envoy {number} Meets Envoy", f"They met {day} times in all. It was the {number}th round."),
            url=f"http://www.example.org/eng/t{number}.htm",
            captured_at=f"2020-01-{day:02}T00:00:00Z",
        )
        for number in range(RELEASES)
        for day in ((1, 2) if number % 5 == 0 else (1,))
    ]
    third = len(lines) // WRITERS
    return [
        write_lines(folder / f"part{number}.jsonl", lines[number * third :] + lines[: max(0, number - 1) * third])
        for number in range(WRITERS)
    ]


def _writer(home: Path, words: Sequence[str | Path], *, deadly: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    command = [str(Path(__file__).with_name("writer.py")), *deadly] if deadly else ["-m", "flows"]
    return subprocess.Popen(
        [sys.executable, *command, "ingest", *map(str, words), "--home", str(home)],
        env={**os.environ, "COMMUNIQUE_BATCH_SIZE": "25", "COMMUNIQUE_WORKERS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def _store(home: Path) -> Store:
    return Store(home, NOW)


def _doubled(home: Path) -> dict[str, int]:
    """How many rows stand twice that may stand once."""
    store = _store(home)
    keys = {
        "captures": "seen_id",
        "texts": "text_sha256",
        "parses": "(input_sha256, layout, revision)",
        "days_derived": "(days_key, rules)",
        "sketches": "(text_sha256, rules)",
        "text_pairs": "(first_sha256, second_sha256, rules)",
        "text_diffs": "(from_sha256, to_sha256, rules)",
        "files_read": "file_key",
    }
    found = {name: store.value(f"SELECT count(*) - count(DISTINCT {key}) FROM {name}") for name, key in keys.items()}
    store.close()
    return found


@pytest.mark.parametrize("when", ["before", "within", "after"])
def test_three_at_once_and_one_is_killed_in_its_commit(tmp_path: Path, place: Place, when: str) -> None:
    parts = _parts(tmp_path)
    alone, home = tmp_path / "alone", tmp_path / "home"
    ingest_into(alone, *parts, SAMPLES)
    ingest_into(home, SAMPLES, warehouse=place.warehouse, data=place.data)
    writers = [
        _writer(home, [parts[0]]),
        _writer(home, [parts[1]], deadly=[when, "6"]),
        _writer(home, [parts[2]]),
    ]
    said = [writer.communicate(timeout=240)[0].decode() for writer in writers]
    assert [writer.returncode for writer in writers] == [0, -9, 0], said
    again = _writer(home, [parts[1]])
    assert b"quarantined 0" in again.communicate(timeout=120)[0]
    assert public_tables(home, OF_THE_WAY) == public_tables(alone, OF_THE_WAY)
    assert not any(_doubled(home).values()), _doubled(home)


_HASTY = """
import contextlib, pathlib, sys, time
import flows.flow, flows.line, flows.loading.load_jsonl
from flows.cli import main
from warehouse.turn import Turnstile

in_turn, publish, publishing = Turnstile.taken, flows.line.publish, []

def published(*words, **named):
    publishing.append(True)  # it is built in HOME, in turn
    try:
        return publish(*words, **named)
    finally:
        publishing.pop()

flows.line.publish = published
Turnstile.taken = lambda self: in_turn(self) if publishing else contextlib.nullcontext()
if __name__ == "__main__":
    while not pathlib.Path(sys.argv[1]).exists():
        time.sleep(0.01)
    main(sys.argv[2:])
"""


def test_the_fence_alone_lets_nothing_double(tmp_path: Path, place: Place) -> None:
    """Without the turn, which is for speed, two that land the same at once conflict, and one does it again."""
    parts = _parts(tmp_path)
    ingest_into(tmp_path / "alone", parts[2])
    home, script, go = tmp_path / "home", tmp_path / "hasty.py", tmp_path / "go"
    ingest_into(home, parts[2], bounds=Bounds(limit=1), warehouse=place.warehouse, data=place.data)
    script.write_text(_HASTY, "utf-8")
    writers = [
        subprocess.Popen(
            [sys.executable, str(script), str(go), "ingest", str(parts[2]), "--home", str(home)],
            env={**os.environ, "COMMUNIQUE_BATCH_SIZE": "25", "COMMUNIQUE_WORKERS": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for _ in range(2)
    ]
    time.sleep(3)
    go.touch()
    said = [writer.communicate(timeout=240)[0].decode() for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0], said
    assert public_tables(home, OF_THE_WAY) == public_tables(tmp_path / "alone", OF_THE_WAY)
    assert not any(_doubled(home).values()), _doubled(home)


def test_an_outage_of_the_catalog_loses_nothing(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, s3: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = _parts(tmp_path)
    ingest_into(tmp_path / "alone", *parts)
    home = tmp_path / "home"
    with postgres(tmp_path_factory.mktemp("outage")) as server:
        monkeypatch.setenv("PGPASSWORD", server.password)
        place = new_lake(server, s3)
        ingest_into(home, parts[0], bounds=Bounds(limit=1), warehouse=place.warehouse, data=place.data)
        writer = _writer(home, parts)
        files = place.count()
        while place.count() < files + 20:  # some batches have landed
            assert writer.poll() is None
            time.sleep(0.05)
        server.stop()
        said = writer.communicate(timeout=120)[0].decode()
        assert writer.returncode == 1
        assert "Check that both answer" in said
        assert "This is a bug" not in said
        server.start()
        assert b"quarantined 0" in _writer(home, parts).communicate(timeout=240)[0]
        assert public_tables(home, OF_THE_WAY) == public_tables(tmp_path / "alone", OF_THE_WAY)
        assert not any(_doubled(home).values()), _doubled(home)


@pytest.fixture
def home(tmp_path: Path, place: Place) -> Path:
    ingest_into(tmp_path / "home", SAMPLES, warehouse=place.warehouse, data=place.data)
    return tmp_path / "home"


def test_of_two_commits_that_begin_at_one_state_only_one_can(home: Path) -> None:
    refused_late(home)


def test_writers_of_one_home_spill_apart(home: Path) -> None:
    """DuckDB gives what it spills fixed names: two processes in one folder would read each other's."""
    ask = (
        "import sys; from pathlib import Path; from homes import NOW; from warehouse.store import Store\n"
        "print(Store(Path(sys.argv[1]), NOW).value(\"SELECT current_setting('temp_directory')\"))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    words = [sys.executable, "-c", ask, str(home)]
    folders = {
        subprocess.run(words, env=environment, capture_output=True, text=True, check=True).stdout for _ in range(2)
    }
    assert len(folders) == 2


def test_a_step_whose_commit_came_too_late_is_done_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Turnstile, "_take", lambda self: self._cursor.execute("BEGIN"))
    early, late = _store(home), _store(home)
    attempts = 0

    @committed
    def add() -> None:
        nonlocal attempts
        attempts += 1
        with late.transaction():
            late.connection.execute("INSERT INTO files_read VALUES ('late', 1, 'run', now())")
            if attempts == 1:
                with early.transaction():
                    early.connection.execute("INSERT INTO files_read VALUES ('early', 1, 'run', now())")

    add()
    assert attempts == 2
    found = early.rows("SELECT file_key FROM files_read WHERE file_key IN ('early', 'late') ORDER BY ALL")
    assert found == [("early",), ("late",)]
    early.close()
    late.close()


def test_who_waits_too_long_for_the_turn_is_told_who_has_it(home: Path) -> None:
    holder, waiter = _store(home), Store(home, NOW, patience=0.3)
    with holder.turn(), pytest.raises(HomeLocked, match=r"communique .*since") as caught, waiter.turn():
        pass
    assert caught.value.transient
    holder.close()
    waiter.close()


def test_the_turn_comes_after_that_of_who_has_it(home: Path) -> None:
    holder, waiter = _store(home), _store(home)
    order: list[str] = []

    def wait() -> None:
        with waiter.turn():
            order.append("waiter")

    with holder.turn():
        thread = threading.Thread(target=wait)
        thread.start()
        time.sleep(0.3)
        order.append("holder")
    thread.join(10)
    assert order == ["holder", "waiter"]
    holder.close()
    waiter.close()
