"""The text contract: what white space, marks and block boundaries become."""

from __future__ import annotations

import re

# Zero-width and direction marks: no reader sees them, and two captures of one text differ by them.
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_LITERAL_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)

CELLS = frozenset({"td", "th"})
BLOCKS = frozenset(
    {"p", "div", "br", "li", "tr", "table", "blockquote", "section", "article", "h1", "h2", "h3", "h4", "h5", "h6"}
    | {"ul", "ol", "dl", "dt", "dd", "pre", "hr", "center", "figure", "figcaption", "header", "footer", "aside", "main"}
    | {"nav", "form", "fieldset", "address", "caption", "thead", "tbody", "tfoot"}
    | {"details", "summary", "legend", "menu", "dir", "hgroup", "listing", "xmp", "search"}
)


def one_line(text: str) -> str:
    """White space, NBSP and U+3000 included, becomes one space; invisible marks go; ends are bare."""
    if not text.isascii():
        text = _UNSEEN.sub("", text)
    return " ".join(text.split())


def letters(text: str) -> int:
    """How many letters and digits a text has."""
    return sum(map(str.isalnum, text))


def headline(text: str) -> str:
    """A title on one line; a `<br>` that a CMS wrote out as text is a space."""
    return one_line(_LITERAL_BREAK.sub(" ", text))


def has_han(text: str) -> bool:
    """Whether Chinese characters stand in the text."""
    return bool(_HAN.search(text))
