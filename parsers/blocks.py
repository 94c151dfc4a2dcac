"""BeautifulSoup of a region -> its blocks of text: one pass over the tree.

A block is a run of text between block boundaries. Inline boundaries add nothing, a cell boundary
adds a space. Each block knows how many of its letters are links, and chrome that its elements give
away (a hidden box, a share widget, a form) is named at once; whether such a box is wrapped around
the release itself is for chrome.py to say, which sees all blocks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bs4.element import NavigableString, Tag

from parsers.soup import is_hidden
from parsers.text import BLOCKS, CELLS, letters, one_line

_CONTROLS = frozenset({"form", "button", "input", "textarea", "nav"})
# Names of boxes that never hold a release, and names that an editor may give to any box.
_WIDGET = re.compile(
    r"bd-?share|\bbshare|jiathis|addthis|addtoany|\ba2a_|sharethis|social-?(?:share|icons?|links?)|rel-?news|News-?List|"
    r"(?<![a-z])share-?(?:box|bar|buttons?|links?|icons?|list|tools?)(?![a-z])",
    re.IGNORECASE,
)
_MAY_WRAP = re.compile(r"(?<![a-z])(?:share|print|fontsize|appendix|breadcrumbs?|crumbs?)(?![a-z])", re.IGNORECASE)
# A link that runs a script, prints, writes a mail or posts to a network leads to no document.
_ACTION = re.compile(
    r"\s*(?:javascript:|mailto:\?|https?://(?:[\w-]+\.)*(?:facebook|twitter|x|linkedin|weibo|t\.me|whatsapp|pinterest|"
    r"addthis|jiathis|bshare)\b[^?#]*(?:share|sharer|intent|jump|send)\b)",
    re.IGNORECASE,
)
_PRINTS = re.compile(r"print|share|addfav|window\.close", re.IGNORECASE)
_FILES = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|csv|txt|rtf)(?:[?#]|$)", re.IGNORECASE)


@dataclass(slots=True)
class Block:
    """A run of text; `chrome` names the rule by which it is none of the release, else ''.

    Attributes:
        text: the text on one line.
        chrome: the rule, '' for text of the release.
        linked: how many of its letters are links.
        scripted: how many of its letters are links that do something instead of leading somewhere.
        links: how many links with words stand in it.
        files: how many of them lead to a file.
        box: number of the box by which its chrome was known, 0 for none.
    """

    text: str
    chrome: str = ""
    linked: int = 0
    scripted: int = 0
    links: int = 0
    files: int = 0
    box: int = 0


@dataclass(slots=True)
class Found:
    """A link or an image, and the block that it stands in, None where it stands in no text."""

    tag: str
    href: str
    text: str
    box: int
    block: Block | None = None

    @property
    def is_file(self) -> bool:
        """Whether it leads to a file."""
        return bool(_FILES.search(self.href))


@dataclass(slots=True)
class Region:
    """What one pass over a region found: its blocks, and its links and images in order."""

    blocks: list[Block] = field(default_factory=list)
    links: list[Found] = field(default_factory=list)


def split_block(blocks: list[Block], index: int, at: int) -> tuple[Block, Block | None]:
    """Part a block at a code point; what stands there becomes a block after it, None where nothing does."""
    block = blocks[index]
    rest = block.text[at:].strip()
    block.text = block.text[:at].strip()
    if not rest:
        return block, None
    after = Block(rest, block.chrome)
    blocks.insert(index + 1, after)
    return block, after


def blocks_of(soup: Tag) -> Region:
    """All blocks of a region in reading order, chrome named where an element gives it away."""
    collector = _Collector()
    collector.enter(soup)
    collector.end_block()
    return collector.region


class _Collector:
    def __init__(self) -> None:
        self.region = Region()
        self._parts: list[str] = []
        self._asides: list[Block] = []
        self._waiting: list[Found] = []
        self._draft = Block("")
        self._in_link = self._in_action = False
        self._boxes = 0

    def end_block(self) -> None:
        """End the block at hand: what follows is another paragraph."""
        if not (self._parts or self._waiting or self._asides):
            return
        block = self._draft
        block.text = one_line("".join(self._parts))
        self._parts.clear()
        if block.text:
            self.region.blocks.append(block)
            for found in self._waiting:
                found.block = block
        self._draft = Block("", block.chrome if block.box else "", box=block.box)
        self._waiting.clear()
        self.region.blocks.extend(self._asides)
        self._asides.clear()

    def enter(self, node: Tag) -> None:
        """Collect all that stands in a node."""
        for child in node.contents:
            if isinstance(child, Tag):
                self._element(child)
            elif isinstance(child, NavigableString):
                self._parts.append(child)
                if self._in_link:
                    count = letters(child)
                    self._draft.linked += count
                    self._draft.scripted += count if self._in_action else 0

    def _element(self, tag: Tag) -> None:
        rule = chrome_element(tag) if not self._draft.box else ""
        if tag.name in BLOCKS:
            self.end_block()
            self._box(tag, rule) if rule else self.enter(tag)
            self.end_block()
        elif rule in ("hidden", "control"):
            # In mid-sentence, what is not shown must not part the words around it.
            text = one_line(tag.get_text(" "))
            if text:
                self._asides.append(Block(text, rule))
        elif tag.name in CELLS:
            self.enter(tag)
            self._parts.append(" ")
        elif tag.name == "a":
            self._link(tag, action=rule != "")
        elif tag.name == "img":
            self._found("img", str(tag.get("src") or ""), str(tag.get("alt") or ""))
        else:
            self.enter(tag)

    def _box(self, tag: Tag, rule: str) -> None:
        self._boxes += 1
        self._draft = Block("", rule, box=self._boxes)
        self.enter(tag)
        self.end_block()
        self._draft = Block("")

    def _link(self, tag: Tag, action: bool) -> None:
        href = str(tag.get("href") or "")
        action = action or bool(_ACTION.match(href) or _PRINTS.search(str(tag.get("onclick") or "")))
        text = one_line(tag.get_text())
        outer = self._in_link, self._in_action
        self._in_link, self._in_action = True, action
        if href and not action:
            found = self._found("a", href, text)
            self._draft.files += found.is_file
        self._draft.links += text != ""
        self.enter(tag)
        self._in_link, self._in_action = outer

    def _found(self, tag: str, href: str, text: str) -> Found:
        found = Found(tag, href, text, self._draft.box)
        self.region.links.append(found)
        self._waiting.append(found)
        return found


def chrome_element(tag: Tag) -> str:
    """The rule by which an element is chrome by what it is, or ''."""
    if tag.name in _CONTROLS:
        return "control"
    attributes = tag.attrs
    if not attributes:
        return ""
    return "hidden" if is_hidden(attributes) else _by_name(attributes)


def _by_name(attributes: Mapping[str, object]) -> str:
    marks = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    if len(marks) == 1:
        return ""
    if _WIDGET.search(marks):
        return "widget"
    return "tool" if _MAY_WRAP.search(marks) else ""
