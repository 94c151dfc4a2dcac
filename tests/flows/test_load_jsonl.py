"""JSON lines: what a line may say, what is said of a broken one, and that no file is too large."""

from __future__ import annotations

import base64
import gzip
import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.loading.beside import beside, instant
from flows.loading.load import load
from flows.loading.load_jsonl import MAX_LINE
from flows.looks import FileEnd, Loaded
from parsers.errors import InputMalformed
from parsers.release import MAX_BYTES, Listing

MIB = 1 << 20


def read(path: Path) -> tuple[list[Loaded], FileEnd]:
    *looks, end = load([path], lambda _: None)
    assert isinstance(end, FileEnd)
    assert end.items == len(looks)
    return [look for look in looks if isinstance(look, Loaded)], end


def of_lines(folder: Path, *lines: object, end: bytes = b"\n") -> list[Loaded]:
    path = folder / "a.jsonl"
    path.write_bytes(b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + end for line in lines))
    looks, last = read(path)
    assert last.complete
    return looks


def test_a_line_is_a_look(tmp_path: Path) -> None:
    (look,) = of_lines(
        tmp_path,
        {
            "id": "7",
            "url": "https://a.test/",
            "captured_at": "2022-04-25T19:49:11.5Z",
            "content_type": "text/html",
            "content": "<p>外交部",
            "listing": {"title": "T", "published": None, "page": 1},
            "site": {"any": "thing"},
        },
    )
    assert look == Loaded(
        "<p>外交部".encode(),
        f"{tmp_path / 'a.jsonl'} line 1",
        "https://a.test/",
        "7",
        datetime(2022, 4, 25, 19, 49, 11, 500_000, tzinfo=UTC),
        "text/html; charset=utf-8",
        Listing("T", None),
    )


@pytest.mark.parametrize(
    ("given_type", "content", "content_type"),
    [
        (None, "<!doctype HTML><p>", "text/html; charset=utf-8"),
        (None, "Words <html>", "text/plain; charset=utf-8"),
        (None, "", "text/plain; charset=utf-8"),
        ("text/plain", "x", "text/plain; charset=utf-8"),
        ("text/html; Charset=GBK", "x", "text/html; Charset=GBK"),
    ],
)
def test_content_is_utf8(tmp_path: Path, given_type: str | None, content: str, content_type: str) -> None:
    (look,) = of_lines(tmp_path, {"content": content, "content_type": given_type})
    assert (look.raw, look.content_type, look.outcome) == (content.encode(), content_type, "ok")


def test_base64_is_bytes_and_its_type_is_not_guessed(tmp_path: Path) -> None:
    raw = bytes(range(256))
    plain, typed = of_lines(
        tmp_path,
        {"content_base64": base64.b64encode(raw).decode()},
        {"content_base64": base64.b64encode(raw).decode(), "content": None, "content_type": "text/html"},
    )
    assert (plain.raw, plain.content_type) == (raw, None)
    assert (typed.raw, typed.content_type) == (raw, "text/html")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"content": "x"', "not JSON"),
        (b"\xff\xfe{", "not JSON"),
        (b'{"content": "\xff"}', "not JSON"),
        (b'{"content": "\\ud800"}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "object"),
        (b"null", "object"),
        (b"{}", "`content`"),
        (b'{"content": null}', "`content`"),
        (b'{"content": "a", "content_base64": "YQ=="}', "`content_base64`"),
        (b'{"content": 1}', "`content`"),
        (b'{"content_base64": []}', "`content_base64`"),
        (b'{"content_base64": "Y"}', "`content_base64`"),
        (b'{"content_base64": "Y Q=="}', "`content_base64`"),
        ('{"content_base64": "é"}'.encode(), "`content_base64`"),
        (b'{"content": "a", "id": 1}', "`id`"),
        (b'{"content": "a", "url": ["u"]}', "`url`"),
        (b'{"content": "a", "content_type": {}}', "`content_type`"),
        (b'{"content": "a", "captured_at": 1650915000}', "`captured_at`"),
        (b'{"content": "a", "captured_at": "2022-02-30"}', "`captured_at`"),
        (b'{"content": "a", "captured_at": "0001-01-01T00:00+01:00"}', "`captured_at`"),
        (b'{"content": "a", "listing": []}', "`listing`"),
        (b'{"content": "a", "listing": {"published": 20220425}}', "`published`"),
    ],
)
def test_a_broken_line_is_kept_and_the_rest_goes_on(tmp_path: Path, line: bytes, reason: str) -> None:
    broken, good = of_lines(tmp_path, line, {"content": "x"}, end=b"\r\n")
    assert (broken.raw, broken.outcome, broken.url) == (line, "malformed", None)
    assert reason in str(broken.reason)
    assert broken.origin.endswith("a.jsonl line 1")
    assert (good.raw, good.outcome) == (b"x", "ok")


def test_blank_lines_are_nothing_but_count(tmp_path: Path) -> None:
    looks = of_lines(tmp_path, b"", b'\xef\xbb\xbf{"content": "no mark here"}', b"  ", {"content": "b"})
    assert [(look.outcome, look.origin[-6:]) for look in looks] == [("malformed", "line 2"), ("ok", "line 4")]
    (look,) = of_lines(tmp_path, b'\xef\xbb\xbf{"content": "a mark"}')
    assert look.outcome == "ok"


def test_the_last_line_needs_no_end(tmp_path: Path) -> None:
    (look,) = of_lines(tmp_path, {"content": "x"}, end=b"")
    assert look.raw == b"x"


def test_a_line_over_the_bound_is_cut_and_passed_over(tmp_path: Path) -> None:
    long = b'{"content": "' + b"a" * MAX_LINE
    big, good = of_lines(tmp_path, long + b"a" * 300_000 + b'"}', {"content": "x"})
    assert (big.raw, big.outcome) == (long[:MAX_BYTES], "too_large")
    assert "line" in str(big.reason)
    assert good.raw == b"x"


def test_a_body_over_the_bound_is_cut(tmp_path: Path) -> None:
    most, over = of_lines(
        tmp_path,
        {"content_base64": base64.b64encode(b"a" * MAX_BYTES).decode(), "url": "u"},
        {"content": "a" * (MAX_BYTES + 1), "url": "u"},
    )
    assert (most.outcome, len(most.raw)) == ("ok", MAX_BYTES)
    assert (over.outcome, len(over.raw), over.url) == ("too_large", MAX_BYTES, "u")


@pytest.mark.parametrize("keep", [0.3, 0.9, -4, -12])
def test_a_cut_gzip_gives_what_precedes(tmp_path: Path, keep: float) -> None:
    path = tmp_path / "a.jsonl.gz"
    lines = [json.dumps({"content": base64.b64encode(bytes([i]) * i).decode()}).encode() + b"\n" for i in range(250)]
    packed = gzip.compress(b"".join(lines))
    path.write_bytes(packed[: int(len(packed) * keep)] if keep > 0 else packed[: int(keep)])
    looks, end = read(path)
    *good, last = looks
    assert good
    assert all(look.outcome == "ok" for look in good)
    assert last.outcome == "malformed"
    assert "gzip" in str(last.reason)
    assert lines[len(good)].startswith(last.raw) if len(good) < 250 else last.raw == b""
    assert not end.complete


def test_a_damaged_gzip_gives_what_precedes(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"content": "x"}\n') + b"damage")
    (good, last), end = read(path)
    assert (good.raw, last.outcome, end.complete) == (b"x", "malformed", False)


def peak(path: Path) -> int:
    tracemalloc.start()
    for _ in load([path], lambda _: None):
        pass
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, name: str) -> None:
    small, large = tmp_path / "small" / name, tmp_path / "large" / name
    for path, size in ((small, 1), (large, 50)):
        path.parent.mkdir()
        block = (json.dumps({"content": "a" * 100_000}).encode() + b"\n") * 10 * size
        path.write_bytes(gzip.compress(block, 1) if name.endswith(".gz") else block)
    assert peak(large) < peak(small) + 2 * MIB


def test_memory_is_bounded_for_one_endless_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(300):
            file.write(b"a" * MIB)
    assert peak(path) < 4 * MAX_LINE


@given(st.text())
def test_any_words_for_a_time_are_a_time_or_malformed(words: str) -> None:
    try:
        assert instant(words, "captured_at").utcoffset() is not None
    except InputMalformed as error:
        assert "`captured_at`" in error.what  # noqa: PT017 - either way is right


@given(st.datetimes(timezones=st.timezones()))
def test_a_time_keeps_its_instant(time: datetime) -> None:
    try:
        expected = time.astimezone(UTC)
    except OverflowError:
        with pytest.raises(InputMalformed):
            instant(time.isoformat(), "captured_at")
    else:
        assert instant(time.isoformat(), "captured_at") == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda of: st.lists(of) | st.dictionaries(st.text(), of)
)
KEYS = st.sampled_from(["id", "url", "captured_at", "content_type", "listing", "title"])


@pytest.mark.acceptance
@given(st.dictionaries(KEYS, JSON) | JSON)
def test_whatever_stands_beside_is_read_or_malformed(said: object) -> None:
    try:
        read_said = beside(said)
    except InputMalformed as error:
        assert error.what  # noqa: PT017 - either way is right
    else:
        assert isinstance(said, dict)
        assert read_said.given_id in (said.get("id"), None)
