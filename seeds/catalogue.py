"""Reads and validates sources.toml: a wrong entry is refused with file, line and field."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

STATES = ("verified", "reported", "off")
TEXT_FROM = ("pages", "feed")

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FIELDS: dict[str, type] = {
    "id": str,
    "issuer": str,
    "country": str,
    "languages": list,
    "zone": str,
    "urls": list,
    "layouts": list,
    "text_from": str,
    "inbox": str,
    "schedule": str,
    "state": str,
    "note": str,
}


class CatalogueError(ValueError):
    """An entry of a sources file is wrong; the message names file, line and field."""


@dataclass(frozen=True, slots=True)
class Source:
    """One stream of one issuer on one site.

    `layouts` None allows any (an inbox holds what people drop there); `urls` are host and path
    prefixes without a scheme.
    """

    id: str
    issuer: str
    state: str
    country: str | None = None
    languages: tuple[str, ...] = ()
    zone: str | None = None
    urls: tuple[str, ...] = ()
    layouts: tuple[str, ...] | None = None
    text_from: str = "pages"
    inbox: str | None = None
    schedule: str | None = None
    note: str | None = None


class Catalogue:
    """All sources, found by id, or by the URL of a page."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.sources = tuple(sources)
        self._by_id = {source.id: source for source in sources}
        prefixes = [(prefix, source.id) for source in sources for prefix in source.urls]
        self._prefixes = sorted(prefixes, key=lambda pair: -len(pair[0]))

    def __getitem__(self, source_id: str) -> Source:
        return self._by_id[source_id]

    def __contains__(self, source_id: object) -> bool:
        return source_id in self._by_id

    def ids(self) -> list[str]:
        """Ids in the order of the file."""
        return [source.id for source in self.sources]

    def claiming(self, url: str | None) -> str | None:
        """Id of the source that claims a URL by host and longest path prefix, None where none does."""
        if not url:
            return None
        try:
            parts = urlsplit(url.strip())
            host = (parts.hostname or "").lower()
        except ValueError:
            return None
        place = f"{host}{parts.path or '/'}"
        return next((source for prefix, source in self._prefixes if place.startswith(prefix)), None)


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
        text = path.read_text("utf-8")
        try:
            entries = tomllib.loads(text).get("source", [])
        except tomllib.TOMLDecodeError as error:
            raise CatalogueError(f"{path.name}: {error}") from error
        seen: set[str] = set()
        for number, entry in enumerate(entries):
            place = _Place(path.name, text, number)
            source = _source(entry, place)
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


@dataclass(frozen=True, slots=True)
class _Place:
    """The n-th [[source]] of a file, for messages."""

    file: str
    text: str
    number: int

    def wrong(self, field: str, what: str) -> CatalogueError:
        lines = self.text.splitlines()
        starts = [index for index, line in enumerate(lines) if line.strip() == "[[source]]"]
        start = starts[self.number] if self.number < len(starts) else 0
        stop = starts[self.number + 1] if self.number + 1 < len(starts) else len(lines)
        named = (index for index in range(start, stop) if re.match(rf"\s*{re.escape(field)}\s*=", lines[index]))
        return CatalogueError(f"{self.file}, line {next(named, start) + 1}, field `{field}`: {what}")


def _source(entry: Mapping[str, Any], place: _Place) -> Source:
    for field, value in entry.items():
        wanted = _FIELDS.get(field)
        if wanted is None:
            raise place.wrong(field, f"is unknown; known are {', '.join(_FIELDS)}")
        strings = isinstance(value, list) and all(isinstance(each, str) for each in value)
        if not (strings if wanted is list else isinstance(value, wanted)):
            raise place.wrong(field, "must be a list of strings" if wanted is list else "must be a string")
    for field in ("id", "issuer", "state"):
        if not entry.get(field):
            raise place.wrong(field, "is missing")
    _check_values(entry, place)
    lists = {field: tuple(entry[field]) for field in ("languages", "urls", "layouts") if field in entry}
    return Source(**{**entry, **lists})


def _check_values(entry: Mapping[str, Any], place: _Place) -> None:
    checks = (
        ("id", bool(_ID.fullmatch(entry["id"])), "must be lower-case words joined by hyphens"),
        ("state", entry["state"] in STATES, f"must be one of {', '.join(STATES)}"),
        ("text_from", entry.get("text_from", "pages") in TEXT_FROM, f"must be one of {', '.join(TEXT_FROM)}"),
        (
            "country",
            re.fullmatch("[A-Z]{3}", entry.get("country", "XXX")),
            "must be three capitals, ISO 3166-1 alpha-3",
        ),
        ("zone", _is_zone(entry.get("zone", "UTC")), "is no IANA time zone"),
        ("urls", "inbox" in entry or entry.get("urls"), "is missing, and there is no inbox either"),
        (
            "urls",
            not any("://" in url or "/" not in url for url in entry.get("urls", ())),
            "must be host/path, without a scheme",
        ),
        ("inbox", not re.search(r"^/|\.\.", entry.get("inbox", "")), "must be a folder within HOME"),
    )
    for field, fine, what in checks:
        if not fine:
            raise place.wrong(field, what)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
