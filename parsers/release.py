"""The records that pass along the line, and the one normal form that is hashed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, get_args

Outcome = Literal[
    "ok",
    "not_modified",
    "gone",
    "soft_404",
    "challenge",
    "blocked",
    "robots_denied",
    "timeout",
    "too_large",
    "malformed",
    "error",
]
Kind = Literal[
    "readout",
    "announcement",
    "statement",
    "joint_statement",
    "spokesperson_qa",
    "press_conference",
    "speech",
    "letter",
    "other",
]
Role = Literal["page", "list", "feed", "sitemap", "robots"]
LinkRole = Literal["link", "image", "translation", "attachment"]
Precision = Literal["minute", "day", "month", "year"]
Field = Literal["title", "subtitle", "body"]
"""Parts of a text, in which offsets count."""
# Order of trust for the day of publication, most trusted first (LAYOUTS of the field: a date line
# is typed by the issuer, a meta or a listing by its CMS, "Updated" may be any later save).
DateMethod = Literal["date_line", "pub_date", "listing", "updated"]

MAX_BYTES = 16 * 1024 * 1024
"""Bound on a body; the largest real page has a hundredth of it."""
ITEM_TYPE = "application/rss+xml"
"""Content type of an item that was cut out of its feed."""

OUTCOMES: frozenset[str] = frozenset(get_args(Outcome))
KINDS: frozenset[str] = frozenset(get_args(Kind))
DATE_METHODS: tuple[str, ...] = get_args(DateMethod)


def sha256(data: bytes) -> str:
    """Lower-case hexadecimal SHA-256 of the bytes."""
    return hashlib.sha256(data).hexdigest()


def key_of(*parts: str | None) -> str:
    """SHA-256 over parts that may hold anything: each is length-prefixed, None differs from ''."""
    joined = "".join(["-:" if part is None else f"{len(part)}:{part}" for part in parts])
    return sha256(joined.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list page or a feed said of a release, as it stood there."""

    title: str | None = None
    published: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """All that a parser may know of a capture: no clock, no capture time.

    `url` only makes relative links absolute; recognition and text never see it.
    """

    raw: bytes
    content_type: str | None = None
    listing: Listing = Listing()
    url: str | None = None

    @property
    def input_sha256(self) -> str:
        """Key of everything that the parse depends on."""
        return _input_key(sha256(self.raw), self.content_type, self.listing, self.url)


def _input_key(raw_sha256: str, content_type: str | None, listing: Listing, url: str | None) -> str:
    return key_of(raw_sha256, content_type, listing.title, listing.published, url)


@dataclass(frozen=True, slots=True)
class Link:
    """A link, image, translation or attachment; `url` is absolute where the page's URL is known."""

    role: LinkRole
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class DateGiven:
    """One statement of the publication day.

    Attributes:
        method: where it stood; the order of DATE_METHODS is the order of trust.
        text: the words as they stood.
        day: the issuer's local day.
        at: the instant, only where a time and its zone are known.
        precision: how fine the statement is.
        zone: IANA name of the zone that `day` (and `at`) were read in, None where unknown.
    """

    method: DateMethod
    text: str
    day: date
    at: datetime | None
    precision: Precision
    zone: str | None


@dataclass(frozen=True, slots=True)
class Release:
    """One document as a layout read it."""

    layout: str
    revision: str
    title: str
    paragraphs: tuple[str, ...]
    subtitle: str | None = None
    breadcrumb: tuple[str, ...] = ()
    language: str | None = None
    kind: Kind = "other"
    claimed_url: str | None = None
    dates: tuple[DateGiven, ...] = ()
    links: tuple[Link, ...] = ()
    left_out: tuple[str, ...] = ()
    """Sentences that stand on the page and not here, of whatever chrome they are."""

    @property
    def body(self) -> str:
        """Paragraphs joined by one blank line."""
        return "\n\n".join(self.paragraphs)

    @property
    def text_sha256(self) -> str:
        """Hash of the normal form: title, subtitle and body, a line each; none holds a line break."""
        return sha256(f"{self.title}\n{self.subtitle or ''}\n{self.body}".encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Unread:
    """A page from which no release was read, and why: the row that quarantine shows."""

    layout: str | None
    revision: str
    error: str
    reason: str
    todo: str


@dataclass(frozen=True, slots=True)
class Served:
    """How a look went over HTTP; nothing of it enters a parse.

    Attributes:
        status: of the last answer, None where none came.
        final_url: that answered, after redirects.
        etag: validator of the answer.
        last_modified: validator of the answer, in its words.
        robots_rule: what in robots.txt decided that it was asked for, or not.
        attempts: how many times it was asked for in a row; 0 where robots.txt forbade it.
    """

    status: int | None
    final_url: str | None
    etag: str | None
    last_modified: str | None
    robots_rule: str | None
    attempts: int


Place = tuple[str, int, int | None, int | None]
"""Where a body lies: WARC file, offset of the record, and the part of it (start, length) or None."""
NOWHERE: Place = ("-", -1, None, None)
"""The place of a body that is not kept: its release was taken down."""


@dataclass(frozen=True, slots=True)
class Before:
    """The last look at a URL that brought its body: what a server is asked to compare with."""

    url: str
    final_url: str
    """That gave it, after redirects: its validators mean nothing to another."""
    captured_at: datetime
    raw_sha256: str
    raw_bytes: int
    content_type: str | None
    listing: Listing
    etag: str | None
    last_modified: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Capture:
    """One look at one URL or file at one time.

    `captured_at` and `landed_at` are in UTC; an unknown capture time is None. `warc_file` is
    relative to HOME/archive, or absolute where the body lies in a WARC file of the user's;
    `part_start` and `part_bytes` cut an item out of a feed's body. Only looks at pages become
    releases; a look at a list, feed, sitemap or robots.txt is kept beside them. A look that was
    answered "not modified" has the body of the look before it.
    """

    capture_id: str
    release_id: str
    source: str | None
    url: str | None
    given_id: str | None
    captured_at: datetime | None
    outcome: Outcome
    reason: str | None
    content_type: str | None
    raw_sha256: str
    raw_bytes: int
    listing: Listing
    warc_file: str
    warc_offset: int
    part_start: int | None
    part_bytes: int | None
    landed_at: datetime
    run_id: str
    role: Role = "page"
    served: Served | None = None
    """None where it was loaded, not fetched."""

    @property
    def seen_id(self) -> str:
        """Key of the bytes and of all that came with them: the same again adds nothing."""
        said = self.listing
        return key_of(self.capture_id, self.given_id, self.content_type, self.outcome, said.title, said.published)

    @property
    def input_sha256(self) -> str:
        """Key of everything that its parse depends on, as `Page.input_sha256`."""
        return _input_key(self.raw_sha256, self.content_type, self.listing, self.url)

    @property
    def place(self) -> Place:
        """Where its body lies."""
        return (self.warc_file, self.warc_offset, self.part_start, self.part_bytes)

    @property
    def is_kept(self) -> bool:
        """Whether its body is kept: of what was taken down none is."""
        return self.warc_file != NOWHERE[0]

    @property
    def hushed(self) -> Capture:
        """The look without what its page said: that it was made, when, and what its bytes were, stays."""
        listing = replace(self.listing, title=None)
        name, at, start, length = NOWHERE
        return replace(self, listing=listing, warc_file=name, warc_offset=at, part_start=start, part_bytes=length)

    def page(self, raw: bytes) -> Page:
        """What a parser may see of this capture."""
        return Page(raw, self.content_type, self.listing, self.url)
