"""What a kept list page, feed or sitemap says: its releases as rows of `listings`, and the pages after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from itertools import islice
from urllib.parse import urljoin

from flows.loading.feeds import MAX_ITEMS, items
from flows.pool import Reader
from parsers.errors import CommuniqueError, InputTooLarge, ParseError, ParserFault, SelectorError
from parsers.identity import release_id
from parsers.listed import Listed, ListPage, is_url
from parsers.release import Capture, Listing, Page, Role, Unread, key_of
from seeds import Catalogue, Source
from warehouse.land import Reading
from warehouse.listings import Seen

ROLES: tuple[Role, ...] = ("list", "feed", "sitemap")


def lists(source: Source | None, role: Role) -> bool:
    """Whether a look of this role is read for what it lists; a feed whose items are the texts is not."""
    return source is not None and role in ROLES and (role != "feed" or source.text_from == "pages")


def reader_of(source: Source, role: Role) -> Reader:
    """What reads the lists of a source, in a process of the pool."""
    return partial(read_listing, role=role, item=source.item or "", pager=source.pager)


def read_listing(page: Page, *, role: Role, item: str, pager: str) -> ListPage | Unread:
    """Read a list page, feed or sitemap, or say why nothing was read from it."""
    try:
        found = _read(page, role, item, pager)
        following = tuple(filter(is_url, found.following))
        found = ListPage(tuple(each for each in found.entries if is_url(each.url)), following)
    except (ParseError, InputTooLarge) as error:
        return _unread(error)
    except CommuniqueError as error:
        return _unread(ParserFault(error.what, todo=error.todo))
    except Exception as error:  # noqa: BLE001 - whatever a page brings out of us must not harm the next one
        return _unread(ParserFault(f"the parser failed with {type(error).__name__}: {str(error)[:200]}"))
    return found


def _unread(error: ParseError | InputTooLarge) -> Unread:
    from parsers import unread  # needs all layouts, whose revision it names

    return unread(error)


def _read(page: Page, role: Role, item: str, pager: str) -> ListPage:
    if role == "list":
        from parsers.lists import read_list

        found = read_list(page, item)
        return found if pager == "counted" else ListPage(found.entries, ())
    if role == "feed":
        entries = [
            Listed(urljoin(page.url or "", each.url), Listing(each.title, each.published), number)
            for number, each in enumerate(islice(items(page.raw), MAX_ITEMS))
            if each.url
        ]
        return _unless_empty(ListPage(tuple(entries), ()), "item link")
    from parsers.sitemaps import read_sitemap

    mapped = read_sitemap(page.raw)
    if mapped.kind == "index":
        return _unless_empty(ListPage((), tuple(each.url for each in mapped.entries)), "sitemap loc")
    places = tuple(Listed(each.url, Listing(), number) for number, each in enumerate(mapped.entries))
    return _unless_empty(ListPage(places, ()), "url loc")


def _unless_empty(found: ListPage, what: str) -> ListPage:
    if not found.entries and not found.following:
        raise SelectorError(what, "at least 1", 0)
    return found


def seen_in(
    captures: Iterable[Capture], readings: Mapping[str, Reading], catalogue: Catalogue
) -> dict[str, list[Seen]]:
    """What the lists among captures say, by the capture's id."""
    found: dict[str, list[Seen]] = {}
    for capture in captures:
        reading = readings.get(capture.input_sha256)
        if isinstance(reading, ListPage) and capture.source is not None:
            found[capture.capture_id] = list(_seen(capture, reading, catalogue))
    return found


def _seen(capture: Capture, page: ListPage, catalogue: Catalogue) -> Iterable[Seen]:
    reader = _reader_key(page, capture.role, catalogue.get(capture.source))
    for entry in page.entries:
        yield Seen(
            source=capture.source or "",
            release_id=release_id(entry.url, None, ""),
            url=entry.url,
            list_url=capture.url or "",
            listing=entry.listing,
            position=entry.position,
            followed=catalogue.claiming(entry.url) == capture.source,
            listed_at=capture.captured_at or capture.landed_at,
            input_sha256=None if capture.role == "sitemap" else capture.input_sha256,
            reader=reader,
        )


def _reader_key(page: ListPage, role: Role, source: Source | None) -> str:
    """Key of all that a list's reading depends on beside the list itself."""
    asked = (source.item, source.pager) if source and role == "list" else ()
    return key_of(page.revision, role, *asked)
