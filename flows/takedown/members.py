"""A gzip member of a wanted length: what takes a record's place must move no other record."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from mmap import mmap

from parsers.errors import ArchiveMissing

_FRAME = 18  # bytes of a header without fields, and of the trailer
_COMMENT = 0x10
_SHORT = 256  # some readers refuse longer comments
_EMPTY = b"\x00\x00\x00\xff\xff"  # a stored block that holds nothing
_REPORT = "Please report it"
_LAST = b"\x03\x00"  # a last block that holds nothing


def member(contents: Sequence[bytes], length: int) -> bytes:
    """The first of the contents that fits, as one gzip member of so many bytes.

    What is left over is a comment in the header, or blocks that hold nothing.

    Raises:
        ArchiveMissing: none fits.
    """
    for content in contents:
        if made := _member(content, length):
            return made
    raise ArchiveMissing(f"a record of {length} bytes has no room for what takes its place", todo=_REPORT)


def _member(content: bytes, length: int) -> bytes | None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    left = length - _FRAME - len(packed)
    if left < 0:
        return None
    if left > _SHORT:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(content) + packer.flush(zlib.Z_SYNC_FLUSH)
        blocks, left = divmod(length - _FRAME - len(packed) - len(_LAST), len(_EMPTY))
        packed += _EMPTY * blocks + _LAST
    comment = b" " * (left - 1) + b"\x00" if left else b""
    head = bytes([0x1F, 0x8B, 8, _COMMENT if left else 0, 0, 0, 0, 0, 0, 255])
    return head + comment + packed + struct.pack("<II", zlib.crc32(content), len(content) & 0xFFFFFFFF)


def length_at(data: mmap, offset: int) -> int:
    """How many bytes the gzip member has that begins at an offset."""
    unpacker = zlib.decompressobj(31)
    at = offset
    while not unpacker.eof:
        block = data[at : at + (1 << 16)]
        if not block:
            raise ArchiveMissing(f"the record at byte {offset} is cut")
        unpacker.decompress(block)
        at += len(block)
    return at - len(unpacker.unused_data) - offset
