"""Killed with -9 inside land, publish and reparse; the long tests do the same 200 times, on more."""

from __future__ import annotations

from pathlib import Path

import pytest
from homes import CHECKOUT
from keeping import differences, tables, write_parts
from killing import Commands
from series import Series

pytestmark = pytest.mark.acceptance

KILLS = 7  # inside each step
RELEASES = 8  # that a part brings


def test_killed_inside_each_step_it_is_as_if_nobody_had(tmp_path: Path) -> None:
    parts = write_parts(tmp_path / "input", KILLS, RELEASES)
    with Commands(CHECKOUT, tmp_path) as commands:
        whole = commands.run("ingest", *parts, "--home", tmp_path / "whole")
        seconds = {step: whole.seconds(step)[0] for step in ("land", "publish")}
        series = Series(tmp_path, {**seconds, "reparse": sum(seconds.values())}, seed=20)
        series.ingest(commands, parts)
        assert not differences(tables(series.home), tables(tmp_path / "whole"))
        series.reparse(commands, KILLS, "lost")
    assert not differences(tables(series.home), tables(tmp_path / "whole"))
    assert [len(shares) for shares in series.inside.values()] == [KILLS] * 3
