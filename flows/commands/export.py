"""`communique export`: the published tables as files to hand on."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from flows.commands.options import common


@click.command()
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Folder to write; replaced as a whole."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["parquet", "csv", "jsonl"]),
    default="parquet",
    show_default=True,
    help="Of the files.",
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="One table alone, `as_observed`: each release with its last text captured by the end of that day, UTC.",
)
@click.option("--json", "as_json", is_flag=True, help="What was written, as JSON.")
@common
def export(
    tables: tuple[str, ...],
    out: Path,
    form: Any,
    as_of: datetime | None,
    as_json: bool,
    home: Path | None,
    debug: bool,  # noqa: ARG001 - `debug` is read by main
) -> None:
    """Write published tables as a data package: a file each, described, hashed, with how to cite it.

    Without TABLE all tables are written; of views (canonical_releases, texts, versions), whose rows stand in tables,
    those that are named. Nothing is written from a publication that fails a check.

    \b
    communique export --out release-2026
    communique export releases versions --out for-excel --format csv
    communique export --out as-of-may --format jsonl --as-of 2024-05-31
    """
    from flows.exporting.export import export_tables

    if as_of and tables:
        raise click.UsageError("`--as-of` writes one table, `as_observed`; name no other.")
    sys.exit(export_tables(tables, out, form, as_of and as_of.date(), as_json=as_json, home=home))
