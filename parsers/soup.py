"""A region of the page -> BeautifulSoup, without writing it out and reading it again.

lexbor parses the whole page as browsers do, at C speed; BeautifulSoup is then built of the region
alone, by a TreeBuilder: bs4's own way of plugging in a parser. The alternative, `BeautifulSoup(
region.html, "lxml")`, costs more and cuts text that is nested deeper than libxml2 allows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bs4 import BeautifulSoup
from bs4.builder import HTMLTreeBuilder
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
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def is_hidden(attributes: Mapping[str, Any]) -> bool:
    """Whether an element's own attributes hide it from the reader."""
    style = attributes.get("style")
    return "hidden" in attributes or bool(style and _HIDDEN.search(style))


class _FromLexbor(HTMLTreeBuilder):
    """Feeds BeautifulSoup from nodes that lexbor has parsed; comments and UNSEEN are left out."""

    NAME = "lexbor"
    features: list[str] = []  # noqa: RUF012 - bs4 declares it so; not registered, hence empty

    def __init__(self, region: LexborNode) -> None:
        super().__init__(multi_valued_attributes=None)  # type: ignore[arg-type]  # None is documented
        self._region = region

    def feed(self, markup: object) -> None:  # noqa: ARG002 - bs4 hands over its markup, which is empty here
        if self.soup is not None:
            self._put(self.soup, self._region, 0, True)

    def _put(self, soup: BeautifulSoup, parent: LexborNode, depth: int, fresh: bool) -> None:
        """Put in what stands in a node; `fresh` says that a block begins here, where white space is nothing."""
        if depth > MAX_DEPTH:
            raise TooDeep(f"elements are nested deeper than {MAX_DEPTH}")
        node = parent.first_child
        while node is not None:
            if node.is_text_node:
                text = node.text_content or ""
                if not (fresh and text.isspace()):
                    soup.handle_data(text)
                    fresh = False
            elif node.is_element_node:
                tag = node.tag or ""
                if tag not in UNSEEN:
                    self._put_element(soup, node, tag, depth + 1, fresh)
                    fresh = tag in BLOCKS
            node = node.next

    def _put_element(self, soup: BeautifulSoup, node: LexborNode, tag: str, depth: int, fresh: bool) -> None:
        attributes = node.attributes
        if tag in INLINE and not is_hidden(attributes):
            self._put(soup, node, depth, fresh)
            return
        soup.handle_starttag(tag, None, None, {name: value or "" for name, value in attributes.items()})
        self._put(soup, node, depth, tag in BLOCKS)
        soup.handle_endtag(tag)


def soup_of(region: LexborNode) -> BeautifulSoup:
    """BeautifulSoup of what stands inside a region of the page.

    Raises:
        TooDeep: elements nested deeper than MAX_DEPTH.
    """
    return BeautifulSoup("", builder=_FromLexbor(region))
