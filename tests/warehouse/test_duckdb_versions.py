"""Both files are read by the oldest DuckDB that we allow, and its own files by us."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from homes import CHECKOUT, SAMPLES, ingest_into, public_tables

OLD = os.environ.get("COMMUNIQUE_OLD_DUCKDB")
pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(
        OLD is None, reason="COMMUNIQUE_OLD_DUCKDB names no folder with duckdb 1.5.5; `make acceptance` does"
    ),
]


def old(code: str) -> str:
    """Run code under the old DuckDB."""
    environment = {**os.environ, "PYTHONPATH": f"{OLD}:{CHECKOUT}"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_old_one_is_old() -> None:
    assert old("import duckdb; print(duckdb.__version__)") == "1.5.5"


COUNT = "import duckdb; print(duckdb.connect({!r}, read_only=True).execute('SELECT count(*) FROM captures').fetchall())"
INGEST = "from flows.run import ingest; ingest([{!r}], flow=False, home={!r}, workers=1)"


def test_the_old_one_reads_and_writes_what_the_new_one_wrote(tmp_path: Path) -> None:
    home = tmp_path / "home"
    read = ingest_into(home, SAMPLES).read
    for name in ("communique.duckdb", "warehouse.duckdb"):
        assert old(COUNT.format(str(home / name))) == f"[({read},)]"
    (tmp_path / "a.txt").write_text("Home > News\nA title\n\nA body.\n\nPrint", "utf-8")
    old(INGEST.format(str(tmp_path / "a.txt"), str(home)))
    (tmp_path / "b.txt").write_text("Home > News\nB title\n\nB body.\n\nPrint", "utf-8")
    assert ingest_into(home, tmp_path / "b.txt").new == 1


def test_the_old_one_gives_the_same_tables(tmp_path: Path) -> None:
    old(INGEST.format(str(SAMPLES), str(tmp_path / "old")))
    ingest_into(tmp_path / "new", SAMPLES)
    left_out = ("landed_at", "warc_file", "warc_offset")
    new_tables, old_tables = public_tables(tmp_path / "new", left_out), public_tables(tmp_path / "old", left_out)
    assert json.dumps(old_tables, default=str) == json.dumps(new_tables, default=str)
