"""The search: ranked and limited in SQLite, texts read from the publication for what is shown alone.

A release is one hit, with the version of it that stands on the page where that one matches, else the latest that
does. Mirrors are one hit too: the canonical release where it matches and passes the filters, else the best of them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from flows.searching.asked import Term, expression, terms_of
from flows.searching.sidecar import searchable
from flows.searching.snippets import Marked, Snippet, marked_title, snippet_of

_WEIGHTS = "8.0, 4.0, 1.0, 8.0, 1.0"  # of a word in the title, the subtitle, the body; of a single character
_STANDS = """
    s.text, s.release_id, s.version, s.versions, s.source, s.language, s.kind, s.dated_on, s.canonical_id
"""
_FILTERS = """
    ($since IS NULL OR s.dated_on >= $since) AND ($until IS NULL OR s.dated_on <= $until)
    AND ($source IS NULL OR s.source = $source) AND ($language IS NULL OR s.language = $language)
    AND ($kind IS NULL OR s.kind = $kind)
"""
_RANKED = f"""
    SELECT s.canonical_id FROM words CROSS JOIN standing s ON s.text = words.rowid
    WHERE words MATCH $asked AND {_FILTERS}
    ORDER BY bm25(words, {_WEIGHTS}), s.dated_on DESC, s.release_id, s.version DESC
    LIMIT $most
"""  # noqa: S608 - our own words
# The few rows first, each looked up among the words: the other way round all hits would be read again.
_TOGETHER = f"""
    SELECT {_STANDS} FROM standing s CROSS JOIN words ON words.rowid = s.text
    WHERE words MATCH $asked AND s.canonical_id = $canonical_id AND {_FILTERS}
    ORDER BY s.version < s.versions, s.release_id != s.canonical_id, s.dated_on, s.release_id, s.version DESC
"""  # noqa: S608 - our own words
_TEXTS = """
    SELECT text_sha256, title, subtitle, body FROM {table}
    WHERE rowid IN (SELECT rowid FROM {table} WHERE text_sha256 IN (SELECT unnest(CAST($wanted AS VARCHAR[]))))
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is searched for, and among which releases.

    Attributes:
        since: first day, by `dated_on`; a release without a day is in no span.
    """

    words: str
    since: date | None = None
    until: date | None = None
    source: str | None = None
    language: str | None = None
    kind: str | None = None
    limit: int = 10


@dataclass(frozen=True, slots=True)
class Hit:
    """A release that has the words, with the version that has them.

    Attributes:
        canonical_id: the canonical release of its mirrors; its own id where it is that, or has none.
        mirrors: ids of the other releases of its mirrors that have the words too.
    """

    release_id: str
    version: int
    versions: int
    source: str | None
    language: str | None
    kind: str | None
    dated_on: str | None
    canonical_id: str
    mirrors: tuple[str, ...]
    title: Marked
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class Found:
    """Hits, best first, and whether there are more."""

    hits: list[Hit]
    more: bool


def search(home: Path, asked: Asked, reach: Callable[[int, int], None] = lambda _done, _total: None) -> Found:
    """Releases that have all the words.

    Raises:
        QueryError: no word to search for, or nothing was published.
        HomeUnwritable: the sidecar cannot be brought up to date.
    """
    terms = terms_of(asked.words)
    wanted = {
        "asked": expression(terms),
        "since": asked.since.isoformat() if asked.since else None,
        "until": asked.until.isoformat() if asked.until else None,
        **{"source": asked.source, "language": asked.language, "kind": asked.kind},
    }
    with searchable(home, reach) as (sidecar, published):
        groups = _groups(sidecar, wanted, asked.limit + 1)
        chosen = [
            sidecar.execute(_TOGETHER, {**wanted, "canonical_id": group}).fetchall() for group in groups[: asked.limit]
        ]
        hashes = _hashes(sidecar, [rows[0][0] for rows in chosen])
        texts = _texts(published, list(hashes.values()))
        hits = [_hit(rows, texts[hashes[rows[0][0]]], terms) for rows in chosen]
    return Found(hits, len(groups) > asked.limit)


def _groups(sidecar: sqlite3.Connection, wanted: Mapping[str, str | None], most: int) -> list[str]:
    """The best groups of mirrors, best first; a release without mirrors is a group."""
    rows = 2 * most  # versions and mirrors of a group are rows, too; to keep few in order costs less than all
    while True:
        ranked = sidecar.execute(_RANKED, {**wanted, "most": rows}).fetchall()
        found = list(dict.fromkeys(canonical_id for (canonical_id,) in ranked))[:most]
        if len(found) == most or len(ranked) < rows:
            return found
        rows *= 10


def _hashes(sidecar: sqlite3.Connection, texts: Sequence[int]) -> dict[int, str]:
    ask = "SELECT text_sha256 FROM texts WHERE text = ?"
    return {text: sidecar.execute(ask, [text]).fetchone()[0] for text in texts}


def _texts(published: duckdb.DuckDBPyConnection, hashes: list[str]) -> dict[str, tuple[str | None, ...]]:
    found: dict[str, tuple[str | None, ...]] = {}
    for table in ("releases", "earlier_texts"):
        wanted = [each for each in hashes if each not in found]
        if wanted:
            rows = published.execute(_TEXTS.format(table=table), {"wanted": wanted}).fetchall()
            found.update({text_sha256: tuple(fields) for text_sha256, *fields in rows})
    return found


def _hit(rows: Sequence[tuple[Any, ...]], text: tuple[str | None, ...], terms: tuple[Term, ...]) -> Hit:
    _, release_id, version, versions, source, language, kind, dated_on, canonical_id = rows[0]
    others = dict.fromkeys(row[1] for row in rows if row[1] != release_id)
    title, subtitle, body = (each or "" for each in text)
    return Hit(
        *(release_id, version, versions, source, language, kind, dated_on, canonical_id, tuple(others)),
        title=marked_title(title, terms),
        snippet=snippet_of(subtitle, body, terms),
    )
