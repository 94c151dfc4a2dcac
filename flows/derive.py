"""Derived facts: what follows from the texts that stand today, each derived once.

    days of events -> the same, between neighbours on lists -> mirrors -> what differs, word by word

Runs within a publication, on what history made of the captures. Every fact is a pure function of
texts and of what is known of their publication, kept by its key: only what is new costs.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from urllib.parse import urlsplit

from flows.derivations import COMPARE, DAYS, EDIT, SKETCH, span_row
from flows.pool import ReadingPool
from parsers import rules
from parsers.linking import AROUND, HEAD, Member, Pair, groups, reach
from seeds import Catalogue
from warehouse import derived
from warehouse.store import Store


def derive(store: Store, pool: ReadingPool, catalogue: Catalogue) -> None:
    """Derive what is missing, and leave what a publication shows of it in temp tables."""
    date(store, pool)
    if derived.place_between(store):
        date(store, pool)
    derive_sketches(store, pool)
    derived.share(store, rules.MIRRORS)
    derive_pairs(store, pool)
    derive_groups(store, catalogue)
    derive_diffs(store, pool)


def date(store: Store, pool: ReadingPool) -> None:
    """Days of events, by all that is known of their publication so far."""
    derived.key_days(store)
    derive_days(store, pool)
    derived.gather_days(store, rules.DAYS)


def derive_days(store: Store, pool: ReadingPool) -> None:
    """Evidence for the days of events, from texts and from what is known of their publication."""
    for rows in derived.undated(store, rules.DAYS):
        evidence = [found for each in pool.each(DAYS, rows) for found in each]
        derived.add_days(store, rules.DAYS, [row[0] for row in rows], evidence)


def derive_sketches(store: Store, pool: ReadingPool) -> None:
    """Buckets of texts, by which those that may be one release meet."""
    for rows in derived.unsketched(store, rules.MIRRORS):
        sketches = dict(zip((row[0] for row in rows), pool.each(SKETCH, rows), strict=True))
        derived.add_sketches(store, rules.MIRRORS, sketches)


def derive_pairs(store: Store, pool: ReadingPool) -> None:
    """Texts that are one release: those that share a bucket are compared."""
    for pairs in derived.candidates(store, rules.MIRRORS):
        found = zip(pairs, pool.each(COMPARE, pairs), strict=True)
        derived.add_pairs(store, rules.MIRRORS, [(a[0], b[0], alike) for (a, b), alike in found])


def derive_groups(store: Store, catalogue: Catalogue) -> None:
    """Releases in groups of one document, each with its canonical one."""
    sites = catalogue.sites()
    alike = derived.alike(store, rules.MIRRORS)
    members = [
        Member(release, text, _site(url, sites), not mission, earliest, latest, published, captured, _reach(head))
        for release, text, url, mission, earliest, latest, published, captured, head in derived.members(store, HEAD)
    ]
    by_text = {each.text: each.release_id for each in members}
    pairs = [Pair(by_text[first], by_text[second], similarity) for first, second, similarity in alike]
    derived.note_groups(store, (asdict(each) for each in groups(pairs, members)))


def _reach(head: str | None) -> timedelta:
    return AROUND if head is None else reach(head)


def _site(url: str | None, sites: dict[str, str]) -> str | None:
    try:
        host = urlsplit(url or "").hostname
    except ValueError:  # a page may be given with any URL
        return None
    return host and sites.get(host, host)


def derive_diffs(store: Store, pool: ReadingPool) -> None:
    """What went and came between versions, and between a canonical release and its mirrors."""
    for rows in derived.undiffed(store, rules.EDITS):
        diffs, spans = [], []
        for row, found in zip(rows, pool.each(EDIT, rows), strict=True):
            pair = {"from_sha256": row[0], "to_sha256": row[4]}
            diffs.append({**pair, "edit_class": found.edit_class, "declared": found.declared})
            spans += [{**pair, "position": place, **span_row(each)} for place, each in enumerate(found.spans)]
        derived.add_diffs(store, rules.EDITS, diffs, spans)
    derived.gather_diffs(store, rules.EDITS)
