"""From a URL or a file to a published row. `flows.line` is the line; read it first.

Names are fetched when they are asked for: whoever only reads must not wait for pyarrow and the pool.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.run import ingest

    __version__: str


def __getattr__(name: str) -> object:
    if name == "ingest":
        from flows.run import ingest

        return ingest
    if name == "__version__":
        return _version()
    raise AttributeError(f"module `flows` has no attribute `{name}`")


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("communique")
    except PackageNotFoundError:  # a checkout that nobody installed
        return "0+unknown"


__all__ = ["__version__", "ingest"]
