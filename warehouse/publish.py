"""Publication: readers get one consistent, read-only picture, renamed into place.

The published file is built anew beside the old one. Whoever has the old one open keeps reading it;
whoever opens the name gets the new one. Nobody waits and nobody sees half.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from parsers.errors import MemoryShort
from parsers.release import key_of
from warehouse.known import last_landing
from warehouse.store import PUBLISHED, STORAGE, Store, migrations, publication_sql, quoted, storing, sync


def state_of(store: Store, version: str) -> str:
    """Hash of all that a publication is built of: equal means that nothing changed.

    The log of runs is left out: a run that brought nothing is no reason to copy everything.
    """
    counts = store.rows("""
        SELECT (SELECT count(*) FROM captures), (SELECT max(landing) FROM parses), (SELECT count(*) FROM holds),
            (SELECT max(number) FROM schema_migrations)
    """)
    claimed = store.rows("SELECT source, count(*) FROM captures GROUP BY source ORDER BY source")
    registry = store.rows("SELECT * FROM layouts ORDER BY ALL") + store.rows("SELECT * FROM sources ORDER BY ALL")
    return key_of(version, str(counts), str(claimed), str(registry))


def is_current(store: Store, version: str) -> bool:
    """Whether the published file shows all that landed."""
    # Publications of one long run bear the run's time: the state tells them apart.
    sql = """
        SELECT count(*) FROM publications
        WHERE state_sha256 = $state AND published_at = (SELECT max(published_at) FROM publications)
    """
    shown = store.value(sql, {"state": state_of(store, version)})
    return bool(shown) and (store.home / PUBLISHED).exists()


def publish(store: Store, *, now: datetime, version: str, clock: Callable[[], float] = time.perf_counter) -> bool:
    """Build and rename into place the file that readers open; nothing where nothing changed.

    Args:
        now: time of publication, UTC.
        version: version of communique.
        clock: seconds, for how long it took.

    Returns:
        Whether a new file was published.

    Raises:
        HomeUnwritable: the disk is full; the old file stays.
    """
    if is_current(store, version):
        return False
    started = clock()
    store.grow_memory()
    target = store.home / PUBLISHED
    building = store.home / f".{PUBLISHED}.{os.getpid()}"
    for left in store.home.glob(f".{PUBLISHED}.*"):
        left.unlink()  # of a publication that was killed: we hold the lock, nobody else is building
    try:
        with storing(target):
            try:
                _build(store, building, now, version)
            except MemoryShort:
                if not store.grow_memory(most=True):  # bodies of megabytes need more than most do
                    raise
                _build(store, building, now, version)
            sync(building)
            building.replace(target)
            sync(store.home)
    finally:
        building.unlink(missing_ok=True)
        Path(f"{building}.wal").unlink(missing_ok=True)
    state = state_of(store, version)
    with store.transaction():
        row = [now, last_landing(store), clock() - started, target.stat().st_size, state]
        store.connection.execute("INSERT INTO publications VALUES (?, ?, ?, ?, ?)", row)
    return True


def _build(store: Store, building: Path, now: datetime, version: str) -> None:
    building.unlink(missing_ok=True)
    run = store.connection.execute
    run(f"ATTACH {quoted(building)} AS published (STORAGE_VERSION '{STORAGE}')")
    try:
        run("CREATE OR REPLACE TEMP TABLE scope AS SELECT * FROM captures")
        run(publication_sql("readings.sql"))
        run("USE published")
        with store.transaction():
            run(publication_sql("tables.sql"))
        run("USE warehouse")
        with store.transaction():
            run(publication_sql("fill.sql"))
            run(_PUBLICATION, [now, migrations()[-1][0], version, last_landing(store)])
    finally:
        run("USE warehouse")
        for table in ("scope", "readings", "shown", "said", "chosen_dates", "looks"):
            run(f"DROP TABLE IF EXISTS temp.{table}")
        run("DETACH published")


_PUBLICATION = """
    INSERT INTO published.publication SELECT ?, ?, ?, ?, (SELECT count(*) FROM published.releases),
        (SELECT count(*) FROM published.version_history), (SELECT count(*) FROM published.captures),
        (SELECT count(*) FROM published.quarantine)
"""
