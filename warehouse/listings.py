"""What lists said, what of it was not looked at yet, and what is due for another look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from parsers.release import NOWHERE, Before, Listing, Role
from warehouse.known import taken_down
from warehouse.prefixes import rows_near, with_prefixes
from warehouse.store import Store

LONGEST = 1_000  # entries of a list whose order is kept; real ones hold 15 to 25, a feed some 100


@dataclass(frozen=True, slots=True)
class Seen:
    """What a list said of a release, and where it stood; not followed where the source does not claim its URL.

    `input_sha256` is the key of the page that said it; None for a sitemap, whose order says nothing.
    `reader` is the key of what read it: what two readers make of lists is not compared.
    """

    source: str
    release_id: str
    url: str
    list_url: str
    listing: Listing
    position: int
    followed: bool
    listed_at: datetime
    input_sha256: str | None = None
    reader: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page to look at, as it was listed last."""

    release_id: str
    url: str
    listing: Listing


def add_listings(store: Store, seen: Sequence[Seen]) -> None:
    """Append what lists said and is not known, or known from later on only: the first time counts, come when it may."""
    taken = taken_down(store)
    told = [_untitled(each) if each.release_id in taken else each for each in seen]
    latest_first = sorted(told, key=_order, reverse=True)
    unique = {(each.source, each.release_id, each.listing): each for each in latest_first}
    known = _listed_first(store, {each.release_id for each in told})
    rows = [each for key, each in unique.items() if key not in known or known[key] > _order(each)]
    if not rows:
        return
    columns: dict[str, list[Any]] = {
        name: [getattr(each, name) for each in rows]
        for name in ("source", "release_id", "url", "list_url", "position", "followed", "listed_at")
    }
    columns["title"] = [each.listing.title for each in rows]
    columns["published"] = [each.listing.published for each in rows]
    store.insert("listings", with_prefixes(columns, "release_id"))


def _order(seen: Seen) -> tuple[datetime, str, int]:
    return (seen.listed_at, seen.list_url, seen.position)


def _listed_first(store: Store, releases: Collection[str]) -> dict[tuple[str, str, Listing], tuple[datetime, str, int]]:
    """When and where lists said first what they say of these releases."""
    sql = """
        SELECT source, release_id, title, published, min((listed_at, list_url, position)) FROM listings
        WHERE rowid IN (SELECT unnest($rows)) GROUP BY source, release_id, title, published
    """
    rows = rows_near(store, "listings", "release_id", releases)
    found = store.rows(sql, {"rows": rows}) if rows else []
    return {(source, release, Listing(title, published)): first for source, release, title, published, first in found}


def _untitled(seen: Seen) -> Seen:
    return replace(seen, listing=replace(seen.listing, title=None))


def add_contents(store: Store, seen: Sequence[Seen]) -> None:
    """Append what lists held, in their order, where they were not read likewise the last time."""
    held: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    readers: dict[tuple[str, str], str] = {}
    for each in sorted(seen, key=lambda each: (each.position, each.reader)):
        if each.input_sha256:
            held[each.source, each.input_sha256][each.release_id] = None
            readers.setdefault((each.source, each.input_sha256), each.reader)
    kept = {key: list(releases) for key, releases in held.items() if len(releases) <= LONGEST}
    if not kept:
        return
    landing = int(store.value("SELECT coalesce(max(landing), 0) + 1 FROM list_contents"))
    columns: dict[str, list[Any]] = {
        "source": [source for source, _ in kept],
        "input_sha256": [key for _, key in kept],
        "landing": [landing] * len(kept),
        "reader": [readers[each] for each in kept],
        "release_ids": list(kept.values()),
    }
    known = """WHERE NOT EXISTS (
        SELECT 1 FROM (
            SELECT * FROM list_contents WHERE input_sha256 IN (SELECT input_sha256 FROM new)
            QUALIFY row_number() OVER (PARTITION BY source, input_sha256 ORDER BY landing DESC) = 1
        ) l
        WHERE l.source = new.source AND l.input_sha256 = new.input_sha256
            AND l.reader = new.reader AND l.release_ids = new.release_ids
    )"""
    store.insert("list_contents", columns, known)


def unlisted(store: Store, source: str, releases: Collection[str]) -> set[str]:
    """Which of these releases no list of the source named before."""
    sql = "SELECT DISTINCT release_id FROM listings WHERE rowid IN (SELECT unnest($rows)) AND source = $source"
    rows = rows_near(store, "listings", "release_id", releases)
    return set(releases) - {row[0] for row in store.rows(sql, {"rows": rows, "source": source})}


_LISTED = """
    listed AS (
        SELECT release_id, arg_max(url, (listed_at, list_url)) AS url,
            arg_max(title, (listed_at, list_url)) FILTER (title IS NOT NULL) AS title,
            arg_max(published, (listed_at, list_url)) FILTER (published IS NOT NULL) AS published,
            max(listed_at) AS listed_at, arg_max(position, (listed_at, list_url)) AS position
        FROM listings WHERE source = $source AND followed GROUP BY release_id
    ),
    looks AS (
        SELECT release_id, captured_at, outcome IN ('ok', 'not_modified') AS good
        FROM captures WHERE attempts IS NOT NULL AND role = 'page' AND source = $source
    )
"""


def never_looked_at(store: Store, source: str, limit: int | None) -> list[Wanted]:
    """Pages that were listed and never asked for; those of the latest walk first, each in its list's order.

    Args:
        limit: at most so many; None gives all.
    """
    sql = f"""
        WITH {_LISTED}
        SELECT release_id, url, title, published FROM listed ANTI JOIN looks USING (release_id)
        ORDER BY date_trunc('hour', listed_at) DESC, listed_at, position, release_id LIMIT $limit
    """  # noqa: S608 - our own words
    return _wanted(store, sql, {"source": source, "limit": 2**62 if limit is None else limit})


def count_never_looked_at(store: Store, source: str) -> int:
    """How many pages were listed and never asked for."""
    sql = f"WITH {_LISTED} SELECT count(*) FROM listed ANTI JOIN looks USING (release_id)"  # noqa: S608 - our own words
    return int(store.value(sql, {"source": source}))


def due_again(store: Store, source: str, now: datetime, schedule: Sequence[int], budget: int) -> list[Wanted]:
    """Pages that are due for another look, those that wait longest first.

    A page that was reached is due at times counted from its first look; one that is not (any more),
    at the same times counted from the first look that did not reach it. After a pause of ours a page
    is looked at once, not once for each time that passed.

    Args:
        schedule: seconds, rising; the last one repeats.
        budget: at most so many looks a host.
    """
    sql = f"""
        WITH {_LISTED},
        turns AS (
            SELECT release_id, max(captured_at) AS last_at, min(captured_at) FILTER (good) AS first_good,
                max(captured_at) FILTER (good) AS last_good
            FROM looks GROUP BY release_id
        ),
        counted AS (
            SELECT t.release_id, t.last_at, CASE WHEN t.last_good = t.last_at THEN t.first_good ELSE (
                SELECT min(k.captured_at) FROM looks k
                WHERE k.release_id = t.release_id AND k.captured_at > coalesce(t.last_good, TIMESTAMPTZ '0001-01-01')
            ) END AS from_at
            FROM turns t
        ),
        stepped AS (
            SELECT c.*, (
                SELECT min(each) FROM unnest($schedule) AS s(each) WHERE each > epoch(c.last_at - c.from_at)
            ) AS step
            FROM counted c
        ),
        next AS (
            SELECT release_id, CASE WHEN step IS NULL THEN last_at + to_seconds($schedule[-1])
                ELSE from_at + to_seconds(step) END AS due_at
            FROM stepped
        )
        SELECT l.release_id, l.url, l.title, l.published FROM listed l JOIN next n USING (release_id)
        WHERE n.due_at <= $now
        QUALIFY row_number() OVER (
            PARTITION BY regexp_extract(l.url, '://([^/]+)', 1) ORDER BY n.due_at, release_id
        ) <= $budget
        ORDER BY n.due_at, release_id
    """  # noqa: S608 - our own words
    return _wanted(store, sql, {"source": source, "now": now, "schedule": list(schedule), "budget": budget})


def _wanted(store: Store, sql: str, parameters: dict[str, Any]) -> list[Wanted]:
    return [
        Wanted(release, url, Listing(title, published))
        for release, url, title, published in store.rows(sql, parameters)
    ]


def last_bodies(store: Store, releases: Sequence[str], role: Role = "page") -> dict[str, Before]:
    """The last fetched look at each of these that brought a body."""
    sql = """
        SELECT release_id, url, coalesce(final_url, url), captured_at, raw_sha256, raw_bytes, content_type,
            listing_title, listing_published, etag, last_modified, warc_file, warc_offset, part_start, part_bytes
        FROM captures c
        WHERE release_id IN (SELECT unnest($ids)) AND role = $role AND outcome = 'ok' AND attempts IS NOT NULL
            AND warc_file != $nowhere
            -- A list that could not be read must be asked for in full: its entry may have been mended.
            AND (role = 'page' OR NOT EXISTS (
                SELECT 1 FROM parses p WHERE p.input_sha256 = c.input_sha256 AND p.error IS NOT NULL
                    AND p.landing = (SELECT max(landing) FROM parses q WHERE q.input_sha256 = c.input_sha256)
            ))
        QUALIFY row_number() OVER (PARTITION BY release_id ORDER BY captured_at DESC, raw_sha256 DESC) = 1
    """
    found = {}
    for release, *said in store.rows(sql, {"ids": list(releases), "role": role, "nowhere": NOWHERE[0]}):
        url, final, at, raw, size, kind, title, published, etag, modified, *place = said
        listing = Listing(title, published)
        found[release] = Before(url, final, at, raw, size, kind, listing, etag, modified, tuple(place))
    return found
