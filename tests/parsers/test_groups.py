"""Groups of mirrors: whose days agree, and who is canonical."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.linking import AROUND, Grouped, Member, Pair, groups, reach

DAY = date(2020, 3, 18)
SEEN = datetime(2020, 4, 1, tzinfo=UTC)


def member(release_id: str, text: str = "t", site: str | None = None, **other: object) -> Member:
    days = {"earliest": None, "latest": None, "published": None, "captured": None, "own": False} | other
    return Member(release_id, text, site or f"{release_id}.example", **days)  # type: ignore[arg-type]


def on(release_id: str, day: date, text: str = "t", **other: object) -> Member:
    return member(release_id, text, earliest=day, latest=day, **other)


def grouped(members: list[Member], *pairs: Pair) -> dict[str, set[str]]:
    """Canonical release -> the others."""
    found = defaultdict(set)
    for each in groups(pairs, members):
        found[each.canonical_id].add(each.release_id)
    return dict(found)


def test_one_text_is_one_group_without_a_pair_that_says_so() -> None:
    assert groups([], [on("b", DAY), on("a", DAY)]) == (Grouped("b", "a", "mirror", None, "exact", 1.0),)


def test_texts_that_are_alike_are_one_group() -> None:
    found = groups([Pair("a", "b", 0.9)], [on("a", DAY, "t1"), on("b", DAY, "t2"), on("c", DAY, "t3")])
    assert found == (Grouped("b", "a", "mirror", None, "near", 0.9),)


def test_a_pair_of_releases_holds_for_all_that_have_their_texts() -> None:
    members = [on("a", DAY, "t1"), on("b", DAY, "t1"), on("c", DAY, "t2"), on("d", DAY, "t2")]
    assert grouped(members, Pair("b", "c", 0.9)) == {"a": {"b", "c", "d"}}


def test_a_release_that_nobody_knows_is_passed_over() -> None:
    assert groups([Pair("a", "x", 0.9)], [on("a", DAY)]) == ()


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ((DAY, DAY), (DAY, DAY), True),
        ((DAY, DAY), (date(2019, 3, 18), date(2019, 3, 18)), False),
        ((DAY, DAY), (date(2018, 3, 19), date(2023, 3, 1)), True),
        ((DAY, DAY), (date(2021, 1, 1), None), False),
        ((DAY, DAY), (None, DAY), True),
        ((DAY, DAY), (None, None), True),
        ((date(2018, 1, 1), date(2019, 12, 31)), (date(2020, 1, 1), date(2020, 12, 31)), False),
        ((None, None), (None, None), True),
    ],
)
def test_days_of_the_event_agree(
    first: tuple[date | None, date | None], second: tuple[date | None, date | None], together: bool
) -> None:
    members = [member(name, earliest=days[0], latest=days[1]) for name, days in (("a", first), ("b", second))]
    assert bool(groups([], members)) is together


@pytest.mark.parametrize(("days", "together"), [(3, True), (31, True), (62, True), (63, False), (365, False)])
def test_without_an_event_days_of_publication_are_near(days: int, together: bool) -> None:
    members = [member("a", published=DAY), member("b", published=DAY + timedelta(days=days))]
    assert bool(groups([], members)) is together
    at_event = [on("a", DAY), member("b", published=DAY + timedelta(days=days))]
    assert bool(groups([], at_event)) is (days <= 31)


LITTLE, WEEKLY = reach("Please see the attachment."), reach("On Monday the two sides met. " + "They spoke of tea. " * 9)


@pytest.mark.parametrize("site", ["one", None])  # as aliases, and as mirrors
@pytest.mark.parametrize(
    ("around", "days", "together"),
    [(LITTLE, 2, True), (LITTLE, 3, False), (WEEKLY, 6, True), (WEEKLY, 7, False), (AROUND, 62, True)],
)
def test_what_a_text_tells_says_how_near_it_was_published(
    around: timedelta, days: int, together: bool, site: str | None
) -> None:
    for span in ({}, {"earliest": date(2020, 1, 1), "latest": date(2020, 12, 31)}):
        a = member("a", site=site, published=DAY, around=around, **span)
        b = member("b", site=site, published=DAY + timedelta(days=days), around=around, **span)
        assert bool(groups([], [a, b])) is together or (around == AROUND and span)


def test_a_text_that_tells_little_and_has_no_day_belongs_to_none() -> None:
    unknown = [member("a", around=LITTLE), member("b", around=LITTLE)]
    assert groups([], unknown) == ()
    assert groups([], [replace(unknown[0], published=DAY), unknown[1]]) == ()
    assert groups([], [member("a", around=WEEKLY), member("b", around=WEEKLY)])


def test_a_text_that_tells_little_of_a_day_is_told_apart_by_it() -> None:
    assert grouped([on("a", DAY, around=LITTLE), on("b", DAY, around=LITTLE)]) == {"a": {"b"}}


def test_the_text_that_tells_least_decides_for_all_that_are_alike() -> None:
    longer = member("a", "t1", published=DAY)
    short = member("b", "t2", published=DAY + timedelta(days=9), around=LITTLE)
    assert groups([Pair("a", "b", 0.9)], [longer, short]) == ()
    assert groups([Pair("a", "b", 0.9)], [longer, replace(short, published=DAY + timedelta(days=2))])


@pytest.mark.parametrize(
    ("head", "days"),
    [
        ("Please see the attachment.", 1),
        ("请见附件。", 1),
        ("On Monday the two sides met in Port Fiction and spoke of tea, of roads and of schools.", 3),
        ("La réunion a eu lieu lundi dernier à Port Fiction, en présence de tous les ministres.", 3),
        ("Na segunda-feira os dois lados encontraram-se em Port Fiction e falaram de chá.", 3),
        ("本周五，国务委员兼外长林样本同马耳他外长穆斯特通电话，就双边关系交换意见。", 3),
        ("两国外长一周三次通电话，就双边关系和共同关心的国际地区问题交换意见。", 31),
        ("The two sides met in Port Fiction and spoke of tea, of roads and of the sundays of old.", 31),
    ],
)
def test_how_far_apart_a_text_may_be_published(head: str, days: int) -> None:
    assert reach(head) == timedelta(days=days)


def test_no_chain_goes_over_another_day() -> None:
    """b is alike to both, and of another day: a and c have nothing to do with each other."""
    members = [on("a", DAY, "t1"), on("b", DAY + timedelta(days=7), "t2"), on("c", DAY, "t3")]
    assert groups([Pair("a", "b", 0.9), Pair("b", "c", 0.9)], members) == ()
    assert grouped([*members, on("d", DAY, "t2")], Pair("a", "b", 0.9), Pair("b", "c", 0.9)) == {"a": {"c", "d"}}


def test_a_text_of_two_days_is_two_groups() -> None:
    later = DAY + timedelta(days=366)
    members = [on("a", DAY), on("b", later), on("c", DAY), on("d", later)]
    assert grouped(members) == {"a": {"c"}, "b": {"d"}}


def test_who_may_belong_to_two_events_belongs_to_none() -> None:
    members = [on("a", DAY), on("b", DAY + timedelta(days=366)), member("c")]
    assert groups([], members) == ()
    near = replace(members[2], published=DAY + timedelta(days=2))
    assert grouped([*members[:2], near]) == {"c": {"a"}}


def test_who_is_known_by_nothing_joins_one_group_and_not_the_first_of_two() -> None:
    members = [member("a", published=DAY), member("b", published=DAY), member("c")]
    assert grouped(members) == {"a": {"b", "c"}}
    later = DAY + timedelta(days=365)
    two = [*members, member("d", published=later), member("e", published=later)]
    assert grouped(two) == {"a": {"b"}, "d": {"e"}}


def test_its_own_text_decides_before_a_text_that_is_alike() -> None:
    members = [on("a", DAY, "t1"), on("b", DAY + timedelta(days=9), "t2"), member("c", "t2")]
    assert grouped(members, Pair("a", "b", 0.9)) == {"b": {"c"}}


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"own": True, "published": DAY + timedelta(days=3)}, {"published": DAY}),
        ({"published": DAY}, {"published": DAY + timedelta(days=1), "captured": SEEN}),
        ({"published": DAY}, {"captured": SEEN}),
        ({"captured": SEEN}, {"captured": SEEN + timedelta(seconds=1)}),
        ({"captured": SEEN}, {}),
    ],
)
def test_who_is_canonical(better: dict[str, object], worse: dict[str, object]) -> None:
    assert grouped([on("z", DAY, **better), on("a", DAY, **worse)]) == {"z": {"a"}}


def test_among_equals_the_lowest_id_is_canonical() -> None:
    assert grouped([on("b", DAY), on("a", DAY), on("c", DAY)]) == {"a": {"b", "c"}}


def test_a_second_url_on_one_site_is_an_alias() -> None:
    members = [on("a", DAY, site="one"), on("b", DAY, site="one"), on("c", DAY, site="two"), on("d", DAY, site="two")]
    found = groups([], members)
    roles = {each.release_id: each.role for each in found}
    assert roles == {"b": "alias", "c": "mirror", "d": "alias"}
    assert {each.release_id: each.alias_of for each in found} == {"b": "a", "c": None, "d": "c"}


def test_where_the_site_is_unknown_nothing_is_an_alias() -> None:
    members = [replace(on(name, DAY), site=None) for name in "abc"]
    assert {each.role for each in groups([], members)} == {"mirror"}


def test_alikeness_is_that_to_the_canonical_text_or_to_the_nearest() -> None:
    members = [on("a", DAY, "t1"), on("b", DAY, "t2"), on("c", DAY, "t3")]
    found = groups([Pair("a", "b", 0.9), Pair("b", "c", 0.8)], members)
    assert [(each.release_id, each.similarity) for each in found] == [("b", 0.9), ("c", 0.8)]


DAYS = st.sampled_from([None, DAY, DAY + timedelta(days=1), DAY + timedelta(days=400)])
MEMBERS = st.lists(
    st.builds(
        Member,
        release_id=st.sampled_from("abcdefghij"),
        text=st.sampled_from(["t1", "t2", "t3", "t4"]),
        site=st.sampled_from([None, "one", "two"]),
        own=st.booleans(),
        earliest=DAYS,
        latest=DAYS,
        published=DAYS,
        captured=st.sampled_from([None, SEEN, SEEN + timedelta(days=1)]),
        around=st.sampled_from([LITTLE, WEEKLY, AROUND]),
    ).filter(lambda each: each.earliest is None or each.latest is None or each.earliest <= each.latest),
    unique_by=lambda each: each.release_id,
    max_size=10,
)
PAIRS = st.lists(
    st.builds(Pair, st.sampled_from("abcdefghij"), st.sampled_from("abcdefghij"), st.floats(0.5, 1.0)), max_size=8
)


@given(MEMBERS, PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(members: list[Member], pairs: list[Pair], drawn: random.Random) -> None:
    found = groups(pairs, members)
    turned = [Pair(each.second, each.first, each.similarity) for each in pairs]
    drawn.shuffle(turned)
    drawn.shuffle(members)
    assert groups(turned, members) == found


@given(MEMBERS, PAIRS)
def test_all_of_a_group_agree_and_each_release_is_in_one(members: list[Member], pairs: list[Pair]) -> None:
    found = groups(pairs, members)
    known = {each.release_id: each for each in members}
    canonical = {each.canonical_id for each in found}
    assert len({each.release_id for each in found}) == len(found)
    assert not canonical & {each.release_id for each in found}
    for one in canonical:
        together = [known[one], *(known[each.release_id] for each in found if each.canonical_id == one)]
        assert max(each.window[0] for each in together) <= min(each.window[1] for each in together)
        assert min(together, key=lambda each: each.rank).release_id == one


def test_time_is_bounded() -> None:
    """Thousands of releases have one text, each of another day, and as many none."""
    dated = [on(f"a{n}", DAY + timedelta(days=n % 3000)) for n in range(6_000)]
    undated = [member(f"b{n}", published=DAY + timedelta(days=n)) for n in range(3_000)]
    started = time.process_time()
    groups([Pair("a1", "a2", 1.0)], [*dated, *undated, *(member(f"c{n}") for n in range(3_000))])
    assert time.process_time() - started < 3
