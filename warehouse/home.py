"""HOME: what lies in it by which name, and whether its warehouse is a file or a lake.

archive/            what was kept; all else can be had from it again
warehouse.duckdb    the writer's warehouse, and
communique.duckdb   what readers see: both where the warehouse is a file
lake.json           which lake it is, where it is one
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

from parsers.errors import ConfigError
from warehouse.lake import PREFIX, Lake
from warehouse.troubles import sync

ARCHIVE = "archive"
FILE = "warehouse.duckdb"
PUBLISHED = "communique.duckdb"
SPILL = "spill"

_NOTE = "lake.json"


def lake_of(home: Path) -> Lake | None:
    """The lake of a HOME; None where its warehouse is a file of its own."""
    return noted(home / _NOTE)


def remember(home: Path, lake: Lake) -> None:
    """Have a HOME know its lake from now on."""
    home.mkdir(parents=True, exist_ok=True)
    note(home / _NOTE, lake)


def noted(path: Path) -> Lake | None:
    """The lake that a note names, None where there is none."""
    try:
        return Lake(**json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return None


def note(path: Path, lake: Lake) -> None:
    """Note a lake, whole or not at all; on disk when it is done."""
    making = path.with_name(f".{path.name}.{os.getpid()}")
    making.write_text(json.dumps(asdict(lake)), "utf-8")
    sync(making)
    making.replace(path)
    sync(path.parent)


def forget(home: Path) -> None:
    """Have a HOME be without a lake."""
    (home / _NOTE).unlink(missing_ok=True)


def settle(home: Path, lake: Lake) -> None:
    """Have a HOME know the lake that somebody says it has.

    Raises:
        ConfigError: it has another, or a file.
    """
    known = lake_of(home)
    if known is None and (home / FILE).exists():
        todo = f"`communique move {PREFIX}...` takes it there"
        raise ConfigError("its warehouse is a file and no lake", where=str(home), todo=todo)
    if known is None or (known.catalog == lake.catalog and not known.data and lake.data):
        remember(home, lake)
    elif known.catalog != lake.catalog or (lake.data and lake.data != known.data):
        todo = f"Use another `--home`, leave `--warehouse` and `--data` away, or mend {home / _NOTE}"
        raise ConfigError(
            f"its warehouse is another lake: {known.catalog} {known.data}".rstrip(), where=str(home), todo=todo
        )
