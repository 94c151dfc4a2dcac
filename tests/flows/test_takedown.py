"""One release's text is taken down: nothing of it is left in HOME, and everything else is as it was."""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from crawling import Site, site
from fastwarc.warc import ArchiveIterator as FastIterator
from homes import CHECKOUT, SAMPLES, ingest_into, line, mission_page, public_tables, rows, write_lines
from warcio.archiveiterator import ArchiveIterator

from flows.batches import batched
from flows.keeping.archive import body_of
from flows.keeping.ledger import ledger
from flows.line import archive
from flows.loading.load import load
from flows.registry import catalogue_of
from flows.reparse import reparse
from flows.running import running
from flows.searching.sidecar import bring_up
from flows.settings import settings
from flows.takedown import takedown as steps
from flows.takedown.takedown import Done, lift, take_down
from parsers.errors import HomeLocked, QueryError, TakedownRefused
from parsers.release import sha256
from warehouse.home import FILE, PUBLISHED

URL = "http://aa.china-embassy.org/eng/zgxw/t2.htm"
MARKER = "Quillfeather"


def page(words: str, day: int = 1, url: str = URL, title: str = "Envoy Meets Envoy") -> dict[str, Any]:
    said = f"On January {day}, 2021, the two sides met and spoke of {words} at length, as they had before."
    return line(
        mission_page(f"{title} {words}", said),
        url=url,
        captured_at=f"2021-02-{day:02}T08:00:00Z",
        listing={"title": f"Listed {words}"},
    )


def pages() -> list[dict[str, Any]]:
    """Six releases, of which the third is the one that is taken down; it was edited once."""
    others = [page(f"topic {n}", url=URL.replace("t2", f"t{n}")) for n in (0, 1, 3, 4, 5)]
    return [*others, page(f"{MARKER}alpha"), page(f"{MARKER}beta", 2)]


def made(tmp_path: Path, name: str = "home", looks: list[dict[str, Any]] | None = None) -> Path:
    home = tmp_path / name
    ingest_into(home, write_lines(tmp_path / f"{name}.jsonl", looks or pages()))
    return home


def take(home: Path, word: str = URL, **flags: Any) -> Done:
    chosen = settings({"home": home, "workers": 1})
    return take_down(chosen, catalogue_of(chosen), word, "order 12/2026", **flags)


def lifted(home: Path, word: str = URL) -> Done:
    chosen = settings({"home": home, "workers": 1})
    return lift(chosen, catalogue_of(chosen), word, "")


def read_again(home: Path) -> None:
    chosen = settings({"home": home, "workers": 1})
    with running(chosen, catalogue_of(chosen), verb="reparse") as run:
        reparse(run)


def found(home: Path, words: str = MARKER) -> set[str]:
    """Files of HOME in which the words stand: raw, in a gzip member, or in a column of a database."""
    where = set()
    for path in (each for each in home.rglob("*") if each.is_file()):
        raw = path.read_bytes()
        if words.encode() in raw or (".warc.gz" in path.name and words.encode() in unpacked(raw)):
            where.add(path.name)
    for name in (FILE, PUBLISHED):
        with duckdb.connect(str(home / name), read_only=True) as file:
            columns = "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal"
            for table, column in file.execute(columns).fetchall():
                sql = f'SELECT count(*) FROM "{table}" WHERE contains("{column}"::VARCHAR, ?)'
                if file.execute(sql, [words]).fetchone() != (0,):
                    where.add(f"{name}: {table}.{column}")
    return where


def in_tables(home: Path, words: str) -> list[str]:
    return [name for name in found(home, words) if name.startswith((FILE, PUBLISHED))]


def unpacked(raw: bytes) -> bytes:
    return gzip.decompress(raw)


def test_what_a_killed_run_archived_ahead_goes_too(tmp_path: Path) -> None:
    """It never landed: the next run archived and landed the same look again."""
    home, looks = tmp_path / "home", write_lines(tmp_path / "home.jsonl", pages())
    chosen = settings({"home": home, "workers": 1})
    with running(chosen, catalogue_of(chosen)) as run:
        for batch in batched(load([looks], run.known_file, lambda _: None), 100):
            archive(run, batch)
    ingest_into(home, looks)
    copies = [
        each
        for path in (home / "archive").iterdir()
        for each in [unpacked(path.read_bytes())]
        if MARKER.encode() in each
    ]
    assert len(copies) == 2
    take(home)
    assert found(home) == set()


def others(tables: dict[str, list[tuple[Any, ...]]], release_id: str) -> dict[str, list[tuple[Any, ...]]]:
    """Rows that do not name a release."""
    kept = {name: [row for row in held if release_id not in row] for name, held in tables.items()}
    return {name: held for name, held in kept.items() if name not in ("earlier_texts", "layout_health", "takedowns")}


def id_of(home: Path) -> str:
    return str(rows(home, f"SELECT any_value(release_id) FROM captures WHERE url = '{URL}'")[0][0])


def bodies(home: Path) -> list[str]:
    """Hashes of the bodies that stand in the archive as their captures say; a wrong one is an error."""
    captures = [capture for batch in ledger(home) for capture in batch if capture.is_kept]
    for capture in captures:
        body_of(home, capture)
    return [capture.raw_sha256 for capture in captures]


def test_nothing_of_a_text_is_left_in_home(tmp_path: Path) -> None:
    home = made(tmp_path)
    bring_up(home)
    (home / "pages").mkdir()
    (home / "pages" / "kept.html").write_text(MARKER)
    before, stood, release_id = public_tables(home), bodies(home), id_of(home)
    places = {name for name in found(home) if ":" not in name}
    assert places >= {FILE, PUBLISHED, "kept.html", next((home / "archive").iterdir()).name}
    assert f"{FILE}: diff_spans.words" in found(home)
    assert f"{FILE}: captures.listing_title" in found(home)
    day = "January 2, 2021"
    assert f"{FILE}: day_evidence.text" in found(home, day)
    assert take(home).release_ids == (release_id,)
    assert found(home) == set()
    assert found(home, day) == set()
    assert not list(home.glob("search.sqlite*"))
    after = public_tables(home)
    assert others(after, release_id) == others(before, release_id)
    for name in ("releases", "version_history", "edits", "date_evidence", "quarantine"):
        assert not [row for row in after[name] if release_id in row], name
    assert len(stood) - len(bodies(home)) == 2
    ((url, reason, open_),) = rows(home, "SELECT url, reason, lifted_at IS NULL FROM takedowns")
    assert (url, reason, open_) == (URL, "order 12/2026", True)


@pytest.mark.acceptance
def test_that_it_was_looked_at_stays(tmp_path: Path) -> None:
    home = made(tmp_path)
    kept = "capture_id, url, captured_at, outcome, raw_sha256, raw_bytes, landed_at"
    sql = f"SELECT {kept} FROM captures WHERE url = '{URL}' ORDER BY ALL"
    before = rows(home, sql)
    take(home)
    assert rows(home, sql) == before
    assert len(before) == 2
    gone = "warc_file, warc_offset, text_sha256, listing_title"
    assert rows(home, f"SELECT DISTINCT {gone} FROM captures WHERE url = '{URL}'") == [(None, None, None, None)]


@pytest.mark.acceptance
def test_other_readers_read_the_archive_afterwards(tmp_path: Path) -> None:
    home = made(tmp_path)
    (path,) = (home / "archive").iterdir()
    with path.open("rb") as file:
        before = [record.stream_pos for record in FastIterator(file, parse_http=False)]
    take(home)
    with path.open("rb") as file:
        assert [record.stream_pos for record in FastIterator(file, verify_digests=True)] == before
    with path.open("rb") as file:
        kinds = [
            record.rec_headers.get_header("WARC-Truncated")
            for record in ArchiveIterator(file, check_digests="raise")
            if record.content_stream().read() is not None
        ]
    assert kinds.count("unspecified") == 2
    assert subprocess.run(["gzip", "-t", path], check=False, capture_output=True).returncode == 0


@pytest.mark.acceptance
def test_the_archive_alone_gives_the_same_tables(tmp_path: Path) -> None:
    home = made(tmp_path)
    take(home)
    before = public_tables(home)
    (home / FILE).unlink()
    (home / PUBLISHED).unlink()
    read_again(home)
    assert public_tables(home) == before
    assert found(home) == set()


@pytest.mark.acceptance
def test_a_later_look_lands_no_text_until_it_is_lifted(tmp_path: Path) -> None:
    home = made(tmp_path)
    take(home)
    again = write_lines(tmp_path / "again.jsonl", [*pages(), page(f"{MARKER} Gamma", 3)])
    total = ingest_into(home, again)
    assert (total.read, total.new, total.quarantined) == (8, 0, 0)
    assert found(home) == set()
    assert rows(home, f"SELECT count(*), count(warc_file) FROM captures WHERE url = '{URL}'") == [(3, 0)]
    before = public_tables(home)
    read_again(home)
    assert public_tables(home) == before
    lifted(home)
    assert rows(home, "SELECT count(*), count(lifted_at) FROM takedowns") == [(1, 1)]
    assert found(home) == set()
    assert ingest_into(home, write_lines(tmp_path / "b.jsonl", [page(f"{MARKER} Delta", 4)])).new == 1
    assert rows(home, f"SELECT title FROM releases WHERE url = '{URL}'") == [(f"Envoy Meets Envoy {MARKER} Delta",)]
    read_again(home)
    assert rows(home, f"SELECT versions FROM releases WHERE url = '{URL}'") == [(1,)]
    assert ingest_into(home, again).changed == 3, "the same file brings back what stood in it"
    read_again(home)
    assert rows(home, f"SELECT versions FROM releases WHERE url = '{URL}'") == [(4,)]
    assert rows(home, f"SELECT count(*), count(warc_file) FROM captures WHERE url = '{URL}'") == [(4, 4)]
    bodies(home)
    left = public_tables(home)
    (home / FILE).unlink()
    read_again(home)
    assert public_tables(home) == left


@pytest.mark.acceptance
def test_the_very_file_brings_the_text_back_after_it_was_lifted(tmp_path: Path) -> None:
    looks = [{**each, "listing": None} for each in pages()]
    home = made(tmp_path, looks=[{name: said for name, said in each.items() if said} for each in looks])
    before = public_tables(home, ("landed_at", "warc_file", "warc_offset"))
    take(home)
    lifted(home)
    assert ingest_into(home, tmp_path / "home.jsonl").read == 7
    read_again(home)
    bodies(home)
    after = public_tables(home, ("landed_at", "warc_file", "warc_offset"))
    assert {**after, "takedowns": []} == before
    assert rows(home, "SELECT count(*), count(warc_file) FROM captures") == [(7, 7)]


@pytest.mark.acceptance
def test_taken_down_again_after_it_was_lifted(tmp_path: Path) -> None:
    home = made(tmp_path)
    take(home)
    lifted(home)
    ingest_into(home, write_lines(tmp_path / "b.jsonl", [page(f"{MARKER} Delta", 4)]))
    assert found(home)
    take(home)
    assert found(home) == set()
    assert rows(home, "SELECT count(*), count(lifted_at) FROM takedowns") == [(2, 1)]


@pytest.mark.acceptance
@pytest.mark.parametrize("step", ["write_events", "blank", "take_up", "clear", "publish_now", "compact", "_sweep"])
@pytest.mark.parametrize("after", [False, True])
def test_killed_at_a_step_the_same_command_completes_it(tmp_path: Path, step: str, after: bool) -> None:
    home = made(tmp_path)
    bring_up(home)
    whole = tmp_path / "whole"
    shutil.copytree(home, whole)
    take(whole)
    child = os.fork()
    if child == 0:
        real = getattr(steps, step)

        def deadly(*arguments: Any, **named: Any) -> Any:
            if after:
                real(*arguments, **named)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(steps, step, deadly)
        try:
            take(home)
        finally:
            os._exit(1)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    take(home)
    assert found(home) == set()
    left_out = ("taken_down_at", "warc_file")
    assert public_tables(home, left_out) == public_tables(whole, left_out)
    assert rows(home, "SELECT count(*) FROM takedowns") == [(1,)]


@pytest.mark.acceptance
@pytest.mark.parametrize("step", ["blank", "take_up", "clear"])
def test_killed_and_never_repeated_a_rebuild_keeps_it_gone_from_tables(tmp_path: Path, step: str) -> None:
    mirror = page(f"{MARKER}beta", 2, "http://bb.china-consulate.org/eng/zgxw/t9.htm")
    home = made(tmp_path, looks=[*pages(), mirror])
    child = os.fork()
    if child == 0:
        setattr(steps, step, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
        try:
            take(home, with_mirrors=True)
        finally:
            os._exit(1)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    (home / FILE).unlink()
    (home / PUBLISHED).unlink()
    read_again(home)
    assert not [name for name in found(home) if PUBLISHED in name or FILE in name]
    take(home)
    assert found(home) == set()


def test_others_with_its_text_are_named_and_go_too_when_asked(tmp_path: Path) -> None:
    mirror = "http://bb.china-consulate.org/eng/zgxw/t9.htm"
    home = made(tmp_path, looks=[*pages(), page(f"{MARKER}beta", 2, mirror)])
    before = public_tables(home)
    ((other,),) = rows(home, f"SELECT release_id FROM releases WHERE url = '{mirror}'")
    with pytest.raises(TakedownRefused, match=f"others have its text or its bytes: {other[:12]}.*--with-mirrors"):
        take(home)
    assert public_tables(home) == before
    assert take(home, with_mirrors=True).release_ids == (id_of(home), other)
    assert found(home) == set()
    assert rows(home, "SELECT count(*) FROM takedowns") == [(2,)]


@pytest.mark.acceptance
def test_an_error_page_that_others_got_too_is_theirs(tmp_path: Path) -> None:
    gone = "404 Not Found\n\nnginx\n"
    other = URL.replace("t2", "t9")
    looks = [line(gone, url=url, captured_at="2021-03-01T08:00:00Z") for url in (URL, other)]
    home = made(tmp_path, looks=[*pages(), *looks])
    take(home)
    assert found(home) == set()
    assert sha256(gone.encode()) in bodies(home), "it says nothing of the release, and stands where others have it"
    assert rows(home, f"SELECT warc_file IS NOT NULL FROM captures WHERE url = '{other}'") == [(True,)]


def test_an_item_of_a_feed_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest_into(home, *(SAMPLES / "state-gov").glob("*.rss"))
    before = public_tables(home)
    ((release_id,),) = rows(home, "SELECT release_id FROM captures WHERE part_start IS NOT NULL LIMIT 1")
    with pytest.raises(TakedownRefused, match="it is an item of a feed"):
        take(home, release_id, with_mirrors=True)
    assert public_tables(home) == before


@pytest.mark.acceptance
def test_a_body_in_a_file_of_the_users_is_refused(tmp_path: Path) -> None:
    own, home = made(tmp_path, "own"), tmp_path / "home"
    (warc,) = (own / "archive").iterdir()
    ingest_into(home, warc)
    with pytest.raises(TakedownRefused, match=f"its body lies in a file of yours: {warc}"):
        take(home)
    assert rows(home, "SELECT count(*) FROM takedowns") == [(0,)]


@pytest.mark.acceptance
def test_while_a_source_is_read_it_waits_for_nobody(tmp_path: Path) -> None:
    from filelock import FileLock

    home = made(tmp_path)
    with FileLock(home / "mfa-cn-en.lock"), pytest.raises(HomeLocked, match="a run reads source `mfa-cn-en`"):
        take(home)
    assert found(home)
    take(home)
    assert found(home) == set()


def test_what_is_not_taken_down_cannot_be_lifted(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="it is not taken down"):
        lifted(made(tmp_path))


@pytest.mark.acceptance
def test_a_file_elsewhere_that_a_link_stands_for_is_blanked_too(tmp_path: Path) -> None:
    home, cold = made(tmp_path), tmp_path / "cold"
    cold.mkdir()
    (path,) = (home / "archive").iterdir()
    path.rename(cold / path.name)
    path.symlink_to(cold / path.name)
    take(home)
    assert path.is_symlink()
    assert MARKER.encode() not in unpacked((cold / path.name).read_bytes())
    assert [each.name for each in cold.iterdir()] == [path.name]


@pytest.mark.acceptance
def test_the_command_line_says_what_was_taken_down_and_why(tmp_path: Path) -> None:
    home = made(tmp_path)

    def run(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "flows", *words, "--home", str(home)],
            cwd=CHECKOUT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    assert run("takedown", URL)[0] == 2
    assert run("takedown", URL, "--reason", "a  witness") == (0, f"took down {id_of(home)}\n")
    day = datetime.now(UTC).date()
    for words in (("show", URL), ("show", URL, "--evidence")):
        assert run(*words) == (1, f"communique: {id_of(home)}: taken down on {day}: a witness\n")
    assert run("takedown", URL, "--lift") == (0, f"lifted {id_of(home)}\n")


@pytest.mark.acceptance
def test_after_a_loss_nothing_lands_before_it_is_known_what_is_taken_down(tmp_path: Path) -> None:
    home = made(tmp_path)
    take(home)
    (home / FILE).unlink()
    (home / PUBLISHED).unlink()
    ingest_into(home, write_lines(tmp_path / "again.jsonl", pages()))
    assert found(home) == set()


def seen_of(here: Site, url: str) -> list[tuple[Any, ...]]:
    sql = f"SELECT captured_at, outcome, raw_sha256, raw_bytes FROM captures WHERE url = '{url}' ORDER BY ALL"
    return here.rows(sql)


@pytest.mark.acceptance
def test_a_page_that_was_fetched_is_taken_down_with_all_of_its_answers(tmp_path: Path) -> None:
    with site(tmp_path, 5, validators="etag") as here:
        here.crawl()
        here.crawl(looks="0s", rests="0s")
        sql = "SELECT release_id, url, title, split_part(body, chr(10), 1) FROM releases ORDER BY url LIMIT 1"
        ((release_id, url, title, words),) = here.rows(sql)
        looks = seen_of(here, url)
        assert len(looks) == 2
        assert {name.partition(":")[2] for name in found(here.home, words)} >= {" releases.body", " texts.body"}
        before = public_tables(here.home)
        chosen = settings({"home": here.home, "workers": 1, "sources": here.sources})
        take_down(chosen, catalogue_of(chosen), url, "order 12/2026")
        assert found(here.home, words) == set()
        assert in_tables(here.home, title) == []
        assert others(public_tables(here.home), release_id) == others(before, release_id)
        assert seen_of(here, url) == looks
        bodies(here.home)
        here.crawl(looks="0s", rests="0s")
        assert len(seen_of(here, url)) == 3
        assert seen_of(here, url)[-1][1:] == looks[0][1:], "asked in full, and its hash is known"
        assert found(here.home, words) == set()
        left = public_tables(here.home)
        left_open = [
            path for path in (here.home / "archive").iterdir() if b"communique-look" in unpacked(path.read_bytes())
        ]
        for name in (FILE, PUBLISHED):
            (here.home / name).unlink()
        for path in left_open:
            path.rename(f"{path}.open")
        here.crawl(looks="1d", rests="0s")
        assert seen_of(here, url) == _rows_of(left["captures"], url)
        assert found(here.home, words) == set()
        assert in_tables(here.home, title) == [], "the list names it still"
        lift(chosen, catalogue_of(chosen), url, "")
        here.crawl(looks="0s", rests="0s")
        assert here.rows(f"SELECT count(*) FROM releases WHERE url = '{url}'") == [(1,)]


def _rows_of(captures: list[tuple[Any, ...]], url: str) -> list[tuple[Any, ...]]:
    return sorted((row[5], row[6], row[9], row[10]) for row in captures if row[3] == url)


@pytest.mark.acceptance
def test_a_run_that_was_killed_and_had_not_landed_its_looks_lands_them_first(tmp_path: Path) -> None:
    with site(tmp_path, 5) as here:
        here.crawl()
        ((url, words),) = here.rows("SELECT url, split_part(body, chr(10), 1) FROM releases ORDER BY url LIMIT 1")
        before = set((here.home / "archive").iterdir())
        here.crawl(looks="0s", rests="0s")
        (last,) = set((here.home / "archive").iterdir()) - before
        last.rename(f"{last}.open")
        chosen = settings({"home": here.home, "workers": 1, "sources": here.sources})
        take_down(chosen, catalogue_of(chosen), url, "order 12/2026")
        assert found(here.home, words) == set()
        assert not list((here.home / "archive").glob("*.open"))


@pytest.mark.acceptance
@pytest.mark.parametrize("size", [0, 1, 40, 5_000, 70_000, 3_000_000])
def test_a_body_of_any_size_is_blanked(tmp_path: Path, size: int) -> None:
    words = MARKER.encode() if size else b"a"
    looks = [line(words + os.urandom(size), url=f"{URL}?{n}", captured_at="2021-02-01T08:00:00Z") for n in range(3)]
    home = made(tmp_path, looks=looks)
    (path,) = (home / "archive").iterdir()
    length = path.stat().st_size
    sql = "SELECT warc_offset FROM captures ORDER BY ALL"
    ((first,), (second,), _) = rows(home, sql) if size else [(0,), (0,), (0,)]
    ((url,),) = rows(home, f"SELECT url FROM captures WHERE url = '{URL}?1'")
    take(home, url, with_mirrors=True)
    assert path.stat().st_size == length
    assert first <= second
    with path.open("rb") as file:
        assert [r.rec_type for r in ArchiveIterator(file)] == [
            "warcinfo",
            *["resource"] * (3 if size else 1),
            "metadata",
        ]
    assert len(bodies(home)) == (2 if size else 0)
