"""Runs what a page of docs tells its reader to type, in order, in an empty folder, and compares what comes out.

A block `sh` is typed; a block `text` right behind it is all that it prints, standard error included. What differs from
run to run is an ellipsis in the page: `…` in a line is anything in that line, a line of `…` alone is any lines.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from homes import CHECKOUT

_BLOCKS = re.compile(r"^```sh\n(.*?)^```\n(?:\n*^```text\n(.*?)^```$)?", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Step:
    """What is typed, and what the page shows; None where it shows nothing."""

    typed: str
    shown: str | None


def steps(page: Path) -> list[Step]:
    """The steps of a page, in order."""
    found = [Step(*match.groups()) for match in _BLOCKS.finditer(page.read_text("utf-8"))]
    assert len(found) == page.read_text("utf-8").count("```sh\n"), "a block that nobody would run"
    return found


def run_page(page: Path, folder: Path, path: str = "", **variables: str) -> None:
    """Type all of a page; the first that fails or prints something else fails the test."""
    for step in steps(page):
        typed(step, folder, environment(folder, path, variables))


def typed(step: Step, folder: Path, variables: Mapping[str, str]) -> None:
    """Type one step."""
    done = subprocess.run(
        ["bash", "--norc", "-euo", "pipefail", "-c", step.typed],
        cwd=folder,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, f"{step.typed}\n{done.stdout}"
    if step.shown is not None:
        assert same(step.shown, done.stdout), f"{step.typed}\n--- shown\n{step.shown}\n--- comes\n{done.stdout}"


def environment(folder: Path, path: str, variables: Mapping[str, str]) -> dict[str, str]:
    """As on a machine where this checkout is installed and nothing is set."""
    tools = folder.parent / f"{folder.name}-bin"
    tools.mkdir(exist_ok=True)
    for name, words in (("communique", "-m flows "), ("python", "")):
        (tools / name).write_text(f'#!/bin/sh\nPYTHONPATH={CHECKOUT} exec {sys.executable} {words}"$@"\n', "utf-8")
        (tools / name).chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COMMUNIQUE_", "PREFECT_"))}
    found = f"{path}{tools}:{os.environ['PATH']}:{Path(sys.executable).parent}"  # the duckdb CLI lies beside Python
    return {**kept, "PATH": found, "PYTHONWARNINGS": "ignore", **variables}


def same(shown: str, given: str) -> bool:
    """Whether an output is as shown, but for ellipses."""
    return re.fullmatch("".join(_pattern(shown)), _ended(given)) is not None


def _pattern(shown: str) -> Iterator[str]:
    for line in shown.splitlines():
        if line == "…":
            yield r"(?:[^\n]*\n)*?"
        else:
            yield r"[^\n]*".join(map(re.escape, line.rstrip().split("…"))) + "\n"


def _ended(given: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in given.strip("\n").splitlines())
