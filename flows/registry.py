"""The registry of sources as this run sees it: the shipped one, and what the user adds."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from flows.settings import Settings
from parsers.errors import ConfigError
from seeds import Catalogue, CatalogueError, read_catalogue, shipped


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
            "schedule": source.schedule,
            "note": source.note,
        }
        for source in catalogue.sources
    ]
