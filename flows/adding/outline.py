"""A page as a flat outline: its elements in document order, and the text that each block holds itself.

Nothing recurses: a hostile page is as deep as it likes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from parsers.chrome import reads_like_prose
from parsers.errors import TooDeep
from parsers.page import HtmlPage
from parsers.soup import MAX_DEPTH, UNSEEN, is_hidden
from parsers.text import BLOCKS, CELLS, has_han, letters, one_line

_BESIDE_TAGS = frozenset({"nav", "footer", "aside", "form", "button", "dialog", "label", "figcaption"})
# Names of boxes beside the text. They may stand on what holds the text too (`has-sidebar`): see `_take_back`.
_BESIDE = re.compile(
    r"comment|disqus|footer|side-?bar|related|recommend|cookie|consent|newsletter|subscri|modal|pop-?up|banner|promo|"
    r"social|share|teaser|breadcrumb|ad-?block",
    re.IGNORECASE,
)
_ENOUGH = 200  # letters of sentences that must stand elsewhere, or a box beside the text is none
_LONG = 80  # letters of a block that is prose whatever it ends with


@dataclass(slots=True)
class Element:
    """An element of a page.

    Attributes:
        parent: number of the element that it stands in, -1 for none.
        stop: number of the first element after it that does not stand in it.
        text: what it holds itself, with inline elements, where it is a block.
        linked: how many letters of that are links.
        beside: whether it is, or stands in, a box beside the text.
        prose: letters of sentences in it, with all that it holds.
        told: how many blocks these sentences are.
        rest: letters of menus, teasers and short lines in it.
    """

    node: LexborNode
    parent: int
    depth: int
    stop: int = 0
    text: str = ""
    linked: int = 0
    beside: bool = False
    prose: int = 0
    told: int = 0
    rest: int = 0
    parts: list[str] = field(default_factory=list)

    @property
    def tag(self) -> str:
        return self.node.tag or ""


class Outline:
    """The elements of a page's body that a reader is shown, in document order."""

    def __init__(self, page: HtmlPage) -> None:
        """
        Raises:
            TooDeep: elements are nested deeper than any layout reads.
        """
        self.elements: list[Element] = []
        self._numbers: dict[int, int] = {}
        if page.tree.body is not None:
            self._walk(page.tree.body)
        for element in self.elements:
            element.text = one_line("".join(element.parts))
            element.parts.clear()
        self._take_back()
        self._weigh()

    def above(self, number: int) -> Iterator[int]:
        """An element and all that it stands in, from the inside."""
        while number >= 0:
            yield number
            number = self.elements[number].parent

    def within(self, number: int, outer: int) -> bool:
        """Whether an element stands in another, or is it."""
        return outer <= number < self.elements[outer].stop

    def blocks(self, start: int, stop: int) -> Iterator[tuple[int, str]]:
        """Blocks with words, by number."""
        return ((index, self.elements[index].text) for index in range(start, stop) if self.elements[index].text)

    def _walk(self, body: LexborNode) -> None:
        node: LexborNode | None = body
        parent = -1
        while node is not None:
            entered = self._enter(node, parent)
            if entered and node.first_child is not None:
                parent, node = self._numbers[node.mem_id], node.first_child
                continue
            while node is not None and node.next is None:
                if parent < 0:
                    break
                self.elements[parent].stop = len(self.elements)
                node, parent = self.elements[parent].node, self.elements[parent].parent
            node = node.next if node is not None and parent >= 0 else None
        for element in self.elements:
            element.stop = element.stop or len(self.elements)

    def _enter(self, node: LexborNode, parent: int) -> bool:
        """Note an element, or a text; whether its children are to be seen."""
        if node.is_text_node:
            self._note(node.text_content or "", parent)
            return False
        if node.tag == "br":
            self._note(" ", parent)
            return False
        if not node.is_element_node or (node.tag or "") in UNSEEN or is_hidden(node.attributes):
            return False  # no element of the outline may be one that `words` cuts out of the tree
        depth = self.elements[parent].depth + 1 if parent >= 0 else 0
        if depth > MAX_DEPTH:
            raise TooDeep(f"elements are nested deeper than {MAX_DEPTH}")
        self._numbers[node.mem_id] = len(self.elements)
        inside = parent >= 0 and self.elements[parent].beside
        self.elements.append(Element(node, parent, depth, beside=inside or _is_beside(node)))
        if node.first_child is None:
            self.elements[-1].stop = len(self.elements)
        return True

    def _note(self, text: str, parent: int) -> None:
        linked = False
        for index in self.above(parent):
            element = self.elements[index]
            linked = linked or element.tag == "a"
            if element.tag in BLOCKS or element.tag in CELLS or element.parent < 0:
                element.parts.append(text)
                element.linked += letters(text) if linked else 0
                return

    def _take_back(self) -> None:
        """A box without which a page has hardly a sentence is not beside the text."""
        told = [_weight(each.text) if _is_prose(each) else 0 for each in self.elements]
        elsewhere = sum(weight for each, weight in zip(self.elements, told, strict=True) if not each.beside)
        for index, element in enumerate(self.elements):
            inside = sum(told[index : element.stop])
            if element.beside and elsewhere < _ENOUGH and inside * 2 > sum(told):
                element.beside = False
            elif element.parent >= 0 and not self.elements[element.parent].beside:
                element.beside = _is_beside(element.node)

    def _weigh(self) -> None:
        for index in reversed(range(len(self.elements))):
            element = self.elements[index]
            weight = _weight(element.text)
            if _is_prose(element) and not element.beside:
                element.prose += weight
                element.told += 1
            else:
                element.rest += weight
            if element.parent >= 0:
                self.elements[element.parent].prose += element.prose
                self.elements[element.parent].told += element.told
                self.elements[element.parent].rest += element.rest


def _is_beside(node: LexborNode) -> bool:
    if node.tag in _BESIDE_TAGS:
        return True
    attributes = node.attributes
    return node.tag != "body" and bool(_BESIDE.search(f"{attributes.get('class') or ''} {attributes.get('id') or ''}"))


def _is_prose(element: Element) -> bool:
    if not element.text or element.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
        return False
    if element.linked * 2 > letters(element.text):
        return False
    return _weight(element.text) >= _LONG or reads_like_prose(element.text)


def _weight(text: str) -> int:
    # A Chinese character says as much as three Latin letters.
    return letters(text) * (3 if has_han(text) else 1)
