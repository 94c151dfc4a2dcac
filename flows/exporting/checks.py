"""What must be true of a publication before it is handed on: the columns that are promised, and the checks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from flows.exporting.tables import AS_OF
from parsers.errors import ExportRefused

_TEXT = ("text_sha256", "title", "body")
_RELEASE = ("release_id", "title", "body", "layout", "versions", "text_sha256", "canonical_id", "landed_at")
_SPAN = ("position", "change", "field", "span_start", "span_stop", "words")
PROMISED: dict[str, tuple[str, ...]] = {
    "releases": _RELEASE,
    "canonical_releases": _RELEASE,
    "version_history": ("release_id", "version", "text_sha256", "captures"),
    "versions": ("release_id", "version", *_TEXT),
    "texts": _TEXT,
    "earlier_texts": _TEXT,
    "release_links": ("release_id", "version", "position", "role", "url", "text"),
    "edits": ("release_id", "from_version", "cause", "from_text_sha256", "edit_class", "declared"),
    "edit_spans": ("release_id", "from_version", "to_version", *_SPAN),
    "parser_changes": ("release_id", "capture_id", "parsed_at"),
    "withdrawals": ("release_id", "evidence", "last_seen_at", "gone_since_at", "withdrawn_at", "looks"),
    "mirrors": ("release_id", "canonical_id", "method", "similarity"),
    "mirror_differences": ("release_id", "canonical_id", *_SPAN),
    "listings": ("source", "release_id", "url", "list_url", "position", "followed", "listed_at"),
    "url_aliases": ("release_id", "url", "captures"),
    "captures": ("capture_id", "release_id", "outcome", "raw_sha256", "raw_bytes", "landed_at", "role"),
    "takedowns": ("release_id", "taken_down_at", "reason"),
    "quarantine": ("capture_id", "release_id", "outcome", "error", "raw_sha256", "landed_at"),
    "date_evidence": ("release_id", "about", "method", "chosen"),
    "sources": ("source", "issuer", "state"),
    "source_runs": ("run_id", "verb", "started_at", "ended_at", "read_count", "new_count", "missed_count"),
    "source_health": ("captures", "releases", "quarantined", "held", "open_incidents"),
    "layout_health": ("pages", "releases"),
    "suspects": ("suspicion", "line"),
    "incidents": ("source", "kind", "opened_at", "reason", "run_id"),
    "publication": (
        *("published_at", "schema_version", "communique_version", "landing"),
        *("releases", "versions", "captures", "quarantined"),
    ),
    AS_OF: ("release_id", *_TEXT, "captured_at", "landed_at"),
}
"""Columns that are never NULL: checked in the file, and said in the package."""

_MEND = "Mend what its reason names and run `communique reparse {}`, then export again"
_REBUILD = "Move the file away and run `communique reparse`, which builds it anew; report it if that does not help"
_HELD = "SELECT source, reason FROM incidents WHERE kind = 'hold' AND closed_at IS NULL ORDER BY ALL"
_WITHOUT_TEXT = """
    SELECT h.release_id || '@' || h.version FROM version_history h
    WHERE NOT EXISTS (FROM releases r WHERE r.text_sha256 = h.text_sha256)
        AND NOT EXISTS (FROM earlier_texts t WHERE t.text_sha256 = h.text_sha256) ORDER BY ALL
"""
_NO_CANONICAL = """
    SELECT r.release_id FROM releases r
    WHERE NOT EXISTS (FROM releases c WHERE c.release_id = r.canonical_id) ORDER BY ALL
"""
_COUNTS = """
    SELECT name, said, counted FROM (
        SELECT unnest(['releases', 'versions', 'captures', 'quarantined']) AS name,
            unnest([p.releases, p.versions, p.captures, p.quarantined]) AS said,
            unnest([(SELECT count(*) FROM releases), (SELECT count(*) FROM versions),
                (SELECT count(*) FROM captures), (SELECT count(*) FROM quarantine)]) AS counted
        FROM publication p
    ) WHERE said IS DISTINCT FROM counted ORDER BY ALL
"""


def refuse_unsound(published: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Hand on nothing that fails a check.

    Args:
        path: of the published file, for the message.

    Raises:
        ExportRefused: it names each check that failed, and what to do about the first.
    """
    failed = [*_absent(published)] or [*_holds(published), *_broken(published)]
    if failed:
        what = "; ".join(words for words, _ in failed)
        raise ExportRefused(what, where=str(path), todo=failed[0][1])


def _absent(published: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str]]:
    """Columns that another version of communique did not publish: nothing else can be asked of such a file."""
    there: dict[str, set[str]] = {}
    for table, column in published.execute("SELECT table_name, column_name FROM duckdb_columns()").fetchall():
        there.setdefault(table, set()).add(column)
    for table, columns in PROMISED.items():
        for column in columns if table != AS_OF else ():
            if column not in there.get(table, ()):
                yield f"check `columns` failed: there is no {table}.{column}", _REBUILD


def _holds(published: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str]]:
    for source, reason in published.execute(_HELD).fetchall():
        yield f"check `holds` failed: source {source} is held ({reason})", _MEND.format(source)


def _broken(published: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str]]:
    for check, what, sql in (
        ("texts", "versions have no text", _WITHOUT_TEXT),
        ("canonical", "releases have a canonical_id that no release has", _NO_CANONICAL),
    ):
        found = [row[0] for row in published.execute(sql).fetchall()]
        if found:
            yield f"check `{check}` failed: {len(found)} {what}, the first {found[0]}", _REBUILD
    (rows,) = published.execute("SELECT count(*) FROM publication").fetchone() or (0,)
    if rows != 1:
        yield f"check `counts` failed: table publication has {rows} rows and not one", _REBUILD
    for name, said, counted in published.execute(_COUNTS).fetchall():
        yield f"check `counts` failed: table publication says {said} {name}, there are {counted}", _REBUILD
    for table, column, count in _nulls(published):
        yield f"check `nulls` failed: {table}.{column} is NULL in {count} rows", _REBUILD


def _nulls(published: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str, int]]:
    tables = [row[0] for row in published.execute("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall()]
    for table in tables:
        columns = PROMISED.get(table, ())
        counts = ", ".join(f"count(*) - count({column})" for column in columns)
        sql = f"SELECT {counts} FROM {table}"  # noqa: S608 - names of our own tables
        found = published.execute(sql).fetchone() if columns else None
        for column, count in zip(columns, found or (), strict=True):
            if count:
                yield table, column, count
