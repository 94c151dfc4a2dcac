"""WARC files of the user's -> looks; the bodies stay where they are, a look refers to its record.

fastwarc finds the records. It says nothing where a file was cut: that is looked for here. It also stops without a
word at a coding that it cannot undo, and real records name codings that were undone long before: bodies are decoded
here, by one function for reading and for coming back.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from fastwarc.stream_io import BrotliReader, ZstdReader
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from flows.load import Advance, Kept, Loaded, Looks
from flows.load_jsonl import instant
from parsers.errors import ArchiveMissing, InputMalformed
from parsers.page import MAX_BYTES
from parsers.release import Outcome

MAX_CODED = MAX_BYTES + (1 << 20)  # bytes read of a body as it was sent; chunk headers are some of them
BLOCK = 1 << 16
_TAKEN = (WarcRecordType.response, WarcRecordType.resource)
_NO_TEXT = ("css", "javascript", "ecmascript", "x-javascript", "dns", "vtt", "calendar", "vcard")
_BY_STATUS: dict[int, Outcome] = {
    304: "not_modified",
    404: "gone",
    410: "gone",
    401: "blocked",
    403: "blocked",
    451: "blocked",
    412: "challenge",
    521: "challenge",
}
_PACKED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"WARC/")  # how a record begins: gzip, zstd, plain


def read_warc(path: Path, advance: Advance = lambda _: None) -> Looks:
    """Texts among the response and resource records; skipped are other records and what is no text by its type."""
    with path.open("rb", buffering=BLOCK) as file:
        told, before, here, broken = 0, -1, None, False
        for after in chain(_found(file, path), (None,)):
            ...
