"""The checkout that is written to: its files, and whether this communique is its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from flows.adding.files import Change
from flows.adding.saved import EXPECTED, FOLDER
from parsers.errors import ConfigError

SOURCES = "seeds/sources.toml"
REGISTRY = "parsers/layouts/__init__.py"
LAYOUTS = "parsers/layouts"
_NEEDED = (SOURCES, REGISTRY, EXPECTED)


@dataclass(frozen=True, slots=True)
class Checkout:
    """A clone of communique; each file is read once, so that what is written follows from what was read."""

    root: Path
    _read: dict[str, bytes] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The text of a file."""
        return self._bytes(name).decode()

    def change(self, name: str, after: str) -> Change:
        """A file that is there, as it shall be."""
        return Change(self.root / name, after.encode(), self._bytes(name))

    def new(self, name: str, after: str) -> Change:
        """A file that must not be there yet."""
        return Change(self.root / name, after.encode())

    def free_sample(self, source: str) -> str:
        """The name of the next sample of a source."""
        number = 1
        while any((self.root / FOLDER / source).glob(f"sample-{number}.*")):
            number += 1
        return f"{source}/sample-{number}.html"

    def _bytes(self, name: str) -> bytes:
        if name not in self._read:
            self._read[name] = (self.root / name).read_bytes()
        return self._read[name]

    def is_free(self, layout: str) -> bool:
        """Whether no layout has that name."""
        return not (self.root / LAYOUTS / f"{layout}.py").exists()


def checkout_at(into: Path | None, known: frozenset[str]) -> Checkout:
    """The checkout in a folder, the current one where none is said.

    Args:
        known: names of the layouts of this communique.

    Raises:
        ConfigError: there is none, or it is of another communique.
    """
    root = (into or Path()).resolve()
    missing = next((name for name in _NEEDED if not (root / name).is_file()), None)
    if missing:
        raise ConfigError(
            f"there is no checkout of communique here: `{missing}` is missing",
            where=str(root),
            todo="Sources and layouts are files of it: clone it and run this there, or name it with `--into`",
        )
    checkout = Checkout(root)
    if {path.stem for path in (root / LAYOUTS).glob("[!_]*.py")} != known:
        raise ConfigError(
            "this communique has other layouts than the checkout",
            where=str(root),
            todo="Run the checkout's own: `.venv/bin/communique` in it",
        )
    return checkout
