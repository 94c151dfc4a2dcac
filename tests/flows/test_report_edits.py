"""The wire: silent edits and what vanished as a page and an Atom feed, with proof; a parser's change is never told."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from commands import typed
from homes import NOW, SAMPLES, ingest_into, line, mission_page, rows, write_lines
from looking import ALPHA, LIST, PAGE, START, Look, captured, write_looks
from lxml import etree
from test_replay import Copy

from flows import derive
from flows.listing import seen_in
from flows.pool import ReadingPool
from flows.reporting import edits_feed, wire
from parsers.listed import Listed, ListPage
from parsers.release import Capture, Listing, Release
from seeds import Catalogue
from warehouse.land import land, note_registry
from warehouse.publish import publish
from warehouse.store import Store

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "<script>alert(1)</script> ]]> <img src=x onerror=alert(2)> & \x07 \x1b[31m \ufffe \u202e \u061c 'so' \"so\""
OTHER = "http://aa.china-embassy.org/eng/zgxw/t2.htm"


def report(capsys: pytest.CaptureFixture[str], home: Path, *words: str | Path) -> tuple[int, str, str]:
    return typed(capsys, "report", "--home", home, *words)


def told(capsys: pytest.CaptureFixture[str], home: Path, *words: str) -> dict[str, Any]:
    code, out, err = report(capsys, home, "--edits", "--json", *words)
    assert code == 0, err
    return json.loads(out)


def written(capsys: pytest.CaptureFixture[str], home: Path) -> tuple[str, etree._Element]:
    """Page and feed."""
    out = home / "out"
    code, _, err = report(capsys, home, "--edits", "--out", out)
    assert code == 0, err
    return (out / "edits.html").read_text("utf-8"), etree.fromstring((out / "edits.xml").read_bytes())


def seen(tmp_path: Path, *looks: Look) -> Path:
    ingest_into(tmp_path / "home", write_looks(tmp_path / "looks.warc", looks))
    return tmp_path / "home"


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    ingest_into(home, SAMPLES)
    return home


def check_atom(feed: etree._Element) -> None:
    """What RFC 4287 demands of a feed and its entries."""
    assert feed.tag == f"{ATOM}feed"
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    ids = []
    for each in [feed, *feed.findall(f"{ATOM}entry")]:
        for name in ("id", "title", "updated"):
            assert len(each.findall(f"{ATOM}{name}")) == 1, name
        ids.append(each.findtext(f"{ATOM}id"))
        assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", ids[-1])
        assert datetime.fromisoformat(each.findtext(f"{ATOM}updated")).tzinfo is not None
        assert all(link.get("href") for link in each.findall(f"{ATOM}link"))
        assert all(category.get("term") for category in each.findall(f"{ATOM}category"))
    for entry in feed.findall(f"{ATOM}entry"):
        (content,) = entry.findall(f"{ATOM}content")
        assert content.get("type") == "html"
        assert len(content) == 0, "HTML is escaped, not nested"
    assert len(ids) == len(set(ids))


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.mark.acceptance
def test_each_silent_edit_has_its_redline_its_class_and_both_looks(
    samples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = told(capsys, samples)
    assert [each["source"] for each in found["silent"]] == ["state-gov", "mfa-cn-en"], "newest first"
    assert (found["vanished"], found["declared"]) == ([], [])
    edit = found["silent"][0]
    assert (edit["what"], edit["from_version"], edit["to_version"]) == ("changed_fact", 1, 2)
    sql = (
        "SELECT captured_at, url, warc_file, warc_offset, raw_sha256, text_sha256 FROM captures WHERE release_id = '{}'"
    )
    looks = sorted(rows(samples, sql.format(edit["release_id"])))
    for side, look, text in zip(("before", "after"), looks, ("from_text_sha256", "to_text_sha256"), strict=True):
        cited = edit[side]
        at = datetime.fromisoformat(cited["captured_at"])
        assert (at, *(cited[name] for name in ("url", "warc_file", "warc_offset", "raw_sha256")), edit[text]) == look
    pieces = [tuple(piece) for each in edit["redline"] if not isinstance(each, int) for piece in each["pieces"]]
    spans = rows(
        samples, f"SELECT change, words FROM edit_spans WHERE release_id = '{edit['release_id']}' ORDER BY position"
    )
    assert [piece for piece in pieces if piece[0] != "same"] == spans

    html, feed = written(capsys, samples)
    check_atom(feed)
    content = feed.findtext(f"{ATOM}entry/{ATOM}content")
    for shown in (html, content):
        assert "<del>sending </del><ins>the offer of </ins>two icebreaker pilots" in shown
        for at, url, file, offset, _, text in looks:
            for words in (f"{at:%Y-%m-%d %H:%M:%SZ}", url, f"WARC {file}, offset {offset}", f"text sha256 {text}"):
                assert words in shown
    assert "between 2022-05-12 06:10:00Z and 2022-05-13 06:10:00Z" in html
    first = feed.find(f"{ATOM}entry")
    assert first.findtext(f"{ATOM}updated") == "2022-05-13T06:10:00Z", "the first look that shows it"
    assert first.findtext(f"{ATOM}id") == edit["id"]
    assert [each.get("term") for each in first.findall(f"{ATOM}category")] == ["changed_fact", "state-gov"]
    assert feed.findtext(f"{ATOM}updated") == "2022-05-13T06:10:00Z"


def test_the_same_publication_gives_the_same_bytes(samples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(capsys, samples)
    files = [samples / "out" / name for name in ("edits.html", "edits.xml")]
    before = [file.read_bytes() for file in files]
    written(capsys, samples)
    assert [file.read_bytes() for file in files] == before
    assert sorted(file.name for file in (samples / "out").iterdir()) == ["edits.html", "edits.xml"]


@pytest.mark.parametrize(
    ("words", "sources"),
    [
        (["--since", "2022-05-13"], ["state-gov"]),
        (["--since", "2022-05-14"], []),
        (["--until", "2022-05-13"], ["state-gov", "mfa-cn-en"]),
        (["--until", "2022-05-12"], ["mfa-cn-en"]),
        (["--since", "2020-03-07", "--until", "2020-03-07"], ["mfa-cn-en"]),
        (["--source", "mfa-cn-en"], ["mfa-cn-en"]),
        (["--source", "mfa-cn-zh"], []),
    ],
)
def test_bounds_by_day_and_source(
    samples: Path, capsys: pytest.CaptureFixture[str], words: list[str], sources: list[str]
) -> None:
    found = told(capsys, samples, *words)
    assert [each["source"] for each in found["silent"]] == sources
    assert sum(found["counts"].values()) == len(sources)


@pytest.mark.acceptance
def test_a_parsers_change_is_never_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One run brings a raised revision, which reads titles otherwise, and an edit by the site."""
    copy, home = Copy(tmp_path / "copy"), tmp_path / "home"

    def look(day: int, body: str, url: str) -> dict[str, Any]:
        return line(mission_page("Envoy Meets Envoy", body), url=url, captured_at=f"2020-01-0{day}T00:00:00Z")

    first = [look(1, "They met on Monday.", PAGE), look(1, "They spoke of fish.", OTHER)]
    copy.run("ingest", write_lines(tmp_path / "a.jsonl", first), "--home", home)
    copy.change("parsers/layouts/mission_text.py", "    revision = 2\n", "    revision = 3\n")
    upper = '        shown[0].chrome, shown[0].text = "title", shown[0].text.upper()\n'
    copy.change("parsers/mastheads.py", '        shown[0].chrome = "title"\n', upper)
    second = [look(2, "They met on Tuesday.", PAGE), look(2, "They spoke of fish.", OTHER)]
    copy.run("ingest", write_lines(tmp_path / "b.jsonl", second), "--home", home)

    assert rows(home, "SELECT count(DISTINCT release_id) FROM parser_changes") == [(2,)]
    (edit,) = told(capsys, home)["silent"]
    assert edit["url"] == PAGE
    assert edit["title"] == "ENVOY MEETS ENVOY"
    (shown,) = edit["redline"]
    assert [piece for piece in shown["pieces"] if piece[0] != "same"] == [["went", "Monday"], ["came", "Tuesday"]]
    _, feed = written(capsys, home)
    assert len(feed.findall(f"{ATOM}entry")) == 1


def hostile_page(n: int) -> bytes:
    """A page in the template of `mfa_en` with words that would act on a browser, a feed reader, a terminal."""
    title, words = escape(f"Envoy {HOSTILE} {n}"), escape(f"They met. {HOSTILE} Round {n}.")
    head = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><div class='content_mod'>"
    return f"{head}<h2 class='title'>{title}</h2><div class='content'><p>{words}</p></div></div></body></html>".encode()


def test_what_pages_say_acts_on_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = "http://www.fmprc.gov.cn/mfa_eng/t1.shtml?a=1&b='><script>alert(3)</script>\u202e"
    home = tmp_path / "home"
    pages = [line(hostile_page(n), url=url, captured_at=f"2020-01-0{n}T00:00:00Z") for n in (1, 2)]
    ingest_into(home, write_lines(tmp_path / "a.jsonl", pages))
    assert rows(home, "SELECT count(*) FROM versions WHERE title LIKE '%' || chr(65534) || '%'") == [(2,)]
    html, feed = written(capsys, home)
    check_atom(feed)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.find(f"{ATOM}link") is None, "what is no IRI is told as text"
    for shown in (html, entry.findtext(f"{ATOM}content")):
        found = Tags(shown)
        assert not {"script", "img", "a", "link", "iframe", "form", "object"} & found.tags
        assert not {"src", "href", "onerror", "srcset"} & found.attributes
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
        assert "&lt;script&gt;alert(3)&lt;/script&gt;" in shown
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u061c\ufffe\uffff]", shown)
    assert "default-src &#x27;none&#x27;" in html
    assert "url(" not in html


def test_two_looks_at_one_instant_are_cited_each_for_its_own_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    looks = [
        line(mission_page(body=f"They met on {day}."), url=PAGE, captured_at="2020-01-01T00:00:00Z")
        for day in ("Monday", "Tuesday", "Friday")
    ]
    home = tmp_path / "home"
    ingest_into(home, write_lines(tmp_path / "a.jsonl", looks))
    raw = dict(rows(home, "SELECT text_sha256, raw_sha256 FROM captures"))
    found = told(capsys, home)["silent"]
    assert len(found) == 2
    for each in found:
        assert each["before"]["raw_sha256"] == raw[each["from_text_sha256"]]
        assert each["after"]["raw_sha256"] == raw[each["to_text_sha256"]]


def test_declared_edits_stand_apart_and_not_in_the_feed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = mission_page(body="The two sides met on Tuesday.\n\nCorrection: an earlier version named another day.")
    silent = mission_page(body="The two sides met on Friday.")
    home = seen(tmp_path, Look(0), Look(1, said), Look(0, url=OTHER), Look(2, silent, url=OTHER))
    found = told(capsys, home)
    assert [each["url"] for each in found["declared"]] == [PAGE]
    assert [each["url"] for each in found["silent"]] == [OTHER]
    html, feed = written(capsys, home)
    silent_part, declared_part = html.split("Edits that their pages declare")
    assert "Friday" in silent_part
    assert "Correction:" not in silent_part
    assert "Correction:" in declared_part
    assert [link.get("href") for link in feed.iter(f"{ATOM}link")] == [OTHER]


@pytest.mark.acceptance
def test_a_page_that_is_gone_is_told_with_its_last_text_and_its_return(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = seen(tmp_path, Look(0), Look(1, 404), Look(2, 404), Look(4, 404), Look(0, url=OTHER), Look(8, url=OTHER))
    (gone,) = told(capsys, home)["vanished"]
    assert (gone["what"], gone["cause"], gone["declared"]) == ("removed_page", "withdrawn", None)
    assert (gone["before"]["outcome"], gone["after"]["outcome"]) == ("ok", "gone")
    assert gone["after"]["captured_at"] == "2024-03-02T00:00:00Z", "the first look that did not find it"
    assert gone["told_at"] == "2024-03-05T00:00:00Z", "the look that made it certain"
    (title, body) = gone["redline"]
    assert title == {"field": "title", "pieces": [["went", "Envoy Meets Envoy"]]}
    assert body["pieces"] == [["went", "The two sides met on Monday."]]
    _, feed = written(capsys, home)
    check_atom(feed)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == gone["id"]
    ingest_into(home, write_looks(tmp_path / "later.warc", [Look(9)]))
    (back,) = told(capsys, home)["vanished"]
    assert back["id"] == gone["id"], "its return makes it no other entry"
    assert back["told_at"] == "2024-03-10T00:00:00Z"
    assert "there again on 2024-03-10 00:00:00Z" in back["note"]
    for words, count in (
        (["--until", "2024-03-04"], 0),
        (["--until", "2024-03-05"], 1),
        (["--since", "2024-03-10"], 1),
    ):
        assert len(told(capsys, home, *words)["vanished"]) == count, words
    (then,) = told(capsys, home, "--until", "2024-03-05")["vanished"]
    assert then["told_at"] == "2024-03-05T00:00:00Z"
    assert "there again" not in then["note"], "it was not yet"


def test_what_one_parser_read_is_not_compared_with_what_another_did(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(tmp_path, NOW)
    registry = [{"source": "alpha", "issuer": "Ministry", "state": "verified", "layouts": ["made"]}]
    note_registry(store, {None: "1", "made": "1"}, registry)
    first, second = (captured(f"{LIST}a.html", f"{day}", at=START + timedelta(days=day)) for day in (1, 2))

    def read_as(capture: Capture, revision: str, title: str) -> None:
        release = Release("made", revision, title, ("Body one.",), language="en")
        land(store, [capture], {capture.input_sha256: release}, now=NOW, run_id="run")

    read_as(first, "1", "Envoy Meets Envoy")
    land(store, [second], {}, now=NOW, run_id="held")  # kept and not read; the text is the same
    note_registry(store, {None: "1", "made": "2"}, registry)
    read_as(second, "2", "ENVOY MEETS ENVOY")  # and there the reparse is killed
    with ReadingPool(1) as pool:
        publish(store, lambda store: derive.derive(store, pool, Catalogue([ALPHA])), now=NOW, version="test")
    store.close()
    assert told(capsys, tmp_path)["silent"] == []
    assert rows(tmp_path, "SELECT title, versions FROM releases") == [("Envoy Meets Envoy", 1)]


@pytest.mark.acceptance
def test_a_title_of_a_megabyte_is_cut_and_a_page_of_crumbs_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    title, crumbs = "Envoy " * 150_000, "\n\n".join("ab" for _ in range(8_000))
    looks = [Look(day, mission_page(f"{title} {day}", f"{crumbs}\n\n{'x' * day}.")) for day in range(2)]
    html, feed = written(capsys, seen(tmp_path, *looks))
    assert len(html) < 60_000
    assert len(etree.tostring(feed)) < 60_000


def test_what_a_list_dropped_is_told_with_both_looks_at_the_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    catalogue = Catalogue([ALPHA])
    store = Store(tmp_path, NOW)
    note_registry(store, {None: "1"}, [{"source": "alpha", "issuer": "Ministry", "state": "verified"}])
    for day, letters in enumerate(("edcba", "edba", "edba", "edba")):
        look = captured(LIST, f"{day} {letters}", "list", START + timedelta(days=day))
        capture = replace(look, warc_offset=100 + day)
        page = ListPage(
            tuple(Listed(f"{LIST}{each}.html", Listing(f"On {each}"), n) for n, each in enumerate(letters)), ()
        )
        said = seen_in([capture], {capture.input_sha256: page}, catalogue)
        seen_here = [each for found in said.values() for each in found]
        land(store, [capture], {capture.input_sha256: page}, now=NOW, run_id="run", listed=seen_here)
    with ReadingPool(1) as pool:
        publish(store, lambda store: derive.derive(store, pool, catalogue), now=NOW, version="test")
    store.close()
    (gone,) = told(capsys, tmp_path)["vanished"]
    assert (gone["what"], gone["url"], gone["title"]) == ("unlisted", f"{LIST}c.html", "On c")
    assert (gone["before"]["url"], gone["before"]["warc_offset"]) == (LIST, 100)
    assert (gone["after"]["url"], gone["after"]["warc_offset"]) == (LIST, 101)
    assert gone["redline"] == []
    assert "its page may be there" in gone["note"]


@pytest.mark.acceptance
def test_ids_stay_when_an_older_look_arrives_and_each_time_is_an_entry_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = mission_page(body="The two sides met on Tuesday.")
    home = seen(tmp_path, Look(1), Look(2, other), Look(3), Look(4, other))
    before = {each["id"]: each["told_at"] for each in told(capsys, home)["silent"]}
    assert len(before) == 3
    oldest = mission_page(body="The two sides will meet on Monday.")
    ingest_into(home, write_looks(tmp_path / "older.warc", [Look(0, oldest)]))
    after = {each["id"]: (each["told_at"], each["to_version"]) for each in told(capsys, home)["silent"]}
    assert {each: at for each, (at, _) in after.items() if each in before} == before
    assert sorted(version for _, version in after.values()) == [2, 3, 4, 5]
    check_atom(written(capsys, home)[1])


@pytest.mark.acceptance
def test_entries_and_redlines_are_bounded_and_the_page_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "MOST", 3)
    monkeypatch.setattr(wire, "CHARACTERS", 200)
    monkeypatch.setattr(edits_feed, "MOST_FED", 2)
    long = " ".join(f"word{n}" for n in range(200))
    looks = [Look(day, mission_page(body=f"{long.replace('word', 'x' * day)}.")) for day in range(6)]
    home = seen(tmp_path, *looks)
    found = told(capsys, home)
    assert [each["to_version"] for each in found["silent"]] == [6, 5, 4]
    assert sum(found["counts"].values()) == 5
    for each in found["silent"]:
        assert sum(len(text) for shown in each["redline"] for _, text in shown["pieces"]) < 210
    html, feed = written(capsys, home)
    assert "The latest 3 of 5" in html
    assert html.count("<article>") == 3
    times = [each.findtext(f"{ATOM}updated") for each in feed.findall(f"{ATOM}entry")]
    assert times == ["2024-03-06T00:00:00Z", "2024-03-05T00:00:00Z"]


@pytest.mark.acceptance
def test_nothing_edited_is_said_and_is_a_feed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = seen(tmp_path, Look(0))
    html, feed = written(capsys, home)
    assert "No page was edited without saying so." in html
    check_atom(feed)
    (published,) = rows(home, "SELECT published_at FROM publication")[0]
    assert datetime.fromisoformat(feed.findtext(f"{ATOM}updated")) == published.astimezone(UTC)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--edits"], 1, "nothing was published here yet"),
        (["--edits", "--json", "--out", "x"], 2, "not both"),
        (["--edits", "--since", "2020-01-02", "--until", "2020-01-01"], 2, "before"),
        (["--edits", "--since", "yesterday"], 2, "--since"),
        (["--edits", "--source", "mfa-cn-em"], 2, "mfa-cn-en"),
    ],
)
def test_what_is_wrong_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, says: str
) -> None:
    found, out, err = report(capsys, tmp_path, *words)
    assert (found, out) == (code, "")
    assert says in err
    assert code == 2 or err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_no_bug(samples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = report(capsys, samples, "--edits", "--out", "/proc/nowhere")
    assert code == 1
    assert "cannot be made" in err
    assert "bug" not in err
