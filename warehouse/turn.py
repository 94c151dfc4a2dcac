"""The turn: of the writers of a lake, one at a time lands or publishes.

PostgreSQL gives it, and takes it back from whoever dies. Landing needs it for speed alone, so that nobody prepares
what cannot be committed: each commit moves the fence, too, and of two that began at one state only one can.
Publishing, tidying and moving are many commits: they rely on it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import duckdb

from parsers.errors import CommitConflict, HomeLocked
from warehouse.lake import WAREHOUSE, Lake, refuse_used, set_up
from warehouse.scripts import quoted

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 8
MOVE_FENCE = "UPDATE warehouse.turns SET turn = turn + 1"

# The one row of the fence lies in the catalog: a file for each turn would be a request for each.
_SET_UP = """
    CREATE TABLE IF NOT EXISTS warehouse.turns (turn BIGINT);
    CALL warehouse.set_option('data_inlining_row_limit', 1, table_name => 'turns');
    INSERT INTO warehouse.turns SELECT 0 WHERE NOT EXISTS (FROM warehouse.turns);
"""
_LOCK = 0x636F6D6D  # of one database; nobody else locks by this number
_IS_MADE = "SELECT count(*) > 0 FROM pg_tables WHERE schemaname = 'warehouse' AND tablename = 'ducklake_snapshot'"
_HOLDER = f"""
    SELECT a.application_name, to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.objid = {_LOCK} AND l.granted
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    LIMIT 1
"""  # noqa: S608 - a number of ours
# It is held without a word for as long as a publication takes.
_PATIENT = "SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0"


class Turnstile:
    """Waits for the turn, in a transaction of its own."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, lake: Lake, patience: float) -> None:
        self._cursor = connection.cursor()
        self._lake = lake
        self._patience = patience
        self._depth = 0
        self._cursor.execute(f"ATTACH {quoted(lake.catalog)} AS turnstile (TYPE postgres)")

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Have the turn; within, it may be asked for again.

        Raises:
            HomeLocked: another writer had it for the whole time.
        """
        if not self._depth:
            self._take()
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if not self._depth:
                with suppress(duckdb.Error):  # a connection that broke has given it back
                    self._cursor.execute("ROLLBACK")

    def close(self) -> None:
        """Give back the turn, if it is ours, and the connection."""
        self._cursor.close()

    def _take(self) -> None:
        patience = f"SET LOCAL lock_timeout = {max(1, round(self._patience * 1000))}"
        words = f"{_PATIENT}; {patience}; SELECT pg_advisory_xact_lock({_LOCK})"
        self._cursor.execute("BEGIN")
        try:
            self._cursor.execute(f"CALL postgres_execute('turnstile', {quoted(words)})")
        except duckdb.Error as error:
            self._cursor.execute("ROLLBACK")
            if "lock timeout" not in str(error):
                raise
            raise HomeLocked(f"another writer has the turn{self._holder()}", where=self._lake.catalog) from None

    def _holder(self) -> str:
        row = self._row(_HOLDER)
        return f": {row[0]}, since {row[1]}Z" if row and row[1] else ""  # another role may not be told

    def is_made(self) -> bool:
        """Whether the writers' DuckLake is there."""
        row = self._row(_IS_MADE)
        return bool(row and row[0])

    def _row(self, sql: str) -> tuple[Any, ...] | None:
        return self._cursor.execute(f"FROM postgres_query('turnstile', {quoted(sql)})").fetchone()


def enter(connection: duckdb.DuckDBPyConnection, lake: Lake, patience: float) -> Turnstile:
    """Attach a lake for writing; a new one is set up first, by one writer.

    Args:
        patience: seconds to wait for the turn.
    """
    turnstile = Turnstile(connection, lake, patience)
    with nullcontext() if turnstile.is_made() else turnstile.taken():
        if not turnstile.is_made():
            refuse_used(connection, lake)
        lake.attach(connection, WAREHOUSE)
    if not _has_fence(connection):
        with turnstile.taken():
            if not _has_fence(connection):
                set_up(connection, WAREHOUSE)
                connection.execute(_SET_UP)
    return turnstile


def _has_fence(connection: duckdb.DuckDBPyConnection) -> bool:
    sql = "SELECT 1 FROM duckdb_tables() WHERE database_name = $lake AND table_name = 'turns'"
    if connection.execute(sql, {"lake": WAREHOUSE}).fetchone() is None:
        return False
    return connection.execute("FROM warehouse.turns").fetchone() is not None


def committed(step: Callable[P, T]) -> Callable[P, T]:
    """A step that is one transaction: done again, after a moment of any length, where another writer came first."""

    @wraps(step)
    def patient(*args: P.args, **kwargs: P.kwargs) -> T:
        for attempt in range(1, TRIES):
            try:
                return step(*args, **kwargs)
            except CommitConflict:
                time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 - no secret
        return step(*args, **kwargs)

    return patient
