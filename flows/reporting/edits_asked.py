"""What is asked of the published file to tell of edits: one publication, whatever is published meanwhile."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

from parsers.errors import QueryError
from warehouse.read import connect


class Picture:
    """One publication, open for several questions.

    Raises:
        QueryError: nothing was published, or by a version that did not tell of edits yet.
    """

    def __init__(self, home: Path) -> None:
        self._connection = connect(home)

    def __enter__(self) -> Picture:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def rows(self, sql: str, **parameters: Any) -> list[dict[str, Any]]:
        """Rows of a question, by column."""
        try:
            cursor = self._connection.execute(sql, parameters)
            columns = [column[0] for column in cursor.description or ()]
            return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        except duckdb.Error as error:
            todo = "Run `communique reparse`: it publishes anew"
            raise QueryError(str(error).splitlines()[0], todo=todo) from error


_WHEN = """(
    ($since IS NULL OR {at} >= CAST($since AS TIMESTAMP) AT TIME ZONE 'UTC')
    AND ($until IS NULL OR {at} < (CAST($until AS TIMESTAMP) + INTERVAL 1 DAY) AT TIME ZONE 'UTC')
)"""
_LOOK = """CASE WHEN {c}.capture_id IS NOT NULL THEN {{
    'captured_at': {c}.captured_at, 'url': {c}.url, 'warc_file': {c}.warc_file, 'warc_offset': {c}.warc_offset,
    'raw_sha256': {c}.raw_sha256, 'outcome': {c}.outcome
}} END"""
_LOOKS = f'{_LOOK.format(c="b")} AS "before", {_LOOK.format(c="a")} AS "after"'
# A text may become another, be put back, and become it again: each time is an edit of its own.
_TURN = """(
    SELECT count(*) FROM edits x WHERE x.release_id = e.release_id AND x.to_version <= e.to_version
    AND x.from_text_sha256 = e.from_text_sha256 AND x.to_text_sha256 = e.to_text_sha256
)"""
_OF_EDITS = f"""
    FROM edits e WHERE e.to_version IS NOT NULL AND {_WHEN.format(at="e.edited_before_at")}
    AND ($source IS NULL OR e.source = $source)
"""
_OF_VANISHED = f"""
    FROM withdrawals w WHERE ($source IS NULL OR w.source = $source)
    AND ({_WHEN.format(at="w.withdrawn_at")} OR {_WHEN.format(at="w.reappeared_at")})
"""
COUNTED = f"""
    SELECT CASE WHEN e.declared THEN 'declared' ELSE e.edit_class END AS what, count(*) AS edits
    {_OF_EDITS} GROUP BY ALL
    UNION ALL SELECT 'vanished', count(*) {_OF_VANISHED}
"""
EDITS = f"""
    WITH chosen AS (
        SELECT e.* {_OF_EDITS} AND (e.declared IS TRUE) = $declared
        ORDER BY e.edited_before_at DESC, e.release_id, e.to_version DESC LIMIT $most
    )
    SELECT e.release_id, e.source, coalesce(a.url, b.url) AS url, e.edit_class AS what, e.declared, e.cause,
        e.from_version, e.to_version, e.from_text_sha256, e.to_text_sha256, e.edited_before_at AS told_at,
        {_TURN} AS turn, {_LOOKS}
    FROM chosen e
    LEFT JOIN captures b ON b.release_id = e.release_id AND b.role = 'page' AND b.captured_at = e.edited_after_at
        AND b.text_sha256 = e.from_text_sha256
    LEFT JOIN captures a ON a.release_id = e.release_id AND a.role = 'page' AND a.captured_at = e.edited_before_at
        AND a.text_sha256 = e.to_text_sha256
    QUALIFY row_number() OVER (PARTITION BY e.release_id, e.to_version ORDER BY b.capture_id, a.capture_id) = 1
    ORDER BY e.edited_before_at DESC, e.release_id, e.to_version DESC
"""  # noqa: S608 - of parts that stand above
BETWEEN = f"""
    SELECT r.release_id, r.source, r.url, e.edit_class AS what, e.declared, t.cause, f.version AS from_version,
        t.version AS to_version, f.text_sha256 AS from_text_sha256, t.text_sha256 AS to_text_sha256,
        t.first_captured_at AS told_at, {_TURN} AS turn, {_LOOKS}
    FROM releases r
    JOIN version_history f ON f.release_id = r.release_id AND f.version = $from_version
    JOIN version_history t ON t.release_id = r.release_id AND t.version = $to_version
    LEFT JOIN edits e ON e.release_id = r.release_id AND e.from_version = f.version AND e.to_version = t.version
    LEFT JOIN captures b ON b.release_id = r.release_id AND b.role = 'page' AND b.text_sha256 = f.text_sha256
        AND b.captured_at IS NOT DISTINCT FROM f.last_captured_at
    LEFT JOIN captures a ON a.release_id = r.release_id AND a.role = 'page' AND a.text_sha256 = t.text_sha256
        AND a.captured_at IS NOT DISTINCT FROM t.first_captured_at
    WHERE r.release_id = $release_id ORDER BY b.capture_id, a.capture_id LIMIT 1
"""  # noqa: S608 - of parts that stand above
# What a list dropped is proved by two looks at the list; what vanished itself, by two at its page.
VANISHED = f"""
    WITH chosen AS (
        SELECT w.*, coalesce(CASE WHEN {_WHEN.format(at="w.reappeared_at")} THEN w.reappeared_at END, w.withdrawn_at)
            AS told_at
        {_OF_VANISHED}
        ORDER BY told_at DESC, w.release_id, w.gone_since_at DESC, w.evidence LIMIT $most
    ),
    listed AS (
        SELECT release_id, arg_min(list_url, (listed_at, list_url)) AS list_url,
            arg_max(title, (listed_at, list_url)) AS title, arg_max(url, (listed_at, list_url)) AS url
        FROM listings WHERE release_id IN (SELECT release_id FROM chosen) GROUP BY release_id
    )
    SELECT w.* REPLACE (CASE WHEN {_WHEN.format(at="w.reappeared_at")} THEN w.reappeared_at END AS reappeared_at),
        coalesce(r.url, l.url) AS url, coalesce(r.title, l.title, '') AS title, e.from_version,
        e.from_text_sha256, {_LOOKS}
    FROM chosen w
    LEFT JOIN releases r ON r.release_id = w.release_id
    LEFT JOIN listed l ON l.release_id = w.release_id
    LEFT JOIN edits e ON e.release_id = w.release_id AND e.to_version IS NULL AND e.edited_before_at = w.gone_since_at
        AND w.evidence != 'unlisted'
    LEFT JOIN captures b ON b.captured_at = w.last_seen_at AND CASE
        WHEN w.evidence = 'unlisted'
        THEN b.source = w.source AND b.role IN ('list', 'feed') AND b.outcome IN ('ok', 'not_modified')
        ELSE b.release_id = w.release_id AND b.role = 'page' AND b.text_sha256 IS NOT NULL END
    LEFT JOIN captures a ON a.captured_at = w.gone_since_at AND CASE
        WHEN w.evidence = 'unlisted'
        THEN a.source = w.source AND a.role IN ('list', 'feed') AND a.url = b.url
        ELSE a.release_id = w.release_id AND a.role = 'page' AND a.text_sha256 IS NULL END
    QUALIFY row_number() OVER (
        PARTITION BY w.release_id, w.source, w.gone_since_at, w.evidence
        ORDER BY a.capture_id IS NULL, a.url IS DISTINCT FROM l.list_url, b.capture_id, a.capture_id
    ) = 1
    ORDER BY told_at DESC, w.release_id, w.gone_since_at DESC, w.evidence
"""  # noqa: S608 - of parts that stand above
TEXTS = """
    SELECT text_sha256, title, subtitle, body FROM releases WHERE text_sha256 IN (SELECT unnest($hashes))
    UNION SELECT text_sha256, title, subtitle, body FROM earlier_texts WHERE text_sha256 IN (SELECT unnest($hashes))
"""
SPANS = """
    SELECT release_id, to_version, change, field, span_start, span_stop, words FROM edit_spans
    WHERE (release_id, to_version) IN (SELECT unnest($ids), unnest($versions))
    ORDER BY release_id, to_version, position
"""
