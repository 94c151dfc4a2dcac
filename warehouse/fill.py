"""Fill rates: a field that a layout gave on practically all pages of a source, and gives no more.

A page is a release. The latest ones are compared with those before them, layout by layout. Small runs
are judged together with the pages before them, so that one page a day is not one chance a day.

The bound: had nothing changed, so many pages without the field would come with a chance below 1 in
a million. That chance is the beta-binomial one: what is known of the field's rate is what the pages
before say, from a uniform prior. With 50 pages before that all had it, 5 of 5 without it are too many
(3e-7); with 20 pages before they are not (2e-5), it takes 7 of 7.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from warehouse.store import Store

LATEST = 10
"""Pages that are judged at least; all of the run where they are more."""
FEWEST = 5
"""Pages without the field, below which nothing is said: those of a run resemble each other."""
PRACTICALLY_ALL = 0.98
"""Share of the pages before that had it."""
MOSTLY = 0.5
"""Above this share of pages without it, the source is held."""
SEEN = 0.2
"""Above this one somebody should look."""
CHANCE = 1e-6
MOST_BEFORE = 2_000
MOST_LATEST = 500


@dataclass(frozen=True, slots=True)
class Drop:
    """`missing` of the `of` latest pages lack a field that all but `missing_before` of `of_before` had."""

    layout: str
    field: str
    missing: int
    of: int
    missing_before: int
    of_before: int

    @property
    def grave(self) -> bool:
        """Whether pages mostly lack it."""
        return self.missing > MOSTLY * self.of

    def __str__(self) -> str:
        return (
            f"{self.missing} of the {self.of} latest pages in layout `{self.layout}` have no {self.field}, "
            f"which {self.of_before - self.missing_before} of {self.of_before} before had"
        )


def drops(
    store: Store,
    source: str,
    run_id: str,
    *,
    after: datetime | None = None,
    since: datetime | None = None,
) -> list[Drop]:
    """Fields that fell in the layouts in which a run brought new pages, the gravest first.

    Args:
        after: pages that landed from then on (UTC) are new, too.
        since: pages that landed before it (UTC) are no past.
    """
    bounds = {"source": source, "run_id": run_id, "after": after, "since": since}
    found = [drop for drop in _counted(store, bounds) if is_drop(drop)]
    return sorted(found, key=lambda drop: (-drop.missing / drop.of, drop.layout, FIELDS.index(drop.field)))


def is_drop(drop: Drop) -> bool:
    """Whether these counts are beyond chance, and many enough for somebody to look."""
    if drop.missing < FEWEST or drop.missing <= SEEN * drop.of:
        return False
    if drop.missing_before > (1 - PRACTICALLY_ALL) * drop.of_before:
        return False
    return chance(drop.missing, drop.of, drop.missing_before, drop.of_before) < CHANCE


def chance(missing: int, of: int, missing_before: int, of_before: int) -> float:
    """Probability that at least so many of the next pages lack a field, after what the pages before had."""
    a, b = missing_before + 1, of_before - missing_before + 1
    return sum(
        math.exp(_log_choose(of, each) + _log_beta(a + each, b + of - each) - _log_beta(a, b))
        for each in range(missing, of + 1)
    )


def _log_choose(of: int, some: int) -> float:
    return math.lgamma(of + 1) - math.lgamma(some + 1) - math.lgamma(of - some + 1)


def _log_beta(a: int, b: int) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


FIELDS = ("text", "day of publication", "breadcrumb", "subtitle", "second paragraph", "body of a usual length")
"""In the order of the columns of `_PAGES`."""


def _counted(store: Store, bounds: dict[str, Any]) -> Iterator[Drop]:
    numbers_of_pages = {"latest": LATEST, "most_latest": MOST_LATEST, "most": MOST_BEFORE + MOST_LATEST}
    counts: dict[str, dict[bool, tuple[int, ...]]] = {}
    for layout, is_latest, *numbers in store.rows(_COUNTS, {**bounds, **numbers_of_pages}):
        counts.setdefault(layout, {})[is_latest] = tuple(numbers)
    for layout, sides in counts.items():
        if len(sides) == 2:
            (of, read, *missing), (of_before, read_before, *before) = sides[True], sides[False]
            yield Drop(layout, FIELDS[0], of - read, of, of_before - read_before, of_before)
            for field, lacking, lacking_before in zip(FIELDS[1:], missing, before, strict=True):
                yield Drop(layout, field, lacking, read, lacking_before, read_before)


# A page that only ran out of time says nothing of its template. Of the pages in layouts that the source does not name
# others speak (holds.py). What an older parser gave is compared with nothing: a field that a raised revision gives no
# more did not fall on the site.
_PAGES = """
    WITH landed AS (
        SELECT release_id, min(landed_at) AS landed_at FROM captures
        WHERE source = $source AND role = 'page' AND outcome = 'ok'
        GROUP BY release_id ORDER BY landed_at DESC, release_id LIMIT 2 * $most
    ),
    found AS (
        SELECT l.release_id, l.landed_at, arg_max(c.input_sha256, (c.landed_at, c.seen_id)) AS input_sha256,
            bool_or(c.landed_at = l.landed_at AND c.run_id = $run_id)
                OR coalesce(l.landed_at >= $after, false) AS is_new
        FROM landed l JOIN captures c USING (release_id)
        WHERE c.source = $source AND c.role = 'page' AND c.outcome = 'ok' AND ($since IS NULL OR l.landed_at >= $since)
        GROUP BY l.release_id, l.landed_at
    ),
    parsed AS (
        SELECT f.*, p.landing, p.layout, p.revision, p.text_sha256, p.breadcrumb, p.error
        FROM found f JOIN parses p USING (input_sha256)
        QUALIFY row_number() OVER (PARTITION BY f.release_id ORDER BY p.landing DESC) = 1
    ),
    named AS (
        SELECT p.* FROM parsed p LEFT JOIN sources o ON o.source = $source
        SEMI JOIN layouts l ON l.layout = p.layout AND l.revision = p.revision
        WHERE p.layout IS NOT NULL AND coalesce(p.error, '') NOT IN ('ParserTimeout', 'ParserKilled')
            AND (o.layouts IS NULL OR list_contains(o.layouts, p.layout))
    ),
    placed AS (
        SELECT *, row_number() OVER (PARTITION BY layout ORDER BY landed_at DESC, release_id) AS place,
            count(*) FILTER (is_new) OVER (PARTITION BY layout) AS news
        FROM named
    ),
    sided AS (
        SELECT *, place <= least(greatest($latest, news), $most_latest) AS is_latest
        FROM placed WHERE news > 0 AND place <= $most
    ),
    pages AS (
        SELECT s.layout, s.is_latest, s.text_sha256, coalesce(len(s.breadcrumb), 0) > 0 AS breadcrumb,
            EXISTS (
                SELECT 1 FROM dates_given d WHERE d.input_sha256 = s.input_sha256 AND d.landing = s.landing
            ) AS dated,
            coalesce(t.subtitle, '') != '' AS subtitled, contains(t.body, chr(10) || chr(10)) AS parted,
            length(t.body) AS characters,
            median(length(t.body)) FILTER (NOT s.is_latest) OVER (PARTITION BY s.layout) AS usual
        FROM sided s LEFT JOIN texts t USING (text_sha256)
        WHERE s.is_latest OR NOT s.is_new -- of a run that is larger than what is compared, the rest is no past
    )
"""
_COUNTS = f"""{_PAGES}
    SELECT layout, is_latest, count(*), count(text_sha256),
        count(text_sha256) FILTER (NOT dated), count(text_sha256) FILTER (NOT breadcrumb),
        count(text_sha256) FILTER (NOT subtitled), count(text_sha256) FILTER (NOT parted),
        count(text_sha256) FILTER (characters * 5 < usual)
    FROM pages GROUP BY layout, is_latest ORDER BY layout
"""  # noqa: S608 - our own words
