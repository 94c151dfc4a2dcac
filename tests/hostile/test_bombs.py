"""Bodies that unpack to a gigabyte are cut at the bound, whatever way they come, in the memory of a small process.

What one coding gives is held in tests/flows/test_warc.py; here are members and frames without end, a
coding in a coding, the HTTP client and a feed, and the memory is the process's own: decoders are native.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import bombs
import pytest
from saved import ROOT

from parsers.release import MAX_BYTES

HANGS = 60.0
MEMORY = 256 << 20  # a quarter of what they unpack to; the modules alone take 70 MB


def taken(way: str, *bodies: str) -> tuple[list[list[Any]], int]:
    """What a process of its own says of bodies, outcome and length each, and the most memory that it used."""
    command = [sys.executable, bombs.__file__, way, *bodies]
    here = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=HANGS, check=True, env=here)
    said = json.loads(done.stdout)
    return said["found"], said["peak"]


@pytest.mark.acceptance
@pytest.mark.parametrize("way", ["warc", "http"])
def test_bombs_are_cut_at_the_bound(tmp_path: Path, way: str) -> None:
    bodies = []
    for number, (codings, made) in enumerate(bombs.BOMBS.values()):
        path = tmp_path / str(number)
        path.write_bytes(made())
        assert path.stat().st_size < 5_000_000
        bodies += [str(path), codings]
    found, peak = taken(way, *bodies)
    for name, came in zip(bombs.BOMBS, found, strict=True):
        assert came == (["ok", 0] if name == "members of nothing" else ["too_large", MAX_BYTES]), name
    assert peak < MEMORY


def test_a_feed_that_is_a_bomb_is_cut_at_the_bound(tmp_path: Path) -> None:
    path = tmp_path / "a.rss.gz"
    path.write_bytes(bombs.gzipped(bombs.FEED, 1) + bombs.gzipped())
    ((outcome, length),), peak = taken("feed", str(path), "")
    assert outcome == "too_large"
    assert length <= MAX_BYTES
    assert peak < MEMORY
