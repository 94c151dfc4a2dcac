"""The writer's own file: one writer at a time, numbered migrations, each applied once.

HOME/warehouse.duckdb belongs to whoever holds HOME/writer.lock; readers never open it, they have
the published copy. Files are made with a storage version that DuckDB 1.5 and 2 both read.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock, Timeout

from parsers.errors import HomeLocked, HomeTooNew, HomeUnwritable, MemoryShort, StoreError

ARCHIVE = "archive"
FILE = "warehouse.duckdb"
PUBLISHED = "communique.duckdb"
STORAGE = "v1.5.0"
MEMORY_FLOOR = 192_000_000  # bytes
MEMORY_A_CAPTURE = 4_000  # bytes that a publication needs: 3.6 GB were measured at a million

SPILL = "spill"

_LOCK = "writer.lock"
_HOLDER = "writer.json"


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


@contextmanager
def writer_lock(
    home: Path, timeout: float, now: datetime, waiting: Callable[[str], None] = lambda _: None
) -> Iterator[None]:
    """Hold HOME for writing; a second writer waits, then is told who holds it.

    Args:
        timeout: seconds to wait.
        now: time of the run, noted for whoever waits.
        waiting: told once, in a sentence, that HOME is held and by whom.

    Raises:
        HomeLocked: another process held it for the whole time.
        HomeUnwritable: HOME cannot be made or written.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(home / _LOCK)
        _acquire(lock, timeout, lambda: waiting(f"waiting for HOME, another writer holds it{_holder(home)}"))
        words = {"pid": os.getpid(), "since": now.isoformat(), "command": " ".join(sys.argv[:3])[:200]}
        (home / _HOLDER).write_text(json.dumps(words), "utf-8")
    except Timeout:
        raise HomeLocked(f"another writer holds it{_holder(home)}", where=str(home)) from None
    except OSError as error:
        raise HomeUnwritable(f"HOME cannot be written: {error.strerror}", where=str(home)) from error
    try:
        yield
    finally:
        (home / _HOLDER).unlink(missing_ok=True)
        lock.release()


def _acquire(lock: FileLock, timeout: float, waiting: Callable[[], None]) -> None:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        waiting()
        lock.acquire(timeout=timeout)


def _holder(home: Path) -> str:
    try:
        words = json.loads((home / _HOLDER).read_text("utf-8"))
        return f": process {words['pid']}, since {words['since']}, `{words['command']}`"
    except (OSError, ValueError, KeyError):
        return ""


_MIGRATIONS = """
    CREATE TABLE IF NOT EXISTS schema_migrations (
        number INTEGER NOT NULL, name VARCHAR NOT NULL, applied_at TIMESTAMPTZ NOT NULL
    )
"""


class Store:
    """The open warehouse of a HOME; hold `writer_lock` while it is open.

    `scratch` opens an empty one in memory: for a dry run where nothing is kept yet.
    """

    def __init__(self, home: Path, now: datetime, *, memory: str = "", scratch: bool = False) -> None:
        self.home = home
        self.path = home / FILE
        self.connection = duckdb.connect(":memory:")
        self.connection.execute("SET TimeZone = 'UTC'")
        self.connection.execute("SET memory_limit = $memory", {"memory": memory or f"{MEMORY_FLOOR}B"})
        self.connection.execute("SET preserve_insertion_order = false")
        self.connection.execute("SET temp_directory = $folder", {"folder": str(home / SPILL)})
        if scratch:
            self.connection.execute("ATTACH ':memory:' AS warehouse")
        else:
            self._attach()
        self.connection.execute("USE warehouse")
        self._migrate(now)
        self._memory = memory

    def _attach(self) -> None:
        with storing(self.path):
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
        run = self.connection.execute
        with storing(self.path):
            run(_MIGRATIONS)
        known = migrations()
        applied = {number for (number,) in self.rows("SELECT number FROM schema_migrations")}
        if applied and max(applied) > known[-1][0]:
            raise HomeTooNew(
                f"its schema is number {max(applied)}, this version knows {known[-1][0]}", where=str(self.home)
            )
        for number, name, sql in known:
            if number not in applied:
                with self.transaction():
                    run(sql)
                    run("INSERT INTO schema_migrations VALUES (?, ?, ?)", [number, name, now])

    def rows(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self.connection.execute(sql, parameters).fetchall()

    def value(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] | None = None) -> Any:
        """The first value of a query's first row, None where there is none."""
        row = self.connection.execute(sql, parameters).fetchone()
        return row[0] if row else None

    @contextmanager
    def transaction(self, *, keep: bool = True) -> Iterator[None]:
        """All or nothing; `keep=False` rolls back at the end: a dry run."""
        with storing(self.path):
            self.connection.execute("BEGIN")
            try:
                yield
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT" if keep else "ROLLBACK")

    def insert(self, table: str, columns: Mapping[str, Sequence[Any]], where: str = "") -> None:
        """Append rows through Arrow: `INSERT ... SELECT` from columns that are named as in the table.

        Args:
            table: a table of the warehouse; a name of ours, never of the input.
            where: a clause that leaves rows out, over the alias `new`.
        """
        import pyarrow as pa

        types = {row[0]: row[1] for row in self.rows(f"DESCRIBE {table}")}
        arrays = {name: pa.array(values, _arrow(types[name], pa)) for name, values in columns.items()}
        new = pa.table(arrays)
        self.connection.register("new", new)
        try:
            names = ", ".join(f'"{name}"' for name in columns)
            self.connection.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM new {where}")  # noqa: S608 - our own names
        finally:
            self.connection.unregister("new")

    def shadow(self, *tables: str) -> None:
        """Put temporary copies before tables: what a dry run writes to them is gone with it."""
        for table in tables:
            self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS FROM warehouse.{table}")

    def replace(self, table: str, columns: Mapping[str, Sequence[Any]]) -> None:
        """Write a small reference table anew."""
        self.connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        if next(iter(columns.values())):
            self.insert(table, columns)

    def grow_memory(self, *, most: bool = False) -> bool:
        """Let DuckDB use what a publication of all captures needs, or the most that is decent here.

        Returns:
            False where a limit was chosen, which stands.
        """
        if self._memory:
            return False
        all_of_it = int(os.sysconf("SC_PHYS_PAGES")) * int(os.sysconf("SC_PAGE_SIZE"))
        decent = all_of_it * 6 // 10
        wanted = MEMORY_FLOOR + MEMORY_A_CAPTURE * int(self.value("SELECT count(*) FROM captures"))
        self.connection.execute("SET memory_limit = $memory", {"memory": f"{decent if most else min(wanted, decent)}B"})
        return True

    def close(self) -> None:
        """Close the file; what is committed is safe either way."""
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


def quoted(words: Path | str) -> str:
    """A path or words of ours as an SQL literal, where a statement takes no parameter."""
    return "'" + str(words).replace("'", "''") + "'"


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on disk and not only on their way there."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)


@contextmanager
def storing(where: Path) -> Iterator[None]:
    """Turn what DuckDB and the disk say into errors that a person can act on."""
    try:
        yield
    except OSError as error:
        if error.errno not in _DISK:
            raise
        raise HomeUnwritable(f"the file cannot be written: {error.strerror}", where=str(where)) from error
    except duckdb.IOException as error:
        text = str(error)
        if "lock" in text.lower():
            raise HomeLocked("another program has the file open", where=str(where)) from error
        raise HomeUnwritable(f"the file cannot be written: {text.splitlines()[0]}", where=str(where)) from error
    except (duckdb.OutOfMemoryException, duckdb.TransactionException, duckdb.FatalException) as error:
        text = str(error)
        if "Could not write" in text or os.strerror(errno.ENOSPC) in text:  # a commit wraps what the disk said
            raise HomeUnwritable(f"the file cannot be written: {text.splitlines()[0]}", where=str(where)) from error
        if isinstance(error, duckdb.FatalException):
            raise StoreError(text.splitlines()[0], where=str(where)) from error
        raise MemoryShort(text.splitlines()[0], where=str(where)) from error
    except (duckdb.SerializationException, duckdb.InvalidInputException) as error:
        if "version" in str(error).lower():
            raise HomeTooNew(str(error).splitlines()[0], where=str(where)) from error
        raise StoreError(str(error).splitlines()[0], where=str(where)) from error


def columns_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Rows turned into columns; all rows have the keys of the first."""
    listed = list(rows)
    return {name: [row[name] for row in listed] for name in (listed[0] if listed else ())}
