"""What a layout is made of: the Layout classes and the one way to build a Release of what they found.

A template in HTML is a table of selectors (`HtmlLayout`); a template in plain text sorts the lines
of a page (`TextLayout`). Where a selector is not enough, a method of the same name takes its place.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from selectolax.lexbor import LexborNode

from parsers import chrome, dates, kinds
from parsers.account import account_of
from parsers.blocks import Block
from parsers.errors import NothingHere, SelectorError
from parsers.language import language_of
from parsers.left_out import left_out_of, outside
from parsers.links import link_to, region_links
from parsers.page import AnyPage, HtmlPage, TextPage
from parsers.picks import claimed_url, maybe, meta, one, trail, words
from parsers.refusals import says_nothing_is_here
from parsers.regions import read_region, seen_blocks
from parsers.release import DateGiven, Link, Release
from parsers.text import headline

REVISION = 2
"""Revision of the code that all layouts share; raise it when an output of several changes."""


class Layout(ABC):
    """One page template. `revision` is raised whenever its output or its fingerprint changes."""

    name: ClassVar[str]
    revision: ClassVar[int]
    zone: ClassVar[str | None] = None
    """IANA zone of the times on the page, None where the template does not settle it."""
    language: ClassVar[str | None] = None
    """ISO 639-1 code, None where the template has several: then the text itself tells."""
    verified: ClassVar[bool] = True
    """Whether its marks were seen on real pages; else its saved page is marked synthetic."""

    @abstractmethod
    def fits(self, page: AnyPage) -> bool:
        """Whether the page looks like this template; never by its date or URL."""

    @abstractmethod
    def read(self, page: AnyPage) -> Release:
        """Read the release.

        Raises:
            ParseError: the page has the template's looks, but not its parts.
        """

    @abstractmethod
    def account(self, page: AnyPage) -> list[Block]:
        """All text of the page, block by block: what is no paragraph of the body is named.

        Raises:
            ParseError: as `read` does.
        """

    def full_revision(self) -> str:
        """The shared code's revision and the layout's own."""
        return f"{REVISION}.{self.revision}"


class HtmlLayout(Layout):
    """A template in HTML: selectors, '' where it has no such field, and methods for what they cannot say.

    A selector has at most one descendant step (`.a .b`): with two, a page of nested boxes costs the cube of its depth.
    """

    marks: ClassVar[tuple[str, ...]]
    """Selectors that all find something on a page of this template, and together on no other."""
    marks_not: ClassVar[tuple[str, ...]] = ()
    region_at: ClassVar[str]
    """The one element that holds the body."""
    title_at: ClassVar[str]
    subtitle_at: ClassVar[str] = ""
    breadcrumb_at: ClassVar[str] = ""
    date_at: ClassVar[str] = ""
    """The date line."""
    updated_at: ClassVar[str] = ""
    """A time of the last save: "Updated: ..."."""
    translations_at: ClassVar[str] = ""
    """Links to the same release in other languages."""

    def fits(self, page: AnyPage) -> bool:
        if not isinstance(page, HtmlPage):
            return False
        found = page.tree.css_first
        return all(found(mark) for mark in self.marks) and not any(found(mark) for mark in self.marks_not)

    def title(self, page: HtmlPage) -> str:
        """The title, on one line."""
        return words(one(page, self.title_at))

    def dates(self, page: HtmlPage) -> Sequence[DateGiven | None]:
        """All that the page says of its publication day; the meta `PubDate` is of every TRS template."""
        return (
            dates.given("date_line", words(maybe(page, self.date_at)), self.zone),
            dates.given("pub_date", meta(page, "PubDate"), self.zone),
            dates.given("updated", words(maybe(page, self.updated_at)), self.zone),
        )

    def fields(self) -> Mapping[str, str]:
        """The selector of each field that stands on the page beside its region."""
        named = {
            "title": self.title_at,
            "subtitle": self.subtitle_at,
            "breadcrumb": self.breadcrumb_at,
            "date line": self.date_at or self.updated_at,
            "translation": self.translations_at,
        }
        return {field: selector for field, selector in named.items() if selector}

    def read(self, page: AnyPage) -> Release:
        assert isinstance(page, HtmlPage)
        node = one(page, self.region_at)
        region = read_region(node)
        self._name_fields(node, region.blocks)
        return build(
            self,
            page,
            title=self.title(page),
            subtitle=words(maybe(page, self.subtitle_at)),
            breadcrumb=chrome.breadcrumb(trail(maybe(page, self.breadcrumb_at))) or chrome.breadcrumb_of(region.blocks),
            blocks=region.blocks,
            dates_given=self.dates(page),
            links=(*self._translations(page), *region_links(region, page.base)),
            claimed=claimed_url(page),
            beside=outside(page, node),
        )

    def account(self, page: AnyPage) -> list[Block]:
        assert isinstance(page, HtmlPage)
        node = one(page, self.region_at)
        blocks = read_region(node).blocks
        self._name_fields(node, blocks)
        return account_of(page, node, blocks, self.fields())

    def _name_fields(self, region: LexborNode, blocks: Sequence[Block]) -> None:
        """Name the lines of fields that stand within the region: in some templates it begins with the headline."""
        fields = self.fields()
        if not region.css_first(", ".join(fields.values())):
            return  # as on most templates: one search, not one a field
        for field, at in fields.items():
            said = {words(node) for node in region.css(at)}
            for block in blocks:
                if block.text in said and not block.chrome:
                    block.chrome = field

    def _translations(self, page: HtmlPage) -> Iterator[Link]:
        for node in page.tree.css(self.translations_at) if self.translations_at else ():
            link = link_to("translation", node.attributes.get("href") or "", words(node), page.base)
            if link:
                yield link


class TextLayout(Layout):
    """A template in plain text: it names each line of the page that is no paragraph of the body."""

    def fits(self, page: AnyPage) -> bool:
        return isinstance(page, TextPage) and self.fits_text(page, seen_blocks(page))

    @abstractmethod
    def fits_text(self, page: TextPage, blocks: Sequence[Block]) -> bool:
        """Whether the lines, their chrome named, look like this template."""

    @abstractmethod
    def sort(self, page: TextPage) -> list[Block]:
        """All lines that are not blank, in order: title, date line, chrome named, the body not.

        Raises:
            SelectorError: a line is missing.
        """

    def account(self, page: AnyPage) -> list[Block]:
        assert isinstance(page, TextPage)
        return self.sort(page)

    def breadcrumb(self, blocks: Sequence[Block]) -> Sequence[str]:
        """The items of the breadcrumb among sorted lines, none where there is none."""
        return chrome.breadcrumb_of(blocks)

    def read(self, page: AnyPage) -> Release:
        assert isinstance(page, TextPage)
        blocks = self.sort(page)
        titles = [block.text for block in blocks if block.chrome == "title"]
        if titles and _is_doubled(titles[0], [block.text for block in blocks if not block.chrome]):
            raise SelectorError("title", "exactly 1", 2)  # a page that was copied twice holds two texts
        return build(
            self,
            page,
            title=headline(titles[0] if titles else page.listing.title or ""),
            breadcrumb=self.breadcrumb(blocks),
            blocks=blocks,
            dates_given=[_date_line(block, self.zone) for block in blocks if block.chrome == "date line"],
        )


def _is_doubled(title: str, paragraphs: Sequence[str]) -> bool:
    """Whether headline and first paragraph stand once more; a headline alone may be said again."""
    return title in paragraphs and paragraphs[0] in paragraphs[1:]


def _date_line(block: Block, zone: str | None) -> DateGiven | None:
    updated = block.text.lower().startswith("updated")
    return dates.given("updated" if updated else "date_line", block.text, zone)


def build(
    layout: Layout,
    page: AnyPage,
    *,
    title: str,
    blocks: Sequence[Block],
    subtitle: str = "",
    breadcrumb: Sequence[str] = (),
    dates_given: Sequence[DateGiven | None] = (),
    links: Sequence[Link] = (),
    claimed: str | None = None,
    beside: Sequence[str] = (),
) -> Release:
    """The release of what a layout found; `beside` is the text that stands outside its region.

    Raises:
        SelectorError: there is no title, or no paragraph.
        NothingHere: it is an error page in its site's template.
    """
    paragraphs = tuple(block.text for block in blocks if not block.chrome)
    if not title:
        raise SelectorError("title", "some words", 0)
    if not paragraphs:
        raise SelectorError("paragraphs", "at least 1", 0)
    if says_nothing_is_here(title, paragraphs):
        raise NothingHere("the page says that nothing is here, or not any more")
    listed = dates.given("listing", page.listing.published or "", layout.zone)
    return Release(
        layout=layout.name,
        revision=layout.full_revision(),
        title=title,
        subtitle=subtitle or None,
        breadcrumb=tuple(breadcrumb),
        paragraphs=paragraphs,
        language=layout.language or language_of(title, paragraphs),
        kind=kinds.kind_of(title, paragraphs),
        claimed_url=claimed,
        dates=tuple(each for each in (*dates_given, listed) if each),
        links=tuple(links),
        left_out=left_out_of((*beside, *chrome.unaccounted(blocks)), title, paragraphs),
    )
