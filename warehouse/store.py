"""The writer's warehouse: numbered migrations, each applied once, and transactions that land all or nothing.

HOME/warehouse.duckdb belongs to whoever holds HOME/writer.lock; readers never open it, they have
the published copy. Files are made with a storage version that DuckDB 1.5 and 2 both read. In a lake
(lake.py) the same tables are of many writers, who land in turns (turn.py).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from parsers.errors import HomeTooNew
from warehouse.home import FILE, SPILL, lake_of
from warehouse.lake import Lake, opened
from warehouse.scripts import migrations, quoted
from warehouse.troubles import in_lake, storing, sync
from warehouse.turn import MOVE_FENCE, Turnstile, enter

STORAGE = "v1.5.0"
MEMORY_FLOOR = 192_000_000  # bytes
LAKE_MEMORY_FLOOR = 512_000_000  # it writes Parquet, and keeps what it read of it
MEMORY_A_CAPTURE = 4_000  # bytes that a publication needs: 3.6 GB were measured at a million


_MIGRATIONS = """
    CREATE TABLE IF NOT EXISTS schema_migrations (
        number INTEGER NOT NULL, name VARCHAR NOT NULL, applied_at TIMESTAMPTZ NOT NULL
    )
"""


class Store:
    """The open warehouse of a HOME, in its file or in its lake; hold `writer_lock` while it is open.

    `scratch` opens an empty one in memory: for a dry run where nothing is kept yet.
    """

    def __init__(
        self,
        home: Path,
        now: datetime,
        *,
        memory: str = "",
        patience: float = 60.0,
        scratch: bool = False,
        lake: Lake | None = None,
    ) -> None:
        """Open it.

        Args:
            lake: in place of the one that HOME knows.
            now: time of the run, UTC.
            memory: that DuckDB may use, as DuckDB writes it; empty lets it grow with what is kept.
            patience: seconds to wait for the turn in a lake.
        """
        self.home = home
        self.path = home / FILE
        self.lake = None if scratch else lake or lake_of(home)
        self._turnstile: Turnstile | None = None
        self._memory = memory
        with self._asking():
            self.connection = opened(self.lake) if self.lake else duckdb.connect(":memory:")
        self.connection.execute("SET TimeZone = 'UTC'")
        self.connection.execute("SET memory_limit = $memory", {"memory": memory or f"{self._floor}B"})
        self.connection.execute("SET preserve_insertion_order = false")
        self.connection.execute("SET temp_directory = $folder", {"folder": str(self._spill())})
        with self.storing():
            if scratch:
                self.connection.execute("ATTACH ':memory:' AS warehouse")
            elif self.lake:
                self._turnstile = enter(self.connection, self.lake, patience)
            else:
                self._attach()
            self.connection.execute("USE warehouse")
        self._migrate(now)

    def _spill(self) -> Path:
        """Where DuckDB puts what memory does not hold: two processes in one folder would write over each other."""
        if self.lake is None:
            return self.home / SPILL
        (self.home / SPILL).mkdir(parents=True, exist_ok=True)
        return self.home / SPILL / f"{socket.gethostname()}.{os.getpid()}"

    @property
    def _floor(self) -> int:
        return LAKE_MEMORY_FLOOR if self.lake else MEMORY_FLOOR

    def storing(self) -> AbstractContextManager[None]:
        """Turn what goes wrong into errors that a person can act on."""
        return in_lake(self.lake.catalog) if self.lake else storing(self.path)

    def _attach(self) -> None:
        if not self.path.exists():
            self._make()
        self.connection.execute(f"ATTACH {quoted(self.path)} AS warehouse (STORAGE_VERSION '{STORAGE}')")

    def _make(self) -> None:
        # It gets its name once it is whole: half a file, of a full disk or a kill, could never be opened again.
        making = self.home / f".{FILE}.new"
        making.unlink(missing_ok=True)
        self.connection.execute(f"ATTACH {quoted(making)} AS making (STORAGE_VERSION '{STORAGE}')")
        self.connection.execute("DETACH making")
        sync(making)
        Path(f"{self.path}.wal").unlink(missing_ok=True)  # the log of a file that is gone
        making.replace(self.path)
        sync(self.home)

    def _migrate(self, now: datetime) -> None:
        known = migrations()
        if self._applied() == {number for number, _, _ in known}:
            return
        with self.turn():
            with self.storing():
                self.connection.execute(_MIGRATIONS)
            applied = self._applied()
            if applied and max(applied) > known[-1][0]:
                raise HomeTooNew(
                    f"its schema is number {max(applied)}, this version knows {known[-1][0]}", where=str(self.home)
                )
            for number, name, sql in known:
                if number not in applied:
                    with self.transaction():
                        self.connection.execute(sql)
                        self.connection.execute("INSERT INTO schema_migrations VALUES (?, ?, ?)", [number, name, now])

    def _applied(self) -> set[int]:
        if not self.value("SELECT 1 FROM duckdb_tables() WHERE table_name = 'schema_migrations'"):
            return set()
        return {number for (number,) in self.rows("SELECT number FROM schema_migrations")}

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Have the other writers of a lake wait; the writer of a file is alone anyway.

        Raises:
            HomeLocked: another had the turn for the whole time.
        """
        with self._asking(), self._turnstile.taken() if self._turnstile else nullcontext():
            yield

    def rows(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._asking():
            return self.connection.execute(sql, parameters).fetchall()

    def value(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] | None = None) -> Any:
        """The first value of a query's first row, None where there is none."""
        with self._asking():
            row = self.connection.execute(sql, parameters).fetchone()
        return row[0] if row else None

    def _asking(self) -> AbstractContextManager[None]:
        """A file that is open answers; a lake may be gone at any question."""
        return in_lake(self.lake.catalog) if self.lake else nullcontext()

    @contextmanager
    def transaction(self, *, keep: bool = True, fence: bool = True) -> Iterator[None]:
        """All or nothing.

        Args:
            keep: False rolls back at the end: a dry run.
            fence: False writes nothing to the lake, but to a file beside it.
        """
        with self.storing(), self.turn():
            self.connection.execute("BEGIN")
            try:
                if self.lake and fence:
                    self.connection.execute(MOVE_FENCE)
                yield
            except BaseException:
                # A lake may be gone, and what was wrong counts.
                with suppress(duckdb.Error) if self.lake else nullcontext():
                    self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT" if keep else "ROLLBACK")

    def insert(self, table: str, columns: Mapping[str, Sequence[Any]], where: str = "") -> None:
        """Append rows through Arrow: `INSERT ... SELECT` from columns that are named as in the table.

        Args:
            table: a table of the warehouse; a name of ours, never of the input.
            where: a clause that leaves rows out, over the alias `new`.
        """
        with self._new(table, columns) as names:
            self.connection.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM new {where}")  # noqa: S608 - our own names

    @contextmanager
    def _new(self, table: str, columns: Mapping[str, Sequence[Any]]) -> Iterator[str]:
        import pyarrow as pa

        types = {row[0]: row[1] for row in self.rows(f"DESCRIBE {table}")}
        arrays = {name: pa.array(values, _arrow(types[name], pa)) for name, values in columns.items()}
        self.connection.register("new", pa.table(arrays))
        try:
            yield ", ".join(f'"{name}"' for name in columns)
        finally:
            self.connection.unregister("new")

    def shadow(self, *tables: str) -> None:
        """Put temporary copies before tables: what a dry run writes to them is gone with it."""
        for table in tables:
            self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS FROM warehouse.{table}")

    def replace(self, table: str, columns: Mapping[str, Sequence[Any]]) -> None:
        """Write a small reference table anew, where its rows are others."""
        with self._new(table, columns) as names:
            old, new = f"SELECT {names} FROM {table}", f"SELECT {names} FROM new"  # noqa: S608 - our own names
            if self.rows(f"({old} EXCEPT ALL {new}) UNION ALL ({new} EXCEPT ALL {old}) LIMIT 1"):
                self.connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
                self.connection.execute(f"INSERT INTO {table} ({names}) {new}")

    def grow_memory(self, *, most: bool = False) -> bool:
        """Let DuckDB use what a publication of all captures needs, or the most that is decent here.

        Returns:
            False where a limit was chosen, which stands.
        """
        if self._memory:
            return False
        all_of_it = int(os.sysconf("SC_PHYS_PAGES")) * int(os.sysconf("SC_PAGE_SIZE"))
        decent = all_of_it * 6 // 10
        wanted = self._floor + MEMORY_A_CAPTURE * int(self.value("SELECT count(*) FROM captures"))
        self.connection.execute("SET memory_limit = $memory", {"memory": f"{decent if most else min(wanted, decent)}B"})
        return True

    def close(self) -> None:
        """Close it; what is committed is safe either way."""
        if self._turnstile:
            self._turnstile.close()
        self.connection.close()


def _arrow(duckdb_type: str, pa: Any) -> Any:
    if duckdb_type.endswith("[]"):
        return pa.list_(_arrow(duckdb_type[:-2], pa))
    kinds = {
        "VARCHAR": pa.string(),
        "BIGINT": pa.int64(),
        "INTEGER": pa.int32(),
        "BOOLEAN": pa.bool_(),
        "DATE": pa.date32(),
        "DOUBLE": pa.float64(),
        "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", tz="UTC"),
    }
    return kinds[duckdb_type]


def columns_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Rows turned into columns; all rows have the keys of the first."""
    listed = list(rows)
    return {name: [row[name] for row in listed] for name in (listed[0] if listed else ())}
