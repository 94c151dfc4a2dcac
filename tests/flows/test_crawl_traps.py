"""What a review of fetching found: URLs that were lost in silence, words believed that were meant for another page."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from crawling import site
from homes import public_tables

from flows.bounds import Bounds
from flows.fetching import fetch
from flows.registry import catalogue_of
from flows.reparse import reparse
from flows.running import running
from flows.settings import settings
from parsers.errors import NothingListed

pytestmark = pytest.mark.acceptance

AT_ONCE = "0s"
BUSY = {"kind": "status", "status": 503, "retry_after": 600}


def sitemap_index(urls: Iterable[str]) -> str:
    places = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return f"<sitemapindex>{places}</sitemapindex>"


def list_of(entries: Iterable[tuple[str, str]]) -> str:
    items = "".join(f'<li><a href="{href}">{words}</a></li>' for href, words in entries)
    return f'<div class="newsLst_mod"><ul>{items}</ul></div>'


def wake(home: Path) -> None:
    """Let no host rest any more, as if the time had passed."""
    for path in (home / "hosts").glob("*.json"):
        path.write_text(json.dumps({**json.loads(path.read_text()), "rests_until": 0}))


def test_a_walk_that_was_broken_off_finds_all_although_the_list_moved(tmp_path: Path) -> None:
    with site(tmp_path, 100, per_page=5, list_faults={"/news/default_5.shtml": BUSY}) as here:
        with pytest.raises(NothingListed, match=r"default_5\.shtml: HTTP status 503"):
            here.crawl()
        assert 0 < here.rows("SELECT count(*) FROM listings")[0][0] < 100
        here.ministry.tell("set", list_faults={})
        here.ministry.tell("publish", count=15)
        wake(here.home)
        here.crawl()
        here.crawl()
        assert here.rows("SELECT count(*) FROM releases") == [(115,)]


def test_a_run_with_a_first_day_does_not_end_the_walk_of_another(tmp_path: Path) -> None:
    with site(tmp_path, 100, per_page=5, list_faults={"/days/index_5.html": BUSY}) as here:
        here.ministry.sources(here.sources, lists=[here.ministry.url("/days/index.html")], item=".newsBd li a")
        with pytest.raises(NothingListed, match=r"index_5\.html: HTTP status 503"):
            here.crawl(backfill=True)
        here.ministry.tell("set", list_faults={})
        wake(here.home)
        here.crawl(bounds=Bounds(since=date(2020, 1, 1)))
        here.crawl()
        assert here.rows("SELECT count(*) FROM releases") == [(100,)]


def test_a_walk_longer_than_a_batch_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "BATCH_SECONDS", 0.05)
    with site(tmp_path, 300, per_page=5) as here:
        assert here.crawl(backfill=True).new == 300


def test_a_list_whose_first_page_another_named_is_walked_all_the_same(tmp_path: Path) -> None:
    with site(tmp_path, 60, per_page=5) as here:
        lists = [here.ministry.url(path) for path in ("/same/index.html", "/news/default.shtml")]
        here.ministry.sources(here.sources, lists=lists)
        assert here.crawl().new == 60


def test_a_numbered_list_does_not_end_at_a_page_that_lists_nothing_once(tmp_path: Path) -> None:
    broken = {"/numbers/index_4.html": {"text": "<html><body><p>Database error, sorry.</p></body></html>"}}
    with site(tmp_path, 60, per_page=5, raw=broken) as here:
        here.ministry.sources(here.sources, pager="numbered", lists=[here.ministry.url("/numbers/index.html")])
        here.crawl(backfill=True)
        here.ministry.tell("set", raw={})
        here.crawl()
        assert here.rows("SELECT count(*) FROM releases") == [(60,)]


def test_an_index_of_sitemaps_that_did_not_change_hides_none_of_them(tmp_path: Path) -> None:
    with site(tmp_path, 2000) as here:
        index = sitemap_index(here.ministry.url(f"/map/{part}.xml.gz") for part in (0, 1))
        raw = {"/sitemap.xml": {"text": index, "headers": {"ETag": '"1"'}}}
        here.ministry.tell("set", raw=raw | {"/map/1.xml.gz": {"status": 500}})
        here.ministry.sources(here.sources, lists=None, item=None, sitemaps=[here.ministry.url("/sitemap.xml")])
        with pytest.raises(NothingListed, match="HTTP status 500"):
            here.crawl(bounds=Bounds(limit=1))
        here.ministry.tell("set", raw=raw)
        here.crawl(bounds=Bounds(limit=1))
        assert here.rows("SELECT count(*) FROM listings") == [(2000,)]


def test_what_another_page_says_of_itself_is_not_believed(tmp_path: Path) -> None:
    with site(tmp_path, 3, validators="modified") as here:
        here.crawl()
        here.ministry.tell("set", raw={"/news/t2.shtml": {"status": 302, "headers": {"Location": "/index.html"}},
                                       "/index.html": {"status": 304}})  # fmt: skip
        here.crawl(looks=AT_ONCE)
        outcomes = here.outcomes()
        assert outcomes[here.ministry.release_url(2)] in ("soft_404", "error")
        assert outcomes[here.ministry.release_url(1)] == "not_modified"


def test_a_page_that_says_not_modified_unasked_is_an_error(tmp_path: Path) -> None:
    with site(tmp_path, 2, raw={"/news/t1.shtml": {"status": 304}}) as here:
        here.crawl()
        assert here.outcomes()[here.ministry.release_url(1)] == "error"


def test_another_spelling_of_a_url_is_asked_for_in_full(tmp_path: Path) -> None:
    with site(tmp_path, 3, validators="etag") as here:
        here.crawl()
        entries = [(f"./t{n}.shtml?utm_source=list", f"Other words {n}") for n in (1, 2, 3)]
        page = f"<html><body>{list_of(entries)}</body></html>"
        here.ministry.tell("set", raw={"/news/default.shtml": {"text": page, "headers": {"Content_Type": "text/html"}}})
        again = here.crawl(looks=AT_ONCE)
        assert (again.quarantined, again.unchanged) == (0, 3)
        assert here.rows("SELECT count(*), max(versions) FROM releases") == [(3, 1)]


@pytest.mark.parametrize("url", ["http://[::1", "http://127.0.0.1:99999/x", "mailto:x@y.example"])
def test_what_is_no_url_stops_nothing(tmp_path: Path, url: str) -> None:
    with site(tmp_path, 3) as here:
        text = sitemap_index([url, here.ministry.url("/map/0.xml.gz")])
        page = f'<html><base href="{url}"><body>{list_of([(url, "Bad")])}</body></html>'
        here.ministry.tell("set", raw={"/bad.xml": {"text": text}, "/bad.html": {"text": page}})
        lists = [here.ministry.url("/news/default.shtml"), here.ministry.url("/bad.html")]
        here.ministry.sources(here.sources, lists=lists, sitemaps=[here.ministry.url("/bad.xml")])
        with pytest.raises(NothingListed, match=r"bad\.html"):
            here.crawl()
        assert here.rows("SELECT count(*) FROM releases") == [(3,)]


def test_a_host_behind_a_redirect_rests_itself(tmp_path: Path) -> None:
    with site(tmp_path, 6) as here:
        other = f"http://127.0.0.1:{here.ministry.ports[1]}/busy"
        here.ministry.tell("set", raw={"/news/t6.shtml": {"status": 302, "headers": {"Location": other}},
                                       "/busy": {"status": 429, "headers": {"Retry_After": "3600"}}})  # fmt: skip
        assert here.crawl().new == 5
        states = {
            json.loads(path.read_text())["host"]: json.loads(path.read_text())
            for path in (here.home / "hosts").glob("*.json")
        }
        assert states[here.ministry.host]["rests_until"] == 0
        assert states[f"127.0.0.1:{here.ministry.ports[1]}"]["rests_until"] > 0
        busy = [each for each in here.ministry.log() if each["path"] == "/busy"]
        assert len(busy) == 1


def test_a_host_that_rests_keeps_no_other_waiting(tmp_path: Path) -> None:
    with site(tmp_path, 20, spread=True, ports=[0, 0]) as here:
        second = here.ministry.ports[1]
        here.sources.write_text(here.sources.read_text() + f'successors = {{ "127.0.0.1:{second}" = "127.0.0.1:9" }}\n')
        with pytest.raises(NothingListed):
            here.crawl(batch_size=3, allow_hosts=f"{here.ministry.allowed},127.0.0.1:9")
        assert here.rows("SELECT count(*) FROM releases") == [(10,)]


def test_a_robots_txt_over_the_bound_is_obeyed_in_every_run(tmp_path: Path) -> None:
    text = "User-agent: *\nDisallow: /news/t\n" + "# long\n" * 2_600_000
    with site(tmp_path, 2, robots={"status": 200, "text": text}) as here:
        here.crawl()
        here.crawl(looks=AT_ONCE)
        assert set(here.outcomes().values()) == {"robots_denied"}


def test_days_that_lists_do_not_give_are_said(tmp_path: Path) -> None:
    with site(tmp_path, 5) as here:
        said: list[str] = []
        assert here.crawl(bounds=Bounds(since=date(2010, 1, 1)), say=said.append).read == 0
        assert said == ["5 pages are left out: their lists give no day, and a day was asked for"]


def test_a_list_that_was_mended_is_read_though_it_did_not_change(tmp_path: Path) -> None:
    with site(tmp_path, 3) as here:
        page = f"<html><body>{list_of([('./t1.shtml', 'A title')])}</body></html>"
        told = {"text": page, "headers": {"ETag": '"1"', "Content_Type": "text/html"}}
        here.ministry.tell("set", raw={"/news/default.shtml": told})
        here.ministry.sources(here.sources, item=".no-such a")
        for _ in range(2):
            with pytest.raises(NothingListed):
                here.crawl()
        here.ministry.sources(here.sources)
        assert here.crawl().new == 1


def replayed(here: Any) -> dict[str, list[tuple[Any, ...]]]:
    for name in ("warehouse.duckdb", "communique.duckdb"):
        (here.home / name).unlink()
    chosen = settings({"home": here.home, "sources": here.sources, "workers": 1, "batch_size": 2})
    with running(chosen, catalogue_of(chosen), verb="reparse") as run:
        reparse(run)
    return public_tables(here.home)


def test_a_replay_leaves_looks_with_their_source_and_finds_when_a_thing_was_listed_first(tmp_path: Path) -> None:
    with site(tmp_path, 3) as here:
        other = here.ministry.entry(
            id="other", urls=[f"{here.ministry.host}/"], item=".another a", lists=None, state="off"
        )
        here.ministry.sources(here.sources, urls=[f"{here.ministry.host}/news/t"])
        here.sources.write_text(here.sources.read_text() + other)
        for _ in range(4):
            here.crawl()
        here.ministry.tell("publish", count=1)
        here.crawl()
        before = public_tables(here.home)
        assert replayed(here) == before


def test_of_two_sources_each_says_what_was_wrong(tmp_path: Path) -> None:
    with site(tmp_path, 3) as here:
        empty = [
            here.ministry.entry(id=name, lists=[here.ministry.url(f"/system/{name}.html")], urls=[f"{name}.example/"])
            for name in ("aa", "bb")
        ]
        here.sources.write_text(here.sources.read_text() + "".join(empty))
        process = here.command("aa", "bb")
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 1
        assert "system/aa.html" in out
        assert "system/bb.html" in out
        assert "read 3, new 3" in out


def test_while_robots_cannot_be_had_the_copy_that_is_kept_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site(tmp_path, 2) as here:
        here.crawl()
        monkeypatch.setattr(fetch, "ROBOTS_HOURS", 0)
        here.ministry.tell("set", robots={"status": 503})
        here.ministry.tell("publish", count=2)
        assert here.crawl().new == 2
        assert here.crawl(looks=AT_ONCE).read == 4, "and goes on to"
