"""What `communique source list` shows: the registry, a row a source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from flows.output import print_table
from flows.registry import catalogue_of
from flows.settings import settings
from seeds import Catalogue, Source

COLUMNS = ("id", "issuer", "state", "schedule", "hosts", "read")


def show_sources(*, as_json: bool, flags: Mapping[str, Any]) -> None:
    """Print all sources.

    Args:
        flags: settings that the command line names.

    Raises:
        ConfigError: an entry is wrong.
    """
    rows = rows_of(catalogue_of(settings(flags)))
    if as_json:
        import orjson

        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
        return
    print_table(COLUMNS, [[_cell(row[column]) for column in COLUMNS] for row in rows])


def rows_of(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Sources as rows, in the order of the registry."""
    return [
        {
            "id": source.id,
            "issuer": source.issuer,
            "state": source.state,
            "schedule": source.schedule,
            "hosts": _hosts(source),
            "read": _ways(source),
        }
        for source in catalogue.sources
    ]


def _hosts(source: Source) -> list[str]:
    """The hosts that answer for its pages now, each once."""
    named = (place.partition("/")[0] for place in source.urls)
    return list(dict.fromkeys(source.successors.get(host, host) for host in named))


def _ways(source: Source) -> list[str]:
    """How it is read; not at all where it only claims pages that people load."""
    ways = {"inbox": source.inbox, "lists": source.lists, "feed": source.feeds, "sitemap": source.sitemaps}
    return [way for way, given in ways.items() if given]


def _cell(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else value
