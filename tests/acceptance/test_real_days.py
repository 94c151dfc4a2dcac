"""Days of real and made releases against their labels, from what their pages and their URLs say.

What is known of a publication is what the line would know: the page's own date, its list's, its number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import pytest
from homes import REAL

from parsers import Listing, Page, Release, read
from parsers.facts import Anchor, Evidence, PageIdDates, Terms, Text, event_days
from parsers.release import DATE_METHODS
from seeds.reference import first_known, page_id_dates, tenures

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not REAL.exists(), reason="the real releases beside the checkout are absent"),
]
EXAMPLE, ITS_MIRROR = "p000", "http://sydney.china-consulate.org/eng/zgxw/t1758264.htm"
PAGES = ("mfa_en", "mfa_zh", "mfa_zh_2019", "mfa_zh_2020", "mfa_en_2024", "mission_un")


@cache
def tables() -> tuple[PageIdDates, Terms]:
    return PageIdDates(page_id_dates()), Terms(tenures(), first_known())


def lines(path: str) -> list[dict[str, Any]]:
    file = REAL / path
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def read_text(row: dict[str, Any], listing: Listing) -> Release | None:
    found = read(Page(row["text"].encode(), "text/plain; charset=utf-8", listing, row.get("url")))
    return found if isinstance(found, Release) else None


def evidence(release: Release, url: str | None) -> tuple[Evidence, ...]:
    ids, terms = tables()
    stated = sorted(release.dates, key=lambda given: DATE_METHODS.index(given.method))
    known = [Anchor("published", given.text, given.day, given.day) for given in stated[:1]]
    text = Text(release.title, release.subtitle, release.body, release.language, release.kind)
    rows = event_days(text, [*known, *ids.anchors(url)], terms)
    for row in rows:
        if row.field:
            assert dict(text.fields())[row.field][row.span_start : row.span_stop] == row.text
    return rows


def day(rows: tuple[Evidence, ...]) -> str | None:
    chosen = [row.earliest for row in rows if row.chosen and row.earliest == row.latest]
    return str(chosen[0]) if chosen and chosen[0] else None


def labelled() -> Iterator[tuple[str, Release, str | None, str | None]]:
    for row in lines("texts/labelled.jsonl"):
        listed = row["listing"] or {}
        release = read_text(row, Listing(listed.get("title"), listed.get("published")))
        assert release, row["id"]
        yield (
            row["id"],
            release,
            row["url"] or (ITS_MIRROR if row["id"] == EXAMPLE else None),
            row["label"]["event_date"],
        )
    for row in lines("mission_layouts/synthetic.jsonl"):
        release = read_text(row, Listing())
        if release:
            yield row["id"], release, row["url"], row["label"]["event_date"]


def test_every_label_is_met() -> None:
    wrong = [
        (name, expected, found)
        for name, release, url, expected in labelled()
        if (found := day(evidence(release, url))) != expected
    ]
    assert not wrong
    assert sum(1 for _ in labelled()) == 52


def test_the_users_example_alone_is_a_range_with_its_evidence() -> None:
    release = next(release for name, release, _, _ in labelled() if name == EXAMPLE)
    rows = evidence(release, None)
    first = rows[0]
    assert (first.method, first.text, first.chosen, first.precision) == ("text", "18 March", True, None)
    assert (first.earliest, first.latest) == (date(2020, 3, 18), date(2022, 3, 18))
    assert {row.method for row in rows[1:]} == {"tenure", "first_known"}
    assert {"State Councilor and Foreign Minister Wang Yi", "COVID-19"} <= {row.text for row in rows}


def pages() -> Iterator[tuple[str, Release, str | None]]:
    for folder in PAGES:
        for row in lines(f"{folder}/truth.jsonl"):
            if row.get("kind") != "list":
                url = row.get("url") or row.get("fetched_url")
                found = read(Page((REAL / folder / row["file"]).read_bytes(), "text/html; charset=utf-8", url=url))
                assert isinstance(found, Release)
                yield f"{folder}/{row['file']}", found, url


def test_titles_without_a_year_take_it_from_the_number_of_their_page() -> None:
    bare = {
        name: day(evidence(release, url))
        for name, release, url in pages()
        if release.title.split()[-2:-1] == ["September"] and release.title.split()[-1].isdigit()
    }
    assert bare == {
        "mfa_en/t1593756.shtml": "2018-09-10",
        "mfa_en/t1596795.shtml": "2018-09-19",
        "mfa_en/t1597725.shtml": "2018-09-21",
    }


def test_no_real_page_has_a_day_far_from_its_publication() -> None:
    found = 0
    for name, release, url in pages():
        rows = evidence(release, url)
        on = day(rows)
        if on and release.dates:
            late = (release.dates[0].day - date.fromisoformat(on)).days
            assert 0 <= late <= 17, name
        found += on is not None
    assert found >= 85
