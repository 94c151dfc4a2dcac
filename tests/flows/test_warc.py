"""WARC: which records are looks, how their bodies are decoded, and that coming back finds the same bytes."""

from __future__ import annotations

import gzip
import io
import random
import tracemalloc
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastwarc.stream_io import BrotliWriter, GzipWriter, ZstdWriter
from fastwarc.warc import WarcRecord, WarcRecordType
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.loading.load import load, total_bytes
from flows.loading.warc import body_at, read_warc
from flows.looks import FileEnd, Kept, Loaded
from parsers.errors import ArchiveMissing, InputMalformed
from parsers.release import MAX_BYTES

DATE = "2022-04-25T19:49:11Z"
PAGE = "<html><p>外交部发言人</p>".encode() + bytes(random.Random(7).choices(range(32, 127), k=30_000))


@dataclass(frozen=True)
class Sent:
    """A record as a test wants it; without a status it is no HTTP."""

    body: bytes = PAGE
    status: str | None = "200 OK"
    http: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)
    kind: str = "response"
    url: str = "https://a.test/1"
    warc: tuple[tuple[str, str], ...] = (("WARC-Date", DATE),)
    content_type: str = "text/plain"


def with_coding(body: bytes, **headers: str) -> Sent:
    http = [("Content-Type", "text/html"), *((name.replace("_", "-"), value) for name, value in headers.items())]
    return Sent(body, http=tuple(http))


class QuietWriter(WARCWriter):
    """warcio leaves its temporary files open, which is an error in these tests."""

    @staticmethod
    def _create_temp_file() -> io.BytesIO:
        return io.BytesIO()


def by_warcio(path: Path, records: Sequence[Sent], packed: bool) -> list[int]:
    offsets = []
    with path.open("wb") as file:
        writer = QuietWriter(file, gzip=packed)
        for sent in records:
            offsets.append(file.tell())
            http = StatusAndHeaders(sent.status, list(sent.http), protocol="HTTP/1.1") if sent.status else None
            record = writer.create_warc_record(
                sent.url,
                sent.kind,
                io.BytesIO(sent.body),
                http_headers=http,
                warc_headers_dict=dict(sent.warc),
                warc_content_type="" if http else sent.content_type,
            )
            writer.write_record(record)
    return offsets


def by_fastwarc(path: Path, records: Sequence[Sent], packed: bool) -> list[int]:
    offsets = []
    with path.open("wb") as file:
        for sent in records:
            offsets.append(file.tell())
            writer = GzipWriter(file) if packed else file
            plain_record(sent).write(writer)
            if packed:
                writer.finish()
                writer.flush()
    return offsets


def plain_record(sent: Sent) -> WarcRecord:
    block = sent.body
    if sent.status:
        head = f"HTTP/1.1 {sent.status}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in sent.http)
        block = head.encode() + b"\r\n" + block
    record = WarcRecord()
    record.init_headers(getattr(WarcRecordType, sent.kind), content_length=len(block))
    record.headers["WARC-Target-URI"] = sent.url
    record.headers["Content-Type"] = "application/http; msgtype=response" if sent.status else sent.content_type
    for name, value in sent.warc:
        record.headers[name] = value
    record.set_bytes_content(block)
    return record


def plain(*records: Sent) -> list[bytes]:
    written = []
    for sent in records:
        out = io.BytesIO()
        plain_record(sent).write(out)
        written.append(out.getvalue())
    return written


def brotli(data: bytes) -> bytes:
    out = io.BytesIO()
    with BrotliWriter(out) as writer:
        writer.write(data)
    return out.getvalue()


def zstd(data: bytes) -> bytes:
    out = io.BytesIO()
    with ZstdWriter(out) as writer:
        writer.write(data)
    return out.getvalue()


def chunked(data: bytes, size: int = 1000) -> bytes:
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(b"%x;ext=1\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def read(path: Path) -> tuple[list[Loaded], bool]:
    *looks, end = load([path], lambda _: None)
    assert isinstance(end, FileEnd)
    found = [look for look in looks if isinstance(look, Loaded)]
    assert end.items == len(found)
    return found, end.complete


def one(folder: Path, sent: Sent) -> Loaded:
    path = folder / "a.warc.gz"
    by_fastwarc(path, [sent], packed=True)
    (look,), complete = read(path)
    assert complete
    assert look.kept is not None
    assert body_at(path, look.kept.warc_offset) == look.raw
    return look


MIXED = [
    Sent(b"software: x", None, kind="warcinfo", content_type="application/warc-fields"),
    Sent(),
    Sent(b"GET / HTTP/1.1\r\n\r\n", None, kind="request", content_type="application/http; msgtype=request"),
    with_coding(gzip.compress(PAGE), Content_Encoding="gzip"),
    Sent(b"\x89PNG", http=(("Content-Type", "image/png"),)),
    with_coding(chunked(brotli(PAGE)), Content_Encoding="br", Transfer_Encoding="chunked"),
    Sent(b"x: y", None, kind="metadata", content_type="application/warc-fields"),
    Sent(b"Home > News\nWords", None, kind="resource", url="https://a.test/text"),
    Sent(b"<h1>Not Found", "404 Not Found"),
]
TEXTS = [sent for sent in MIXED if sent.kind in ("response", "resource") and "image" not in str(sent.http)]


@pytest.mark.parametrize("write", [by_warcio, by_fastwarc])
@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_texts_are_looks_that_lie_where_they_are(
    tmp_path: Path, write: Callable[[Path, Sequence[Sent], bool], list[int]], name: str
) -> None:
    path = tmp_path / name
    offsets = write(path, MIXED, name.endswith(".gz"))
    looks, complete = read(path)
    assert complete
    assert [look.raw for look in looks] == [PAGE, PAGE, PAGE, b"Home > News\nWords", b"<h1>Not Found"]
    assert [look.url for look in looks] == [sent.url for sent in TEXTS]
    assert [look.outcome for look in looks] == ["ok", "ok", "ok", "ok", "gone"]
    assert looks[0].content_type == "text/html; charset=utf-8"
    assert looks[3].content_type == "text/plain"
    assert looks[4].reason == "HTTP status 404"
    assert {look.captured_at for look in looks} == {datetime(2022, 4, 25, 19, 49, 11, tzinfo=UTC)}
    expected = [offset for offset, sent in zip(offsets, MIXED, strict=True) if sent in TEXTS]
    assert [look.kept for look in looks] == [Kept(str(path), offset) for offset in expected]
    assert [body_at(path, offset) for offset in expected] == [look.raw for look in looks]


def test_zstd(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.zst"
    path.write_bytes(b"".join(map(zstd, plain(*MIXED))))
    looks, complete = read(path)
    assert complete
    assert len(looks) == len(TEXTS)
    for look in looks:
        assert look.kept is not None
        assert body_at(path, look.kept.warc_offset) == look.raw
    path.write_bytes(path.read_bytes()[:-5])
    *good, last = read(path)[0]
    assert [look.raw for look in good] == [look.raw for look in looks]
    assert last.outcome == "malformed"
    assert not read(path)[1]


def test_progress_sums_up(tmp_path: Path) -> None:
    for name in ("a.warc", "b.warc.gz"):
        by_warcio(tmp_path / name, MIXED * 20, name.endswith(".gz"))
    told: list[int] = []
    list(load([tmp_path], lambda _: None, told.append))
    assert sum(told) == total_bytes([tmp_path])
    assert min(told) >= 0
    assert len([count for count in told if count]) > 10


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("200 OK", "ok"),
        ("206 Partial", "ok"),
        ("202 Accepted", "ok"),
        ("304 Not Modified", "not_modified"),
        ("404 Not Found", "gone"),
        ("410 Gone", "gone"),
        ("401 No", "blocked"),
        ("403 No", "blocked"),
        ("451 No", "blocked"),
        ("412 No", "challenge"),
        ("521 No", "challenge"),
        ("301 Moved", "error"),
        ("429 Slowly", "error"),
        ("500 Oh", "error"),
        ("503 Oh", "error"),
        ("abc", "error"),
    ],
)
def test_the_status_is_the_outcome(tmp_path: Path, status: str, outcome: str) -> None:
    look = one(tmp_path, Sent(status=status))
    assert look.outcome == outcome
    assert (look.reason is None) == (outcome == "ok")
    assert look.raw == PAGE


@pytest.mark.parametrize(
    ("content_type", "taken"),
    [
        ("text/html", True),
        ("TEXT/HTML;charset=gbk", True),
        ("text/plain", True),
        ("application/xhtml+xml", True),
        ("application/rss+xml", True),
        ("text/xml", True),
        ("", True),
        ("html", True),
        ("image/svg+xml", False),
        ("text/css", False),
        ("text/javascript", False),
        ("application/javascript", False),
        ("application/pdf", False),
        ("application/json", False),
        ("font/woff2", False),
        ("video/mp4", False),
    ],
)
def test_what_is_no_text_is_left_out(tmp_path: Path, content_type: str, taken: bool) -> None:
    path = tmp_path / "a.warc"
    by_fastwarc(path, [Sent(http=(("Content-Type", content_type),) if content_type else ())], packed=False)
    looks, complete = read(path)
    assert (len(looks), complete) == (int(taken), True)


CODINGS: list[tuple[str, dict[str, str], bytes]] = [
    ("gzip", {"Content_Encoding": "gzip"}, gzip.compress(PAGE)),
    ("two members", {"Content_Encoding": "x-gzip"}, gzip.compress(PAGE[:999]) + gzip.compress(PAGE[999:])),
    ("deflate", {"Content_Encoding": "deflate"}, zlib.compress(PAGE)),
    ("raw deflate", {"Content_Encoding": "deflate"}, zlib.compress(PAGE)[2:-4]),
    ("br", {"Content_Encoding": "BR"}, brotli(PAGE)),
    ("zstd", {"Content_Encoding": "zstd"}, zstd(PAGE)),
    ("chunked", {"Transfer_Encoding": "chunked"}, chunked(PAGE)),
    ("chunked gzip", {"Transfer_Encoding": "gzip, chunked"}, chunked(gzip.compress(PAGE), 7)),
    ("both", {"Transfer_Encoding": "chunked", "Content_Encoding": "gzip"}, chunked(gzip.compress(PAGE))),
    ("two", {"Content_Encoding": "deflate, gzip"}, gzip.compress(zlib.compress(PAGE))),
    ("unknown", {"Content_Encoding": "utf-8"}, PAGE),
    ("gzip undone", {"Content_Encoding": "gzip"}, PAGE),
    ("deflate undone", {"Content_Encoding": "deflate"}, PAGE),
    ("br undone", {"Content_Encoding": "br"}, PAGE),
    ("zstd undone", {"Content_Encoding": "zstd"}, PAGE),
    ("chunked undone", {"Transfer_Encoding": "chunked"}, PAGE),
    ("all undone", {"Transfer_Encoding": "chunked", "Content_Encoding": "gzip"}, PAGE),
]


@pytest.mark.parametrize(("headers", "body"), [row[1:] for row in CODINGS], ids=[row[0] for row in CODINGS])
def test_codings_are_undone(tmp_path: Path, headers: dict[str, str], body: bytes) -> None:
    path = tmp_path / "a.warc"
    by_fastwarc(path, [with_coding(body, **headers), Sent(b"next")], packed=False)
    (look, after), complete = read(path)
    assert (look.raw, look.outcome, look.reason) == (PAGE, "ok", None)
    assert (after.raw, complete) == (b"next", True)
    assert look.kept is not None
    assert body_at(path, look.kept.warc_offset) == PAGE


CUT = [row for row in CODINGS[:10] if row[0] not in ("raw deflate", "br")]


@pytest.mark.parametrize(("headers", "body"), [row[1:] for row in CUT], ids=[row[0] for row in CUT])
def test_a_coding_that_breaks_off_is_malformed(tmp_path: Path, headers: dict[str, str], body: bytes) -> None:
    look = one(tmp_path, with_coding(body[: len(body) * 2 // 3], **headers))
    assert look.outcome == "malformed"
    assert "break" in str(look.reason)
    assert len(look.raw) < len(PAGE)
    assert PAGE.startswith(look.raw) or headers == {"Content_Encoding": "deflate, gzip"}


@pytest.mark.parametrize(
    "sent",
    [
        Sent(b"a" * (MAX_BYTES + 1)),
        with_coding(gzip.compress(b"a" * (MAX_BYTES * 8), 1), Content_Encoding="gzip"),
        with_coding(zlib.compress(b"a" * (MAX_BYTES * 8), 1), Content_Encoding="deflate"),
        with_coding(brotli(b"a" * (MAX_BYTES * 8)), Content_Encoding="br"),
        with_coding(chunked(b"a" * (MAX_BYTES + 1), 1 << 20), Transfer_Encoding="chunked"),
        with_coding(chunked(b"a" * (MAX_BYTES * 8), 1 << 20), Transfer_Encoding="chunked"),
    ],
    ids=["plain", "gzip", "deflate", "br", "chunked", "much chunked"],
)
def test_a_body_over_the_bound_is_cut_there(tmp_path: Path, sent: Sent) -> None:
    path = tmp_path / "a.warc"
    by_fastwarc(path, [sent], packed=False)
    tracemalloc.start()
    (look,), complete = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (look.outcome, complete) == ("too_large", True)
    assert look.raw == body_at(path, 0) == b"a" * MAX_BYTES
    assert peak < 6 * MAX_BYTES


def test_a_body_of_just_the_bound_is_read(tmp_path: Path) -> None:
    assert one(tmp_path, Sent(b"a" * MAX_BYTES)).outcome == "ok"


@pytest.mark.parametrize(("why", "outcome"), [("length", "too_large"), ("disconnect", "malformed")])
def test_a_record_that_says_it_was_cut(tmp_path: Path, why: str, outcome: str) -> None:
    assert one(tmp_path, Sent(warc=(("WARC-Date", DATE), ("WARC-Truncated", why)))).outcome == outcome


def test_a_date_that_is_none_is_malformed(tmp_path: Path) -> None:
    look = one(tmp_path, Sent(warc=(("WARC-Date", "2022-99-01T00:00:00Z"),)))
    assert (look.outcome, look.captured_at, look.raw) == ("malformed", None, PAGE)
    assert "WARC-Date" in str(look.reason)
    (record,) = plain(replace(Sent(), warc=()))
    path = tmp_path / "b.warc"
    path.write_bytes(b"".join(line for line in record.splitlines(keepends=True) if not line.startswith(b"WARC-Date")))
    (look,), _ = read(path)
    assert (look.outcome, look.captured_at) == ("ok", None)


def test_an_http_header_without_end_is_malformed(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    by_fastwarc(path, [Sent(b"HTTP/1.1 " + b"a" * 50_000, None, content_type="application/http"), Sent()], packed=False)
    (look, good), complete = read(path)
    assert look.outcome == "malformed"
    assert "HTTP header" in str(look.reason)
    assert (good.raw, complete) == (PAGE, True)


def test_an_address_in_brackets_is_taken_out(tmp_path: Path) -> None:
    assert one(tmp_path, Sent(url="<https://a.test/1>")).url == "https://a.test/1"


# Broken files


def small(number: int) -> Sent:
    return Sent(b"<p>%d" % number, url=f"https://a.test/{number}")


@pytest.mark.acceptance
@pytest.mark.parametrize("packed", [False, True])
def test_a_file_cut_anywhere_gives_what_precedes_and_says_so(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "a.warc"
    offsets = by_fastwarc(path, [small(1), Sent(b"x", None, kind="metadata"), small(2)], packed)
    raw = path.read_bytes()
    whole = [look.raw for look in read(path)[0]]
    ends = [*offsets, len(raw)]
    for cut in range(len(raw)):
        path.write_bytes(raw[:cut])
        looks, complete = read(path)
        # Of a plain record nothing is lost with its closing empty lines.
        record_ends = ends if packed else [end - gone for end in ends for gone in range(5)]
        assert complete == (cut in record_ends), cut
        good = [look for look in looks if look.outcome == "ok"]
        assert [look.raw for look in good] == whole[: len(good)]
        assert len(good) >= sum(cut >= end for end in (offsets[1], len(raw)))
        assert [look.outcome for look in looks[len(good) :]] == ([] if complete else ["malformed"])
        assert all(look.reason and look.kept is None for look in looks[len(good) :])


def test_a_record_that_is_cut_is_kept_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    by_warcio(path, [small(1), Sent()], packed=True)
    path.write_bytes(path.read_bytes()[:-500])
    (good, last), complete = read(path)
    assert (good.raw, complete) == (b"<p>1", False)
    assert (last.outcome, last.url, last.kept) == ("malformed", "https://a.test/1", None)
    assert PAGE.startswith(last.raw)
    assert len(last.raw) > 20_000


@pytest.mark.parametrize(
    ("spoil", "good"),
    [
        (lambda raw, at: raw + b"garbage", 3),
        (lambda raw, at: b"garbage" + raw, 0),
        (lambda raw, at: raw[: at[1]] + b"garbage\r\n\r\n" + raw[at[1] :], 1),
        (lambda raw, at: raw[: at[1] - 3] + raw[at[1] :], 0),
        (lambda raw, at: raw[: at[1] + 40] + b"\0" * 20 + raw[at[1] + 60 :], 1),
        (lambda raw, at: raw[: at[1]] + gzip.compress(b"") + raw[at[1] :], 1),  # fastwarc ends there without a word
        (lambda raw, at: b"garbage", 0),
        (lambda raw, at: gzip.compress(raw)[:8], 0),
    ],
    ids=["behind", "before", "between", "lost end", "damaged", "empty member", "no WARC", "head of gzip"],
)
def test_a_damaged_file_is_told(tmp_path: Path, spoil: Callable[[bytes, list[int]], bytes], good: int) -> None:
    path = tmp_path / "a.warc.gz"
    offsets = by_warcio(path, [small(1), small(2), small(3)], packed=True)
    path.write_bytes(spoil(path.read_bytes(), offsets))
    looks, complete = read(path)
    assert [look.outcome for look in looks] == ["ok"] * good + ["malformed"]
    assert looks[-1].reason
    assert not complete


def test_an_empty_file_is_nothing(tmp_path: Path) -> None:
    for name, data in (("a.warc", b""), ("b.warc.gz", b"")):
        (tmp_path / name).write_bytes(data)
        assert read(tmp_path / name) == ([], True)


def packed_together(path: Path, members: list[int], size: int, between: bytes = b"") -> tuple[list[bytes], set[int]]:
    """Write records of which several share a gzip member; their bodies, and where members begin."""
    rng = random.Random(3)
    sent = [replace(small(n), body=b"<p>%d " % n + rng.randbytes(size).hex().encode()) for n in range(sum(members))]
    records = iter(plain(*sent))
    raw, begins = b"", set()
    for count in members:
        begins.add(len(raw))
        raw += gzip.compress(b"".join(next(records) for _ in range(count))) + between
    path.write_bytes(raw)
    return [each.body for each in sent], begins


@pytest.mark.parametrize("size", [10, 60_000])
@pytest.mark.parametrize("members", [[8], [2, 1, 3, 2], [1, 1, 6]])
def test_records_packed_together_are_no_reference(tmp_path: Path, members: list[int], size: int) -> None:
    path = tmp_path / "a.warc.gz"
    bodies, begins = packed_together(path, members, size)
    looks, complete = read(path)
    assert complete
    assert [look.raw for look in looks] == bodies
    assert looks[0].kept == Kept(str(path), 0)
    for look in looks:
        if look.kept is not None:
            assert look.kept.warc_offset in begins
            assert body_at(path, look.kept.warc_offset) == look.raw
    assert any(look.kept is None for look in looks)


@pytest.mark.parametrize("size", [10, 60_000])
def test_records_packed_together_and_cut_are_told(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.warc.gz"
    packed_together(path, [3, 3], size)
    path.write_bytes(path.read_bytes() + gzip.compress(b"")[:5])
    assert not read(path)[1]
    packed_together(path, [3, 3], 60_000, between=gzip.compress(b""))
    *looks, last = read(path)[0]
    assert (len(looks), last.outcome, read(path)[1]) == (3, "malformed", False)


def test_coming_back_to_what_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    offsets = by_warcio(path, [small(1), small(2)], packed=True)
    for offset in (1, offsets[1] - 1, offsets[1] + 3, path.stat().st_size, 10**9):
        with pytest.raises(InputMalformed, match=f"byte {offset}"):
            body_at(path, offset)
    path.write_bytes(path.read_bytes()[:-30])
    assert body_at(path, 0) == b"<p>1"
    with pytest.raises(InputMalformed):
        body_at(path, offsets[1])
    path.unlink()
    with pytest.raises(ArchiveMissing, match=r"a\.warc\.gz"):
        body_at(path, 0)


def test_a_disk_fault_is_no_break(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.warc"
    by_warcio(path, [small(1)], packed=False)

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("flows.loading.warc._look", fail)
    with pytest.raises(OSError, match="Input/output"):
        list(read_warc(path))
    (look,), complete = read(path)
    assert (look.outcome, complete) == ("error", False)


@pytest.mark.parametrize("packed", [False, True])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "a.warc"
    big = Sent(b"a" * (1 << 20))
    video = replace(big, body=b"v" * (60 << 20), http=(("Content-Type", "video/mp4"),))
    by_fastwarc(path, [*[big] * 40, video], packed)
    tracemalloc.start()
    looks = 0
    for _ in read_warc(path):
        looks += 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert looks == 40
    assert peak < 20 << 20
