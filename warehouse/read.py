"""Reading the published file: read-only, at any moment, also while an ingest runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from parsers.errors import QueryError
from warehouse.home import PUBLISHED, lake_of
from warehouse.lake import reading
from warehouse.scripts import standing
from warehouse.troubles import in_lake, is_away


@dataclass(frozen=True, slots=True)
class Answer:
    """Column names and rows of a query."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def is_published(home: Path) -> bool:
    """Whether there is a picture to read."""
    if lake_of(home) is None:
        return (home / PUBLISHED).exists()
    try:
        connect(home).close()
    except QueryError:
        return False
    return True


def connect(home: Path | str = "data") -> duckdb.DuckDBPyConnection:
    """Open the published picture of a HOME, read-only; times show in UTC.

    Raises:
        QueryError: nothing was published there yet.
        LakeUnreachable: its lake does not answer.
    """
    if lake := lake_of(Path(home)):
        return reading(lake)
    path = Path(home) / PUBLISHED
    if not path.exists():
        raise QueryError("nothing was published here yet", where=str(path), todo="Run `communique ingest` first")
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise QueryError(str(error).splitlines()[0], where=str(path)) from error
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def ask(
    home: Path | str,
    sql: str,
    parameters: Sequence[Any] | Mapping[str, Any] | None = None,
    variables: Mapping[str, str] | None = None,
) -> Answer:
    """Run one query against the published picture.

    Args:
        variables: what getvariable('name') gives; names are ours, values anybody's.

    Raises:
        QueryError: the SQL is wrong, or nothing was published yet.
        LakeUnreachable: its lake does not answer.
    """
    lake = lake_of(Path(home))
    with connect(home) as connection, in_lake(lake.catalog) if lake else nullcontext():
        try:
            for name, value in (variables or {}).items():
                connection.execute(f"SET VARIABLE {name} = ?", [value])
            cursor = connection.execute(sql, parameters)
            return Answer(tuple(column[0] for column in cursor.description or ()), cursor.fetchall())
        except duckdb.Error as error:
            if lake and is_away(error):
                raise
            raise QueryError(str(error).strip(), todo='`communique sql "SHOW TABLES"` lists what there is') from error


Hashes = dict[str, tuple[int, int]]


def hashes(published: duckdb.DuckDBPyConnection) -> Hashes:
    """Count of rows of each public table, and the sum of their hashes.

    Both follow from the rows alone, whatever their order. Table `publication` is left out: it says when, and how.
    """
    found = {}
    (database,) = published.execute("SELECT current_database()").fetchone() or ("",)
    for kind, name in sorted(standing(published, database)):
        if kind == "TABLE" and name != "publication":
            sql = f"SELECT count(*), coalesce(sum(hash(t)), 0) FROM {name} t"  # noqa: S608 - our own names
            found[name] = published.execute(sql).fetchone() or (0, 0)
    return found
