"""A file by its name and its bytes: what kind it is, where its sidecar stands, gzip undone."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from flows.looks import Advance
from parsers.release import MAX_BYTES

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LINES = (".jsonl", ".ndjson")
WARCS = (".warc", ".warc.zst")
FEEDS = {".rss": "application/rss+xml", ".atom": "application/atom+xml", ".xml": "application/xml"}
TEXTS = {".txt": "text/plain", ".md": "text/plain"} | dict.fromkeys((".html", ".htm", ".shtml", ".xhtml"), "text/html")
KNOWN = {*LINES, *WARCS, *FEEDS, *TEXTS}
BLOCK = 1 << 16  # bytes read at a time


def suffix(path: Path) -> str:
    """What the name says of the kind, in lower case and without `.gz`; `.warc.zst` is one suffix."""
    name = path.name.lower().removesuffix(".gz")
    return ".warc.zst" if name.endswith(".warc.zst") else Path(name).suffix


def sidecar(path: Path) -> Path:
    """Where what is known of a file stands: FILE.json."""
    return path.with_name(path.name + ".json")


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
