"""List pages: bytes -> what they list, and the pages that follow. Pure, as layouts are.

The sites of one maker count their pages in a script, from 0: `countPage = 67` and `currentPage = 0`
with names like default.shtml, default_1.shtml; or `createPageHTML(29, 0, "index", "shtml")`. A list
says at most a title and a day; both are kept as they stand, as `listing`.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborNode

from parsers.dates import stated
from parsers.errors import InputTooLarge, NotText, SelectorError, TooDeep
from parsers.listed import MAX_PAGES, Listed, ListPage, is_url
from parsers.page import HtmlPage, open_page
from parsers.release import Listing, Page
from parsers.text import one_line

MAX_ENTRIES = 10_000  # of one page; the longest that was seen has 40

MAX_DEPTH = 64  # of a link; the deepest that was seen has 12

_COUNT = re.compile(r"\bcountPage\s*=\s*(\d{1,5})\b")
_CURRENT = re.compile(r"\bcurrentPage\s*=\s*(\d{1,5})\b")
_CREATED = re.compile(
    r"\bcreatePageHTML\(\s*(?P<count>\d{1,5})\s*,\s*(?P<current>\d{1,5})\s*,"
    r"\s*[\"'](?P<name>[\w-]{1,40})[\"']\s*,\s*[\"'](?P<suffix>\w{1,10})[\"']"
)
_FIRST = re.compile(r"href=\\?[\"']?(?P<name>default|index)\.(?P<suffix>s?html?)\b")
_NAMED = re.compile(r"(?P<name>[A-Za-z][\w-]*?)(?:_\d+)?\.(?P<suffix>\w+)")
_BRACKETED = re.compile(r"\s*[(（\[【]\s*(?P<day>[^()（）\[\]【】]{6,30})\s*[)）\]】]\s*$")


def read_list(page: Page, selector: str) -> ListPage:
    """Read a list page.

    Args:
        page: its bytes, with the URL that they came from.
        selector: of the links of its entries; a source's entry names it.

    Raises:
        NotText: it is no HTML page.
        TooDeep: a selector would take minutes on it.
        InputTooLarge: it lists more than MAX_ENTRIES.
        SelectorError: it lists nothing: that is an error, never a quiet day.
    """
    opened = open_page(page)
    if not isinstance(opened, HtmlPage):
        raise NotText("a list page is HTML")
    base = _base(opened, page.url)
    _check_depth(opened)
    lone: dict[int, bool] = {}
    found = [_entry(link, base, lone) for link in opened.tree.css(selector)]
    unique = {each[0]: each for each in reversed(found) if each}
    ordered = [each for each in found if each and unique.get(each[0]) is each]
    if not ordered:
        raise SelectorError(selector, "at least 1", 0)
    if len(ordered) > MAX_ENTRIES:
        raise InputTooLarge(f"a list of more than {MAX_ENTRIES:,} entries")
    entries = tuple(Listed(url, listing, position) for position, (url, listing) in enumerate(ordered))
    return ListPage(entries, following(opened.tree.html or "", base))


def _check_depth(page: HtmlPage) -> None:
    # A selector of three steps costs the cube of the depth for each link, in code that no signal interrupts.
    for link in page.tree.css("a"):
        depth, node = 0, link.parent
        while node is not None:
            depth, node = depth + 1, node.parent
            if depth > MAX_DEPTH:
                raise TooDeep(f"a list nested deeper than {MAX_DEPTH}")


def _base(page: HtmlPage, url: str | None) -> str:
    said = page.tree.css_first("base[href]")
    try:
        return urljoin(url or "", (said.attributes.get("href") if said else None) or "")
    except ValueError:
        return url or ""


def _entry(link: LexborNode, base: str, lone: dict[int, bool]) -> tuple[str, Listing] | None:
    url = _absolute(link.attributes.get("href"), base)
    words = one_line(link.text())
    if url is None or not words:
        return None
    inside = _BRACKETED.search(words)
    if inside and stated(inside["day"]):
        return url, Listing(words[: inside.start()], inside["day"].strip())
    return url, Listing(words, _day_beside(link, words, lone))


def _absolute(href: str | None, base: str) -> str | None:
    try:
        url = urljoin(base, (href or "").strip())
    except ValueError:
        return None
    return url.partition("#")[0] if href and is_url(url) else None


def _day_beside(link: LexborNode, words: str, lone: dict[int, bool]) -> str | None:
    """The day that stands in the entry beside its link; only where the entry holds no other link."""
    entry = link.parent
    while entry is not None and entry.tag not in ("li", "tr", "dd", "p"):
        entry = entry.parent
    if entry is None:
        return None
    if entry.mem_id not in lone:  # counted once for each entry: thousands of links may stand in one
        lone[entry.mem_id] = len(entry.css("a[href]")) == 1
    if not lone[entry.mem_id]:
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
