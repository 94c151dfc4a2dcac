"""What stands around a body: date line, breadcrumb, subtitle, links to other languages. Best effort, '' else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from flows.adding.outline import Element, Outline
from flows.adding.selectors import selector_of
from parsers import chrome, dates
from parsers.page import HtmlPage
from parsers.picks import trail, words
from parsers.text import letters

_MOST = 120  # characters of an element that holds a date, or a language bar
_TRAIL = chrome.MAX_CRUMB * chrome.MAX_CRUMBS
_HEAD = 12  # elements at the head of a region, and after it, among which a date may stand
_DATES = 3  # that are looked at in one place
_TRIED = 2_000  # elements after a headline, or before a region, that are looked at
_CRUMBS = re.compile(
    r"crumb|ur-?here|you-?are|(?:^|[\s_-])(?:position|location|path|place|trail|where)(?:$|[\s_-])", re.IGNORECASE
)
_ARROW = re.compile(r"[>»〉›＞→]")
_SUBTITLE = re.compile(
    r"sub-?_?(?:title|head)|standfirst|deck|(?:^|[\s_-])(?:dek|lead|intro|summary)(?:$|[\s_-])", re.IGNORECASE
)
_UPDATED = re.compile(r"^\W*(?:last\s+)?(?:updated|modified|revised)|更新", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A proposed field: what selects it, and what it says on this page."""

    at: str = ""
    said: str = ""
    number: int = -1


class Around:
    """The fields around a title and a region."""

    def __init__(self, page: HtmlPage, outline: Outline, title: int, region: int) -> None:
        self.page = page
        self.outline = outline
        self.title = title
        self.region = region
        self.date, self.updated = self._dates()

    def is_inside(self, number: int) -> bool:
        """Whether an element stands in the region."""
        return number >= 0 and self.outline.within(number, self.region)

    def _dates(self) -> tuple[Found, Found]:
        """The date line, and the time of the last save: between headline and body before all other places."""
        date, updated = Found(), Found()
        for place in self._places_of_dates():
            for found in islice(filter(None, map(self._date_at, place)), _DATES):
                if _UPDATED.search(found.said) or _UPDATED.search(self._words_before(found.number)):
                    updated = updated if updated.at else found
                elif not date.at:
                    date = found
            if date.at or updated.at:
                break
        return date, updated

    def breadcrumb(self) -> Found:
        """An element before the body that has the shape of a breadcrumb, and the name of one before all others."""
        shaped = Found()
        for number in self._before():
            element = self.outline.elements[number]
            named = bool(_CRUMBS.search(_names(element)))
            said = trail(element.node) if named and letters(element.node.text()) <= _TRAIL else element.text
            items = chrome.breadcrumb(said)
            if not items or len(items) < 2 or number == self.title or dates.stated(said):
                continue
            if not named and (shaped.said or element.beside or not _ARROW.search(said)):
                continue
            found = Found(selector_of(self.page, element.node) or "", " > ".join(items))
            if found.at and named:
                return found
            shaped = shaped if named else found
        return shaped if shaped.at else Found()

    def subtitle(self) -> Found:
        """An element between headline and body that is named so."""
        for number in self._between():
            element = self.outline.elements[number]
            said = element.text
            if not said or len(said) > 400 or element.beside or dates.stated(said) or said != words(element.node):
                continue
            if _SUBTITLE.search(_names(element)):
                at = selector_of(self.page, element.node, 0)
                if at:
                    return Found(at, said)
        return Found()

    def translations(self) -> Found:
        """Links between headline and body whose words are names of languages."""
        for number in self._between():
            node = self.outline.elements[number].node
            said = words(node)
            if said and len(said) <= _MOST and node.css_first("a[href]") and chrome.is_language_bar(said):
                at = selector_of(self.page, node)
                if at and len(at.split(" ")) == 1:
                    return Found(f"{at} a[href]", said)
        return Found()

    def _between(self) -> Iterable[int]:
        """Elements after the headline and before the body."""
        start = self.outline.elements[self.title].stop if self.title >= 0 else self.region
        return range(start, min(self.region, start + _TRIED))

    def _before(self) -> Iterable[int]:
        return range(max(0, self.region - _TRIED), self.region)

    def _places_of_dates(self) -> Iterator[Iterable[int]]:
        region = self.outline.elements[self.region]
        holder = self._holder()
        yield self._between()
        if holder > 0:
            yield range(holder, max(self.title, holder))
            yield range(region.stop, min(self.outline.elements[holder].stop, region.stop + _HEAD))
        below = self.is_inside(self.title)
        inside = max(self.region, self.outline.elements[self.title].stop if below else 0)
        yield range(inside + 1, min(region.stop, inside + 1 + _HEAD))

    def _holder(self) -> int:
        """The smallest element that holds headline and body."""
        if self.title < 0:
            return self.region
        return next(number for number in self.outline.above(self.title) if self.outline.within(self.region, number))

    def _date_at(self, number: int) -> Found | None:
        """A date in an element, and in none of those within it."""
        node = self.outline.elements[number].node
        if letters(node.text()) > _MOST:
            return None
        said = words(node)
        stated = dates.stated(said) if len(said) <= _MOST else None
        if stated is None or self._is_narrower(number, said[stated.start : stated.stop]):
            return None
        at = selector_of(self.page, node)
        return Found(at, said, number) if at else None

    def _is_narrower(self, number: int, said: str) -> bool:
        """Whether an element within this one states the same date, and can be selected."""
        inner = range(number + 1, self.outline.elements[number].stop)
        nodes = [self.outline.elements[each].node for each in inner]
        fitting = (node for node in nodes if said in words(node))
        return any(selector_of(self.page, node) for node in fitting)

    def _words_before(self, number: int) -> str:
        parent = self.outline.elements[number].parent
        said = words(self.outline.elements[parent].node) if parent >= 0 else ""
        return said if len(said) <= _MOST else ""


def _names(element: Element) -> str:
    attributes = element.node.attributes
    return " ".join(attributes.get(name) or "" for name in ("class", "id", "aria-label", "itemtype"))
