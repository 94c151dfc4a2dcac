"""What Prefect costs: the same pages as plain functions and as a flow run on a real server, in turn."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CHECKOUT / "tests"))

from operating import Api, bare_server, environment, up_in  # noqa: E402 - the tests' own helpers

ROUNDS = 3


def orchestration_section(folder: Path, pages: Path, count: int) -> list[str]:
    """Wall time of an ingest, plain and as a flow run, with that of an empty flow run taken off."""
    empty = folder / "empty"
    empty.mkdir(exist_ok=True)
    plain: list[float] = []
    bare: list[float] = []
    flow: list[float] = []
    idle: list[float] = []
    with bare_server(folder) as (_, env):
        _ingest(empty, folder / "warm", env)
        for _ in range(ROUNDS):
            plain.append(_ingest(pages, folder / "plain", environment()))
            bare.append(_ingest(empty, folder / "bare", environment()))
            flow.append(_ingest(pages, folder / "flow", env))
            idle.append(_ingest(empty, folder / "idle", env))
    share = _above(flow, idle) / _above(plain, bare) - 1
    return [
        "## Under Prefect\n",
        f"Wall time of `communique ingest`, median of {ROUNDS} in turn (smallest to largest), a real server.\n",
        "| | wall |\n|--|--|",
        f"| {count:,} pages, plain functions | {_said(plain)} |",
        f"| nothing to read, plain functions | {_said(bare)} |",
        f"| {count:,} pages, a flow run | {_said(flow)} |",
        f"| nothing to read, a flow run | {_said(idle)} |",
        f"| nothing to read, started by a worker, until it ended | {_said(_by_worker(folder))} |\n",
        f"Above an empty run, {count:,} pages take {share:+.1%} wall time as a flow run against plain functions.\n",
    ]


def _above(whole: list[float], empty: list[float]) -> float:
    return statistics.median(each - nothing for each, nothing in zip(whole, empty, strict=True))


def _ingest(path: Path, home: Path, env: Mapping[str, str]) -> float:
    shutil.rmtree(home, ignore_errors=True)
    words = [sys.executable, "-m", "flows", "ingest", str(path), "--home", str(home)]
    begun = time.perf_counter()
    subprocess.run(words, cwd=CHECKOUT, env=dict(env), check=True, capture_output=True)
    return time.perf_counter() - begun


def _by_worker(folder: Path) -> list[float]:
    """From the moment a worker took a due run until it ended: a process of its own, Prefect, the line, the story."""
    with up_in(folder / "up") as up:
        return [_seconds(up.api, up.api.start("ingest/alpha")) for _ in range(ROUNDS + 1)][1:]


def _seconds(api: Api, run_id: str) -> float:
    api.wait(run_id, "PENDING", "RUNNING", "COMPLETED")
    begun = time.perf_counter()
    api.wait(run_id, "COMPLETED")
    return time.perf_counter() - begun


def _said(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.1f} s ({min(seconds):.1f}-{max(seconds):.1f})"
