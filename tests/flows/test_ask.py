"""The gallery: each question runs, here and in the `duckdb` command, and its rows are those counted by hand."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from homes import CHECKOUT, NOW, SAMPLES, ingest_into, line, mission_page, write_lines
from looking import ALPHA, PAGE, START, Look, captured, write_looks

from flows import derive
from flows.cli import main
from flows.pool import ReadingPool
from parsers.release import DateGiven, Release, Served
from seeds import Catalogue
from seeds.gallery import read_gallery
from warehouse.home import PUBLISHED
from warehouse.land import land, note_registry
from warehouse.publish import publish
from warehouse.store import Store

GALLERY = read_gallery()
CLI = shutil.which("duckdb", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
GIVEN = {
    "day": "2020-03-06",
    "release": "e67133",
    "words": "tree|树",
    "url": "http://aa.china-consulate.org/eng/zgxw/t1758310.htm",
}
Rows = list[dict[str, Any]]
Ask = Callable[..., Rows]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    ingest_into(home, SAMPLES)
    return home


def said(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = 0
    try:
        main(["ask", *map(str, words)])
    except SystemExit as ended:
        code = int(ended.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    def asked(home: Path, number: int, *words: str) -> Rows:
        code, out, err = said(capsys, number, *words, "--json", "--home", home)
        assert code == 0, err
        rows: Rows = json.loads(out)
        return rows

    return asked


def picked(rows: Rows, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in rows]


def landed(tmp_path: Path, *lines: dict[str, Any]) -> Path:
    ingest_into(tmp_path / "home", write_lines(tmp_path / "a.jsonl", lines))
    return tmp_path / "home"


def seen(tmp_path: Path, *looks: Look) -> Path:
    ingest_into(tmp_path / "home", write_looks(tmp_path / "looks.warc", looks))
    return tmp_path / "home"


# --- the gallery ---------------------------------------------------------------------------------


def test_each_of_the_thirty_is_answered_or_waits_and_none_does_both() -> None:
    assert sorted([*GALLERY.answered, *GALLERY.waiting]) == list(range(31)), "0 is what has landed"


@pytest.mark.parametrize("number", GALLERY.answered)
def test_each_question_gives_in_the_duckdb_command_what_ask_gives(samples: Path, ask: Ask, number: int) -> None:
    assert CLI, "the `duckdb` command comes with dev-requirements.txt"
    (path,) = (CHECKOUT / "seeds" / "questions").glob(f"{number:02}_*.sql")
    taken = GALLERY.answered[number].parameters
    for names in {(), taken}:
        settings = ["SET TimeZone = 'UTC'", *(f"SET VARIABLE {each} = '{GIVEN[each]}'" for each in names)]
        said_first = [word for each in settings for word in ("-c", each)]
        command = [CLI, "-readonly", "-json", str(samples / PUBLISHED), *said_first, "-f", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        ours = ask(samples, number, *(word for each in names for word in (f"--{each}", GIVEN[each])))
        assert [_alike(row) for row in json.loads(done.stdout)] == [_alike(row) for row in ours]


def _alike(row: dict[str, Any]) -> list[tuple[str, Any]]:
    """A row in which times are written in one way."""
    return [
        (name, value.replace(" ", "T").replace("+00", "Z") if name.endswith("_at") and value else value)
        for name, value in row.items()
    ]


def test_the_list_names_all_and_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys)
    assert code == 0
    assert " 6  Which missions re-published a release, and how many days later?" in out
    assert "not yet: table encounters: who spoke with whom, by which channel" in out
    _, out, _ = said(capsys, "--json")
    listed = {each["number"]: each for each in json.loads(out)}
    assert len(listed) == 31
    assert listed[2]["missing"] == ""
    assert listed[30] == {name: getattr(GALLERY.waiting[30], name) for name in ("number", "question", "missing")}


def test_people_get_the_question_what_it_counts_and_a_table(samples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, 6, "--home", samples)
    assert code == 0
    question, counts, table = out.split("\n\n", 2)
    assert question == "6. Which missions re-published a release, and how many days later?"
    assert counts.replace("\n", " ") == GALLERY.answered[6].counts
    assert max(map(len, counts.splitlines())) <= 100
    assert table.startswith("mission ")
    assert "bb.china-embassy.org" in out
    _, out, _ = said(capsys, 3, "--home", samples)
    assert out.endswith("(no row)\n")


def test_sql_is_the_file_and_csv_the_answer(samples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = said(capsys, 6, "--sql")
    assert out == (CHECKOUT / "seeds" / "questions" / "06_missions_that_republished.sql").read_text("utf-8")
    _, out, _ = said(capsys, 6, "--csv", "--home", samples)
    assert out.startswith("mission,first_published_by,")
    assert len(out.splitlines()) == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("31",), "no question 31. `communique ask` lists all"),
        (("1",), "missing: table encounters"),
        (("six",), "is not a valid integer"),
        (("2", "--day", "2020-01-01"), "does not take `--day`"),
        (("27", "--day", "yesterday"), "does not match"),
        (("--day", "2020-01-01"), "number of a question"),
        (("--sql",), "number of a question"),
        (("2", "--json", "--csv"), "Say one of"),
    ],
)
def test_what_cannot_be_asked_is_a_usage_error(
    samples: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    code, out, err = said(capsys, *words, "--home", samples)
    assert (code, out) == (2, "")
    assert told in err


def test_a_broken_gallery_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "02_edits.sql").write_text("-- 3. Which?\n-- Counts.\nSELECT 1;\n", "utf-8")
    monkeypatch.setattr("flows.questions.read_gallery", lambda: read_gallery(tmp_path))
    code, out, err = said(capsys, "2")
    assert (code, out) == (1, "")
    assert err == "communique: seeds/questions: 02_edits.sql, line 1: it must be `-- 2. The question?`. Mend the file\n"


def test_a_wrong_expression_is_told_in_one_line(samples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capsys, 5, "--words", "(", "--home", samples)
    assert (code, out) == (1, "")
    assert "missing )" in err
    assert len(err.splitlines()) == 1


# --- the answers ---------------------------------------------------------------------------------


def test_0_what_has_landed(samples: Path, ask: Ask) -> None:
    (row,) = (each for each in ask(samples, 0) if each["source"] == "mfa-cn-zh" and each["layout"] == "mfa_zh_news")
    assert (row["releases"], row["versions"], row["first_day"], row["last_day"]) == (5, 5, "2022-01-20", "2023-09-02")


def test_2_edits_with_the_words_that_changed(samples: Path, ask: Ask) -> None:
    feed, transcript = ask(samples, 2)
    assert (feed["source"], feed["version"], feed["edited_before"]) == ("state-gov", 2, "2022-05-13 06:10")
    assert feed["words"] == "[-sending-] {+the offer of+} [-to-] {+for+} [-next month-] {+in June+}"
    assert (transcript["source"], transcript["characters"], transcript["edit_class"]) == (
        "mfa-cn-en",
        11,
        "removed_paragraph",
    )
    assert transcript["words"].endswith("[-. Some of them are older than the children who use them-]")


def test_2_a_page_that_vanished_is_no_edit_and_3_says_whether_it_came_back(tmp_path: Path, ask: Ask) -> None:
    other = "http://aa.china-embassy.org/eng/zgxw/t2.htm"
    gone = [Look(day, 404) for day in (2, 3, 5)]
    lost = [Look(0, mission_page("Second"), other), *(Look(day, 410, url=other) for day in (1, 2, 3, 9))]
    home = seen(tmp_path, Look(0), *gone, Look(7), *lost)
    assert ask(home, 2) == []
    assert picked(ask(home, 3), "url", "evidence", "gone_since_at", "looks", "reappeared_at", "last_look_at") == [
        (PAGE, "gone", "2024-03-03T00:00:00Z", 3, "2024-03-08T00:00:00Z", "2024-03-08T00:00:00Z"),
        (other, "gone", "2024-03-02T00:00:00Z", 4, None, "2024-03-10T00:00:00Z"),
    ]


def test_5_first_use_is_found_not_found_or_not_looked_for(samples: Path, ask: Ask) -> None:
    found = {(row["language"], row["issuer"]): row for row in ask(samples, 5, "--words", "TREE|树")}
    chinese = found["zh", "Ministry of Foreign Affairs of China"]
    assert (chinese["first_on"], chinese["first_title"]) == ("2020-04-05", "中国政府向斐济赠送一批红树林树苗")
    assert (chinese["releases"], chinese["searched"], chinese["searched_from"]) == (2, 13, "2017-11-22")
    english = found["en", "Ministry of Foreign Affairs of China"]
    assert (english["first_on"], english["releases"], english["searched"]) == ("2019-02-14", 1, 8)
    singapore = found["en", "Ministry of Foreign Affairs of Singapore"]
    assert (singapore["first_on"], singapore["releases"], singapore["searched"]) == (None, 0, 3), "not found"
    assert ("en", "Ministry of Foreign Affairs of Iceland") not in found, "not looked for"
    assert {row["releases"] for row in ask(samples, 5)} == {0}, "no sample says win-win"


CALL = (
    "Foreign Minister Lin met with Foreign Minister Hans Muster of Malta in Port Fiction. Lin said that both sides"
    " should deepen cooperation on tea, trade and climate. Muster said that Malta attaches great importance to it."
)


def mirrored(tmp_path: Path) -> Path:
    def on(host: str, day: str, body: str, number: int) -> dict[str, Any]:
        given = f"Lin Meets Muster\n{day} 10:00" if day else "Lin Meets Muster"
        url = f"http://{host}/eng/zgxw/202403/t20240304_1101{number}.htm"
        return line(mission_page(given, body), url=url, captured_at=f"2024-04-0{number}T00:00:00Z")

    return landed(
        tmp_path,
        on("aa.china-embassy.gov.cn", "2024-03-04", CALL, 1),
        on("bb.china-embassy.gov.cn", "2024-03-07", CALL, 2),
        on("cc.china-embassy.gov.cn", "2024-03-15", CALL.replace("tea, trade", "tea, space"), 3),
        on("news.example", "2024-03-08", CALL, 4),
    )


def test_6_missions_with_their_days_and_which_page_gives_none(samples: Path, tmp_path: Path, ask: Ask) -> None:
    columns = ("mission", "first_published_by", "days_later", "method", "undated")
    assert picked(ask(samples, 6), *columns) == [
        ("bb.china-embassy.org", "aa.china-consulate.org", None, "exact", "both")
    ]
    assert picked(ask(mirrored(tmp_path), 6), *columns) == [
        ("bb.china-embassy.gov.cn", "aa.china-embassy.gov.cn", 3, "exact", None),
        ("cc.china-embassy.gov.cn", "aa.china-embassy.gov.cn", 11, "near", None),
    ]


@pytest.mark.acceptance
def test_7_words_that_only_one_mirror_has(samples: Path, tmp_path: Path, ask: Ask) -> None:
    columns = ("canonical_site", "mirror_site", "method", "only_canonical", "only_mirror")
    assert picked(ask(samples, 7), *columns) == [
        ("aa.china-consulate.org", "bb.china-embassy.org", "exact", None, None)
    ]
    assert picked(ask(mirrored(tmp_path), 7), *columns) == [
        ("aa.china-embassy.gov.cn", "cc.china-embassy.gov.cn", "near", "trade", "space"),
        ("aa.china-embassy.gov.cn", "bb.china-embassy.gov.cn", "exact", None, None),
        ("aa.china-embassy.gov.cn", "news.example", "exact", None, None),
    ]


def test_11_days_from_event_to_release(samples: Path, ask: Ask) -> None:
    found = {(row.pop("issuer"), row.pop("kind")): tuple(row.values()) for row in ask(samples, 11)}
    # Of eight with both days one came a day late (1 September 2023, posted on the 2nd); four English ones give no day.
    assert found["Ministry of Foreign Affairs of China", "press_conference"] == (8, 0.0, 0, 1, 4, 0)
    # A visit of 25 October 2022, announced on the 19th; two announcements have no event day.
    assert found["Ministry of Foreign Affairs of China", "announcement"] == (1, -6.0, -6, -6, 0, 2)
    # 20 July 2020, posted on the 21st.
    assert found["Ministry of Foreign Affairs of China", "readout"] == (1, 1.0, 1, 1, 0, 0)


def briefing(day: str, body: str = "问:有消息吗?\n答:没有。") -> dict[str, Any]:
    year, month, number = day.split("-")
    return chinese(day, f"{year}年{int(month)}月{int(number)}日外交部发言人周样本主持例行记者会", body)


def chinese(day: str, title: str, body: str) -> dict[str, Any]:
    url = f"https://www.mfa.gov.cn/web/wjdt_674879/fyrbt_674889/t{day.replace('-', '')}_1{len(title)}.shtml"
    return line(body, url=url, captured_at="2024-12-01T00:00:00Z", listing={"title": title, "published": day})


@pytest.mark.acceptance
def test_18_recess_holiday_not_found_and_not_looked_for(samples: Path, tmp_path: Path, ask: Ask) -> None:
    (first, *_) = ask(samples, 18)
    # From 22 October 2024, a Tuesday, to 3 March 2026: 71 weeks and a day.
    assert (first["from_on"], first["until_on"], first["working_days"]) == ("2024-10-22", "2026-03-03", 356)
    assert first["why"] == "not looked for"
    home = landed(
        tmp_path,
        briefing("2024-04-26", "答:没有。\n五一放假期间,例行记者会暂停,5月6日恢复。"),
        briefing("2024-05-06"),
        briefing("2024-05-08"),
        chinese("2024-05-07", "外交部发言人周样本就虚构港灯塔受损答记者问", "问:灯塔如何?\n答:已经修好。"),
        briefing("2024-08-02", "答:没有。\n外交部例行记者会将于8月5日至16日暑期休会。"),
        briefing("2024-08-19"),
    )
    columns = ("from_on", "until_on", "working_days", "why", "words", "other_releases")
    assert picked(ask(home, 18), *columns) == [
        ("2024-05-09", "2024-08-01", 61, "not looked for", None, 0),
        ("2024-08-05", "2024-08-16", 10, "recess", "外交部例行记者会将于8月5日至16日暑期休会", 0),
        ("2024-04-29", "2024-05-03", 5, "holiday", "五一放假期间,例行记者会暂停,5月6日恢复", 0),
        ("2024-05-07", "2024-05-07", 1, "not found", None, 1),
    ]


TITLE = "Foreign Ministry Spokesperson Lin Example's Regular Press Conference on March 1, 2024"
FERRY = ("Q: Has the ferry to Port Fiction been taken up again, as its owners said?", "A: It sails on Monday.")
SHOES = ("Q: Who paid for the shoes of the delegation from the island?", "A: The shoemaker himself did so.")
BIRDS = ("Q: Do storks still nest on the roof of the embassy in Malta?", "A: Two pairs of them came back.")


@pytest.mark.acceptance
def test_21_answers_that_were_cut_added_and_reworded(samples: Path, tmp_path: Path, ask: Ask) -> None:
    columns = ("what", "change", "paragraph_number")
    assert picked(ask(samples, 21), *columns) == [
        ("cut", "went", 4),  # "The school has not been closed. ..." is another answer than
        ("added", "came", 4),  # "The school remains open in law and in fact. ..."
        ("reworded", "went", 5),  # the computers lost a sentence
        ("reworded", "came", 5),
    ]
    before = mission_page(TITLE, "\n\n".join((*FERRY, *SHOES)))
    after = mission_page(TITLE, "\n\n".join((FERRY[0], "A: It sails on Tuesday.", *BIRDS)))
    notice = [
        Look(day, mission_page("Envoy", FERRY[day]), "http://aa.china-embassy.org/eng/zgxw/t2.htm") for day in (0, 1)
    ]
    home = seen(tmp_path, Look(0, before), Look(2, after), *notice)
    found = ask(home, 21)
    assert {row["dated_on"] for row in found} == {"2024-03-01"}, "what is no press conference is left out"
    assert picked(found, "what", "paragraph") == [
        ("reworded", "A: It sails on Monday."),
        ("reworded", "A: It sails on Tuesday."),
        ("cut", SHOES[0]),
        ("added", BIRDS[0]),
        ("cut", SHOES[1]),
        ("added", BIRDS[1]),
    ]


def test_25_days_that_no_page_states(samples: Path, ask: Ask) -> None:
    found = {(row["title"], row["about"]): row for row in ask(samples, 25)}
    september = "Foreign Ministry Spokesperson He Muster's Regular Press Conference on September 12"
    year = found[september, "event"]
    assert (year["day"], year["how"], year["year_by"], year["surely"]) == (
        "2018-09-12",
        "text",
        "page_id",
        "to the day",
    )
    posted = found[september, "published"]
    assert (posted["day"], posted["how"], posted["surely"]) == (None, "page_id", "within 12 days")
    assert (posted["earliest_on"], posted["latest_on"]) == ("2018-09-07", "2018-09-18")
    updated = found["Foreign Minister Lin Example to Visit Iceland", "published"]
    assert (updated["day"], updated["how"], updated["words"]) == ("2018-08-30", "updated", "August 30, 2018 10:20")
    stated = "Foreign Ministry Spokesperson Zhou Specimen’s Regular Press Conference on October 21, 2024"
    assert not any(title == stated for title, _ in found), "both of its days stand on the page"
    assert len(ask(samples, 25)) == 21


def published(tmp_path: Path, looks: Iterable[tuple[str, str, date, float]]) -> Path:
    """A HOME of looks (URL asked, URL that answered, day of publication, day of the look from START)."""
    home = tmp_path / "home"
    home.mkdir()
    store = Store(home, NOW)
    note_registry(store, {None: "1", "made": "1"}, [{"source": "alpha", "issuer": "Ministry", "state": "verified"}])
    for url, final, day, at in looks:
        look = captured(url, f"{url} {day}", at=START + timedelta(days=at))
        look = replace(look, served=Served(200, final, None, None, None, 1))
        given = (DateGiven("date_line", str(day), day, None, "day", None),)
        release = Release(
            "made", "1", f"Notice of {url}", (f"The office at {url} is open.",), language="en", dates=given
        )
        land(store, [look], {look.input_sha256: release}, now=NOW, run_id="run")
    with ReadingPool(1) as pool:
        publish(store, lambda store: derive.derive(store, pool, Catalogue([ALPHA])), now=NOW, version="test")
    store.close()
    return home


OLD, NEW = "http://aa.china-embassy.org/eng/t1.htm", "http://aa.china-embassy.gov.cn/eng/t1.htm"


@pytest.mark.acceptance
def test_26_missions_that_moved_fell_silent_or_were_not_looked_at(tmp_path: Path, ask: Ask) -> None:
    silent, lately = "http://bb.china-embassy.org", "http://cc.usembassy.example"
    home = published(
        tmp_path,
        [
            (OLD, NEW, date(2024, 3, 1), 0),
            (f"{silent}/1.htm", f"{silent}/1.htm", date(2024, 1, 1), 0),
            (f"{silent}/2.htm", f"{silent}/2.htm", date(2024, 2, 1), 0),
            (f"{silent}/2.htm", f"{silent}/2.htm", date(2024, 2, 1), 100),
            (f"{lately}/1.htm", f"{lately}/1.htm", date(2025, 12, 20), 670),
            ("http://dd.china-mission.org/1.htm", "http://dd.china-mission.org/1.htm", date(2024, 3, 1), 1),
            ("https://ministry.example/1.htm", "https://ministry.example/1.htm", date(2024, 3, 1), 0),
        ],
    )
    columns = ("site", "last_on", "longest_gap_days", "silent_days", "state", "moved_to")
    assert picked(ask(home, 26), *columns) == [
        ("aa.china-embassy.org", "2024-03-01", None, 0, "moved", "aa.china-embassy.gov.cn"),
        ("dd.china-mission.org", "2024-03-01", None, 1, "not looked for", None),
        ("cc.usembassy.example", "2025-12-20", None, 11, "posting", None),
        ("bb.china-embassy.org", "2024-02-01", 31, 129, "silent", None),
    ]


def test_26_a_mission_within_its_ministrys_site_is_one_of_its_own(samples: Path, ask: Ask) -> None:
    sites = {row["site"]: row for row in ask(samples, 26)}
    assert len(sites) == 16
    paris = sites["www.mfa.gov.cn/ce/ceff"]
    assert (paris["last_on"], paris["looked_on"], paris["state"]) == ("2021-01-01", "2021-01-01", "not looked for")
    assert (sites["un.china-mission.gov.cn"]["state"], sites["un.china-mission.gov.cn"]["silent_days"]) == (
        "silent",
        4524,
    )


def test_27_what_the_page_said_and_what_we_had(samples: Path, ask: Ask) -> None:
    (row,) = ask(samples, 27, "--day", "2020-03-06", "--release", "e67133")
    assert (row["page_said"], row["we_had"], row["seen_at"]) == ("otherwise", "not yet", "2020-03-05T14:20:00Z")
    assert "A: The school has not been closed." in row["body_then"]
    (row,) = ask(samples, 27, "--day", "2020-03-07", "--release", "e67133")
    assert (row["page_said"], "The school remains open" in row["body_then"]) == ("as today", True)
    everything = ask(samples, 27, "--day", "2020-03-06")
    assert len(everything) == 50
    # Ten were looked at by then: nine of missions, and the transcript of 5 March, which said something else.
    counted = [sum(row["page_said"] == said for row in everything) for said in ("as today", "otherwise", "not yet")]
    assert counted == [9, 1, 40]
    assert {row["page_said"] for row in ask(samples, 27)} == {"as today"}, "without a day, it is today"
    assert all(row["body_then"] is None for row in ask(samples, 27))


@pytest.mark.acceptance
def test_27_a_release_by_its_url_and_one_whose_looks_say_no_time(tmp_path: Path, ask: Ask) -> None:
    undated = "http://aa.china-embassy.org/eng/zgxw/t2.htm"
    home = landed(
        tmp_path,
        line(mission_page(), url=PAGE, captured_at="2024-03-01T00:00:00Z"),
        line(mission_page("B"), url=undated),
    )
    assert picked(ask(home, 27, "--day", "2024-02-29", "--release", PAGE), "page_said", "title") == [
        ("not yet", "Envoy Meets Envoy")
    ]
    assert picked(ask(home, 27, "--day", "2024-03-01", "--release", undated), "page_said", "title") == [
        ("undated", "B")
    ]


@pytest.mark.acceptance
def test_28_a_drop_a_broken_parser_and_no_drop(tmp_path: Path, ask: Ask) -> None:
    def page(source: str, number: int, day: int, body: str | bytes = "") -> dict[str, Any]:
        url = {
            "zh": "https://www.mfa.gov.cn/web/wjdt/",
            "sg": "https://www.mfa.gov.sg/Newsroom/",
            "us": "https://www.state.gov/",
        }
        at = f"{START + timedelta(days=day):%Y-%m-%dT00:00:00Z}"
        about = {"title": f"Notice {source} {number}", "published": at[:10]}
        return line(
            body or f"Number {number} of {source}.", url=f"{url[source]}{number}", captured_at=at, listing=about
        )

    past = [page(source, n, n * 4) for source in ("zh", "sg", "us") for n in range(28)]  # seven in 28 days, four times
    strange = (
        b"<html><head><title>x</title></head><body><div class='new'><p>A page of a new design.</p></div></body></html>"
    )
    real = [page("zh", 30 + n, 139, "Number 30 of zh.") for n in range(1)]
    broken = [page("sg", 30 + n, 130 + n, strange + b"<!-- %d -->" % n) for n in range(2)] + [page("sg", 40, 139)]
    steady = [page("us", 30 + n, 112 + n * 4) for n in range(7)]
    home = landed(tmp_path, *past, *real, *broken, *steady)
    found = {row["source"]: row for row in ask(home, 28)}
    columns = ("looked_on", "read_28_days", "usual_28_days", "pages", "quarantined", "verdict")
    assert picked([found["mfa-cn-zh"], found["mfa-sg"], found["state-gov"]], *columns) == [
        ("2024-07-18", 1, 7.0, 1, 0, "real"),
        ("2024-07-18", 1, 7.0, 3, 2, "broken parser"),
        ("2024-07-15", 7, 7.0, 7, 0, "no drop"),
    ]
    silent = [Look(139.5, 503, f"https://www.mfa.gov.cn/web/wjdt/{number}") for number in (28, 29)]
    ingest_into(home, write_looks(tmp_path / "looks.warc", silent))
    (row,) = (each for each in ask(home, 28) if each["source"] == "mfa-cn-zh")
    assert (row["looks"], row["missed"], row["verdict"]) == (3, 2, "no answer")


def test_28_the_samples_have_no_past_or_no_drop(samples: Path, ask: Ask) -> None:
    found = {row["source"]: row["verdict"] for row in ask(samples, 28)}
    assert found == {
        **dict.fromkeys(("mfa-by", "mfa-cn-en", "mfa-cn-zh", "mfa-sg", "state-gov"), "no drop"),
        "mission-cn-un": "no past",
    }


@pytest.mark.acceptance
def test_29_a_dead_page_its_mirror_and_one_never_looked_at(tmp_path: Path, ask: Ask) -> None:
    mirror = "http://bb.china-embassy.org/eng/zgxw/t1.htm"
    text = mission_page("Lin Meets Muster\n2024-03-04 10:00", CALL)
    home = seen(tmp_path, Look(0, text), Look(1, text, mirror), *(Look(day, 404) for day in (2, 3, 5)))
    columns = ("cited", "state", "gone_since_at", "url_now", "same_text_urls")
    dead = (PAGE, "withdrawn", "2024-03-03T00:00:00Z", None, [mirror])
    assert picked(ask(home, 29), *columns) == [dead]
    assert picked(ask(home, 29, "--url", PAGE.replace("http://", "https://www.") + "#top"), *columns) == [dead]
    assert picked(ask(home, 29, "--url", mirror), *columns) == [(mirror, "answers", None, mirror, None)]
    strange = "http://aa.china-embassy.org/'; DROP TABLE releases; --"
    assert picked(ask(home, 29, "--url", strange), *columns) == [(strange, "never looked at", None, None, None)]


@pytest.mark.acceptance
def test_29_a_page_that_leads_elsewhere(tmp_path: Path, ask: Ask) -> None:
    home = published(tmp_path, [(OLD, NEW, date(2024, 3, 1), 0)])
    assert picked(ask(home, 29, "--url", OLD), "cited", "state", "url_now") == [(OLD, "leads elsewhere", NEW)]
