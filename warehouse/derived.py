"""What follows from texts alone: derived once by flows/derive.py, kept by key and revision of the rules.

Between a publication's temp table `current` and its temp tables `own_days`, `grouped`, `diffs` and
`spans`. Everything asked for here is what is missing under today's rules, in chunks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from warehouse.scripts import publication_sql
from warehouse.store import Store, columns_of
from warehouse.turn import committed

CHUNK = 2_000  # texts at a time
CHUNK_BYTES = 64_000_000  # of their pages
CROWD = 50  # texts of a bucket that are compared with each other

Row = tuple[Any, ...]


def key_days(store: Store) -> None:
    """Give `current` the keys of what its days follow from, where they are not known or have changed."""
    store.connection.execute(_KEYS)


def undated(store: Store, rules: int) -> Iterator[list[Row]]:
    """Texts whose days were not looked for, with what is known of their publication.

    Returns:
        key, title, subtitle, body, language, kind, URL, day of publication, earliest and latest by neighbours, method
        and precision of the day of publication, whether the text may be a copy.
    """
    sql = """
        WITH missing AS (
            SELECT min(release_id) AS release_id, max(raw_bytes) AS bytes, min(text_sha256) AS text_sha256 FROM current
            WHERE days_key NOT IN (SELECT days_key FROM days_derived WHERE rules = $rules) GROUP BY days_key
        )
        SELECT m.release_id, m.bytes, t.rowid FROM missing m JOIN texts t USING (text_sha256)
        ORDER BY t.rowid, m.release_id
    """
    texts = """
        SELECT c.days_key, t.title, t.subtitle, t.body, c.language, c.kind, c.url, c.published_on,
            c.between_earliest, c.between_latest, c.published_by, c.published_precision, c.copied
        FROM current c JOIN texts t USING (text_sha256)
        WHERE c.release_id IN (SELECT unnest($ids)) AND t.rowid BETWEEN $low AND $high
    """
    yield from _in_chunks(store, sql, {"rules": rules}, texts)


_KEYS = """
    UPDATE current SET days_key = sha256(concat_ws(
        '|', text_sha256, coalesce(language, '-'), kind, coalesce(published_on::VARCHAR, '-'),
        coalesce(between_earliest::VARCHAR, '-'), coalesce(between_latest::VARCHAR, '-'),
        coalesce(published_by, '-'), coalesce(published_precision, '-'), copied, coalesce(url, '-')
    ))
    WHERE days_key IS NULL OR between_list IS NOT NULL
"""


@committed
def add_days(store: Store, rules: int, keys: Sequence[str], evidence: Iterable[Mapping[str, Any]]) -> None:
    """Keep the evidence that was derived from these keys; a key without evidence has none."""
    rows = columns_of({**row, "rules": rules} for row in evidence)
    with store.transaction():
        if rows:
            store.insert("day_evidence", rows)
        store.insert("days_derived", {"days_key": list(keys), "rules": [rules] * len(keys)})


def place_between(store: Store) -> bool:
    """Put releases without a day between their neighbours on a list; whether there were any."""
    store.connection.execute(publication_sql("between.sql"))
    return bool(store.value("SELECT count(*) FROM current WHERE between_list IS NOT NULL"))


def gather_days(store: Store, rules: int) -> None:
    """Make temp tables `days_found`, all evidence of what stands today, and `own_days`, what is chosen of it."""
    store.connection.execute(_DAYS_FOUND, {"rules": rules})
    store.connection.execute(_OWN_DAYS)


_DAYS_FOUND = """
    CREATE OR REPLACE TEMP TABLE days_found AS
    SELECT c.release_id, e.* EXCLUDE (days_key, rules, position) FROM current c JOIN day_evidence e USING (days_key)
    WHERE e.rules = $rules
"""
_OWN_DAYS = """
    CREATE OR REPLACE TEMP TABLE own_days AS
    SELECT release_id, any_value(earliest_on) AS earliest_on, any_value(latest_on) AS latest_on FROM days_found
    WHERE about = 'event' AND chosen GROUP BY release_id
"""


def unsketched(store: Store, rules: int) -> Iterator[list[Row]]:
    """Texts that were not sketched: hash, title, body."""
    sql = """
        WITH missing AS (
            SELECT text_sha256, max(raw_bytes) AS bytes FROM current
            WHERE text_sha256 NOT IN (SELECT text_sha256 FROM sketches WHERE rules = $rules) GROUP BY text_sha256
        )
        SELECT m.text_sha256, m.bytes, t.rowid FROM missing m JOIN texts t USING (text_sha256) ORDER BY t.rowid
    """
    texts = """
        SELECT text_sha256, title, body FROM texts
        WHERE text_sha256 IN (SELECT unnest($ids)) AND rowid BETWEEN $low AND $high
    """
    yield from _in_chunks(store, sql, {"rules": rules}, texts)


@committed
def add_sketches(store: Store, rules: int, sketches: Mapping[str, Sequence[int]]) -> None:
    """Keep sketches; a text without buckets is kept as such."""
    buckets = [list(each) for each in sketches.values()]
    with store.transaction():
        store.insert("sketches", {"text_sha256": list(sketches), "rules": [rules] * len(buckets), "buckets": buckets})


def share(store: Store, rules: int) -> None:
    """Make temp tables `numbered`, the texts of today, and `sharing`, pairs of them that share a bucket."""
    store.connection.execute(publication_sql("candidates.sql"), {"rules": rules, "most": CROWD})


def candidates(store: Store, rules: int) -> Iterator[list[tuple[Row, Row]]]:
    """Pairs of `sharing` that were not compared, lower hash first, in chunks.

    Returns:
        hash, title, body and language of each of two.
    """
    store.connection.execute(_UNCOMPARED, {"rules": rules, "most": CHUNK, "bytes": CHUNK_BYTES})
    for (chunk,) in store.rows("SELECT DISTINCT chunk FROM uncompared ORDER BY chunk"):
        pairs = store.rows(_CHUNK, {"chunk": chunk})
        known = {row[0]: row for row in store.rows(_COMPARED, {"ids": list({each for pair in pairs for each in pair})})}
        yield [(known[a], known[b]) for a, b in pairs]


_UNCOMPARED = """
    CREATE OR REPLACE TEMP TABLE uncompared AS
    WITH compared AS (
        SELECT a.number AS first, b.number AS second FROM text_pairs p
        JOIN numbered a ON a.text_sha256 = p.first_sha256 JOIN numbered b ON b.text_sha256 = p.second_sha256
        WHERE p.rules = $rules
    )
    SELECT s.first, s.second,
        -- Both grow with every pair: within one sum, neither limit is passed.
        (row_number() OVER pairs - 1) // $most + sum(a.bytes + b.bytes) OVER pairs // $bytes AS chunk
    FROM (FROM sharing ANTI JOIN compared USING (first, second)) s
    JOIN numbered a ON a.number = s.first JOIN numbered b ON b.number = s.second
    WINDOW pairs AS (ORDER BY s.first, s.second ROWS UNBOUNDED PRECEDING)
"""
_CHUNK = """
    SELECT a.text_sha256, b.text_sha256 FROM uncompared u
    JOIN numbered a ON a.number = u.first JOIN numbered b ON b.number = u.second WHERE u.chunk = $chunk ORDER BY ALL
"""
_COMPARED = """
    SELECT text_sha256, title, body, (SELECT min(language) FROM current c WHERE c.text_sha256 = texts.text_sha256)
    FROM texts WHERE text_sha256 IN (SELECT unnest($ids))
"""


@committed
def add_pairs(store: Store, rules: int, pairs: Sequence[tuple[str, str, float | None]]) -> None:
    """Keep what comparing found."""
    if pairs:
        first, second, similarity = zip(*pairs, strict=True)
        columns = {"first_sha256": first, "second_sha256": second, "similarity": similarity}
        with store.transaction():
            store.insert("text_pairs", {**columns, "rules": [rules] * len(pairs)})


def undiffed(store: Store, rules: int) -> Iterator[list[Row]]:
    """Texts that follow each other, or mirror each other, and were not compared word by word.

    Returns:
        hash, title, subtitle, body of the one before, or the canonical one, and the same of the other.
    """
    texts = """
        SELECT a.text_sha256, a.title, a.subtitle, a.body, b.text_sha256, b.title, b.subtitle, b.body
        FROM (SELECT unnest($ids) AS pair)
        JOIN texts a ON a.text_sha256 = left(pair, 64) JOIN texts b ON b.text_sha256 = right(pair, 64)
        WHERE b.rowid BETWEEN $low AND $high
    """
    yield from _in_chunks(store, publication_sql("undiffed.sql"), {"rules": rules}, texts)


@committed
def add_diffs(store: Store, rules: int, diffs: Iterable[Mapping[str, Any]], spans: Iterable[Mapping[str, Any]]) -> None:
    """Keep diffs and the words that went and came with them."""
    found = columns_of({**row, "rules": rules} for row in spans)
    with store.transaction():
        store.insert("text_diffs", columns_of({**row, "rules": rules} for row in diffs))
        if found:
            store.insert("diff_spans", found)


def gather_diffs(store: Store, rules: int) -> None:
    """Make temp tables `diffs` and `spans` of today's rules."""
    for name, table in (("diffs", "text_diffs"), ("spans", "diff_spans")):
        store.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * EXCLUDE (rules) FROM {table} WHERE rules = $rules",  # noqa: S608 - our own names
            {"rules": rules},
        )


def alike(store: Store, rules: int) -> list[Row]:
    """Pairs of texts of today that were found to be one release: both hashes and how alike they are.

    Asked after `candidates`.
    """
    store.connection.execute(publication_sql("alike.sql"), {"rules": rules})
    return store.rows("FROM alike ORDER BY ALL")


def members(store: Store, head: int) -> list[Row]:
    """Releases whose text another has, or one that is `alike`.

    Returns:
        id, text, URL, mission or not, interval of the event, day of publication, first capture; and so many
        characters at the head of the body, None where the day of the event is known.
    """
    return store.rows(publication_sql("members.sql"), {"head": head})


def note_groups(store: Store, groups: Iterable[Mapping[str, Any]]) -> None:
    """Make temp table `grouped`: each release that is a mirror or a second URL, with its canonical one."""
    store.connection.execute("""
        CREATE OR REPLACE TEMP TABLE grouped (
            release_id VARCHAR, canonical_id VARCHAR, role VARCHAR, alias_of VARCHAR, method VARCHAR, similarity DOUBLE
        )
    """)
    rows = columns_of(groups)
    if rows:
        store.insert("grouped", rows)


def _in_chunks(store: Store, sql: str, parameters: Mapping[str, Any], texts: str) -> Iterator[list[Row]]:
    """Rows of `texts` for the ids that `sql` gives, so many at a time as fit.

    Args:
        sql: gives ids, the bytes behind each, and its row in table texts, rising: a chunk's texts lie together, and
            between $low and $high no other is unpacked. In a large table that is most of what a chunk costs.
    """
    chunk: list[tuple[str, int]] = []
    weight = 0
    for one, size, place in store.rows(sql, parameters):
        if chunk and (len(chunk) >= CHUNK or weight + size > CHUNK_BYTES):
            yield _of_chunk(store, texts, chunk)
            chunk, weight = [], 0
        chunk.append((one, place))
        weight += size
    if chunk:
        yield _of_chunk(store, texts, chunk)


def _of_chunk(store: Store, texts: str, chunk: Sequence[tuple[str, int]]) -> list[Row]:
    low, high = chunk[0][1], chunk[-1][1]
    return store.rows(texts, {"ids": [one for one, _ in chunk], "low": low, "high": high})
