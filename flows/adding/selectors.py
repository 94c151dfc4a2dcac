"""A selector that finds one element of a page and nothing else, by names that a template gives, not a page.

Ids and classes with numbers or hashes in them belong to one page or one build; names of columns and of the grid say
nothing. What is left is plain ASCII: it needs no escapes in CSS, Python or TOML. A selector has at most one
descendant step, as parsers/kit.py wants it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from selectolax.lexbor import LexborNode

from parsers.page import HtmlPage

_NAME = re.compile(r"[A-Za-z][A-Za-z_-]*(?:(?<=[A-Za-z])\d{1,2})?", re.ASCII)
# Of one page: its category, its author. Of the grid, of a state: on any element.
_PASSING = re.compile(
    r"^(?:category|tag|author|post|page|postid|single|status|format|type|has|is|js|no|sc|css|jsx|jss)-|"
    r"^(?:hentry|sticky|active|current|first|last|odd|even|hidden|visible|show|open|fade|in|clear|clearfix|cf|group|"
    r"left|right|fl|fr|(?:float|d|w|l|u|lh)-\S+|text-(?:center|left|right|justify|muted)|font-?\w*|row|container\S*|"
    r"wrapper|wrap|inner|outer|box|block|col\S*|column\S*|small|medium|large|span\d*|grid\S*|flex\S*)$",
    re.IGNORECASE,
)
_TELLING = re.compile(
    r"content|article|body|text|entry|story|detail|news|press|release|title|headline|heading|date|time|publish|crumb|sub",
    re.IGNORECASE,
)
_PIECES = re.compile(r"[A-Z]+[a-z]*|[a-z]+")
_ATTRIBUTES = ("itemprop", "property")
_VALUE = re.compile(r"[A-Za-z][\w-]*", re.ASCII)
_MOST = 200  # selectors that are tried
_STEPS = 6  # elements above that may help
MAX_PATH = 6


def selector_of(page: HtmlPage, node: LexborNode, steps: int = 1) -> str | None:
    """The most telling selector that finds a node alone, None where there is none.

    Args:
        steps: of a path by places (`:nth-of-type`), where names do not help; MAX_PATH at most.
    """
    for selector in islice(_candidates(node, steps), _MOST):
        found = page.tree.css(selector)
        if len(found) == 1 and found[0].mem_id == node.mem_id:
            return selector
    return None


def names_above(node: LexborNode) -> Iterator[str]:
    """Selectors of what a node stands in, from the inside, each by itself."""
    for outer in _above(node):
        yield from (name for name in _own(outer) if name != outer.tag)


def is_steady(name: str) -> bool:
    """Whether an id or a class is a name that all pages of a template have."""
    return bool(_NAME.fullmatch(name)) and not _PASSING.search(name) and not _is_hash(name)


def _candidates(node: LexborNode, steps: int) -> Iterator[str]:
    own = list(_own(node))
    above = [(outer.tag, list(_own(outer))) for outer in _above(node)]
    yield from own[:-1]
    if above:
        yield from (f"{outer} > {each}" for outer in above[0][1] for each in own if outer not in ("div", each))
    for tag, names in above:
        yield from (f"{outer} {each}" for outer in names if outer != tag for each in own)
    if own[-1] not in ("div", "p", "span", "td"):
        yield own[-1]
    path = _step(node)
    for outer, (_, names) in list(zip(_above(node), above, strict=True))[:steps]:
        yield from (f"{name} > {path}" for name in names if name != "div")
        path = f"{_step(outer)} > {path}"


def _own(node: LexborNode) -> Iterator[str]:
    """Selectors of an element by itself, the most telling first; its bare tag last."""
    tag, attributes = node.tag or "", node.attributes
    for name in _ATTRIBUTES:
        value = attributes.get(name) or ""
        if _VALUE.fullmatch(value):
            yield f'{tag}[{name}="{value}"]'
    identity = attributes.get("id") or ""
    if is_steady(identity):
        yield f"#{identity}"
    steady = [name for name in (attributes.get("class") or "").split() if is_steady(name)]
    steady = sorted(dict.fromkeys(steady), key=lambda name: not _TELLING.search(name))[:5]
    yield from (f"{tag}.{name}" for name in steady)
    yield from (f"{tag}.{one}.{two}" for one in steady for two in steady if one < two)
    if _VALUE.fullmatch(role := attributes.get("role") or "") and role != "presentation":
        yield f'{tag}[role="{role}"]'
    yield tag


def _is_hash(name: str) -> bool:
    """Whether a part of a name looks made by a machine: `bFjhKy` has short humps, `articleBody` long ones."""
    parts = (_PIECES.findall(part) for part in re.split(r"[-_]", name) if not part.isupper())
    return any(len(humps) > 1 and sum(map(len, humps)) < 3 * len(humps) for humps in parts)


def _above(node: LexborNode) -> Iterator[LexborNode]:
    outer = node.parent
    for _ in range(_STEPS):
        if outer is None or outer.tag in (None, "html"):
            return
        yield outer
        outer = outer.parent


def _step(node: LexborNode) -> str:
    """An element by its place among those of its kind."""
    place, others = 1, False
    before, after = node.prev, node.next
    while before is not None:
        place += before.tag == node.tag
        before = before.prev
    while after is not None and not others:
        others = after.tag == node.tag
        after = after.next
    return f"{node.tag}:nth-of-type({place})" if others or place > 1 else node.tag or ""
