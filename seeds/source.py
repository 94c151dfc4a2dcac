"""One entry of sources.toml, checked: a wrong one is refused with the field that is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

STATES = ("verified", "reported", "off")
TEXT_FROM = ("pages", "feed")
PAGERS = ("counted", "numbered", "none")
ROBOTS = ("obey", "ignore")
MAX_DELAY = 3600.0  # seconds

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Source:
    """One stream of one issuer on one site.

    Attributes:
        urls: host and path that its pages begin with, without a scheme; a host with a port claims that port alone.
        layouts: None allows any: an inbox holds what people drop there.
        lists: first list pages; `item` selects the links of their entries.
        pager: how the pages after the first are known: the page's script counts them, they are numbered until
            one is not there, or there are none.
        delay: seconds between two requests to a host.
        contact: whom the site can turn to; else the setting of that name.
        robots: whether robots.txt is obeyed; `robots_reason` says why, or why not.
        successors: hosts that answer for others now.
        gone: paths at which a redirect ends where a page is not there.
        mission: an embassy, a consulate or a mission, which publishes what its ministry says.
    """

    id: str
    issuer: str
    state: str
    country: str | None = None
    languages: tuple[str, ...] = ()
    zone: str | None = None
    urls: tuple[str, ...] = ()
    layouts: tuple[str, ...] | None = None
    text_from: str = "pages"
    inbox: str | None = None
    lists: tuple[str, ...] = ()
    item: str | None = None
    pager: str = "counted"
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    delay: float = 5.0
    contact: str | None = None
    robots: str = "obey"
    robots_reason: str | None = None
    successors: Mapping[str, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    mission: bool = False
    schedule: str | None = None
    note: str | None = None

    @property
    def fetched(self) -> bool:
        """Whether it is a live site."""
        return bool(self.lists or self.feeds or self.sitemaps)


class WrongField(ValueError):
    """A field of an entry is wrong; the message says how."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(what)
        self.field = name


_LISTS = ("languages", "urls", "layouts", "lists", "feeds", "sitemaps", "gone")
_KINDS: dict[str, str] = {each.name: "string" for each in fields(Source)}
_KINDS |= dict.fromkeys(_LISTS, "list of strings") | {
    "delay": "number",
    "successors": "table of strings",
    "mission": "boolean",
}


def source_of(entry: Mapping[str, Any]) -> Source:
    """The source of an entry.

    Raises:
        WrongField: a field is unknown, missing or wrong.
    """
    for name, value in entry.items():
        if name not in _KINDS:
            raise WrongField(name, f"is unknown; known are {', '.join(_KINDS)}")
        if not _is_kind(value, _KINDS[name]):
            raise WrongField(name, f"must be a {_KINDS[name]}")
    for name in ("id", "issuer", "state"):
        if not entry.get(name):
            raise WrongField(name, "is missing")
    values: dict[str, Any] = {name: tuple(value) if name in _LISTS else value for name, value in entry.items()}
    source = Source(**values)
    for name, fine, what in (*_checks(source), *_checks_of_site(source)):
        if not fine:
            raise WrongField(name, what)
    return source


def _is_kind(value: object, kind: str) -> bool:
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "table of strings":
        return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
    if kind == "list of strings":
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    return isinstance(value, str)


def _checks(source: Source) -> list[tuple[str, object, str]]:
    return [
        ("id", _ID.fullmatch(source.id), "must be lower-case words joined by hyphens"),
        ("state", source.state in STATES, f"must be one of {', '.join(STATES)}"),
        ("text_from", source.text_from in TEXT_FROM, f"must be one of {', '.join(TEXT_FROM)}"),
        ("country", re.fullmatch("[A-Z]{3}", source.country or "XXX"), "must be three capitals, ISO 3166-1 alpha-3"),
        ("zone", _is_zone(source.zone or "UTC"), "is no IANA time zone"),
        ("urls", source.inbox or source.urls, "is missing, and there is no inbox either"),
        ("urls", all(map(_is_prefix, source.urls)), "must be host/path or host:port/path, without a scheme"),
        ("inbox", not re.search(r"^/|\.\.", source.inbox or ""), "must be a folder within HOME"),
        ("inbox", not (source.inbox and source.fetched), "a source is a folder or a site, not both"),
        (
            "schedule",
            source.state == "verified" or not source.schedule,
            "only a verified source is on a schedule: look at the site, then switch it on",
        ),
    ]


def _checks_of_site(source: Source) -> list[tuple[str, object, str]]:
    urls = {"lists": source.lists, "feeds": source.feeds, "sitemaps": source.sitemaps}
    hosts = [*source.successors, *source.successors.values()]
    return [
        *((name, all(map(_is_url, value)), "must be http or https URLs, with a host") for name, value in urls.items()),
        (
            "item",
            (source.item or "").strip() or not source.lists,
            "is missing: the selector of the links of a list's entries",
        ),
        ("pager", source.pager in PAGERS, f"must be one of {', '.join(PAGERS)}"),
        ("delay", 0 <= source.delay <= MAX_DELAY, f"must lie between 0 and {MAX_DELAY:g} seconds"),
        (
            "contact",
            source.contact is None or (source.contact.isascii() and _is_line(source.contact)),
            "must be one line of ASCII: a mail address or a URL",
        ),
        ("robots", source.robots in ROBOTS, f"must be one of {', '.join(ROBOTS)}"),
        ("robots_reason", source.robots_reason or not source.fetched, "is missing: why robots.txt is obeyed, or not"),
        ("robots_reason", source.robots_reason is None or _is_line(source.robots_reason), "must be one line"),
        ("successors", all(map(_is_host, hosts)), 'must be hosts, as in `{ "old.example" = "new.example" }`'),
        # A redirect that ends below `/` is any redirect.
        (
            "gone",
            all(re.match(r"/[^/]", path) for path in source.gone),
            "must be paths that begin with /, longer than it",
        ),
        (
            "feeds",
            source.feeds or not (source.text_from == "feed" and source.fetched),
            "is missing: text_from says that the texts stand in a feed",
        ),
        (
            "text_from",
            source.text_from == "pages" or not (source.lists or source.sitemaps),
            "where the texts stand in a feed, lists and sitemaps lead to a second text of each",
        ),
    ]


def _is_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return usable and "@" not in parts.netloc and not re.search(r"[\s\x00-\x1f\x7f]", url)


def _is_prefix(place: str) -> bool:
    host, slash, _ = place.partition("/")
    return bool(slash) and _is_host(host) and not re.search(r"[\s?#]", place)


def _is_host(host: str) -> bool:
    return _HOST.fullmatch(host) is not None and int(host.partition(":")[2] or 1) in range(1, 65536)


def _is_line(words: str) -> bool:
    return bool(words.strip()) and words.isprintable()


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
