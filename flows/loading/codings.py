"""Undoing the codings that a body was sent in, within bounds: gzip, deflate, zstd, brotli, chunks.

Undoing a coding gives the body, and what is wrong with it. A body that is not in the coding it names was decoded by
whoever wrote the WARC, and stands as it is.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Callable
from functools import partial
from typing import Protocol

from fastwarc.stream_io import BrotliReader, ZstdReader

from parsers.release import MAX_BYTES

BLOCK = 1 << 16  # bytes read at a time
MAX_CODED = MAX_BYTES + (1 << 20)  # bytes of a body as it was sent: some of them are chunk headers
MAX_CODINGS = 4  # of one body; each may cost a pass over MAX_BYTES, and a header has room for thousands
GZIP, ZSTD = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"  # what these begin with


def drain(read: Callable[[int], bytes], most: int = MAX_BYTES) -> tuple[bytes, bool]:
    """What a reader gives, up to the block that exceeds `most`, and whether it gave it without a fault."""
    out = bytearray()
    try:
        while len(out) <= most and (piece := read(BLOCK)):
            out += piece
    except (OSError, EOFError, zlib.error):
        return bytes(out), False
    return bytes(out), True


class _Reader(Protocol):
    def read(self, size: int = ...) -> bytes: ...


def _gunzip(file: io.BytesIO) -> _Reader:
    return gzip.GzipFile(fileobj=file)


def _unpack(mark: bytes, reader: Callable[[io.BytesIO], _Reader], raw: bytes) -> tuple[bytes, str | None]:
    if not raw.startswith(mark):
        return raw, None
    out, ended = drain(reader(io.BytesIO(raw)).read)
    if ended:
        return out, None
    if not mark and (not out or raw.lstrip().startswith(b"<")):  # brotli, which has no mark: a page can look like it
        return raw, None
    return out, "the coding of the body breaks off"


def _inflate(raw: bytes) -> tuple[bytes, str | None]:
    for bits in (15, -15):  # with the header that RFC 9110 demands, and without, as some servers send it
        unpacker = zlib.decompressobj(bits)
        try:
            out = unpacker.decompress(raw, MAX_BYTES + 1)
        except zlib.error:
            continue
        if unpacker.eof or len(out) > MAX_BYTES:
            return out, None
        if bits > 0 and raw:
            return out, "the deflate coding of the body breaks off"
    return raw, None


def _unchunk(raw: bytes) -> tuple[bytes, str | None]:
    out = bytearray()
    at = 0
    while size := _CHUNK.match(raw, at):
        length = int(size[1], 16)
        if length == 0:
            return bytes(out), None
        out += raw[size.end() : size.end() + length]
        at = size.end() + length
    return (raw, None) if at == 0 else (bytes(out), "the chunks of the body break off")


_CHUNK = re.compile(rb"(?:\r?\n)?([0-9a-fA-F]{1,8})[ \t]*(?:;[^\n]{0,1000})?\r?\n")
DECODERS: dict[str, Callable[[bytes], tuple[bytes, str | None]]] = {
    "gzip": partial(_unpack, GZIP, _gunzip),
    "x-gzip": partial(_unpack, GZIP, _gunzip),
    "zstd": partial(_unpack, ZSTD, ZstdReader),
    "br": partial(_unpack, b"", BrotliReader),
    "deflate": _inflate,
    "chunked": _unchunk,
}


def undo(coded: bytes, *codings: str | None) -> tuple[bytes, str | None]:
    """A body without its codings, a little more than MAX_BYTES at most, and what is wrong with it.

    Args:
        codings: values of Content-Encoding and Transfer-Encoding, in the order in which they were put on.
    """
    names = ",".join(coding or "" for coding in codings).lower().replace(" ", "").split(",")
    known = [name for name in names if name in DECODERS]
    if len(known) > MAX_CODINGS:
        return coded, f"the body names {len(known)} codings, more than {MAX_CODINGS}"
    raw, broken = coded, None
    for name in reversed(known):
        raw, said = DECODERS[name](raw)
        broken = broken or said
    return raw, broken
