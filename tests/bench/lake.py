"""The lake beside a file: pages a second along the line, and what a thousand releases cost where a million are.

Runs in a process of its own, with the DuckDB that has the extensions: python lake.py PAGES COUNT.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path

from filling import filling_section
from processes import CHECKOUT, pinned

sys.path.insert(0, str(CHECKOUT / "tests"))

from laking import Bucket, bucket, new_lake
from postgres import Server, postgres

from warehouse.home import remember
from warehouse.lake import lake_said

ROUNDS = 3


def lake_section(folder: Path, pages: Path, count: int) -> list[str]:
    """Lines of docs/benchmarks.md."""
    with postgres(folder) as server, bucket(folder) as s3:
        os.environ.update(s3.variables, PGPASSWORD=server.password)
        return [
            "\n## Through a lake\n",
            "DuckLake with its catalog in PostgreSQL and its tables on S3 (rclone), all on this machine, "
            "beside a file; both with DuckDB 1.5.5, which has the extensions.\n",
            *_line(folder, pages, count, server, s3),
            *filling_section(settle=lambda home: _settle(home, server, s3), within="in a lake"),
        ]


def _line(folder: Path, pages: Path, count: int, server: Server, s3: Bucket) -> list[str]:
    walls: dict[str, list[float]] = {"a file": [], "a lake": []}
    for number in range(ROUNDS):
        for name, seconds in walls.items():
            home = folder / f"{name.replace(' ', '-')}-{number}"
            words = new_lake(server, s3).words if name == "a lake" else []
            command = [sys.executable, "-m", "flows", "ingest", str(pages), "--home", str(home), *words]
            seconds.append(pinned(command, 2, PYTHONPATH=os.environ["PYTHONPATH"]).wall)
    lines = ["| into | pages a second | wall, median of 3 (smallest to largest) |", "|--|--|--|"]
    for name, seconds in walls.items():
        middle = statistics.median(seconds)
        lines.append(f"| {name} | {count / middle:.0f} | {middle:.1f} s ({min(seconds):.1f} to {max(seconds):.1f}) |")
    ratio = statistics.median(walls["a lake"]) / statistics.median(walls["a file"])
    return [*lines, "", f"{count:,} pages, published at the end: through the lake {ratio:.2f} times as long.\n"]


def _settle(home: Path, server: Server, s3: Bucket) -> None:
    place = new_lake(server, s3)
    remember(home, lake_said(place.warehouse, place.data))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        print("\n".join(lake_section(Path(name), Path(sys.argv[1]), int(sys.argv[2]))))
