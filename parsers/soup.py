"""A region of the page -> BeautifulSoup, without writing it out and reading it again.

lexbor parses the whole page as browsers do, at C speed; tags of BeautifulSoup are then built of the
region alone, straight from lexbor's nodes. The alternative, `BeautifulSoup(region.html, "lxml")`,
costs twice as much and silently cuts text that is nested deeper than libxml2 allows. A test holds
both trees against each other, so that a new bs4 cannot change ours unseen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bs4.element import NavigableString, PageElement, Tag
from selectolax.lexbor import LexborNode

from parsers.errors import TooDeep
from parsers.text import BLOCKS

MAX_DEPTH = 256
# Formatting only: what they hold joins the text around it, so no node is made for them.
INLINE = frozenset({"span", "strong", "b", "em", "i", "u", "font", "small", "big", "o:p", "st1:chsdate"})
# Nothing in these is ever shown to a reader as text.
UNSEEN = frozenset(
    {"script", "style", "noscript", "template", "head", "iframe", "object", "svg", "select"}
    | {"audio", "video", "canvas", "title", "datalist", "noframes", "noembed"}
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")


def is_hidden(attributes: Mapping[str, Any]) -> bool:
    """Whether an element's own attributes hide it from the reader."""
    if "hidden" in attributes:
        return True
    style = (attributes.get("style") or "").lower()
    # Nearly all styles hold neither word: looking for them is cheaper than the pattern.
    return ("none" in style or "hidden" in style) and bool(_HIDDEN.search(style))


class _Graft:
    """Puts what lexbor has parsed into tags of bs4, in one pass; comments and UNSEEN are left out."""

    def __init__(self, root: Tag) -> None:
        self._last: PageElement = root
        self._run: list[str] = []

    def children(self, parent: LexborNode, tag: Tag, depth: int, fresh: bool) -> None:
        """Put in what stands in a node; `fresh` says that a block begins here, where white space is nothing."""
        if depth > MAX_DEPTH:
            raise TooDeep(f"elements are nested deeper than {MAX_DEPTH}")
        node = parent.first_child
        while node is not None:
            if node.is_text_node:
                text = node.text_content or ""
                if not (fresh and text.isspace()):
                    self._run.append(text)
                    fresh = False
            elif node.is_element_node:
                name = node.tag or ""
                if name not in UNSEEN:
                    self._element(node, name, tag, depth + 1, fresh)
                    fresh = name in BLOCKS
            node = node.next

    def _element(self, node: LexborNode, name: str, parent: Tag, depth: int, fresh: bool) -> None:
        attributes: dict[str, Any] = node.attributes
        if not is_hidden(attributes):
            if name in INLINE:
                self.children(node, parent, depth, fresh)
                return
            attributes.pop("style", None)  # the commonest attribute; it says nothing else that counts
        if None in attributes.values():  # `<p hidden>`: bs4 would forget it
            attributes = {key: value or "" for key, value in attributes.items()}
        self.end_run(parent)
        tag = Tag(name=name, attrs=attributes)
        self._append(parent, tag)
        self.children(node, tag, depth, name in BLOCKS)
        self.end_run(tag)

    def end_run(self, parent: Tag) -> None:
        """Put in the text at hand as one string."""
        if self._run:
            self._append(parent, NavigableString("".join(self._run)))
            self._run.clear()

    def _append(self, parent: Tag, element: PageElement) -> None:
        element.setup(parent, self._last)
        parent.contents.append(element)
        self._last = element


def soup_of(region: LexborNode) -> Tag:
    """What stands inside a region of the page, as a tag of BeautifulSoup with all its ways of asking.

    Raises:
        TooDeep: elements nested deeper than MAX_DEPTH.
    """
    root = Tag(name=region.tag or "div")
    graft = _Graft(root)
    graft.children(region, root, 0, True)
    graft.end_run(root)
    return root
