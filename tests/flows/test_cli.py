"""The command line: exit codes, one-line errors, formats; nothing slow is imported for a question."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from homes import CHECKOUT, SAMPLES, ingest_into, line, mission_page, write_lines


def communique(
    *words: str | Path, stdin: str | None = None, cwd: Path = CHECKOUT, **env: str
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COMMUNIQUE_WORKERS": "1", **env}
    return subprocess.run(
        [sys.executable, "-m", "flows", *map(str, words)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    ingest_into(folder, SAMPLES)
    return folder


@pytest.mark.acceptance
def test_exit_codes(tmp_path: Path, home: Path) -> None:
    broken = write_lines(tmp_path / "a.jsonl", ["broken", line(mission_page())])
    assert communique("ingest", SAMPLES / "bare.jsonl", "--home", tmp_path / "h").returncode == 0
    assert communique("ingest", broken, "--home", tmp_path / "h").returncode == 3
    assert communique("sql", "SELECT nonsense", "--home", home).returncode == 1
    assert communique("sql", "--home", tmp_path / "nowhere", "SELECT 1").returncode == 1
    assert communique("sql", "SELECT 1", "--json", "--csv", "--home", home).returncode == 2
    assert communique("no-such-verb").returncode == 2
    assert communique("ingest", "no-such-source", "--home", home).returncode == 2
    assert communique("status", "--home", home).returncode == 0
    assert communique("status", "--home", tmp_path / "empty").returncode == 0


def test_an_error_is_one_line_with_what_to_do_and_a_traceback_only_with_debug(tmp_path: Path) -> None:
    said = communique("sql", "SELECT 1", "--home", tmp_path)
    assert said.stderr.count("\n") == 1
    assert "communique ingest" in said.stderr
    assert "Traceback" in communique("sql", "SELECT 1", "--home", tmp_path, "--debug").stderr


@pytest.mark.acceptance
def test_a_misspelt_source_is_answered_with_the_nearest(home: Path) -> None:
    said = communique("ingest", "inbxo", "--home", home)
    assert "Did you mean `inbox`?" in said.stderr


@pytest.mark.acceptance
def test_sql_gives_a_table_json_and_csv(home: Path) -> None:
    edited = "SELECT release_id FROM edits WHERE source = 'mfa-cn-en'"
    query = f"SELECT version, cause FROM versions WHERE release_id IN ({edited}) ORDER BY 1"
    assert communique("sql", query, "--home", home).stdout.split() == ["version", "cause", "1", "new", "2", "site_edit"]
    assert json.loads(communique("sql", query, "--json", "--home", home).stdout) == [
        {"version": 1, "cause": "new"},
        {"version": 2, "cause": "site_edit"},
    ]
    assert list(csv.reader(io.StringIO(communique("sql", query, "--csv", "--home", home).stdout)))[1] == ["1", "new"]
    assert json.loads(communique("sql", "--json", "--home", home, stdin=query).stdout)[1]["version"] == 2


def test_sql_reads_a_file(home: Path) -> None:
    query = CHECKOUT / "seeds" / "questions" / "02_edited_releases.sql"
    found = json.loads(communique("sql", "-f", query, "--json", "--home", home).stdout)
    assert [row["source"] for row in found] == ["state-gov", "mfa-cn-en"]


def test_csv_runs_no_formula(home: Path) -> None:
    done = communique("sql", "SELECT '=1+1' AS a, '@x' AS b, -1 AS c, 'x' AS d", "--csv", "--home", home)
    assert list(csv.reader(io.StringIO(done.stdout)))[1] == ["'=1+1", "'@x", "-1", "x"]


def test_markup_in_a_text_is_shown_as_it_stands(home: Path) -> None:
    assert "[bold]x[/bold]" in communique("sql", "SELECT '[bold]x[/bold]' AS a", "--home", home).stdout


def test_a_question_imports_nothing_slow(home: Path) -> None:
    script = (
        "import sys\nfrom flows.cli import main\n"
        f"main(['sql', 'SELECT count(*) FROM releases', '--home', {str(home)!r}])\n"
        "print(sorted(set(sys.modules) & {'prefect', 'pyarrow', 'httpx', 'fastwarc', 'flows.line'}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=CHECKOUT)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.acceptance
def test_status_says_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<html><title>Something new</title><p>x</p></html>", "utf-8")
    communique("ingest", page, SAMPLES, "--home", tmp_path / "h")
    said = communique("status", "--home", tmp_path / "h").stdout
    for words in ("LayoutUnknown", "Something new", "communique reparse", "archive/", "batch_size", "mfa-cn-zh"):
        assert words in said, words
    report = json.loads(communique("status", "--json", "--home", tmp_path / "h", COMMUNIQUE_BATCH_SIZE="17").stdout)
    assert report["settings"]["batch_size"] == {"value": "17", "from": "COMMUNIQUE_BATCH_SIZE"}
    assert report["quarantine"][0]["captures"] == 1
    assert report["sizes"]["communique.duckdb"] > 0


def test_settings_come_from_flag_environment_file_default_in_this_order(tmp_path: Path) -> None:
    (tmp_path / "communique.toml").write_text('home = "from-file"\nbatch_size = 7\n', "utf-8")
    report = json.loads(communique("status", "--json", cwd=tmp_path).stdout)
    assert report["home"] == "from-file"
    assert report["settings"]["batch_size"] == {"value": "7", "from": "communique.toml"}
    assert report["settings"]["lock_timeout"]["from"] == "default"
    assert json.loads(communique("status", "--json", cwd=tmp_path, COMMUNIQUE_HOME="env").stdout)["home"] == "env"
    flagged = communique("status", "--json", "--home", "flag", cwd=tmp_path, COMMUNIQUE_HOME="env")
    assert json.loads(flagged.stdout)["home"] == "flag"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("batch_size = 0", "between 1 and 500"),
        ("bach_size = 7", "unknown setting `bach_size`"),
        ("page_seconds = 'x'", "`page_seconds` must be float"),
        ("x = ", "cannot be read"),
    ],
)
def test_a_wrong_setting_is_said(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "communique.toml").write_text(text, "utf-8")
    done = communique("status", cwd=tmp_path)
    assert done.returncode == 1
    assert words in done.stderr


@pytest.mark.acceptance
def test_an_inbox_is_read_file_by_file(tmp_path: Path) -> None:
    inbox = tmp_path / "h" / "inbox"
    inbox.mkdir(parents=True)
    (inbox / "a.txt").write_text(mission_page(), "utf-8")
    first = communique("ingest", "inbox", "--json", "--home", tmp_path / "h")
    assert json.loads(first.stdout)["new"] == 1
    (inbox / "b.txt").write_text(mission_page(body="Another."), "utf-8")
    second = json.loads(communique("ingest", "inbox", "--json", "--home", tmp_path / "h").stdout)
    assert (second["new"], second["unchanged"]) == (1, 1)
    found = json.loads(
        communique("sql", "SELECT DISTINCT source FROM releases", "--json", "--home", tmp_path / "h").stdout
    )
    assert found == [{"source": "inbox"}]


@pytest.mark.acceptance
def test_the_users_sources_add_to_the_shipped_ones(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(
        '[[source]]\nid = "mission-aa"\nissuer = "Embassy in Aa"\ncountry = "CHN"\nstate = "reported"\n'
        'urls = ["aa.china-embassy.org/eng/"]\nlayouts = ["mission_text"]\n',
        "utf-8",
    )
    path = write_lines(tmp_path / "a.jsonl", [line(mission_page(), url="http://aa.china-embassy.org/eng/x.htm")])
    communique("ingest", path, "--home", tmp_path / "h", COMMUNIQUE_SOURCES=str(mine))
    query = "SELECT source, issuer, issuer_iso3 FROM releases"
    found = json.loads(communique("sql", query, "--json", "--home", tmp_path / "h").stdout)
    assert found == [{"source": "mission-aa", "issuer": "Embassy in Aa", "issuer_iso3": "CHN"}]
    mine.write_text(mine.read_text("utf-8").replace('"mission_text"', '"mission_txt"'), "utf-8")
    done = communique("ingest", path, "--home", tmp_path / "h", COMMUNIQUE_SOURCES=str(mine))
    assert "mine.toml, line 7, field `layouts`: there is no layout `mission_txt`" in done.stderr


@pytest.mark.acceptance
def test_the_wheel_works_in_an_empty_folder(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(CHECKOUT, source, ignore=shutil.ignore_patterns(".venv", ".git", "data", "__pycache__"))
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path / "dist"],
        cwd=source,
        check=True,
        capture_output=True,
    )
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    venv.create(tmp_path / "venv", with_pip=True, symlinks=True)
    python = tmp_path / "venv" / "bin" / "python"
    constraints = CHECKOUT / "constraints.txt"
    subprocess.run([python, "-m", "pip", "install", "-q", "-c", constraints, wheel], check=True, capture_output=True)
    empty = tmp_path / "empty"
    empty.mkdir()
    shutil.copytree(SAMPLES, empty / "samples")
    command = tmp_path / "venv" / "bin" / "communique"
    shutil.rmtree(source)
    done = subprocess.run(
        [command, "ingest", "samples", "--json"], cwd=empty, capture_output=True, text=True, check=False
    )
    assert json.loads(done.stdout)["new"] == ingest_into(tmp_path / "here", SAMPLES).new, done.stderr
    where = subprocess.run(
        [python, "-c", "import seeds; print(seeds.shipped())"], cwd=empty, capture_output=True, text=True, check=True
    )
    assert where.stdout.startswith(str(tmp_path / "venv"))
