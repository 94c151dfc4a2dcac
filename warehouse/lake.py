"""The lake: a warehouse for many machines. Tables are Parquet files on S3 or in a folder, the catalog is PostgreSQL.

Two DuckLakes lie in one database, `warehouse` where writers land and `published` that readers see: each in
a schema and a folder of its name, so that readers can be given the second alone.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import duckdb

from parsers.errors import ConfigError, LakeUnreachable, QueryError
from warehouse.scripts import quoted

WAREHOUSE = "warehouse"
PUBLISHED = "published"
PREFIX = "ducklake:postgres:"
S3 = "s3://"

_EXTENSIONS = ("postgres_scanner", "ducklake")
_SAID_ALOUD = r"password\s*=|://[^/@]*:[^/@]*@"
_KEYS = {
    "KEY_ID": ("AWS_ACCESS_KEY_ID",),
    "SECRET": ("AWS_SECRET_ACCESS_KEY",),
    "SESSION_TOKEN": ("AWS_SESSION_TOKEN",),
    "REGION": ("AWS_REGION", "AWS_DEFAULT_REGION"),
}


@dataclass(frozen=True, slots=True)
class Lake:
    """Where a lake is.

    Attributes:
        catalog: how PostgreSQL is reached, as libpq takes it (`dbname=communique host=db`); without a password.
        data: `s3://bucket/folder`, or a folder that all machines see; empty where the lake knows it already.
    """

    catalog: str
    data: str = ""

    def attach(
        self,
        connection: duckdb.DuckDBPyConnection,
        schema: str,
        *,
        read_only: bool = False,
        snapshot: int | None = None,
    ) -> None:
        """Attach one of the two DuckLakes under its name.

        Args:
            snapshot: as it was then; None follows what is committed.

        Raises:
            LakeUnreachable: PostgreSQL or S3 do not answer.
        """
        options = [f"METADATA_SCHEMA '{schema}'"]
        if self.data and not read_only:
            options.append(f"DATA_PATH {quoted(f'{self.data}/{schema}')}")
        if read_only:
            options.append("READ_ONLY")
        if snapshot is not None:
            options.append(f"SNAPSHOT_VERSION {snapshot}")
        connection.execute(f"ATTACH {quoted(PREFIX + self.catalog)} AS {schema} ({', '.join(options)})")


def set_up(connection: duckdb.DuckDBPyConnection, schema: str) -> None:
    """Have a DuckLake keep its rows in files, however few they are, and these small."""
    connection.execute(f"CALL {schema}.set_option('data_inlining_row_limit', 0)")
    connection.execute(f"CALL {schema}.set_option('parquet_compression', 'zstd')")


@contextmanager
def shown(connection: duckdb.DuckDBPyConnection, lake: Lake) -> Iterator[None]:
    """Have the readers' DuckLake attached for writing, too."""
    lake.attach(connection, PUBLISHED)
    try:
        set_up(connection, PUBLISHED)
        yield
    finally:
        connection.execute(f"DETACH {PUBLISHED}")


def refuse_used(connection: duckdb.DuckDBPyConnection, lake: Lake) -> None:
    """Refuse to make a lake over the files of another: each would take the other's for left by a writer that died.

    Raises:
        ConfigError: it is not said where the files go, or there are some.
    """
    if not lake.data:
        raise ConfigError("a new lake needs a place for its tables", where=lake.catalog, todo="Say `--data`")
    for schema in (WAREHOUSE, PUBLISHED):
        sql = "SELECT 1 FROM glob($pattern) LIMIT 1"
        if connection.execute(sql, {"pattern": f"{lake.data}/{schema}/**/*.parquet"}).fetchone():
            todo = "Name another folder, or the database that they belong to"
            raise ConfigError("the folder holds the files of another lake", where=lake.data, todo=todo)


def lake_said(catalog: str, data: str) -> Lake:
    """The lake that the settings `warehouse` and `data` name.

    Raises:
        ConfigError: they do not name one properly.
    """
    if not catalog:
        raise ConfigError("it belongs to a lake", where="setting `data`", todo="Say `--warehouse` too")
    if re.search(_SAID_ALOUD, catalog, re.IGNORECASE):
        raise ConfigError(
            "a password does not belong there, where others see it",
            where="setting `warehouse`",
            todo="Put it into the variable PGPASSWORD or the file ~/.pgpass",
        )
    if not catalog.startswith(PREFIX):
        raise ConfigError(
            f"`{catalog[:40]}` names no warehouse",
            where="setting `warehouse`",
            todo=f"Say `{PREFIX}dbname=NAME host=HOST`",
        )
    place = data.rstrip("/") if not data or data.startswith(S3) else str(Path(data).absolute())
    return Lake(catalog.removeprefix(PREFIX), place)


def opened(lake: Lake) -> duckdb.DuckDBPyConnection:
    """A connection that can attach the lake.

    Raises:
        ConfigError: an extension cannot be had.
    """
    # By it PostgreSQL can say who holds the turn.
    os.environ["PGAPPNAME"] = f"communique {socket.gethostname()} {os.getpid()}"
    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone = 'UTC'")
    for name in _EXTENSIONS:
        _load(connection, name)
    if lake.data.startswith(S3) or (not lake.data and any(os.environ.get(name) for name in _KEYS["KEY_ID"])):
        _load(connection, "httpfs")
        _tell_keys(connection)
    return connection


def _load(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Load an extension: from its package of this very version of DuckDB, else as DuckDB has it."""
    found = find_spec(f"duckdb_extension_{name}")
    files = Path(found.origin).parent.glob(f"extensions/v{duckdb.__version__}/*") if found and found.origin else ()
    try:
        for file in files:
            connection.execute(f"LOAD {quoted(str(file))}")
            return
        connection.execute(f"INSTALL {name}")
        connection.execute(f"LOAD {name}")
    except duckdb.Error as error:
        raise ConfigError(
            f"DuckDB {duckdb.__version__} has no extension {name}: {str(error).splitlines()[0]}",
            where="the lake",
            todo="`pip install 'communique[lake]'` brings it",
        ) from error


def _tell_keys(connection: duckdb.DuckDBPyConnection) -> None:
    """Give DuckDB the keys of S3 that the environment names, as all tools of S3 read them; else the machine's own."""
    said = {name: next((os.environ[each] for each in names if each in os.environ), "") for name, names in _KEYS.items()}
    words = [f"{name} {quoted(value)}" for name, value in said.items() if value]
    if not said["KEY_ID"]:
        _load(connection, "aws")
        words.append("PROVIDER credential_chain")
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL", "")
    if endpoint:
        scheme, _, host = endpoint.rpartition("://")
        words += [f"ENDPOINT {quoted(host.rstrip('/'))}", f"USE_SSL {scheme != 'http'}", "URL_STYLE 'path'"]
    try:
        connection.execute(f"CREATE OR REPLACE SECRET communique (TYPE s3, {', '.join(words)})")
    except duckdb.Error as error:
        todo = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        raise ConfigError(f"no keys of S3 are found: {str(error).splitlines()[0]}", where="S3", todo=todo) from error


def reading(lake: Lake) -> duckdb.DuckDBPyConnection:
    """The published picture as it stands now; it stays as it is while the connection is open.

    Raises:
        LakeUnreachable: PostgreSQL or S3 do not answer.
        QueryError: nothing was published yet.
    """
    connection = opened(lake)
    try:
        lake.attach(connection, PUBLISHED, read_only=True)
        row = connection.execute("SELECT id FROM published.current_snapshot()").fetchone()
        connection.execute("DETACH published")
        lake.attach(connection, PUBLISHED, read_only=True, snapshot=row[0] if row else 0)
        connection.execute("USE published")
        connection.execute("SELECT published_at FROM publication")
    except duckdb.Error as error:
        connection.close()
        if isinstance(error, _NOTHING_YET) and "does not exist" in str(error):
            todo = "Run `communique ingest` first"
            raise QueryError("nothing was published here yet", where=lake.catalog, todo=todo) from error
        raise LakeUnreachable(str(error).splitlines()[0], where=lake.catalog) from error
    return connection


_NOTHING_YET = (duckdb.InvalidInputException, duckdb.BinderException, duckdb.CatalogException)
