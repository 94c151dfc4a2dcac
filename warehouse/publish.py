"""Publication: readers get one consistent, read-only picture, renamed into place.

The published file is built anew beside the old one. Whoever has the old one open keeps reading it;
whoever opens the name gets the new one. Nobody waits and nobody sees half. In a lake, what was built is
handed over in one commit: whoever reads an earlier snapshot keeps reading it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import duckdb

from parsers import rules
from parsers.errors import MemoryShort
from parsers.release import key_of
from warehouse.home import PUBLISHED
from warehouse.known import last_landing
from warehouse.lake import PUBLISHED as SHOWN
from warehouse.lake import Lake, shown
from warehouse.scripts import TABLES, migrations, publication_scripts, publication_sql, quoted, run_in_lake, standing
from warehouse.store import STORAGE, Store
from warehouse.troubles import storing, sync
from warehouse.turn import committed


def state_of(store: Store, version: str) -> str:
    """Hash of all that a publication is built of: equal means that nothing changed.

    The log of runs and looks at lists that brought nothing are left out: they are no reason to copy everything.
    A look at a list is one where it makes certain that an entry was dropped.
    """
    counts = store.rows("""
        SELECT (SELECT max(landing) FROM parses), (SELECT count(*) FROM holds), (SELECT count(*) FROM listings),
            (SELECT count(*) FROM list_contents), (SELECT max(number) FROM schema_migrations),
            (SELECT count(*) FROM takedowns), (SELECT count(lifted_at) FROM takedowns)
    """)
    claimed = store.rows("""
        SELECT source, count(*) FROM captures
        WHERE role = 'page' OR outcome NOT IN ('ok', 'not_modified') OR attempts IS NULL
        GROUP BY source ORDER BY source
    """)
    waiting = store.rows(_OPEN_DROPS)
    registry = store.rows("SELECT * FROM layouts ORDER BY ALL") + store.rows("SELECT * FROM sources ORDER BY ALL")
    return key_of(version, rules.ALL, str(counts), str(claimed), str(waiting), str(registry), *publication_scripts())


# Scripts of warehouse/publication: what is computed before the file is made, and what fills its tables.
_HISTORY = ("readings.sql", "history.sql")
_DAYS = "days.sql"
_CONTENTS = ("fill.sql", "audit.sql", "health.sql")


# Changes of lists that may have dropped an entry, until the looks that `patience` in history.sql asks for are there.
# The look that makes it certain takes the change away from here: that is how it is seen.
_OPEN_DROPS = """
    WITH latest AS (
        SELECT source, input_sha256, max(landing) AS landing, arg_max(reader, landing) AS reader
        FROM list_contents WHERE input_sha256 NOT IN (
            SELECT input_sha256 FROM parses WHERE input_sha256 IN (SELECT input_sha256 FROM list_contents)
            GROUP BY input_sha256 HAVING arg_max(error IS NOT NULL, landing)
        )
        GROUP BY source, input_sha256
    ),
    listed AS (
        SELECT DISTINCT c.source, c.url, c.captured_at, c.capture_id, l.reader, l.input_sha256, l.landing
        FROM captures c JOIN latest l ON l.source = c.source AND l.input_sha256 = c.input_sha256
        WHERE c.role IN ('list', 'feed') AND c.outcome IN ('ok', 'not_modified') AND c.captured_at IS NOT NULL
    ),
    turns AS (
        SELECT *, count(*) OVER since AS looks, max(captured_at) OVER since AS last_at,
            lag(input_sha256) OVER likewise AS before_sha256, lag(landing) OVER likewise AS before_landing
        FROM listed
        WINDOW likewise AS (PARTITION BY source, url, reader ORDER BY captured_at, capture_id),
            since AS (
                PARTITION BY source, url, reader ORDER BY captured_at, capture_id
                ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
            )
    )
    SELECT t.source, t.url, t.captured_at
    FROM turns t
    JOIN list_contents b ON b.source = t.source AND b.input_sha256 = t.before_sha256 AND b.landing = t.before_landing
    JOIN list_contents a ON a.source = t.source AND a.input_sha256 = t.input_sha256 AND a.landing = t.landing
    WHERE (t.looks < 3 OR t.last_at < t.captured_at + INTERVAL 2 DAY) AND b.release_ids != a.release_ids
        AND NOT list_has_all(a.release_ids, b.release_ids[:len(list_intersect(b.release_ids, a.release_ids))])
    ORDER BY ALL
"""


def _is_shown(store: Store, state: str) -> bool:
    """Whether what readers open was built of this state."""
    # Publications of one long run bear the run's time: the state tells them apart.
    sql = """
        SELECT count(*) FROM publications
        WHERE state_sha256 = $state AND published_at = (SELECT max(published_at) FROM publications)
    """
    found = store.value(sql, {"state": state})
    return bool(found) and (store.lake is not None or (store.home / PUBLISHED).exists())


def publish(
    store: Store,
    derive: Callable[[Store], None],
    *,
    now: datetime,
    version: str,
    clock: Callable[[], float] = time.perf_counter,
    anyway: bool = False,
) -> bool:
    """Build and rename into place the file that readers open; nothing where nothing changed.

    Args:
        derive: derives what is missing, from the temp tables of history.sql, and leaves its own.
        now: time of publication, UTC.
        version: version of communique.
        clock: seconds, for how long it took.
        anyway: where nothing changed, too.

    Returns:
        Whether a new file was published.

    Raises:
        HomeUnwritable: the disk is full; the old file stays.
    """
    with store.turn():
        state = state_of(store, version)
        if not anyway and _is_shown(store, state):
            return False
        started = clock()
        store.grow_memory()
        building = store.home / f".{PUBLISHED}.{os.getpid()}"
        for left in store.home.glob(f".{PUBLISHED}.*"):
            left.unlink()  # of a publication that was killed: it is our turn, nobody else is building
        try:
            _build_within(store, building, derive, now, version)
            size = building.stat().st_size
            if store.lake:
                with store.storing():
                    _hand_over(store, store.lake, building)
            else:
                _rename(building, store.home / PUBLISHED)
        finally:
            building.unlink(missing_ok=True)
            Path(f"{building}.wal").unlink(missing_ok=True)
        _note(store, now, clock() - started, size, state)
    return True


def _build_within(store: Store, building: Path, derive: Callable[[Store], None], now: datetime, version: str) -> None:
    """Build with as much memory as it takes: bodies of megabytes need more than most do."""
    with storing(building), store.storing():
        try:
            _build(store, building, derive, now, version)
        except MemoryShort:
            if not store.grow_memory(most=True):
                raise
            _build(store, building, derive, now, version)


def _rename(building: Path, target: Path) -> None:
    with storing(target):
        sync(building)
        building.replace(target)
        sync(target.parent)


def _hand_over(store: Store, lake: Lake, building: Path) -> None:
    """Put what was built in place of what a lake shows, in one commit."""
    run = store.connection.execute
    with shown(store.connection, lake):
        try:
            run(f"ATTACH {quoted(building)} AS built (READ_ONLY)")
            run(f"USE {SHOWN}")
            with _whole(store):
                for kind, name in standing(store.connection, SHOWN):
                    run(f'DROP {kind} "{name}"')
                for script in TABLES:
                    run_in_lake(store.connection, publication_sql(script))
                for kind, name in standing(store.connection, "built"):
                    if kind == "TABLE":
                        run(f'INSERT INTO "{name}" FROM built."{name}"')
        finally:
            run("USE warehouse")
            run("DETACH DATABASE IF EXISTS built")


@contextmanager
def _whole(store: Store) -> Iterator[None]:
    """What is written to a published picture is written whole or not at all."""
    store.connection.execute("BEGIN")
    try:
        yield
    except BaseException:
        with suppress(duckdb.Error):  # what failed may have ended it
            store.connection.execute("ROLLBACK")
        raise
    store.connection.execute("COMMIT")


@committed
def _note(store: Store, now: datetime, seconds: float, size: int, state: str) -> None:
    with store.transaction():
        row = [now, last_landing(store), seconds, size, state]
        store.connection.execute("INSERT INTO publications VALUES (?, ?, ?, ?, ?)", row)


def _build(store: Store, building: Path, derive: Callable[[Store], None], now: datetime, version: str) -> None:
    building.unlink(missing_ok=True)
    run = store.connection.execute
    try:
        run("CREATE OR REPLACE TEMP TABLE scope AS SELECT * FROM captures")
        for script in _HISTORY:
            run(publication_sql(script))
        derive(store)
        run(publication_sql(_DAYS))
        run(f"ATTACH {quoted(building)} AS published (STORAGE_VERSION '{STORAGE}')")
        with _whole(store):
            run("USE published")
            for script in TABLES:
                run(publication_sql(script))
            for name, comment in store.rows(_COLUMNS):
                run(f"COMMENT ON COLUMN canonical_releases.{name} IS {quoted(comment)}")
            run("USE warehouse")
            for script in _CONTENTS:
                run(publication_sql(script))
            run(_PUBLICATION, [now, migrations()[-1][0], version, last_landing(store)])
    finally:
        run("USE warehouse")
        for (table,) in store.rows("SELECT table_name FROM duckdb_tables() WHERE temporary AND NOT internal"):
            run(f'DROP TABLE IF EXISTS temp."{table}"')
        run("DETACH DATABASE IF EXISTS published")


_COLUMNS = (
    "SELECT column_name, comment FROM duckdb_columns() WHERE database_name = 'published' AND table_name = 'releases'"
)
_PUBLICATION = """
    INSERT INTO published.publication SELECT ?, ?, ?, ?, (SELECT count(*) FROM published.releases),
        (SELECT count(*) FROM published.version_history), (SELECT count(*) FROM published.captures),
        (SELECT count(*) FROM published.quarantine)
"""
