"""What every reading must keep, whatever the page: judged from the page's own text, not by the parsers."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from selectolax.lexbor import LexborHTMLParser

from parsers import LAYOUTS, Page, Release, Unread
from parsers.charset import decode
from parsers.page import open_page

UNSEEN_MARKS = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def squeezed(text: str) -> str:
    """A text without blanks and without marks that nobody sees."""
    return "".join(UNSEEN_MARKS.sub("", text).split())


def broken(page: Page, got: Release | Unread) -> str:
    """What a reading breaks, '' for nothing: no fault of ours, one layout, clean text, no word that the page lacks."""
    if isinstance(got, Unread):
        return got.reason if got.error.startswith("Parser") else ""
    fitting = [layout.name for layout in LAYOUTS if layout.fits(open_page(page))]
    if fitting != [got.layout]:
        return f"the layouts {fitting} fit, and {got.layout} read it"
    return _unclean(got) or _invented(page, got)


def _unclean(release: Release) -> str:
    texts = [release.title, *release.paragraphs, *release.breadcrumb]
    texts += [] if release.subtitle is None else [release.subtitle]
    if not release.paragraphs:
        return "no paragraph"
    for text in texts:
        if not text or text != " ".join(text.split()) or UNSEEN_MARKS.search(text) or "\0" in text:
            return f"not clean: {text!r}"
        text.encode()  # half of a surrogate pair cannot be stored
    return ""


def _invented(page: Page, release: Release) -> str:
    text = decode(page.raw, page.content_type)
    if release.layout == "state_feed":
        # What an XML parser makes of a broken item cannot be foretold; but it adds no letter.
        return _out_of_order(html.unescape(html.unescape(text)), release.paragraphs)
    words = {word for paragraph in release.paragraphs for word in paragraph.split()}
    root = LexborHTMLParser(text).root
    shown = root.text() if root is not None else ""
    for whole in (squeezed(text), squeezed(shown)):
        words = {word for word in words if word not in whole}
    return _out_of_order(shown, words)  # in the middle of a word may stand what nobody sees


def _out_of_order(text: str, pieces: Iterable[str]) -> str:
    for piece in pieces:
        letters = iter(text)
        if not all(letter in letters for letter in piece if letter.isalnum()):
            return f"the page does not hold {piece!r}"
    return ""
