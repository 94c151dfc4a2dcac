"""What a second core brings a whole ingest, and what a Dask cluster of two workers costs beside it."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from processes import CHECKOUT, pinned

sys.path.insert(0, str(CHECKOUT / "tests"))

from clusters import cluster
from operating import bare_server

ROUNDS = 3
QUIET = 1.5  # load average above which a figure says more of others than of us
PATIENCE = 300  # seconds


def spread_section(folder: Path, pages: Path, one: Path, count: int) -> list[str]:
    """Wall time of an ingest on one core and on two, and as a flow run by threads and by two Dask workers."""
    single = [_wall(folder, pages, 1) for _ in range(ROUNDS)]
    double = [_wall(folder, pages, 2) for _ in range(ROUNDS)]
    idle_single = [_wall(folder, one, 1) for _ in range(ROUNDS)]
    idle_double = [_wall(folder, one, 2) for _ in range(ROUNDS)]
    with bare_server(folder / "prefect") as (_, env), cluster(folder / "dask", env) as there:
        _wall(folder, one, 2, **_of_prefect(env))
        threads = [_wall(folder, pages, 2, **_of_prefect(env)) for _ in range(ROUNDS)]
        far = {**_of_prefect(env), "COMMUNIQUE_RUNNER": f"dask:{there.address}"}
        dask = [_wall(folder, pages, 2, **far) for _ in range(ROUNDS)]
    whole = _middle(single) / _middle(double)
    above = (_middle(single) - _middle(idle_single)) / (_middle(double) - _middle(idle_double))
    return [
        "\n## Two cores, and a cluster\n",
        f"Wall time of `communique ingest`, median of {ROUNDS} (smallest to largest); no two pages are mirrors.\n",
        "| | wall |\n|--|--|",
        f"| {count:,} pages, one core | {_said(single)} |",
        f"| {count:,} pages, two cores | {_said(double)} |",
        f"| one page, one core | {_said(idle_single)} |",
        f"| one page, two cores | {_said(idle_double)} |",
        f"| {count:,} pages, a flow run by threads, two cores | {_said(threads)} |",
        f"| {count:,} pages, a flow run by two Dask workers, two cores | {_said(dask)} |\n",
        f"Two cores are {whole:.2f} times as fast as one, {above:.2f} times without start-up; "
        f"two Dask workers take {_middle(dask) / _middle(threads) - 1:+.0%} wall time against threads.\n",
    ]


def _of_prefect(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith("PREFECT_")}


def _wall(folder: Path, pages: Path, cores: int, **variables: str) -> float:
    wait_for(lambda: os.getloadavg()[0] < QUIET)
    home = folder / f"spread-{time.monotonic_ns()}"
    words = [sys.executable, "-m", "flows", "ingest", str(pages), "--home", str(home)]
    return pinned(words, cores, COMMUNIQUE_WORKERS=str(cores), **variables).wall


def wait_for(fits: Callable[[], bool]) -> None:
    """Wait until a machine is quiet, but not for ever."""
    end = time.monotonic() + PATIENCE
    while not fits() and time.monotonic() < end:
        time.sleep(2)


def _middle(seconds: list[float]) -> float:
    return statistics.median(seconds)


def _said(seconds: list[float]) -> str:
    return f"{_middle(seconds):.1f} s ({min(seconds):.1f}-{max(seconds):.1f})"
