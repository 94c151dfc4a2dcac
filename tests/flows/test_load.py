"""Files, folders, sidecars: what is read, in which order, and what is said of what cannot be read."""

from __future__ import annotations

import gzip
import json
import os
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.loading.load import input_files, load, total_bytes
from flows.looks import FileEnd, Loaded, Skipped
from parsers.errors import InputMissing
from parsers.release import MAX_BYTES, Listing, key_of, sha256

NEVER = {}.get


def looks(*paths: Path) -> list[Loaded]:
    return [step for step in load(paths, NEVER) if isinstance(step, Loaded)]


def end(path: Path) -> FileEnd:
    (step,) = [step for step in load([path], NEVER) if isinstance(step, FileEnd)]
    return step


def sidecar(path: Path, **said: object) -> Path:
    beside = path.with_name(path.name + ".json")
    beside.write_text(json.dumps(said), "utf-8")
    return beside


@pytest.mark.parametrize("name", ["a.txt", "a.MD", "a.html", "a.htm", "a.shtml", "a.xhtml"])
def test_a_file_is_one_look(tmp_path: Path, name: str) -> None:
    content_type = "text/html" if "htm" in name else "text/plain"
    path = tmp_path / name
    path.write_bytes(b"Words")
    first, last = load([tmp_path], NEVER)
    assert first == Loaded(b"Words", str(path), content_type=content_type)
    assert last == FileEnd(key_of(Path(name).suffix.lower(), sha256(b"Words"), None), 1, complete=True)


def test_a_sidecar_says_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(b"<p>")
    beside = sidecar(
        path,
        id="7",
        url="https://a.test/7",
        captured_at="2022-04-25T19:49:11+08:00",
        content_type="text/html; charset=gbk",
        listing={"title": "T", "published": "25 April"},
        other=[1],
    )
    first, last = load([tmp_path], NEVER)
    assert first == Loaded(
        b"<p>",
        str(path),
        "https://a.test/7",
        "7",
        datetime(2022, 4, 25, 11, 49, 11, tzinfo=UTC),
        "text/html; charset=gbk",
        Listing("T", "25 April"),
    )
    assert last == FileEnd(key_of(path.suffix, sha256(b"<p>"), sha256(beside.read_bytes())), 1, complete=True)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"{", "a.txt.json"),
        (b"[]", "no JSON object"),
        (b'{"url": 1}', "`url`"),
        (b'{"listing": "T"}', "`listing`"),
        (b'{"listing": {"title": 1}}', "`title`"),
        (b'{"captured_at": "yesterday"}', "`captured_at`"),
        (b'{"captured_at": "0001-01-01T00:00:00+05:00"}', "`captured_at`"),
        (b'{"captured_at": "9999-12-31T23:59:59-05:00"}', "`captured_at`"),
        (b'{"captured_at": "12345-01-01"}', "`captured_at`"),
        (b'{"id": "' + b"7" * (1 << 20) + b'"}', "a.txt.json"),
    ],
)
def test_a_broken_sidecar_is_named(tmp_path: Path, said: bytes, reason: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"Words")
    (tmp_path / "a.txt.json").write_bytes(said)
    first, last = load([path], NEVER)
    assert isinstance(first, Loaded)
    assert (first.raw, first.outcome, first.url) == (b"Words", "malformed", None)
    assert "`a.txt.json`" in str(first.reason)
    assert reason in str(first.reason)
    assert isinstance(last, FileEnd)
    assert last.complete


@pytest.fixture
def _far_from_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Shanghai")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("_far_from_utc")
def test_a_time_without_offset_is_utc(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"Words")
    sidecar(path, captured_at="2022-04-25 19:49", url="  ", id=None)
    (look,) = looks(path)
    assert look.captured_at == datetime(2022, 4, 25, 19, 49, tzinfo=UTC)
    assert look.url is None


def test_folders_are_walked_by_name(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/1.html.gz", "a.rss", "c.pdf", ".hidden.txt", ".git/x.txt", "d.json", "e.jsonl", "f.css"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    sidecar(tmp_path / "b/2.txt")
    names = [path.relative_to(tmp_path).as_posix() for path in input_files([tmp_path])]
    assert names == ["a.rss", "b/1.html.gz", "b/2.txt", "e.jsonl"]
    assert total_bytes([tmp_path]) == 4


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    for one, other in (("a", "b"), ("b", "a")):
        (tmp_path / one).mkdir()
        (tmp_path / one / "1.txt").write_bytes(one.encode())
        (tmp_path / one / "to").symlink_to(tmp_path / other)
        (tmp_path / one / "self").symlink_to(tmp_path / one)
    assert sorted(look.raw for look in looks(tmp_path)) == [b"a", b"b"]


def test_a_pipe_in_a_folder_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    assert input_files([tmp_path]) == []
    with pytest.raises(InputMissing, match="neither"):
        load([tmp_path / "a.txt"], NEVER)


def test_what_is_missing_stops_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"x")
    asked: list[str] = []
    with pytest.raises(InputMissing, match="none"):
        load([tmp_path / "a.txt", tmp_path / "none"], asked.append)
    assert not asked


def test_an_unreadable_file_in_a_folder_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "b.txt").symlink_to(tmp_path / "b.txt")
    (tmp_path / "c.txt").write_bytes(b"x")
    first, second, third, last = load([tmp_path], NEVER)
    for step in (first, second):
        assert isinstance(step, Loaded)
        assert (step.raw, step.outcome) == (b"", "error")
        assert "cannot be read" in str(step.reason)
    assert isinstance(third, Loaded)
    assert third.outcome == "ok"
    assert isinstance(last, FileEnd)


def test_an_unreadable_folder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "a.txt").write_bytes(b"x")
    iterdir = Path.iterdir

    def refuse(path: Path) -> object:  # root may read everything: permissions alone do not show it
        if path == inner:
            raise PermissionError(13, "Permission denied")
        return iterdir(path)

    monkeypatch.setattr(Path, "iterdir", refuse)
    (look,) = looks(tmp_path)
    assert (look.origin, look.outcome) == (str(inner), "error")


def test_a_given_path_of_unknown_kind_is_sniffed(tmp_path: Path) -> None:
    page, text, data = tmp_path / "page", tmp_path / "text.asc", tmp_path / "d.json"
    page.write_bytes(b"\n <!DOCTYPE html><html>")
    text.write_bytes(b"Words <p>")
    data.write_bytes(b"{}")
    assert [look.content_type for look in looks(page, text, data)] == ["text/html", "text/plain", "text/plain"]


def test_a_given_sidecar_is_no_input(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x")
    assert input_files([path, sidecar(path)]) == [path]


def test_a_known_file_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"content": "x"}\n' * 3)
    key = end(path).file_key
    told: list[int] = []
    assert list(load([path], {key: 3}.get, told.append)) == [Skipped(key, 3)]
    assert sum(told) == total_bytes([path])
    sidecar(path, id="new")
    assert list(load([path], {key: 3}.get))[-1] != Skipped(key, 3)


def test_a_file_that_grows_meanwhile_is_not_remembered(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"content": "x"}\n')
    steps = load([path], NEVER)
    next(steps)
    with path.open("ab") as file:
        file.write(b'{"content": "y"}\n')
    last = list(steps)[-1]
    assert isinstance(last, FileEnd)
    assert not last.complete


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.jsonl.gz", "a.html.gz", "a.rss"])
@pytest.mark.parametrize("size", [0, 10, 300_000])
def test_progress_sums_up_to_the_bytes_on_disk(tmp_path: Path, name: str, size: int) -> None:
    data = os.urandom(size).hex().encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    told: list[int] = []
    list(load([tmp_path], NEVER, told.append))
    assert sum(told) == total_bytes([tmp_path]) == (tmp_path / name).stat().st_size
    assert all(count >= 0 for count in told)


@pytest.mark.parametrize("name", ["a.html", "a.html.gz", "a.xml"])
def test_a_body_over_the_bound_is_cut_there(tmp_path: Path, name: str) -> None:
    data = b"<p>" + b"a" * MAX_BYTES
    path = tmp_path / name
    path.write_bytes(gzip.compress(data, 1) if name.endswith("gz") else data)
    (look,) = looks(path)
    assert look.outcome == "too_large"
    assert look.reason
    assert look.raw == data[:MAX_BYTES]
    assert end(path).complete


def test_a_body_over_the_bound_is_not_unpacked_further(tmp_path: Path) -> None:
    path = tmp_path / "a.html.gz"
    path.write_bytes(gzip.compress(b"a" * MAX_BYTES * 6, 1) + b"more")
    told: list[int] = []
    tracemalloc.start()
    (look, _) = load([path], NEVER, told.append)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(look, Loaded)
    assert (look.outcome, len(look.raw)) == ("too_large", MAX_BYTES)
    assert peak < 4 * MAX_BYTES
    assert sum(told) == path.stat().st_size


def test_a_body_of_just_the_bound_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"a" * MAX_BYTES)
    (look,) = looks(path)
    assert (look.outcome, len(look.raw)) == ("ok", MAX_BYTES)


def test_a_cut_gzip_page_is_malformed(tmp_path: Path) -> None:
    data = os.urandom(200_000).hex().encode()
    path = tmp_path / "a.html.gz"
    path.write_bytes(gzip.compress(data)[:-2000])
    (look,) = looks(path)
    assert look.outcome == "malformed"
    assert "gzip" in str(look.reason)
    assert data.startswith(look.raw)
    assert len(look.raw) > 100_000
    assert not end(path).complete


def test_a_gzip_page_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.html.gz"
    path.write_bytes(gzip.compress(b"<p>one") + gzip.compress(b"<p>two"))
    assert looks(path) == [Loaded(b"<p>one<p>two", str(path), content_type="text/html")]


def test_a_disk_fault_is_told_and_the_file_not_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"content": "x"}\n')

    def fail(*_: object) -> int:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("flows.loading.load_jsonl.Stream.readinto", fail)
    first, last = load([path], NEVER)
    assert isinstance(first, Loaded)
    assert first.outcome == "error"
    assert "Input/output error" in str(first.reason)
    assert isinstance(last, FileEnd)
    assert not last.complete
