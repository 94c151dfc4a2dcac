"""A page that no layout fits -> a proposal: the selectors of a layout that reads it. A person decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows.adding.around import Around
from flows.adding.headlines import title_of
from flows.adding.outline import Outline
from flows.adding.region import region_of
from flows.adding.selectors import MAX_PATH, names_above, selector_of
from parsers.errors import ParseError
from parsers.kit import HtmlLayout
from parsers.page import HtmlPage
from parsers.picks import words

Saved = Mapping[str, HtmlPage]
"""Pages that the project holds already, by name; no proposal may fit one of them."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The selectors of a layout, and what a person should look at."""

    marks: tuple[str, ...]
    region: str
    title: str
    subtitle: str = ""
    breadcrumb: str = ""
    date: str = ""
    updated: str = ""
    translations: str = ""
    doubts: tuple[str, ...] = ()

    def fields(self) -> dict[str, str]:
        """Its selectors as attributes of a layout, those that there are."""
        named = {
            "region_at": self.region,
            "title_at": self.title,
            "subtitle_at": self.subtitle,
            "breadcrumb_at": self.breadcrumb,
            "date_at": self.date,
            "updated_at": self.updated,
            "translations_at": self.translations,
        }
        return {field: selector for field, selector in named.items() if selector}

    def layout(self, name: str) -> HtmlLayout:
        """A layout of these selectors, as its module will make it."""
        made = type("Proposed", (HtmlLayout,), {"name": name, "revision": 1, "marks": self.marks, **self.fields()})
        layout: HtmlLayout = made()
        return layout


def propose(page: HtmlPage, saved: Saved) -> Proposal:
    """Selectors for a page.

    Raises:
        ParseError: nothing on the page looks like a headline over a body, or its looks are those of a saved page.
    """
    outline = Outline(page)
    title = title_of(page, outline)
    region = region_of(outline, title)
    if region < 0:
        raise _unlike("no element of the page holds sentences")
    if title < 0:
        raise _unlike("no element of the page looks like its headline")
    node = outline.elements[region].node
    at, title_at = selector_of(page, node, MAX_PATH), _title_at(page, outline, title)
    if at is None or title_at is None:
        raise _unlike(f"no selector of names finds the {'headline' if at else 'body'} alone")
    around = Around(page, outline, title, region)
    marks = _marks(page, (title_at, at), [*names_above(node), *names_above(outline.elements[title].node)], saved)
    return Proposal(
        marks=marks,
        region=at,
        title=title_at,
        subtitle=around.subtitle().at,
        breadcrumb=around.breadcrumb().at,
        date=around.date.at,
        updated=around.updated.at,
        translations=around.translations().at,
        doubts=tuple(_doubts(at, title_at, around)),
    )


def _title_at(page: HtmlPage, outline: Outline, title: int) -> str | None:
    """A selector of the headline: of names, its own or of an element that holds the same words; else by its place."""
    said = words(outline.elements[title].node)
    alike = [each.node for each in outline.elements[title : outline.elements[title].stop] if words(each.node) == said]
    named = (selector_of(page, node, 0) for node in alike)
    return next(filter(None, named), None) or selector_of(page, alike[0], MAX_PATH)


def _unlike(what: str) -> ParseError:
    """Nothing can be proposed."""
    todo = "Give a page of one release, as a browser saves it; or write its layout by hand, as CONTRIBUTING.md says"
    return ParseError(what, todo=todo)


def _marks(page: HtmlPage, first: tuple[str, str], more: list[str], saved: Saved) -> tuple[str, ...]:
    """Selectors that fit the page and no saved one: title and region, and as many names above them as that takes."""
    marks = list(dict.fromkeys(first))
    alike = {name: other for name, other in saved.items() if _all_find(other, marks)}
    for name in dict.fromkeys(more):
        left = {known: other for known, other in alike.items() if other.tree.css_first(name) is not None}
        if not alike:
            break
        if len(left) < len(alike) and page.tree.css_first(name) is not None:
            marks.append(name)
            alike = left
    if alike:
        raise _unlike(f"it has all names that could tell it from the saved page `{next(iter(alike))}`")
    return tuple(marks)


def _all_find(page: HtmlPage, marks: list[str]) -> bool:
    return all(page.tree.css_first(mark) is not None for mark in marks)


def _doubts(region: str, title: str, around: Around) -> Iterator[str]:
    by_place = [selector for selector in (region, title, around.date.at) if ":nth-of-type" in selector]
    if by_place:
        yield f"`{by_place[0]}` goes by its place, which another page may not share: look for a name"
    if around.is_inside(around.title):
        yield "the headline stands inside `region_at`, where it is a paragraph too: look for a narrower element"
    if around.is_inside(around.date.number):
        yield "the date stands inside `region_at`, where it is a paragraph too: look for a narrower element"
    if not (around.date.at or around.updated.at):
        yield "no date was found near the headline: if the page shows one, name its element in `date_at`"
