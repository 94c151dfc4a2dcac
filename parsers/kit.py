"""What a layout is made of: counted selectors, the Layout classes, small readers of head fields.

A selector says how many nodes it expects, and an error tells selector, wanted, got: a page that no
longer looks as it should is never read half.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from selectolax.lexbor import LexborNode

from parsers import chrome, dates, kinds
from parsers.blocks import Block, Region, blocks_of
from parsers.errors import SelectorError
from parsers.language import language_of
from parsers.links import link_to, region_links
from parsers.page import AnyPage, HtmlPage, ItemPage, TextPage
from parsers.release import DateGiven, Link, Release
from parsers.soup import soup_of
from parsers.text import has_han, headline, one_line

REVISION = 1
"""Revision of the code that all layouts share; raise it when an output of several changes."""


def some(page: HtmlPage, selector: str, at_least: int = 1) -> list[LexborNode]:
    """All nodes that a selector finds.

    Raises:
        SelectorError: fewer than `at_least`.
    """
    nodes = page.tree.css(selector)
    if len(nodes) < at_least:
        raise SelectorError(selector, f"at least {at_least}", len(nodes))
    return nodes


def one(page: HtmlPage, selector: str) -> LexborNode:
    """The one node that a selector finds.

    Raises:
        SelectorError: none, or more than one.
    """
    nodes = page.tree.css(selector)
    if len(nodes) != 1:
        raise SelectorError(selector, "exactly 1", len(nodes))
    return nodes[0]


def maybe(page: HtmlPage, selector: str) -> LexborNode | None:
    """The node that a selector finds, or None.

    Raises:
        SelectorError: more than one.
    """
    nodes = page.tree.css(selector)
    if len(nodes) > 1:
        raise SelectorError(selector, "0 or 1", len(nodes))
    return nodes[0] if nodes else None


def words(node: LexborNode | None) -> str:
    """The text of a node on one line, '' for None; a `<br>` parts words, but not Chinese ones."""
    if node is None:
        return ""
    breaks = node.css("br")
    if breaks and not has_han(node.text()):
        for each in breaks:
            each.replace_with(" ")
    return headline(node.text())


def meta(page: HtmlPage, name: str) -> str:
    """Content of `<meta name=...>`, '' where there is none."""
    node = page.tree.css_first(f'meta[name="{name}"]')
    return one_line((node.attributes.get("content") if node else None) or "")


def claimed_url(page: HtmlPage) -> str | None:
    """The URL that a page claims for itself; real pages name a test host, so it is only a claim."""
    node = page.tree.css_first('link[rel="canonical"]')
    return meta(page, "Url") or (node.attributes.get("href") if node else None) or None


class Layout(ABC):
    """One page template. `revision` is raised whenever its output or its fingerprint changes."""

    name: ClassVar[str]
    revision: ClassVar[int]
    zone: ClassVar[str | None] = None
    """IANA zone of the times on the page, None where the template does not settle it."""

    @abstractmethod
    def fits(self, page: AnyPage) -> bool:
        """Whether the page looks like this template; never by its date or URL."""

    @abstractmethod
    def read(self, page: AnyPage) -> Release:
        """Read the release.

        Raises:
            ParseError: the page has the template's looks, but not its parts.
        """

    def full_revision(self) -> str:
        """The shared code's revision and the layout's own."""
        return f"{REVISION}.{self.revision}"


class HtmlLayout(Layout):
    """A template in HTML: a few selectors, one method a field where a selector is not enough."""

    marks: ClassVar[tuple[str, ...]]
    """Selectors that all find something on a page of this template, and together on no other."""
    marks_not: ClassVar[tuple[str, ...]] = ()
    region: ClassVar[str]
    language: ClassVar[str | None] = None

    def fits(self, page: AnyPage) -> bool:
        if not isinstance(page, HtmlPage):
            return False
        found = page.tree.css_first
        return all(found(mark) for mark in self.marks) and not any(found(mark) for mark in self.marks_not)

    @abstractmethod
    def title(self, page: HtmlPage) -> str:
        """The title, on one line."""

    def subtitle(self, page: HtmlPage) -> str:  # noqa: ARG002 - layouts use it
        """The subtitle, '' where there is none."""
        return ""

    def breadcrumb(self, page: HtmlPage) -> str:  # noqa: ARG002 - layouts use it
        """The breadcrumb as it stands, '' where there is none."""
        return ""

    def dates(self, page: HtmlPage) -> Sequence[DateGiven | None]:  # noqa: ARG002 - layouts use it
        """All that the page says of its publication day."""
        return ()

    def translations(self, page: HtmlPage) -> Sequence[LexborNode]:  # noqa: ARG002 - layouts use it
        """Links to the same release in other languages."""
        return ()

    def read(self, page: AnyPage) -> Release:
        assert isinstance(page, HtmlPage)
        region = read_region(one(page, self.region))
        return build(
            self,
            page,
            title=self.title(page),
            subtitle=self.subtitle(page),
            breadcrumb=self.breadcrumb(page) or chrome.breadcrumb_line(region.blocks),
            blocks=region.blocks,
            dates_given=self.dates(page),
            links=(*self._translated(page), *region_links(region, page.base)),
            language=self.language,
            claimed=claimed_url(page),
        )

    def _translated(self, page: HtmlPage) -> list[Link]:
        hrefs = ((node.attributes.get("href") or "", words(node)) for node in self.translations(page))
        return [link for href, text in hrefs if (link := link_to("translation", href, text, page.base))]


def read_region(node: LexborNode) -> Region:
    """Blocks and links of a region, its chrome named."""
    region = blocks_of(soup_of(node))
    chrome.name_chrome(region.blocks)
    return region


def text_blocks(page: TextPage) -> list[Block]:
    """Blocks of a plain text, a line each, its chrome named."""
    blocks = [Block(text) for line in page.lines if (text := one_line(line))]
    chrome.name_chrome(blocks)
    return blocks


def stands_in(title: str, blocks: Sequence[Block]) -> bool:
    """Whether a title is one of the blocks, whatever its case."""
    wanted = headline(title).casefold()
    return any(headline(block.text).casefold() == wanted for block in blocks)


def build(
    layout: Layout,
    page: AnyPage,
    *,
    title: str,
    blocks: Sequence[Block],
    subtitle: str = "",
    breadcrumb: str = "",
    dates_given: Sequence[DateGiven | None] = (),
    links: Sequence[Link] = (),
    language: str | None = None,
    claimed: str | None = None,
) -> Release:
    """The release of what a layout found.

    Raises:
        SelectorError: there is no title, or no paragraph.
    """
    paragraphs = tuple(block.text for block in blocks if not block.chrome)
    if not title:
        raise SelectorError("title", "some words", 0)
    if not paragraphs:
        raise SelectorError("paragraphs", "at least 1", 0)
    listed = dates.given("listing", page.listing.published or "", layout.zone)
    return Release(
        layout=layout.name,
        revision=layout.full_revision(),
        title=title,
        subtitle=subtitle or None,
        breadcrumb=chrome.breadcrumb(breadcrumb) or (),
        paragraphs=paragraphs,
        language=language or language_of(title, paragraphs),
        kind=kinds.kind_of(title, paragraphs),
        claimed_url=claimed,
        dates=tuple(each for each in (*dates_given, listed) if each),
        links=tuple(links),
    )


__all__ = [
    "REVISION",
    "HtmlLayout",
    "HtmlPage",
    "ItemPage",
    "Layout",
    "TextPage",
    "build",
    "link_to",
    "maybe",
    "meta",
    "one",
    "read_region",
    "region_links",
    "some",
    "stands_in",
    "text_blocks",
    "words",
]
