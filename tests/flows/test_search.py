"""`communique search`: both languages, every version, whatever is typed; a sidecar that keeps up and survives."""

from __future__ import annotations

import json
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from commands import typed
from homes import CHECKOUT, SAMPLES, ingest_into, line, mission_page, rows, write_lines
from hypothesis import example, given
from hypothesis import strategies as st

from flows.cli import main
from flows.searching.search import Asked, Hit, search
from flows.searching.sidecar import FILE, Written, bring_up
from flows.searching.words import tokens
from parsers.errors import HomeUnwritable, QueryError
from warehouse.home import PUBLISHED

A, B, C = (f"https://x.example/{name}.htm" for name in "abc")
OLD = "The two sides deplored the embargo on herrings.\n\nSigned in Suva."
NEW = "The two sides regretted the embargo on herrings.\n\nSigned in Suva."
CHINESE = "外交部长林示例会见新加坡外长。双方同意发展友好关系，𠮷野家开业。"
HAN = re.compile(r"[\u4e00-\u9fff]{2}")


def told(title: str, body: str, url: str, day: str, **beside: Any) -> dict[str, Any]:
    page = mission_page(title, f"{day} 10:00\n\n{body}") if day else mission_page(title, body)
    return line(page, url=url, **beside)


LINES = [
    told("Talks on Herrings", OLD, A, "2020-01-02", captured_at="2020-01-03T00:00:00Z"),
    told("Talks on Herrings", NEW, A, "2020-01-02", captured_at="2020-02-03T00:00:00Z"),
    told("林示例会见新加坡外长", CHINESE, B, "2021-05-06", captured_at="2021-05-07T00:00:00Z"),
    told(
        "Café Diplomacy", "ＦＵＬＬ width, and China's herrings: Suva, Suva.", C, "", captured_at="2022-01-01T00:00:00Z"
    ),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    ingest_into(folder, write_lines(folder / "in.jsonl", LINES))
    return folder


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    ingest_into(folder, SAMPLES)
    return folder


def hits(home: Path, words: str, **beside: Any) -> list[Hit]:
    return search(home, Asked(words, **beside)).hits


def urls(home: Path, words: str, **beside: Any) -> list[str]:
    by_id = dict(rows(home, "SELECT release_id, url FROM releases"))
    return [by_id[hit.release_id] for hit in hits(home, words, **beside)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("外长", [B]),
        ("长", [B]),
        ("新加坡外长", [B]),
        ("坡新", []),
        ("长双", []),  # a full stop stands between them
        ("𠮷野", [B]),
        ("title:关系", []),
        ("body:关系 title:会见", [B]),
        ("title:见 body:𠮷", [B]),
        ("title:𠮷", []),
        ("“友好关系”", [B]),
        ("HERRINGS café", [C]),
        ("cafe", [C]),
        ("full", [C]),
        ("china's", [C]),
        ("chin*", [C]),
        ("chin", []),
        ('"signed in suva"', [A]),
        ('"in signed suva"', []),
        ('"embargo on herr" * ', []),
        ("title:herrings", [A]),
        ("suva", [C, A]),
        ("herrings 外长", []),
    ],
)
def test_words_phrases_and_fields_find_what_has_them(home: Path, words: str, found: list[str]) -> None:
    assert urls(home, words) == found


def test_a_word_in_the_title_weighs_more(home: Path) -> None:
    assert urls(home, "herrings") == [A, C]


def test_days_and_filters_narrow_the_search(home: Path) -> None:
    assert urls(home, "suva", since=date(2020, 1, 2), until=date(2020, 1, 2)) == [A]
    assert urls(home, "suva", since=date(2020, 1, 3)) == []  # what has no day is in no span
    assert urls(home, "suva", until=date(2020, 1, 1)) == []
    assert urls(home, "外长", language="zh") == [B]
    assert urls(home, "外长", language="en") == []
    assert urls(home, "外长", source="mfa-cn-zh") == []
    (kind,) = rows(home, f"SELECT kind FROM releases WHERE url = '{A}'")[0]
    assert urls(home, "suva", kind=kind) == [url for (url,) in rows(home, f"""
        SELECT url FROM releases WHERE kind = '{kind}' AND contains(body, 'Suva') ORDER BY url DESC""")]  # fmt: skip
    assert urls(home, "suva", kind="letter") == []
    first = search(home, Asked("suva", limit=1))
    assert (len(first.hits), first.more) == (1, True)
    assert not search(home, Asked("suva", limit=2)).more


def test_an_earlier_version_is_found_and_says_that_it_is_one(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (hit,) = hits(home, "deplored")
    assert (hit.version, hit.versions) == (1, 2)
    (now,) = hits(home, "embargo")
    assert (now.version, now.versions) == (2, 2)  # both have the word: what stands there today is shown
    assert main(["search", "deplored", "--home", str(home)]) is None
    said = capsys.readouterr().out
    assert "version 1 of 2, no longer on the page" in said
    assert "[deplored]" in said
    assert hit.release_id[:12] in said


def test_marks_are_code_points_of_the_stored_text(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["search", "野家 外长", "--home", str(home), "--json"])
    (hit,) = json.loads(capsys.readouterr().out)["hits"]
    ((body,),) = rows(home, f"SELECT body FROM releases WHERE url = '{B}'")
    piece = hit["snippet"]
    assert body[piece["start"] : piece["stop"]] == piece["text"]
    assert [piece["text"][start:stop] for start, stop in piece["marks"]] == ["外长", "野家"]
    assert [hit["title"]["text"][start:stop] for start, stop in hit["title"]["marks"]] == ["外长"]


@pytest.mark.acceptance
def test_mirrors_are_one_hit_with_the_canonical_release_first(tmp_path: Path, samples: Path) -> None:
    shutil.copy(samples / PUBLISHED, tmp_path)
    ((mirror, canonical),) = rows(tmp_path, "SELECT release_id, canonical_id FROM mirrors")
    changed(tmp_path, f"UPDATE releases SET source = 'far' WHERE release_id = '{mirror}'")
    words = '"Icelandic Foreign Minister Sigrun Placeholder"'
    (hit,) = [each for each in hits(tmp_path, words) if each.canonical_id == canonical]
    assert (hit.release_id, hit.mirrors) == (canonical, (mirror,))
    (hit,) = hits(tmp_path, words, source="far")
    assert (hit.release_id, hit.canonical_id, hit.mirrors) == (mirror, canonical, ())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--source", "state-gvo"), "state-gov"),
        (("--kind", "readouts"), "readout"),
        (("--since", "2021-01-01", "--until", "2020-01-01"), "--until"),
    ],
)
def test_a_filter_that_nothing_can_pass_is_a_slip(
    home: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    code, out, err = typed(capsys, "search", "herrings", *words, "--home", home)
    assert (code, out) == (2, "")
    assert said in err


def test_what_stands_on_a_mirror_comes_before_what_stood_on_the_canonical_page(tmp_path: Path) -> None:
    looks = [
        told("Talks", "They deplored it.", A, "2020-01-02", captured_at="2020-01-03T00:00:00Z"),
        told("Talks", "They regretted it.", A, "2020-01-02", captured_at="2020-02-03T00:00:00Z"),
        told("Talks", "They deplored it all.", B, "2020-01-02", captured_at="2020-02-03T00:00:00Z"),
    ]
    ingest_into(tmp_path, write_lines(tmp_path / "in.jsonl", looks))
    ids = {url: release_id for release_id, url in rows(tmp_path, "SELECT release_id, url FROM releases")}
    changed(tmp_path, f"UPDATE releases SET canonical_id = '{ids[A]}'")
    (hit,) = hits(tmp_path, "deplored")
    assert (hit.release_id, hit.version, hit.mirrors) == (ids[B], 1, (ids[A],))


@pytest.mark.acceptance
@given(st.text())
@example('"')
@example('title:"')
@example("title:")
@example("a AND OR NOT NEAR(b, 2) {title} : c ^d - \x00 \ud800 'x' \\ ; DROP TABLE words")
@example("中*")
@example('"中 国 *"')
@example("ﷺ ½ ß ǆ ｱ")
@example("*")
def test_nothing_that_is_typed_is_a_syntax_error(home: Path, typed: str) -> None:
    if not tokens(typed):
        with pytest.raises(QueryError, match="no word"):
            search(home, Asked(typed))
    elif ":" not in typed:
        search(home, Asked(typed))
    else:  # a field of which nothing is asked: `title:""`
        with suppress(QueryError):
            search(home, Asked(typed))


def test_too_many_words_are_refused_and_a_long_phrase_is_not(home: Path) -> None:
    many = " ".join(f"w{number}" for number in range(65))
    with pytest.raises(QueryError, match="65 words, at most 64"):
        search(home, Asked(many))
    assert hits(home, f'"{many * 20}"') == []


_TYPED = st.text("中国外长々a1é ßＡ,。*\n", min_size=1, max_size=8)


@given(st.text("中国外长々a1é ßＡ,。\n", max_size=30), _TYPED)
def test_what_the_index_finds_the_snippet_marks(body: str, typed: str) -> None:
    from flows.searching import asked, sidecar
    from flows.searching.snippets import snippet_of

    with closing(sqlite3.connect(":memory:")) as made:
        made.execute(sidecar._TABLES[-1])
        made.execute(sidecar._WORDS, [1, *sidecar._words("", "", body)])
        try:
            terms = asked.terms_of(f'"{typed}"')
        except QueryError:
            return
        found = bool(made.execute("SELECT 1 FROM words WHERE words MATCH ?", [asked.expression(terms)]).fetchall())
    assert bool(snippet_of("", body, terms).marks) == found
    if HAN.fullmatch(typed):
        assert (typed in body) == found


def _ids(found: list[Hit]) -> set[str]:
    return {name for hit in found for name in (hit.release_id, *hit.mirrors)}


def _phrases(texts: list[str]) -> Iterator[str]:
    own = random.Random(5)
    words = [pair for text in texts for pair in re.findall(r"\b[A-Za-z]+ [A-Za-z]+\b", text)]
    yield from own.sample(sorted(set(words)), 60)


@pytest.mark.acceptance
def test_every_pair_and_phrase_that_contains_finds_is_found(samples: Path) -> None:
    texts = [f"{title}\n{body}" for title, body in rows(samples, "SELECT title, body FROM versions")]
    pairs = sorted({text[at : at + 2] for text in texts for at in range(len(text)) if HAN.match(text, at)})
    asked = random.Random(5).sample(pairs, 150) + list(_phrases(texts))
    named = """
        SELECT DISTINCT release_id FROM versions
        WHERE contains(title, $w) OR contains(subtitle, $w) OR contains(body, $w)
    """
    whole = "regexp_matches(concat_ws(chr(10), title, subtitle, body), $b)"
    with duckdb.connect(str(samples / PUBLISHED), read_only=True) as published:
        for words in asked:
            if HAN.fullmatch(words):
                truth = published.execute(named, {"w": words}).fetchall()
                assert {name for (name,) in truth} == _ids(hits(samples, words, limit=1000)), words
            else:
                ask = f"SELECT DISTINCT release_id FROM ({named.replace('DISTINCT release_id', '*')}) WHERE {whole}"
                truth = published.execute(ask, {"w": words, "b": rf"\b{words}\b"}).fetchall()
                assert truth
                assert {name for (name,) in truth} <= _ids(hits(samples, f'"{words}"', limit=1000)), words


@pytest.fixture
def growing(tmp_path: Path) -> Path:
    many = [
        told(f"Report {n}", f"Herring number {n} of the fleet came home.", f"https://x.example/{n}.htm", "")
        for n in range(20)
    ]
    ingest_into(tmp_path, write_lines(tmp_path / "in.jsonl", many))
    return tmp_path


def more(home: Path, count: int = 1) -> None:
    new = [
        told(f"Later {n}", f"Walrus {n} was seen off Suva.", f"https://x.example/later{n}.htm", "")
        for n in range(count)
    ]
    ingest_into(home, write_lines(home / "more.jsonl", new))


def changed(home: Path, sql: str) -> None:
    """Make another publication out of the one that is there."""
    with duckdb.connect(str(home / PUBLISHED)) as published:
        published.execute(sql)
        published.execute("UPDATE publication SET landing = landing + 1")


@pytest.mark.acceptance
def test_a_new_publication_adds_its_new_texts_alone(growing: Path) -> None:
    assert bring_up(growing) == Written(20, 20, 0, anew=True)
    assert bring_up(growing) == Written()
    more(growing)
    assert len(hits(growing, "walrus")) == 1  # at the first search after it
    assert bring_up(growing) == Written()
    more(growing, 3)
    assert bring_up(growing) == Written(2, 2, 0)
    changed(growing, "UPDATE releases SET dated_on = DATE '2024-01-01' WHERE title = 'Later 1'")
    assert bring_up(growing) == Written(0, 1, 1)
    assert len(hits(growing, "walrus", since=date(2024, 1, 1))) == 1


@pytest.mark.acceptance
def test_what_vanished_is_not_found_and_many_of_them_are_swept_out(growing: Path) -> None:
    bring_up(growing)
    gone = "DELETE FROM {0} WHERE release_id IN (SELECT release_id FROM version_history ORDER BY text_sha256 LIMIT {1})"
    for table in ("releases", "version_history"):
        changed(growing, gone.format(table, 6))
    assert bring_up(growing) == Written(0, 0, 6)
    assert len(hits(growing, "herring", limit=100)) == 14
    changed(growing, "SELECT 1")
    assert bring_up(growing) == Written(14, 14, 0, anew=True)
    assert len(hits(growing, "herring", limit=100)) == 14


@pytest.mark.acceptance
@pytest.mark.parametrize("spoil", ["version", "no database", "torn", "empty"])
def test_a_sidecar_of_other_words_or_a_broken_one_is_built_anew(growing: Path, spoil: str) -> None:
    bring_up(growing)
    path = growing / FILE
    if spoil == "version":
        with closing(sqlite3.connect(path)) as sidecar:
            sidecar.execute("PRAGMA user_version = 1")
    else:
        path.write_bytes({"no database": b"words" * 999, "torn": path.read_bytes()[:9000], "empty": b""}[spoil])
    assert len(hits(growing, "herring", limit=100)) == 20
    assert bring_up(growing) == Written()


# Few pages in memory, so that half of the update is in the file when the kill comes.
KILLED = """
import sys, time
from pathlib import Path
from flows.searching import sidecar
opened = sidecar._opened
def small(home):
    connection = opened(home)
    connection.execute("PRAGMA cache_size = 2")
    return connection
sidecar._opened, sidecar._CHUNK = small, 5
def reach(done, total):
    if done >= 15:
        print("in the middle", flush=True)
        time.sleep(60)
sidecar.bring_up(Path(sys.argv[1]), reach)
"""


@pytest.mark.acceptance
@pytest.mark.parametrize("first", [False, True])
def test_a_kill_in_the_middle_of_an_update_leaves_a_usable_sidecar(growing: Path, first: bool) -> None:
    if not first:
        bring_up(growing)
        more(growing, 20)
    with subprocess.Popen([sys.executable, "-c", KILLED, str(growing)], stdout=subprocess.PIPE, cwd=CHECKOUT) as update:
        assert update.stdout
        assert update.stdout.readline() == b"in the middle\n"
        assert (growing / f"{FILE}-journal").exists()
        update.kill()
    assert len(hits(growing, "herring", limit=100)) == 20
    assert len(hits(growing, "walrus", limit=100)) == (0 if first else 20)
    assert bring_up(growing) == Written()
    with closing(sqlite3.connect(growing / FILE)) as sidecar:
        assert sidecar.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        sidecar.execute("INSERT INTO words (words) VALUES ('integrity-check')")


@pytest.mark.acceptance
def test_two_first_searches_at_once_find_the_same(growing: Path) -> None:
    ask = [sys.executable, "-m", "flows", "search", "herring", "--json", "--limit", "100", "--home", str(growing)]
    both = [subprocess.Popen(ask, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=CHECKOUT) for _ in range(3)]
    said = [each.communicate() for each in both]
    assert [each.returncode for each in both] == [0, 0, 0], said
    assert {out for out, _ in said} == {said[0][0]}
    assert len(json.loads(said[0][0])["hits"]) == 20
    assert bring_up(growing) == Written()


def test_what_stands_in_the_way_is_said_in_one_line(
    growing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["search", "?!", "--home", str(growing)])
    assert ended.value.code == 1
    assert "no word to search for" in capsys.readouterr().err
    with pytest.raises(QueryError, match="nothing was published"):
        search(tmp_path / "elsewhere", Asked("x"))
    (growing / FILE).mkdir()
    with pytest.raises(HomeUnwritable, match=r"search\.sqlite"):
        search(growing, Asked("x"))


def test_nothing_of_a_page_acts_on_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = told("A \x1b[31mred herring", "It said \x07 herring \x9b2J and left.", A, "")
    ingest_into(tmp_path, write_lines(tmp_path / "in.jsonl", [page]))
    main(["search", "herring", "--home", str(tmp_path)])
    said = capsys.readouterr().out
    assert "[herring]" in said
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", said)
