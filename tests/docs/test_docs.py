"""Docs are under test: what they show is what happens, and what exists is in them."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import fields
from pathlib import Path

import prefect.settings
import pytest
from homes import CHECKOUT, SAMPLES, ingest_into
from reference import PAGES, verbs

from flows.cli import cli
from flows.operate.alerts import SILENT
from flows.operate.deployments import planned
from flows.operate.watch import LOGS
from flows.settings import PREFIX, Settings
from seeds import read_catalogue

PAGES_WITH_EXAMPLES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]


def consoles(page: Path) -> list[str]:
    return re.findall(r"```console\n(.*?)```", page.read_text("utf-8"), re.DOTALL)


def run(command: str, home: Path) -> str:
    words = shlex.split(command)
    assert words[0] == "communique", command
    environment = {**os.environ, "COMMUNIQUE_HOME": str(home), "COLUMNS": "160"}
    done = subprocess.run(
        [sys.executable, "-m", "flows", *words[1:]],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 3), f"{command}: {done.stderr}"
    return done.stdout


@pytest.mark.parametrize("page", [page for page in PAGES_WITH_EXAMPLES if consoles(page)], ids=lambda page: page.name)
def test_every_example_gives_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    for block in consoles(page):
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = step.partition("\n")
            given = "\n".join(line.rstrip() for line in run(command, tmp_path).splitlines())
            assert given.strip() == shown.strip(), command


def test_python_in_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (CHECKOUT / "README.md").read_text("utf-8"), re.DOTALL)
    assert blocks
    ingest_into(tmp_path / "data", SAMPLES)
    for block in blocks:
        subprocess.run([sys.executable, "-c", block], cwd=tmp_path, check=True, capture_output=True)


@pytest.mark.parametrize("page", PAGES)
def test_generated_pages_are_as_the_code_says(page: str) -> None:
    assert (CHECKOUT / "docs" / page).read_text("utf-8") == PAGES[page](), "run `make docs`"


def test_links_between_pages_lead_somewhere() -> None:
    for page in [*PAGES_WITH_EXAMPLES, CHECKOUT / "CONTRIBUTING.md", CHECKOUT / "CHANGELOG.md"]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} -> {target}"


def test_files_that_the_readme_names_exist() -> None:
    for name in re.findall(
        r"`((?:flows|parsers|warehouse|seeds)/[\w./]+)`", (CHECKOUT / "README.md").read_text("utf-8")
    ):
        assert (CHECKOUT / name).exists(), name


def test_every_make_target_that_docs_name_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (CHECKOUT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in ("README.md", "CONTRIBUTING.md"):
        for named in re.findall(r"(?:`|^ {4})make ([a-z]+)", (CHECKOUT / page).read_text("utf-8"), re.MULTILINE):
            assert named in targets, named


def test_nothing_names_a_machine_or_a_registry() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    if tracked.returncode != 0:
        pytest.skip("no git checkout")
    strange = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|/work/main|/root/|deb\.debian")
    for name in tracked.stdout.splitlines():
        path = CHECKOUT / name
        if path.is_file() and path.suffix in (".py", ".md", ".toml", ".txt", ".sql", "") and path != Path(__file__):
            assert not strange.search(path.read_text("utf-8", "replace")), name


ALL_PAGES = [*PAGES_WITH_EXAMPLES, CHECKOUT / "CONTRIBUTING.md"]


@pytest.mark.parametrize("page", ALL_PAGES, ids=lambda page: page.name)
def test_every_command_and_option_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text("utf-8")
    shown = re.findall(r"`communique ([^`]*)`", text)
    shown += re.findall(r"^(?:\$ |    )communique (.*)$", text, re.MULTILINE)
    shown += re.findall(r"^communique (.*)$", "".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL)), re.MULTILINE)
    known = {name: {word for option in verb.params for word in option.opts} for name, verb in verbs(cli)}
    for words in (each.split() for each in shown if not each.startswith("-")):
        verb = next((name for name in (" ".join(words[:2]), words[0]) if name in known), None)
        assert verb is not None, f"{page.name}: communique {' '.join(words)}"
        for word in words:
            if re.fullmatch(r"--[a-z-]+", word):
                assert word in known[verb], f"{page.name}: communique {verb} {word}"


@pytest.mark.parametrize("page", ALL_PAGES, ids=lambda page: page.name)
def test_every_variable_that_a_page_names_exists(page: Path) -> None:
    ours = {PREFIX + field.name.upper() for field in fields(Settings)} | {"COMMUNIQUE_ALERT_URL"}
    for name in set(re.findall(r"\bCOMMUNIQUE_[A-Z_]+", page.read_text("utf-8"))):
        assert name in ours, f"{page.name}: {name}"
    for name in set(re.findall(r"\bPREFECT_[A-Z_0-9]+", page.read_text("utf-8"))):
        assert getattr(prefect.settings, name).name == name, f"{page.name}: {name}"


def test_what_the_operators_page_says_is_deployed_is() -> None:
    text = (CHECKOUT / "docs" / "operate.md").read_text("utf-8")
    (entry,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    named = set(re.findall(r"^\| `([a-z]+/\w+)` \|", text, re.MULTILINE))
    with tempfile.NamedTemporaryFile("w", suffix=".toml", encoding="utf-8") as file:
        file.write(entry)
        file.flush()
        catalogue = read_catalogue(Path(file.name), layouts=())
    plan = {each.full_name: each for each in planned(catalogue)}
    assert named == {"ingest/SOURCE" if name == "ingest/dumps" else name for name in plan}
    assert plan["ingest/dumps"].cron == "10 6 * * *"
    assert plan["maintain/home"].cron == "40 3 * * *", "03:40 UTC"
    assert f"HOME/{LOGS}" in text
    assert f"missing for {SILENT.seconds} seconds" in text
