"""Reads sources.toml: all sources, found by id or by the URL of a page."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from seeds.source import Source, WrongField, source_of

_PORTS = {"http": 80, "https": 443}


class CatalogueError(ValueError):
    """An entry of a sources file is wrong; the message names file, line and field."""


class Catalogue:
    """All sources, found by id, or by the URL of a page."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.sources = tuple(sources)
        self._by_id = {source.id: source for source in sources}
        self._claims: dict[str, list[tuple[str, str]]] = defaultdict(list)
        """By host, or host:port: paths and who claims them, the longest path first."""
        for source in sources:
            for place in source.urls:
                host, _, path = place.partition("/")
                self._claims[host].append((f"/{path}", source.id))
        for claims in self._claims.values():
            claims.sort(key=lambda claim: -len(claim[0]))

    def __getitem__(self, source_id: str) -> Source:
        return self._by_id[source_id]

    def get(self, source_id: str | None) -> Source | None:
        """The source of an id, None where there is none."""
        return self._by_id.get(source_id or "")

    def __contains__(self, source_id: object) -> bool:
        return source_id in self._by_id

    def ids(self) -> list[str]:
        """Ids in the order of the file."""
        return [source.id for source in self.sources]

    def sites(self) -> dict[str, str]:
        """Host -> its site, named by one of its hosts: the hosts of one source, and their successors, are one site."""
        site: dict[str, str] = {}
        for source in self.sources:
            hosts = {place.partition("/")[0].partition(":")[0] for place in source.urls}
            hosts |= set(source.successors) | set(source.successors.values())
            joined = {site.get(host, host) for host in hosts}
            name = min(joined, default="")
            site |= dict.fromkeys(hosts, name) | {host: name for host, known in site.items() if known in joined}
        return site

    def claiming(self, url: str | None) -> str | None:
        """Id of the source that claims a URL, None where none does.

        Who names the port goes before who does not, then the longest path prefix.
        """
        if not url:
            return None
        try:
            parts = urlsplit(url.strip())
            host, port = (parts.hostname or "").rstrip("."), parts.port or _PORTS.get(parts.scheme)
        except ValueError:
            return None
        path = parts.path or "/"
        claims = (*self._claims.get(f"{host}:{port}", ()), *self._claims.get(host, ()))
        return next((source for prefix, source in claims if path.startswith(prefix)), None)


def shipped() -> Path:
    """The sources file that comes with communique."""
    return Path(str(files("seeds") / "sources.toml"))


def read_catalogue(*paths: Path, layouts: Collection[str] | None = None) -> Catalogue:
    """Read sources files; a later file adds sources or replaces those of the same id.

    Args:
        layouts: names that a source may name; None asks for none.

    Raises:
        CatalogueError: an entry is wrong.
    """
    sources: dict[str, Source] = {}
    for path in paths or (shipped(),):
        text, entries = _read(path)
        seen: set[str] = set()
        for number, entry in enumerate(entries):
            place = _Place(path.name, text, number)
            try:
                source = source_of(entry)
            except WrongField as error:
                raise place.wrong(error.field, str(error)) from error
            for layout in source.layouts or ():
                if layouts is not None and layout not in layouts:
                    raise place.wrong(
                        "layouts", f"there is no layout `{layout}`; known are {', '.join(sorted(layouts))}"
                    )
            if source.id in seen:
                raise CatalogueError(f"{path.name}: field `id`: `{source.id}` stands twice")
            seen.add(source.id)
            sources[source.id] = source
    return Catalogue(list(sources.values()))


def _read(path: Path) -> tuple[str, list[dict[str, Any]]]:
    """The text of a file, and its entries."""
    try:
        text = path.read_text("utf-8")
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path.name}: {error}") from error
    entries = tables.pop("source", [])
    if tables or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise CatalogueError(f"{path.name}: `{next(iter(tables), 'source')}`: only entries that begin with [[source]]")
    return text, entries


@dataclass(frozen=True, slots=True)
class _Place:
    """The n-th [[source]] of a file, for messages."""

    file: str
    text: str
    number: int

    def wrong(self, field: str, what: str) -> CatalogueError:
        lines = self.text.splitlines()
        starts = [index for index, line in enumerate(lines) if re.match(r"\s*\[\[\s*source\s*\]\]", line)]
        start = starts[self.number] if self.number < len(starts) else 0
        stop = starts[self.number + 1] if self.number + 1 < len(starts) else len(lines)
        here = re.compile(rf"\s*(?:{re.escape(field)}\s*[.=]|\[source\.{re.escape(field)}\])")
        named = (index for index in range(start, stop) if here.match(lines[index]))
        return CatalogueError(f"{self.file}, line {next(named, start) + 1}, field `{field}`: {what}")
