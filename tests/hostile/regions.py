"""Changes that take a page its template: names lost, regions emptied, doubled, set into each other, two templates.

A whole element is found by the layout's own selector, and written out by lexbor.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from markup import in_words
from saved import Saved
from selectolax.lexbor import LexborHTMLParser, LexborNode
from table import Comes, mutation

from parsers import LAYOUTS
from parsers.kit import HtmlLayout
from parsers.page import HtmlPage
from parsers.release import Listing

HTML_LAYOUTS = [layout for layout in LAYOUTS if isinstance(layout, HtmlLayout)]
_CLASS, _ID = re.compile(r"(?i)(\s)class(?=\s*=)"), re.compile(r"(?i)(\s)id(?=\s*=)")
_BODY = re.compile(r"(?is)<body[^>]*>(.*)</body>")
_VALUE = re.compile(r"""(?i)(\s(?:class|id)\s*=\s*["']?)(?=[\w-])""")


def parts_of(page: str) -> tuple[LexborHTMLParser, LexborNode, LexborNode]:
    """The tree of a saved page, its region and its title."""
    tree = LexborHTMLParser(page)
    (layout,) = [each for each in HTML_LAYOUTS if each.fits(HtmlPage(tree, Listing(), None))]
    region, title = tree.css_first(layout.region_at), tree.css_first(layout.title_at)
    assert region is not None
    assert title is not None
    return tree, region, title


def rewritten(page: str, which: str, change: Callable[[str], str]) -> str:
    """The page with the HTML of its region or its title changed."""
    tree, region, title = parts_of(page)
    whole, part = tree.html or "", (region if which == "region" else title).html or ""
    assert whole.count(part) == 1
    return whole.replace(part, change(part))


def inner(part: str) -> tuple[str, str, str]:
    """Start tag, content and end tag of an element that was written out."""
    start, end = part.index(">") + 1, part.rindex("<")
    return part[:start], part[start:end], part[end:]


def with_another_in_it(one: Saved, other: Saved, *, first: bool) -> str:
    """A page with all that stands in the body of another, at the beginning of its body or at the end."""
    page, more = one.page.raw.decode(), _BODY.search(other.page.raw.decode())
    found = _BODY.search(page)
    assert more is not None
    assert found is not None
    at = found.start(1) if first else found.end(1)
    return page[:at] + more[1] + page[at:]


@mutation(Comes.SAME, "html")
def written_out_by_a_browser(page: str) -> str:
    return rewritten(page, "region", lambda part: part)


@mutation(Comes.REFUSED, "html")
def names_renamed(page: str) -> str:
    return _ID.sub(r"\1data-id", _CLASS.sub(r"\1data-class", page))


@mutation(Comes.REFUSED, "html")
def values_renamed(page: str) -> str:
    return _VALUE.sub(r"\1x-", page)


@mutation(Comes.EITHER, "html")
def classes_renamed(page: str) -> str:
    return _CLASS.sub(r"\1data-class", page)


@mutation(Comes.EITHER, "html")
def ids_renamed(page: str) -> str:
    return _ID.sub(r"\1data-id", page)


@mutation(Comes.SAME, "html")
def asides_that_nobody_sees(page: str) -> str:
    aside = "<span style='visibility : hidden'>another</span><script>another()</script>"
    return rewritten(page, "region", lambda part: in_words(part, lambda word: f"{word[:1]}{aside}{word[1:]}"))


@mutation(Comes.REFUSED, "html")
def region_doubled(page: str) -> str:
    return rewritten(page, "region", lambda part: part + part)


@mutation(Comes.REFUSED, "html")
def region_doubled_elsewhere(page: str) -> str:
    tree, region, _ = parts_of(page)
    boxes = []
    node = region.parent
    while node is not None and node.tag not in ("body", "html"):
        start, _, end = inner(node.html or "")
        boxes.append((start, end))
        node = node.parent
    again = region.html or ""
    for start, end in boxes:
        again = start + again + end
    return (tree.html or "").replace("</body>", again + "</body>")


@mutation(Comes.EITHER, "html")
def region_within_itself(page: str) -> str:
    def nested(part: str) -> str:
        start, content, end = inner(part)
        return start * 3 + content + end * 3

    return rewritten(page, "region", nested)


@mutation(Comes.REFUSED, "html")
def region_emptied(page: str) -> str:
    return rewritten(page, "region", lambda part: inner(part)[0] + inner(part)[2])


@mutation(Comes.REFUSED, "html")
def region_of_blanks(page: str) -> str:
    return rewritten(page, "region", lambda part: inner(part)[0] + "<p>&nbsp;\u200b</p><br>" + inner(part)[2])


@mutation(Comes.REFUSED, "html")
def region_as_a_comment(page: str) -> str:
    return rewritten(page, "region", lambda part: f"<!--{re.sub('<!--|-->', '', part)}-->")


@mutation(Comes.REFUSED, "html")
def region_lost(page: str) -> str:
    return rewritten(page, "region", lambda _: "")


# The headline of the oldest embassies is the first cell of a table, however many stand in it.
@mutation(Comes.REFUSED, "html", but=("embassy_trs",))
def title_doubled(page: str) -> str:
    return rewritten(page, "title", lambda part: part + part)


@mutation(Comes.REFUSED, "html")
def title_lost(page: str) -> str:
    return rewritten(page, "title", lambda _: "")


@mutation(Comes.REFUSED, "html")
def title_of_nothing(page: str) -> str:
    return rewritten(page, "title", lambda part: inner(part)[0] + " &nbsp;&zwnj;<br>" + inner(part)[2])


@mutation(Comes.REFUSED, "html")
def whole_doubled(page: str) -> str:
    return page + page


@mutation(Comes.REFUSED, "html")
def region_in_a_thousand_boxes(page: str) -> str:
    return rewritten(page, "region", lambda part: inner(part)[0] + "<div>" * 1000 + inner(part)[1] + inner(part)[2])


@mutation(Comes.SAME, "html")
def text_in_a_hundred_boxes(page: str) -> str:
    def boxed(part: str) -> str:
        start, content, end = inner(part)
        return start + "<div>" * 100 + content + "</div>" * 100 + end

    return rewritten(page, "region", boxed)


@mutation(Comes.REFUSED, "html")
def all_tags_lost(page: str) -> str:
    return "<html>" + re.sub(r"(?s)<[^<>]*>", " ", page)


# --- items of a feed -----------------------------------------------------------------------------


def element(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?s)<{name}>.*?</{name}>")


@mutation(Comes.REFUSED, "item")
def description_doubled(page: str) -> str:
    return element("description").sub(r"\g<0>\g<0>", page)


@mutation(Comes.REFUSED, "item")
def title_of_the_item_doubled(page: str) -> str:
    return element("title").sub(r"\g<0>\g<0>", page)


@mutation(Comes.REFUSED, "item")
def description_lost(page: str) -> str:
    return element("description").sub("", page)


@mutation(Comes.REFUSED, "item")
def title_of_the_item_lost(page: str) -> str:
    return element("title").sub("<title/>", page)


@mutation(Comes.REFUSED, "item")
def elements_renamed(page: str) -> str:
    return re.sub(r"<(/?)(title|description)", r"<\1x\2", page)


@mutation(Comes.SAME, "item")
def elements_with_a_prefix(page: str) -> str:
    return re.sub(r"<(/?)(item|title|description|pubDate|link)\b", r"<\1feed:\2", page)


@mutation(Comes.SAME, "item")
def description_escaped(page: str) -> str:
    def escaped(data: re.Match[str]) -> str:
        return data[1].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    return re.sub(r"(?s)<!\[CDATA\[(.*?)\]\]>", escaped, page)


@mutation(Comes.SAME, "item")
def comments_in_the_item(page: str) -> str:
    return re.sub(r"<(title|description|link)>", r"<\1><!-- <title>Another</title> -->", page)
