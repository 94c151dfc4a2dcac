"""WARC files of the user's -> looks; the bodies stay where they are, a look refers to its record.

fastwarc finds the records. Where a file was cut it ends without a word, so that is looked for here. It ends without a
word, too, at a coding that it cannot undo, and real records name codings that were undone long before: bodies are
decoded here, by one function for reading and for coming back.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from flows.loading.beside import instant
from flows.loading.codings import BLOCK, GZIP, MAX_CODED, ZSTD, drain, undo
from flows.looks import Advance, Kept, Loaded, Looks
from parsers.errors import ArchiveMissing, InputMalformed
from parsers.release import MAX_BYTES, Outcome

_TAKEN = (WarcRecordType.response, WarcRecordType.resource)
_NO_TEXT = ("css", "javascript", "ecmascript", "x-javascript", "dns", "vtt", "calendar", "vcard")
_STARTS = (GZIP, ZSTD, b"WARC/")  # of a record: gzip, zstd, plain
_BY_STATUS: dict[int, Outcome] = {304: "not_modified", 404: "gone", 410: "gone", 412: "challenge", 521: "challenge"}
_BY_STATUS |= {401: "blocked", 403: "blocked", 451: "blocked"}


@dataclass(frozen=True, slots=True)
class _Found:
    """What stands at an offset; no look where the record is none of ours. A break is the last thing found."""

    offset: int
    look: Loaded | None = None
    is_break: bool = False


@dataclass(frozen=True, slots=True)
class _Body:
    """A decoded body, up to MAX_BYTES; `broken` says where its codings break off, `whole` if the record is there."""

    raw: bytes
    too_large: bool
    broken: str | None
    whole: bool


def read_warc(path: Path, advance: Advance = lambda _: None) -> Looks:
    """The texts among response and resource records; what is no text by its content type is left out.

    A look refers to its record only where coming back to the offset finds it: not where several records are packed
    together. Then it is without `kept`, and is archived like any other.
    """
    told, before, here, cut = 0, -1, _Found(-1), False
    with path.open("rb", buffering=BLOCK) as file:
        for after in chain(_find(file, path), (_Found(-1),)):
            if here.look is not None:
                alone = here.offset not in (before, after.offset)
                yield replace(here.look, kept=_kept(file, path, here.offset)) if alone else here.look
            at = max(told, file.tell())
            advance(at - told)
            told = at
            cut = cut or after.is_break
            before, here = here.offset, after
    return not cut


def body_at(path: Path, offset: int) -> bytes:
    """The decoded body of the record that begins at a byte of the file: the bytes that `read_warc` gave for it.

    Raises:
        ArchiveMissing: the file is gone.
        InputMalformed: no whole record begins there.
    """
    try:
        file = path.open("rb", buffering=BLOCK)
    except OSError as error:
        raise ArchiveMissing(f"`{path}` cannot be opened: {error.strerror}") from error
    with file:
        file.seek(offset)
        try:
            for record in ArchiveIterator(file, parse_http=False):
                _parse_http(record)
                body = _body(record)
                if body.whole:
                    return body.raw
                break
        except OSError as error:
            raise InputMalformed(f"no record begins at byte {offset}: {error}", where=str(path)) from error
    raise InputMalformed(f"no whole record begins at byte {offset}", where=str(path))


def _kept(file: BinaryIO, path: Path, offset: int) -> Kept | None:
    # A file that begins otherwise (with a dictionary of zstd) cannot be entered in its middle.
    ours = all(os.pread(file.fileno(), 5, at).startswith(_STARTS) for at in (0, max(0, offset)))
    place = str(path.resolve())
    named = place.encode("utf-8", "replace") == place.encode("utf-8", "surrogateescape")  # the ledger is UTF-8
    return Kept(place, offset) if ours and named and offset >= 0 else None


def _find(file: BinaryIO, path: Path) -> Iterator[_Found]:
    offset = -1
    try:
        for record in ArchiveIterator(file, parse_http=False):
            offset = record.stream_pos
            origin = f"{path} byte {offset}"
            look, whole = _look(record, origin)
            if not whole:
                yield _break(look or Loaded(b"", origin), "the file breaks off within this record")
                return
            yield _Found(offset, look)
    except OSError as error:
        if error.errno is not None:
            raise
        yield _break(Loaded(b"", str(path)), f"{_breaks_off(offset)}: {error}")
        return
    if not _ends_well(file, max(0, offset)):
        yield _break(Loaded(b"", str(path)), _breaks_off(offset))


def _breaks_off(offset: int) -> str:
    return f"the file breaks off after the record at byte {offset}" if offset >= 0 else "no WARC record begins the file"


def _break(look: Loaded, reason: str) -> _Found:
    return _Found(-1, replace(look, outcome="malformed", reason=reason), is_break=True)


def _ends_well(file: BinaryIO, offset: int) -> bool:
    """Whether fastwarc read to the end of a file, and the file ends with its last gzip member: it does not say.

    What lies behind the member at `offset`, where the last record is, must be empty. Where records share members the
    offset may lie anywhere, and a break is found only where a record is cut.
    """
    if file.read(1):
        return False
    file.seek(offset)
    if os.pread(file.fileno(), 3, offset) != _STARTS[0]:
        return True
    unpacker, behind = zlib.decompressobj(31), False
    try:
        while block := file.read(1 << 10):  # at most 1 MiB unpacked
            while block:
                if unpacker.eof:
                    unpacker, behind = zlib.decompressobj(31), True
                if unpacker.decompress(block) and behind:
                    return False
                block = unpacker.unused_data
    except zlib.error:
        return False
    return unpacker.eof


def _parse_http(record: WarcRecord) -> str | None:
    """Why the HTTP header cannot be read; None if it can, or there is none."""
    if record.is_http:
        try:
            record.parse_http()
        except OSError as error:
            if error.errno is not None:
                raise
            return "the HTTP header is broken"
    return None


def _look(record: WarcRecord, origin: str) -> tuple[Loaded | None, bool]:
    """A look at a record that is a text, and whether the record is whole."""
    named = (record.headers.get("Content-Length") or "").strip().isdigit()
    unread = _parse_http(record)
    headers = record.http_headers if record.is_http else record.headers
    content_type = headers.get("Content-Type") if headers is not None else None
    if record.record_type not in _TAKEN or not _is_text(content_type):
        length = record.content_length
        return None, named and record.reader.consume() == length
    body = _body(record)
    outcome, reason = ("malformed", unread) if unread else _outcome(record, body)
    captured_at = None
    try:
        date = record.headers.get("WARC-Date")
        captured_at = instant(date, "WARC-Date") if date else None
    except InputMalformed as error:
        outcome, reason = "malformed", error.what
    url = (record.headers.get("WARC-Target-URI") or "").strip().strip("<>") or None
    look = Loaded(body.raw, origin, url, None, captured_at, content_type, outcome=outcome, reason=reason)
    return look, named and body.whole


def _is_text(content_type: str | None) -> bool:
    kind, _, name = (content_type or "").split(";")[0].strip().lower().partition("/")
    if not name:
        return True
    if kind == "text":
        return name not in _NO_TEXT
    return kind == "application" and (name == "xml" or name.endswith("+xml"))


def _outcome(record: WarcRecord, body: _Body) -> tuple[Outcome, str | None]:
    status = record.http_headers.status_code if record.is_http else 200
    if status is None:
        return "error", "no HTTP status"
    if not 200 <= status < 300:
        return _BY_STATUS.get(status, "error"), f"HTTP status {status}"
    truncated = record.headers.get("WARC-Truncated")
    if body.too_large:
        return "too_large", f"the body has more than {MAX_BYTES:,} bytes"
    if truncated:
        return "too_large" if truncated == "length" else "malformed", f"WARC-Truncated: {truncated}"
    return ("malformed", body.broken) if body.broken else ("ok", None)


def _body(record: WarcRecord) -> _Body:
    length = record.content_length
    coded, _ = drain(record.reader.read, MAX_CODED)
    whole = len(coded) + record.reader.consume() == length
    raw, broken = undo(coded, *_codings(record))
    return _Body(raw[:MAX_BYTES], len(raw) > MAX_BYTES or len(coded) > MAX_CODED, broken, whole)


def _codings(record: WarcRecord) -> tuple[str | None, ...]:
    if not record.is_http or not record.is_http_parsed:
        return ()
    return record.http_headers.get("Content-Encoding"), record.http_headers.get("Transfer-Encoding")
