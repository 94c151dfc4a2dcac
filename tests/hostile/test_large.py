"""A megabyte of one thing over and over is read or refused within the bounds of the pool, and never read half."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import large
import pytest
from saved import ROOT

QUICK = [
    *("inline tags", "formatting opened in each paragraph", "formatting closed crosswise", "lists in lists"),
    *(
        "marks that nobody sees",
        "entities that are none",
        "tags in the title",
        "dates",
        "crumbs without end",
        "brackets",
    ),
]
# Browsers, too, show nothing of what follows: the comment has no end, the region ends early.
REST_IS_LOST = {"a comment that stays open", "ends of nothing"}
REFUSED = {
    "inline tags that stay open": "TooDeep",
    "formatting opened in each paragraph": "TooDeep",
    "boxes that stay open": "TooDeep",
    "lists in lists": "TooDeep",
    "drawings": "TooDeep",
    "templates in templates": "TooDeep",
    "tags that are none": "TooDeep",
    "lines of two letters": "InputTooLarge",
    "turns": "InputTooLarge",
    "blank lines": "InputTooLarge",
    "links in boxes in boxes": "LayoutUnknown",
}


def readings(*names: str) -> dict[str, dict[str, Any]]:
    """What a process with the memory of a worker says of pages."""
    command = [sys.executable, large.__file__, *names]
    timeout = large.SECONDS * len(names) + 30
    here = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=True, env=here)
    said: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return said


def check(said: dict[str, dict[str, Any]]) -> None:
    for name, got in said.items():
        assert got["error"] == REFUSED.get(name), name
        assert got["whole"] == (name not in REFUSED and name not in REST_IS_LOST), name
        assert got["seconds"] < large.SECONDS, name
        assert got["peak"] < large.MEMORY, name


@pytest.mark.acceptance
def test_a_megabyte_of_one_thing_is_settled_within_the_bounds() -> None:
    said = readings(*QUICK)
    assert said.keys() == set(QUICK)
    check(said)


@pytest.mark.acceptance
@pytest.mark.parametrize("name", [*large.ALL, "links in boxes in boxes"])
def test_any_megabyte_is_settled_within_the_bounds(name: str) -> None:
    check(readings(name))
