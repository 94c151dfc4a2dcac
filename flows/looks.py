"""A look as a loader found it, before it is a capture; and what loaders say between looks."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from parsers.release import Before, Listing, Outcome, Role, Served, sha256

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Kept:
    """The body lies already in a WARC file: it is not copied.

    One of the user's by its absolute path; one of the archive, where fetching wrote it, by its name.
    """

    warc_file: str
    warc_offset: int

    @property
    def ours(self) -> bool:
        return not self.warc_file.startswith("/")


@dataclass(frozen=True, slots=True)
class Whole:
    """The feed that items were cut from; the same object for all of them, so it is archived once."""

    raw: bytes
    url: str | None
    captured_at: datetime | None
    content_type: str
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Where an item's element lies in the bytes of its feed."""

    whole: Whole
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Dropped:
    """What a body was that is not kept, because its release was taken down."""

    raw_sha256: str
    raw_bytes: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """One look, as a loader found it; it becomes a Capture when it is archived.

    `origin` is for people ("dump.jsonl line 17"); `captured_at` is in UTC; `reason` says what was wrong where
    `outcome` is not ok. What is too large or malformed stands in `raw` as it is, up to MAX_BYTES. `source` is the
    one that it was fetched for; else the URL says which claims it. `before` is the look before, where the body is its.
    """

    raw: bytes
    origin: str
    url: str | None = None
    given_id: str | None = None
    captured_at: datetime | None = None
    content_type: str | None = None
    listing: Listing = field(default_factory=Listing)
    outcome: Outcome = "ok"
    reason: str | None = None
    kept: Kept | None = None
    part: Part | None = None
    source: str | None = None
    role: Role = "page"
    served: Served | None = None
    before: Before | None = None
    dropped: Dropped | None = None

    def without_text(self) -> Loaded:
        """The look without what its page said, as it is kept of a release that was taken down."""
        if self.dropped is not None:
            return self
        before = self.before
        was = (before.raw_sha256, before.raw_bytes) if before else (sha256(self.raw), len(self.raw))
        listing = replace(self.listing, title=None)
        return replace(self, raw=b"", listing=listing, kept=None, part=None, before=None, dropped=Dropped(*was))


@dataclass(frozen=True, slots=True)
class FileEnd:
    """Comes after the last look of a file; `file_key` names its bytes and those of its sidecar.

    `complete` is False where the file broke off or changed meanwhile: it must not be remembered as read.
    """

    file_key: str
    items: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Skipped:
    """This very file was read to its end before, and held so many items."""

    file_key: str
    items: int


Looks = Generator[Loaded, None, bool]  # returns whether the file was read to its end
Steps = Iterator[Loaded | FileEnd | Skipped]
