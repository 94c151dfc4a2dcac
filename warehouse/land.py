"""Landing: append captures and what was read from them; the same again adds nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from parsers.listed import ListPage
from parsers.release import NOWHERE, Capture, Release, Unread
from warehouse.known import SERVED, last_landing
from warehouse.listings import Seen, add_contents, add_listings
from warehouse.prefixes import known_among, with_prefixes
from warehouse.scope import append, close_scope, last_outcomes, open_scope, outcome, readings_in_scope
from warehouse.store import Store, columns_of
from warehouse.turn import committed

Verdict = Literal["new", "changed", "unchanged", "quarantined", "missed"]
Reading = Release | Unread | ListPage


@dataclass(frozen=True, slots=True)
class Landed:
    """What became of a look: its verdict, the layout that fitted, the error that kept it out.

    A look that brought no page is missed, and its outcome is the error. Looks at lists and at robots.txt
    count only where they failed: else their verdict is None.
    """

    source: str | None
    verdict: Verdict | None
    layout: str | None = None
    error: str | None = None


BROUGHT = ("ok", "not_modified")
"""Outcomes of a look that brought a page, or the word that it is as it was."""


@committed
def note_registry(store: Store, revisions: Mapping[str | None, str], sources: Sequence[Mapping[str, Any]]) -> None:
    """Write down today's layouts and sources where they are others: readings and holds are judged by them."""
    with store.transaction():
        store.replace("layouts", {"layout": list(revisions), "revision": list(revisions.values())})
        store.replace("sources", columns_of(sources))


@committed
def land(
    store: Store,
    captures: Sequence[Capture],
    readings: Mapping[str, Reading],
    *,
    now: datetime,
    run_id: str,
    ended: Iterable[tuple[str, int]] = (),
    listed: Sequence[Seen] = (),
    keep: bool = True,
) -> list[Landed]:
    """Land a batch in one transaction; what another writer landed since the batch was read adds nothing.

    Args:
        captures: the looks, archived before; known ones add nothing.
        readings: what was read, by input; what was read likewise the last time is left out.
        now: time of landing, UTC.
        listed: what lists among them said.
        ended: key and number of looks of each input file whose last look is in the batch.
        keep: False rolls everything back once the verdicts are known.

    Returns:
        What became of each capture, in their order.

    Raises:
        HomeUnwritable: the disk is full; nothing of the batch landed.
    """
    with store.transaction(keep=keep):
        landing = last_landing(store) + 1
        open_scope(store, captures, readings.keys())
        before = _texts(store)
        _add_readings(store, readings, landing, now)
        _add_captures(store, captures)
        add_listings(store, listed)
        add_contents(store, listed)
        for key, items in ended:
            store.connection.execute(_ENDED, {"key": key, "items": items, "run": run_id, "now": now})
        landed = _verdicts(store, captures, before)
        close_scope(store)
        return landed


_ENDED = """
    INSERT INTO files_read SELECT $key, $items, $run, $now
    WHERE NOT EXISTS (SELECT 1 FROM files_read WHERE file_key = $key AND items >= $items)
"""


def _add_captures(store: Store, captures: Sequence[Capture]) -> None:
    """Append looks that have no row: the same look is one of the same release, and so in scope."""
    _make_room(store, captures)
    known = {row[0] for row in store.rows("SELECT seen_id FROM scope")}
    fresh = [capture for capture in captures if capture.seen_id not in known]
    if fresh:
        append(store, "captures", capture_columns(fresh))


def _make_room(store: Store, captures: Sequence[Capture]) -> None:
    """Take away rows without a body, of looks that bring theirs again: what was taken down is lifted."""
    back = [capture.seen_id for capture in captures if capture.is_kept]
    if back and store.value("SELECT count(*) FROM takedowns"):
        for table in ("captures", "scope"):
            sql = f"DELETE FROM {table} WHERE warc_file = $nowhere AND seen_id IN (SELECT unnest($back))"  # noqa: S608
            store.connection.execute(sql, {"nowhere": NOWHERE[0], "back": back})


def capture_columns(captures: Sequence[Capture]) -> dict[str, Sequence[Any]]:
    """Captures as columns of the table; of those with one seen_id the last."""
    plain = (
        "capture_id",
        "release_id",
        "source",
        "url",
        "given_id",
        "captured_at",
        "outcome",
        "reason",
        "content_type",
    )
    placed = (
        "raw_sha256",
        "raw_bytes",
        "input_sha256",
        "warc_file",
        "warc_offset",
        "part_start",
        "part_bytes",
        "landed_at",
        "run_id",
        "role",
    )
    unique = {capture.seen_id: capture for capture in captures}
    columns: dict[str, list[Any]] = {"seen_id": list(unique)}
    for name in (*plain, *placed):
        columns[name] = [getattr(capture, name) for capture in unique.values()]
    for name in SERVED:
        columns[name] = [capture.served and getattr(capture.served, name) for capture in unique.values()]
    columns["listing_title"] = [capture.listing.title for capture in unique.values()]
    columns["listing_published"] = [capture.listing.published for capture in unique.values()]
    return with_prefixes(columns, "seen_id", "release_id", "raw_sha256")


def _add_readings(store: Store, readings: Mapping[str, Reading], landing: int, now: datetime) -> None:
    told = _news(store, readings)
    if told:
        columns = columns_of(_parse_row(key, landing, reading, now) for key, reading in told.items())
        append(store, "parses", with_prefixes(columns, "input_sha256"))
    read = {key: reading for key, reading in told.items() if isinstance(reading, Release)}
    texts = {release.text_sha256: release for release in read.values()}
    known = known_among(store, "texts", "text_sha256", texts)
    fresh = {digest: release for digest, release in texts.items() if digest not in known}
    if fresh:
        columns = {
            "text_sha256": list(fresh),
            "title": [release.title for release in fresh.values()],
            "subtitle": [release.subtitle for release in fresh.values()],
            "body": [release.body for release in fresh.values()],
        }
        store.insert("texts", with_prefixes(columns, "text_sha256"))
    _add_details(store, read, landing)


def _news(store: Store, readings: Mapping[str, Reading]) -> dict[str, Reading]:
    """Readings that say what the last one of their input did not.

    Of lists, those that could not be read before: of others, `listings` says all that there is to say.
    """
    last = last_outcomes(store)
    return {
        key: reading
        for key, reading in readings.items()
        if last.get(key) != outcome(reading) and (key in last or not isinstance(reading, ListPage))
    }


def _parse_row(key: str, landing: int, reading: Reading, now: datetime) -> dict[str, Any]:
    read = reading if isinstance(reading, Release) else None
    failed = reading if isinstance(reading, Unread) else None
    return {
        "input_sha256": key,
        "landing": landing,
        "layout": reading.layout,
        "revision": reading.revision,
        "text_sha256": read and read.text_sha256,
        "language": read and read.language,
        "kind": read and read.kind,
        "claimed_url": read and read.claimed_url,
        "breadcrumb": read and list(read.breadcrumb),
        "left_out": read and list(read.left_out),
        "error": failed and failed.error,
        "reason": failed and failed.reason,
        "todo": failed and failed.todo,
        "parsed_at": now,
    }


def _add_details(store: Store, read: Mapping[str, Release], landing: int) -> None:
    dates = [(key, given) for key, release in read.items() for given in release.dates]
    links = [(key, index, link) for key, release in read.items() for index, link in enumerate(release.links)]
    if dates:
        columns = {
            name: [getattr(given, name) for _, given in dates]
            for name in ("method", "text", "day", "precision", "zone")
        }
        columns["given_at"] = [given.at for _, given in dates]  # `at` is a word that DuckDB reserves
        store.insert(
            "dates_given", {"input_sha256": [key for key, _ in dates], "landing": [landing] * len(dates), **columns}
        )
    if links:
        fields = {name: [getattr(link, name) for _, _, link in links] for name in ("role", "url", "text")}
        places = {"landing": [landing] * len(links), "position": [index for _, index, _ in links]}
        store.insert("links", {"input_sha256": [key for key, _, _ in links], **places, **fields})


def _texts(store: Store) -> dict[str, set[str]]:
    texts: dict[str, set[str]] = defaultdict(set)
    for _, release, text, _, _ in readings_in_scope(store):
        if text:
            texts[release].add(text)
    return texts


def _verdicts(store: Store, captures: Sequence[Capture], before: dict[str, set[str]]) -> list[Landed]:
    read = {row[0]: row[2:] for row in readings_in_scope(store)}
    landed = []
    for capture in captures:
        text, layout, error = read[capture.capture_id]
        verdict = _verdict(capture, before[capture.release_id], text, error)
        landed.append(Landed(capture.source, verdict, layout, capture.outcome if verdict == "missed" else error))
    return landed


def _verdict(capture: Capture, known: set[str], text: str | None, error: str | None) -> Verdict | None:
    if error:
        return "quarantined"
    if capture.role == "robots":
        return None
    if capture.served and capture.outcome not in BROUGHT:
        return "missed"
    if capture.role != "page":
        return None
    if text is None or text in known:
        return "unchanged"
    verdict: Verdict = "changed" if known else "new"
    known.add(text)
    return verdict
