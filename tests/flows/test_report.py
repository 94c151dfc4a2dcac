"""The report of some days: its numbers are those of the SQL beside them, and no page's words act on anything."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import pytest
from commands import typed
from homes import CHECKOUT, SAMPLES, ingest_into, line, mission_page, rows, write_lines
from looking import Look, write_looks
from lxml import etree, html

from flows.reporting.calendar import Day, calendar
from flows.reporting.charts import Told, lag_chart, volume_chart
from flows.reporting.parts import told
from flows.reporting.queries import NAMES, written
from flows.reporting.range import Range, range_of

HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(2)> </pre></style> $since & \x07 \u202e 'so' \"so\""
BODY = "The two sides met on Monday and spoke of fish, of ships and of the winter that was long and hard for all."
OTHER = "http://aa.china-embassy.org/eng/zgxw/t2.htm"
ALL = ("--since", "2000-01-01", "--until", "2026-12-31")


def report(capsys: pytest.CaptureFixture[str], home: Path, *words: str | Path) -> tuple[int, str, str]:
    return typed(capsys, "report", "--home", home, *words)


def data(capsys: pytest.CaptureFixture[str], home: Path, *words: str) -> dict[str, Any]:
    code, out, err = report(capsys, home, "--json", *words)
    assert code == 0, err
    return json.loads(out)


def page(capsys: pytest.CaptureFixture[str], home: Path, *words: str) -> str:
    path = home / "page.html"
    code, _, err = report(capsys, home, "--out", path, *words)
    assert code == 0, err
    return path.read_text("utf-8")


def mended(name: str, words: str) -> bytes:
    """A page in the template of `mfa_en`."""
    head = f"<!DOCTYPE html><html><head><title>{name}</title></head><body><div class='content_mod'>"
    return f"{head}<h2 class='title'>{name}</h2><div class='content'><p>{words}</p></div></div></body></html>".encode()


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("samples")
    ingest_into(home, SAMPLES)
    return home


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of everything something: edits of both kinds, a page that went and came back, mirrors, a held source."""
    folder = tmp_path_factory.mktemp("rich")
    said = mission_page(body="The two sides met on Tuesday.\n\nCorrection: an earlier version named another day.")
    looks = [Look(0), Look(1, 404), Look(2, 404), Look(4, 404), Look(9), Look(0, url=OTHER), Look(3, said, url=OTHER)]
    sites = ["aa.china-embassy.org", "bb.china-consulate.org", "cc.china-embassy.org", "dd.china-embassy.org"]
    mirrors = [
        line(
            mission_page("Minister Meets Minister", f"March {n + 1}, 2024\n\n{BODY}"),
            url=f"http://{site}/eng/zgxw/t{70 + n}.htm",
            captured_at=f"2024-03-0{n + 2}T00:00:00Z",
        )
        for n, site in enumerate(sites)
    ]
    wrong = [
        line(mended(f"Envoy {n}", BODY), url=f"https://www.state.gov/a{n}/", captured_at="2024-03-05T00:00:00Z")
        for n in range(4)
    ]
    home = folder / "home"
    ingest_into(home, SAMPLES, write_looks(folder / "looks.warc", looks))
    ingest_into(home, write_lines(folder / "more.jsonl", [*mirrors, *wrong]))
    return home


@pytest.mark.acceptance
def test_the_numbers_are_those_that_were_counted_by_hand(samples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = data(capsys, samples, "--since", "2022-05-01", "--until", "2022-05-31")
    assert found["figures"] == {
        "new": 6,
        "silent_edits": 1,
        "declared_edits": 0,
        "withdrawn": 0,
        "reappeared": 0,
        "mirrors": 0,
        "open_incidents": 0,
        "looks": 9,
        "days_looked_at": 2,
        "days": 31,
        "undated": 0,
    }
    new = {row["source"]: row["releases"] for row in found["answers"]["new"]["rows"]}
    assert new == {"mfa-sg": 1, "state-gov": 5}
    listed = found["answers"]["listed"]["rows"]
    assert [row["arrived_on"] for row in listed] == [f"2022-05-{day:02}" for day in (12, 11, 11, 11, 10, 9)]
    assert [each["source"] for each in found["silent"]] == ["state-gov"]
    covered = {row["source"]: row for row in found["answers"]["coverage"]["rows"]}
    assert covered["state-gov"]["cells"][-22:-18] == [1, 3, 1, 0], "10 to 12 May; on the 13th only an edit was seen"
    assert covered["state-gov"]["cells"][-18:] == [None] * 18, "and then nobody looked"


def test_what_a_mirror_repeats_is_new_once(samples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = data(capsys, samples, *ALL)["figures"]
    assert (figures["new"], figures["mirrors"], figures["silent_edits"]) == (49, 1, 2)
    one = data(capsys, samples, *ALL, "--source", "mfa-sg")
    assert one["figures"]["new"] == 3
    assert {row["source"] for each in one["answers"].values() for row in each["rows"] if row.get("source")} == {
        "mfa-sg"
    }


def test_a_release_counts_by_its_publication_and_never_after_its_first_look(
    samples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = data(capsys, samples, "--since", "2024-02-01", "--until", "2024-02-02")["answers"]["listed"]["rows"]
    assert [(row["arrived_on"], row["published"]) for row in listed] == [("2024-02-02", True)], "published in 2026"
    listed = data(capsys, samples, "--since", "2012-06-01", "--until", "2012-06-01")["answers"]["listed"]["rows"]
    assert [row["published"] for row in listed] == [False]


@pytest.mark.acceptance
@pytest.mark.parametrize("words", [ALL, ("--since", "2024-03-01", "--until", "2024-03-31"), ("--last", "day")])
def test_each_number_is_that_of_the_sql_that_it_leads_to(
    rich: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    tree = html.fromstring(page(capsys, rich, *words))
    shown = {each.get("id"): "".join(each.itertext()) for each in tree.iter("pre")}
    answers = {name: _answer(rich, sql) for name, sql in shown.items()}
    leading = [each for each in tree.iter("a") if each.get("class") == "n"]
    for each in leading:
        place, column = each.get("data-at").split()
        name = each.get("href").removeprefix("#")
        assert each.text_content() == told(answers[name][int(place)][column]), f"{name} {column}"
    assert len(leading) > 100
    if words == ALL:
        assert {"sql-newest", *(f"sql-{name}" for name in NAMES)} - {"sql-unseen"} <= set(shown)
        numbers = answers["sql-short"][0]
        assert all(numbers[name] for name in numbers if name != "undated"), numbers
        unlinked = {"sql-newest", "sql-listed", "sql-unseen", "sql-lags", "sql-incidents"}
        assert {each.get("href").removeprefix("#") for each in leading} == set(shown) - unlinked


def _answer(home: Path, sql: str) -> list[dict[str, Any]]:
    import warehouse

    found = warehouse.ask(home, sql)
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def test_what_is_listed_adds_up_to_what_is_counted(rich: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = data(capsys, rich, "--since", "2024-03-01", "--until", "2024-03-31")
    answers, short = {name: each["rows"] for name, each in found["answers"].items()}, found["figures"]
    assert short["new"] == len(answers["listed"]) == sum(row["releases"] for row in answers["new"])
    assert short["silent_edits"] == len(found["silent"]) == sum(row["silent"] for row in answers["edits"])
    assert short["declared_edits"] == len(found["declared"]) == sum(row["declared"] for row in answers["edits"]) == 1
    assert short["mirrors"] == len(answers["mirrors"]) == sum(row["mirrors"] for row in answers["lags"]) == 3
    assert short["withdrawn"] == short["reappeared"] == len(answers["gone"]) == 1
    assert short["open_incidents"] == len(answers["incidents"]) == 1
    by_the_ninth = data(capsys, rich, "--since", "2024-03-05", "--until", "2024-03-09")["figures"]
    assert (by_the_ninth["withdrawn"], by_the_ninth["reappeared"]) == (1, 0), "it came back on the tenth"
    volume = data(capsys, rich, *ALL)["answers"]["volume"]["rows"]
    begin = date(2026, 12, 31) - 5 * 366 * (date(2, 1, 2) - date(2, 1, 1))
    counted = rows(
        rich,
        "SELECT count(*) FROM canonical_releases WHERE least(published_on, first_captured_at::DATE) BETWEEN "
        f"DATE '{begin}' AND DATE '2026-12-31'",
    )
    assert sum(row["releases"] for row in volume) == counted[0][0]


def test_a_source_in_a_question_is_a_literal_whatever_it_holds(samples: Path) -> None:
    hostile = "x' OR true; ATTACH 'y.duckdb'; --"
    days = Range(date(2000, 1, 1), date(2026, 1, 1), hostile)
    for name in NAMES:
        assert _answer(samples, written(name, days.parameters())) == [] or name == "short"
    assert _answer(samples, written("short", days.parameters()))[0]["new"] == 0


def test_what_pages_say_acts_on_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = "http://www.fmprc.gov.cn/mfa_eng/t1.shtml?a='><script>alert(3)</script>\u202e"
    plain = "http://www.fmprc.gov.cn/mfa_eng/t2.shtml?a='&b=(1)"
    looks = [
        line(mended(escape(f"Envoy {HOSTILE} {n}"), words), url=each, captured_at=f"2020-01-0{n}T00:00:00Z")
        for each, words in ((url, BODY), (plain, "Nobody met."))
        for n in (1, 2)
    ]
    home = tmp_path / "home"
    ingest_into(home, write_lines(tmp_path / "a.jsonl", looks))
    text = page(capsys, home)
    tree = html.fromstring(text)
    tags = {each.tag for each in tree.iter() if isinstance(each.tag, str)}
    assert not {"script", "img", "iframe", "form", "object", "image", "foreignobject", "link"} & tags
    names = {name for each in tree.iter() if isinstance(each.tag, str) for name in each.attrib}
    assert not {name for name in names if name.startswith("on")} | ({"src", "srcset"} & names)
    away = [each for each in tree.iter("a") if not each.get("href").startswith("#")]
    assert {(each.get("href"), each.get("rel")) for each in away} == {(plain, "noreferrer")}
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 2
    assert "&lt;script&gt;alert(3)&lt;/script&gt;" in text, "a URL that is no plain one is told as text"
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u061c\ufffe\uffff]", text)
    assert not re.findall(r"url\((?!#)", text)
    assert "default-src &#x27;none&#x27;" in text


@pytest.mark.acceptance
def test_the_same_publication_gives_the_same_bytes(rich: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = page(capsys, rich, "--last", "month")
    assert page(capsys, rich, "--last", "month") == before
    words = [sys.executable, "-m", "flows", "report", "--last", "month", "--home", rich, "--out", rich / "other.html"]
    subprocess.run(words, cwd=CHECKOUT, env={**os.environ, "PYTHONHASHSEED": "7"}, check=True, capture_output=True)
    assert (rich / "other.html").read_text("utf-8") == before


def test_days_after_all_that_is_known_give_a_page_that_says_so(
    samples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = page(capsys, samples, "--since", "2031-01-01", "--until", "2031-01-07")
    for words in ("Nobody looked on any of these days", "Nothing new is known", "No edit was seen", "No mirror"):
        assert words in text
    assert "No release is known from" in text


def test_days_with_releases_that_nobody_looked_at(samples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--since", "2018-08-01", "--until", "2018-08-31")
    assert data(capsys, samples, *words)["figures"]["new"] == 2
    text = page(capsys, samples, *words)
    assert "Nobody looked on any of these days" in text
    assert "2018-08-17" in text
    assert "On the others nobody looked" in page(capsys, samples, "--since", "2022-05-12", "--until", "2022-05-14")
    assert "nobody looked" not in page(capsys, samples, "--since", "2022-05-12", "--until", "2022-05-13").lower()


@pytest.mark.parametrize(
    ("said", "since", "until"),
    [
        ({}, "2025-05-26", "2025-06-01"),
        ({"last": "day"}, "2025-06-01", "2025-06-01"),
        ({"last": "month"}, "2025-05-02", "2025-06-01"),
        ({"last": "month", "until": date(2024, 3, 30)}, "2024-03-01", "2024-03-30"),
        ({"last": "month", "until": date(2024, 5, 31)}, "2024-05-01", "2024-05-31"),
        ({"last": "month", "until": date(2024, 2, 29)}, "2024-01-30", "2024-02-29"),
        ({"since": date(2025, 1, 1)}, "2025-01-01", "2025-06-01"),
        ({"since": date(2025, 7, 1)}, "2025-07-01", "2025-07-01"),
        ({"until": date(2024, 1, 3)}, "2023-12-28", "2024-01-03"),
        ({"until": date.min}, "0001-01-01", "0001-01-01"),
    ],
)
def test_days_are_counted_back_from_the_newest_look(said: dict[str, Any], since: str, until: str) -> None:
    found = range_of(date(2025, 6, 1), said.get("last"), said.get("since"), said.get("until"), None)
    assert (found.since.isoformat(), found.until.isoformat()) == (since, until)


def test_the_command_counts_from_the_newest_look_too(samples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = data(capsys, samples)
    assert (found["since"], found["until"]) == ("2025-05-26", "2025-06-01")
    found = data(capsys, samples, "--last", "month")
    assert (found["since"], found["until"], found["figures"]["new"]) == ("2025-05-02", "2025-06-01", 1)


def test_an_archive_without_any_time_ends_with_its_newest_release(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    ingest_into(home, write_lines(tmp_path / "a.jsonl", [line(mission_page("A", "March 1, 2024\n\nThey met."))]))
    assert rows(home, "SELECT count(captured_at) FROM captures") == [(0,)]
    found = data(capsys, home)
    newest = rows(
        home, "SELECT coalesce(max(published_on), (SELECT published_at::DATE FROM publication)) FROM releases"
    )
    assert found["until"] == newest[0][0].isoformat()
    assert found["figures"]["new"] + found["figures"]["undated"] == 1


def test_a_day_that_nobody_looked_at_looks_like_no_quiet_day() -> None:
    begin = date(2024, 1, 1)
    assert [Day(begin, count).look for count in (None, 0, 1, 4, 5, 900)] == ["gap", "quiet", "m1", "m2", "m3", "m3"]
    tree = etree.fromstring(calendar("alpha", "words", begin, [0, None, 3, None]))
    marks = {each.get("class"): each.get("d").count("M") for each in tree.iter("path")}
    assert marks == {"quiet": 1, "gap": 2, "m2": 1}


@pytest.mark.parametrize("days", [1, 7, 365, 366, 1830])
def test_each_day_has_one_cell_and_no_picture_is_wider_than_a_year(days: int) -> None:
    for weekday in range(7):
        drawn = calendar("alpha", "", date(2024, 1, 1 + weekday), [None] * days)
        starts = re.findall(r"M([\d.]+) ([\d.]+)l", drawn)
        pictures = drawn.count("<svg")
        assert len(starts) == days
        assert len(set(starts)) >= days / pictures
        assert max(float(x) for x, _ in starts) < 530
        assert pictures == 1 or days > 365


def test_charts_are_of_the_pages_colours_and_of_text() -> None:
    told = Told("Releases of alpha a week", "3 & more")
    begin, until = date(2023, 1, 1), date(2023, 12, 31)
    bars = [(date(2022, 12, 26), date(2023, 1, 2), 3), (date(2023, 12, 25), date(2024, 1, 1), 12)]
    for drawn in (
        volume_chart(told, bars, [(begin, 40)], (date(2023, 12, 1), until), begin=begin),
        lag_chart(told, [(-1, 2), (0, 5), (400, 1)]),
    ):
        tree = etree.fromstring(drawn)
        assert (tree.get("role"), tree[0].text, tree[1].text) == ("img", *told)
        assert not re.search(
            r"#0[12]0[23]0[2-7]|font-family|@import|<style|<metadata|<image|https?://(?!www\.w3\.org)", drawn
        )
        assert "var(--bar)" in drawn
        assert all(href.startswith("#") for each in tree.iter() for name, href in each.attrib.items() if "href" in name)
        assert [each for each in tree.iter("{*}text") if each.text], "words are text, not outlines"
    words = {each.text for each in etree.fromstring(drawn).iter("{*}text")}
    assert "days after the release" in words


def test_no_id_stands_twice_on_a_page(rich: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = html.fromstring(page(capsys, rich, "--since", "2024-03-01", "--until", "2024-03-31"))
    ids = [each.get("id") for each in tree.iter() if isinstance(each.tag, str) and each.get("id")]
    assert len(ids) == len(set(ids))
    targets = {each.get("href")[1:] for each in tree.iter("a") if each.get("href").startswith("#")}
    assert targets <= set(ids)
    assert len(list(tree.iter("svg"))) > 10


def test_where_the_page_is_written(
    samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for words, path in ((), "report.html"), (("--out", "a.html"), "a.html"), (("--out", "b/c"), "b/c/report.html"):
        code, out, _ = report(capsys, samples, *words)
        assert (code, out.splitlines()[0]) == (0, f"wrote {path}")
        assert (tmp_path / path).read_text("utf-8").startswith("<!doctype html>")
    code, _, err = report(capsys, samples, "--out", "/proc/nowhere/a.html")
    assert (code, err.count("\n")) == (1, 1)
    assert "cannot be made" in err


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ([], 1, "nothing was published here yet"),
        (["--last", "year"], 2, "--last"),
        (["--last", "week", "--since", "2020-01-01"], 2, "not both"),
        (["--last", "week", "--edits"], 2, "not both"),
        (["--json", "--out", "x"], 2, "not both"),
        (["--since", "2020-01-02", "--until", "2020-01-01"], 2, "before"),
        (["--source", "mfa-cn-em"], 2, "mfa-cn-en"),
        (["--edits", "--out", __file__], 2, "is a file"),
    ],
)
def test_what_is_wrong_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, says: str
) -> None:
    found, out, err = report(capsys, tmp_path, *words)
    assert (found, out) == (code, "")
    assert says in err
    assert not list(tmp_path.iterdir())


def test_only_a_page_imports_what_draws(samples: Path) -> None:
    script = (
        "import sys\nfrom flows.cli import main\ntry:\n"
        f"    main(['report', '--json', '--home', {str(samples)!r}])\n"
        "except SystemExit:\n    print('matplotlib' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=CHECKOUT)
    assert done.stderr.strip() == "False"
