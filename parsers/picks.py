"""How a layout picks nodes: selectors that say how many they expect, small readers of what they find.

An error tells selector, wanted, got: a page that no longer looks as it should is never read half.
"""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from parsers.chrome import breadcrumb
from parsers.errors import SelectorError
from parsers.page import HtmlPage
from parsers.soup import UNSEEN, is_hidden
from parsers.text import has_han, headline, one_line


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
    """The node that a selector finds, or None; there is none where there is no selector.

    Raises:
        SelectorError: more than one.
    """
    nodes = page.tree.css(selector) if selector else []
    if len(nodes) > 1:
        raise SelectorError(selector, "0 or 1", len(nodes))
    return nodes[0] if nodes else None


def words(node: LexborNode | None) -> str:
    """The text of a node on one line, '' for None; a `<br>` parts words, but not Chinese ones."""
    if node is None:
        return ""
    _drop_unseen(node)
    breaks = node.css("br")
    if breaks and not has_han(node.text()):
        for each in breaks:
            each.replace_with(" ")
    return headline(node.text())


def _drop_unseen(node: LexborNode) -> None:
    """Cut out what no reader of a headline sees: a script, a hidden span."""
    found = node.css("script, style, noscript, template, [hidden], [style]")
    for each in reversed(found):  # what stands within another goes before it
        if each.tag in UNSEEN or is_hidden(each.attributes):
            each.decompose()


def meta(page: HtmlPage, name: str) -> str:
    """Content of `<meta name=...>`, '' where there is none."""
    node = page.tree.css_first(f'meta[name="{name}"]')
    return one_line((node.attributes.get("content") if node else None) or "")


def claimed_url(page: HtmlPage) -> str | None:
    """The URL that a page claims for itself; real pages name a test host, so it is only a claim."""
    node = page.tree.css_first('link[rel="canonical"]')
    return meta(page, "Url") or (node.attributes.get("href") if node else None) or None


def trail(node: LexborNode | None) -> str:
    """The breadcrumb of a node on one line; where nothing but links stands in it, they are its items."""
    text = words(node)
    items = [words(link) for link in node.css("a")] if node is not None else []
    only_links = "".join("".join(items).split()) == "".join(text.split())
    return " > ".join(items) if only_links and breadcrumb(text) is None else text
