"""Bytes -> text: what is declared is believed only where it fits the bytes."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import html_page

from parsers import Page, Unread, parse, read
from parsers.charset import decode
from parsers.errors import NotText
from parsers.page import HtmlPage, ItemPage, TextPage, open_page

ZH = "双方就地区局势交换了意见，同意再次会面。中方对此表示欢迎，愿同各方一道努力。" * 3
RU = "Стороны обменялись мнениями о положении в регионе и договорились о новой встрече. " * 3
FR = "Les deux parties ont échangé leurs vues à Genève, où elles se reverront cet été. " * 3
TW = "雙方就地區局勢交換了意見，同意再次會面。" * 3


def html(text: str, meta: str = "") -> str:
    head = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={meta}"></head>' if meta else ""
    return f"{head}<body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    "header", [None, "text/html", "text/html; charset=utf-8", "text/html; charset=gbk", "text/html; charset=x"]
)
@pytest.mark.parametrize("meta", ["", "utf-8", "gb2312", "iso-8859-1", "no-such-thing", "utf-16"])
def test_valid_utf_8_is_utf_8_whatever_was_declared(header: str | None, meta: str) -> None:
    for text in (ZH, RU, FR, TW):
        assert text in decode(html(text, meta).encode(), header)


@pytest.mark.parametrize(
    ("text", "encoding", "declared"),
    [
        (ZH, "gb18030", "gb2312"),
        (ZH, "gb18030", "GBK"),
        (ZH + "㐀", "gb18030", "gb2312"),
        (RU, "cp1251", "windows-1251"),
        (RU, "koi8-r", "koi8-r"),
        (FR, "latin-1", "iso-8859-1"),
        (FR + "“ok”", "cp1252", "iso-8859-1"),
        (TW, "big5", "big5"),
        (TW + "粧", "big5hkscs", "big5"),
    ],
)
def test_a_declared_charset_is_read(text: str, encoding: str, declared: str) -> None:
    assert text in decode(html(text, declared).encode(encoding), None)
    assert text in decode(html(text).encode(encoding), f"text/html; charset={declared}")
    assert text in decode(html(text, "utf-8").encode(encoding), f'text/html; charset="{declared}"')


@pytest.mark.parametrize("lie", ["utf-8", "us-ascii", "no-such-thing", "punycode", "unicode_escape", "utf-16", "rot13"])
def test_a_charset_that_lies_is_not_believed(lie: str) -> None:
    assert ZH in decode(html(ZH, lie).encode("gb18030"), f"text/html; charset={lie}")


def test_the_header_goes_before_the_meta() -> None:
    raw = html(RU, "koi8-r").encode("cp1251")
    assert RU in decode(raw, "text/html; charset=windows-1251")


@pytest.mark.parametrize(
    ("bom", "encoding"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
def test_a_byte_order_mark_settles_it(bom: bytes, encoding: str) -> None:
    assert decode(bom + html(ZH, "gb2312").encode(encoding), "text/html; charset=gbk") == html(ZH, "gb2312")


def test_utf_16_with_its_mark_is_parsed() -> None:
    page = html_page(f"<p>{ZH}</p>")
    assert parse(Page(page.raw.decode().encode("utf-16"))).paragraphs == (ZH,)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_without_its_mark_is_refused(encoding: str) -> None:
    with pytest.raises(NotText):
        decode(html(FR).encode(encoding), None)


@pytest.mark.parametrize("cut", [1, 2])
def test_a_cut_page_keeps_all_but_its_last_character(cut: int) -> None:
    assert decode((ZH + "好").encode()[:-cut], None) == ZH + "\ufffd"
    assert ZH in decode((html(ZH, "gb2312") + "好").encode("gb18030")[:-1], None)


def test_a_few_broken_bytes_spoil_nothing_else() -> None:
    raw = bytearray((ZH * 20).encode())
    raw[30] = 0xFF
    assert decode(bytes(raw), None).endswith((ZH * 20)[12:])


def test_undeclared_gbk_is_found_out() -> None:
    assert ZH in decode(html(ZH).encode("gb18030"), None)


@pytest.mark.parametrize("raw", [b"\x00\x01\x02", b"%PDF-1.4\n\x00\xff\xfe\x00", b"PK\x03\x04\x00\x00", b"a\0b"])
def test_binary_data_is_refused(raw: bytes) -> None:
    with pytest.raises(NotText):
        open_page(Page(raw))


@given(
    st.binary(max_size=200),
    st.sampled_from([None, "text/html; charset=gbk", "text/html; charset=utf-16", "charset=\x00"]),
)
def test_any_bytes_are_text_or_refused(raw: bytes, content_type: str | None) -> None:
    try:
        text = decode(raw, content_type)
    except NotText:
        return
    assert "\0" not in text


# --- which form ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "content_type", "form"),
    [
        (b"<!DOCTYPE html><p>x", None, HtmlPage),
        (b"\xef\xbb\xbf \n<html>x", "text/plain", HtmlPage),
        (b"<P>x", None, HtmlPage),
        (b"x", "text/html", HtmlPage),
        (b"Home > News\nx", "text/html; charset=utf-8", HtmlPage),
        (b"x", None, TextPage),
        (b"<Suggest to a friend>\nx", None, TextPage),
        (b"<p>x", "text/plain", TextPage),
        (b"Home > News\nx", "text/plain", TextPage),
        (b"<item><title>x</title></item>", None, ItemPage),
        (b" \n<entry xmlns='a'/>", None, ItemPage),
        (b"<dc:item/>", None, ItemPage),
        (b"<item/>", "application/rss+xml", ItemPage),
    ],
)
def test_the_form_follows_the_bytes(raw: bytes, content_type: str | None, form: type) -> None:
    assert type(open_page(Page(raw, content_type))) is form


def test_a_charset_with_a_nul_in_its_name_is_none() -> None:
    raw = b"<html><meta charset='ut\0f-8'><p>~{ x \xff</p></html>"
    got = read(Page(raw, "text/html; charset=gb\x002312"))
    assert isinstance(got, Unread)
    assert got.error in ("NotText", "LayoutUnknown")
