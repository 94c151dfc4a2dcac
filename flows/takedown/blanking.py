"""Blanking what the archive keeps of a release: its bodies, and its title where a list said it beside a look.

    resource, response, revisit     the header with `WARC-Truncated`, no body
    metadata: the look              without the title of its listing
    metadata: the ledger            the same, and the body has no place any more

Each record is written over in a copy of its file, with as many bytes as it had, so that all other places stay true;
the copy then takes the name of the file. Repeated, it changes nothing.
"""

from __future__ import annotations

import mmap
import os
import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from fastwarc.warc import WarcRecord, WarcRecordType

from flows.keeping.exchange import LOOK_TYPE
from flows.keeping.ledger import LEDGER_TYPE, digest, records
from flows.keeping.warc_files import OPEN, archive_files
from flows.loading.warc import body_at
from flows.takedown.members import length_at, member
from parsers.errors import HomeUnwritable
from parsers.identity import release_id
from parsers.release import NOWHERE, sha256
from warehouse.troubles import sync

COPY = ".blanking"
_BODIES = (WarcRecordType.response, WarcRecordType.revisit)
_DIGESTS = ("warc-block-digest", "warc-payload-digest")

Spared = Callable[[str, Collection[int]], set[int]]
"""Which of these offsets of a file are those of bodies that others have, too."""


@dataclass(frozen=True, slots=True)
class _Change:
    offset: int
    records: tuple[bytes, ...]
    """What may stand there, the best first: a short body leaves no room for a digest."""


def blank(home: Path, releases: Collection[str], places: Collection[tuple[str, int]], spared: Spared) -> int:
    """Blank all that the archive keeps of releases; says how many records were written over.

    Args:
        places: file and offset of their bodies.
        spared: asked which bodies must stay.

    Raises:
        HomeUnwritable: the disk is full; a file is either as it was or blanked.
        ArchiveMissing: a file is damaged.
    """
    count = 0
    for path in archive_files(home):
        _copy_of(path.resolve()).unlink(missing_ok=True)  # of one that was killed: it holds all that is to go
        called = path.name.removesuffix(OPEN)  # as captures name it
        named = {offset for name, offset in places if name == called}
        changes = list(_changes(path, releases, named))
        others = spared(called, [change.offset for change in changes])
        changes = [change for change in changes if change.offset not in others]
        if changes:
            _write_over(path.resolve(), changes)
        count += len(changes)
    return count


def _changes(path: Path, releases: Collection[str], named: Collection[int]) -> Iterator[_Change]:
    exchange: list[_Change] = []  # what was answered, of which the look that follows says to which release it belongs
    for record in records(path):
        kind = record.headers.get("Content-Type")
        if record.record_type in _BODIES:
            change = _blanked(record)
            if record.stream_pos in named:
                yield from change
            else:
                exchange += change
        elif record.stream_pos in named:
            yield from _blanked(record)
        elif kind == LOOK_TYPE and (raw := _whole(record)):
            look = orjson.loads(raw)
            if look["role"] == "page" and release_id(look["url"], None, "") in releases:
                yield from exchange
                yield from _hushed(record, [look], [_hush_look(look, path)], b"")
            exchange = []
        elif kind == LEDGER_TYPE and (raw := _whole(record)):
            lines = [orjson.loads(line) for line in raw.splitlines()]
            yield from _hushed(record, lines, [_hush_line(line, releases) for line in lines], b"\n")


def _whole(record: WarcRecord) -> bytes:
    """What a record holds; nothing where a crash cut it."""
    raw: bytes = record.reader.read()
    return raw if len(raw) == record.content_length else b""


def _blanked(record: WarcRecord) -> Iterator[_Change]:
    if record.headers.get("WARC-Truncated") != "unspecified":
        block = b""
        if record.is_http:  # a message without a first line would be none
            record.parse_http()
            block = f"HTTP/1.1 {record.http_headers.status_code or 0} \r\n\r\n".encode()
        yield _Change(record.stream_pos, _proven(record, block, {"WARC-Truncated": "unspecified"}))


def _hushed(record: WarcRecord, before: list[Any], after: list[Any], ending: bytes) -> Iterator[_Change]:
    if before != after:
        block = b"".join(orjson.dumps(each) + ending for each in after)
        yield _Change(record.stream_pos, _proven(record, block, {}))


def _hush_look(look: dict[str, Any], path: Path) -> dict[str, Any]:
    """The look as one that was made while its release was taken down."""
    if look.get("dropped") is not None:
        return look
    before, raw = look["before"], look["raw_sha256"]
    if before:
        raw, size = before["raw_sha256"], before["raw_bytes"]
    else:
        size = 0 if raw == sha256(b"") else len(body_at(path, look["warc_offset"]))
    listing = {**look["listing"], "title": None}
    return {**look, "listing": listing, "before": None, "raw_sha256": raw, "dropped": size}


def _hush_line(line: dict[str, Any], releases: Collection[str]) -> dict[str, Any]:
    if line["release_id"] not in releases or line["role"] != "page":
        return line
    name, offset, start, length = NOWHERE
    place = {"warc_file": name, "warc_offset": offset, "part_start": start, "part_bytes": length}
    return {**line, "listing": {**line["listing"], "title": None}, **place}


def _proven(record: WarcRecord, block: bytes, more: dict[str, str]) -> tuple[bytes, bytes]:
    """A record with the digest of its block, and without."""
    proven = {**more, "WARC-Block-Digest": digest(sha256(block))}
    return _record(record, block, proven), _record(record, block, more)


def _record(record: WarcRecord, block: bytes, more: dict[str, str]) -> bytes:
    left_out = {*_DIGESTS, "content-length", "warc-truncated"}
    said = {name: value for name, value in record.headers.items() if name.lower() not in left_out}
    lines = [f"{name}: {value}" for name, value in {**said, **more, "Content-Length": str(len(block))}.items()]
    return "\r\n".join(["WARC/1.1", *lines, "", ""]).encode() + block + b"\r\n\r\n"


def _copy_of(path: Path) -> Path:
    return path.with_name(f".{path.name}{COPY}")


def _write_over(path: Path, changes: list[_Change]) -> None:
    """Put records in the place of others, in a copy of the file that then takes its name."""
    copy = _copy_of(path)
    try:
        shutil.copy2(path, copy)
        with copy.open("r+b") as file, mmap.mmap(file.fileno(), 0) as data:
            for change in changes:
                length = length_at(data, change.offset)
                data[change.offset : change.offset + length] = member(change.records, length)
            data.flush()
            os.fsync(file.fileno())
        copy.replace(path)
        sync(path.parent)
    except OSError as error:
        raise HomeUnwritable(f"the archive cannot be written: {error.strerror}", where=str(path)) from error
    finally:
        copy.unlink(missing_ok=True)
