"""Offices and terms that a text names bound its day of writing."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest

from parsers.facts import Interval, Terms, Text
from seeds.reference import first_known, tenures

SHIPPED = Terms(tenures(), first_known())
MADE = Terms(
    [
        (("Lin Example", "林样本"), ("Foreign Minister", "外长"), date(2001, 1, 1), date(2003, 1, 1)),
        (("Lin Example", "林样本"), ("Foreign Minister", "外长"), date(2005, 1, 1), None),
        (("Lin Example",), ("State Councilor and Foreign Minister",), date(2006, 1, 1), date(2007, 1, 1)),
        (("Zhou Specimen",), ("Vice President",), date(2010, 1, 1), date(2011, 1, 1)),
        (("Zhou Specimen",), ("President",), date(2011, 1, 1), date(2012, 1, 1)),
        (("克里",), ("国务卿",), date(2013, 2, 1), date(2017, 1, 20)),
    ],
    [(("Green Lantern Plan", "绿灯计划"), date(2004, 4, 4))],
)
DAY, WEEK = timedelta(days=1), timedelta(days=7)


def held(title: str, body: str = "", told: int = 0, terms: Terms = MADE) -> list[tuple[str, Interval]]:
    text = Text(title, None, body, None, "readout")
    found = terms.bounds(text, told)
    parts = dict(text.fields())
    return [(parts[each.field][each.start : each.stop], each.written) for each in found]


@pytest.mark.parametrize(
    ("title", "quoted", "first", "last"),
    [
        ("Foreign Minister Lin Example speaks", "Foreign Minister Lin Example", date(2001, 1, 1), None),
        (
            "He met Foreign Minister H.E. Mr. Lin Example.",
            "Foreign Minister H.E. Mr. Lin Example",
            date(2001, 1, 1),
            None,
        ),
        (
            "State Councilor and Foreign Minister Lin Example met",
            "State Councilor and Foreign Minister Lin Example",
            date(2006, 1, 1),
            date(2007, 1, 1),
        ),
        ("Vice President Zhou Specimen", "Vice President Zhou Specimen", date(2010, 1, 1), date(2011, 1, 1)),
        ("President Zhou Specimen's visit", "President Zhou Specimen", date(2011, 1, 1), date(2012, 1, 1)),
        ("外长林样本会见某人", "外长林样本", date(2001, 1, 1), None),
    ],
)
def test_an_office_right_before_its_name_bounds_the_writing(
    title: str, quoted: str, first: date, last: date | None
) -> None:
    assert held(title) == [(quoted, Interval(first - DAY, last and last + WEEK))]


@pytest.mark.parametrize(
    "title",
    [
        "Lin Example speaks",
        "former Foreign Minister Lin Example",
        "Former Foreign Minister Dr. Lin Example",
        "Vice Foreign Minister Lin Example",
        "the then Foreign Minister Lin Example",
        "Foreign Minister Carla Muster told Lin Example",
        "Foreign Minister Lin Examples",
        "前外长林样本",
        "副外长林样本",
        "国务卿克里斯托弗访华",
        "President-elect Zhou Specimen",
    ],
)
def test_a_name_without_its_office_gives_nothing(title: str) -> None:
    assert held(title) == []


def test_a_term_bounds_the_first_day_wherever_it_stands() -> None:
    assert held("Talks", "They spoke.\n\nThe Green Lantern Plan goes on.", 11) == [
        ("Green Lantern Plan", Interval(date(2004, 4, 4), None))
    ]
    assert held("双方谈绿灯计划")[0][1] == Interval(date(2004, 4, 4), None)
    assert held("the Green Lantern Planning Board") == []


def test_an_office_further_on_may_look_back() -> None:
    body = "They spoke. In those days President Zhou Specimen was here."
    assert held("Talks", body, len("They spoke.")) == [("President Zhou Specimen", Interval(date(2010, 12, 31), None))]
    assert held("Talks", body, len(body))[0][1].latest == date(2012, 1, 1) + WEEK


def test_what_ships_bounds_the_users_example() -> None:
    title = "State Councilor and Foreign Minister Wang Yi Speaks with Foreign Minister Carla Muster on the Phone"
    bounds = [written for _, written in held(title, "They spoke of COVID-19.", 0, SHIPPED)]
    both = Interval()
    for each in bounds:
        both &= each
    assert both == Interval(date(2020, 2, 11), date(2022, 12, 30) + WEEK)


def test_a_long_body_of_names_takes_no_long_time() -> None:
    body = "Foreign Minister Wang Yi " * 4_000 + "前" * 20_000
    begun = time.process_time()
    SHIPPED.bounds(Text("", None, body, None, None), 0)
    assert time.process_time() - begun < 1
