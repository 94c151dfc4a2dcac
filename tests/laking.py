"""Where the lake of a test is, and its files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """Where a lake of a test is.

    Attributes:
        warehouse: as `--warehouse` takes it.
        data: as `--data` takes it.
        files: the folder in which its tables' files lie in the end.
    """

    warehouse: str
    data: str
    files: Path

    @property
    def words(self) -> list[str]:
        """As the command line says it."""
        return ["--warehouse", self.warehouse, "--data", self.data]

    def count(self) -> int:
        """How many files its tables have."""
        return sum(1 for _ in self.files.rglob("*.parquet"))
