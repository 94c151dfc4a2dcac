"""Feeds: each item with what it says, cut out of the feed's own bytes, whatever charset they are in."""

from __future__ import annotations

import gzip
import json
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.loading.feeds import MAX_DEPTH, FeedItem, charset_of, items
from flows.loading.load import load
from flows.looks import FileEnd, Loaded, Whole
from parsers.errors import InputMalformed
from parsers.release import Listing

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "releases" / "state_rss"
needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="the saved feeds are not beside the checkout")

RSS = """<?xml version="1.0" encoding="{charset}"?>
<!-- 中 Привет --><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Новости é</title><link>https://feed.test/</link>
  <item><title>Первая  é
   новость</title><link> https://a.test/1 </link><pubDate>Mon, 25 Apr 2022 19:37:43 +0000</pubDate></item >
<item/><item
 x='/'>/></item><item><guid>https://a.test/3</guid><dc:date>2022-04-25</dc:date><dc:title>no</dc:title></item>
</channel></rss>"""
ELEMENTS = re.compile(r"<item\s*/>|<item[\s>].*?</item\s*>", re.DOTALL)


def read(raw: bytes) -> list[FeedItem]:
    return list(items(raw))


def cut(raw: bytes) -> list[bytes]:
    return [raw[item.start : item.start + item.length] for item in read(raw)]


def encoded(text: str, charset: str, codec: str) -> bytes:
    text = text.format(charset=charset)
    if codec in ("windows-1251", "koi8-r"):
        text = text.replace("é", "ё").replace("中", "ж")
    if codec == "shift_jis":
        text = text.replace("é", "国")
    return text.encode(codec)


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("UTF-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("UTF-16", "utf-16"),
        ("UTF-16", "utf-16-be"),
        ("UTF-16", "utf-16-le"),
        ("utf-16", "utf-8"),
        ("windows-1251", "windows-1251"),
        ("KOI8-R", "koi8-r"),
        ("gb2312", "gb18030"),
        ("GBK", "gbk"),
        ("Shift_JIS", "shift_jis"),
    ],
)
def test_items_are_cut_at_their_bytes(charset: str, codec: str) -> None:
    raw = encoded(RSS, charset, codec)
    plain = "utf-8" if codec == "utf-8-sig" else {"utf-16": "utf-16-le"}.get(codec, codec)
    assert cut(raw) == [element.encode(plain) for element in ELEMENTS.findall(raw.decode(codec))]
    first, empty, odd, last = read(raw)
    assert first.title is not None
    assert first.title.startswith("Первая ")
    assert first.title.endswith(" новость")
    assert (first.url, first.published) == ("https://a.test/1", "Mon, 25 Apr 2022 19:37:43 +0000")
    assert (empty.url, empty.title, odd.url) == (None, None, None)
    assert (last.url, last.given_id, last.title) == ("https://a.test/3", "https://a.test/3", None)
    assert last.published == "2022-04-25"


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff<>&"))


@given(st.lists(st.tuples(TEXT, TEXT), max_size=5), st.sampled_from(["utf-8", "utf-16", "utf-16-be", "gb18030"]))
def test_any_words_leave_the_places_right(words: list[tuple[str, str]], codec: str) -> None:
    elements = [f"<item><title>{title}</title></item>" for title, _ in words]
    between = [other for _, other in words]
    charset = "UTF-16" if codec.startswith("utf-16") else codec
    head = f'<?xml version="1.0" encoding="{charset}"?><rss>'
    text = head + "".join(a + b for a, b in zip(elements, between, strict=True)) + "</rss>"
    plain = "utf-16-le" if codec == "utf-16" else codec
    raw = text.encode(codec)
    assert cut(raw) == [element.encode(plain) for element in elements]
    assert [item.title or "" for item in read(raw)] == [" ".join(title.split()) for title, _ in words]


def test_atom() -> None:
    raw = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><link href="https://feed.test/"/>
    <entry><title type="xhtml"><div>A <b>B</b> C</div></title><id>urn:1</id><updated>2022-04-26</updated>
      <link rel="self" href="https://a.test/self"/><link rel="alternate" href="https://a.test/1"/>
      <link href="https://a.test/other"/><published>2022-04-25</published>
      <content><p><title>no</title><link href="no"/></p></content></entry>
    <entry><id>https://a.test/2</id><link rel="enclosure" href="https://a.test/a.mp3"/><updated>U</updated></entry>
    <entry><id>urn:3</id></entry></feed>"""
    said = [(item.url, item.given_id, item.title, item.published) for item in read(raw)]
    assert said == [
        ("https://a.test/1", "urn:1", "A B C", "2022-04-25"),
        ("https://a.test/2", "https://a.test/2", None, "U"),
        (None, "urn:3", None, None),
    ]


def test_a_prefix_of_its_own() -> None:
    raw = b'<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>T</a:title><title>no</title></a:entry></a:feed>'
    (item,) = read(raw)
    assert item.title == "T"
    assert cut(raw) == [b"<a:entry><a:title>T</a:title><title>no</title></a:entry>"]


def test_rdf() -> None:
    raw = b"""<rdf:RDF><channel><items><rdf:Seq><rdf:li resource="https://a.test/1"/></rdf:Seq></items></channel>
    <item rdf:about="https://a.test/1"><title>T</title><link>https://a.test/1</link><dc:date>2022-04-25</dc:date></item>
    </rdf:RDF>"""
    (item,) = read(raw)
    assert (item.url, item.title, item.published) == ("https://a.test/1", "T", "2022-04-25")


@pytest.mark.parametrize(
    ("guid", "url"),
    [
        ("<guid>https://a.test/1</guid>", "https://a.test/1"),
        ('<guid isPermaLink="true">https://a.test/1</guid>', "https://a.test/1"),
        ('<guid isPermaLink="false">https://a.test/1</guid>', None),
        ("<guid>post-1</guid>", None),
        ("<link></link><guid>https://a.test/1</guid>", "https://a.test/1"),
        ("<link>https://b.test/</link><guid>https://a.test/1</guid>", "https://b.test/"),
        ('<atom:link rel="self" href="https://no.test/"/><guid>x</guid>', None),
        ("<link><![CDATA[https://a.test/?a=1&b=2]]></link>", "https://a.test/?a=1&b=2"),
    ],
)
def test_the_guid_is_a_link_where_it_is_one(guid: str, url: str | None) -> None:
    (item,) = read(f"<rss><item>{guid}</item></rss>".encode())
    assert item.url == url
    assert ("guid" in guid) == (item.given_id is not None)


LAUGHS = b"""<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><rss><item>&b;</item></rss>"""


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (LAUGHS, "entity `a`"),
        (b'<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><item>&a;</item></rss>', "entity `a`"),
        (b'<!DOCTYPE rss [<!ENTITY % a SYSTEM "http://127.0.0.1/">%a;]><rss><item/></rss>', "entity `a`"),
        (b"<html><item/></html>", "no feed"),
        (b"", "not XML"),
        (b"{}", "not XML"),
        (b'<?xml version="1.0" encoding="klingon"?><rss/>', "klingon"),
        (b'<?xml version="1.0" encoding="hex"?><rss/>', "hex"),
        (b'<?xml version="1.0" encoding="punycode"?><rss/>', "not XML"),
        (b"<rss>" + b"<a>" * MAX_DEPTH, "nested deeper"),
        (b"<rss>" + b"<a>" * 1_000_000, "nested deeper"),
    ],
)
def test_what_is_no_feed_is_malformed(raw: bytes, reason: str) -> None:
    with pytest.raises(InputMalformed, match=reason):
        read(raw)


def test_a_doctype_alone_does_no_harm() -> None:
    dtd = b'<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://127.0.0.1:9/rss-0.91.dtd">'
    (item,) = read(dtd + b"<rss><item><title>a&nbsp;b</title></item></rss>")
    assert item.title == "ab"


def test_a_blank_line_before_the_declaration_is_passed_over() -> None:
    raw = b'\n\n<?xml version="1.0"?><rss><item>x</item></rss>'
    assert cut(raw) == [b"<item>x</item>"]


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", "utf-16"])
def test_items_before_a_break_are_given(charset: str) -> None:
    raw = f'<?xml version="1.0" encoding="{charset}"?><rss><item>ж</item><item>ж</item><item>'.encode(charset)
    found = items(raw)
    assert next(found).length == next(found).length
    with pytest.raises(InputMalformed, match="not XML at line 1"):
        next(found)
    found = items(b"<rss><item>\xd0\xb6</item><item>\xff</item></rss>")
    assert next(found).start == 5
    with pytest.raises(InputMalformed):
        next(found)
    found = items('<?xml version="1.0" encoding="gbk"?><rss><item>中</item><item>'.encode("gbk") + b"\xff</item></rss>")
    assert next(found).length == 15
    with pytest.raises(InputMalformed, match="not XML"):
        next(found)
    found = items(b"<rss><item/>" + b"<a>" * MAX_DEPTH)
    assert next(found).length == 7
    with pytest.raises(InputMalformed, match="nested"):
        next(found)


def test_a_charset_that_is_not_the_declared_one() -> None:
    assert charset_of('<?xml version="1.0" encoding="gb2312"?>中'.encode()) == "utf-8"
    assert charset_of('<?xml version="1.0" encoding="gb2312"?>中'.encode("gbk")) == "gb18030"
    assert charset_of(b"<rss/>") == "utf-8"


def test_a_large_feed_takes_seconds_not_minutes() -> None:
    body = "中" * 500
    raw = (f'<?xml version="1.0" encoding="gbk"?><rss>{f"<item>{body}</item>" * 4000}</rss>').encode("gbk")
    start = time.perf_counter()
    assert len(read(raw)) == 4000
    assert time.perf_counter() - start < 5


# Feeds as files


def feed_file(folder: Path, raw: bytes, name: str = "a.rss", **said: object) -> Path:
    path = folder / name
    path.write_bytes(raw)
    (folder / f"{name}.json").write_text(json.dumps(said), "utf-8")
    return path


def loaded(path: Path) -> tuple[list[Loaded], FileEnd]:
    *looks, end = load([path], lambda _: None)
    assert isinstance(end, FileEnd)
    return [look for look in looks if isinstance(look, Loaded)], end


def test_a_feed_file_is_a_look_an_item(tmp_path: Path) -> None:
    raw = RSS.format(charset="UTF-8").encode()
    path = feed_file(tmp_path, raw, url="https://feed.test/", captured_at="2022-04-25T19:49:11Z")
    looks, end = loaded(path)
    assert end.complete
    assert [look.raw for look in looks] == cut(raw)
    first = looks[0]
    time_of_look = datetime(2022, 4, 25, 19, 49, 11, tzinfo=UTC)
    assert (first.url, first.captured_at, first.outcome) == ("https://a.test/1", time_of_look, "ok")
    assert first.content_type == "application/rss+xml"
    assert first.listing == Listing("Первая é новость", "Mon, 25 Apr 2022 19:37:43 +0000")
    assert first.origin == f"{path} item 1"
    assert first.part is not None
    assert first.part.whole == Whole(raw, "https://feed.test/", time_of_look, "application/rss+xml")
    for look in looks:
        assert look.part is not None
        assert look.part.whole is first.part.whole
        assert raw[look.part.start : look.part.start + look.part.length] == look.raw


def test_a_charset_goes_with_the_item(tmp_path: Path) -> None:
    raw = encoded(RSS, "windows-1251", "windows-1251")
    looks, _ = loaded(feed_file(tmp_path, raw, "a.xml", content_type="text/xml"))
    assert {look.content_type for look in looks} == {"application/rss+xml; charset=windows-1251"}
    assert looks[0].part is not None
    assert looks[0].part.whole.content_type == "text/xml"


def test_a_link_without_host_is_completed_by_the_feeds_url(tmp_path: Path) -> None:
    raw = b"<rss><item><link>/1</link></item><item><link>HTTPS://B.test?#</link></item><item><link>//[</link></item></rss>"
    looks, _ = loaded(feed_file(tmp_path, raw, url="https://a.test/feed/"))
    assert [look.url for look in looks] == ["https://a.test/1", "HTTPS://B.test?#", "//["]
    looks, _ = loaded(feed_file(tmp_path, raw))
    assert looks[0].url == "/1"


def test_a_broken_feed_gives_its_items_and_then_the_rest(tmp_path: Path) -> None:
    raw = b"<rss><item>1</item><item>2&nbsp;</item></rss>"
    (item, rest), end = loaded(feed_file(tmp_path, raw, url="https://feed.test/"))
    assert (item.raw, item.outcome) == (b"<item>1</item>", "ok")
    assert (rest.raw, rest.outcome, rest.url) == (b"<item>2&nbsp;</item></rss>", "malformed", "https://feed.test/")
    assert "undefined entity" in str(rest.reason)
    assert rest.part is not None
    assert item.part is not None
    assert rest.part.whole is item.part.whole
    assert raw[rest.part.start : rest.part.start + rest.part.length] == rest.raw
    assert not end.complete


@pytest.mark.parametrize("raw", [LAUGHS, b"<html/>", b"no XML", b""])
def test_a_file_that_is_no_feed_is_malformed(tmp_path: Path, raw: bytes) -> None:
    (look,), end = loaded(feed_file(tmp_path, raw, "a.xml"))
    assert (look.raw, look.outcome) == (raw, "malformed")
    assert look.reason
    assert not end.complete


def test_a_feed_cut_in_its_gzip_trailer(tmp_path: Path) -> None:
    raw = gzip.compress(b"<rss><item>1</item></rss>")[:-3]
    (item, rest), end = loaded(feed_file(tmp_path, raw, "a.rss.gz"))
    assert (item.outcome, rest.outcome, rest.raw, end.complete) == ("ok", "malformed", b"</rss>", False)


def test_a_feed_with_a_broken_sidecar(tmp_path: Path) -> None:
    path = feed_file(tmp_path, b"<rss><item>1</item></rss>", captured_at="never")
    (look,), end = loaded(path)
    assert (look.outcome, look.raw, look.part, end.complete) == ("malformed", path.read_bytes(), None, True)


@needs_real
def test_real_feeds() -> None:
    steps = list(load([REAL], lambda _: None))
    looks = [step for step in steps if isinstance(step, Loaded)]
    ends = [step for step in steps if isinstance(step, FileEnd)]
    assert len(ends) == len(list(REAL.glob("*.rss"))) == 10
    assert all(end.complete and end.items for end in ends)
    for look in looks:
        assert look.outcome == "ok"
        assert re.fullmatch(rb"<item>.*</item>", look.raw, re.DOTALL)
        assert look.raw.count(b"<item>") == 1
        assert str(look.url).startswith("https://www.state.gov/")
        assert str(look.given_id).startswith("https://www.state.gov/?")
        assert look.listing.title
        assert re.match(r"\w{3}, \d\d \w{3} 20\d\d", str(look.listing.published))
        assert look.captured_at is not None
    counted = sum(path.read_bytes().count(b"<item>") for path in REAL.glob("*.rss"))
    assert len(looks) == counted
