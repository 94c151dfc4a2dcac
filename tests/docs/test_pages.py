"""The pages that a person follows step by step are followed here, in an empty folder, as they stand."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from homes import CHECKOUT, SAMPLES, ingest_into
from pages import environment, run_page, same, steps


def followed(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    page = CHECKOUT / "docs" / name
    assert any(step.shown for step in steps(page))
    run_page(page, folder)


@pytest.mark.acceptance
def test_the_tutorial_is_as_it_says(tmp_path: Path) -> None:
    followed("tutorial.md", tmp_path)


@pytest.mark.acceptance
def test_the_runbook_is_as_it_says(tmp_path: Path) -> None:
    followed("runbook.md", tmp_path)


@pytest.mark.acceptance
def test_a_copy_made_as_the_runbook_says_has_writers_wait(tmp_path: Path) -> None:
    """The lock that `flock` takes is the one that a writer asks for."""
    ingest_into(tmp_path / "data", SAMPLES / "bare.jsonl")
    script = "flock data/writer.lock sh -c 'communique reparse || echo exit $?'"
    variables = {"COMMUNIQUE_LOCK_TIMEOUT": "0.2"}
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=environment(tmp_path, "", variables),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "another writer holds it" in done.stderr
    assert done.stdout == "exit 1\n"


@pytest.mark.parametrize(
    ("shown", "given", "alike"),
    [
        ("read 3, new 1\n", "read 3, new 1\n", True),
        ("read 3, new 1\n", "read 3, new 2\n", False),
        ("a\nb\n", "a\n", False),
        ("a\n", "a\nb\n", False),
        ("kept in ….gz:…\n", "kept in x-1.gz:55\n", True),
        ("kept in ….gz:…\n", "kept in x-1.warc:55\n", False),
        ("a…b\n", "a\nb\n", False),
        ("a\n…\nd\n", "a\nb\nc\nd\n", True),
        ("a\n…\nd\n", "a\nd\n", True),
        ("a\n…\nd\n", "a\nb\n", False),
        ("1.0 (x)\n", "1x0 (x)\n", False),
    ],
)
def test_an_ellipsis_stands_for_what_differs_and_for_nothing_else(shown: str, given: str, alike: bool) -> None:
    assert same(shown, given) is alike
