"""What was taken down and lifted, as records of the archive: the table `takedowns` follows from them.

The record is on disk before anything is blanked. It names the places of the bodies, so that whoever repeats a
command that was killed blanks them all, whatever the ledger has lost by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from flows.keeping.archive import Archive
from flows.keeping.ledger import metadata
from flows.keeping.warc_files import archive_files
from warehouse.store import Store
from warehouse.takedown import clear, note_takedowns, unhushed

TAKEDOWN_TYPE = "application/x-ndjson; profile=communique-takedown"


@dataclass(frozen=True, slots=True)
class Event:
    """A release was taken down, or that was lifted.

    Attributes:
        at: when, UTC.
        raw_sha256s: what the bodies were.
        places: file and offset of each body, in the archive.
    """

    release_id: str
    url: str | None
    at: datetime
    reason: str
    lifted: bool
    raw_sha256s: tuple[str, ...] = ()
    places: tuple[tuple[str, int], ...] = ()


def write_events(archive: Archive, told: Sequence[Event]) -> None:
    """Append events to the archive in one record, fsynced: all of them happened, or none."""
    if not told:
        return
    options = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z
    lines = b"".join(orjson.dumps(asdict(event), option=options) for event in told)
    archive.note(TAKEDOWN_TYPE, lines, told[0].at)


def events(home: Path) -> list[Event]:
    """All events of the archive, in their order."""
    records = (record for path in archive_files(home) for record in metadata(path, TAKEDOWN_TYPE))
    found = [_read(line) for record in records for line in record.raw.splitlines()]
    return sorted(found, key=lambda event: event.at)


def _read(raw: bytes) -> Event:
    values: dict[str, Any] = orjson.loads(raw)
    parts = {
        "at": datetime.fromisoformat(values["at"]),
        "raw_sha256s": tuple(values["raw_sha256s"]),
        "places": tuple((str(name), int(offset)) for name, offset in values["places"]),
    }
    return Event(**{**values, **parts})


def spells(told: Iterable[Event]) -> list[dict[str, Any]]:
    """Rows of `takedowns`: from the event that took a release down to the one that lifted it."""
    rows: list[dict[str, Any]] = []
    latest: dict[str, dict[str, Any]] = {}
    for event in told:
        row = latest.get(event.release_id)
        is_down = row is not None and row["lifted_at"] is None
        if event.lifted and row is not None and is_down:
            row["lifted_at"] = event.at
        elif not event.lifted and not is_down:
            row = {"release_id": event.release_id, "url": event.url, "taken_down_at": event.at}
            rows.append({**row, "reason": event.reason, "lifted_at": None})
            latest[event.release_id] = rows[-1]
    return rows


def take_up(home: Path, store: Store) -> None:
    """Have the warehouse know what the archive says was taken down, and hold nothing of it."""
    note_takedowns(store, spells(events(home)))
    clear(store, unhushed(store))
