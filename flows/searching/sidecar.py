"""HOME/search.sqlite: each published text, its words in SQLite's FTS5, and where it stands.

A text never changes and is known by its hash: a new publication adds the words of texts that are not there yet, and
rows of where texts stand come and go. Words of a text that stands nowhere any more are found by nobody, because no row
says where; they are left until they are a fifth of all, then everything is built anew (SQLite before 3.43 cannot take
words out of an index that does not keep them beside it).

All of an update is one transaction of SQLite: who is killed in it leaves what was there before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from zlib import compress, decompress

import duckdb

from flows.searching.words import REVISION, characters, tokens
from parsers.errors import HomeLocked, HomeUnwritable, StoreError
from warehouse.read import connect

FILE = "search.sqlite"
_VERSION = 2_000 + REVISION  # of these tables, and of the words
_PATIENCE = 600.0  # seconds that a search waits for another one that brings the sidecar up to date
_DEAD = 0.2  # share of texts that stand nowhere, from which on all is built anew
_CHUNK, _ROWS = 200, 10_000  # bodies, and rows without bodies, in memory at once
_HASH = 32_000_000  # bytes of words that are sorted before they are written
_COLUMNS = "text, release_id, version, versions, source, language, kind, dated_on, canonical_id"
_TABLES = (
    "CREATE TABLE publication (name TEXT NOT NULL)",
    # Bodies by zlib: to read ten of a hundred thousand takes DuckDB 60 ms of processor, whole vectors of them.
    """CREATE TABLE texts (
        text INTEGER PRIMARY KEY, text_sha256 TEXT NOT NULL UNIQUE, title TEXT, subtitle TEXT, body BLOB
    )""",
    # By text first: that is how a hit is looked up.
    """CREATE TABLE standing (
        text INTEGER, release_id TEXT, version INTEGER, versions INTEGER, source TEXT, language TEXT, kind TEXT,
        dated_on TEXT, canonical_id TEXT, PRIMARY KEY (text, release_id, version)
    ) WITHOUT ROWID""",
    "CREATE INDEX standing_together ON standing (canonical_id)",
    # The last two columns are the characters of title and subtitle, and of the body, each once: a single one is looked
    # up there, else it would be the beginning of hundreds of pairs. `words` hands over letters and digits
    # alone: `ascii` takes them apart at the spaces and nowhere else.
    "CREATE VIRTUAL TABLE words USING fts5(title, subtitle, body, title_has, body_has, content='', tokenize='ascii')",
)
_THERE = """
    SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
    ORDER BY sql NOT LIKE 'CREATE VIRTUAL%'
"""
_MANY_DEAD = """
    SELECT count(*) > ? * (SELECT count(*) FROM texts)
    FROM texts WHERE text NOT IN (SELECT text FROM standing)
"""
_MISSING = "SELECT DISTINCT text_sha256 FROM now WHERE text_sha256 NOT IN (SELECT text_sha256 FROM texts)"
_TEXT = "INSERT INTO texts (text_sha256, title, subtitle, body) VALUES (?, ?, ?, ?)"
_WORDS = "INSERT INTO words (rowid, title, subtitle, body, title_has, body_has) VALUES (?, ?, ?, ?, ?, ?)"
_NOW = f"SELECT {_COLUMNS} FROM now JOIN texts USING (text_sha256)"  # noqa: S608 - our own names
_LEAVE = f"""
    DELETE FROM standing WHERE (text, release_id, version) IN (
        SELECT text, release_id, version FROM (SELECT {_COLUMNS} FROM standing EXCEPT {_NOW})
    )
"""  # noqa: S608 - our own names
_COME = f"INSERT INTO standing ({_COLUMNS}) {_NOW} EXCEPT SELECT {_COLUMNS} FROM standing"  # noqa: S608 - our own names
_STANDING = """
    SELECT v.text_sha256, v.release_id, v.version, r.versions, r.source, r.language, r.kind,
        CAST(r.dated_on AS VARCHAR), coalesce(r.canonical_id, r.release_id)
    FROM version_history v JOIN releases r USING (release_id)
"""
_TEXTS = """
    SELECT text_sha256, title, subtitle, body FROM {table}
    WHERE text_sha256 IN (SELECT unnest(CAST($wanted AS VARCHAR[])))
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What an update wrote.

    Attributes:
        texts: texts whose words were added.
        rows: rows that came, of where texts stand.
        gone: rows that went.
        anew: whether everything was built anew.
    """

    texts: int = 0
    rows: int = 0
    gone: int = 0
    anew: bool = False


@contextmanager
def searchable(
    home: Path, reach: Callable[[int, int], None] = lambda _done, _total: None
) -> Iterator[sqlite3.Connection]:
    """The sidecar, brought up to what is published, as it is at one moment.

    Args:
        reach: told how many new texts were read, of how many.

    Raises:
        QueryError: nothing was published.
        HomeUnwritable: the sidecar is not up to date and cannot be written.
    """
    while True:
        with connect(home) as published, closing(_opened(home)) as sidecar:
            if _holds(sidecar, name_of(published)):
                try:
                    yield sidecar
                except sqlite3.DatabaseError as error:
                    todo = "Delete it: the next search builds it anew"
                    raise StoreError(
                        f"what is searched cannot be read: {error}", where=str(home / FILE), todo=todo
                    ) from error
                return
        bring_up(home, reach)


def bring_up(home: Path, reach: Callable[[int, int], None] = lambda _done, _total: None) -> Written:
    """Bring the sidecar up to what is published now, in one transaction; nothing where it is already."""
    with closing(_opened(home)) as sidecar:
        try:
            sidecar.execute("BEGIN IMMEDIATE")
            with connect(home) as published:  # only now: what another search brought it up to is no older than this
                written = _write(sidecar, published, reach)
            sidecar.execute("COMMIT")
            return written
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
                raise _told(error, home) from error
    for name in (FILE, f"{FILE}-journal"):  # no database, or a torn one: all that is in it can be had again
        (home / name).unlink(missing_ok=True)
    return bring_up(home, reach)


def text_of(sidecar: sqlite3.Connection, text: int) -> tuple[str, str, str]:
    """Title, subtitle and body of a text."""
    title, subtitle, body = sidecar.execute("SELECT title, subtitle, body FROM texts WHERE text = ?", [text]).fetchone()
    return title, subtitle, decompress(body).decode()


def name_of(published: duckdb.DuckDBPyConnection) -> str:
    """Which publication it is, in one line."""
    row = published.execute("SELECT * FROM publication").fetchone()
    return " ".join(map(str, row or ()))


def _opened(home: Path) -> sqlite3.Connection:
    try:
        return sqlite3.connect(home / FILE, timeout=_PATIENCE, isolation_level=None)
    except sqlite3.Error as error:
        raise _told(error, home) from error


def _told(error: sqlite3.Error, home: Path) -> StoreError:
    kind = HomeLocked if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY else HomeUnwritable
    return kind(f"what is searched cannot be brought up to date: {error}", where=str(home / FILE))


def _holds(sidecar: sqlite3.Connection, name: str) -> bool:
    """Begin to read; whether the sidecar holds the words of this publication."""
    try:
        sidecar.execute("BEGIN")
        return _is_ours(sidecar) and sidecar.execute("SELECT name FROM publication").fetchall() == [(name,)]
    except sqlite3.DatabaseError:
        return False  # bringing it up to date mends it, or says what is wrong


def _is_ours(sidecar: sqlite3.Connection) -> bool:
    return bool(sidecar.execute("PRAGMA user_version").fetchone() == (_VERSION,))


def _write(
    sidecar: sqlite3.Connection, published: duckdb.DuckDBPyConnection, reach: Callable[[int, int], None]
) -> Written:
    name = name_of(published)
    anew = not _is_ours(sidecar) or bool(sidecar.execute(_MANY_DEAD, [_DEAD]).fetchone()[0])
    if anew:
        _empty(sidecar)
    elif sidecar.execute("SELECT name FROM publication").fetchall() == [(name,)]:
        return Written()
    sidecar.execute(f"CREATE TEMP TABLE now ({_COLUMNS.replace('text,', 'text_sha256,')})")
    standing = published.execute(_STANDING)
    while rows := standing.fetchmany(_ROWS):
        sidecar.executemany("INSERT INTO now VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    texts = _add_texts(sidecar, published, reach)
    gone = sidecar.execute(_LEAVE).rowcount
    came = sidecar.execute(_COME).rowcount
    if anew:
        sidecar.execute("INSERT INTO words (words) VALUES ('optimize')")
    sidecar.execute("DELETE FROM publication")
    sidecar.execute("INSERT INTO publication VALUES (?)", [name])
    return Written(texts, came, gone, anew)


def _empty(sidecar: sqlite3.Connection) -> None:
    for (table,) in sidecar.execute(_THERE).fetchall():  # the index first: it takes tables of its own with it
        sidecar.execute(f"""DROP TABLE IF EXISTS "{table.replace('"', '""')}\"""")
    for table in _TABLES:
        sidecar.execute(table)
    sidecar.execute("INSERT INTO words (words, rank) VALUES ('hashsize', ?)", [_HASH])
    sidecar.execute(f"PRAGMA user_version = {_VERSION}")


def _add_texts(
    sidecar: sqlite3.Connection, published: duckdb.DuckDBPyConnection, reach: Callable[[int, int], None]
) -> int:
    missing = {row[0] for row in sidecar.execute(_MISSING)}
    total, done = len(missing), 0
    for table in ("releases", "earlier_texts") if missing else ():
        bodies = published.execute(_TEXTS.format(table=table), {"wanted": list(missing)})
        while rows := bodies.fetchmany(_CHUNK):
            for text_sha256, title, subtitle, body in rows:
                if text_sha256 in missing:  # two releases may have one text
                    missing.remove(text_sha256)
                    fields = title or "", subtitle or "", body or ""
                    packed = compress(fields[2].encode(), 1)
                    text = sidecar.execute(_TEXT, [text_sha256, *fields[:2], packed]).lastrowid
                    sidecar.execute(_WORDS, [text, *_words(*fields)])
                    done += 1
            reach(done, total)
    return done


def _words(title: str, subtitle: str, body: str) -> list[str]:
    fields = [tokens(field) for field in (title, subtitle, body)]
    return [" ".join(each) for each in (*fields, characters(f"{title} {subtitle}"), characters(body))]
