"""Names that never change: canonical URL, release id, capture id.

An id hangs on the canonical URL (or on the id given beside a file, or on the raw bytes), never on
parsed text: a better parser must not rename a release. RULES is part of the hashed key, so that a
later set of rules can live beside this one.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import SplitResult, quote, unquote, urlsplit

from parsers.release import key_of

RULES = "1"
ID_LENGTH = 32  # hexadecimal digits: 128 bits

_DEFAULT_PORTS = (None, 80, 443)  # http and https are one
_BLANK = re.compile(r"[\s\x00-\x20]")
_TRACKING = re.compile(r"^(utm_\w+|fbclid|gclid|spm)=", re.IGNORECASE)


def canonical_url(url: str) -> str:
    """The form of a URL that names its release; http and https are one, fragments name nothing.

    Raises:
        ValueError: the URL has no host.
    """
    parts = urlsplit(url.strip())
    host = _host(parts)
    given = _BLANK.sub(lambda blank: quote(blank[0], errors="surrogatepass"), parts.query)
    query = "&".join(sorted(p for p in given.split("&") if p and not _TRACKING.match(p)))
    return f"{host}{_path(parts.path)}{'?' + query if query else ''}"


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".").lower()
    if not host:
        raise ValueError(f"`{parts.geturl()}` has no host")
    if ":" in host:
        host = f"[{host}]"
    return host if parts.port in _DEFAULT_PORTS else f"{host}:{parts.port}"


def _path(path: str) -> str:
    clean = quote(unquote(path, errors="surrogateescape"), safe="/~!$&'()*+,;=:@-._", errors="surrogateescape")
    segments: list[str] = []
    for segment in clean.split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", "."):
            segments.append(segment)
    return "/" + "/".join(segments)


def release_id(url: str | None, given_id: str | None, raw_sha256: str) -> str:
    """Id of a release: of its canonical URL; without one, of the id beside it; else of its bytes."""
    if url is not None:
        try:
            return key_of("url", RULES, canonical_url(url))[:ID_LENGTH]
        except ValueError:
            return key_of("url", RULES, url.strip())[:ID_LENGTH]
    if given_id is not None:
        return key_of("id", RULES, given_id)[:ID_LENGTH]
    return key_of("raw", RULES, raw_sha256)[:ID_LENGTH]


def capture_id(url: str | None, given_id: str | None, captured_at: datetime | None, raw_sha256: str) -> str:
    """Id of a capture: of its URL (or id), the time of the look in UTC, and the raw bytes."""
    when = captured_at.astimezone(UTC).isoformat() if captured_at else None
    beside = given_id if url is None else None
    return key_of("capture", url, beside, when, raw_sha256)[:ID_LENGTH]
