"""docs/scale.md does what it says, typed into a shell with this test's places in place of the page's."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import duckdb
import pytest
from homes import CHECKOUT
from laking import Place

from warehouse.lake import lake_said, opened

pytestmark = pytest.mark.lake
PAGE = (CHECKOUT / "docs" / "scale.md").read_text("utf-8")
CATALOG = "host=db.example dbname=communique"
DATA = "s3://bucket/communique"


def _here(words: str, place: Place) -> str:
    there = place.warehouse.removeprefix("ducklake:postgres:")
    assert CATALOG in words or DATA not in words
    return words.replace(CATALOG, there).replace(DATA, place.data)


def test_the_commands_of_the_page(tmp_path: Path, place: Place) -> None:
    (block,) = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    commands = [line for line in block.splitlines() if line.startswith("communique ")]
    assert len(commands) == 6
    environment = {**os.environ, "COMMUNIQUE_HOME": str(tmp_path / "home"), "PYTHONSAFEPATH": "1"}
    for command in commands:
        words = _here(command, place).replace("communique ", f"{sys.executable} -m flows ", 1)
        done = subprocess.run(
            words, shell=True, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
    assert not (tmp_path / "home" / "communique.duckdb").exists()


def test_a_reader_without_communique(tmp_path: Path, place: Place) -> None:
    words = [sys.executable, "-m", "flows", "ingest", "seeds/releases", "--home", str(tmp_path), *place.words]
    subprocess.run(words, cwd=CHECKOUT, check=True, capture_output=True)
    (attach,) = re.findall(r"`(ATTACH [^`]*)`", PAGE)
    lake = lake_said(place.warehouse, place.data)
    with opened(lake) as connection:
        connection.execute(_here(attach, place))
        assert connection.execute("SELECT count(*) FROM c.releases").fetchall() == [(50,)]
        with pytest.raises(duckdb.Error, match=r"read-only|read only"):
            connection.execute("DELETE FROM c.releases")


def test_the_extra_is_what_the_tests_run_with() -> None:
    extras = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    pinned = dict(each.split("==") for each in extras["lake"])
    assert pinned.pop("duckdb") == duckdb.__version__
    folder = Path(duckdb.__file__).parents[1]
    for name, version in pinned.items():
        installed = folder / f"{name.replace('-', '_')}-{version}.dist-info"
        assert installed.is_dir(), f"{name} {version}"
