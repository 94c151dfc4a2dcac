"""The tree that we build of lexbor's nodes is the one that BeautifulSoup builds of the same HTML."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup, Comment
from bs4.element import NavigableString, Tag
from saved import saved
from selectolax.lexbor import LexborHTMLParser, LexborNode

from parsers.kit import HtmlLayout, one
from parsers.page import HtmlPage, open_page
from parsers.recognise import recognise
from parsers.soup import INLINE, UNSEEN, is_hidden, soup_of


def regions() -> list[LexborNode]:
    found = []
    for sample in saved():
        page = open_page(sample.page)
        layout = recognise(page)
        if isinstance(page, HtmlPage) and isinstance(layout, HtmlLayout):
            found.append(one(page, layout.region_at))
    return found


def shape(tag: Tag) -> list[str]:
    """Tags and words in reading order, without what we leave out on purpose."""
    said: list[str] = []
    for child in tag.children:
        if isinstance(child, Tag):
            if child.name in UNSEEN:
                continue
            if child.name in INLINE and not is_hidden(child.attrs):
                said += shape(child)
            else:
                said += [f"<{child.name}>", *shape(child), f"</{child.name}>"]
        elif not isinstance(child, Comment):
            said.append("".join(str(child).split()))
    return said


def joined(said: list[str]) -> str:
    return "".join(said)


def test_the_trees_are_equal_on_all_saved_pages() -> None:
    found = regions()
    assert len(found) > 10
    for region in found:
        whole = BeautifulSoup(region.html or "", "html.parser")
        theirs = whole.find(region.tag or "div")
        assert isinstance(theirs, Tag)
        assert joined(shape(soup_of(region))) == joined(shape(theirs))


def test_every_way_of_asking_works_on_it() -> None:
    html = (
        '<div id=r>a <p class="x y" style="color:red">b<b>c</b><br>d</p>\n <p hidden>e</p>f'
        "<!--no--><script>g</script></div>"
    )
    region = LexborHTMLParser(html).css_first("#r")
    assert region is not None
    soup = soup_of(region)
    assert soup.get_text() == "a bcdef"
    assert [tag.name for tag in soup.find_all(True)] == ["p", "br", "p"]
    assert [str(text) for text in soup.descendants if isinstance(text, NavigableString)] == ["a ", "bc", "d", "e", "f"]
    first = soup.select_one("p.x")
    assert first is not None
    assert first.attrs == {"class": "x y"}, "a style that hides nothing is left out"
    assert first.find_next_sibling("p") is soup.find_all("p")[1]
    assert [str(each) for each in first.previous_siblings] == ["a "]
    assert first.parent is soup


@pytest.mark.parametrize("white", [" ", "\n", "\u3000"])
def test_white_space_between_inline_elements_stays(white: str) -> None:
    region = LexborHTMLParser(f"<div id=r><p><b>a</b>{white}<i>b</i></p></div>").css_first("#r")
    assert region is not None
    assert soup_of(region).get_text() == f"a{white}b"
