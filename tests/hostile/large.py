"""Pages of a megabyte, each of one thing over and over; run as a program it reads some of them within bounds.

python large.py NAME ...      prints what came of each, as JSON; more memory than MEMORY ends it
"""

from __future__ import annotations

import json
import resource
import sys
import time

from memory import peak

from parsers import Listing, Page, Release, read

MEGABYTE = 1_000_000
SECONDS = 10.0  # as long as the pool waits for a page
MEMORY = 1 << 30
FIRST = "The two sides met in Reykjavik on Monday."
LAST = "They agreed to meet again in the spring."
_HEAD = (
    "<!DOCTYPE html><html><head><title>T</title>{0}</head><body><div class=content_mod><h2 class=title>Title{1}</h2>"
)
_REST = "<div id=News_Body_Time>{0}</div><div class=content><p>{1}</p>{2}<p>{3}</p></div></div></body></html>"

IN_THE_REGION = {
    "inline tags": "a<b></b>",
    "inline tags in words": "<span>a</span>",
    "inline tags that stay open": "a<b>",
    "formatting opened in each paragraph": "<p><i>a.",
    "formatting closed crosswise": "<b><i>a</b></i> ",
    "boxes": "<div>a.</div>",
    "boxes that stay open": "<div>a.",
    "cells": "<table><tr><td>a</table>",
    "lists in lists": "<ul><li>a",
    "links": "<a href=x>a</a> ",
    "links that act": "<a href=javascript:print()>a</a>",
    "links in lines of their own": "<p><a href=x.htm>A link</a></p>",
    "paragraphs that nobody sees": "<p hidden>a.</p>",
    "boxes of share buttons": "<div class=share>a.</div>",
    "forms": "<form><input><select><option>a</select></form>",
    "pictures": "<img src=a alt=b>",
    "breaks": "a.<br>",
    "comments": "<!-- a -->a",
    "a comment that stays open": "<!-- a",
    "scripts": "<script>a</script>a",
    "drawings": "<svg><g>a",
    "templates in templates": "<template>a",
    "entities": "&amp;",
    "entities that are none": "&a",
    "marks that nobody sees": "a\u200b\u202e",
    "marks as entities": "a&#8203;",
    "tags that are none": "<a<",
    "ends of nothing": "</b></div x>",
    "crumbs": "a &gt; ",
    "questions": "<p>Q: a?</p>",
    "headings of related news": "<p>Related News</p>",
    "controls": "<p>Print | Share</p>",
    "attributes": "<p a=b c='d' e f=\"g\">a.</p>",
}
IN_THE_HEAD = {
    "metas": "<meta name=PubDate content=2020-01-01>",
    "canonical links": "<link rel=canonical href=x>",
    "styles": "<style>a{}</style>",
}
IN_THE_TITLE = {"a title": "word ", "breaks in the title": "a<br>", "tags in the title": "<b>a</b>"}
IN_THE_DATE = {"dates": "2020-01-01 10:00 ", "digits": "2020", "months": "May "}
IN_A_TEXT = {
    "one line": "word ",
    "lines of two letters": "ab\n",
    "paragraphs": FIRST + "\n\n",
    "crumbs in lines": "Home > News\n",
    "crumbs without end": "a > ",
    "languages": "Español Русский\n",
    "menus": "Home    News    Embassy    Visas\n",
    "lines of a list": "A title of some length (2020-01-01)\n",
    "turns": "Q: Why?\nA: So.\n",
    "names of the ministry": "Ministry of Foreign Affairs\n",
    "brackets": "([{<",
    "blank lines": "\n\u3000",
}
# No layout fits these, and no list of known kinds: all selectors are tried on them, in vain.
IN_NO_TEMPLATE = {
    "links in lists in lists": "<ul><li>" * 150 + "<a href=x>a</a>" * 4_000,
    "links in boxes in boxes": "<div class=title>" * 1_900 + "<a href=x>a</a>" * 4_000,
}


def _of(unit: str) -> str:
    return unit * (MEGABYTE // len(unit.encode()))


def _html(head: str = "", title: str = "", date: str = "", region: str = "") -> Page:
    return Page((_HEAD.format(head, title) + _REST.format(date, FIRST, region, LAST)).encode(), "text/html")


def page_of(name: str) -> Page:
    """The page of this name."""
    if name in IN_THE_REGION:
        return _html(region=_of(IN_THE_REGION[name]))
    if name in IN_THE_HEAD:
        return _html(head=_of(IN_THE_HEAD[name]))
    if name in IN_THE_TITLE:
        return _html(title=_of(IN_THE_TITLE[name]))
    if name in IN_THE_DATE:
        return _html(date=_of(IN_THE_DATE[name]))
    if name in IN_NO_TEMPLATE:
        return Page(f"<html><body>{IN_NO_TEMPLATE[name]}</body></html>".encode(), "text/html")
    text = f"Home > News\nThe Title\n\n{FIRST}\n{_of(IN_A_TEXT[name])}\n{LAST}\n"
    return Page(text.encode(), "text/plain", Listing("The Title"))


ALL = [*IN_THE_REGION, *IN_THE_HEAD, *IN_THE_TITLE, *IN_THE_DATE, *IN_A_TEXT]


def _main(names: list[str]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (2 * MEMORY, 2 * MEMORY))
    found: dict[str, dict[str, object]] = {}
    for name in names:
        page = page_of(name)
        began = time.process_time()
        got = read(page)
        spent = time.process_time() - began
        error = None if isinstance(got, Release) else got.error
        whole = isinstance(got, Release) and got.paragraphs[0] == FIRST and got.paragraphs[-1] == LAST
        found[name] = {"error": error, "whole": whole, "seconds": round(spent, 2), "peak": peak()}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    _main(sys.argv[1:])
