"""List pages and sitemaps: exactly their entries, in order, with what they say, and the pages that follow."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from urllib.parse import urljoin

import pytest
from homes import REAL
from hypothesis import given
from hypothesis import strategies as st

from parsers.errors import InputMalformed, InputTooLarge, SelectorError
from parsers.lists import ListPage, following, read_list
from parsers.release import Page
from parsers.sitemaps import MAX_BYTES, Mapped, read_sitemap

HERE = "http://www.envoys.example/eng/news/default.shtml"
COUNTED = "<script>var currentPage = {};//from 0\nvar countPage = {}//pages</script>"


def listed(html: str, selector: str, url: str = HERE) -> ListPage:
    return read_list(Page(f"<html><body>{html}</body></html>".encode(), "text/html", url=url), selector)


def said(page: ListPage) -> list[tuple[str, str | None, str | None]]:
    return [(each.url, each.listing.title, each.listing.published) for each in page.entries]


def test_a_day_after_the_link_is_the_entrys_and_none_is_taken_from_its_title() -> None:
    page = listed(
        '<div class="rebox_news"><ul><li><a href="./t1.shtml">Envoy Placeholder&nbsp;meets  Envoy</a>(2020-12-11)</li>'
        '<li><a href="../a/t2.shtml#top">Regular Press Conference on July 3, 2020</a></li></ul></div>',
        ".rebox_news li a",
    )
    assert said(page) == [
        ("http://www.envoys.example/eng/news/t1.shtml", "Envoy Placeholder meets Envoy", "2020-12-11"),
        ("http://www.envoys.example/eng/a/t2.shtml", "Regular Press Conference on July 3, 2020", None),
    ]


def test_a_day_in_brackets_at_the_end_of_the_link_is_no_title() -> None:
    page = listed(
        '<ul class="news_fgx"><li><a href="./200411/t1.htm">Statement (Item 104)（2004-11-03）</a></li></ul>'
        '<ul class="news_fgx"><li><a href="./200411/t2.htm">Statement on Item 105 (a)</a></li></ul>',
        "ul.news_fgx li a",
    )
    assert [each[1:] for each in said(page)] == [
        ("Statement (Item 104)", "2004-11-03"),
        ("Statement on Item 105 (a)", None),
    ]
    assert [each.position for each in page.entries] == [0, 1]


def test_an_entry_counts_once_and_what_leads_nowhere_not_at_all() -> None:
    page = listed(
        '<ul><li><a href="t1.htm">One</a></li><li><a href="t1.htm">One again</a></li>'
        '<li><a href="javascript:x()">No</a></li><li><a href="mailto:a@b.example">No</a></li><li><a href="http://[">No</a></li><li><a>No</a></li>'
        '<li><a href="t3.htm"><img src="x.png"></a></li></ul>',
        "li a",
    )
    assert [each[1] for each in said(page)] == ["One"]


def test_a_list_of_nothing_is_an_error_and_no_quiet_day() -> None:
    with pytest.raises(SelectorError, match=r"`\.rebox_news li a` wanted at least 1, got 0"):
        listed("<p>Under maintenance</p>", ".rebox_news li a")


@pytest.mark.parametrize(
    ("url", "script", "pages"),
    [
        (HERE, COUNTED.format(0, 3), ["default_1.shtml", "default_2.shtml"]),
        (HERE.replace("default", "default_1"), COUNTED.format(1, 3), ["default_2.shtml"]),
        (HERE.replace("default", "default_2"), COUNTED.format(2, 3), []),
        (HERE.replace("default.shtml", "index.html"), COUNTED.format(0, 2), ["index_1.html"]),
        (HERE.replace("default.shtml", ""), COUNTED.format(0, 2) + '<a href="index.htm">First</a>', ["index_1.htm"]),
        (HERE, '<script>createPageHTML(3, 1, "index", "shtml");</script>', ["index_2.shtml"]),
        (HERE, "<script>createPageHTML(3,0,'index','html',29)</script>", ["index_1.html", "index_2.html"]),
        (HERE, "", []),
        (HERE, COUNTED.format(0, 0), []),
    ],
)
def test_the_pages_that_follow(url: str, script: str, pages: list[str]) -> None:
    assert following(script, url) == tuple(urljoin(url, page) for page in pages)


def test_a_script_cannot_make_a_walk_without_end() -> None:
    assert len(following(COUNTED.format(0, 99_999), HERE)) < 2_001


@given(st.text(max_size=200), st.text(max_size=60))
def test_any_script_and_any_address_lead_to_pages_or_to_none(script: str, path: str) -> None:
    for page in following(COUNTED.format(0, 4) + script, f"http://www.envoys.example/{path}"):
        assert page.startswith("http")


SITEMAP = '<?xml version="1.0" encoding="UTF-8"?><{0} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{1}</{0}>'


def test_a_sitemap_and_an_index_of_sitemaps() -> None:
    entries = "<url><loc> http://a.example/1 </loc><lastmod>2026-01-02</lastmod></url><url><loc>http://a.example/2</loc></url>"
    found = read_sitemap(SITEMAP.format("urlset", entries).encode())
    assert (found.kind, found.entries) == (
        "urlset",
        (Mapped("http://a.example/1", "2026-01-02"), Mapped("http://a.example/2", None)),
    )
    index = SITEMAP.format("sitemapindex", "<sitemap><loc>http://a.example/s.xml.gz</loc></sitemap>")
    assert read_sitemap(gzip.compress(index.encode())).kind == "index"


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"<html><body>404</body></html>", InputMalformed),
        (b"<urlset><url>", InputMalformed),
        (b"", InputMalformed),
        (gzip.compress(b"<urlset/>", mtime=0)[:-6], InputMalformed),
        (gzip.compress(b" " * (MAX_BYTES + 1), mtime=0), InputTooLarge),
        (SITEMAP.format("urlset", "<url><loc>http://a.example/</loc></url>" * 50_001).encode(), InputTooLarge),
    ],
)
def test_what_is_no_sitemap_is_said(raw: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_sitemap(raw)


def test_an_entity_of_a_sitemap_reads_no_file() -> None:
    hostile = (
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
        + "<urlset><url><loc>http://a.example/&e;</loc></url></urlset>"
    )
    try:
        found = read_sitemap(hostile.encode())
    except InputMalformed:
        return
    assert all(each.url == "http://a.example/" for each in found.entries)


real = pytest.mark.skipif(not REAL.exists(), reason="no real pages beside the checkout")


def real_list(path: Path, url: str, selector: str) -> ListPage:
    return read_list(Page(path.read_bytes(), "text/html", url=url), selector)


@real
def test_the_real_list_pages_give_exactly_their_items() -> None:
    with (REAL / "mfa_zh_lists" / "items.csv").open(encoding="utf-8") as file:
        items = list(csv.DictReader(file))
    for name, after in (("default", 66), ("default_1", 65), ("default_66", 0)):
        url = f"https://www.fmprc.gov.cn/web/fyrbt_673021/jzhsl_673025/{name}.shtml"
        page = real_list(REAL / "mfa_zh_lists" / f"{name}.html", url, ".rebox_news li a")
        wanted = [
            (urljoin(url, each["href"]), each["title"], each["date"])
            for each in items
            if each["page"] == f"{name}.html"
        ]
        assert said(page) == wanted
        assert len(page.following) == after


@real
def test_the_real_english_lists_and_the_missions(tmp_path: Path) -> None:
    for name, count, after in (("default", 40, 12), ("default_1", 40, 11), ("default_12", 20, 0)):
        url = f"https://www.fmprc.gov.cn/mfa_eng/xwfw_665399/s2510_665401/{name}.shtml"
        page = real_list(REAL / "mfa_en" / "lists" / f"{name}.shtml", url, ".newsLst_mod ul li a")
        assert (len(page.entries), len(page.following)) == (count, after)
        assert {each.listing.published for each in page.entries} == {None}
    url = "http://un.china-mission.gov.cn/eng/chinaandun/socialhr/rqwt/index_2.htm"
    page = real_list(REAL / "mission_un" / "china_category_06a0d4a35c14.html", url, "div.news-box ul.news_fgx li a")
    assert len(page.entries) == 35
    assert None not in {each.listing.published for each in page.entries}
    assert page.following == (url.replace("index_2", "index_3"),)
