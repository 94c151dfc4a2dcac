"""What an answer comes to: every outcome by its sign, no real release taken for an error page, and what that costs."""

from __future__ import annotations

import gzip
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.answers import Answer
from flows.fetching.outcomes import MAX_WAIT, OK, Verdict, judge
from parsers import Page
from parsers.page import open_page
from parsers.refusals import is_error_page
from parsers.release import OUTCOMES, Role

URL = "https://www.mfa.test/web/t1.shtml"
NOW = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
SAVED = ROOT / "seeds" / "releases"
SHARED = ROOT.parent / "shared" / "releases"
HTML = "text/html; charset=utf-8"
RELEASE = "<html><head><title>Remarks</title><script>a()</script></head><body><p>{}</p></body></html>"
PROSE = "The two sides had an in-depth exchange of views on matters of common concern. "
SCRIPT = "<html><head><title>One moment, please, we look at your browser</title></head><body><script>{}</script></body>"


def answer(
    body: str | bytes = RELEASE.format(PROSE),
    status: int = 200,
    *,
    url: str = URL,
    final: str | None = None,
    content_type: str | None = HTML,
    too_large: bool = False,
    broken: str | None = None,
    **headers: str,
) -> Answer:
    raw = body if isinstance(body, bytes) else body.encode()
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    if content_type is not None:
        named.append(("content-type", content_type))
    return Answer(url, final or url, status, tuple(named), raw, raw, NOW, too_large, broken)


def outcome(body: str | bytes, role: Role = "page", content_type: str | None = HTML) -> str:
    return judge(answer(body, content_type=content_type), role=role).outcome


# --- by status -----------------------------------------------------------------------------------


def test_a_page_is_a_page() -> None:
    assert judge(answer()) == OK == Verdict("ok", None, False, None)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (304, "not_modified"), (404, "gone"), (410, "gone"), (401, "blocked"), (403, "blocked"), (451, "blocked"),
        (412, "challenge"), (521, "challenge"), (202, "challenge"), (400, "error"), (405, "error"), (418, "error"),
        (501, "error"), (505, "error"), (522, "error"), (100, "error"), (301, "error"), (302, "error"), (300, "error"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("body", [RELEASE.format(PROSE), RELEASE.format("Page not found").replace("script", "SCRIPT")])
def test_a_status_that_lasts(status: int, expected: str, body: str) -> None:
    verdict = judge(answer(body, status))
    assert (verdict.outcome, verdict.transient, verdict.wait) == (expected, False, None)
    assert (verdict.reason is None) == (status == 304)
    assert verdict.reason is None or str(status) in verdict.reason


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_status_that_passes(status: int) -> None:
    assert judge(answer(b"", status)) == Verdict("error", f"HTTP status {status}", True, None)
    assert judge(answer(b"", status, Retry_After="7")).wait == 7


def test_accepted_without_a_script_is_a_page() -> None:
    assert judge(answer(PROSE, 202)).outcome == "ok"


@pytest.mark.parametrize(("status", "without"), [(403, "blocked"), (503, "error"), (200, "ok")])
def test_cloudflare_says_that_it_challenges(status: int, without: str) -> None:
    assert judge(answer(status=status, CF_Mitigated="challenge")).outcome == ("ok" if status == 200 else "challenge")
    assert judge(answer(status=status, CF_Mitigated="block")).outcome == without


# --- how long to wait ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", 120), (" 1.5 ", 1.5), ("0", 0), ("-5", 0), ("0000000000005", 5), ("2592001", MAX_WAIT),
        ("9" * 5000, MAX_WAIT), ("soon", None), ("", None), ("1e3", None), ("٣", None), ("inf", None), ("1 2", None),
        ("Mon, 06 May 2024 07:10:09 GMT", 120), ("Mon, 06 May 2024 07:10:09 -0000", 120),
        ("Monday, 06-May-24 07:10:09 GMT", 120), ("Mon, 06 May 2024 09:10:09 +0200", 120),
        ("Sun, 05 May 2024 07:10:09 GMT", 0), ("Mon, 06 May 2999 07:10:09 GMT", MAX_WAIT),
        ("Fri, 31 Dec 9999 23:00:00 -2300", None), ("Mon, 06 May 99999 07:10:09 GMT", None),
    ],
)  # fmt: skip
def test_seconds_to_wait(said: str, wait: float | None) -> None:
    assert judge(answer(status=503, Retry_After=said)).wait == wait


def test_a_date_to_wait_for_is_by_the_clock_that_wrote_it() -> None:
    theirs = NOW + timedelta(hours=5)
    until = format_datetime(theirs + timedelta(seconds=90), usegmt=True)
    date = format_datetime(theirs, usegmt=True)
    assert judge(answer(status=429, Retry_After=until, Date=date)).wait == 90
    assert judge(answer(status=429, Retry_After=until, Date="today")).wait == 5 * 3600 + 90


def test_a_date_without_a_zone_is_utc_wherever_we_are(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as there:
        there.setenv("TZ", "Asia/Shanghai")
        time.tzset()
        wait = judge(answer(status=503, Retry_After="Mon, 06 May 2024 07:10:09 -0000")).wait
    time.tzset()
    assert wait == 120


@given(st.text(max_size=40) | st.from_regex(r"Mon, \d\d? May \d{1,5} \d\d:\d\d:\d\d [+-]\d{1,9}", fullmatch=True))
def test_no_wait_is_a_crash_or_out_of_bounds(said: str) -> None:
    wait = judge(answer(status=503, Retry_After=said, Date=said[::-1])).wait
    assert wait is None or 0 <= wait <= MAX_WAIT


# --- by length -----------------------------------------------------------------------------------


def test_what_did_not_come_whole() -> None:
    assert judge(answer(too_large=True)).outcome == "too_large"
    broken = judge(answer(broken="the coding breaks off"))
    assert broken == Verdict("malformed", "the coding breaks off", False, None)
    assert judge(answer(too_large=True, broken="x")).outcome == "too_large"
    assert judge(answer(status=404, too_large=True)).outcome == "gone"


@pytest.mark.parametrize("role", ["page", "list", "feed", "sitemap"])
def test_a_page_without_a_byte_may_come_the_next_time(role: Role) -> None:
    assert judge(answer(b""), role=role) == Verdict("error", "the answer is empty", True, None)


# --- by the place to which it leads --------------------------------------------------------------

NOWHERE = [
    "/", "", "/index.html", "/index.htm", "/index.shtml", "/default.shtml", "/web/system/", "/system/index.html",
    "/error.htm", "/Error.html", "/404", "/404.html", "/web/404/", "/error/404.html", "/errors/404.shtml",
    "/error-404.html", "/notfound.aspx", "/page-not-found/", "/eng/gone/x.html", "/?from=t1", "/404?url=/web/t1",
]  # fmt: skip
SOMEWHERE = [
    "/web/t2.shtml", "/eng/", "/eng/index.html", "/web/errors-of-judgement.html", "/news/40412.html",
    "/news/t404.shtml", "/political-system/a.html", "/web/systems/", "/foundation/not-founded.html", "/terror/a.html",
    "/eng/gone",
]  # fmt: skip


@pytest.mark.parametrize("path", NOWHERE)
def test_a_redirect_to_where_nothing_is(path: str) -> None:
    final = f"https://other.test{path}"
    assert judge(answer(final=final), gone=("/eng/gone/",)) == Verdict("soft_404", f"it leads to {final}", False, None)


@pytest.mark.parametrize("path", SOMEWHERE)
def test_a_redirect_to_a_page(path: str) -> None:
    assert judge(answer(final=f"https://other.test{path}"), gone=("/eng/gone/",)) == OK


@pytest.mark.parametrize("path", NOWHERE)
def test_who_asks_for_such_a_place_finds_it(path: str) -> None:
    gone = ("/eng/gone/",)
    assert judge(answer(url=f"http://a.test{path}", final=f"https://b.test{path}"), gone=gone) == OK
    assert judge(answer(url=f"http://a.test{path}", final="https://a.test/index.html"), gone=gone) == OK


# --- by what it says -----------------------------------------------------------------------------

SAYS_SO = [
    ("系统维护", "您访问的页面不存在或已删除！"),
    ("外交部", "对不起，我们没有找到您要的网页。"),
    ("MFA", "<b>Sorry</b>, the page you requested cannot be found."),
    ("MFA", "The requested page does not exist"),
    ("404 Not Found", "nginx"),
    ("Error 404", "x"),
    ("302 Found", "The document has moved."),
    ("MFA", f"Page not found</p><p>{'<a href=/>Embassies and consulates</a> ' * 200}"),
    ("MFA", "PAGE&nbsp;was not found"),
]
SAYS_OTHERWISE = [
    ("Remarks", f"The post was deleted: 页面不存在, page not found. {PROSE * 30}"),
    ("Remarks", f"It was found that evidence does not exist and could not be found. {PROSE}"),
    ("Remarks", f"<!-- <p>Page not found</p> --><script>say('<b>Page not found</b>')</script>{PROSE}"),
    ("谈话", f"这种问题根本不存在。{PROSE}"),
    ("关于领事服务系统维护的通知", "因系统维护，网站将于三月一日暂停服务。 Reason: a fault could not be found."),
]


def page(title: str, text: str) -> str:
    script = "<script>setTimeout(function(){location.href='/'},10000)</script>"
    return f"<html><head><title>{title}</title></head><body>{script}<p>{text}</p></body></html>"


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
@pytest.mark.parametrize(("title", "text"), SAYS_SO)
def test_a_page_that_says_that_nothing_is_here(title: str, text: str, charset: str) -> None:
    raw, content_type = page(title, text).encode(charset), f"text/html; charset={charset}"
    assert judge(answer(raw, content_type=content_type)).reason == "the page says that nothing is here"
    assert outcome(raw, "list", content_type) == "soft_404"
    assert outcome(raw, "page", None) == "soft_404"
    assert is_error_page(open_page(Page(raw, content_type)))  # the parsers' word for it is the same


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
@pytest.mark.parametrize(("title", "text"), SAYS_OTHERWISE)
def test_a_release_that_speaks_of_it(title: str, text: str, charset: str) -> None:
    assert outcome(page(title, text).encode(charset), "page", f"text/html; charset={charset}") == "ok"


def test_a_page_without_such_words_is_not_read_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.fetching.outcomes._says_that_nothing_is_here", None)
    assert judge(answer()) == OK


def test_only_html_is_looked_into() -> None:
    raw = page(*SAYS_SO[0])
    for content_type in ("text/plain", "application/xml", "application/pdf", "application/json"):
        assert outcome(raw, "page", content_type) == "ok"
        assert outcome(SCRIPT.format("x"), "page", content_type) == "ok"
    assert outcome(raw, "page", "APPLICATION/XHTML+XML ; x") == "soft_404"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (SCRIPT.format("document.cookie='a=b';location.reload()"), "challenge"),
        (SCRIPT.format("a<b;" * 20_000).replace("script", "SCRIPT"), "challenge"),
        ("<script src=a.js></script><noscript>Please enable JavaScript to go on</noscript>", "challenge"),
        ("<style>p {color: red; background: white}</style><script>x</script>", "challenge"),
        ("<script>x</script><!-- <p>what nobody who looks at it sees</p> -->", "challenge"),
        ("<script>document.write('<b>what</b> a script alone would write, later')</script>", "challenge"),
        (f"<script>x</script>{'<br>' * 3_000}", "ok"),
        ("<script>never closed, and long enough to be seen", "challenge"),
        ("<script>x</script><p>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;请稍候，正在验证您的浏览器</p>", "challenge"),
        (f"<script>x</script><p>{'a ' * 19}</p>", "challenge"),
        (f"<script>x</script><p>{'a ' * 20}</p>", "ok"),
        (f"<script>x</script><p>{'<b>字</b>' * 20}</p>", "ok"),
        (f"{'a ' * 20}<script>x</script>", "ok"),
        ("<p>Hello</p>", "ok"),
        ("<html><frameset><frame src=a></frameset></html>", "ok"),
    ],
)
def test_a_script_and_hardly_any_text_is_a_challenge(body: str, expected: str) -> None:
    assert outcome(body) == outcome(body, "list") == expected
    assert outcome(body, "feed") == outcome(body, "sitemap") == outcome(body, "robots") == "ok"


def test_robots_txt_may_be_anything() -> None:
    assert judge(answer(page(*SAYS_SO[0]), final="https://www.mfa.test/error.htm"), role="robots") == OK
    assert judge(answer(b""), role="robots") == OK
    assert judge(answer(status=404), role="robots").outcome == "gone"
    assert judge(answer(status=503), role="robots").transient


@pytest.mark.parametrize("role", ["feed", "sitemap"])
def test_a_feed_that_leads_nowhere_is_gone(role: Role) -> None:
    assert judge(answer(page(*SAYS_SO[0])), role=role) == OK
    assert judge(answer(final="https://www.mfa.test/error.htm"), role=role).outcome == "soft_404"


@given(
    st.integers(100, 599), st.binary(max_size=60) | st.text("<script>/!-a &;找页面不存在", max_size=60).map(str.encode)
)
def test_no_answer_is_a_crash(status: int, body: bytes) -> None:
    verdict = judge(answer(body, status, content_type=None))
    assert verdict.outcome in OUTCOMES
    assert (verdict.reason is None) == (verdict.outcome in ("ok", "not_modified"))


# --- real pages ----------------------------------------------------------------------------------


@cache
def real_pages() -> tuple[tuple[str, bytes], ...]:
    found = []
    for folder in (SAVED, SHARED):
        for path in sorted(folder.rglob("*.*htm*")):
            raw = path.read_bytes()
            found.append((str(path), gzip.decompress(raw) if path.suffix == ".gz" else raw))
    return tuple(found)


def test_no_real_page_is_taken_for_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.fetching.outcomes._SMALL", 1 << 30)  # none is saved by its size
    others = [
        (name, verdict.reason)
        for name, raw in real_pages()
        for sent in (raw, raw.decode("utf-8", "replace").encode("gb18030"))
        if (verdict := judge(answer(sent, content_type="text/html"))) != OK
    ]
    assert len(real_pages()) >= 28
    assert {Path(name).name for name, _ in others} <= {"fmprc_error.htm"}


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"the real pages are not here: {SHARED}")
def test_the_real_error_page_is_known() -> None:
    raw = (SHARED / "robots" / "fmprc_error.htm").read_bytes()
    assert outcome(raw) == "soft_404"


# --- bounds --------------------------------------------------------------------------------------


def least(do: Callable[[], object], times: int) -> float:
    """Seconds of the quickest of some runs."""
    costs = []
    for _ in range(times):
        start = time.process_time_ns()
        do()
        costs.append(time.process_time_ns() - start)
    return max(min(costs), 2_000) / 1e9  # less cannot be compared


def test_a_page_costs_little_more_than_to_copy_it() -> None:
    menu = "<li class='item'><a href='/web/a/b/'>外交部长</a></li>\n" * 300
    text = f"<p>{PROSE}中方对此表示欢迎。</p>\n" * 400
    head = "<script>var a = 1;</script>\n<style>p {color: red}</style>\n<link rel=x>\n" * 20
    looked = answer(f"<html><head>{head}</head><body>{menu}{text}"[:50_000] + "</body></html>")
    assert 55_000 < len(looked.body) < 65_000
    assert least(lambda: judge(looked), 300) < 25 * least(looked.body.lower, 300)


HOSTILE = ["<a>", "<", "<script", "<script>", "<!---->", "<!--", "&amp;&#", "-", "<script></script>", "<title>", "<a<b"]
HOSTILE += ["&", "<a", "<!--<script", "</", ">", "<script></"]


@pytest.mark.parametrize("unit", HOSTILE)
@pytest.mark.parametrize(
    ("start", "sizes"), [("<script></script>", (16_000, 512_000)), ("page not found", (1_000, 32_000))]
)
def test_a_hostile_page_costs_as_much_as_it_is_long(unit: str, start: str, sizes: tuple[int, int]) -> None:
    """32 times as long, a thousand times as costly: that would be quadratic."""
    pages = [answer(start + unit * ((size - len(start)) // len(unit))) for size in sizes]
    little, much = (least(lambda page=page: judge(page), 10) for page in pages)
    assert much < 200 * little


def test_no_parser_is_imported() -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests/flows'); from datetime import UTC, datetime\n"
        "from flows.answers import Answer; from flows.fetching.outcomes import judge\n"
        "body = '<html><title>404 Not Found</title><script></script></html>'.encode()\n"
        "print(judge(Answer('u', 'u', 200, (), body, body, datetime.now(UTC))).outcome)\n"
        "print(sorted({'selectolax', 'bs4', 'lxml', 'prefect', 'parsers.page'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split("\n")[:2] == ["soft_404", "[]"]
