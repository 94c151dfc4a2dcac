"""The sources that ship: what is switched on was seen, what was not waits, and each page has one claimant."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from homes import REAL
from selectolax.lexbor import LexborHTMLParser

from flows.registry import layout_names
from parsers import LAYOUTS
from parsers.lists import read_list
from parsers.release import Page
from seeds import Source, read_catalogue, shipped

CATALOGUE = read_catalogue(shipped(), layouts=layout_names())
FETCHED = [source for source in CATALOGUE.sources if source.fetched]
MISSIONS = [source for source in CATALOGUE.sources if source.id.startswith("mission-cn-")]


def urls_of(source: Source) -> tuple[str, ...]:
    return source.lists + source.feeds + source.sitemaps


def test_what_ships_has_an_inbox_and_names_every_layout() -> None:
    assert any(source.inbox for source in CATALOGUE.sources)
    named = {layout for source in CATALOGUE.sources for layout in source.layouts or ()}
    unnamed = {layout.name for layout in LAYOUTS} - named
    assert not unnamed, f"name {unnamed} in a source of seeds/sources.toml"


def test_a_layout_is_named_as_its_module() -> None:
    assert layout_names() == {layout.name for layout in LAYOUTS}


def test_the_ministries_that_were_seen_are_verified_and_the_others_are_not() -> None:
    states = {source.id: source.state for source in CATALOGUE.sources}
    seen = {name for name, state in states.items() if state == "verified"}
    assert seen == {"inbox", "mfa-cn-en", "mfa-cn-zh", "state-gov"}
    assert set(states.values()) == {"verified", "reported"}
    assert CATALOGUE["state-gov"].text_from == "feed"


def test_missions_are_reported_and_on_no_schedule() -> None:
    assert len(MISSIONS) > 30
    assert "mission-cn-un" in CATALOGUE
    for source in MISSIONS:
        assert (source.state, source.schedule, source.country) == ("reported", None, "CHN"), source.id
        assert source.fetched, source.id
    assert {"en", "fr", "es", "ru", "ar", "zh"} <= {language for source in MISSIONS for language in source.languages}


def test_only_what_its_layouts_can_read_is_on_a_schedule() -> None:
    scheduled = {source.id for source in CATALOGUE.sources if source.schedule}
    assert scheduled == {"inbox", "mfa-cn-en", "mfa-cn-zh", "state-gov"}


@pytest.mark.parametrize("source", FETCHED, ids=lambda source: source.id)
def test_a_live_site_is_asked_slowly_by_a_decision_with_a_reason(source: Source) -> None:
    assert source.delay >= 2
    assert source.robots == "obey"
    assert source.robots_reason


@pytest.mark.parametrize("source", FETCHED, ids=lambda source: source.id)
def test_a_live_site_claims_what_it_lists(source: Source) -> None:
    for url in urls_of(source):
        assert CATALOGUE.claiming(url) == source.id
        assert urlsplit(url).hostname not in source.successors, "a host that another answers for"


def test_no_place_has_two_claimants_and_no_host_two_successors() -> None:
    claims = Counter(place for source in CATALOGUE.sources for place in source.urls)
    assert [place for place, count in claims.items() if count > 1] == []
    answering: dict[str, set[str]] = {}
    for source in CATALOGUE.sources:
        for old, new in source.successors.items():
            answering.setdefault(old, set()).add(new)
    assert {old: new for old, new in answering.items() if len(new) > 1} == {}


@pytest.mark.parametrize("source", FETCHED, ids=lambda source: source.id)
def test_an_old_host_is_claimed_and_the_host_that_answers_for_it_too(source: Source) -> None:
    hosts = {place.partition("/")[0] for place in source.urls}
    assert hosts >= {*source.successors, *source.successors.values()}


@pytest.mark.parametrize("selector", sorted({source.item for source in FETCHED if source.item}))
def test_every_selector_is_one(selector: str) -> None:
    assert LexborHTMLParser("<p></p>").css(selector) == []


def real_lists() -> list[tuple[str, str, Path, int]]:
    """Source, URL, saved list page, entries."""
    zh = "https://www.fmprc.gov.cn/web/fyrbt_673021/jzhsl_673025/default.shtml"
    en = "https://www.fmprc.gov.cn/mfa_eng/xwfw_665399/s2510_665401/2511_665403/default.shtml"
    un = REAL / "mission_un"
    (listed,) = (
        each
        for each in map(json.loads, (un / "truth.jsonl").read_text("utf-8").splitlines())
        if each.get("kind") == "list"
    )
    return [
        ("mfa-cn-zh", zh, REAL / "mfa_zh_lists" / "default.html", 15),
        ("mfa-cn-en", en, REAL / "mfa_en" / "lists" / "default.shtml", 40),
        ("mission-cn-un", listed["url"], un / listed["file"], len(listed["items"])),
    ]


@pytest.mark.skipif(not REAL.is_dir(), reason=f"the real pages are not here: {REAL}")
def test_the_selectors_find_the_entries_of_real_lists_and_their_source_follows_them() -> None:
    for source, url, path, entries in real_lists():
        page = read_list(Page(path.read_bytes(), "text/html", url=url), CATALOGUE[source].item or "")
        assert len(page.entries) == entries, source
        assert {CATALOGUE.claiming(entry.url) for entry in page.entries} == {source}
        assert page.following, f"the pages after {url}"
