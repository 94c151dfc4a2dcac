"""Sentences that stand on a page and not in its release: what the audit for losses looks at.

They are kept with the parse. A sentence that was left out of one page and of no other is suspected
to be the release's own; what a template says on every page is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from selectolax.lexbor import LexborNode

from parsers.page import HtmlPage
from parsers.text import has_han, one_line

MAX_SENTENCES = 40
MAX_SENTENCE = 300  # characters; the rest of a long paragraph says no more about the loss

_STOP = re.compile(r"[.!?…؟۔।](?:[\s'\"’”»)\]]|$)|[。！？]")
_SHORTEST = 40  # characters
_SHORTEST_HAN = 14


def outside(page: HtmlPage, region: LexborNode) -> list[str]:
    """Runs of text that stand on the page outside its region; the region is cut from the tree.

    Call it last: a layout finds nothing in the region afterwards. The runs are those between tags,
    not paragraphs: a second reading of the whole page would cost as much as the region itself.
    """
    region.decompose()
    body = page.tree.body
    if body is None:
        return []
    for node in body.css("script, style, noscript"):  # what else is never shown holds no sentences
        node.decompose()
    runs = body.text(separator="\n").split("\n")
    return [run for run in runs if len(run) >= _SHORTEST_HAN and not run.isspace()]


def left_out_of(runs: Iterable[str], title: str, paragraphs: Sequence[str]) -> tuple[str, ...]:
    """The runs that read like sentences and stand neither in the title nor in the body, cut and bounded."""
    found: dict[str, None] = {}
    body = ""
    for run in runs:
        text = one_line(run)
        if len(text) < _SHORTEST_HAN or not _reads_like_sentences(text):
            continue
        body = body or "\n".join((title, *paragraphs))
        if text not in body:
            found[text[:MAX_SENTENCE].rstrip()] = None
        if len(found) == MAX_SENTENCES:
            break
    return tuple(found)


def _reads_like_sentences(text: str) -> bool:
    return len(text) >= (_SHORTEST_HAN if has_han(text) else _SHORTEST) and bool(_STOP.search(text))
