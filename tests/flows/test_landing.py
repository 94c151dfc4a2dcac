"""Landing: the same again adds nothing, and any order of arrival gives the same history."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from homes import NOW, SAMPLES, ingest_into, line, mission_page, public_tables, rows, write_lines
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.keeping.ledger import ledger
from warehouse.store import Store

URL = "http://aa.china-embassy.org/eng/zgxw/t1700001.htm"
# Where a body lies and when it landed hang on the order of arrival; nothing else may.
BY_ARRIVAL = ("landed_at", "warc_file", "warc_offset")


def looks(*texts: str, url: str = URL) -> list[dict[str, Any]]:
    """One look a day at one page, with these bodies."""
    days = itertools.count(1)
    return [line(mission_page(body=text), url=url, captured_at=f"2020-05-{next(days):02}T00:00:00Z") for text in texts]


@pytest.mark.acceptance
def test_the_same_again_adds_no_row(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = ingest_into(home, SAMPLES)
    assert first.new > 20
    before = public_tables(home)
    again = ingest_into(home, SAMPLES)
    assert (again.read, again.unchanged) == (first.read, first.read)
    # A new file with the known looks: read, compared, and nothing added.
    lines = looks("One.", "Two.")
    write_lines(tmp_path / "a.jsonl", lines)
    ingest_into(home, tmp_path / "a.jsonl")
    counted = rows(home, "SELECT count(*) FROM captures")
    write_lines(tmp_path / "b.jsonl", ["", *lines])
    total = ingest_into(home, tmp_path / "b.jsonl")
    assert (total.read, total.unchanged) == (2, 2)
    assert rows(home, "SELECT count(*) FROM captures") == counted
    assert [(sum(map(len, ledger(home))),)] == counted, "neither in the archive"
    assert len(before["captures"]) == first.read


def test_a_b_a_is_three_versions(tmp_path: Path) -> None:
    write_lines(tmp_path / "looks.jsonl", looks("A.", "A.", "B.", "A."))
    total = ingest_into(tmp_path / "home", tmp_path / "looks.jsonl")
    assert (total.new, total.changed, total.unchanged) == (1, 1, 2)
    history = rows(
        tmp_path / "home",
        "SELECT version, cause, body, strftime(first_captured_at, '%Y-%m-%d'), strftime(last_captured_at, '%Y-%m-%d')"
        " FROM versions ORDER BY ALL",
    )
    assert history == [
        (1, "new", "A.", "2020-05-01", "2020-05-02"),
        (2, "site_edit", "B.", "2020-05-03", "2020-05-03"),
        (3, "site_edit", "A.", "2020-05-04", "2020-05-04"),
    ]
    assert rows(tmp_path / "home", "SELECT from_version, to_version FROM edits ORDER BY ALL") == [(1, 2), (2, 3)]
    assert rows(tmp_path / "home", "SELECT count(*) FROM texts") == [(2,)]


@pytest.mark.acceptance
@pytest.mark.parametrize("order", [(0, 2, 1), (2, 1, 0)])
def test_any_order_of_runs_gives_the_same_tables(tmp_path: Path, order: Sequence[int]) -> None:
    parts = [looks("A.", "B.", "A.")[index] for index in order]
    for number, part in enumerate(parts):
        path = write_lines(tmp_path / f"{number}.jsonl", [part])
        ingest_into(tmp_path / "one-by-one", path)
    ingest_into(tmp_path / "at-once", write_lines(tmp_path / "all.jsonl", looks("A.", "B.", "A.")))
    one_by_one = public_tables(tmp_path / "one-by-one", BY_ARRIVAL)
    assert one_by_one == public_tables(tmp_path / "at-once", BY_ARRIVAL)
    assert len(one_by_one["version_history"]) == 3


captures = st.lists(
    st.builds(
        lambda page, text, day, title: line(
            mission_page(body=text),
            url=page,
            captured_at=day,
            listing={"title": title, "published": None} if title else None,
        ),
        st.sampled_from([URL, URL.replace("http:", "https:"), URL.replace("aa.", "bb.")]),
        st.sampled_from(["A.", "B.", "C."]),
        st.sampled_from([None, "2020-05-01T00:00:00Z", "2020-05-02T00:00:00Z", "2020-05-02T08:00:00+08:00"]),
        st.sampled_from([None, "As listed"]),
    ),
    min_size=1,
    max_size=7,
)


@pytest.mark.acceptance
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=captures, data=st.data())
def test_any_order_of_lines_gives_the_same_tables(
    tmp_path_factory: pytest.TempPathFactory, lines: list[dict[str, Any]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("order")
    shuffled = data.draw(st.permutations(lines))
    ingest_into(folder / "one", write_lines(folder / "one.jsonl", lines))
    ingest_into(folder / "two", write_lines(folder / "two.jsonl", shuffled[: len(lines) // 2]))
    ingest_into(folder / "two", write_lines(folder / "three.jsonl", shuffled))
    assert public_tables(folder / "one", BY_ARRIVAL) == public_tables(folder / "two", BY_ARRIVAL)


@pytest.mark.acceptance
def test_an_undated_look_makes_no_version_where_dated_ones_exist(tmp_path: Path) -> None:
    undated = line(mission_page(body="Undated."), url=URL)
    ingest_into(tmp_path / "home", write_lines(tmp_path / "a.jsonl", [undated]))
    assert rows(tmp_path / "home", "SELECT version, cause, body FROM versions") == [(1, None, "Undated.")]
    ingest_into(tmp_path / "home", write_lines(tmp_path / "b.jsonl", looks("Dated.")))
    assert rows(tmp_path / "home", "SELECT version, cause, body FROM versions") == [(1, "new", "Dated.")]
    assert rows(tmp_path / "home", "SELECT count(*) FROM captures") == [(2,)]


def test_where_none_is_dated_each_text_is_a_version_and_no_edit_is_claimed(tmp_path: Path) -> None:
    lines = [line(mission_page(body=text), url=URL) for text in ("A.", "B.")]
    ingest_into(tmp_path / "home", write_lines(tmp_path / "a.jsonl", lines))
    assert rows(tmp_path / "home", "SELECT version, cause FROM versions ORDER BY ALL") == [(1, None), (2, None)]
    assert rows(tmp_path / "home", "FROM edits") == []
    ordered = rows(tmp_path / "home", "SELECT text_sha256 FROM versions ORDER BY version")
    assert ordered == sorted(ordered)


def test_a_release_is_named_by_url_else_by_id_else_by_its_bytes(tmp_path: Path) -> None:
    text = mission_page()
    lines = [
        line(text, url=URL, id="x1"),
        line(text, url=URL.replace("http:", "https:") + "#top", id="x2", captured_at="2020-01-01T00:00:00Z"),
        line(text, id="x1"),
        line(text),
        line(text, id=URL),
    ]
    ingest_into(tmp_path / "home", write_lines(tmp_path / "a.jsonl", lines))
    assert rows(tmp_path / "home", "SELECT count(*) FROM releases") == [(4,)]
    # The URL is told exactly as in the latest dated capture; a given id beside it stands in captures.
    assert (URL.replace("http:", "https:") + "#top",) in rows(tmp_path / "home", "SELECT url FROM releases")
    assert rows(tmp_path / "home", "SELECT count(DISTINCT given_id) FROM captures") == [(3,)]
    assert rows(tmp_path / "home", "SELECT count(*) FROM url_aliases") == [(2,)]


def test_an_unknown_capture_time_stays_unknown(tmp_path: Path) -> None:
    ingest_into(tmp_path / "home", write_lines(tmp_path / "a.jsonl", [line(mission_page(), url=URL)]))
    ((captured, landed),) = rows(tmp_path / "home", "SELECT captured_at, landed_at FROM captures")
    assert captured is None
    assert landed is not None


@pytest.mark.acceptance
def test_another_listing_of_the_same_look_adds_no_capture(tmp_path: Path) -> None:
    look = line("A body alone.", url=URL, captured_at="2020-05-01T00:00:00Z")
    listed = {**look, "listing": {"title": "A Title", "published": "2020-04-30"}}
    home = tmp_path / "home"
    assert ingest_into(home, write_lines(tmp_path / "a.jsonl", [look])).quarantined == 1
    assert ingest_into(home, write_lines(tmp_path / "b.jsonl", [listed])).new == 1
    assert rows(home, "SELECT count(*), any_value(listing_title) FROM captures") == [(1, "A Title")]
    assert rows(home, "SELECT title, published_on::VARCHAR, layout FROM releases") == [
        ("A Title", "2020-04-30", "bare_text")
    ]
    assert rows(home, "FROM quarantine") == []


def test_the_issuers_day_is_the_one_where_the_issuer_is(tmp_path: Path) -> None:
    """02:30 in Greenwich is the evening before in Washington; 00:30 is 8:30 in Beijing."""
    listing = {"title": "A Title", "published": "Mon, 25 Apr 2022 02:30:00 +0000"}
    urls = ["https://www.state.gov/x/", "https://www.mfa.gov.cn/eng/x.html", "http://nobody.example/x"]
    ingest_into(
        tmp_path / "home", write_lines(tmp_path / "a.jsonl", [line("Body.", url=u, listing=listing) for u in urls])
    )
    said = rows(
        tmp_path / "home",
        "SELECT published_on::VARCHAR, published_zone, published_at::VARCHAR FROM releases ORDER BY url",
    )
    assert said == [
        ("2022-04-25", "UTC", "2022-04-25 02:30:00+00"),
        ("2022-04-25", "Asia/Shanghai", "2022-04-25 02:30:00+00"),
        ("2022-04-24", "America/New_York", "2022-04-25 02:30:00+00"),
    ]


def test_an_item_of_a_feed_in_another_charset_is_read(tmp_path: Path) -> None:
    item = (
        "<item><title>Réponse à l’été</title><link>https://www.state.gov/fr/</link>"
        "<pubDate>Mon, 25 Apr 2022 12:30:00 +0000</pubDate>"
        "<description>&lt;p&gt;L’été à Genève.&lt;/p&gt;</description></item>"
    )
    feed = f'<?xml version="1.0" encoding="windows-1252"?><rss version="2.0"><channel>{item}</channel></rss>'
    (tmp_path / "a.rss").write_bytes(feed.encode("windows-1252"))
    ingest_into(tmp_path / "home", tmp_path / "a.rss")
    assert rows(tmp_path / "home", "SELECT title, body FROM releases") == [("Réponse à l’été", "L’été à Genève.")]


def test_a_past_day_is_answered_as_it_was(tmp_path: Path) -> None:
    ingest_into(tmp_path / "home", write_lines(tmp_path / "a.jsonl", looks("A.", "B.")))
    assert rows(tmp_path / "home", "SELECT body FROM as_observed('2020-05-01')") == [("A.",)]
    assert rows(tmp_path / "home", "SELECT body FROM as_observed('2020-05-02')") == [("B.",)]
    assert rows(tmp_path / "home", "SELECT body FROM as_observed('2020-04-30')") == []
    assert rows(tmp_path / "home", "SELECT body FROM as_known('2020-05-02')") == []
    assert rows(tmp_path / "home", "SELECT body FROM as_known(current_date)") == [("B.",)]


@pytest.mark.acceptance
def test_a_dry_run_says_what_would_land_and_lands_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    path = write_lines(tmp_path / "a.jsonl", [*looks("A.", "B."), "broken"])
    would = ingest_into(home, path, dry_run=True)
    assert not (home / "archive").exists()
    assert not (home / "warehouse.duckdb").exists()
    assert ingest_into(home, path) == would
    before = public_tables(home)
    write_lines(path, looks("A.", "B.", "C."))
    assert ingest_into(home, path, dry_run=True).changed == 1
    assert public_tables(home) == before
    assert len(list((home / "archive").iterdir())) == 1
    assert ingest_into(home, path).changed == 1, "the dry run left nothing behind"


@pytest.mark.acceptance
def test_a_text_that_landed_undated_can_still_be_asked_for(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest_into(home, write_lines(tmp_path / "a.jsonl", [line(mission_page(body="Undated."), url=URL)]))
    ingest_into(home, write_lines(tmp_path / "b.jsonl", looks("Dated.")))
    assert rows(home, "SELECT body FROM as_known(current_date)") == [("Dated.",)]
    undated = "SELECT t.body FROM captures c JOIN texts t USING (text_sha256) WHERE c.captured_at IS NULL"
    assert rows(home, undated) == [("Undated.",)]


@pytest.mark.acceptance
def test_a_listing_that_comes_later_does_not_move_the_landing(tmp_path: Path) -> None:
    look = line("Body.", url=URL, captured_at="2020-05-01T00:00:00Z", listing={"title": "A Title", "published": None})
    ingest_into(tmp_path / "home", write_lines(tmp_path / "a.jsonl", [look]))
    before = rows(tmp_path / "home", "SELECT landed_at FROM captures")
    more = {**look, "listing": {"title": "A Title", "published": "2020-04-30"}}
    ingest_into(tmp_path / "home", write_lines(tmp_path / "b.jsonl", [more]))
    assert rows(tmp_path / "home", "SELECT landed_at FROM captures") == before
    assert rows(tmp_path / "home", "SELECT published_on::VARCHAR FROM releases") == [("2020-04-30",)]


@pytest.mark.acceptance
def test_the_same_bytes_under_their_right_name_are_read(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", looks("A.", "B."))
    wrong = tmp_path / "a.txt"
    wrong.write_bytes(path.read_bytes())
    assert ingest_into(tmp_path / "home", wrong).quarantined == 1
    assert ingest_into(tmp_path / "home", path).new == 1


def test_a_dry_run_leaves_the_registry_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest_into(home, write_lines(tmp_path / "a.jsonl", looks("A.")))
    mine = tmp_path / "mine.toml"
    mine.write_text('[[source]]\nid = "mine"\nissuer = "Me"\nstate = "off"\nurls = ["m.example/"]\n', "utf-8")
    ingest_into(home, write_lines(tmp_path / "b.jsonl", looks("A.", "B.")), dry_run=True, sources=mine)
    store = Store(home, NOW)
    assert store.rows("SELECT count(*) FROM sources WHERE source = 'mine'") == [(0,)]
    store.close()
