"""What `report` writes: the wire as page and feed, or as data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click

from flows.edits_feed import feed
from flows.edits_page import wire_page
from flows.edits_told import Period
from flows.html_page import write_page
from flows.output import print_json
from flows.registry import catalogue_of, unknown_source
from flows.settings import settings
from flows.wire import as_data, wire
from parsers.errors import QueryError

PAGE, FEED = "edits.html", "edits.xml"


def report_edits(
    since: date | None, until: date | None, source: str | None, out: Path, *, as_json: bool, flags: Mapping[str, Any]
) -> int:
    """Write `edits.html` and `edits.xml` into a folder, or print the entries.

    Raises:
        QueryError: nothing was published yet, or a file cannot be written.
    """
    chosen = settings(flags)
    catalogue = catalogue_of(chosen)
    if source is not None and source not in catalogue:
        raise click.UsageError(unknown_source(catalogue, source))
    told = wire(chosen.home, Period(since, until, source))
    if as_json:
        parts = {name: [as_data(each) for each in getattr(told, name)] for name in ("silent", "vanished", "declared")}
        print_json({"published_at": told.published_at, "counts": told.counts, **parts})
        return 0
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise QueryError(f"cannot be made: {error.strerror}", where=str(out)) from error
    for name, text in ((PAGE, wire_page(told)), (FEED, feed(told))):
        write_page(out / name, text, whole=True)
        click.echo(f"wrote {out / name}")
    vanished, declared = (told.counts[name] for name in ("vanished", "declared"))
    click.echo(f"silent edits {told.silent_count:,}, vanished {vanished:,}, declared edits {declared:,}")
    return 0
