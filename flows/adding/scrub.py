"""A page -> the sample of its template: the same elements, ids and classes; of its text, only what makes it chrome.

It is written anew from the tree, not cut from the bytes: no script, comment, style or address of the page is in it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from selectolax.lexbor import LexborNode

from flows.adding.filler import Filler
from parsers import chrome, dates
from parsers.chrome_words import EMPTY, RELATED, SITE_LINKS
from parsers.kit import HtmlLayout
from parsers.page import HtmlPage
from parsers.picks import words
from parsers.soup import UNSEEN, is_hidden
from parsers.text import BLOCKS, one_line

_GONE = (UNSEEN - {"head", "title", "select"}) | {"link", "base", "source", "track", "embed", "param"}
_VOID = frozenset({"area", "br", "col", "hr", "img", "input", "wbr", "meta"})
_TAG = re.compile(r"[a-z][a-z0-9:-]*")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,60}")
_OF_A_PAGE = re.compile(r"(?:category|tag|author|post|page|postid)-", re.IGNORECASE)
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_:-]{0,40}")  # values that hold no words of a page
_KEPT = ("itemprop", "property", "role", "lang", "dir", "type", "hreflang")
_FILE = re.compile(r"\.(pdf|docx?|xlsx?|pptx?|zip|rar|csv|txt|rtf)(?:[?#]|$)", re.IGNORECASE)
_SHARES = re.compile(
    r"https?://(?:[\w-]+\.)*(facebook|twitter|x|linkedin|weibo|t|whatsapp|pinterest|addthis|jiathis|bshare)\b[^?#]*?"
    r"(sharer|share|intent|jump|send)\b",
    re.IGNORECASE,
)
_PRINTS = re.compile(r"print|share|addfav|window\.close", re.IGNORECASE)
_SITE_WORDS = SITE_LINKS | {
    "news",
    "about",
    "media",
    "print",
    "share",
    "updated",
    "published",
    "source",
    "首页",
    "新闻",
}
_OF_A_KIND = 4  # elements of a menu
_METAS = re.compile(r"ArticleTitle|og:title|twitter:title|PubDate|article:\w+_time", re.IGNORECASE)


@dataclass(slots=True)
class _Open:
    """An element that is not closed yet; `whole`: all that stands in it is written."""

    node: LexborNode
    whole: bool
    seen: Counter[str] = field(default_factory=Counter)


def sample_of(page: HtmlPage, layout: HtmlLayout, language: str | None) -> str:
    """The HTML of the sample.

    Args:
        layout: that reads the page; what it picks stays where it is.
        language: of the release.
    """
    filler = Filler(language)
    title = page.tree.css_first(layout.title_at)
    told = words(title)
    if title is not None and told:
        instead = one_line("".join(filler.fill(node.text_content or "") for node in _texts(title)))
        filler.say(told, instead)
    head = page.tree.css_first("title")
    lines = ["<!doctype html>", "<html>", "<head>", '<meta charset="utf-8">']
    lines += [f"<title>{_told(words(head), told, filler)}</title>"] if head is not None else []
    lines += _metas(page, told, filler)
    body = "".join(_Body(page, layout, filler).written())
    return "\n".join([*lines, "</head>", re.sub(r"\n\s*\n+", "\n", body), "</html>", ""])


def _texts(node: LexborNode) -> Iterator[LexborNode]:
    return (each for each in node.traverse(include_text=True) if each.is_text_node)


def _told(text: str, title: str, filler: Filler) -> str:
    """A text that may repeat the headline."""
    before, known, after = text.partition(title) if title else (text, "", "")
    return escape("".join(filler.fill(part) for part in (before, known, after) if part), quote=True)


def _metas(page: HtmlPage, title: str, filler: Filler) -> Iterator[str]:
    for meta in page.tree.css("meta"):
        key = "property" if meta.attributes.get("property") else "name"
        name, content = meta.attributes.get(key) or "", one_line(meta.attributes.get("content") or "")
        if _METAS.fullmatch(name):
            said = content if dates.stated(content) and len(content) < 40 else _told(content, title, filler)
            yield f'<meta {key}="{escape(name)}" content="{said if said != content else escape(content)}">'


class _Body:
    """Writes all that is shown of a body, in order; iterative, as deep as the page is."""

    def __init__(self, page: HtmlPage, layout: HtmlLayout, filler: Filler) -> None:
        self._root = page.tree.body
        self._filler = filler
        self._links = 0
        picked = [node for at in (*layout.marks, *layout.fields().values()) for node in page.tree.css(at)]
        regions = page.tree.css(layout.region_at)
        self._whole = {node.mem_id for node in regions}
        self._ways = {outer.mem_id for node in (*picked, *regions) for outer in _with_outer(node)}

    def written(self) -> Iterator[str]:
        """Pieces of HTML."""
        open_tags: list[_Open] = []
        node = self._root
        while node is not None:
            if self._is_written(node, open_tags):
                yield from self._begun(node)
                if node.is_element_node and node.tag not in _VOID:
                    whole = (bool(open_tags) and open_tags[-1].whole) or node.mem_id in self._whole
                    open_tags.append(_Open(node, whole))
                    node = node.first_child
                    if node is not None:
                        continue
                    node = open_tags.pop().node
                    yield _end(node)
            while node is not None and node.next is None and open_tags:
                node = open_tags.pop().node
                yield _end(node)
            node = node.next if node is not None and open_tags else None

    def _is_written(self, node: LexborNode, open_tags: list[_Open]) -> bool:
        if node.is_text_node:
            return True
        tag = node.tag or ""
        if not node.is_element_node or tag in _GONE or not _TAG.fullmatch(tag):
            return False
        if not open_tags or open_tags[-1].whole or open_tags[-1].node.mem_id in self._ways:
            return True
        open_tags[-1].seen[tag] += 1  # menus and lists of other pages: a few entries tell the template
        return open_tags[-1].seen[tag] <= _OF_A_KIND

    def _begun(self, node: LexborNode) -> Iterator[str]:
        if node.is_text_node:
            yield _text(node, self._filler)
        else:
            self._links += node.tag == "a"
            yield f"<{node.tag}{_attributes(node, self._links)}>"


def _end(node: LexborNode) -> str:
    return f"</{node.tag}>\n" if node.tag in BLOCKS else f"</{node.tag}>"


def _with_outer(node: LexborNode | None) -> Iterator[LexborNode]:
    while node is not None:
        yield node
        node = node.parent


def _text(node: LexborNode, filler: Filler) -> str:
    text = node.text_content or ""
    if not text.strip():
        return "\n" if "\n" in text else text
    kept = _is_chrome(one_line(text))
    return escape(text if kept else filler.fill(text), quote=False)


def _is_chrome(line: str) -> bool:
    """Whether a line is chrome by its words: it must stay to be known as what it is."""
    if chrome.is_controls(line) or chrome.is_language_bar(line):
        return True
    if line.strip(" :：|>»").lower() in _SITE_WORDS or EMPTY.fullmatch(line):
        return True
    return len(line) <= chrome.MAX_HEADING and RELATED.fullmatch(line.rstrip(" :：")) is not None


def _attributes(node: LexborNode, number: int) -> str:
    attributes = node.attributes
    said: dict[str, str] = {}
    for name in ("id", "class"):
        tokens = [each for each in (attributes.get(name) or "").split() if _TOKEN.fullmatch(each)]
        said[name] = " ".join(each for each in tokens if not _OF_A_PAGE.match(each))
    for name in _KEPT:
        value = attributes.get(name) or ""
        said[name] = value if _PLAIN.fullmatch(value) else ""
    if is_hidden(attributes):
        said["style"] = "display:none"
    if _PRINTS.search(attributes.get("onclick") or ""):
        said["onclick"] = "window.print()"
    if node.tag == "a" and attributes.get("href"):
        said["href"] = _address(attributes["href"] or "", number)
    return "".join(f' {name}="{escape(value)}"' for name, value in said.items() if value)


def _address(href: str, number: int) -> str:
    """An address that leads to the same kind of thing, and says nothing."""
    bare = href.strip().lower()
    if bare.startswith("javascript:"):
        return "javascript:void(0)"
    if bare.startswith(("mailto:?", "#")):
        return bare[:8] if bare.startswith("mailto") else "#"
    shares = _SHARES.match(bare)
    if shares:
        return f"https://{shares[1]}.com/{shares[2]}"
    kind = _FILE.search(bare)
    return f"/page-{number}.{kind[1] if kind else 'html'}"
