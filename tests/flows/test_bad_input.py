"""Bad input gets a clear error or a row in quarantine; the rest lands and nothing is lost."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest
from homes import CHECKOUT, REAL, SAMPLES, ingest_into, line, mission_page, rows, write_lines
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

GOOD = "A good page lands."


def good(folder: Path) -> Path:
    path = folder / "good.txt"
    path.write_text(mission_page(body=GOOD), "utf-8")
    return path


HTML = (SAMPLES / "mfa-cn-zh" / "t20230904_11137555.shtml").read_bytes()
TEXT_RU = (
    "главная страница > Новости\nЗаголовок сообщения\n\n"
    "Стороны обсудили вопросы сотрудничества двух стран.\n\n<Suggest to a friend>"
)
TEXT_ZH = "首页 > 外交动态\n会见来访代表团\n\n双方就合作交换了意见。\n\n【打印】"

QUARANTINED = {
    "empty.html": (b"", "NotText"),
    "blank.txt": (b" \n\t\n", "NotText"),
    "binary.html": (bytes(range(256)) * 40, "NotText"),
    "nul.html": (HTML.replace("记者".encode(), b"\0", 1), "NotText"),
    "utf16-without-mark.txt": (mission_page().encode("utf-16-le"), "NotText"),
    "deep.html": (b"<html><body>" + b"<div>" * 100_000 + b"x", "TooDeep"),
    "deep-region.html": (
        HTML.replace(b'id="News_Body_Txt_A">', b'id="News_Body_Txt_A">' + b"<div>" * 400, 1),
        "TooDeep",
    ),
    "large.html": (b"<html>" + b"x" * 50_000_000, "InputTooLarge"),
    "unknown.html": (b"<html><title>Hello</title><body><p>Some page of somebody's.</p></body></html>", "LayoutUnknown"),
    "twice.html": (HTML.replace(b"<h1>", b"<h1>x</h1><h1>", 1), "SelectorError"),
    "cut.html.gz": (gzip.compress(HTML * 3)[:-2000], "InputMalformed"),
    "cut.warc.gz": (b"", "InputMalformed"),
    "not-a-feed.rss": (b"<html><body>no feed</body></html>", "InputMalformed"),
    "not-xml.xml": (b"this is no XML at all", "InputMalformed"),
    "broken.jsonl": (b'{"content": \n', "InputMalformed"),
    "soft-404.html": (
        "<html><title>系统维护</title><body><p>您访问的页面不存在或已删除！</p></body></html>".encode(),
        "NothingHere",
    ),
}


@pytest.mark.acceptance
@pytest.mark.parametrize("name", QUARANTINED)
def test_it_is_quarantined_with_a_reason_and_the_rest_lands(tmp_path: Path, name: str) -> None:
    raw, error = QUARANTINED[name]
    if name == "cut.warc.gz":
        ingest_into(tmp_path / "own", SAMPLES / "bare.jsonl")
        raw = next((tmp_path / "own" / "archive").iterdir()).read_bytes()[:-300]
    (tmp_path / name).write_bytes(raw)
    total = ingest_into(tmp_path / "home", good(tmp_path), tmp_path / name)
    assert total.quarantined >= 1
    found = rows(tmp_path / "home", "SELECT error, reason, todo FROM quarantine")
    assert error in {each for each, _, _ in found}
    assert all(reason and todo for _, reason, todo in found)
    assert (GOOD,) in rows(tmp_path / "home", "SELECT body FROM releases")


CHARSETS = {
    "gbk": TEXT_ZH.encode("gbk"),
    "gbk-declared": b'<html><head><meta charset="gbk"></head>' + b"x" + b"</html>",
    "windows-1251": TEXT_RU.encode("windows-1251"),
    "utf-16": TEXT_ZH.encode("utf-16"),
    "utf-8-bom": TEXT_ZH.encode("utf-8-sig"),
}


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("gbk", "会见来访代表团"),
        ("windows-1251", "Заголовок сообщения"),
        ("utf-16", "会见来访代表团"),
        ("utf-8-bom", "会见来访代表团"),
    ],
)
def test_a_wrong_charset_is_found_out(tmp_path: Path, name: str, title: str) -> None:
    (tmp_path / "page.txt").write_bytes(CHARSETS[name])
    ingest_into(tmp_path / "home", tmp_path / "page.txt")
    assert rows(tmp_path / "home", "SELECT title FROM releases") == [(title,)]


@pytest.mark.acceptance
def test_a_charset_that_lies_is_not_believed(tmp_path: Path) -> None:
    page = HTML.replace(b"charset=UTF-8", b"charset=gb2312").replace(b'charset="utf-8"', b'charset="gb2312"')
    (tmp_path / "page.html").write_bytes(page)
    (tmp_path / "page.html.json").write_text('{"content_type": "text/html; charset=windows-1251"}', "utf-8")
    ingest_into(tmp_path / "home", tmp_path / "page.html")
    ingest_into(tmp_path / "true", SAMPLES / "mfa-cn-zh" / "t20230904_11137555.shtml")
    assert rows(tmp_path / "home", "SELECT title, body FROM releases") == rows(
        tmp_path / "true", "SELECT title, body FROM releases"
    )


def test_a_list_and_an_error_page_never_become_releases(tmp_path: Path) -> None:
    if not REAL.exists():
        pytest.skip("the real pages beside the checkout are absent")
    pages = [
        REAL / "mfa_zh_lists" / "default.html",
        REAL / "mfa_en" / "lists" / "default.shtml",
        REAL / "robots" / "fmprc_error.htm",
    ]
    ingest_into(tmp_path / "home", *pages)
    assert rows(tmp_path / "home", "SELECT count(*) FROM releases") == [(0,)]
    assert rows(tmp_path / "home", "SELECT error, count(*) FROM quarantine GROUP BY ALL ORDER BY ALL") == [
        ("NotARelease", 2),
        ("NothingHere", 1),
    ]


def test_a_path_that_is_not_there_stops_before_anything_lands(tmp_path: Path) -> None:
    words = [
        sys.executable,
        "-m",
        "flows",
        "ingest",
        str(good(tmp_path)),
        str(tmp_path / "nowhere.txt"),
        "--home",
        str(tmp_path / "home"),
    ]
    done = subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "nowhere.txt" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "home" / "communique.duckdb").exists()


def test_a_folder_without_permission_is_said(tmp_path: Path) -> None:
    """As another user: root may read everything."""
    closed = tmp_path / "closed.txt"
    closed.write_text("x")
    closed.chmod(0)
    tmp_path.chmod(0o777)
    for parent in tmp_path.parents[:3]:
        parent.chmod(parent.stat().st_mode | 0o055)

    def become_nobody() -> None:
        if os.getuid() == 0:
            os.setgid(65534)
            os.setuid(65534)

    words = [sys.executable, "-m", "flows", "ingest", str(closed), "--home", str(tmp_path / "home")]
    try:
        done = subprocess.run(words, cwd="/", capture_output=True, text=True, check=False, preexec_fn=become_nobody)
    except PermissionError:
        pytest.skip("another user cannot run this Python")
    if "ModuleNotFoundError" in done.stderr or "can't open" in done.stderr:
        pytest.skip("another user cannot read this checkout")
    assert done.returncode == 1
    assert "Permission denied" in done.stderr


raws = st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))


@pytest.mark.acceptance
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bodies=st.lists(raws, min_size=1, max_size=8))
def test_whatever_comes_a_good_page_beside_it_lands(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[bytes]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    lines = [line(raw, id=str(number)) for number, raw in enumerate(bodies)]
    path = write_lines(folder / "a.jsonl", [*lines, line(mission_page(body=GOOD), id="good")])
    total = ingest_into(folder / "home", path)
    assert total.read == len(bodies) + 1
    assert rows(folder / "home", "SELECT body FROM releases WHERE body LIKE 'A good page%'") == [(GOOD,)]
    assert rows(folder / "home", "SELECT count(*) FROM captures") == [(len(bodies) + 1,)]


GZIP = b"\x1f\x8b"  # what begins with these is gzip, whatever its name


@pytest.mark.acceptance
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.binary(max_size=300).filter(lambda raw: b"\n" not in raw and raw[:2] != GZIP))
def test_whatever_a_line_is_the_next_one_lands(tmp_path_factory: pytest.TempPathFactory, words: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    path = write_lines(folder / "a.jsonl", [line(mission_page(body=GOOD), id="good")])
    path.write_bytes(words + b"\n" + path.read_bytes())
    ingest_into(folder / "home", path)
    assert rows(folder / "home", "SELECT body FROM releases") == [(GOOD,)]
