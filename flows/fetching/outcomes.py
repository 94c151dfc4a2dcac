"""An answer -> what the look came to. Only `ok` is ever parsed; a challenge is never taken for a page.

Pages are looked into as bytes, in time that grows with their length alone: a parser would meet a hostile page outside
of its pool.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from urllib.parse import urlsplit

from flows.answers import Answer
from parsers.gone_words import NOTHING_HERE
from parsers.release import MAX_BYTES, Outcome, Role

MAX_WAIT = 30 * 86400.0  # seconds; who asks for more does not mean it
_BY_STATUS: dict[int, Outcome] = {304: "not_modified", 404: "gone", 410: "gone"}
_BY_STATUS |= {401: "blocked", 403: "blocked", 451: "blocked", 412: "challenge", 521: "challenge"}
_FOR_NOW = (408, 429, 500, 502, 503, 504)
_ROOTS = ("", "/", "/index.html", "/index.htm", "/index.shtml", "/default.shtml")
_ERROR_PATH = re.compile(
    r"/(?:system/|(?:(?:err(?:ors?)?[-_]?)?(?:404|(?:page[-_]?)?not[-_]?found)|err(?:ors?)?)(?:[/.]|$))", re.IGNORECASE
)
_HTML = ("", "text/html", "application/xhtml+xml")
_FEW = 20  # letters; a challenge shows fewer
_ENOUGH = 500  # bytes of a text, to find so many
_MANY = 2_000  # texts; a challenge has not so many tags
_SMALL = 32 * 1024  # bytes of an error page; that of China's MFA has 11 KiB
_SHORT = 1_500  # letters that it has beside its links; a release may well speak of a deleted page
_UNSEEN = re.compile(rb"<(?:(script|style|noscript|title|template)\b|!--)")
_UNSEEN_OR_LINK = re.compile(rb"<(?:(script|style|noscript|title|template|a)\b|!--)")
_TITLE = re.compile(rb"<title\b[^<>]*>([^<]*)")
# Not 系统维护, which parsers/refusals.py takes for such a word: embassies announce it, in releases.
_NOTHING_HERE = re.compile(NOTHING_HERE)  # bodies are in lower case when it is looked for
_MARKS = (b"not found", b"be found", b"302 found", b"error 404", b"not exist")
_HAN_MARKS = tuple(
    word.encode(charset) for word in ("页面不存在", "网页不存在", "没有找到您要的") for charset in ("utf-8", "gb18030")
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look came to.

    Attributes:
        reason: why, where it is not ok.
        transient: whether asking again soon may bring the page.
        wait: seconds that the host asked us to wait, None where it did not.
    """

    outcome: Outcome
    reason: str | None
    transient: bool
    wait: float | None


OK = Verdict("ok", None, False, None)


def judge(answer: Answer, *, gone: Collection[str] = (), role: Role = "page") -> Verdict:
    """What a look came to.

    Args:
        gone: paths of the source at which a redirect ends where the page is not there.
        role: pages and lists alone are looked into; robots.txt may be anything, and empty.
    """
    verdict = _by_status(answer) or _by_length(answer, role)
    if verdict is None and role != "robots":
        verdict = _by_place(answer, gone)
    if verdict is None and role in ("page", "list"):
        verdict = _by_content(answer)
    return verdict or OK


def _by_status(answer: Answer) -> Verdict | None:
    """What the head says; None where it says that all is well."""
    status = answer.status
    if status in (403, 503) and (answer.header("cf-mitigated") or "").strip().lower() == "challenge":
        return Verdict("challenge", f"HTTP status {status}, cf-mitigated: challenge", False, None)
    if status in _FOR_NOW:
        return Verdict("error", f"HTTP status {status}", True, _wait(answer))
    if status == 202 and b"<script" in answer.body.lower():
        return Verdict("challenge", "HTTP status 202 with a script", False, None)
    if 200 <= status < 300:
        return None
    outcome = _BY_STATUS.get(status, "error")
    redirect = ", and it leads to no page" if 300 <= status < 400 else ""
    return Verdict(outcome, None if outcome == "not_modified" else f"HTTP status {status}{redirect}", False, None)


def _wait(answer: Answer) -> float | None:
    """Seconds of Retry-After (RFC 9110, 10.2.3), within 0 and MAX_WAIT; None where it gives none that can be read."""
    said = (answer.header("Retry-After") or "").strip()
    if re.fullmatch(r"[+-]?[0-9]+(?:\.[0-9]*)?", said):
        seconds = float(said)
    else:
        until = _instant(said)
        if until is None:
            return None
        # A date is by the server's clock, which may be wrong: so is its Date.
        seconds = (until - (_instant(answer.header("Date")) or answer.asked_at)).total_seconds()
    return min(max(seconds, 0.0), MAX_WAIT)


def _instant(said: str | None) -> datetime | None:
    with suppress(TypeError, ValueError, OverflowError):
        at = parsedate_to_datetime(said or "")
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return None


def _by_length(answer: Answer, role: Role) -> Verdict | None:
    if answer.too_large:
        return Verdict("too_large", f"the body has more than {MAX_BYTES:,} bytes", False, None)
    if answer.broken:
        return Verdict("malformed", answer.broken, False, None)
    if not answer.body and role != "robots":
        return Verdict("error", "the answer is empty", True, None)
    return None


def _by_place(answer: Answer, gone: Collection[str]) -> Verdict | None:
    """Whether redirects ended where a site sends readers of pages that it removed."""
    asked, came = urlsplit(answer.url).path, urlsplit(answer.final_url).path
    if not _is_nowhere(came, gone) or _is_nowhere(asked, gone):
        return None
    return Verdict("soft_404", f"it leads to {answer.final_url}", False, None)


def _is_nowhere(path: str, gone: Collection[str]) -> bool:
    return path in _ROOTS or path.startswith(tuple(gone)) or _ERROR_PATH.search(path) is not None


def _by_content(answer: Answer) -> Verdict | None:
    kind = (answer.content_type or "").partition(";")[0].strip().lower()
    if kind not in _HTML:
        return None
    body = answer.body.lower()  # Chinese stays as it is: in both charsets these characters hold no letters of ASCII
    # First: such a page may well hold a script, which leads its readers on, and few words beside it.
    if len(body) <= _SMALL and _has_mark(body) and _says_that_nothing_is_here(body):
        return Verdict("soft_404", "the page says that nothing is here", False, None)
    if b"<script" in body and _shows_little(body):
        return Verdict("challenge", "the page is a script and hardly any text", False, None)
    return None


def _has_mark(body: bytes) -> bool:
    return any(mark in body for mark in _MARKS) or (not body.isascii() and any(mark in body for mark in _HAN_MARKS))


def _says_that_nothing_is_here(body: bytes) -> bool:
    """Whether a page, in lower case, says so in its title, or where it says little else beside its links."""
    title = _TITLE.search(body)
    said = _text(b" ".join(_texts(body, _UNSEEN_OR_LINK)))
    if _letters(said) > _SHORT:
        said = ""
    return _NOTHING_HERE.search(f"{_text(title[1]) if title else ''}\n{said}") is not None


def _shows_little(body: bytes) -> bool:
    """Whether a reader would see hardly any letter of a page, which is in lower case."""
    seen = 0
    for number, text in enumerate(_texts(body, _UNSEEN)):
        if text:
            seen += _letters(_text(text[:_ENOUGH]))
        if seen >= _FEW or number > _MANY:
            return False
    return True


def _texts(body: bytes, apart: re.Pattern[bytes]) -> Iterator[bytes]:
    """What stands between the tags of a page in lower case, some elements left out; each byte is looked at once."""
    at = 0
    while True:
        start = body.find(b"<", at)
        if start < 0:
            yield body[at:].strip()
            return
        yield body[at:start].strip()
        left_out = apart.match(body, start)
        if left_out:
            start = body.find(b"</" + left_out[1] if left_out[1] else b"-->", start)
        at = body.find(b">", start) + 1 if start >= 0 else 0
        if not at:
            return


def _text(raw: bytes) -> str:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("gb18030", "replace")
    return " ".join(unescape(text).split())


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))
