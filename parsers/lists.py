"""List pages: bytes -> what they list, and the pages that follow. Pure, as layouts are.

The sites of one maker count their pages in a script, from 0: `countPage = 67` and `currentPage = 0`
with names like default.shtml, default_1.shtml; or `createPageHTML(29, 0, "index", "shtml")`. A list
says at most a title and a day; both are kept as they stand, as `listing`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborNode

from parsers.dates import stated
from parsers.errors import NotText, SelectorError
from parsers.page import HtmlPage, open_page
from parsers.release import Listing, Page
from parsers.text import one_line

MAX_PAGES = 2_000  # of one list; the longest that was seen has 143

_COUNT = re.compile(r"\bcountPage\s*=\s*(\d{1,5})\b")
_CURRENT = re.compile(r"\bcurrentPage\s*=\s*(\d{1,5})\b")
_CREATED = re.compile(
    r"\bcreatePageHTML\(\s*(?P<count>\d{1,5})\s*,\s*(?P<current>\d{1,5})\s*,"
    r"\s*[\"'](?P<name>[\w-]{1,40})[\"']\s*,\s*[\"'](?P<suffix>\w{1,10})[\"']"
)
_FIRST = re.compile(r"href=\\?[\"']?(?P<name>default|index)\.(?P<suffix>s?html?)\b")
_NAMED = re.compile(r"(?P<name>[A-Za-z][\w-]*?)(?:_\d+)?\.(?P<suffix>\w+)")
_BRACKETED = re.compile(r"\s*[(（\[【]\s*(?P<day>[^()（）\[\]【】]{6,30})\s*[)）\]】]\s*$")


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


def read_list(page: Page, selector: str) -> ListPage:
    """Read a list page.

    Args:
        page: its bytes, with the URL that they came from.
        selector: of the links of its entries; a source's entry names it.

    Raises:
        NotText: it is no HTML page.
        SelectorError: it lists nothing: that is an error, never a quiet day.
    """
    opened = open_page(page)
    if not isinstance(opened, HtmlPage):
        raise NotText("a list page is HTML")
    base = _base(opened, page.url)
    found = [_entry(link, base) for link in opened.tree.css(selector)]
    unique = {each[0]: each for each in reversed(found) if each}
    ordered = [each for each in found if each and unique.get(each[0]) is each]
    if not ordered:
        raise SelectorError(selector, "at least 1", 0)
    entries = tuple(Listed(url, listing, position) for position, (url, listing) in enumerate(ordered))
    return ListPage(entries, following(opened.tree.html or "", base))


def _base(page: HtmlPage, url: str | None) -> str:
    said = page.tree.css_first("base[href]")
    return urljoin(url or "", (said.attributes.get("href") if said else None) or "")


def _entry(link: LexborNode, base: str) -> tuple[str, Listing] | None:
    url = _absolute(link.attributes.get("href"), base)
    words = one_line(link.text())
    if url is None or not words:
        return None
    inside = _BRACKETED.search(words)
    if inside and stated(inside["day"]):
        return url, Listing(words[: inside.start()], inside["day"].strip())
    return url, Listing(words, _day_beside(link, words))


def _absolute(href: str | None, base: str) -> str | None:
    try:
        url = urljoin(base, (href or "").strip())
        parts = urlsplit(url)
    except ValueError:
        return None
    if not href or parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return url.partition("#")[0]


def _day_beside(link: LexborNode, words: str) -> str | None:
    """The day that stands in the entry beside its link; only where the entry holds no other link."""
    entry = link.parent
    while entry is not None and entry.tag not in ("li", "tr", "dd", "p"):
        entry = entry.parent
    if entry is None or len(entry.css("a[href]")) > 1:
        return None
    rest = one_line(entry.text()).replace(words, " ", 1).strip(" ()（）[]【】")
    found = stated(rest)
    return rest[found.start : found.stop].strip() if found else None


def following(html: str, url: str) -> tuple[str, ...]:
    """URLs of the pages after this one, as its script counts them; none where it counts none."""
    created = _CREATED.search(html)
    if created:
        return _numbered(url, created["name"], created["suffix"], int(created["current"]), int(created["count"]))
    count, current = _COUNT.search(html), _CURRENT.search(html)
    named = _NAMED.fullmatch(urlsplit(url).path.rpartition("/")[2]) or _FIRST.search(html)
    if not count or not named:
        return ()
    return _numbered(url, named["name"], named["suffix"], int(current[1]) if current else 0, int(count[1]))


def _numbered(url: str, name: str, suffix: str, current: int, count: int) -> tuple[str, ...]:
    pages = range(current + 1, min(count, MAX_PAGES))
    return tuple(urljoin(url, f"{name}_{number}.{suffix}") for number in pages)
