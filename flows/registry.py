"""The registry of sources as this run sees it: the shipped one, and what the user adds."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flows.settings import Settings
from parsers.errors import ConfigError
from seeds import Catalogue, CatalogueError, read_catalogue, shipped


def catalogue_of(settings: Settings) -> Catalogue:
    """All sources; the user's file adds to the shipped ones or replaces them.

    Raises:
        ConfigError: an entry is wrong.
    """
    extra = [settings.sources] if settings.sources else []
    try:
        catalogue = read_catalogue(shipped(), *extra)
    except CatalogueError as error:
        raise ConfigError(str(error)) from error
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=str(settings.sources)) from error
    return catalogue


def check_layouts(catalogue: Catalogue, known: Collection[str | None]) -> None:
    """Refuse a source that names a layout which does not exist.

    Raises:
        ConfigError: with the source and the layout.
    """
    for source in catalogue.sources:
        strange = sorted(set(source.layouts or ()) - set(known))
        if strange:
            raise ConfigError(f"names the layout `{strange[0]}`, which does not exist", where=f"source `{source.id}`")


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
