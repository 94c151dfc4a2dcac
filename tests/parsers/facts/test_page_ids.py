"""Page numbers bound the day of publication: never a wrong year."""

from __future__ import annotations

import random
import statistics
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.facts import Anchor, PageIdDates
from seeds.reference import page_id_dates

HOST = "http://sydney.china-consulate.org/eng/zgxw/"
POINTS = page_id_dates()
ALL = PageIdDates(POINTS)
DENSE = date(2016, 9, 1)


def test_one_point_in_ten_held_out_never_gives_a_wrong_year() -> None:
    given_years = asked = 0
    errors = []
    for seed in range(30):
        held = set(random.Random(seed).sample(range(len(POINTS)), len(POINTS) // 10))
        known = PageIdDates([point for index, point in enumerate(POINTS) if index not in held])
        for number, day in (POINTS[index] for index in held):
            found = known.of_number(number)
            assert found.earliest is None or found.earliest <= day
            assert found.latest is None or day <= found.latest
            if day >= DENSE:
                asked += 1
                ends = {end and end.year for end in (found.earliest, found.latest)}
                assert len(ends) > 1 or ends == {day.year}
                given_years += len(ends) == 1
                errors += [abs((found.likeliest - day).days)] if found.likeliest else []
    assert given_years / asked >= 0.95
    assert statistics.median(errors) <= 1


def test_the_mirror_of_the_users_example_is_dated() -> None:
    found = ALL.interval(f"{HOST}t1758264.htm")
    assert found is not None
    assert found.earliest is not None
    assert found.latest is not None
    assert date(2020, 3, 8) < found.earliest <= date(2020, 3, 18) <= found.latest < date(2020, 3, 28)
    assert ALL.anchors(f"{HOST}t1758264.htm") == (
        Anchor("page_id", f"{HOST}t1758264.htm", found.earliest, found.latest),
    )


@pytest.mark.parametrize(
    "url",
    [
        *(None, "", "http://machine.example/t1758264.htm", "http://www.example.org/china-embassy.org/t1758264.htm"),
        *(
            f"{HOST}t1234.htm",
            f"{HOST}t17582640.htm",
            f"{HOST}x1758264.htm",
            f"{HOST}t1758264.pdf",
            "http://[/t1758264.htm",
        ),
    ],
)
def test_what_is_no_page_of_the_counter_is_not_dated(url: str | None) -> None:
    assert ALL.interval(url) is None
    assert ALL.anchors(url) == ()


@pytest.mark.parametrize(
    "host", ["www.fmprc.gov.cn", "www.mfa.gov.cn", "ee.china-embassy.org", "dd.chineseembassy.org"]
)
def test_all_sites_share_the_counter(host: str) -> None:
    assert ALL.interval(f"https://{host}/eng/t1758264.shtml?x=1#top") == ALL.interval(f"{HOST}t1758264.htm")


def test_beyond_the_points_an_end_is_open() -> None:
    assert ALL.of_number(9_999_999).latest is None
    assert ALL.of_number(10_000).earliest is None
    assert PageIdDates([]).interval(f"{HOST}t1758264.htm") is None


def test_a_later_number_bounds_one_end_alone() -> None:
    url = "https://www.mfa.gov.cn/eng/202410/t20241021_11511888.html"
    assert ALL.interval(url) is None
    assert ALL.anchors(url) == (Anchor("url", url, None, date(2024, 10, 22)),)
    for never in ("20241351", "99991231", "18991231", "21000101"):
        assert ALL.anchors(url.replace("20241021", never)) == ()


def test_points_against_the_run_are_left_out() -> None:
    days = [(100_000 + n, date(2018, 1, 1) + timedelta(days=n)) for n in range(100)]
    slip = (100_050, date(2017, 1, 1))
    assert PageIdDates([*days[:50], slip, *days[51:]]).of_number(100_050).earliest == date(2018, 2, 19) - timedelta(
        days=5
    )


@given(st.lists(st.tuples(st.integers(10_000, 99_999), st.dates(date(2009, 1, 1), date(2021, 1, 1))), max_size=30))
def test_days_never_fall_as_numbers_rise(points: list[tuple[int, date]]) -> None:
    known = PageIdDates(points)
    found = [known.of_number(number) for number in range(10_000, 100_000, 5_000)]
    for before, after in pairwise(found):
        if before.likeliest and after.likeliest:
            assert before.likeliest <= after.likeliest
    assert all(not each.empty for each in found)
