"""The archive: everything is kept first, nothing twice, and a full disk loses nothing."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from homes import CHECKOUT, SAMPLES, ingest_into, line, mission_page, public_tables, rows, write_lines
from warcio.archiveiterator import ArchiveIterator

from flows.keeping.archive import body_of
from flows.keeping.ledger import ledger
from parsers.release import sha256


def records(home: Path) -> list[tuple[str, str, bytes]]:
    """Type, URI and body of all records, as warcio reads them, digests checked."""
    found = []
    for path in sorted((home / "archive").iterdir()):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                uri = record.rec_headers.get_header("WARC-Target-URI") or ""
                found.append((record.rec_type, uri, record.content_stream().read()))
    return found


@pytest.mark.acceptance
def test_every_body_is_kept_as_it_came_in_a_standard_warc(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest_into(home, SAMPLES)
    kept = {body for kind, _, body in records(home) if kind == "resource"}
    for path in SAMPLES.rglob("*"):
        if path.suffix in (".shtml", ".txt", ".rss"):
            assert path.read_bytes() in kept, path.name
    with next((home / "archive").iterdir()).open("rb") as file:
        assert sum(1 for _ in FastIterator(file, verify_digests=True)) == len(records(home))
    for batch in ledger(home):
        for capture in batch:
            assert sha256(body_of(home, capture)) == capture.raw_sha256


@pytest.mark.acceptance
def test_a_feed_is_kept_once_and_its_items_point_into_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest_into(home, *(SAMPLES / "state-gov").glob("*.rss"), batch_size=2)
    bodies = [body for kind, _, body in records(home) if kind == "resource"]
    assert sorted(bodies) == sorted(path.read_bytes() for path in (SAMPLES / "state-gov").glob("*.rss"))
    ((places, items),) = rows(home, "SELECT count(DISTINCT (warc_file, warc_offset)), count(*) FROM captures")
    assert (places, items) == (2, 9)


@pytest.mark.acceptance
def test_a_body_that_is_kept_is_not_written_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    looks = [
        line(mission_page(), url="http://aa.china-embassy.org/x", captured_at=f"2020-01-0{day}T00:00:00Z")
        for day in (1, 2)
    ]
    ingest_into(home, write_lines(tmp_path / "a.jsonl", looks[:1]))
    ingest_into(home, write_lines(tmp_path / "b.jsonl", looks))
    assert len([kind for kind, _, _ in records(home) if kind == "resource"]) == 1
    assert rows(home, "SELECT count(*), count(DISTINCT warc_offset) FROM captures") == [(2, 1)]


@pytest.mark.acceptance
def test_a_broken_line_and_a_body_over_the_bound_are_kept_too(tmp_path: Path) -> None:
    home = tmp_path / "home"
    large = tmp_path / "large.html"
    large.write_bytes(b"<html>" + b"x" * 50_000_000)
    path = write_lines(tmp_path / "a.jsonl", ['{"content": ', line(mission_page())])
    total = ingest_into(home, path, large)
    assert (total.new, total.quarantined) == (1, 2)
    assert [body for _, _, body in records(home) if body.startswith(b'{"content": ')]
    with next((home / "archive").iterdir()).open("rb") as file:
        cut = [r for r in ArchiveIterator(file) if r.rec_headers.get_header("WARC-Truncated") == "length"]
        assert len(cut) == 1
    assert rows(home, "SELECT outcome, raw_bytes FROM captures WHERE outcome = 'too_large'") == [
        ("too_large", 16 * 1024**2)
    ]


@pytest.mark.acceptance
def test_a_warc_of_the_users_is_not_copied(tmp_path: Path) -> None:
    own, home = tmp_path / "own", tmp_path / "home"
    ingest_into(own, SAMPLES / "mfa-cn-en")
    (warc,) = (own / "archive").iterdir()
    total = ingest_into(home, warc)
    assert total.new == 6
    assert [kind for kind, _, _ in records(home)] == ["warcinfo", "metadata"]
    assert rows(home, "SELECT DISTINCT warc_file FROM captures") == [(str(warc.resolve()),)]
    warc.unlink()
    done = subprocess.run(
        [sys.executable, "-m", "flows", "reparse", "--home", home],
        capture_output=True,
        text=True,
        check=False,
        cwd=CHECKOUT,
    )
    assert done.returncode == 1
    assert str(warc) in done.stderr


@pytest.mark.acceptance
def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    """A limit on file sizes stands in for the disk: the kernel refuses the write in the same place."""
    home = tmp_path / "home"
    ingest_into(home, SAMPLES / "mission-en")
    before = public_tables(home)
    looks = [
        line(mission_page(body=os.urandom(40_000).hex()), url=f"http://aa.china-embassy.org/{n}") for n in range(40)
    ]
    path = write_lines(tmp_path / "large.jsonl", looks)

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    words = [sys.executable, "-m", "flows", "ingest", str(path), "--home", str(home)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=CHECKOUT, preexec_fn=limit)
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert public_tables(home) == before
    assert ingest_into(home, path).new == 40
    assert rows(home, "SELECT count(*) FROM releases") == [(51,)]


@dataclass
class Whole:
    """A command that ran to its end."""

    words: list[str]
    environment: dict[str, str]
    seconds: float
    home: Path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder = tmp_path_factory.mktemp("whole")
    looks = [
        line(
            mission_page(body=f"Number {n}."),
            url=f"http://aa.china-embassy.org/{n}",
            captured_at="2020-01-01T00:00:00Z",
        )
        for n in range(100)
    ]
    path = write_lines(folder / "a.jsonl", looks)
    words = [sys.executable, "-m", "flows", "ingest", str(path), "--home"]
    environment = {
        **os.environ,
        "COMMUNIQUE_BATCH_SIZE": "10",
        "COMMUNIQUE_PUBLISH_EVERY": "0.3",
        "COMMUNIQUE_WORKERS": "1",
    }
    began = time.monotonic()
    home = folder / "home"
    subprocess.run([*words, str(home)], check=True, capture_output=True, cwd=CHECKOUT, env=environment)
    return Whole(words, environment, time.monotonic() - began, home)


@pytest.mark.acceptance
@pytest.mark.parametrize("share", [0.2, 0.35, 0.5, 0.65, 0.8])
def test_killed_at_any_instant_the_next_run_carries_on(tmp_path: Path, whole: Whole, share: float) -> None:
    words, environment = whole.words, whole.environment
    home = tmp_path / "home"
    victim = subprocess.Popen(
        [*words, str(home)], cwd=CHECKOUT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(whole.seconds * share)
    victim.kill()
    victim.wait()
    acknowledged = rows(home, "SELECT capture_id FROM captures") if (home / "communique.duckdb").exists() else []
    done = subprocess.run(
        [*words, str(home), "--json"], check=True, capture_output=True, text=True, cwd=CHECKOUT, env=environment
    )
    assert json.loads(done.stdout)["read"] == 100
    left_out = ("landed_at", "warc_file", "warc_offset")
    assert public_tables(home, left_out) == public_tables(whole.home, left_out)
    assert set(acknowledged) <= set(rows(home, "SELECT capture_id FROM captures"))


def test_a_batch_that_a_full_disk_refused_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    """In a process of its own: it is the kernel that refuses, by a limit that is then raised."""
    script = """
import os, resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from flows.keeping.archive import Archive, draft
from flows.looks import Loaded
from parsers.errors import HomeUnwritable
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
now = datetime(2026, 1, 1, tzinfo=UTC)
archive = Archive(Path(sys.argv[1]), now, "run")
def write(size):
    loaded = Loaded(os.urandom(size), "x", content_type="text/plain")
    return archive.write([(draft(loaded, source=None, now=now, run_id="run"), loaded)], {})
write(1000)
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
try:
    write(1_000_000)
except HomeUnwritable:
    print("refused")
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
write(2000)
archive.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "refused\n"
    assert [len(body) for kind, _, body in records(tmp_path) if kind == "resource"] == [1000, 2000]
    assert [capture.raw_bytes for batch in ledger(tmp_path) for capture in batch] == [1000, 2000]
