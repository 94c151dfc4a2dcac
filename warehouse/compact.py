"""Space: what HOME holds on disk, and giving back what the writer's file no longer uses.

DuckDB keeps the blocks of deleted rows for later use and never shrinks a file; copying it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from warehouse.home import ARCHIVE, FILE, PUBLISHED, SPILL, lake_of
from warehouse.scripts import quoted
from warehouse.store import MEMORY_FLOOR, STORAGE
from warehouse.tidy import lake_sizes
from warehouse.troubles import storing, sync

SHARE = 0.25  # of the file, unused, from which a copy is worth its time
MONTH = timedelta(days=30)
FLOOR = 16_000_000  # bytes below which nobody minds


@dataclass(frozen=True, slots=True)
class Space:
    """Bytes of the writer's file before and after."""

    before: int
    after: int

    @property
    def freed(self) -> int:
        return self.before - self.after


def sizes(home: Path) -> dict[str, int]:
    """Bytes of the archive, of the writer's file and the published file, or of the tables of the lake."""
    archive = home / ARCHIVE
    files = archive.glob("*") if archive.exists() else ()
    found = {f"{ARCHIVE}/": sum(file.stat().st_size for file in files)}
    if lake := lake_of(home):
        return found | lake_sizes(lake)
    for name in (FILE, PUBLISHED):
        found[name] = (home / name).stat().st_size if (home / name).exists() else 0
    return found


def growth(home: Path, now: datetime) -> int | None:
    """Bytes that the archive grows by in a year, at the pace of its last MONTH; None before a whole day has passed."""
    files = [file.stat() for file in (home / ARCHIVE).glob("*")]
    recent = [each for each in files if each.st_mtime > (now - MONTH).timestamp()]
    days = (now.timestamp() - min((each.st_mtime for each in recent), default=now.timestamp())) / 86400
    return round(sum(each.st_size for each in recent) / days * 365) if days >= 1 else None


def bytes_said(size: int) -> str:
    """A number of bytes as a person reads it."""
    amount = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"


def compact(home: Path, *, memory: str = "", floor: int = FLOOR) -> Space:
    """Copy the writer's file where a quarter of it is unused; hold `writer_lock`, with no store open.

    A copy that was killed leaves the file as it was, and its rest goes with the next.

    Args:
        home: HOME.
        memory: that DuckDB may use, as DuckDB writes it; empty takes little and spills.
        floor: bytes of the file below which it is left alone; 0 copies it whatever it is.

    Raises:
        HomeUnwritable: the disk is full; the file stays as it was.
    """
    path = home / FILE
    if not path.exists():
        return Space(0, 0)
    before = path.stat().st_size
    building = home / f".{FILE}.compact"
    building.unlink(missing_ok=True)
    with storing(path), duckdb.connect(":memory:") as connection:
        connection.execute("SET memory_limit = $memory", {"memory": memory or f"{MEMORY_FLOOR}B"})
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET temp_directory = $folder", {"folder": str(home / SPILL)})
        connection.execute(f"ATTACH {quoted(path)} AS old")
        connection.execute("CHECKPOINT old")
        if before < floor or (floor and _unused(connection) < SHARE):
            return Space(before, before)
        connection.execute(f"ATTACH {quoted(building)} AS new (STORAGE_VERSION '{STORAGE}')")
        connection.execute("COPY FROM DATABASE old TO new")
    sync(building)
    building.replace(path)
    sync(home)
    return Space(before, path.stat().st_size)


def _unused(connection: duckdb.DuckDBPyConnection) -> float:
    sql = "SELECT free_blocks / greatest(total_blocks, 1) FROM pragma_database_size() WHERE database_name = 'old'"
    row = connection.execute(sql).fetchone()
    return float(row[0]) if row else 0.0
