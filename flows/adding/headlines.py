"""Which element of a page is its headline: the one that says what the page's own head says."""

from __future__ import annotations

import re

from flows.adding.outline import Outline
from parsers.page import HtmlPage
from parsers.picks import words
from parsers.text import headline

_HEADINGS = {"h1": 3.0, "h2": 1.5, "h3": 0.5}
_NAMED = re.compile(r"title|headline|heading", re.IGNORECASE)
_METAS = ("meta[name=ArticleTitle]", "meta[property='og:title']", "meta[name='twitter:title']")
_LONGEST = 400  # characters of a headline
_SHORTEST = 6  # letters by which a headline is known in a head


def title_of(page: HtmlPage, outline: Outline) -> int:
    """The number of the element, -1 where none looks like one."""
    said = [_bare(node.attributes.get("content") or "") for at in _METAS for node in page.tree.css(at)[:1]]
    head = _bare(words(page.tree.css_first("title")))
    best, most = -1, 0.0
    for number, element in enumerate(outline.elements):
        heading = _HEADINGS.get(element.tag, 0.0)
        text = _bare(words(element.node) if heading else element.text)
        if not text or len(text) > _LONGEST:
            continue
        score = heading + _likeness(text, said, head)
        named = f"{element.node.attributes.get('class') or ''} {element.node.attributes.get('id') or ''}"
        score += 1.0 if _NAMED.search(named) else 0.0
        score -= 4.0 if element.beside or (element.linked and not heading) else 0.0
        if score >= 3.0 and score > most:
            best, most = number, score
    return best


def _likeness(text: str, said: list[str], head: str) -> float:
    if len(text) < _SHORTEST:
        return 0.0
    if text in said:
        return 4.0
    if any(each.startswith(text) for each in said):
        return 3.0
    return 1.0 + 3.0 * len(text) / len(head) if text in head else 0.0  # the site's name stands there too


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, headline(text).casefold()))
