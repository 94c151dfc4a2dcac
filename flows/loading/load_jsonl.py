"""JSON lines -> looks, a look a line.

A line is {"id", "url", "captured_at", "content_type", "content" or "content_base64", "listing": {"title",
"published"}}; a sidecar is the same without content. null is missing, other keys mean nothing here.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
from itertools import count
from pathlib import Path
from typing import Any

import orjson

from flows.loading.beside import BOM, beside, look_of, sniffed
from flows.loading.files import BLOCK, Stream
from flows.looks import Advance, Loaded, Looks
from parsers.errors import InputMalformed
from parsers.release import MAX_BYTES

MAX_LINE = MAX_BYTES * 4 // 3 + (1 << 16)  # bytes: the largest body in base64, and what stands beside it
_CHARSET = re.compile(r"charset\s*=", re.IGNORECASE)


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
                yield _line(line.removeprefix(BOM) if number == 1 else line, origin)
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
