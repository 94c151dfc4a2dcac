"""JSON lines, single texts, and what is said of a look in JSON: in a line or in a sidecar.

A line is {"id", "url", "captured_at", "content_type", "content" or "content_base64", "listing": {"title",
"published"}}; a sidecar is the same without content. null is missing, other keys mean nothing here.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import re
import zlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from flows.load import TEXTS, sidecar, suffix
from flows.looks import Advance, Loaded, Looks
from parsers.errors import InputMalformed
from parsers.release import MAX_BYTES, Listing

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_LINE = MAX_BYTES * 4 // 3 + (1 << 16)  # bytes: the largest body in base64, and what stands beside it
MAX_SIDECAR = 1 << 20  # bytes read of one; a real one has 200
BLOCK = 1 << 16  # bytes read at a time
_BOM = b"\xef\xbb\xbf"
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|div|p|table|script|title)\b", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=", re.IGNORECASE)


class Stream(io.RawIOBase):
    """The bytes of a file, unpacked where they are gzip, whatever its name says.

    Where the packed bytes break off or are damaged, the stream ends, and `broken` says why: all that precedes the
    break is read first. Progress is told in bytes on disk.
    """

    def __init__(self, path: Path, advance: Advance) -> None:
        self.broken: str | None = None
        self._advance = advance
        self._told = 0
        self._file = io.BufferedReader(io.FileIO(path), BLOCK)
        packed = self._file.peek(2).startswith(b"\x1f\x8b")
        self._bytes: gzip.GzipFile | io.BufferedReader[io.FileIO] = (
            gzip.GzipFile(fileobj=self._file) if packed else self._file
        )

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        room = memoryview(buffer)
        try:
            data = self._bytes.read1(len(room))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            self.broken = f"the gzip file breaks off: {error}"
            return 0
        room[: len(data)] = data
        at = self._file.tell()
        self._advance(at - self._told)
        self._told = at
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


def read_whole(path: Path, advance: Advance) -> tuple[bytes, str | None]:
    """The unpacked bytes of a file, at most one more than MAX_BYTES, and why they break off, if they do."""
    with Stream(path, advance) as stream:
        return io.BufferedReader(stream, BLOCK).read(MAX_BYTES + 1), stream.broken


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said beside a body."""

    given_id: str | None = None
    url: str | None = None
    captured_at: datetime | None = None
    content_type: str | None = None
    listing: Listing = field(default_factory=Listing)


def beside(said: object) -> Beside:
    """Read what a line or a sidecar says.

    Raises:
        InputMalformed: it is no object, a key holds another type than it must, or the time is none.
    """
    if not isinstance(said, dict):
        raise InputMalformed("it is no JSON object")
    listing = said.get("listing")
    if not isinstance(listing, dict | None):
        raise InputMalformed("`listing` is no object")
    listing = listing or {}
    time = _text(said, "captured_at")
    return Beside(
        _text(said, "id"),
        _text(said, "url"),
        None if time is None else instant(time, "captured_at"),
        _text(said, "content_type"),
        Listing(_text(listing, "title"), _text(listing, "published")),
    )


def beside_file(path: Path) -> Beside:
    """What the sidecar of a file says; nothing, if there is none.

    Raises:
        InputMalformed: the sidecar is broken.
    """
    name = sidecar(path)
    try:
        with name.open("rb") as file:
            return beside(orjson.loads(file.read(MAX_SIDECAR).removeprefix(_BOM)))
    except FileNotFoundError:
        return Beside()
    except (OSError, orjson.JSONDecodeError, InputMalformed) as error:
        what = error.what if isinstance(error, InputMalformed) else str(error)
        raise InputMalformed(f"sidecar `{name.name}`: {what}") from error


def instant(text: str, key: str) -> datetime:
    """A time in ISO 8601 as UTC; one without an offset is in UTC already.

    Raises:
        InputMalformed: it is no such time, or lies outside the years 1 to 9999.
    """
    try:
        time = datetime.fromisoformat(text.strip())
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InputMalformed(f"`{key}` is no time in ISO 8601: {text[:50]!r}") from error


def _text(said: dict[str, Any], key: str) -> str | None:
    value = said.get(key)
    if value is None or isinstance(value, str):
        return value if value and value.strip() else None
    raise InputMalformed(f"`{key}` is no text")


def sniffed(raw: bytes) -> str:
    """The content type that the beginning of a text suggests: text/html or text/plain."""
    head = raw[:2000].removeprefix(_BOM).lstrip()
    return "text/html" if head.startswith(b"<") and _HTML.search(head) else "text/plain"


def read_text(path: Path, advance: Advance) -> Looks:
    """A file that is one text or page, with what its sidecar says of it."""
    raw, broken = read_whole(path, advance)
    try:
        said = beside_file(path)
    except InputMalformed as error:
        yield Loaded(raw[:MAX_BYTES], str(path), outcome="malformed", reason=error.what)
        return broken is None
    look = look_of(raw, str(path), said, said.content_type or TEXTS.get(suffix(path)) or sniffed(raw))
    if broken is not None:
        look = replace(look, outcome="malformed", reason=broken)
    yield look
    return broken is None


def read_jsonl(path: Path, advance: Advance) -> Looks:
    """A look a line; a broken line is one look, kept as it stands, and the rest goes on."""
    with Stream(path, advance) as stream:
        lines = io.BufferedReader(stream, BLOCK)
        for number in count(1):
            line = lines.readline(MAX_LINE + 1)
            if not line or (stream.broken and not line.endswith(b"\n")):
                break
            origin = f"{path} line {number}"
            if len(line) > MAX_LINE:
                _skip_line(lines)
                reason = f"the line has more than {MAX_LINE:,} bytes"
                yield Loaded(line[:MAX_BYTES], origin, outcome="too_large", reason=reason)
            elif line.strip():
                yield _line(line.removeprefix(_BOM) if number == 1 else line, origin)
        if stream.broken:
            yield Loaded(line[:MAX_BYTES], f"{path} line {number}", outcome="malformed", reason=stream.broken)
        return stream.broken is None


def _skip_line(lines: io.BufferedReader[Stream]) -> None:
    while (piece := lines.readline(BLOCK)) and not piece.endswith(b"\n"):
        pass


def _line(line: bytes, origin: str) -> Loaded:
    try:
        item = orjson.loads(line)
        said = beside(item)
        raw, content_type = _body(item, said.content_type)
    except (orjson.JSONDecodeError, InputMalformed) as error:
        what = error.what if isinstance(error, InputMalformed) else f"not JSON: {error}"
        return Loaded(line.rstrip(b"\r\n")[:MAX_BYTES], origin, outcome="malformed", reason=what)
    return look_of(raw, origin, said, content_type)


def look_of(raw: bytes, origin: str, said: Beside, content_type: str | None) -> Loaded:
    """A look with what is said beside it; a body over MAX_BYTES is cut there."""
    look = Loaded(raw, origin, said.url, said.given_id, said.captured_at, content_type, said.listing)
    if len(raw) <= MAX_BYTES:
        return look
    return replace(look, raw=raw[:MAX_BYTES], outcome="too_large", reason=f"the body has more than {MAX_BYTES:,} bytes")


def _body(item: dict[str, Any], content_type: str | None) -> tuple[bytes, str | None]:
    text, coded = item.get("content"), item.get("content_base64")
    if (text is None) == (coded is None):
        raise InputMalformed("a line needs one of `content` and `content_base64`")
    if isinstance(text, str):
        raw = text.encode()
        content_type = content_type or sniffed(raw)
        return raw, content_type if _CHARSET.search(content_type) else f"{content_type}; charset=utf-8"
    if text is not None:
        raise InputMalformed("`content` is no text")
    if not isinstance(coded, str):
        raise InputMalformed("`content_base64` is no text")
    try:
        return base64.b64decode(coded, validate=True), content_type
    except (binascii.Error, ValueError) as error:  # ValueError: it holds more than ASCII
        raise InputMalformed("`content_base64` is no base64") from error
