"""What a mutation is: a change to a page, which pages it is for, and what must come of it.

The table is filled by the modules that hold the changes; `settled` reads a page as the line does, so that
a layout which the page's source does not name counts as refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache

from saved import Saved, saved

from parsers import Page, Release, Unread, parse, read
from parsers.release import Listing
from seeds.catalogue import Catalogue, read_catalogue, shipped

Change = Callable[[str], "str | bytes"]


class Comes(Enum):
    """What may come of a mutated page; never is it another text than the page's, and never another layout."""

    SAME = "the same title and paragraphs"
    REFUSED = "no release"
    EITHER = "the same title and paragraphs, or no release"
    CUT = "the same title and the first paragraphs, the last perhaps cut, or no release"


@dataclass(frozen=True)
class Mutation:
    """A named change and what must come of it, on pages of these forms."""

    name: str
    change: Change
    comes: Comes
    forms: tuple[str, ...]
    charset: str | None
    but: tuple[str, ...]

    def samples(self) -> list[Saved]:
        """The saved pages that it is for."""
        return [each for form in self.forms for each in BY_FORM[form] if plain(each.name).layout not in self.but]

    def page(self, sample: Saved) -> Page:
        """The mutated page."""
        page = sample.page
        changed = self.change(page.raw.decode())
        raw = changed if isinstance(changed, bytes) else changed.encode("utf-8", "surrogatepass")
        kind = (page.content_type or "text/html").split(";")[0]
        said = page.content_type if self.charset is None else f"{kind}; charset={self.charset}"
        return Page(raw, said, page.listing, page.url)


TABLE: list[Mutation] = []


def mutation(
    comes: Comes, *forms: str, charset: str | None = None, but: tuple[str, ...] = ()
) -> Callable[[Change], Change]:
    """Put a change into the table.

    Args:
        charset: what the header then declares, None for what it was.
        but: layouts whose pages it is not for.
    """

    def put(change: Change) -> Change:
        TABLE.append(Mutation(change.__name__, change, comes, forms, charset, but))
        return change

    return put


def form_of(page: Page) -> str:
    """html, item or text."""
    if page.content_type == "application/rss+xml":
        return "item"
    return "html" if re.search(rb"<html\b", page.raw[:2000], re.IGNORECASE) else "text"


SAMPLES = {sample.name: sample for sample in saved()}
BY_FORM = {form: [s for s in SAMPLES.values() if form_of(s.page) == form] for form in ("html", "item", "text")}


@cache
def plain(name: str) -> Release:
    """The release of a saved page as it stands."""
    return parse(SAMPLES[name].page)


@cache
def _catalogue() -> Catalogue:
    return read_catalogue(shipped())


def settled(page: Page) -> Release | Unread:
    """The reading of a page, as the line settles it; a source refuses the layouts that it does not name."""
    got = read(page)
    source = _catalogue().get(_catalogue().claiming(page.url))
    named = source.layouts if source is not None else None  # None allows all
    if isinstance(got, Release) and named is not None and got.layout not in named:
        return Unread(got.layout, got.revision, "LayoutNotAllowed", "its source does not name the layout", "")
    return got


def wrong_with(got: Release | Unread, was: Release, comes: Comes, page: Page) -> str:
    """What is wrong with a reading of a mutated page, '' for nothing."""
    if isinstance(got, Unread):
        return got.reason if comes is Comes.SAME or got.error.startswith("Parser") else ""
    if comes is Comes.REFUSED:
        return f"it was read, by {got.layout}"
    if got.layout != was.layout:
        return f"a page of {was.layout} was read by {got.layout}"
    if got.title != was.title:
        return f"another title: {got.title!r}"
    if got.paragraphs == was.paragraphs or (comes is Comes.CUT and _is_cut(got.paragraphs, was.paragraphs, page)):
        return ""
    return f"other paragraphs: {got.paragraphs}, not {was.paragraphs}"


def _is_cut(got: tuple[str, ...], was: tuple[str, ...], page: Page) -> bool:
    """Whether paragraphs are those before a cut; a line that was cut in the middle is no longer known for chrome."""
    last, rest = got[-1].rstrip("\ufffd "), got[:-1]
    if rest != was[: len(rest)]:
        return False
    text = "".join(page.raw.decode("utf-8", "ignore").split())
    return text.endswith("".join(last.split())) or (len(got) <= len(was) and was[len(rest)].startswith(last))


def page_of(text: str | bytes, content_type: str | None = None, title: str | None = None) -> Page:
    """A page of no source."""
    return Page(text if isinstance(text, bytes) else text.encode(), content_type, Listing(title))
