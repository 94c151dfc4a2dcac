"""The line into a lake: the same tables as in a file, whoever reads them, and clear words where it cannot be had."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import typed
from homes import SAMPLES, ingest_into, mission_page, public_tables, rows
from laking import Place, refused_late
from postgres import Server

import warehouse
from warehouse.home import lake_of, note

pytestmark = pytest.mark.lake
OF_THE_WAY = ("landed_at", "warc_file", "warc_offset")


def test_the_same_tables_as_in_a_file(kept: tuple[Path, Path]) -> None:
    lake, file = kept
    assert public_tables(lake, OF_THE_WAY) == public_tables(file, OF_THE_WAY)


def test_home_remembers_its_lake_and_holds_no_warehouse(
    kept: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    lake, _ = kept
    assert lake_of(lake) is not None
    assert not list(lake.glob("*.duckdb*"))
    code, said, _ = typed(capsys, "sql", "SELECT count(*) AS n FROM releases", "--json", "--home", lake)
    assert code == 0
    assert json.loads(said) == [{"n": 50}]


def test_the_same_again_adds_nothing(lake: Path, place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    before, files = public_tables(lake), place.count()
    _, said, _ = typed(capsys, "ingest", SAMPLES, "--home", lake)
    assert "new 0, changed 0, unchanged 55" in said
    assert public_tables(lake) == before
    assert place.count() == files + 1  # the row of the run


def test_all_comes_back_from_the_archive_alone(
    lake: Path, place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = public_tables(lake)
    again = tmp_path / "again"
    again.mkdir()
    (lake / "archive").rename(again / "archive")
    assert typed(capsys, "reparse", "--home", again)[0] == 0
    assert public_tables(again) == before


@pytest.mark.parametrize(
    "words",
    [("ask", "2"), ("search", "Wang"), ("status",), ("report", "--last", "month"), ("show", "--cite", "RELEASE")],
    ids=lambda words: words[0],
)
def test_verbs_answer_as_of_a_file(
    kept: tuple[Path, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
) -> None:
    lake, file = kept
    monkeypatch.chdir(tmp_path)
    release = rows(lake, "SELECT min(release_id) FROM releases")[0][0]
    asked = [release if word == "RELEASE" else word for word in words]
    of_lake, of_file = (typed(capsys, *asked, "--home", home) for home in (lake, file))
    assert of_lake[0] == of_file[0] == 0, of_lake
    if words[0] in ("ask", "search"):
        assert of_lake[1] == of_file[1]


def test_an_export_holds_the_same_bytes(
    kept: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for home in kept:
        done = typed(
            capsys,
            "export",
            "texts",
            "versions",
            "date_evidence",
            "--out",
            tmp_path / f"of-{home.name}",
            "--home",
            home,
        )
        assert done[0] == 0, done
    for name in ("texts", "versions", "date_evidence"):
        parts = [(tmp_path / f"of-{each}" / f"{name}.parquet").read_bytes() for each in ("lake", "file")]
        assert parts[0] == parts[1], name
    packages = [json.loads((tmp_path / f"of-{each}" / "datapackage.json").read_text()) for each in ("lake", "file")]
    described = [[each["schema"] for each in package["resources"]] for package in packages]
    assert described[0] == described[1]  # what DuckLake cannot keep of the comments on views, too


def test_no_words_of_a_release_lie_in_the_catalog_but_the_first_of_a_column(
    lake: Path, place: Place, server: Server
) -> None:
    database = place.files.name
    sql = """
        SELECT table_name FROM information_schema.tables
        WHERE table_name ~ '^ducklake_inlined_data_[0-9]' AND table_schema IN ('warehouse', 'published')
    """
    assert len(server.ask(sql, database).split()) == 1  # the fence
    longest = "SELECT max(greatest(length(min_value), length(max_value))) FROM {}.ducklake_file_column_stats"
    assert all(int(server.ask(longest.format(schema), database)) <= 256 for schema in ("warehouse", "published"))


def test_a_reader_keeps_the_picture_that_it_opened(lake: Path, tmp_path: Path) -> None:
    page = tmp_path / "one.txt"
    page.write_text(mission_page(), "utf-8")
    with warehouse.connect(lake) as early:
        assert ingest_into(lake, page).new == 1
        assert early.execute("SELECT count(*) FROM releases").fetchall() == [(50,)]
        assert early.execute("SELECT releases FROM publication").fetchall() == [(50,)]
    assert rows(lake, "SELECT count(*) FROM releases") == [(51,)]


def test_each_batch_lands_at_its_own_time(place: Place, tmp_path: Path) -> None:
    """Others land meanwhile: what is shown before a look landed must not come to say that it had."""
    ingest_into(tmp_path, SAMPLES, warehouse=place.warehouse, data=place.data, batch_size=20)
    times = "SELECT count(DISTINCT landed_at), max(landed_at) <= (SELECT published_at FROM publication) FROM captures"
    assert rows(tmp_path, times) == [(3, True)]


def test_a_takedown_is_refused_with_what_to_do(kept: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    lake, _ = kept
    release = rows(lake, "SELECT min(release_id) FROM releases")[0][0]
    code, _, complaint = typed(capsys, "takedown", release, "--reason", "asked", "--home", lake)
    assert code == 1
    assert "communique move file" in complaint


def test_a_home_of_another_warehouse_is_not_mixed_up(
    kept: tuple[Path, Path], place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    lake, file = kept
    code, _, complaint = typed(capsys, "sql", "SELECT 1", "--home", lake, "--warehouse", f"{place.warehouse}x")
    assert code == 1
    assert "another lake" in complaint
    code, _, complaint = typed(capsys, "ingest", SAMPLES, "--home", file, *place.words)
    assert code == 1
    assert "communique move" in complaint


@pytest.mark.parametrize(
    ("variable", "value"),
    [("PGPASSWORD", "wrong"), ("AWS_SECRET_ACCESS_KEY", "wrong"), ("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")],
)
def test_who_is_turned_away_is_told(
    tmp_path: Path,
    place: Place,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
) -> None:
    monkeypatch.setenv(variable, value)
    code, _, complaint = typed(capsys, "ingest", SAMPLES, "--home", tmp_path, *place.words)
    assert code == 1
    assert "Check that both answer" in complaint, complaint
    assert "This is a bug" not in complaint


def test_a_lake_is_not_made_over_the_files_of_another(
    lake: Path,
    place: Place,
    new_place: Callable[[], Place],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, other = place.count(), new_place()
    words = ["--warehouse", other.warehouse, "--data", place.data]
    code, _, complaint = typed(capsys, "ingest", SAMPLES, "--home", tmp_path / "other", *words)
    assert code == 1
    assert "files of another lake" in complaint
    assert place.count() == before
    monkeypatch.setenv("COMMUNIQUE_DATA", "")
    code, _, complaint = typed(capsys, "ingest", SAMPLES, "--home", tmp_path / "third", *words[:2])
    assert "Say `--data`" in complaint


def test_a_second_home_reads_a_lake_without_being_told_of_its_data(
    kept: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = lake_of(kept[0])
    assert known is not None
    words = ["--warehouse", f"ducklake:postgres:{known.catalog}", "--home", tmp_path]
    code, said, complaint = typed(capsys, "sql", "SELECT count(*) AS n FROM releases", "--json", *words)
    assert code == 0, complaint
    assert json.loads(said) == [{"n": 50}]


def test_a_lake_in_a_folder(tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    ingest_into(tmp_path / "lake", SAMPLES, warehouse=place.warehouse, data=str(tmp_path / "tables"))
    ingest_into(tmp_path / "file", SAMPLES)
    assert public_tables(tmp_path / "lake", OF_THE_WAY) == public_tables(tmp_path / "file", OF_THE_WAY)
    assert list((tmp_path / "tables" / "published").rglob("*.parquet"))


@pytest.mark.parametrize("words", ["ducklake:postgres:host=db password=secret", "postgres://me:secret@db/lake"])
def test_a_password_is_not_said_where_others_see_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    code, _, complaint = typed(capsys, "sql", "SELECT 1", "--home", tmp_path, "--warehouse", words)
    assert code == 1
    assert "PGPASSWORD" in complaint
    assert "secret" not in complaint


def test_maintain_removes_files(lake: Path, place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(4):
        page = tmp_path / f"{number}.txt"
        page.write_text(mission_page(f"Envoy {number}", f"They met on day {number}."), "utf-8")
        ingest_into(lake, page)
    before, tables = place.count(), public_tables(lake)
    code, said, _ = typed(capsys, "maintain", "--keep", "0", "--home", lake)
    assert code == 0
    assert place.count() < before / 2, said
    assert f"{before} files" in said
    assert public_tables(lake) == tables
    _, said, _ = typed(capsys, "ingest", SAMPLES, "--home", lake)
    assert "unchanged 55" in said
    refused_late(lake)  # the fence stands as it stood


def test_a_state_that_is_kept_can_still_be_read(
    lake: Path, place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "one.txt"
    page.write_text(mission_page(), "utf-8")
    with warehouse.connect(lake) as early:
        ingest_into(lake, page)
        assert typed(capsys, "maintain", "--home", lake)[0] == 0
        assert early.execute("SELECT count(body) FROM releases").fetchall() == [(50,)]


def test_moved_there_and_back_it_is_the_same(tmp_path: Path, place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    ingest_into(home, SAMPLES)
    before = public_tables(home)
    code, said, complaint = typed(capsys, "move", place.warehouse, place.data, "--home", home)
    assert code == 0, complaint
    assert "public tables are the same" in said
    assert not list(home.glob("*.duckdb*"))
    assert public_tables(home) == before
    assert typed(capsys, "ingest", SAMPLES, "--home", home)[1].startswith("read 55, new 0, changed 0, unchanged 55")
    assert typed(capsys, "move", "file", "--home", home)[0] == 0
    assert lake_of(home) is None
    assert public_tables(home) == before
    assert place.count() == 0
    assert typed(capsys, "move", place.warehouse, place.data, "--home", home)[0] == 0  # what was emptied can be filled


def test_a_lake_that_holds_something_is_no_place_to_move_to(
    lake: Path, place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "file"
    ingest_into(home, SAMPLES)
    before = public_tables(lake)
    code, _, complaint = typed(capsys, "move", place.warehouse, place.data, "--home", home)
    assert code == 1
    assert "holds something already" in complaint
    assert lake_of(home) is None
    assert len(public_tables(home)["releases"]) == 50
    assert public_tables(lake) == before


def test_what_differs_after_a_copy_is_not_moved(
    tmp_path: Path, place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from warehouse import move

    home = tmp_path / "home"
    ingest_into(home, SAMPLES)
    copy = move._copy

    def lossy(store: move.Store, *words: object) -> int:
        rows = copy(store, *words)  # type: ignore[arg-type]
        store.connection.execute("DELETE FROM warehouse.links WHERE position = 0")
        return rows

    monkeypatch.setattr(move, "_copy", lossy)
    code, _, complaint = typed(capsys, "move", place.warehouse, place.data, "--home", home)
    assert code == 1
    assert "release_links" in complaint
    assert not (home / "moving.json").exists()
    assert lake_of(home) is None
    assert len(public_tables(home)["releases"]) == 50


@pytest.mark.parametrize("step", ["_copy", "_same", "remember"])
def test_a_move_that_is_killed_has_moved_nothing_and_begins_again(
    tmp_path: Path, place: Place, capsys: pytest.CaptureFixture[str], step: str
) -> None:
    home = tmp_path / "home"
    ingest_into(home, SAMPLES)
    before = public_tables(home)
    script = (
        "import os, sys; from warehouse import move; from flows.cli import main\n"
        f"done = move.{step}\n"
        f"def killed(*words):\n    {'pass' if step == 'remember' else 'done(*words)'}; os.kill(os.getpid(), 9)\n"
        f"move.{step} = killed\n"
        "if __name__ == '__main__': main(sys.argv[1:])\n"
    )
    (tmp_path / "killed.py").write_text(script, "utf-8")
    words = ["move", place.warehouse, place.data, "--home", str(home)]
    done = subprocess.run([sys.executable, str(tmp_path / "killed.py"), *words], capture_output=True, check=False)
    assert done.returncode == -9, done.stderr
    assert public_tables(home) == before
    code, _, complaint = typed(capsys, *words)
    assert code == 0, complaint
    assert lake_of(home) is not None
    assert public_tables(home) == before


def test_what_others_landed_since_a_move_was_killed_is_not_emptied(
    lake: Path, place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, known = tmp_path / "file", lake_of(lake)
    assert known is not None
    page = tmp_path / "one.txt"
    page.write_text(mission_page(), "utf-8")
    ingest_into(home, page)
    note(home / "moving.json", known)  # as a kill leaves it
    before = public_tables(lake)
    code, _, complaint = typed(capsys, "move", place.warehouse, place.data, "--home", home)
    assert code == 1
    assert "holds something already" in complaint
    assert public_tables(lake) == before
