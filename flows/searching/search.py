"""The search: ranked and limited in SQLite, texts read for what is shown alone.

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

from flows.searching.asked import Term, expression, terms_of
from flows.searching.sidecar import searchable, text_of
from flows.searching.snippets import Marked, Snippet, marked_title, snippet_of

FREQUENT = 20_000
"""Texts with all the words, from which on those that have them in the title come first: the rest is not ranked."""
_WEIGHTS = "8.0, 4.0, 1.0, 8.0, 1.0"  # of a word in the title, the subtitle, the body; of a single character
_STANDS = """
    s.text, s.release_id, s.version, s.versions, s.source, s.language, s.kind, s.dated_on, s.canonical_id
"""
_FILTERS = """
    ($since IS NULL OR s.dated_on >= $since) AND ($until IS NULL OR s.dated_on <= $until)
    AND ($source IS NULL OR s.source = $source) AND ($language IS NULL OR s.language = $language)
    AND ($kind IS NULL OR s.kind = $kind)
"""
_ORDER = "s.dated_on DESC, s.release_id, s.version DESC LIMIT $most"
# Where nothing is filtered, only the best are looked up: most of what a common word costs is saved.
_RANKED = f"""
    WITH best AS MATERIALIZED (
        SELECT rowid AS text, bm25(words, {_WEIGHTS}) AS score FROM words WHERE words MATCH $asked
        ORDER BY score LIMIT $most
    )
    SELECT s.canonical_id FROM best b LEFT JOIN standing s ON s.text = b.text ORDER BY b.score, {_ORDER}
"""  # noqa: S608 - our own words
_FILTERED = f"""
    SELECT s.canonical_id FROM words CROSS JOIN standing s ON s.text = words.rowid
    WHERE words MATCH $asked AND {_FILTERS} ORDER BY bm25(words, {_WEIGHTS}), {_ORDER}
"""  # noqa: S608 - our own words
_COUNT = "SELECT count(*) FROM words WHERE words MATCH $asked"
# The few rows first, each looked up among the words: the other way round all hits would be read again.
_TOGETHER = f"""
    SELECT {_STANDS} FROM standing s CROSS JOIN words ON words.rowid = s.text
    WHERE words MATCH $asked AND s.canonical_id = $canonical_id AND {_FILTERS}
    ORDER BY s.version < s.versions, s.release_id != s.canonical_id, s.dated_on, s.release_id, s.version DESC
"""  # noqa: S608 - our own words


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
    with searchable(home, reach) as sidecar:
        groups = _groups(sidecar, wanted, asked.limit + 1)
        chosen = [
            sidecar.execute(_TOGETHER, {**wanted, "canonical_id": group}).fetchall() for group in groups[: asked.limit]
        ]
        hits = [_hit(rows, text_of(sidecar, rows[0][0]), terms) for rows in chosen]
    return Found(hits, len(groups) > asked.limit)


def _groups(sidecar: sqlite3.Connection, wanted: Mapping[str, str | None], most: int) -> list[str]:
    """The best groups of mirrors, best first; a release without mirrors is a group."""
    ((texts,),) = sidecar.execute(_COUNT, wanted)
    if texts > FREQUENT:
        in_title = f"{{title subtitle title_has}} : ({wanted['asked']})"
        found = _ranked(sidecar, {**wanted, "asked": in_title}, most)
        if len(found) == most:
            return found
    return _ranked(sidecar, wanted, most)


def _ranked(sidecar: sqlite3.Connection, wanted: Mapping[str, str | None], most: int) -> list[str]:
    ask = _FILTERED if any(value for name, value in wanted.items() if name != "asked") else _RANKED
    rows = 2 * most  # versions and mirrors of a group are rows, too; to keep few in order costs less than all
    while True:
        ranked = sidecar.execute(ask, {**wanted, "most": rows}).fetchall()
        found = [group for (group,) in dict.fromkeys(ranked) if group is not None]  # none: it stands nowhere any more
        if len(found) >= most or len(ranked) < rows:
            return found[:most]
        rows *= 10


def _hit(rows: Sequence[tuple[Any, ...]], text: tuple[str, str, str], terms: tuple[Term, ...]) -> Hit:
    _, release_id, version, versions, source, language, kind, dated_on, canonical_id = rows[0]
    others = dict.fromkeys(row[1] for row in rows if row[1] != release_id)
    title, subtitle, body = text
    return Hit(
        *(release_id, version, versions, source, language, kind, dated_on, canonical_id, tuple(others)),
        title=marked_title(title, terms),
        snippet=snippet_of(subtitle, body, terms),
    )
