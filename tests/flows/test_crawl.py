"""A live site from its lists to published rows: once, politely, kept; against the test ministry."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from crawling import site
from homes import public_tables
from ministry import closest, fault_of, overlaps
from ministry.table import OUTCOME, shared

from flows.keeping.archive import Archive
from flows.registry import catalogue_of
from flows.reparse import reparse
from flows.running import running
from flows.settings import settings
from parsers.errors import ConfigError, HomeUnwritable, NothingListed

LIST, SECOND = "/news/default.shtml", "/news/default_1.shtml"
AT_ONCE = "0s"


@pytest.mark.acceptance
def test_all_that_is_listed_lands_once_and_a_second_run_asks_for_the_list_alone(tmp_path: Path) -> None:
    with site(tmp_path, 40) as here:
        first = here.crawl()
        assert (first.new, first.quarantined, first.missed) == (40, 0, 0)
        asked = here.paths()
        assert asked[:3] == ["/robots.txt", LIST, SECOND]
        assert sorted(asked[4:]) == sorted(f"/news/t{n}.shtml" for n in range(1, 41)), "each page once"
        assert asked[4:7] == ["/news/t40.shtml", "/news/t39.shtml", "/news/t38.shtml"], "the newest first"
        assert here.crawl().read == 0
        assert here.paths() == [LIST]
        here.ministry.tell("publish", count=2)
        assert here.crawl().new == 2
        assert here.paths() == [LIST, SECOND, "/news/t42.shtml", "/news/t41.shtml"]
        assert here.rows("SELECT count(*), count(DISTINCT url), bool_and(title IS NOT NULL) FROM releases") == [
            (42, 42, True)
        ]


@pytest.mark.acceptance
def test_what_a_list_said_is_kept_with_its_place(tmp_path: Path) -> None:
    days = {"lists": None, "item": ".newsBd ul.list1 li a"}
    with site(tmp_path, 20, entry=days) as here:
        here.ministry.sources(here.sources, lists=[here.ministry.url("/days/index.html")], item=days["item"])
        here.crawl()
        said = here.rows(
            "SELECT l.position, l.title, l.published, r.title, r.published_on::VARCHAR, l.followed FROM listings l "
            "JOIN releases r USING (release_id) WHERE list_url LIKE '%/index.html' ORDER BY position LIMIT 2"
        )
        assert [row[0] for row in said] == [0, 1]
        for _, title, published, read, on, followed in said:
            assert (title, published, followed) == (read, on, True)
        assert here.rows("SELECT count(*) FROM listings") == [(20,)]


@pytest.mark.acceptance
def test_every_fault_comes_to_its_outcome_and_all_that_can_be_reached_lands(tmp_path: Path) -> None:
    slow = ("silent for good", "stalls", "drips", "silent once", "busy, asks for a pause")
    large = ("large", "without end", "a bomb")  # little patience is over before a busy machine has read them
    names = [name for name in OUTCOME if name not in (*slow, *large)]
    faults = shared(0.025, *names) + shared(0.005, *slow)
    with site(tmp_path, 240, faults, spread=True, ports=[0] * 6) as here:
        here.crawl(rests=AT_ONCE, fetch_seconds=1.0)
        met = {n: (fault_of(n, faults) or {"name": "none"})["name"] for n in range(1, 241)}
        wanted = {here.ministry.release_url(n, spread=True): OUTCOME.get(name, "ok") for n, name in met.items()}
        assert here.outcomes() == wanted
        reached = sum(outcome == "ok" for outcome in wanted.values()) - list(met.values()).count("no text")
        assert here.rows("SELECT count(*), count(DISTINCT release_id) FROM releases") == [(reached, reached)]
        assert overlaps(here.ministry.log()) == 0
        assert set(met.values()) > set(names), "the table is all there"


@pytest.mark.acceptance
def test_a_moved_page_keeps_its_name_and_gets_an_alias(tmp_path: Path) -> None:
    with site(tmp_path, 3, [{"name": "m", "kind": "moved_host", "share": 1.0}]) as here:
        assert here.crawl().new == 3
        one = here.rows("SELECT release_id, url FROM releases ORDER BY url LIMIT 1")[0]
        assert one[1] == here.ministry.release_url(1)
        other = f"http://127.0.0.1:{here.ministry.ports[1]}/moved/t1.shtml"
        found = here.rows(f"SELECT url FROM url_aliases WHERE release_id = '{one[0]}' ORDER BY url")
        assert sorted(row[0] for row in found) == sorted([one[1], other])


@pytest.mark.acceptance
@pytest.mark.parametrize("validators", ["etag", "modified"])
def test_a_look_that_finds_nothing_changed_is_a_row_and_no_second_copy(tmp_path: Path, validators: str) -> None:
    with site(tmp_path, 5, validators=validators) as here:
        here.crawl()
        first = here.rows("SELECT max(last_captured_at) FROM releases")
        again = here.crawl(looks=AT_ONCE)
        assert (again.unchanged, again.changed, again.new) == (5, 0, 0)
        last = [each for each in here.ministry.log() if each["path"].startswith("/news/t")][-5:]
        assert {each["status"] for each in last} == {304}
        assert here.rows("SELECT outcome, count(*) FROM captures WHERE role = 'page' GROUP BY ALL ORDER BY ALL") == [
            ("not_modified", 5),
            ("ok", 5),
        ]
        assert here.rows("SELECT count(DISTINCT (warc_file, warc_offset)) FROM captures WHERE role = 'page'") == [(5,)]
        assert here.rows("SELECT max(versions), count(*) FROM releases") == [(1, 5)]
        assert here.rows("SELECT max(last_captured_at) FROM releases") > first, "it was looked at, and is as it was"
        here.ministry.tell("edit", n=3)
        assert here.crawl(looks=AT_ONCE).changed == 1
        assert here.rows("SELECT count(*) FROM edits") == [(1,)]


@pytest.mark.acceptance
def test_the_same_bytes_again_are_kept_once(tmp_path: Path) -> None:
    with site(tmp_path, 5) as here:
        here.crawl()
        assert here.crawl(looks=AT_ONCE).unchanged == 5
        kept = here.rows(
            "SELECT count(*), count(DISTINCT (warc_file, warc_offset)) FROM captures "
            "WHERE role = 'page' AND outcome = 'ok'"
        )
        assert kept == [(10, 5)]


@pytest.mark.acceptance
def test_a_random_script_in_every_answer_makes_no_version(tmp_path: Path) -> None:
    with site(tmp_path, 5, validators="random") as here:
        here.crawl()
        assert here.crawl(looks=AT_ONCE).unchanged == 5
        assert here.rows("SELECT count(*) FROM edits") == [(0,)]
        assert here.rows("SELECT count(*) FROM texts") == [(5,)]


@pytest.mark.acceptance
def test_what_vanishes_and_comes_back_is_seen(tmp_path: Path) -> None:
    with site(tmp_path, 6) as here:
        here.crawl()
        for n, how in ((2, "gone"), (3, "soft_404"), (4, "soft_404_redirect")):
            here.ministry.tell("withdraw", n=n, how=how)
        assert here.crawl(looks=AT_ONCE).missed == 3
        outcomes = here.outcomes()
        assert [outcomes[here.ministry.release_url(n)] for n in (1, 2, 3, 4)] == ["ok", "gone", "soft_404", "soft_404"]
        here.ministry.tell("restore", n=2)
        here.crawl(looks=AT_ONCE)
        assert here.outcomes()[here.ministry.release_url(2)] == "ok"
        assert here.rows("SELECT count(*) FROM releases") == [(6,)]


@pytest.mark.acceptance
def test_looks_again_keep_to_their_budget_and_to_their_times(tmp_path: Path) -> None:
    with site(tmp_path, 8) as here:
        here.crawl()
        here.paths()
        assert here.crawl(looks="1h").read == 0, "nothing is due within the hour"
        assert here.crawl(looks=AT_ONCE, looks_a_run=3).read == 3
        assert here.crawl(looks=AT_ONCE, looks_a_run=3).read == 3
        asked = [path for path in here.paths() if path.startswith("/news/t")]
        assert len(set(asked)) == 6, "those that wait longest come first"


@pytest.mark.acceptance
def test_two_runs_at_one_host_never_overlap_and_keep_the_delay(tmp_path: Path) -> None:
    entry = {"delay": 0.15}
    with site(tmp_path, 6, entry=entry) as here:
        lists = [here.ministry.url("/other/default.shtml")]
        more = here.ministry.entry(id="second", urls=[f"{here.ministry.host}/moved/"], lists=lists, **entry)
        here.sources.write_text(here.sources.read_text() + more)
        both = [here.command(source=name) for name in ("ministry", "second")]
        for process in both:
            out, _ = process.communicate(timeout=60)
            assert process.returncode == 0, out
        log = here.ministry.log()
        assert len(log) == 2 * (1 + 1 + 6)
        assert overlaps(log) == 0
        assert closest(log) >= 0.15


@pytest.mark.acceptance
def test_robots_forbids_and_its_rule_is_kept(tmp_path: Path) -> None:
    robots = {"status": 200, "text": "User-agent: *\nDisallow: /news/t2.shtml\nDisallow: /news/t1\nAllow: /news/t1.\n"}
    with site(tmp_path, 11, robots=robots) as here:
        here.crawl()
        assert not {"/news/t2.shtml", "/news/t10.shtml", "/news/t11.shtml"} & set(here.paths())
        said = dict(here.rows("SELECT url, robots_rule FROM captures WHERE outcome = 'robots_denied'"))
        url = here.ministry.release_url
        assert said == {
            url(2): "Disallow: /news/t2.shtml",
            url(10): "Disallow: /news/t1",
            url(11): "Disallow: /news/t1",
        }
        assert here.rows(f"SELECT DISTINCT robots_rule FROM captures WHERE url = '{url(1)}'") == [("Allow: /news/t1.",)]
        assert here.rows("SELECT outcome, status FROM captures WHERE role = 'robots'") == [("ok", 200)]


@pytest.mark.acceptance
def test_robots_that_is_a_page_or_is_not_there_allows_all_and_is_asked_for_once_a_day(tmp_path: Path) -> None:
    with site(tmp_path, 2, robots={"redirect": "/system/index.html"}) as here:
        assert here.crawl().new == 2
        here.ministry.tell("publish", count=1)
        assert here.crawl().new == 1
        assert here.paths().count("/robots.txt") == 1
        rule = here.rows("SELECT DISTINCT robots_rule FROM captures WHERE role = 'page'")
        assert rule == [("robots.txt has no valid line (status 200, HTML)",)]


@pytest.mark.acceptance
def test_without_robots_nothing_is_asked_for_and_nothing_is_lost(tmp_path: Path) -> None:
    with site(tmp_path, 2, robots={"status": 503}) as here:
        said: list[str] = []
        with pytest.raises(NothingListed, match=r"its robots\.txt cannot be had"):
            here.crawl(say=said.append)
        assert set(here.paths()) == {"/robots.txt"}
        assert "is not asked any more in this run" in said[0]
        here.ministry.tell("set", robots={"status": 404})
        assert here.crawl().new == 2


@pytest.mark.acceptance
def test_a_challenge_lets_the_host_rest_for_a_growing_while(tmp_path: Path) -> None:
    faults = [{"name": "c", "kind": "script", "share": 1.0}]
    with site(tmp_path, 5, faults) as here:
        said: list[str] = []
        assert here.crawl(say=said.append, rests="1h 6h").missed == 1
        assert [path for path in here.paths() if "/t" in path] == ["/news/t5.shtml"], "nobody goes on"
        assert "it rests until" in said[0]
        with pytest.raises(NothingListed, match="it rests until"):
            here.crawl(say=said.append)
        assert here.paths() == [], "nor does a later run, which says so"
        (state,) = (here.home / "hosts").glob("*.json")
        assert '"rests": 1' in state.read_text()
        words = re.sub(r'"rests_until": [\d.]+', '"rests_until": 0', state.read_text())
        state.write_text(words)
        here.crawl(rests="1h 6h")
        assert '"rests": 2' in state.read_text()


@pytest.mark.acceptance
def test_a_long_pause_that_a_host_asks_for_ends_the_run_and_is_kept_to(tmp_path: Path) -> None:
    faults = [{"name": "c", "kind": "status", "status": 503, "retry_after": 3600, "share": 1.0}]
    with site(tmp_path, 5, faults) as here:
        assert here.crawl().missed == 1
        assert len(here.paths()) == 3, "robots.txt, the list, one page, once"
        with pytest.raises(NothingListed, match="it rests until"):
            here.crawl()
        assert here.paths() == []


@pytest.mark.acceptance
def test_a_list_that_lists_nothing_is_an_error_and_the_rest_lands(tmp_path: Path) -> None:
    with site(tmp_path, 3) as here:
        lists = [here.ministry.url(path) for path in ("/system/empty.html", "/nowhere/", "/news/default.shtml")]
        here.ministry.sources(here.sources, lists=lists)
        with pytest.raises(NothingListed) as error:
            here.crawl()
        assert "/system/empty.html: the page says that nothing is here" in str(error.value)
        assert "/nowhere/: HTTP status 404" in str(error.value)
        assert here.rows("SELECT count(*) FROM releases") == [(3,)]
        here.ministry.sources(here.sources, item=".no-such-thing a")
        with pytest.raises(NothingListed, match="wanted at least 1, got 0"):
            here.crawl()
        quarantined = here.rows("SELECT url, error FROM quarantine")
        assert quarantined == [(here.ministry.url("/news/default.shtml"), "SelectorError")]


@pytest.mark.acceptance
def test_a_list_that_leads_to_other_sites_alone_is_an_error(tmp_path: Path) -> None:
    with site(tmp_path, 3, entry={"urls": ["other.example/"]}) as here:
        with pytest.raises(NothingListed, match="none of the 3 URLs that it lists is claimed"):
            here.crawl()
        assert here.rows("SELECT count(*), count(*) FILTER (followed) FROM listings") == [(3, 0)]


@pytest.mark.acceptance
def test_a_limit_is_kept_and_the_walk_goes_on_later(tmp_path: Path) -> None:
    from flows.bounds import Bounds

    with site(tmp_path, 50) as here:
        assert here.crawl(bounds=Bounds(limit=4)).new == 4
        assert [path for path in here.paths() if "default" in path] == [LIST]
        assert here.crawl(bounds=Bounds(limit=20)).new == 20
        here.ministry.tell("publish", count=20)
        assert here.crawl().new == 46
        assert here.rows("SELECT count(*) FROM releases") == [(70,)]


@pytest.mark.acceptance
def test_days_bound_what_is_fetched_and_how_far_a_walk_goes(tmp_path: Path) -> None:
    from datetime import date

    from flows.bounds import Bounds

    with site(tmp_path, 100) as here:
        here.ministry.sources(here.sources, lists=[here.ministry.url("/days/index.html")], item=".newsBd ul.list1 li a")
        newest = here.ministry
        days = Bounds(date(2011, 4, 14), date(2011, 4, 15))
        here.crawl(bounds=days)
        asked = newest.log()
        listed = here.rows("SELECT published FROM listings JOIN releases USING (release_id)")
        assert {row[0] for row in listed} == {"2011-04-14", "2011-04-15"}
        assert sum("/days/" in each["path"] for each in asked) <= 3


@pytest.mark.acceptance
def test_a_backfill_walks_to_the_end_although_nothing_is_new(tmp_path: Path) -> None:
    with site(tmp_path, 50) as here:
        here.crawl()
        here.paths()
        here.crawl(backfill=True)
        assert [path for path in here.paths() if path.startswith("/news/default")] == [
            LIST, SECOND, "/news/default_2.shtml", "/news/default_3.shtml",
        ]  # fmt: skip


@pytest.mark.acceptance
def test_a_list_page_that_does_not_answer_is_asked_again_and_nothing_of_it_is_lost(tmp_path: Path) -> None:
    broken = {SECOND: {"kind": "status", "status": 500, "times": 3}}
    with site(tmp_path, 60, list_faults=broken) as here:
        with pytest.raises(NothingListed, match=r"default_1\.shtml: HTTP status 500"):
            here.crawl()
        assert here.rows("SELECT count(*) FROM releases") == [(45,)]
        here.paths()
        assert here.crawl().new == 15
        assert {path for path in here.paths() if "default" in path} == {LIST, SECOND}


@pytest.mark.acceptance
def test_numbered_pages_end_where_one_is_not_there(tmp_path: Path) -> None:
    with site(tmp_path, 40, entry={"pager": "numbered"}) as here:
        here.ministry.sources(here.sources, pager="numbered", lists=[here.ministry.url("/numbers/index.html")])
        assert here.crawl().new == 40
        assert [path for path in here.paths() if "/numbers/" in path] == [
            "/numbers/index.html", "/numbers/index_1.html", "/numbers/index_2.html", "/numbers/index_3.html",
        ]  # fmt: skip


@pytest.mark.acceptance
def test_a_site_that_gives_one_page_under_every_number_is_no_loop(tmp_path: Path) -> None:
    with site(tmp_path, 10) as here:
        here.ministry.sources(here.sources, pager="numbered", lists=[here.ministry.url("/same/index.html")])
        assert here.crawl().new == 10
        assert len([path for path in here.paths() if "/same/" in path]) == 2


@pytest.mark.acceptance
def test_the_texts_of_a_feed_land_and_an_unchanged_feed_is_one_row(tmp_path: Path) -> None:
    entry = {"lists": None, "item": None, "text_from": "feed", "layouts": ["state_feed", "bare_text"]}
    with site(tmp_path, 30) as here:
        here.ministry.sources(here.sources, feeds=[here.ministry.url("/feed.xml")], **entry)
        assert here.crawl().new == 20
        assert here.paths() == ["/robots.txt", "/feed.xml"]
        assert here.crawl().read == 0
        here.ministry.tell("edit", n=25)
        here.ministry.tell("publish", count=1)
        again = here.crawl()
        assert (again.new, again.changed, again.unchanged) == (1, 1, 18)
        body = here.rows("SELECT body FROM releases WHERE title LIKE '%No. 25 %'")
        assert "edition 1" in body[0][0]


@pytest.mark.acceptance
def test_a_feed_and_a_sitemap_can_be_lists(tmp_path: Path) -> None:
    with site(tmp_path, 30) as here:
        here.ministry.sources(here.sources, lists=None, item=None, feeds=[here.ministry.url("/feed.xml")])
        assert here.crawl().new == 20
        here.ministry.sources(here.sources, lists=None, item=None, sitemaps=[here.ministry.url("/sitemap.xml")])
        assert here.crawl().new == 10
        assert here.rows("SELECT count(*), count(DISTINCT layout) FROM releases") == [(30, 1)]


@pytest.mark.acceptance
def test_the_archive_alone_brings_back_the_same_tables(tmp_path: Path) -> None:
    faults = shared(0.1, "gone", "moved", "a page that says so")
    with site(tmp_path, 30, faults, validators="etag") as here:
        here.crawl()
        here.ministry.tell("edit", n=7)
        here.crawl(looks=AT_ONCE)
        before = public_tables(here.home)
        assert before["listings"]
        assert before["edits"]
        for name in ("warehouse.duckdb", "communique.duckdb"):
            (here.home / name).unlink()
        chosen = settings({"home": here.home, "sources": here.sources, "workers": 1})
        with running(chosen, catalogue_of(chosen), verb="reparse") as run:
            reparse(run)
        assert public_tables(here.home) == before


@pytest.mark.acceptance
def test_nobody_to_turn_to_and_nothing_is_asked_for(tmp_path: Path) -> None:
    with site(tmp_path, 3, entry={"contact": None}) as here:
        with pytest.raises(ConfigError, match="COMMUNIQUE_CONTACT"):
            here.crawl()
        assert here.paths() == []
        assert here.crawl(contact="desk@example.org").new == 3
        agent = {each["headers"]["user-agent"] for each in here.ministry.log()}
        assert agent == {"communique/0.1.0 (+desk@example.org)"}
        assert not any("cookie" in each["headers"] for each in here.ministry.log())


@pytest.mark.acceptance
def test_an_old_host_is_asked_for_at_its_successor_and_keeps_its_url(tmp_path: Path) -> None:
    with site(tmp_path, 3) as here:
        old = "old.example"
        here.ministry.sources(
            here.sources,
            urls=[f"{old}/"],
            lists=[f"http://{old}/news/default.shtml"],
            successors=None,
        )
        text = here.sources.read_text() + f'successors = {{ "{old}" = "{here.ministry.host}" }}\n'
        here.sources.write_text(text)
        assert here.crawl().new == 3
        assert here.rows("SELECT min(url) FROM releases") == [(f"http://{old}/news/t1.shtml",)]
        assert here.rows("SELECT count(*) FROM url_aliases WHERE url LIKE 'http://127%'") == [(3,)]


@pytest.mark.acceptance
def test_a_private_host_is_not_asked_unless_it_is_let_through(tmp_path: Path) -> None:
    with site(tmp_path, 3) as here:
        with pytest.raises(NothingListed, match=r"its address 127\.0\.0\.1 is not public"):
            here.crawl(allow_hosts="other.example")
        assert here.paths() == []
        assert here.crawl().new == 3


@pytest.mark.acceptance
def test_a_full_disk_is_said_in_a_sentence_and_what_landed_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site(tmp_path, 20) as here:
        kept = Archive.keep
        count = 0

        def full(self: Archive, *look: Any) -> Any:
            nonlocal count
            count += 1
            if count > 10:
                raise HomeUnwritable("the archive cannot be written: No space left on device")
            return kept(self, *look)

        monkeypatch.setattr(Archive, "keep", full)
        with pytest.raises(HomeUnwritable, match="No space left"):
            here.crawl()
        monkeypatch.setattr(Archive, "keep", kept)
        here.paths()
        assert here.crawl().new == 20
        again = [path for path in here.paths() if "/t" in path]
        assert len(again) == 20 - (10 - 3), "what was kept before the disk was full is not asked for again"


@pytest.mark.acceptance
def test_a_url_with_a_password_is_not_asked_for(tmp_path: Path) -> None:
    with site(tmp_path, 2) as here:
        listed = here.ministry.url("/news/default.shtml").replace("//", "//user:secret@")
        here.sources.write_text(here.sources.read_text().replace(here.ministry.url("/news/default.shtml"), listed))
        with pytest.raises(ConfigError, match="lists"):
            here.crawl()
        here.ministry.sources(here.sources, lists=[here.ministry.url("/password/list.html")])
        here.crawl()
        assert set(here.outcomes().values()) == {"error"}
        assert not any("authorization" in each["headers"] for each in here.ministry.log())
