"""Derived facts, from files to rows: days by all that is known, mirrors, what differs; each derived once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from homes import CHECKOUT, NOW, SAMPLES, ingest_into, line, mission_page, public_tables, rows, write_lines
from looking import ALPHA, LIST, captured

from flows import derivations, derive
from flows.listing import seen_in
from flows.pool import ReadingPool, Work
from flows.run import ingest
from parsers import rules
from parsers.listed import Listed, ListPage
from parsers.release import DateGiven, Listing, Release, sha256
from seeds import Catalogue
from warehouse.land import land, note_registry
from warehouse.publish import publish
from warehouse.store import Store

CALL = "State Councilor and Foreign Minister Wang Yi Speaks with Foreign Minister Carla Muster on the Phone"
TOLD = (
    "On 18 March, State Councilor and Foreign Minister Wang Yi had a phone call with Foreign Minister Carla Muster.\n\n"
    "Wang said that the masks which Muster's country sent against COVID-19 had reached the hospitals of Example City. "
    "Muster asked for the doctors to come by the end of the month, and Wang agreed."
)
HERE = "http://sydney.china-consulate.org/eng/zgxw/t1758264.htm"
THERE = "http://losangeles.china-consulate.org/eng/topnews/t1759001.htm"
EVENT = "SELECT event_on, dated_by FROM releases ORDER BY url NULLS FIRST"


def look(body: str = TOLD, **beside: str) -> dict[str, str]:
    return line(mission_page(CALL, body), captured_at="2026-01-01T00:00:00Z", **beside)


def test_a_day_without_a_year_is_a_range_with_its_evidence(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest_into(home, write_lines(tmp_path / "a.jsonl", [look()]))
    assert rows(home, EVENT) == [(None, None)]
    ((text, earliest, latest, chosen),) = rows(
        home, "SELECT text, earliest_on, latest_on, chosen FROM date_evidence WHERE method = 'text'"
    )
    assert (text, chosen) == ("18 March", True)
    assert (earliest, latest) == (date(2020, 3, 18), date(2022, 3, 18)), "the office and the term bound it"
    bounds = {method for (method,) in rows(home, "SELECT DISTINCT method FROM date_evidence WHERE about = 'event'")}
    assert bounds == {"text", "tenure", "first_known"}
    quoted = "SELECT d.text = body[span_start + 1 : span_stop] FROM date_evidence d JOIN releases USING (release_id)"
    assert set(rows(home, f"{quoted} WHERE d.field = 'body'")) == {(True,)}


def test_its_own_url_gives_the_year(tmp_path: Path) -> None:
    ingest_into(tmp_path / "home", write_lines(tmp_path / "a.jsonl", [look(url=HERE)]))
    assert rows(tmp_path / "home", EVENT) == [(date(2020, 3, 18), "event")]
    anchors = rows(tmp_path / "home", "SELECT text FROM date_evidence WHERE (about, method) = ('published', 'page_id')")
    assert anchors == [(HERE,)]


@pytest.mark.acceptance
@pytest.mark.parametrize("body", [TOLD, TOLD.replace("the hospitals", "all hospitals")])
def test_a_mirror_gives_the_year(tmp_path: Path, body: str) -> None:
    home = tmp_path / "home"
    ingest_into(home, write_lines(tmp_path / "a.jsonl", [look(id="mine")]))
    ingest_into(home, write_lines(tmp_path / "b.jsonl", [look(body, url=HERE)]))
    assert rows(home, EVENT) == [(date(2020, 3, 18), "event")] * 2
    inherited = rows(home, "SELECT text, chosen, earliest_on FROM date_evidence WHERE method = 'mirror'")
    assert inherited == [(HERE, True, date(2020, 3, 18))]


def test_a_release_has_one_chosen_day(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest_into(home, write_lines(tmp_path / "a.jsonl", [look(id="mine"), look(url=HERE)]))
    chosen = "SELECT method, count(*) FROM date_evidence WHERE about = 'event' AND chosen GROUP BY release_id, method"
    assert sorted(rows(home, chosen)) == [("mirror", 1), ("text", 1)]
    ranged = "SELECT chosen FROM date_evidence WHERE method = 'text' AND earliest_on < latest_on"
    assert rows(home, ranged) == [(False,)], "the range is still there to see"


def test_an_update_dates_where_nothing_else_does(tmp_path: Path) -> None:
    told = TOLD.replace(" against COVID-19", "")
    page = f"Ministry of Foreign Affairs\nPeople's Republic of China\n{CALL}\nUpdated: May 30, 2021 23:58\n\n{told}\n"
    url = "https://www.fmprc.gov.cn/mfa_eng/zxxx_662805/x.shtml"
    ingest_into(tmp_path / "home", write_lines(tmp_path / "a.jsonl", [line(page, url=url)]))
    found = rows(tmp_path / "home", "SELECT published_on, event_on FROM releases")
    assert found == [(date(2021, 5, 30), date(2021, 3, 18))]


def test_a_page_that_was_updated_years_later_takes_no_year(tmp_path: Path) -> None:
    page = f"Ministry of Foreign Affairs\nPeople's Republic of China\n{CALL}\nUpdated: May 30, 2024 23:58\n\n{TOLD}\n"
    url = "https://www.fmprc.gov.cn/mfa_eng/zxxx_662805/t1758264.shtml"
    ingest_into(tmp_path / "home", write_lines(tmp_path / "a.jsonl", [line(page, url=url)]))
    assert rows(tmp_path / "home", "SELECT event_on FROM releases") == [(date(2020, 3, 18),)], "its number dates it"


@pytest.mark.parametrize(
    ("on", "precision", "event"),
    [
        ("31 December", "year", None),
        ("18 March", "year", date(2020, 3, 18)),
        ("18 January", "month", date(2020, 1, 18)),
        ("31 December", "month", date(2019, 12, 31)),
        ("18 January", "day", None),
        ("31 December", "minute", date(2019, 12, 31)),
    ],
)
def test_a_day_of_publication_is_as_wide_as_it_is_said(on: str, precision: str, event: date | None) -> None:
    body = f"On {on}, the Minister met with Guest in the capital."
    known = (date(2020, 1, 1), None, None, "date_line", precision, False)
    found = derivations.DAYS.do(("key", "Minister Meets Guest", None, body, "en", "readout", None, *known))
    days = [row["earliest_on"] for row in found if row["chosen"] and row["earliest_on"] == row["latest_on"]]
    assert days == ([event] if event else [])


def test_today_on_the_site_of_a_mission_is_no_day(tmp_path: Path) -> None:
    home, body = tmp_path / "home", "Today, Foreign Minister Carla Muster met with the ambassador and spoke of fish."
    pages = [
        line(f"{CALL}\n2020-03-{day} 10:00\n\n{body}", url=url)
        for day, url in (("21", HERE), ("19", "https://www.fmprc.gov.cn/mfa_eng/wjb_663304/zyjh_665391/t1758100.shtml"))
    ]
    ingest_into(home, write_lines(tmp_path / "a.jsonl", pages))
    said = "SELECT earliest_on, latest_on FROM date_evidence JOIN releases USING (release_id) WHERE method = 'text'"
    assert rows(home, f"{said} ORDER BY url") == [(None, date(2020, 3, 21)), (date(2020, 3, 19), date(2020, 3, 19))]
    assert rows(home, EVENT) == [(None, "published"), (date(2020, 3, 19), "event")]


def test_another_event_in_the_same_words_gives_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    other = TOLD.replace("18 March", "20 March")
    ingest_into(home, write_lines(tmp_path / "a.jsonl", [look(), look(other, url=HERE)]))
    assert rows(home, "SELECT count(*) FROM mirrors") == [(0,)]
    assert rows(home, EVENT) == [(None, None), (date(2020, 3, 20), "event")]


def test_mirrors_have_one_canonical_release_their_lag_and_what_differs(tmp_path: Path) -> None:
    home = tmp_path / "home"
    own = "https://www.fmprc.gov.cn/mfa_eng/wjb_663304/zyjh_665391/t1758100.shtml"
    dated = TOLD + "\n\nThe two sides also spoke of fish."
    pages = [
        line(f"{CALL}\n2020-03-{day} 10:00\n\n{body}", url=url, captured_at=f"2026-01-0{n}T00:00:00Z")
        for n, (day, url, body) in enumerate([("21", HERE, TOLD), ("19", own, dated), ("25", THERE, dated)], start=1)
    ]
    ingest_into(home, write_lines(tmp_path / "a.jsonl", pages))
    ids = dict(rows(home, "SELECT url, release_id FROM releases"))
    found = rows(
        home, "SELECT release_id, canonical_id, method, similarity = 1, lag_days FROM mirrors ORDER BY lag_days"
    )
    assert found == [(ids[HERE], ids[own], "near", False, 2), (ids[THERE], ids[own], "exact", True, 6)]
    assert rows(home, "SELECT change, field, trim(words, chr(10)) FROM mirror_differences") == [
        ("went", "body", "The two sides also spoke of fish.")
    ]
    assert rows(home, "SELECT url FROM canonical_releases") == [(own,)]


def test_two_urls_of_one_site_are_aliases(tmp_path: Path) -> None:
    home = tmp_path / "home"
    moved = "http://sydney.china-consulate.gov.cn/eng/zgxw/202003/t20200319_1758264.htm"
    ingest_into(home, write_lines(tmp_path / "a.jsonl", [look(url=HERE), look(url=moved)]))
    assert rows(home, "SELECT count(*) FROM mirrors") == [(0,)]
    assert rows(home, "SELECT count(*) FROM canonical_releases") == [(1,)]
    assert len(rows(home, "SELECT a.url FROM url_aliases a JOIN canonical_releases USING (release_id)")) == 2


@pytest.mark.acceptance
def test_what_is_known_is_not_derived_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    asked: Counter[str] = Counter()
    names = {id(getattr(derive, name)): name for name in ("DAYS", "SKETCH", "COMPARE", "EDIT")}
    each = ReadingPool.each

    def counting(pool: ReadingPool, work: Work[Any, Any], items: Sequence[Any]) -> list[Any]:
        asked[names.get(id(work), "")] += len(items)
        return each(pool, work, items)

    monkeypatch.setattr(ReadingPool, "each", counting)
    ingest_into(home, SAMPLES)
    before = public_tables(home)
    assert asked["DAYS"] >= asked["SKETCH"] > asked["EDIT"] > 0
    asked.clear()
    ingest_into(home, write_lines(tmp_path / "a.jsonl", [look(url=HERE)]))
    assert {name: count for name, count in asked.items() if name} == {"DAYS": 1, "SKETCH": 1}
    asked.clear()
    monkeypatch.setattr(rules, "DAYS", 1_000_000)
    monkeypatch.setattr(rules, "ALL", "another")
    ingest_into(home, SAMPLES)
    assert asked.keys() - {""} == {"DAYS"}
    kept = {row[0] for row in before["releases"]}
    after = [row for row in public_tables(home)["date_evidence"] if row[0] in kept]
    assert after == before["date_evidence"], "nothing is doubled by the second reading"


PLACES = ("landed_at", "warc_file", "warc_offset")


@pytest.mark.parametrize(
    ("days", "event"),
    [
        ([date(2018, 9, 20), date(2018, 9, 19), None, date(2018, 9, 17)], date(2018, 9, 18)),
        ([date(2017, 1, 3), None, date(2016, 12, 30)], date(2016, 9, 18)),  # the nearest before
        ([date(2019, 9, 20), None, date(2018, 9, 1)], None),  # far from each other
        ([None, date(2018, 9, 17)], None),  # nothing above it
    ],
)
def test_neighbours_on_a_list_give_the_year(tmp_path: Path, days: list[date | None], event: date | None) -> None:
    store = Store(tmp_path, NOW)
    catalogue = Catalogue([ALPHA])
    note_registry(store, {None: "1", "made": "1"}, [{"source": "alpha", "issuer": "Ministry", "state": "verified"}])
    pages = [captured(f"{LIST}{n}.html", f"{n}") for n in range(len(days))]
    readings = {
        page.input_sha256: Release(
            "made",
            "1",
            f"Minister Meets Guest {n}",
            (f"On September 18, the Minister met with Guest {n} in the capital." if day is None else f"About {n}.",),
            language="en",
            kind="readout",
            dates=() if day is None else (DateGiven("date_line", str(day), day, None, "day", None),),
        )
        for n, (page, day) in enumerate(zip(pages, days, strict=True))
    }
    listing = captured(LIST, "list", "list")
    listed = ListPage(tuple(Listed(page.url or "", Listing(), n) for n, page in enumerate(pages)), ())
    seen = seen_in([listing], {listing.input_sha256: listed}, catalogue)
    land(
        store,
        [*pages, listing],
        {**readings, listing.input_sha256: listed},
        now=NOW,
        run_id="run",
        listed=[each for page in seen.values() for each in page],
    )
    with ReadingPool(1) as pool:
        publish(store, lambda store: derive.derive(store, pool, catalogue), now=NOW, version="test")
    store.close()
    undated = days.index(None)
    assert rows(tmp_path, f"SELECT event_on FROM releases WHERE url = '{LIST}{undated}.html'") == [(event,)]
    between = rows(tmp_path, "SELECT text, earliest_on, latest_on FROM date_evidence WHERE method = 'neighbours'")
    assert [text for text, _, _ in between] == [LIST] * bool(between)
    assert bool(between) == (0 < undated < len(days) - 1 and abs(days[undated - 1] - days[undated + 1]) < timedelta(60))


@pytest.mark.acceptance
def test_a_publication_that_is_killed_while_deriving_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, home = tmp_path / "whole", tmp_path / "home"
    ingest_into(whole, SAMPLES)
    with monkeypatch.context() as patched:
        patched.setattr(derive, "derive_groups", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            ingest([SAMPLES], flow=False, home=home, workers=1)
    ingest_into(home, SAMPLES)
    assert public_tables(home, PLACES) == public_tables(whole, PLACES)


def test_who_changes_a_reference_table_raises_the_revision_of_days() -> None:
    tables = b"".join(path.read_bytes() for path in sorted((CHECKOUT / "seeds" / "reference").glob("*.csv")))
    recorded = (2, "7f0eeca40d5d0e8f")
    assert (rules.DAYS, sha256(tables)[:16]) == recorded, "raise parsers.rules.DAYS, then record both here"
