"""The registry of sources as this run sees it: the shipped one, and what the user adds."""

from __future__ import annotations

from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any

from flows.settings import Settings
from parsers.errors import ConfigError
from seeds import Catalogue, CatalogueError, Source, read_catalogue, shipped

NEAR = 4  # sources that an answer names


def catalogue_of(settings: Settings) -> Catalogue:
    """All sources; the user's file adds to the shipped ones or replaces them.

    Raises:
        ConfigError: an entry is wrong, or names a layout that does not exist.
    """
    extra = [settings.sources] if settings.sources else []
    try:
        return read_catalogue(shipped(), *extra, layouts=layout_names())
    except CatalogueError as error:
        raise ConfigError(str(error)) from error
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=str(settings.sources)) from error


def inbox_of(catalogue: Catalogue, source: str | None, home: Path) -> Path:
    """The folder whose files a run of a source reads; made where it is not there yet.

    Raises:
        ConfigError: there is no such source, or it has no inbox.
    """
    inbox = readable(catalogue, source).inbox
    if inbox is None:
        raise ConfigError(f"source `{source}` is a live site, and has no inbox")
    folder = home / inbox
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def readable(catalogue: Catalogue, name: str | None) -> Source:
    """The source of a name, which has something to read: an inbox, or lists of a live site.

    Raises:
        ConfigError: there is none, or it has nothing, or it is switched off.
    """
    source = catalogue.get(name)
    if source is None:
        raise ConfigError(unknown_source(catalogue, name or ""))
    if source.state == "off":
        raise ConfigError(f"source `{name}` is switched off", todo=source.note or "")
    if source.inbox is None and not source.fetched:
        raise ConfigError(f"source `{name}` names no list, feed or sitemap", todo="Give files of it as paths")
    return source


def unknown_source(catalogue: Catalogue, word: str) -> str:
    """A sentence for a word that is no source: those that have it in their ids, else the nearest."""
    ids = catalogue.ids()
    near = [name for name in ids if word and word.lower() in name][:NEAR] or get_close_matches(word.lower(), ids, 1)
    named = f"Did you mean {' or '.join(f'`{name}`' for name in near)}?"
    hint = named if near else f"`communique source list` shows all {len(ids)}."
    return f"There is no source `{word}`. {hint}"


def layout_names() -> frozenset[str]:
    """Names of the layouts by their modules, without importing them: HTML parsers take a tenth of a second."""
    modules = files("parsers").joinpath("layouts").iterdir()
    return frozenset(entry.name.removesuffix(".py") for entry in modules if not entry.name.startswith("_"))


def source_rows(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Sources as rows of the table `sources`."""
    return [
        {
            "source": source.id,
            "issuer": source.issuer,
            "issuer_iso3": source.country,
            "zone": source.zone,
            "languages": list(source.languages),
            "layouts": None if source.layouts is None else list(source.layouts),
            "state": source.state,
            "mission": source.mission,
            "schedule": source.schedule,
            "note": source.note,
        }
        for source in catalogue.sources
    ]
