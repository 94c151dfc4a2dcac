"""The pages of the test ministry: its own words in the templates of the field, cheap to make by the thousand."""

from __future__ import annotations

import gzip
from collections.abc import Sequence

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October")
PLACES = ("Alvania", "Borduria", "Carpania", "Drassen", "Elbonia", "Freedonia", "Graustark", "Herzoslovakia")
TOPICS = ("trade", "fisheries", "rail links", "student exchange", "river water", "air traffic", "customs", "visas")
_MENU = "".join(
    f'<li><a href="/section{n}/">Section {n} of the Ministry</a><ul><li><a href="/section{n}/a/">Heads</a></li>'
    f'<li><a href="/section{n}/b/">Departments</a></li></ul></li>'
    for n in range(24)
)
_HEAD = (
    "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Transitional//EN'>\n<html><head>\n"
    '<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />\n<title>{title}</title>\n'
    '<link href="/css/style.css" rel="stylesheet" type="text/css" /><script src="/js/jquery.js"></script></head>\n'
    f'<body><div class="menu"><ul>{_MENU}</ul></div>\n'
    '<div class="urhere"><a href="/">Home</a>&nbsp;&gt;&nbsp;<a href="/news/">Ministry News</a></div>\n'
)
_RELEASE = (
    _HEAD + '<div class="content_mod"><h2 class="title">{title}</h2><div id="News_Body_subitle"></div>\n'
    '<div id="News_Body_Time"></div><div class="content">{body}</div>\n'
    '<div class="tool"><a href="#" id="suggest">Suggest to a friend</a><a href="javascript:print()">Print</a></div>\n'
    '<div id="id_RelNewsList"><h3>Related News:</h3></div></div>\n'
    '<div class="footer">Copyright of the Test Ministry</div></body></html>\n'
)
_REDESIGNED = (
    _HEAD.replace("urhere", "breadcrumbs")
    + '<div class="news_header"><div class="news_header_title">{title}</div><div class="news_header_time">'
    + 'Updated:<span class="xltime">March 2, 2020 10:00</span></div></div>\n'
    + '<div class="news_content"><div class="content_text">{body}</div></div>\n'
    + '<div class="footer">Copyright of the Test Ministry</div></body></html>\n'
)


def title(n: int, edition: int = 0) -> str:
    """Title of release n."""
    changed = " (Updated)" if edition else ""
    return f"Minister Meets Envoy No. {n} of {PLACES[n % 8]} on {_day(n)}{changed}"


def _day(n: int) -> str:
    return f"{MONTHS[n % 10]} {n % 28 + 1}, {2010 + n % 10}"


def sentences(n: int, edition: int = 0) -> list[str]:
    """Paragraphs of release n; each edition has words of its own."""
    place, topic = PLACES[n % 8], TOPICS[n // 8 % 8]
    return [
        f"On {_day(n)}, the Minister received envoy number {n} of {place} and spoke – at length – about {topic}.",
        f"Both sides found that {topic} between them had grown by {n % 97} per cent, and might grow on.",
        f"The envoy thanked for the help that {place} had received, and named {n % 13 + 2} of its fruits.",
        f"They agreed to meet again in round {n}, edition {edition}, and to speak about {topic} once more.",
    ]


def release(n: int, edition: int = 0) -> bytes:
    """The page of release n, in the English template of 2014-2021."""
    body = "".join(f"<p>{words}</p>\n" for words in sentences(n, edition))
    return _RELEASE.replace("{title}", title(n, edition)).replace("{body}", body).encode()


def redesigned(n: int, edition: int = 0) -> bytes:
    """The same release in the English template of 2024: what a redesign makes of the site."""
    body = "".join(f"<p>{words}</p>\n" for words in sentences(n, edition))
    return _REDESIGNED.replace("{title}", title(n, edition)).replace("{body}", body).encode()


def english_list(entries: Sequence[tuple[str, str]], page: int, pages: int) -> bytes:
    """A list page that gives titles alone; its script counts the pages."""
    items = "".join(f'<li><a href="{href}" target="_blank">{words}</a></li>\n' for href, words in entries)
    return (
        _HEAD.replace("{title}", "Ministry News")
        + f'<div class="newsLst_mod"><ul>{items}</ul></div><script>var currentPage = {page};//page number\n'
        + f"var countPage = {pages}//pages in all\n</script></body></html>"
    ).encode()


def dated_list(entries: Sequence[tuple[str, str, str]], page: int, pages: int) -> bytes:
    """A list page that gives a day beside each title; a call of its script counts the pages."""
    items = "".join(f'<li><a href="{href}">{words}</a>({day})</li>\n' for href, words, day in entries)
    return (
        _HEAD.replace("{title}", "News by day")
        + f'<div class="newsBd"><ul class="list1">{items}</ul></div>'
        + f'<script>createPageHTML({pages}, {page}, "index", "html");</script></body></html>'
    ).encode()


def feed(entries: Sequence[tuple[str, str, str]]) -> bytes:
    """An RSS feed; the text of a release stands in its item."""
    items = "".join(
        f"<item><title>{words}</title><link>{url}</link><guid>{url}</guid>"
        f"<pubDate>Mon, 02 Mar 2020 10:00:00 GMT</pubDate><description><![CDATA[{body}]]></description></item>\n"
        for url, words, body in entries
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>Ministry</title>'
    return f"{head}{items}</channel></rss>".encode()


def sitemap(urls: Sequence[str]) -> bytes:
    """A sitemap, gzipped."""
    places = "".join(f"<url><loc>{url}</loc><lastmod>2020-03-02</lastmod></url>" for url in urls)
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    return gzip.compress(f"<urlset {space}>{places}</urlset>".encode(), mtime=0)


def sitemap_index(urls: Sequence[str]) -> bytes:
    """An index of sitemaps."""
    places = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    return f'<?xml version="1.0"?><sitemapindex {space}>{places}</sitemapindex>'.encode()


REMOVED = (
    "<html><head><meta charset='utf-8'><title>系统维护</title></head><body><p>您访问的页面不存在或已删除</p>"
    "<script>setTimeout(function(){location.href='/'},10000)</script></body></html>"
).encode()
CHALLENGE = (
    b"<html><head><script>document.cookie='t='+Math.random();location.reload()</script></head><body></body></html>"
)
