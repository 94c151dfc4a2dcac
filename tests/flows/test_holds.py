"""Holds: a redesign and a field that falls stop the landing, in the run that meets them; captures go on."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from crawling import Site, site
from homes import NOW
from hypothesis import given
from hypothesis import strategies as st
from ministry import pages

from flows import line
from flows.registry import catalogue_of
from flows.reparse import reparse
from flows.running import running
from flows.settings import settings
from parsers.identity import capture_id, release_id
from parsers.release import Capture, Listing, Release, Unread, sha256
from warehouse.fill import FEWEST, Drop, chance, is_drop
from warehouse.holds import held_sources, hold_redesigned, release_mended
from warehouse.incidents import IncidentKind, open_incidents
from warehouse.land import Reading, land, note_registry
from warehouse.runs import Tally
from warehouse.store import Store

OPEN = "SELECT source, kind FROM incidents WHERE closed_at IS NULL ORDER BY ALL"
ALL = "SELECT kind, closed_at IS NULL FROM incidents ORDER BY opened_at, kind"
SOURCE = "mfa-cn-en"


def read_again(home: Path, source: str | None, **flags: Any) -> None:
    chosen = settings({"home": home, "workers": 1, **flags})
    with running(chosen, catalogue_of(chosen), now=datetime.now(UTC), verb="reparse", source=source) as run:
        reparse(run)


def named(here: Site, *layouts: str) -> None:
    """Name other layouts in the entry of the test ministry."""
    here.sources = here.ministry.sources(here.sources, layouts=list(layouts))


@pytest.mark.acceptance
def test_a_redesign_is_told_within_its_run_and_heals_once_the_layout_is_named(tmp_path: Path) -> None:
    with site(tmp_path, 6, redesigned_from=7) as here:
        here.crawl()
        here.ministry.tell("publish", count=4)
        assert here.crawl(looks_a_run=0).quarantined == 4
        assert here.rows(OPEN) == [("ministry", "hold")]
        assert here.rows("SELECT count(*) FROM releases") == [(6,)]
        named(here, "mfa_en", "mfa_en_2024")
        read_again(here.home, "ministry", sources=here.sources)
        assert here.rows(ALL) == [("hold", False)]
        assert here.rows("SELECT count(*) FROM releases") == [(10,)]


@pytest.mark.acceptance
def test_looks_at_what_is_as_it_was_hide_no_redesign(tmp_path: Path) -> None:
    with site(tmp_path, 45, redesigned_from=46) as here:
        here.crawl()
        here.ministry.tell("publish", count=4)
        second = here.crawl(looks="0s")
        assert second.unchanged >= 45
        assert here.rows(OPEN) == [("ministry", "hold")]


@pytest.mark.acceptance
def test_who_runs_it_by_hand_is_told_and_a_run_that_died_leaves_it_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site(tmp_path, 6, redesigned_from=7) as here:
        here.crawl()
        here.ministry.tell("publish", count=4)
        with monkeypatch.context() as patched:
            patched.setattr(line, "note_run", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                here.crawl(looks_a_run=0)
        said: list[str] = []
        for _ in range(2):
            here.ministry.tell("publish", count=1)
            here.crawl(say=said.append, looks_a_run=0)
        (words,) = said
        assert words.startswith(
            "source ministry is held: 4 of 4 pages of a run are in no layout that the source names. "
        )
        assert "`communique reparse ministry`" in words


@pytest.mark.acceptance
def test_the_drill_from_the_first_redesigned_page_to_a_healed_gap(tmp_path: Path) -> None:
    with site(tmp_path, 12, redesigned_from=13) as here:
        assert here.crawl().new == 12
        assert here.rows(OPEN) == []
        here.ministry.tell("publish", count=4)
        first = here.crawl(looks_a_run=0)
        assert (first.new, first.quarantined) == (0, 4)
        assert here.rows(OPEN) == [("ministry", "hold")], "within the run that met the first of them"

        here.ministry.tell("publish", count=5)
        second = here.crawl(looks_a_run=0)
        assert (second.new, second.quarantined) == (0, 5)
        assert here.rows(ALL) == [("hold", True)], "one incident, however many runs"
        assert here.rows("SELECT count(DISTINCT url) FROM captures WHERE role = 'page'") == [(21,)], "captures go on"
        assert here.rows("SELECT count(*) FROM releases") == [(12,)], "nothing of the unknown lands"
        assert here.rows("SELECT error, count(*) FROM quarantine GROUP BY error ORDER BY ALL") == [
            ("LayoutNotAllowed", 4),
            ("NotYetRead", 5),
        ]
        before = here.rows("FROM releases ORDER BY ALL")

        read_again(here.home, "ministry", sources=here.sources)
        assert here.rows(OPEN) == [("ministry", "hold")], "nothing is mended yet"
        assert here.rows("SELECT count(*) FROM releases") == [(12,)]

        named(here, "mfa_en", "mfa_en_2024")
        asked = len(here.ministry.log())
        read_again(here.home, "ministry", sources=here.sources)
        assert len(here.ministry.log()) == asked, "no page is fetched for it"
        assert here.rows(ALL) == [("hold", False)]
        assert here.rows("SELECT count(*), min(versions), max(versions) FROM releases") == [(21, 1, 1)]
        assert here.rows("FROM quarantine") == []
        assert here.rows("SELECT * FROM releases WHERE layout = 'mfa_en' ORDER BY ALL") == before
        bodies = {body for (body,) in here.rows("SELECT body FROM releases WHERE layout = 'mfa_en_2024'")}
        assert bodies == {"\n\n".join(pages.sentences(n)) for n in range(13, 22)}

        here.ministry.tell("publish", count=3)
        assert here.crawl(looks_a_run=0).new == 3, "and it goes on"
        assert here.rows(OPEN) == []


# ---- the rules, without pages: what was read is given -------------------------------------------------------------


class Runs:
    """A warehouse, and runs that bring it pages of one source, an hour after each other."""

    def __init__(self, store: Store) -> None:
        self.store, self.number, self.run, self.revision = store, 0, 0, "1"
        self.kept: dict[Capture, Reading] = {}
        """Pages of the run that opened the hold and of those since, as today's layouts read them."""

    def bring(
        self,
        having: int = 0,
        lacking: int = 0,
        *,
        strange: int = 0,
        broken: int = 0,
        layout: str = "mfa_en",
        **more: Any,
    ) -> list[str]:
        """One run, as the line ends it: pages with and without a breadcrumb, in no layout, in one that cannot read.

        Returns:
            What is open after it.
        """
        self.run += 1
        now = NOW + timedelta(hours=self.run)
        kinds = ["having"] * having + ["lacking"] * lacking + ["strange"] * strange + ["broken"] * broken
        looks = {self._look(now): self._reading(kind, layout) for kind in kinds}
        held = SOURCE in held_sources(self.store)
        readings = {} if held else {each.input_sha256: reading for each, reading in looks.items()}
        landed = land(self.store, list(looks), readings, now=now, run_id=f"run {self.run}")
        tally: Tally = Counter((each.source, each.layout, each.verdict, each.error) for each in landed)
        later = now + timedelta(minutes=5)  # a run that fetches ends after it has landed
        hold_redesigned(self.store, tally, later, f"run {self.run}", **more)
        self.kept = {**self.kept, **looks} if held else looks
        return self.open()

    def _look(self, now: datetime) -> Capture:
        self.number += 1
        url = f"https://www.fmprc.gov.cn/mfa_eng/t{self.number}.shtml"
        raw = sha256(url.encode())
        return Capture(
            *(
                capture_id(url, None, now, raw),
                release_id(url, None, ""),
                SOURCE,
                url,
                None,
                now,
                "ok",
                None,
                "text/html",
            ),
            *(raw, 9, Listing(), "a.warc", self.number, None, None, now, f"run {self.run}"),
        )

    def _reading(self, kind: str, layout: str = "mfa_en") -> Reading:
        if kind == "strange":
            return Unread(None, "1", "LayoutUnknown", "none fits", "")
        if kind == "broken":
            return Unread("mfa_en", "1", "SelectorError", "no body", "")
        crumbs = ("Home", "News") if kind == "having" else ()
        return Release(
            layout, self.revision, f"Number {self.number}", (f"Body {self.number}.", "It ends."), breadcrumb=crumbs
        )

    def read_again(self, *, by_name: bool = False, mended: bool = False) -> list[str]:
        """What `reparse` does with the pages that were kept from landing; `mended` finds all of them in order."""
        self.run += 1
        now = NOW + timedelta(hours=self.run)
        readings = {each.input_sha256: self._reading("having") if mended else it for each, it in self.kept.items()}
        land(self.store, [], readings, now=now, run_id=f"run {self.run}")
        release_mended(self.store, frozenset([SOURCE]), now, f"run {self.run}", by_name=by_name)
        return self.open()

    def open(self) -> list[str]:
        kinds: tuple[IncidentKind, ...] = ("fill", "hold")
        return [kind for kind in kinds if SOURCE in open_incidents(self.store, kind)]

    def reasons(self) -> list[str]:
        return [reason for (reason,) in self.store.rows("SELECT reason FROM holds WHERE opened ORDER BY happened_at")]


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    store = Store(tmp_path, NOW)
    registry = {"source": SOURCE, "issuer": "x", "state": "verified", "layouts": ["mfa_en", "mfa_zh"]}
    note_registry(store, {None: "1", "mfa_en": "1", "mfa_zh": "1"}, [registry])
    yield Runs(store)
    store.close()


def test_three_strange_pages_that_are_a_fifth_of_a_run_hold_it(runs: Runs) -> None:
    assert runs.bring(13, strange=3) == []
    assert runs.bring(12, strange=3) == ["hold"]
    assert runs.reasons() == ["3 of 15 pages of a run are in no layout that the source names"]


def test_a_redesign_that_comes_a_page_a_day_is_told_with_the_third(runs: Runs) -> None:
    runs.bring(12)
    assert [runs.bring(strange=1) for _ in range(3)] == [[], [], ["hold"]]
    assert runs.reasons() == ["3 of the 10 latest pages are in no layout that the source names"]


@pytest.mark.acceptance
def test_an_odd_page_now_and_then_holds_nothing(runs: Runs) -> None:
    runs.bring(12)
    assert not any(runs.bring(1, strange=day % 5 == 0) for day in range(30))


def test_what_is_not_mended_stays_held(runs: Runs) -> None:
    runs.bring(12)
    assert runs.bring(strange=4) == ["hold"]
    assert runs.read_again() == ["hold"]
    assert runs.read_again(by_name=True) == ["hold"], "a page in no layout is no matter of opinion"
    assert runs.bring(strange=2) == ["hold"]
    assert runs.read_again(by_name=True) == ["hold"]
    assert len(runs.reasons()) == 1


def test_a_field_that_was_always_there_and_falls_holds_the_source(runs: Runs) -> None:
    assert runs.bring(60) == []
    assert runs.bring(2, 8) == ["hold"]
    assert runs.reasons() == [
        "8 of the 10 latest pages in layout `mfa_en` have no breadcrumb, which 60 of 60 before had"
    ]
    assert runs.bring(0, 9) == ["hold"]
    assert len(runs.reasons()) == 1, "one incident, however many runs"


def test_a_hold_for_a_field_ends_when_it_is_back_or_whoever_asks_takes_it_as_it_is(runs: Runs) -> None:
    runs.bring(60)
    runs.bring(0, 8)
    runs.bring(0, 12)
    assert runs.read_again() == ["hold"], "it is still missing"
    assert runs.read_again(by_name=True) == []
    assert runs.bring(0, 12) == [], "and it is not told again"
    assert len(runs.reasons()) == 1


def test_a_hold_for_a_field_ends_where_the_pages_since_have_it(runs: Runs) -> None:
    runs.bring(60)
    assert runs.bring(0, 8) == ["hold"]
    assert runs.bring(0, 20) == ["hold"]
    assert runs.read_again(mended=True) == []


def test_small_runs_hold_nothing_alone_and_together_they_do(runs: Runs) -> None:
    runs.bring(100)
    assert [runs.bring(0, count) for count in (1, 2, 1, 2)] == [[], [], [], ["hold"]]


def test_without_enough_of_a_past_nothing_is_told(runs: Runs) -> None:
    runs.bring(15)
    assert runs.bring(0, 5) == []


def test_what_was_missing_now_and_then_before_is_no_news(runs: Runs) -> None:
    runs.bring(95, 5)
    assert runs.bring(0, 10) == []


def test_a_field_that_a_part_of_the_pages_lacks_needs_a_look_and_holds_nothing(runs: Runs) -> None:
    runs.bring(150)
    assert runs.bring(14, 7) == ["fill"]
    assert runs.bring(14, 7) == [], "it has been told: this is how it is now"
    assert runs.bring(20) == []


def test_what_another_layout_brings_does_not_close_it(runs: Runs) -> None:
    runs.bring(1500)
    runs.bring(150, layout="mfa_zh")
    assert runs.bring(14, 7) == ["fill"]
    assert runs.bring(9, layout="mfa_zh") == ["fill"]
    assert runs.bring(20) == []


def test_a_backfill_tells_nothing_of_fields(runs: Runs) -> None:
    runs.bring(100)
    assert runs.bring(0, 40, routine=False) == []


def test_what_an_older_parser_gave_is_compared_with_nothing(runs: Runs) -> None:
    runs.bring(100)
    runs.revision = "2"
    registry = {"source": SOURCE, "issuer": "x", "state": "verified", "layouts": ["mfa_en"]}
    note_registry(runs.store, {None: "1", "mfa_en": "2"}, [registry])
    assert runs.bring(0, 20) == []


def test_a_layout_that_can_read_nothing_any_more_holds_too(runs: Runs) -> None:
    runs.bring(40)
    assert runs.bring(broken=9) == ["hold"]
    assert runs.reasons()[0].startswith("9 of the 10 latest pages in layout `mfa_en` have no text")


# ---- the bound -------------------------------------------------------------------------------------------------

counts = st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 200), st.integers(0, 200)).map(
    lambda four: (four[0], four[0] + four[1], four[2], four[2] + four[3])
)


def exactly(missing: int, of: int, missing_before: int, of_before: int) -> Fraction:
    """The same by Laplace's rule of succession, one page after another: nothing of the formula's."""
    ways = {0: Fraction(1)}
    for drawn in range(of):
        after: dict[int, Fraction] = {}
        for lacking, share in ways.items():
            rate = Fraction(missing_before + lacking + 1, of_before + drawn + 2)
            after[lacking + 1] = after.get(lacking + 1, Fraction(0)) + share * rate
            after[lacking] = after.get(lacking, Fraction(0)) + share * (1 - rate)
        ways = after
    return sum((share for lacking, share in ways.items() if lacking >= missing), Fraction(0))


@given(st.tuples(st.integers(0, 7), st.integers(0, 5), st.integers(0, 60), st.integers(0, 60)))
def test_the_chance_is_that_of_drawing_pages_one_after_another(four: tuple[int, int, int, int]) -> None:
    missing, more, missing_before, having_before = four
    of, of_before = missing + more, missing_before + having_before
    expected = float(exactly(missing, of, missing_before, of_before))
    assert math.isclose(chance(missing, of, missing_before, of_before), expected, rel_tol=1e-6)


@given(counts)
def test_one_page_more_that_lacks_it_is_less_likely_and_a_longer_past_without_gaps_says_more(
    four: tuple[int, int, int, int],
) -> None:
    missing, of, missing_before, of_before = four
    here = chance(*four)
    assert 0 <= here <= 1 + 1e-9
    assert chance(missing + 1, of + 1, missing_before, of_before) <= here + 1e-9
    assert chance(missing, of, missing_before, of_before + 1) <= here + 1e-9


@given(counts)
def test_few_pages_never_tell_whatever_the_past(four: tuple[int, int, int, int]) -> None:
    if is_drop(Drop("x", "y", *four)):
        missing, of, missing_before, of_before = four
        assert missing >= FEWEST
        assert missing_before <= 0.02 * of_before
        assert of + of_before > 20
        assert missing > 0.2 * of
