"""`communique show --cite`: a citation that names its record, and says whether the archive bears it out."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
from commands import typed
from homes import SAMPLES, ingest_into, line, mission_page, rows, write_lines
from looking import PAGE, Look, write_looks
from warcio.archiveiterator import ArchiveIterator

from flows.showing import cited
from parsers import read
from parsers.release import Page, Release, Unread, sha256
from warehouse.home import PUBLISHED

URL = "https://x.example/a.htm"
BODY = "Home > News\nLin Example Meets \x1b[31m\x07Guests\n2020-01-02 10:00\n\nThey met.\n\n[ Print ]"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A page that was edited, as lines of a file."""
    looks = [
        line(BODY, url=URL, captured_at="2020-01-03T08:00:00Z"),
        line(BODY.replace("met", "spoke"), url=URL, captured_at="2020-01-04T08:00:00Z"),
        line(BODY.replace("met", "spoke"), url=URL, captured_at="2020-01-05T08:00:00Z"),
    ]
    folder = tmp_path / "home"
    ingest_into(folder, write_lines(tmp_path / "in.jsonl", looks))
    return folder


def cite(home: Path, capsys: pytest.CaptureFixture[str], word: str, *words: str) -> tuple[int, str, str]:
    return typed(capsys, "show", word, "--cite", *words, "--home", home)


def as_csl(home: Path, capsys: pytest.CaptureFixture[str], word: str) -> tuple[int, dict[str, Any]]:
    code, said, _ = cite(home, capsys, word, "--json")
    (item,) = json.loads(said)
    return code, item


def record_by_warcio(path: Path, offset: int) -> tuple[Any, bytes]:
    """The record at an offset and its body, by a reader that is not ours."""
    with path.open("rb") as file:
        file.seek(offset)
        record = next(iter(ArchiveIterator(file, check_digests="raise")))
        return record.rec_headers, record.content_stream().read()


@pytest.mark.acceptance
def test_a_citation_names_issuer_title_day_url_version_capture_and_record(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said, _ = cite(home, capsys, URL)
    text, capture = rows(home, "SELECT text_sha256, capture_id FROM captures WHERE captured_at::DATE = '2020-01-04'")[0]
    assert code == 0
    head = said.splitlines()[0]
    assert head.endswith(f". 2020-01-02. {URL}. Version 2 of 2, captured 2020-01-04 08:00:00Z.")
    assert "Lin Example Meets" in head
    assert "\x07" not in said
    assert "\x1b[31m" not in said
    for value in (text, capture, "warc_record_id", "urn:uuid:", "sha256:"):
        assert value in said
    assert "\nverified: " in said


@pytest.mark.acceptance
def test_a_version_is_cited_by_the_first_look_that_shows_it(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for word, day in ((f"{URL}@1", [2020, 1, 3]), (f"{URL}@2", [2020, 1, 4]), (URL, [2020, 1, 4])):
        code, item = as_csl(home, capsys, word)
        assert (code, item["accessed"]["date-parts"], item["custom"]["verified"]) == (0, [day], True)
    assert (item["type"], item["URL"], item["issued"]) == ("webpage", URL, {"date-parts": [[2020, 1, 2]]})
    texts = dict(rows(home, "SELECT version, text_sha256 FROM version_history"))
    assert as_csl(home, capsys, f"{URL}@1")[1]["custom"]["text_sha256"] == texts[1]
    assert item["custom"]["text_sha256"] == texts[2]


@pytest.mark.acceptance
def test_of_versions_without_a_time_each_is_cited_by_a_look_that_shows_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = tmp_path / "home"
    looks = [line(mission_page(body=f"The two sides {word}."), url=URL) for word in ("met", "spoke", "parted")]
    ingest_into(here, write_lines(tmp_path / "in.jsonl", looks))
    texts = dict(rows(here, "SELECT version, text_sha256 FROM version_history"))
    assert len(texts) == 3
    for version, text in texts.items():
        code, item = as_csl(here, capsys, f"{URL}@{version}")
        assert (code, item["custom"]["text_sha256"]) == (0, text), item["custom"]["why_not"]


@pytest.mark.acceptance
def test_the_record_is_found_by_warcio_where_the_citation_says(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, item = as_csl(home, capsys, f"{URL}@1")
    said = item["custom"]
    headers, body = record_by_warcio(home / "archive" / said["warc_file"], said["warc_offset"])
    assert headers.get_header("WARC-Record-ID") == f"<{said['warc_record_id']}>"
    assert headers.get_header("WARC-Block-Digest") == said["warc_digest"]
    assert hashlib.sha256(body).hexdigest() == said["raw_sha256"]
    assert said["warc_digest"] == f"sha256:{base64.b32encode(hashlib.sha256(body).digest()).decode()}"
    release = read(Page(body, "text/plain", url=URL))
    assert isinstance(release, Release)
    assert release.text_sha256 == said["text_sha256"]
    assert item["archive_location"] == f"{said['warc_file']}:{said['warc_offset']}"


@pytest.mark.acceptance
def test_a_record_of_the_users_own_warc_is_cited_where_it_lies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    warc = write_looks(tmp_path / "own.warc", [Look(0), Look(1, mission_page(body="They spoke on Monday."))])
    ingest_into(tmp_path / "home", warc)
    code, item = as_csl(tmp_path / "home", capsys, f"{PAGE}@2")
    said = item["custom"]
    assert (code, said["warc_file"], said["verified"]) == (0, str(warc), True)
    headers, body = record_by_warcio(warc, said["warc_offset"])
    assert headers.get_header("WARC-Record-ID") == f"<{said['warc_record_id']}>"
    assert b"They spoke on Monday." in body
    assert sha256(body) == said["raw_sha256"]


@pytest.mark.acceptance
def test_an_item_of_a_feed_is_cited_as_a_part_of_its_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = tmp_path / "home"
    ingest_into(here, SAMPLES / "state-gov")
    release_id = rows(here, "SELECT release_id FROM captures WHERE part_start > 0 ORDER BY ALL")[0][0]
    code, item = as_csl(here, capsys, release_id)
    said = item["custom"]
    assert (code, said["verified"]) == (0, True)
    _, feed = record_by_warcio(here / "archive" / said["warc_file"], said["warc_offset"])
    part = feed[said["part_start"] : said["part_start"] + said["part_bytes"]]
    assert part.startswith(b"<item")
    assert sha256(part) == said["raw_sha256"]
    assert item["author"] == [{"literal": "United States Department of State"}]


@pytest.mark.acceptance
def test_a_file_that_was_moved_away_leaves_the_citation_unverified(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (warc,) = (home / "archive").glob("*.warc.gz")
    warc.rename(warc.with_name("elsewhere"))
    code, said, err = cite(home, capsys, URL)
    assert (code, err) == (1, "")
    assert said.splitlines()[0].endswith("Version 2 of 2, captured 2020-01-04 08:00:00Z.")
    assert f"not verified: `{warc}` cannot be read: No such file or directory" in said
    code, item = as_csl(home, capsys, URL)
    assert (code, item["custom"]["verified"], item["custom"]["warc_record_id"]) == (1, False, None)
    assert item["URL"] == URL


def _packed(path: Path, offset: int, plain: bytes) -> None:
    """Put another gzip member in the place of the one at an offset."""
    data = path.read_bytes()
    path.write_bytes(data[:offset] + gzip.compress(plain))


@pytest.mark.acceptance
@pytest.mark.parametrize("damage", ["a byte", "the text", "the text and its digest", "cut", "another record"])
def test_a_damaged_record_is_found(home: Path, capsys: pytest.CaptureFixture[str], damage: str) -> None:
    (warc,) = (home / "archive").glob("*.warc.gz")
    offset = rows(home, "SELECT warc_offset FROM captures WHERE captured_at::DATE = '2020-01-04'")[0][0]
    data = warc.read_bytes()
    with gzip.open(warc) as file:
        whole = file.read()
    record = whole[whole.index(b"WARC/1.1\r\nWARC-Type: resource", whole.index(b"They met.")) :]
    record = record[: record.index(b"They spoke.") + 40]
    if damage == "a byte":
        warc.write_bytes(data[: offset + 200] + bytes([data[offset + 200] ^ 255]) + data[offset + 201 :])
    elif damage == "cut":
        warc.write_bytes(data[: offset + 150])
    elif damage == "another record":
        with duckdb.connect(str(home / PUBLISHED)) as published:
            published.execute("UPDATE captures SET warc_offset = 0")
    else:
        spoiled = record.replace(b"They spoke.", b"They slept.")
        if damage == "the text and its digest":
            body = BODY.replace("met", "slept").encode()
            old = base64.b32encode(hashlib.sha256(BODY.replace("met", "spoke").encode()).digest())
            assert old in record
            spoiled = spoiled.replace(old, base64.b32encode(hashlib.sha256(body).digest()))
        _packed(warc, offset, spoiled)
    code, said, _ = cite(home, capsys, URL)
    assert code == 1
    why = {
        "a byte": "no whole record|damaged|no body|no record|cannot be read",
        "the text": "the record is damaged: its digest",
        "the text and its digest": "not the one that was kept",
        "cut": "no whole record|damaged|no body|no record|cannot be read",
        "another record": "not the one that was kept",
    }[damage]
    last = said.strip().splitlines()[-1]
    assert last.startswith("not verified: ")
    assert any(each in last for each in why.split("|")), last


def test_a_parser_that_changed_is_said(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The published text is another one than the parser of today reads from the same bytes."""
    with duckdb.connect(str(home / PUBLISHED)) as published:
        for table in ("releases", "version_history", "captures", "earlier_texts"):
            published.execute(f"UPDATE {table} SET text_sha256 = 'old-' || text_sha256")
    code, said, _ = cite(home, capsys, URL)
    today = rows(home, "SELECT text_sha256[5:] FROM releases")[0][0]
    assert code == 1
    assert "the parser changed since this publication" in said
    assert f"reads text {today}" in said
    unread = Unread(None, "1", "LayoutUnknown", "no layout fits", "")
    monkeypatch.setattr(cited, "read", lambda _: unread)
    assert "reads LayoutUnknown: no layout fits" in cite(home, capsys, URL)[1]


def test_what_has_no_date_no_url_and_no_time_is_cited_without(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = tmp_path / "home"
    ingest_into(here, write_lines(tmp_path / "in.jsonl", [line(mission_page(), id="given-1")]))
    code, said, _ = cite(here, capsys, "given-1")
    assert code == 0
    assert said.startswith("Issuer unknown. Envoy Meets Envoy. n.d. Version 1 of 1, captured at an unknown time.")
    code, item = as_csl(here, capsys, "given-1")
    assert code == 0
    assert not {"URL", "issued", "accessed", "author"} & item.keys()


def test_what_cannot_be_cited_is_one_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = cite(home, capsys, f"{URL}@7")
    assert (code, out) == (1, "")
    assert "it has no version 7" in err
    assert "no release is called" in cite(home, capsys, "https://x.example/b.htm")[2]
    assert cite(home, capsys, URL, "--diff")[0] == 2
    assert cite(home, capsys, URL, "--html", "x.html")[0] == 2


def test_a_published_file_alone_cites_and_says_that_it_verified_nothing(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "alone").mkdir()
    shutil.copy(home / PUBLISHED, tmp_path / "alone" / PUBLISHED)
    code, said, _ = cite(tmp_path / "alone", capsys, URL)
    assert code == 1
    assert "not verified: " in said


def test_the_month_is_all_that_is_said_of_a_day_that_the_page_does_not_give(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = cited.cited_version(home, URL)
    verdict = cited.verified(home, found)
    assert cited.csl({**found, "published_precision": "month"}, verdict)["issued"] == {"date-parts": [[2020, 1]]}
    assert cited.csl({**found, "published_precision": "year"}, verdict)["issued"] == {"date-parts": [[2020]]}
