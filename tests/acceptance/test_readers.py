"""One writer that publishes all the time, four readers that ask all the time: no read fails, no picture is half.

COMMUNIQUE_READERS_SECONDS says for how long. Two readers are the `duckdb` command, which `duckdb-cli` of PyPI has.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from homes import CHECKOUT, ingest_into
from keeping import write_parts
from reading import Tally

from warehouse.home import FILE

pytestmark = pytest.mark.acceptance

SECONDS = float(os.environ.get("COMMUNIQUE_READERS_SECONDS", "30"))
CLI = shutil.which("duckdb", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))


def started(role: str, home: Path, seconds: float, *more: str) -> subprocess.Popen[str]:
    words = [sys.executable, str(CHECKOUT / "tests" / "reading.py"), role, str(home), str(seconds), *more]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    return subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True)


def told_by(process: subprocess.Popen[str]) -> Tally:
    out, _ = process.communicate(timeout=SECONDS + 120)
    assert process.returncode == 0
    return Tally(**json.loads(out))


def test_four_readers_beside_a_writer_never_fail(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest_into(home, *write_parts(tmp_path / "first", 1, 5))
    assert CLI, "the `duckdb` command comes with dev-requirements.txt"
    roles = [("asking",), ("holding",), ("cli", CLI), ("cli", CLI)]
    writer = started("writing", home, SECONDS)
    readers = [(role[0], started(role[0], home, SECONDS, *role[1:])) for role in roles]
    tallies = [(role, told_by(process)) for role, process in readers]
    written = told_by(writer)
    with duckdb.connect(str(home / FILE), read_only=True) as file:
        ((publications,),) = file.execute("SELECT count(*) FROM publications").fetchall()
    for role, tally in [*tallies, ("writing", written)]:
        print(f"READERS {role}: {tally}")
    print(f"READERS {publications} publications in {SECONDS:g} s")
    assert [(role, tally.failed) for role, tally in tallies if tally.failures] == []
    assert written.failed == []
    assert publications > SECONDS / 30
    assert min(tally.pictures for _, tally in tallies) > 1, "all readers saw the pictures change"


@pytest.mark.skipif(CLI is None, reason="no `duckdb` command: pip install duckdb-cli, or COMMUNIQUE_DUCKDB_CLI")
def test_two_of_them_are_the_duckdb_command(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest_into(home, *write_parts(tmp_path / "first", 1, 5))
    tally = told_by(started("cli", home, 0.5, str(CLI)))
    assert (tally.failed, tally.pictures) == ([], 1)
