"""Names that never change: what is one release, and what is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parsers import Listing, Page
from parsers.identity import ID_LENGTH, canonical_url, capture_id, release_id

BASE = "http://www.fmprc.gov.cn/mfa_eng/t1758264.shtml"
SAME = [
    "https://www.fmprc.gov.cn/mfa_eng/t1758264.shtml",
    "HTTP://WWW.FMPRC.GOV.CN/mfa_eng/t1758264.shtml",
    "http://www.fmprc.gov.cn:80/mfa_eng/t1758264.shtml",
    "https://www.fmprc.gov.cn:443/mfa_eng/t1758264.shtml",
    "http://www.fmprc.gov.cn./mfa_eng/t1758264.shtml",
    "http://www.fmprc.gov.cn/mfa_eng/t1758264.shtml#top",
    "http://www.fmprc.gov.cn/mfa_eng/t1758264.shtml?",
    "http://www.fmprc.gov.cn/mfa_eng/t1758264.shtml?utm_source=x&fbclid=1",
    "http://www.fmprc.gov.cn//mfa_eng/./t1758264.shtml",
    "http://www.fmprc.gov.cn/x/../mfa_eng/t1758264.shtml",
    "http://www.fmprc.gov.cn/../mfa_eng/t1758264.shtml",
    "http://www.fmprc.gov.cn/x/%2E%2e/mfa_eng/t1758264.shtml",
    "http://www.fmprc.gov.cn/mfa%5Feng/t175826%34.shtml",
    "http://user:word@www.fmprc.gov.cn/mfa_eng/t1758264.shtml",
    "  http://www.fmprc.gov.cn/mfa_eng/t1758264.shtml\n",
    "//www.fmprc.gov.cn/mfa_eng/t1758264.shtml",
    "http://www.fmprc.gov.cn/mfa_eng/t1758264.shtml/",
]
OTHER = [
    "http://fmprc.gov.cn/mfa_eng/t1758264.shtml",
    "http://www.mfa.gov.cn/mfa_eng/t1758264.shtml",
    "http://www.fmprc.gov.cn:8080/mfa_eng/t1758264.shtml",
    "http://www.fmprc.gov.cn/mfa_eng/T1758264.shtml",
    "http://www.fmprc.gov.cn/mfa_eng/t1758264.shtml?id=1",
    "http://www.fmprc.gov.cn/mfa_eng/t1758264.htm",
    "http://www.fmprc.gov.cn/mfa_eng/",
]


def id_of(url: str) -> str:
    return release_id(url, None, "0")


@pytest.mark.parametrize("url", SAME)
def test_one_release_has_one_id(url: str) -> None:
    assert canonical_url(url) == "www.fmprc.gov.cn/mfa_eng/t1758264.shtml"
    assert id_of(url) == id_of(BASE)


def test_other_releases_have_other_ids() -> None:
    assert len({id_of(url) for url in (BASE, *OTHER)}) == 1 + len(OTHER)


def test_the_order_of_a_query_says_nothing_but_its_words_do() -> None:
    assert canonical_url("http://a.b/?b=2&a=1&&utm_medium=x") == "a.b/?a=1&b=2"
    assert id_of("http://a.b/?b=2&a=1") == id_of("http://a.b/?a=1&b=2") != id_of("http://a.b/?a=2&b=1")


@pytest.mark.parametrize(
    ("one", "two"),
    [("/中文", "/%E4%B8%AD%E6%96%87"), ("/a b", "/a%20b"), ("/%ff", "/%FF"), ("/100%", "/100%25"), ("/%7Ea", "/~a")],
)
def test_percent_encoding_is_a_way_of_writing(one: str, two: str) -> None:
    assert canonical_url(f"http://a.b{one}") == canonical_url(f"http://a.b{two}")


urls = st.one_of(
    st.text(),
    st.builds(
        "".join,
        st.tuples(
            st.sampled_from(["http://", "https://", "HTTP://", "//", "ftp://", ""]),
            st.one_of(
                st.text(max_size=8), st.sampled_from(["a.b", "A.B.", "x:80", "x:443", "u:p@h", "[::1]", "[::1]:81"])
            ),
            st.sampled_from(["", "/", "/a/../b", "/a/./b//c/", "/%2e%2e/x", "/..", "/%ff"]),
            st.text(max_size=8),
            st.sampled_from(["", "?b=1&a=2", "?utm_source=x", "?", "#f", "?a=%20&a=1#", "? "]),
        ),
    ),
)


@given(urls)
@example("http://x:443/")
@example("https://x:80/")
@example("http://[::1]:8080/a")
@example("A://0? #")
@example("http://./")
@example("http://[bad/")
@example("http://a:port/")
@example("http://a/\ud800")
def test_a_canonical_url_is_its_own_and_odd_input_raises_nothing_else(url: str) -> None:
    assert len(id_of(url)) == ID_LENGTH
    try:
        canonical = canonical_url(url)
    except ValueError:
        return
    assert canonical_url(f"http://{canonical}") == canonical_url(f"https://{canonical}") == canonical
    assert id_of(f"http://{canonical}") == id_of(url)


def test_a_long_path_of_dots_is_settled_at_once() -> None:
    assert canonical_url("http://a.b" + "/x/.." * 200_000) == "a.b/"


def test_url_id_and_bytes_name_a_release_in_this_order() -> None:
    assert release_id(BASE, "p1", "0") == release_id(BASE, "p2", "1")
    assert release_id(None, "p1", "0") == release_id(None, "p1", "1")
    names = {
        release_id(BASE, None, "0"),
        release_id(None, BASE, "0"),
        release_id(None, None, BASE),
        release_id(None, "", "0"),
        release_id(None, None, "0"),
        release_id("", None, "0"),
        release_id(None, " p1", "0"),
        release_id(None, "p1", "0"),
    }
    assert len(names) == 8


def test_these_ids_are_for_ever() -> None:
    assert id_of(BASE) == "39c594ba52017e294910b9adf53f9050"
    assert release_id(None, "p000", "0") == "e352791c6ef5c41386acd0a2970a244c"


def test_a_capture_is_a_url_a_time_and_the_bytes() -> None:
    when = datetime(2020, 7, 4, 4, 2, 57, tzinfo=UTC)
    there = when.astimezone(timezone(timedelta(hours=8)))
    assert capture_id(BASE, "p1", when, "0") == capture_id(BASE, None, there, "0")
    others = {
        capture_id(BASE, None, when, "0"),
        capture_id(SAME[0], None, when, "0"),
        capture_id(BASE, None, when + timedelta(microseconds=1), "0"),
        capture_id(BASE, None, None, "0"),
        capture_id(BASE, None, when, "1"),
        capture_id(None, BASE, when, "0"),
        capture_id(None, None, when, "0"),
        capture_id(None, "", when, "0"),
    }
    assert len(others) == 8


def test_the_key_of_an_input_is_all_that_a_parse_depends_on() -> None:
    keys = {
        Page(b"x").input_sha256,
        Page(b"y").input_sha256,
        Page(b"x", "").input_sha256,
        Page(b"x", "text/html").input_sha256,
        Page(b"x", None, Listing("")).input_sha256,
        Page(b"x", None, Listing(None, "")).input_sha256,
        Page(b"x", None, Listing("a")).input_sha256,
    }
    assert len(keys) == 7
    assert Page(b"x", "text/html", Listing("a")).input_sha256 == Page(b"x", "text/html", Listing("a")).input_sha256
