"""Tidying a lake: small files become large ones, deleted rows go, past states expire, and their files are removed.

Each landing leaves a small file in each table that it wrote to, and each publication all its tables anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from warehouse.lake import PUBLISHED, WAREHOUSE, Lake, opened, shown
from warehouse.scripts import standing
from warehouse.store import Store
from warehouse.troubles import in_lake

KEEP = timedelta(days=7)
"""How long past states of a lake can be read, and readers may take who hold one."""
ORPHANED = timedelta(days=1)
"""Older than any commit takes: a file of that age that no state names is of a writer that died."""


@dataclass(frozen=True, slots=True)
class Tidied:
    """Files of a lake, of live tables or not, before and after."""

    before: int
    after: int

    def __str__(self) -> str:
        return f"{self.before} files of the lake became {self.after}"


def tidy(store: Store, lake: Lake, keep: timedelta = KEEP) -> Tidied:
    """Merge, expire and remove, in both DuckLakes; the other writers wait.

    Args:
        keep: past states that are younger stay readable.

    Raises:
        LakeUnreachable: PostgreSQL or S3 do not answer; run again, it goes on where it was.
        HomeLocked: another writer had the turn for the whole time.
    """
    ages = {"keep": keep.total_seconds(), "orphaned": max(keep, ORPHANED).total_seconds()}
    with store.turn(), store.storing(), shown(store.connection, lake):
        before = _files(store)
        for name in (WAREHOUSE, PUBLISHED):
            for step in _STEPS:
                named = {age: seconds for age, seconds in ages.items() if f"${age}" in step}
                store.connection.execute(step.format(lake=name), named)
        return Tidied(before, _files(store))


# A file is no longer needed from the moment of a step before: that is why each step asks for the time anew.
_STEPS = (
    "CALL ducklake_rewrite_data_files('{lake}')",
    "CALL ducklake_merge_adjacent_files('{lake}')",
    "CALL ducklake_expire_snapshots('{lake}', older_than => now() - to_seconds($keep))",
    "CALL ducklake_cleanup_old_files('{lake}', older_than => now() - to_seconds($keep))",
    "CALL ducklake_delete_orphaned_files('{lake}', older_than => now() - to_seconds($orphaned))",
)


def _files(store: Store) -> int:
    sql = "SELECT count(*) FROM glob($pattern)"
    paths = [
        store.value(f"SELECT value FROM ducklake_options('{name}') WHERE option_name = 'data_path'")  # noqa: S608 - ours
        for name in (WAREHOUSE, PUBLISHED)
    ]
    return sum(int(store.value(sql, {"pattern": f"{path}**/*.parquet"})) for path in paths)


def remove_all(store: Store, lake: Lake) -> None:
    """Empty a lake, with all its past states and files: whoever reads it elsewhere reads nothing any more."""
    run = store.connection.execute
    with store.turn(), store.storing(), shown(store.connection, lake):
        for name in (WAREHOUSE, PUBLISHED):
            run("BEGIN")  # half of a lake could be neither used nor emptied
            for kind, table in standing(store.connection, name):
                run(f'DROP {kind} {name}."{table}"')
            run("COMMIT")
            run(f"CALL ducklake_expire_snapshots('{name}', older_than => now())")
            run(f"CALL ducklake_cleanup_old_files('{name}', cleanup_all => true)")


def lake_sizes(lake: Lake) -> dict[str, int]:
    """Bytes of the live tables of both DuckLakes.

    Raises:
        LakeUnreachable: PostgreSQL or S3 do not answer.
    """
    sizes = {}
    with in_lake(lake.catalog), opened(lake) as connection:
        for name in (WAREHOUSE, PUBLISHED):
            lake.attach(connection, name, read_only=True)
            row = connection.execute(_BYTES, {"lake": name}).fetchone()
            sizes[f"lake {name}"] = int(row[0]) if row else 0
    return sizes


_BYTES = "SELECT coalesce(sum(file_size_bytes + delete_file_size_bytes), 0) FROM ducklake_table_info($lake)"
