"""What is said beside a body, in a line or in a sidecar: id, URL, time of the look, content type, listing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from flows.loading.files import sidecar
from flows.looks import Loaded
from parsers.errors import InputMalformed
from parsers.release import MAX_BYTES, Listing

MAX_SIDECAR = 1 << 20  # bytes read of one; a real one has 200
BOM = b"\xef\xbb\xbf"
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|div|p|table|script|title)\b", re.IGNORECASE)


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
            return beside(orjson.loads(file.read(MAX_SIDECAR).removeprefix(BOM)))
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
    head = raw[:2000].removeprefix(BOM).lstrip()
    return "text/html" if head.startswith(b"<") and _HTML.search(head) else "text/plain"


def look_of(raw: bytes, origin: str, said: Beside, content_type: str | None) -> Loaded:
    """A look with what is said beside it; a body over MAX_BYTES is cut there."""
    look = Loaded(raw, origin, said.url, said.given_id, said.captured_at, content_type, said.listing)
    if len(raw) <= MAX_BYTES:
        return look
    return replace(look, raw=raw[:MAX_BYTES], outcome="too_large", reason=f"the body has more than {MAX_BYTES:,} bytes")
