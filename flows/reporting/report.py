"""What `report` writes: the report of some days, or the wire as page and feed, or either as data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click

from flows.html_page import write_page
from flows.output import print_json
from flows.registry import catalogue_of, unknown_source
from flows.reporting.edits_feed import feed
from flows.reporting.edits_page import wire_page
from flows.reporting.edits_told import Period
from flows.reporting.range import Last, range_of
from flows.reporting.wire import as_data, wire
from flows.settings import Settings, settings
from parsers.errors import QueryError

PAGE, FEED = "edits.html", "edits.xml"
REPORT = "report.html"


def report_days(
    last: Last | None,
    since: date | None,
    until: date | None,
    source: str | None,
    out: Path,
    *,
    as_json: bool,
    flags: Mapping[str, Any],
) -> int:
    """Write the report of some days, or print it as data.

    Args:
        out: the file, or a folder for `report.html`.

    Raises:
        QueryError: nothing was published yet, or the file cannot be written.
    """
    from flows.reporting.figures import as_report, figures

    chosen = _chosen(source, flags)
    found = figures(chosen.home, lambda newest: range_of(newest, last, since, until, source))
    if as_json:
        print_json(as_report(found))
        return 0
    from flows.reporting.page import report_page

    path = out if out.suffix in (".html", ".htm") and not out.is_dir() else out / REPORT
    _made(path.parent)
    write_page(path, report_page(found), whole=True)
    click.echo(f"wrote {path}")
    told = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in found.short.items())
    click.echo(f"{found.range.since} to {found.range.until}: {told}")
    return 0


def report_edits(
    since: date | None, until: date | None, source: str | None, out: Path, *, as_json: bool, flags: Mapping[str, Any]
) -> int:
    """Write `edits.html` and `edits.xml` into a folder, or print the entries.

    Raises:
        QueryError: nothing was published yet, or a file cannot be written.
    """
    chosen = _chosen(source, flags)
    told = wire(chosen.home, Period(since, until, source))
    if as_json:
        parts = {name: [as_data(each) for each in getattr(told, name)] for name in ("silent", "vanished", "declared")}
        print_json({"published_at": told.published_at, "counts": told.counts, **parts})
        return 0
    _made(out)
    for name, text in ((PAGE, wire_page(told)), (FEED, feed(told))):
        write_page(out / name, text, whole=True)
        click.echo(f"wrote {out / name}")
    vanished, declared = (told.counts[name] for name in ("vanished", "declared"))
    click.echo(f"silent edits {told.silent_count:,}, vanished {vanished:,}, declared edits {declared:,}")
    return 0


def _chosen(source: str | None, flags: Mapping[str, Any]) -> Settings:
    chosen = settings(flags)
    catalogue = catalogue_of(chosen)
    if source is not None and source not in catalogue:
        raise click.UsageError(unknown_source(catalogue, source))
    return chosen


def _made(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise QueryError(f"cannot be made: {error.strerror}", where=str(folder)) from error
