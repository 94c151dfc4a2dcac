"""Other tools read the published file as docs/other-tools.md says, in the versions that it names."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
import venv
from pathlib import Path

import pytest
from homes import CHECKOUT, SAMPLES, ingest_into
from pages import run_page

PAGE = CHECKOUT / "docs" / "other-tools.md"
OURS = "duckdb-cli"  # comes with dev-requirements.txt


def named() -> dict[str, str]:
    """Packages and versions of the page's table."""
    return dict(re.findall(r"^\| [\w ]+ \| `([\w-]+)` \| ([\d.]+) \|", PAGE.read_text("utf-8"), re.MULTILINE))


def test_the_duckdb_of_the_page_is_the_one_that_runs() -> None:
    assert importlib.metadata.version(OURS) == named()[OURS]


@pytest.mark.acceptance
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="no R here: apt-get install r-base-core")
def test_r_gives_what_its_page_shows(tmp_path: Path) -> None:
    ingest_into(tmp_path / "data", SAMPLES)
    run_page(CHECKOUT / "docs" / "r.md", tmp_path)


@pytest.mark.acceptance
def test_other_tools_give_what_the_page_shows(tmp_path: Path) -> None:
    venv.create(tmp_path / "tools", with_pip=True)
    wanted = [f"{name}=={version}" for name, version in named().items() if name != OURS]
    assert len(wanted) == 7
    pip = [tmp_path / "tools" / "bin" / "python", "-m", "pip", "install", "--quiet", *wanted]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if "No matching distribution" in done.stderr or "No route to host" in done.stderr:
        pytest.skip("no package index, or one without these versions")
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "empty"
    folder.mkdir()
    ingest_into(folder / "data", SAMPLES)
    before = (folder / "data" / "communique.duckdb").stat()
    run_page(PAGE, folder, path=f"{tmp_path / 'tools' / 'bin'}:")
    after = (folder / "data" / "communique.duckdb").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns), "a tool wrote into it"
