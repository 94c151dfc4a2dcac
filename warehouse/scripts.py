"""The SQL that ships: migrations, scripts of a publication, and what a lake takes of them."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from pathlib import Path

import duckdb

TABLES = ("tables.sql", "questions.sql")
"""Scripts of what readers open."""


def migrations() -> list[tuple[int, str, str]]:
    """Number, name and SQL of each migration, in order."""
    found = []
    for entry in files("warehouse").joinpath("schema").iterdir():
        if entry.name.endswith(".sql"):
            number, _, name = entry.name.removesuffix(".sql").partition("_")
            found.append((int(number), name, entry.read_text("utf-8")))
    return sorted(found)


def publication_sql(name: str) -> str:
    """A script of warehouse/publication."""
    return files("warehouse").joinpath("publication", name).read_text("utf-8")


def publication_scripts() -> list[str]:
    """All of them, in the order of their names: what a publication is built by."""
    names = sorted(entry.name for entry in files("warehouse").joinpath("publication").iterdir())
    return [publication_sql(name) for name in names if name.endswith(".sql")]


def run_in_lake(connection: duckdb.DuckDBPyConnection, script: str) -> None:
    """Run a script but for comments that DuckLake cannot keep: those on macros, and on the columns of views."""
    views: set[str] = set()
    for statement in connection.extract_statements(script):
        sql = statement.query.strip()
        if made := re.match(r"CREATE VIEW (\w+)", sql):
            views.add(made[1])
        on = re.match(r"COMMENT ON (?:(MACRO)|COLUMN (\w+)\.)", sql)
        if on is None or not (on[1] or on[2] in views):
            connection.execute(statement)


@cache
def view_comments() -> dict[tuple[str, str], str]:
    """What the columns of public views are, by view and column: DuckLake cannot keep it."""
    with duckdb.connect(":memory:") as connection:
        for script in TABLES:
            connection.execute(publication_sql(script))
        rows = connection.execute(_VIEW_COMMENTS).fetchall()
    return {(view, column): comment for view, column, comment in rows}


_VIEW_COMMENTS = """
    SELECT table_name, column_name, comment FROM duckdb_columns() WHERE comment IS NOT NULL
    UNION ALL
    SELECT 'canonical_releases', column_name, comment FROM duckdb_columns() WHERE table_name = 'releases'
"""


def standing(connection: duckdb.DuckDBPyConnection, database: str) -> list[tuple[str, str]]:
    """Kind and name of all that stands in a database, as DROP takes them."""
    return connection.execute(_STANDING, {"database": database}).fetchall()


_STANDING = """
    SELECT 'VIEW', view_name FROM duckdb_views() WHERE database_name = $database AND NOT internal
    UNION ALL SELECT 'TABLE', table_name FROM duckdb_tables() WHERE database_name = $database
    UNION ALL SELECT DISTINCT CASE function_type WHEN 'macro' THEN 'MACRO' ELSE 'MACRO TABLE' END, function_name
    FROM duckdb_functions() WHERE database_name = $database AND function_type IN ('macro', 'table_macro')
"""


def quoted(words: Path | str) -> str:
    """A path or words of ours as an SQL literal, where a statement takes no parameter."""
    return "'" + str(words).replace("'", "''") + "'"
