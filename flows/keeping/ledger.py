"""The ledger of the archive: each batch ends with a record that says its captures, a JSON line each.

From these lines alone the table of captures comes back, `landed_at` too.
"""

from __future__ import annotations

import zlib
from base64 import b32encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import RawIOBase
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
from fastwarc.stream_io import GzipWriter
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from flows.keeping.warc_files import archive_files
from parsers.errors import ArchiveMissing
from parsers.release import Capture, Listing, Served, sha256

LEDGER_TYPE = "application/x-ndjson; profile=communique-captures"
LEVEL = 1  # gzip: a fifth larger than level 4 and twice as fast (measured on 58 kB pages)


_MEMBER = b"\x1f\x8b\x08"  # how a gzip member begins
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))


def write_record(
    file: RawIOBase,
    raw: bytes,
    record_type: WarcRecordType,
    when: datetime,
    headers: Mapping[str, str],
    raw_sha256: str | None = None,
    record_id: str | None = None,
) -> int:
    """Append a WARC record as a gzip member of its own; gives the offset at which it begins.

    Its digest is the SHA-256 that the line has of the body anyway.
    """
    offset = file.tell()
    record = WarcRecord()
    record.init_headers(record_type, record_urn=record_id.encode() if record_id else None)
    record.record_date = when
    for name, value in headers.items():
        record.headers[name] = _header(value)
    record.headers["WARC-Block-Digest"] = digest(raw_sha256 or sha256(raw))
    record.set_bytes_content(raw)
    writer = GzipWriter(file, compression_level=LEVEL)
    record.write(writer)
    writer.finish()  # one gzip member a record: other readers need it to seek
    writer.flush()
    return offset


def digest(hexadecimal: str) -> str:
    """A SHA-256 as WARC writes digests."""
    return f"sha256:{b32encode(bytes.fromhex(hexadecimal)).decode()}"


def _header(value: str) -> str:
    # A header is one line; what a page or a person wrote must not start another.
    if not (value.isascii() and value.isprintable()):
        value = quote(" ".join(value.split()), safe=_PRINTABLE)
    return value[:2000]


def write_ledger(file: RawIOBase, captures: Sequence[Capture], when: datetime) -> None:
    """Append the ledger of a batch."""
    options = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z
    lines = b"".join(orjson.dumps(capture, option=options) for capture in captures)
    write_record(file, lines, WarcRecordType.metadata, when, {"Content-Type": LEDGER_TYPE})


def capture_from(line: bytes) -> Capture:
    """A capture from a line of the ledger."""
    values: dict[str, Any] = orjson.loads(line)
    for name in ("captured_at", "landed_at"):
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    served = values.get("served")
    parts = {"listing": Listing(**values["listing"]), "served": Served(**served) if served else None}
    return Capture(**{**values, **parts})


def ledger(home: Path) -> Iterator[list[Capture]]:
    """Captures of the whole archive, a batch at a time, in the order in which they were written."""
    for path in archive_files(home):
        for record in metadata(path, LEDGER_TYPE):
            yield captures_of(record.raw)


def captures_of(raw: bytes) -> list[Capture]:
    """The captures of a batch, from its record in the ledger."""
    return [capture_from(line) for line in raw.splitlines()]


def _check_end(path: Path, last: int) -> None:
    """Refuse a file that goes on behind the last record that could be read: it is damaged, not cut.

    Raises:
        ArchiveMissing: with the byte at which reading ended and the one at which it could go on.
    """
    with path.open("rb") as file:
        file.seek(last + 1)
        at = last + 1
        before = b""
        while block := file.read(1 << 20):
            data = before + block
            start = at - len(before)
            place = data.find(_MEMBER)
            while place >= 0:
                if _is_record(path, start + place):
                    raise ArchiveMissing(
                        f"the file is damaged after byte {last}; it goes on at byte {start + place}",
                        where=str(path),
                        todo="Put a good copy of the file in its place, then run the same command again",
                    )
                place = data.find(_MEMBER, place + 1)
            at += len(block)
            before = data[-len(_MEMBER) + 1 :]


def _is_record(path: Path, offset: int) -> bool:
    with path.open("rb") as file:
        file.seek(offset)
        try:
            return zlib.decompressobj(31).decompress(file.read(1 << 16), 16).startswith(b"WARC/")
        except zlib.error:
            return False


@dataclass(frozen=True, slots=True)
class Metadata:
    """A metadata record of the archive: where it begins, its type and its block."""

    offset: int
    kind: str
    raw: bytes


def metadata(path: Path, *kinds: str, start: int = 0) -> Iterator[Metadata]:
    """The metadata records of a file that are of these kinds, from the record at `start` on.

    Where a crash cut the file, it ends: nothing behind was acknowledged.

    Raises:
        ArchiveMissing: the file is damaged, and goes on behind the damage.
    """
    for record in records(path, start):
        kind = record.headers.get("Content-Type")
        if kind in kinds:
            raw = record.reader.read()
            if len(raw) == record.content_length:
                yield Metadata(record.stream_pos, str(kind), raw)


def records(path: Path, start: int = 0) -> Iterator[WarcRecord]:
    """The records of a file from the one at `start` on; each is to be read before the next is asked for.

    Raises:
        ArchiveMissing: the file is damaged, and goes on behind the damage.
    """
    last = start
    try:
        with path.open("rb") as file:
            file.seek(start)
            for record in ArchiveIterator(file, parse_http=False):
                last = record.stream_pos
                yield record
    except (OSError, ValueError, EOFError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk's own words; a coding that breaks off has no number
        # Where a crash cut the file, nothing was acknowledged; what follows tells a cut from damage.
    _check_end(path, last)
