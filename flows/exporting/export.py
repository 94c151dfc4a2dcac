"""What `export` writes: the published tables as files to hand on, from one publication, or nothing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import click
import duckdb

from flows.exporting.checks import refuse_unsound
from flows.exporting.package import Publication, write_package
from flows.exporting.place import taking_place
from flows.exporting.tables import Format, Table, Written, public_tables, table_as_of, write_table
from flows.output import print_json, print_table
from flows.settings import settings
from parsers.errors import QueryError
from parsers.release import key_of
from warehouse.home import PUBLISHED, lake_of
from warehouse.read import connect, hashes
from warehouse.troubles import storing


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, and from which publication."""

    publication: Publication
    files: list[Written]


def export_tables(
    names: Sequence[str], out: Path, form: Format, day: date | None, *, as_json: bool, home: Path | None
) -> int:
    """Write tables and say which.

    Raises:
        ExportRefused: the publication fails a check, or something else stands at `out`.
        HomeUnwritable: `out` cannot be written; what stood there stays.
        QueryError: nothing was published yet.
    """
    done = export(settings({"home": home}).home, names, out, form, day)
    files = [(each.table.name, each.path, each.rows, each.bytes, each.sha256) for each in done.files]
    if as_json:
        said = [dict(zip(("table", "path", "rows", "bytes", "sha256"), row, strict=True)) for row in files]
        publication = {"published_at": done.publication.stamp, "sha256": done.publication.sha256}
        print_json({"out": str(out), "format": form, "as_of": day, "publication": publication, "tables": said})
        return 0
    print_table(["table", "file", "rows", "bytes"], [row[:4] for row in files])
    click.echo(f"\nwrote {out}, from the publication of {done.publication.published_at:%Y-%m-%d %H:%M:%SZ}")
    return 0


def export(home: Path, names: Sequence[str], out: Path, form: Format, day: date | None = None) -> Exported:
    """Write tables of the published file as a data package.

    Args:
        names: tables or views; without any, all tables (the rows of views stand in them).
        out: folder; an export that stands there is replaced in one step.
        day: write the one table `as_observed` of that day instead.
    """
    path = home / PUBLISHED
    with _publication(home) as (published, sha256):
        tables = [table_as_of(published, day)] if day else _chosen(public_tables(published), names)
        refuse_unsound(published, path)
        publication = _facts(published, sha256)
        with storing(out), taking_place(out) as folder:
            files = [write_table(published, each, folder, form) for each in tables]
            write_package(folder, publication, files, form, day)
    return Exported(publication, files)


@contextmanager
def _publication(home: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """The published file and its hash: of one publication, also while the next one takes its place.

    A lake has no file: the hash is of the counts and hashes of all rows.
    """
    if lake_of(home):
        with connect(home) as published:
            yield published, key_of(str(hashes(published)))
        return
    path = home / PUBLISHED
    while True:
        connect(home).close()  # it says what to do where there is none
        with path.open("rb") as file, connect(home) as published:
            if os.fstat(file.fileno()).st_ino == path.stat().st_ino:  # else one took its place just now
                yield published, hashlib.file_digest(file, "sha256").hexdigest()
                return


def _chosen(public: dict[str, Table], names: Sequence[str]) -> list[Table]:
    unknown = [name for name in names if name not in public]
    if unknown:
        raise click.UsageError(f"No public table is called `{unknown[0]}`; there are: {', '.join(public)}.")
    return [each for each in public.values() if (each.name in names if names else each.stored)]


def _facts(published: duckdb.DuckDBPyConnection, sha256: str) -> Publication:
    row = published.execute("FROM publication").fetchone()
    if row is None:
        raise QueryError("table publication is empty")
    said = dict(zip((column[0] for column in published.description or ()), row, strict=True))
    facts = {each.name: said[each.name] for each in fields(Publication) if each.name != "sha256"}
    return Publication(**facts, sha256=sha256)
