"""From a URL or a file to a published row. `flows.line` is the line; read it first."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.run import ingest

try:
    __version__ = version("communique")
except PackageNotFoundError:  # a checkout that nobody installed
    __version__ = "0+unknown"


def __getattr__(name: str) -> object:
    # Lazy: whoever only reads must not wait for pyarrow and the pool.
    if name == "ingest":
        from flows.run import ingest

        return ingest
    raise AttributeError(f"module `flows` has no attribute `{name}`")


__all__ = ["__version__", "ingest"]
