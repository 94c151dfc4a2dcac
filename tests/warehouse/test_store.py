"""The writer's file: made whole or not at all, and what the disk says is said so that a person can act on it."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from homes import CHECKOUT, NOW

from parsers.errors import HomeUnwritable, MemoryShort, StoreError
from warehouse.home import FILE
from warehouse.scripts import migrations
from warehouse.store import Store
from warehouse.troubles import storing

CREATE = """
import resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from parsers.errors import HomeUnwritable
from warehouse.store import Store
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limit = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    Store(Path(sys.argv[1]), datetime(2026, 1, 1, tzinfo=UTC))
except HomeUnwritable:
    print("refused")
"""


@pytest.mark.parametrize("limit", [0, 4096, 8192, 12288])
def test_a_file_that_could_not_be_made_leaves_none_that_cannot_be_opened(tmp_path: Path, limit: int) -> None:
    """A limit on file sizes stands in for the disk: the kernel refuses the write in the same place."""
    words = [sys.executable, "-c", CREATE, str(tmp_path), str(limit)]
    done = subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert done.stdout == "refused\n"
    with duckdb.connect() as connection:
        if (tmp_path / FILE).exists():
            connection.execute(f"ATTACH '{tmp_path / FILE}' AS file (READ_ONLY)")
    store = Store(tmp_path, NOW)
    assert store.rows("SELECT number FROM schema_migrations") == [(number,) for number, _, _ in migrations()]
    store.close()
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_the_log_of_a_file_that_is_gone_is_not_read_into_the_next(tmp_path: Path) -> None:
    store = Store(tmp_path, NOW)
    store.close()
    with duckdb.connect(str(tmp_path / FILE)) as file:
        file.execute("PRAGMA disable_checkpoint_on_shutdown")
        file.execute("CREATE TABLE of_the_old (x INTEGER)")
    (tmp_path / FILE).unlink()
    assert (tmp_path / f"{FILE}.wal").exists(), "as a kill leaves it"
    store = Store(tmp_path, NOW)
    assert store.rows("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'of_the_old'") == [(0,)]
    store.close()


FULL = os.strerror(errno.ENOSPC)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (duckdb.IOException(f'IO Error: Could not write file "x": {FULL}'), HomeUnwritable),
        (duckdb.TransactionException(f'TransactionContext Error: Failed to commit: "x.wal": {FULL}'), HomeUnwritable),
        (duckdb.FatalException(f"FATAL Error: Failed to write: {FULL}"), HomeUnwritable),
        (duckdb.FatalException("FATAL Error: the database has been invalidated"), StoreError),
        (duckdb.TransactionException("Failed to commit: could not allocate block"), MemoryShort),
        (duckdb.OutOfMemoryException("Out of Memory Error: failed to pin block"), MemoryShort),
        (OSError(errno.ENOSPC, FULL), HomeUnwritable),
    ],
)
def test_a_full_disk_is_told_from_short_memory(error: Exception, kind: type[StoreError]) -> None:
    with pytest.raises(StoreError) as told, storing(Path("home")):
        raise error
    assert type(told.value) is kind


def test_other_words_of_the_system_stay_as_they_are() -> None:
    with pytest.raises(FileNotFoundError), storing(Path("home")):
        raise FileNotFoundError(errno.ENOENT, "No such file or directory")
