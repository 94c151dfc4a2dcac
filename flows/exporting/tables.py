"""The tables of a publication as files: what they are, how a row stands in each format, in which order."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import duckdb

from parsers.errors import StoreError
from warehouse.scripts import quoted, view_comments

Format = Literal["parquet", "csv", "jsonl"]
AS_OF = "as_observed"
FORMULA = "'=', '+', '-', '@', chr(9), chr(13)"
_TIME = "TIMESTAMP WITH TIME ZONE"
_COPY: dict[Format, str] = {
    "parquet": "FORMAT parquet, COMPRESSION zstd",
    "csv": "FORMAT csv, HEADER",
    "jsonl": "FORMAT json",
}
# Tables with bodies: sorting by these carries no body in the key. All others are sorted by all of their columns.
_KEYS = {
    **dict.fromkeys(("releases", "canonical_releases", AS_OF), ("release_id",)),
    **dict.fromkeys(("texts", "earlier_texts"), ("text_sha256",)),
    "versions": ("release_id", "version"),
}
_COLUMNS = "SELECT column_name, data_type, comment FROM duckdb_columns() WHERE table_name = $name ORDER BY column_index"
_PUBLIC = """
    SELECT table_name, comment, true AS stored FROM duckdb_tables() WHERE NOT internal
    UNION ALL SELECT view_name, comment, false FROM duckdb_views() WHERE NOT internal
    ORDER BY table_name
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the published file describes it."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True, slots=True)
class Table:
    """What becomes a file.

    Attributes:
        read: what stands behind FROM.
        stored: false for a view, whose rows stand in tables, too.
    """

    name: str
    comment: str
    columns: tuple[Column, ...]
    read: str
    stored: bool = True


@dataclass(frozen=True, slots=True)
class Written:
    """A table that was written."""

    table: Table
    path: str
    rows: int
    bytes: int
    sha256: str


def public_tables(published: duckdb.DuckDBPyConnection) -> dict[str, Table]:
    """All public tables and views, by name."""
    found = published.execute(_PUBLIC).fetchall()
    return {
        name: Table(name, comment or "", tuple(_columns(published, name).values()), f'"{name}"', stored)
        for name, comment, stored in found
    }


def table_as_of(published: duckdb.DuckDBPyConnection, day: date) -> Table:
    """The one table of a past day: each release with the text last captured by its end, UTC."""
    read = f"{AS_OF}(DATE {quoted(day.isoformat())})"
    described = {**_columns(published, "captures"), **_columns(published, "texts")}
    names = [row[0] for row in published.execute(f"DESCRIBE FROM {read}").fetchall()]
    comment = (
        f"Each release as captured by the end of {day} (UTC), with its last text of that time; "
        "one that had vanished by then stands with the text it had"
    )
    return Table(AS_OF, comment, tuple(described[name] for name in names), read)


def _columns(published: duckdb.DuckDBPyConnection, name: str) -> dict[str, Column]:
    rows = published.execute(_COLUMNS, {"name": name}).fetchall()
    return {
        column: Column(column, kind, comment or view_comments().get((name, column), ""))
        for column, kind, comment in rows
    }


def write_table(published: duckdb.DuckDBPyConnection, table: Table, folder: Path, form: Format) -> Written:
    """Write a table to a file of its own; the same rows give the same bytes."""
    path = folder / f"{table.name}.{form}"
    # Outermost: of an order within a subquery DuckDB 2.0.1 kept nothing with two threads and a CASE over the key.
    order = ", ".join(f'kept."{name}"' for name in _KEYS.get(table.name, ())) or "ALL"
    cells = _cells(table.columns, form)
    rows = f"SELECT {cells} FROM (FROM {table.read}) AS kept ORDER BY {order}"  # noqa: S608 - our own names
    counted = published.execute(f"COPY ({rows}) TO {quoted(path)} ({_COPY[form]})").fetchone()
    if counted is None:
        raise StoreError("DuckDB did not say how many rows it wrote", where=str(path))
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Written(table, path.name, int(counted[0]), path.stat().st_size, digest)


def _cells(columns: Sequence[Column], form: Format) -> str:
    return ", ".join(f'{_cell(each, form)} AS "{each.name}"' for each in columns)


def _cell(column: Column, form: Format) -> str:
    name = f'"{column.name}"'
    if form == "parquet":
        return name
    if column.type == _TIME:
        return f"strftime({name} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')"
    if form == "csv" and column.type == "VARCHAR":
        return f"CASE WHEN left({name}, 1) IN ({FORMULA}) THEN '''' || {name} ELSE {name} END"
    if form == "csv" and column.type.endswith("[]"):
        return f"CASE WHEN {name} IS NOT NULL THEN CAST(to_json({name}) AS VARCHAR) END"
    return name
