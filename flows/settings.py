"""Settings: flag > environment > communique.toml > default. One table says them all."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from parsers.errors import ConfigError

FILE = "communique.toml"
PREFIX = "COMMUNIQUE_"


@dataclass(frozen=True, slots=True)
class Settings:
    """Effective settings of a run.

    Attributes:
        home: folder of archive, warehouse and publication.
        warehouse: a lake for many machines, `ducklake:postgres:dbname=...`; empty keeps it in a file of HOME.
        data: where the lake keeps its tables, `s3://bucket/folder` or a folder that all machines see.
        sources: a further sources file; it adds or replaces entries of the one that ships.
        workers: processes that read pages; 0 is one a core.
        runner: who reads pages: `thread`, processes of the run itself; `dask:tcp://HOST:PORT`, those of a Dask cluster.
        batch_size: looks a batch, 1 to 500; five times as many where a cluster reads.
        page_seconds: longest time for one page.
        publish_every: seconds between publications within a long run.
        lock_timeout: seconds that a second writer waits.
        memory_limit: memory of DuckDB, as DuckDB writes it; empty lets it grow with what is kept.
        contact: mail address or URL of who fetches, told to every site; a source may name another.
        allow_hosts: hosts (`host` or `host:port`, comma-separated) that may have private addresses.
        fetch_seconds: longest time for one request.
        looks: when a page is looked at again, counted from its first look; the last one repeats.
        looks_a_run: at most so many pages of a host are looked at again in a run.
        rests: how long a host rests that turned us away, the first time, the second, ...
    """

    home: Path = Path("data")
    warehouse: str = ""
    data: str = ""
    sources: Path | None = None
    workers: int = 0
    runner: str = "thread"
    batch_size: int = 500
    page_seconds: float = 10.0
    publish_every: float = 600.0
    lock_timeout: float = 60.0
    memory_limit: str = ""
    contact: str = ""
    allow_hosts: str = ""
    fetch_seconds: float = 60.0
    looks: str = "1h 1d 7d 30d 365d"
    looks_a_run: int = 100
    rests: str = "1h 6h 1d 3d 7d"

    @property
    def cluster(self) -> str | None:
        """Address of the Dask scheduler whose workers read pages, None where the run's own do."""
        return self.runner.removeprefix(DASK) if self.runner.startswith(DASK) else None


_KINDS: dict[str, type] = {
    "home": Path,
    "warehouse": str,
    "data": str,
    "sources": Path,
    "workers": int,
    "runner": str,
    "batch_size": int,
    "page_seconds": float,
    "publish_every": float,
    "lock_timeout": float,
    "memory_limit": str,
    "contact": str,
    "allow_hosts": str,
    "fetch_seconds": float,
    "looks": str,
    "looks_a_run": int,
    "rests": str,
}
_BOUNDS = {
    "workers": (0, 64),
    "batch_size": (1, 500),
    "page_seconds": (0.1, 600.0),
    "publish_every": (0.0, 86400.0),
    "lock_timeout": (0.0, 604800.0),
    "fetch_seconds": (0.1, 3600.0),
    "looks_a_run": (0, 100_000),
}
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATIONS = ("looks", "rests")
DASK = "dask:"
_RUNNER = re.compile(r"thread|dask:(tcp|tls)://[^\s/]+:\d{1,5}")


def settings(flags: Mapping[str, Any] | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The effective settings; HOME learns of a lake from them, and knows it from then on.

    Args:
        flags: what the command line says; None values are unsaid.
        environment: variables COMMUNIQUE_...; defaults to the process's own.

    Raises:
        ConfigError: a value is wrong, or communique.toml names what does not exist.
    """
    chosen = unsettled(flags, environment)
    if chosen.warehouse or chosen.data:
        from warehouse.home import settle
        from warehouse.lake import lake_said

        settle(chosen.home, lake_said(chosen.warehouse, chosen.data))
    return chosen


def unsettled(flags: Mapping[str, Any] | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The same, while HOME is to move: whether it fits what HOME knows is not asked."""
    return Settings(**{name: value for name, (value, _) in explained(flags, environment).items()})


def explained(
    flags: Mapping[str, Any] | None = None, environment: Mapping[str, str] | None = None
) -> dict[str, tuple[Any, str]]:
    """Each setting with its value and where it comes from: flag, environment, file or default."""
    variables = os.environ if environment is None else environment
    said = {name: value for name, value in (flags or {}).items() if value is not None}
    written = _file(Path(FILE))
    result: dict[str, tuple[Any, str]] = {}
    for field in fields(Settings):
        name, variable = field.name, PREFIX + field.name.upper()
        if name in said:
            result[name] = (_value(name, said[name], "flag"), "flag")
        elif variables.get(variable):
            result[name] = (_value(name, variables[variable], variable), variable)
        elif name in written:
            result[name] = (_value(name, written[name], FILE), FILE)
        else:
            result[name] = (field.default, "default")
    return result


def _file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        words = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"cannot be read: {error}", where=str(path)) from error
    unknown = sorted(set(words) - set(_KINDS))
    if unknown:
        raise ConfigError(f"unknown setting `{unknown[0]}`", where=str(path), todo=f"Known are: {', '.join(_KINDS)}")
    return words


def _value(name: str, value: Any, where: str) -> Any:
    try:
        converted = _KINDS[name](value)
    except (TypeError, ValueError):
        raise ConfigError(f"`{name}` must be {_KINDS[name].__name__}, not `{value}`", where=where) from None
    if name in _DURATIONS:
        seconds_of(name, str(converted), where)
    if name == "runner" and not _RUNNER.fullmatch(str(converted)):
        raise ConfigError(f"`runner` must be `thread` or as in `dask:tcp://HOST:8786`, not `{value}`", where=where)
    low, high = _BOUNDS.get(name, (None, None))
    if low is not None and high is not None and not low <= converted <= high:
        raise ConfigError(f"`{name}` must lie between {low:g} and {high:g}, not {value}", where=where)
    return converted


def seconds_of(name: str, words: str, where: str = "") -> list[int]:
    """A setting of durations as seconds: `1h 1d 7d`, rising.

    Raises:
        ConfigError: it is none.
    """
    found = re.findall(r"(\d{1,6})([smhd])(?=\s|$)", words)
    seconds = [int(number) * _UNITS[unit] for number, unit in found]
    if not found or len(found) != len(words.split()) or seconds != sorted(seconds):
        raise ConfigError(f"`{name}` must be rising durations as in `1h 1d 7d`, not `{words}`", where=where)
    return seconds
