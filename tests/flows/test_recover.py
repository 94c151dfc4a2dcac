"""kill -9 at any instant of a crawl: nothing is lost or fetched twice without need, and other tools read the rest."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from crawling import Site, kill_after, site
from fastwarc.warc import ArchiveIterator
from ministry.table import shared
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from flows.keeping.exchange import LOOK_TYPE
from flows.keeping.warc_files import cut_half

pytestmark = pytest.mark.acceptance


def killed_until_done(here: Site, kills: int, seconds: float, chance: random.Random) -> int:
    """Crawl, killed at so many random instants, then to the end; says how many kills struck."""
    struck = 0
    for _ in range(kills):
        struck += kill_after(here.command(fetch_seconds="1", rests="0s"), chance.uniform(0.3, seconds))
    assert not kill_after(here.command(fetch_seconds="1", rests="0s"), 120)
    return struck


def requests(here: Site) -> Counter[str]:
    return Counter(each["path"] for each in here.ministry.log() if each["path"].startswith("/news/t"))


@pytest.mark.parametrize("seed", [1, 2])
def test_a_crawl_that_is_killed_again_and_again_is_as_one_that_was_not(tmp_path: Path, seed: int) -> None:
    with site(tmp_path, 150) as here:
        struck = killed_until_done(here, 4, 1.6, random.Random(seed))
        assert struck >= 2
        assert here.rows("SELECT count(*), count(DISTINCT url), max(versions) FROM releases") == [(150, 150, 1)]
        asked = requests(here)
        assert len(asked) == 150
        assert sum(asked.values()) <= 150 + struck, "at most the one request that a kill broke off is made again"
        assert here.rows("SELECT count(*) FROM captures WHERE role = 'page'") == [(150,)]
        assert not list((here.home / "archive").glob("*.open"))


def test_what_was_fetched_and_not_landed_lands_without_being_asked_for(tmp_path: Path) -> None:
    faults = shared(0.2, "gone", "a page that says so")
    with site(tmp_path, 30, faults, validators="etag") as here:
        here.crawl()
        before = here.rows("SELECT url, text_sha256, first_captured_at FROM releases ORDER BY ALL")
        whole = sorted((here.home / "archive").glob("*.warc.gz"))
        for name in ("warehouse.duckdb", "communique.duckdb"):
            (here.home / name).unlink()
        for path in whole:
            _as_left_open(path)
        here.ministry.clear_log()
        here.crawl()
        assert here.paths() == ["/news/default.shtml"], "the list alone is asked for"
        assert here.rows("SELECT url, text_sha256, first_captured_at FROM releases ORDER BY ALL") == before
        assert here.rows("SELECT count(*) FROM captures WHERE role = 'page'") == [(30,)]


def _as_left_open(path: Path) -> None:
    """A file as a killed run leaves it: open, its last record cut."""
    raw = path.read_bytes()
    path.unlink()
    path.with_name(f"{path.name}.open").write_bytes(raw + raw[:100])


@pytest.mark.parametrize("cut", [1, 50, 200])
def test_half_a_record_is_cut_off_and_whole_ones_stay(tmp_path: Path, cut: int) -> None:
    with site(tmp_path, 5) as here:
        here.crawl()
        (path,) = (here.home / "archive").glob("*.warc.gz")
        raw = path.read_bytes()
        with path.open("rb") as file:
            last = max(record.stream_pos for record in ArchiveIterator(file, parse_http=False))
        for start in (0, last):
            path.write_bytes(raw + raw[:cut])
            with path.open("r+b", buffering=0) as file:
                assert cut_half(file, start) == len(raw)  # type: ignore[arg-type]
            assert path.read_bytes() == raw
            path.write_bytes(raw[:-cut])
            with path.open("r+b", buffering=0) as file:
                assert cut_half(file, start) == last  # type: ignore[arg-type]


def test_a_living_run_s_file_is_left_alone(tmp_path: Path) -> None:
    with site(tmp_path, 40, entry={"delay": 0.05}) as here:
        slow = here.command()
        deadline = time.monotonic() + 30
        while not list((here.home / "archive").glob("*.open")) and time.monotonic() < deadline:
            time.sleep(0.05)
        (open_file,) = (here.home / "archive").glob("*.open")
        from homes import ingest_into, mission_page

        (tmp_path / "a.txt").write_text(mission_page(), "utf-8")
        ingest_into(here.home, tmp_path / "a.txt")
        from flows.recover import recovered
        from flows.registry import catalogue_of
        from flows.running import running
        from flows.settings import settings

        chosen = settings({"home": here.home, "sources": here.sources})
        with running(chosen, catalogue_of(chosen)) as run:
            assert list(recovered(run)) == []
        assert open_file.exists()
        assert slow.wait(60) == 0
        slow.communicate()
        assert here.rows("SELECT count(*) FROM releases") == [(41,)]


def test_other_tools_read_the_archive_and_its_digests_hold(tmp_path: Path) -> None:
    faults = shared(0.06, "gone", "moved", "gzip", "chunks", "a bomb", "a loop", "silent once", "breaks off for good")
    with site(tmp_path, 40, faults, validators="etag") as here:
        here.crawl(fetch_seconds=0.5)
        here.crawl(looks="0s")
        kinds: Counter[str] = Counter()
        bodies = {}
        for path in sorted((here.home / "archive").glob("*.warc.gz")):
            command = [sys.executable, "-m", "warcio.cli", "check", str(path)]
            checked = subprocess.run(command, capture_output=True, text=True, check=False)
            assert checked.returncode == 0, checked.stdout
            with path.open("rb") as file:
                for record in WarcioIterator(file, check_digests="raise"):
                    kinds[record.rec_type] += 1
                    url = record.rec_headers.get_header("WARC-Target-URI")
                    if record.rec_type == "response":
                        bodies[url] = record.content_stream().read()
                    elif record.rec_type == "revisit":
                        kinds[record.rec_headers.get_header("WARC-Profile").rpartition("/")[2]] += 1
                        assert record.rec_headers.get_header("WARC-Refers-To-Date")
        assert kinds["request"] == kinds["response"] + kinds["revisit"]
        assert kinds["server-not-modified"] >= 15
        assert kinds["identical-payload-digest"] >= 1
        from ministry import pages

        one = next(n for n in range(1, 41) if bodies.get(here.ministry.release_url(n)) == pages.release(n))
        assert pages.sentences(one)[0].encode() in bodies[here.ministry.release_url(one)]
        looks = _looks(here)
        assert looks == here.rows("SELECT count(*) FROM captures")[0][0]


def _looks(here: Site) -> int:
    count = 0
    for path in (here.home / "archive").glob("*.warc.gz"):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, parse_http=False):
                count += record.headers.get("Content-Type") == LOOK_TYPE
    return count
