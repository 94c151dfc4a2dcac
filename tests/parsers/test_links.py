"""Links, images and attachments of a release, made absolute; those of its chrome are not its own."""

from __future__ import annotations

import pytest
from made import FIRST, html_page

from parsers import Page, parse
from parsers.links import link_to
from parsers.release import Link

URL = "http://a.b/eng/zgxw/t1.htm"


def links_of(region: str) -> list[tuple[str, str, str]]:
    page = html_page(region)
    return [(link.role, link.url, link.text) for link in parse(Page(page.raw, None, url=URL)).links]


def test_links_stand_in_order_and_are_absolute() -> None:
    region = (
        f"<p>{FIRST} <a href='./t2.htm'>Read</a>.</p><p><img src='W1.jpg' alt='Lin'></p>"
        "<p>See <a href='../../doc/text.PDF?x=1'>the text</a> and <a href='//c.d/'><b>c</b></a>.</p>"
    )
    assert links_of(region) == [
        ("link", "http://a.b/eng/zgxw/t2.htm", "Read"),
        ("image", "http://a.b/eng/zgxw/W1.jpg", "Lin"),
        ("attachment", "http://a.b/doc/text.PDF?x=1", "the text"),
        ("link", "http://c.d/", "c"),
    ]


@pytest.mark.parametrize(
    "chrome",
    [
        "<div class='share'><a href='/s'>S</a><img src='s.png'></div>",
        "<p>Related News</p><p><a href='/r'>R</a></p>",
        "<p>Home &gt; <a href='/n'>News</a></p>",
        "<p><a href='javascript:print()'>P</a></p>",
        "<div style='display:none'><a href='/h'>H</a><img src='h.png'></div>",
        "<p><a href='#top'>x</a> and <a href='mailto:a@b.c'>mail</a> and <a href='http://[bad'>y</a> and <a>z</a>.</p>",
    ],
)
def test_what_is_chrome_or_leads_nowhere_is_no_link(chrome: str) -> None:
    where = f"{chrome}<p>{FIRST}</p>" if "Home" in chrome else f"<p>{FIRST}</p>{chrome}"
    assert links_of(where) == []


def test_links_in_a_box_around_the_release_are_its_own() -> None:
    assert links_of(f"<form><p>{FIRST}</p><p><a href='/l'>Lin</a> met her.</p><img src='/i.png'></form>") == [
        ("link", "http://a.b/l", "Lin"),
        ("image", "http://a.b/i.png", ""),
    ]
    assert links_of(f"<form><p>{FIRST}</p></form><img src='/i.png'>") == [("image", "http://a.b/i.png", "")]


@pytest.mark.parametrize("href", ["", "#", "#x", "javascript:x", "ftp://a/b", "data:,x", "tel:1"])
def test_no_web_address_is_no_link(href: str) -> None:
    assert link_to("link", href, "x", None) is None
    assert link_to("link", href, "x", URL) is None


def test_an_address_that_is_none_is_no_link() -> None:
    assert link_to("link", "http://[bad", "x", URL) is None


def test_without_a_base_a_link_stays_as_it_is() -> None:
    assert link_to("link", " ./t2.htm ", " a\n b ", None) == Link("link", "./t2.htm", "a b")
