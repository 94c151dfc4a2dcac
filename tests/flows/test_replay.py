"""Reading again: from the archive alone, after a mended layout, under a raised revision.

The layouts are changed in a copy of the packages, and the copy runs as a process of its own: what
a maintainer does, and nothing that a test could only pretend.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

import pytest
from homes import CHECKOUT, SAMPLES, ingest_into, mission_page, public_tables, rows
from looking import PAGE, Look, write_looks

from flows.registry import catalogue_of
from flows.reparse import _captures, _kept
from flows.running import running
from flows.settings import settings

pytestmark = pytest.mark.acceptance

PACKAGES = ("flows", "parsers", "warehouse", "seeds")


class Copy:
    """A copy of the packages whose layouts a test may change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for package in PACKAGES:
            shutil.copytree(CHECKOUT / package, folder / package, ignore=shutil.ignore_patterns("releases"))

    def change(self, file: str, before: str, after: str) -> None:
        path = self.folder / file
        text = path.read_text("utf-8")
        assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times in {file}"
        path.write_text(text.replace(before, after), "utf-8")
        # Python knows a file that changed by its second and its size: neither need differ.
        Path(cache_from_source(str(path))).unlink(missing_ok=True)

    def run(self, *words: str | Path, expect: int = 0) -> dict[str, Any]:
        environment = {
            **os.environ,
            "PYTHONPATH": str(self.folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            "COMMUNIQUE_WORKERS": "1",
        }
        done = subprocess.run(
            [sys.executable, "-m", "flows", *map(str, words), "--json"],
            env=environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == expect, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path / "copy")


def keep_archive_alone(home: Path) -> None:
    for entry in home.iterdir():
        if entry.name != "archive":
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def test_the_archive_alone_brings_everything_back(tmp_path: Path, copy: Copy) -> None:
    home = tmp_path / "home"
    ingest_into(home, SAMPLES)
    (tmp_path / "broken.jsonl").write_text('{"content": 7}\nno JSON\n', "utf-8")
    assert ingest_into(home, tmp_path / "broken.jsonl").quarantined == 2
    before = public_tables(home)
    keep_archive_alone(home)
    restored = copy.run("reparse", "--home", home)
    assert restored["restored"] == len(before["captures"])
    after = public_tables(home)
    for table, expected in before.items():
        assert after[table] == expected, table
    assert copy.run("reparse", "--home", home)["texts_changed"] == 0
    assert public_tables(home) == before


def test_a_missing_warc_file_is_named(tmp_path: Path, copy: Copy) -> None:
    home = tmp_path / "home"
    ingest_into(home, SAMPLES / "bare.jsonl")
    (file,) = (home / "archive").iterdir()
    file.rename(tmp_path / "elsewhere")
    done = subprocess.run(
        [sys.executable, "-m", "flows", "reparse", "--home", home],
        capture_output=True,
        text=True,
        check=False,
        cwd=CHECKOUT,
    )
    assert done.returncode == 1
    assert file.name in done.stderr
    assert "Traceback" not in done.stderr


def test_what_a_broken_layout_quarantined_lands_once_it_is_mended(tmp_path: Path, copy: Copy) -> None:
    whole, home = tmp_path / "whole", tmp_path / "home"
    ingest_into(whole, SAMPLES)
    here, nowhere = '    region_at = "div.content_mod > div.content"', '    region_at = "div.no_such_thing"'
    copy.change("parsers/layouts/mfa_en.py", here, nowhere)
    broken = copy.run("ingest", SAMPLES, "--home", home, expect=3)
    assert broken["quarantined"] == 5
    assert rows(home, "SELECT DISTINCT error, layout FROM quarantine") == [("SelectorError", "mfa_en")]
    intact = rows(home, "SELECT * EXCLUDE (landed_at) FROM releases WHERE layout != 'mfa_en' ORDER BY ALL")
    copy.change("parsers/layouts/mfa_en.py", nowhere, here)
    assert copy.run("reparse", "--home", home, "--dry-run")["texts_changed"] == 5
    assert rows(home, "SELECT count(*) FROM quarantine") == [(5,)]
    assert copy.run("reparse", "--home", home)["new"] == 4
    left_out = ("landed_at", "warc_file", "warc_offset")
    assert public_tables(home, left_out) == public_tables(whole, left_out)
    assert rows(home, "SELECT * EXCLUDE (landed_at) FROM releases WHERE layout != 'mfa_en' ORDER BY ALL") == intact


def test_a_release_lands_whole_whatever_the_size_of_a_batch(tmp_path: Path) -> None:
    looks = [Look(day, mission_page(body=f"Number {day}."), f"{PAGE}?{url}") for url in range(5) for day in range(7)]
    ingest_into(tmp_path / "home", write_looks(tmp_path / "looks.warc", looks))
    chosen = settings({"home": tmp_path / "home", "batch_size": 3, "workers": 1})
    with running(chosen, catalogue_of(chosen), verb="reparse") as run:
        batches = _kept(run)
        releases = [{each.release_id for each in _captures(run, ids)} for ids in batches]
    assert len(batches) == 5
    assert [len(each) for each in releases] == [1] * 5
    assert len(set().union(*releases)) == 5


def test_a_raised_revision_is_no_edit(tmp_path: Path, copy: Copy) -> None:
    home = tmp_path / "home"
    copy.run("ingest", SAMPLES, "--home", home)
    history = rows(home, "SELECT release_id, version, cause, first_captured_at FROM versions ORDER BY ALL")
    titles = rows(home, "SELECT title FROM releases WHERE layout = 'mfa_en' ORDER BY ALL")
    copy.change("parsers/layouts/mfa_en.py", "    revision = 1\n", "    revision = 2\n")
    copy.change(
        "parsers/layouts/mfa_en.py",
        '    date_at = "#News_Body_Time"\n',
        '    date_at = "#News_Body_Time"\n\n    def title(self, page):\n        return super().title(page).upper()\n',
    )
    # In between: one more look at one page of them. That release is read again as a whole, the others wait.
    look = SAMPLES / "mfa-cn-en" / "t1752991-look-2.shtml"
    said = json.loads(look.with_name(look.name + ".json").read_text("utf-8"))
    later = tmp_path / "later.shtml"
    shutil.copy(look, later)
    later.with_name("later.shtml.json").write_text(json.dumps({**said, "captured_at": "2020-09-01T00:00:00Z"}), "utf-8")
    assert copy.run("ingest", later, "--home", home)["read"] == 1
    ((versions, upper),) = rows(
        home, f"SELECT versions, title = upper(title) FROM releases WHERE url = '{said['url']}'"
    )
    assert (versions, upper) == (2, True)
    assert len(rows(home, "FROM edits WHERE source = 'mfa-cn-en'")) == 1
    copy.run("reparse", "--home", home)
    assert rows(home, "SELECT release_id, version, cause, first_captured_at FROM versions ORDER BY ALL") == history
    assert rows(home, "SELECT title FROM releases WHERE layout = 'mfa_en' ORDER BY ALL") == sorted(
        (title.upper(),) for (title,) in titles
    )
    changes = rows(home, "SELECT DISTINCT from_revision, to_revision, to_layout FROM parser_changes")
    assert changes == [("2.1", "2.2", "mfa_en")]
    assert rows(home, "SELECT count(DISTINCT release_id) FROM parser_changes") == [(4,)]


def test_a_redesigned_source_is_held_and_let_go_once_its_layout_is_named(tmp_path: Path, copy: Copy) -> None:
    home = tmp_path / "home"
    layouts = 'layouts = ["mfa_en", "mfa_en_2024", "mfa_text", "headed_text", "bare_text"]'
    copy.change("seeds/sources.toml", layouts, 'layouts = ["mfa_en_2024", "mfa_text", "headed_text", "bare_text"]')
    held = copy.run("ingest", SAMPLES, "--home", home, expect=3)
    assert held["quarantined"] == 5
    assert held["new"] > 15, "what the other sources brought has landed"
    assert rows(home, "SELECT source, closed_at FROM incidents") == [("mfa-cn-en", None)]
    assert rows(home, "SELECT DISTINCT error FROM quarantine") == [("LayoutNotAllowed",)]
    copy.run("status", "--home", home, expect=4)
    # While it is held, captures go on, and nothing of it lands.
    text = tmp_path / "more.jsonl"
    url = "https://www.fmprc.gov.cn/mfa_eng/t1.shtml"
    text.write_text(
        json.dumps({"url": url, "content": "Body.", "content_type": "text/plain", "listing": {"title": "T"}}) + "\n",
        "utf-8",
    )
    assert copy.run("ingest", text, "--home", home, expect=3)["quarantined"] == 1
    assert rows(home, f"SELECT error FROM quarantine WHERE url = '{url}'") == [("NotYetRead",)]
    copy.change("seeds/sources.toml", 'layouts = ["mfa_en_2024", "mfa_text", "headed_text", "bare_text"]', layouts)
    assert copy.run("reparse", "mfa-cn-en", "--home", home)["new"] == 1
    assert rows(home, "SELECT count(*) FROM quarantine") == [(0,)]
    assert rows(home, "SELECT count(*) FROM incidents WHERE closed_at IS NOT NULL") == [(1,)]
    assert rows(home, "SELECT count(*) FROM releases WHERE source = 'mfa-cn-en'") == [(9,)]
    copy.run("status", "--home", home)


def test_a_page_that_was_kept_before_its_source_was_written_gets_it(tmp_path: Path, copy: Copy) -> None:
    home = tmp_path / "home"
    copy.run("ingest", SAMPLES / "mission-en", "--home", home)
    assert rows(home, "SELECT count(*) FROM releases WHERE source IS NULL") == [(11,)]
    entry = (
        '\n[[source]]\nid = "mission-aa"\nissuer = "Aa"\nstate = "reported"\nurls = ["aa.china-consulate.org/eng/"]\n'
    )
    toml = copy.folder / "seeds" / "sources.toml"
    toml.write_text(toml.read_text("utf-8") + entry, "utf-8")
    copy.run("ingest", SAMPLES / "bare.jsonl", "--home", home)  # the entry is published, the page is not yet its
    assert rows(home, "SELECT count(*) FROM releases WHERE source IS NULL") == [(11,)]
    copy.run("reparse", "--home", home)
    claimed = "SELECT source, issuer FROM releases WHERE source = 'mission-aa'"
    assert rows(home, claimed) == [("mission-aa", "Aa")]


UPPER = '        shown[0].chrome, shown[0].text = "title", shown[0].text.upper()\n'


def test_bytes_that_two_releases_share_do_not_mix_their_revisions(tmp_path: Path, copy: Copy) -> None:
    """One release is read anew, another that shares bytes with it is not yet: no edit may come of it."""
    home = tmp_path / "home"

    def feed(name: str, *looks: tuple[str, str]) -> Path:
        text = "Home > News\nA title\n\n{}\n\nPrint"
        said = [
            {
                "id": id_,
                "captured_at": f"2020-01-0{day}T00:00:00Z",
                "content": text.format("Same."),
                "content_type": "text/plain",
            }
            for id_, day in looks
        ]
        path = tmp_path / name
        path.write_text("".join(json.dumps(each) + "\n" for each in said), "utf-8")
        return path

    first = feed("first.jsonl", ("a", "1"), ("b", "1"))
    other = {"id": "b", "captured_at": "2020-01-02T00:00:00Z", "content_type": "text/plain"}
    other["content"] = "Home > News\nA title\n\nAnother.\n\nPrint"
    first.write_text(first.read_text("utf-8") + json.dumps(other) + "\n", "utf-8")
    copy.run("ingest", first, "--home", home)
    edits = "SELECT from_text_sha256, to_text_sha256 FROM edits ORDER BY ALL"
    before = rows(home, edits)
    assert len(before) == 1
    copy.change("parsers/layouts/mission_text.py", "    revision = 2\n", "    revision = 3\n")
    copy.change("parsers/mastheads.py", '        shown[0].chrome = "title"\n', UPPER)
    copy.run("ingest", feed("second.jsonl", ("a", "3")), "--home", home)
    assert rows(home, "SELECT title FROM releases WHERE versions = 1") == [("A TITLE",)]
    assert rows(home, edits) == before, "release b waits, as it was read"
    copy.run("reparse", "--home", home)
    assert len(rows(home, edits)) == 1


def test_a_raised_revision_of_one_layout_leaves_what_others_read_in_place(tmp_path: Path, copy: Copy) -> None:
    """A release with a page that nobody can read does not vanish when some layout changes."""
    home = tmp_path / "home"
    url = "http://dd.china-embassy.org/eng/x.htm"
    good = {"url": url, "captured_at": "2020-01-01T00:00:00Z", "content_type": "text/plain"}
    good["content"] = "Home > News\nA title\n\nSame.\n\nPrint"
    strange = {**good, "captured_at": "2020-01-02T00:00:00Z", "content": "Nobody knows this."}
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in (good, strange)), "utf-8")
    copy.run("ingest", path, "--home", home, expect=3)
    before = rows(home, "SELECT title, versions FROM releases")
    assert before == [("A title", 1)]
    copy.change("parsers/layouts/mfa_en.py", "    revision = 1\n", "    revision = 2\n")
    copy.run("ingest", SAMPLES / "bare.jsonl", "--home", home)
    assert rows(home, f"SELECT title, versions FROM releases WHERE url = '{url}'") == before
    assert rows(home, "SELECT count(*) FROM quarantine") == [(1,)]


def test_a_hold_lets_nothing_through_and_is_opened_by_a_fifth_alone(tmp_path: Path, copy: Copy) -> None:
    home = tmp_path / "home"
    base = "https://www.fmprc.gov.cn/mfa_eng/"

    def lines(name: str, *pages: tuple[str, str, str | None]) -> Path:
        path = tmp_path / name
        said = [
            {"url": base + url, "content": text, "content_type": "text/plain", "listing": title and {"title": title}}
            for url, text, title in pages
        ]
        path.write_text("".join(json.dumps(each) + "\n" for each in said), "utf-8")
        return path

    many = [(f"good{n}.shtml", f"Body {n}.", "A title") for n in range(40)]
    strange = [(f"strange{n}.shtml", f"Nobody knows {n}.", None) for n in range(3)]
    copy.run("ingest", lines("a.jsonl", *many, *strange), "--home", home, expect=3)
    assert rows(home, "FROM incidents") == [], "three of 43 are no fifth"
    copy.run("reparse", "--home", home)
    assert rows(home, "FROM incidents") == [], "nor are they when they are read again"
    more = lines("b.jsonl", *(("x" + url, text, None) for url, text, _ in strange))
    copy.run("ingest", more, "--home", home, expect=3)
    assert rows(home, "SELECT count(*) FROM incidents WHERE closed_at IS NULL") == [(1,)]
    for number in range(2):
        look = lines(f"c{number}.jsonl", ("held.shtml", f"Look {number}.", "Held"))
        copy.run("ingest", look, "--home", home, expect=3)
        assert rows(home, "SELECT count(*) FROM releases WHERE title = 'Held'") == [(0,)]


def test_damage_in_the_middle_of_the_archive_is_said_and_a_cut_at_its_end_is_not(tmp_path: Path, copy: Copy) -> None:
    home = tmp_path / "home"
    ingest_into(home, SAMPLES, batch_size=5)
    (file,) = (home / "archive").iterdir()
    raw = file.read_bytes()
    keep_archive_alone(home)
    third = len(raw) // 3
    file.write_bytes(raw[:third] + bytes(60) + raw[third + 60 :])
    environment = {**os.environ, "PYTHONPATH": str(copy.folder)}
    words = [sys.executable, "-m", "flows", "reparse", "--home", str(home)]
    done = subprocess.run(words, env=environment, cwd=copy.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "damaged" in done.stderr
    assert file.name in done.stderr
    keep_archive_alone(home)
    file.write_bytes(raw[:-40])
    assert copy.run("reparse", "--home", home)["restored"] > 20


def test_a_body_of_the_archives_hangs_on_no_file_of_the_users(tmp_path: Path) -> None:
    page = SAMPLES / "mfa-cn-en" / "t1638077.shtml"
    ingest_into(tmp_path / "own", page)
    (warc,) = (tmp_path / "own" / "archive").iterdir()
    ingest_into(tmp_path / "home", warc)
    loose = tmp_path / "loose.shtml"
    shutil.copy(page, loose)
    ingest_into(tmp_path / "home", loose)
    files = rows(tmp_path / "home", "SELECT warc_file FROM captures")
    assert len(files) == 2
    assert sum(file.startswith("/") for (file,) in files) == 1


def test_a_content_type_of_a_message_does_not_break_the_way_back(tmp_path: Path, copy: Copy) -> None:
    said = {"content": "Home > News\nA title\n\nSame.\n\nPrint", "content_type": "application/http; msgtype=response"}
    (tmp_path / "a.jsonl").write_text(json.dumps(said) + "\n", "utf-8")
    copy.run("ingest", tmp_path / "a.jsonl", "--home", tmp_path / "home")
    assert copy.run("reparse", "--home", tmp_path / "home")["read"] == 1
