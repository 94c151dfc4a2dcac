"""What list pages, feeds and sitemaps say: the records; how they are read stands in lists.py and sitemaps.py."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from parsers.release import Listing

MAX_PAGES = 2_000  # of one list; the longest that was seen has 143

_FILE = re.compile(r"(?P<name>[A-Za-z][\w-]*)\.(?P<suffix>\w+)")


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of a list.

    Attributes:
        url: absolute.
        listing: title and day as the list gives them.
        position: from 0, in the order of the page.
    """

    url: str
    listing: Listing
    position: int


@dataclass(frozen=True, slots=True)
class ListPage:
    """What a list page holds: its entries, and the URLs of all pages after it, in order."""

    entries: tuple[Listed, ...]
    following: tuple[str, ...]
    layout: None = None
    revision: str = "list"
    """Lists have no revision of their own: what they say is read again by every `reparse`."""


def is_url(url: str) -> bool:
    """Whether it is a URL that can be asked for; lists name others, too."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def numbered_after(url: str) -> tuple[str, ...]:
    """The pages after a first one, on a site that does not say how many there are: index_1.html, index_2.html, ..."""
    file = urlsplit(url).path.rpartition("/")[2]
    found = _FILE.fullmatch(file or "index.html")
    if found is None:
        return ()
    return tuple(urljoin(url, f"{found['name']}_{number}.{found['suffix']}") for number in range(1, MAX_PAGES))
