"""A live site under `communique up`: its own deployment, named by result, killed and carried on, loud when silent."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from homes import rows
from ministry import Ministry, closest, overlaps
from operating import Up, until, up_in

pytestmark = pytest.mark.server

DELAY = 0.1


@pytest.fixture(scope="module")
def ministry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ministry]:
    with Ministry(tmp_path_factory.mktemp("ministry"), 60) as running:
        yield running


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory, ministry: Ministry) -> Iterator[Up]:
    yearly = {"schedule": "0 0 1 1 *", "zone": "UTC"}
    more = ministry.entry(delay=DELAY, **yearly)
    more += ministry.entry(id="silent", lists=[ministry.url("/system/none.html")], urls=["other.example/"], **yearly)
    home = tmp_path_factory.mktemp("live") / "home"
    with up_in(home, more=more, COMMUNIQUE_ALLOW_HOSTS=ministry.allowed) as running:
        yield running


def test_a_run_that_is_killed_is_carried_on_and_no_page_is_asked_for_twice(up: Up, ministry: Ministry) -> None:
    first = up.api.start("ingest/ministry")
    until(lambda: len(ministry.log()) > 20, 90, what="pages are asked for")
    for process in up.run_family(first):
        process.send_signal(signal.SIGKILL)
    up.api.wait(first, "CRASHED", seconds=120)
    second = up.api.wait(up.api.start("ingest/ministry"), seconds=120)
    assert second["state_type"] == "COMPLETED", second
    assert second["name"] == "ministry: 60 new"
    asked = Counter(each["path"] for each in ministry.log() if "/news/t" in each["path"])
    assert len(asked) == 60
    assert sum(asked.values()) <= 61
    assert overlaps(ministry.log()) == 0
    assert closest(ministry.log()) >= DELAY
    assert rows(up.home, "SELECT count(*), count(DISTINCT url) FROM releases") == [(60, 60)]


def test_a_quiet_run_says_so_and_a_new_page_is_named(up: Up, ministry: Ministry) -> None:
    assert up.api.wait(up.api.start("ingest/ministry"))["name"] == "ministry: nothing to read"
    ministry.tell("publish", count=1)
    ministry.tell("withdraw", n=61)
    assert up.api.wait(up.api.start("ingest/ministry"))["name"] == "ministry: 1 missed"


def test_other_runs_land_while_a_site_is_waited_for(up: Up, ministry: Ministry, tmp_path: Path) -> None:
    ministry.tell("publish", count=60)
    ministry.tell("set", pause=1.0)  # a minute at least, whatever else this machine does
    ministry.clear_log()
    slow = up.api.start("ingest/ministry")
    until(lambda: len(ministry.log()) > 3, 90, what="pages are asked for")
    (up.home / "alpha").mkdir(exist_ok=True)
    (up.home / "alpha" / "a.txt").write_text("Home > News\nA Title\n\nA body of one sentence.\n\nPrint\n", "utf-8")
    quick = up.api.wait(up.api.start("ingest/alpha"))
    assert quick["name"] == "alpha: 1 new"
    assert up.api.run(slow)["state_type"] == "RUNNING", "HOME was not held meanwhile"
    ministry.tell("set", pause=0.0)
    assert up.api.wait(slow)["name"] == "ministry: 60 new"


def test_a_list_that_lists_nothing_fails_the_run_with_a_sentence(up: Up) -> None:
    run = up.api.wait(up.api.start("ingest/silent"))
    assert run["state_type"] == "FAILED"
    assert "the page says that nothing is here" in run["state"]["message"]
    assert run["name"] == "silent: 1 missed"


def test_the_backfill_form_reads_a_site_to_the_end_of_its_lists(up: Up, ministry: Ministry) -> None:
    ministry.clear_log()
    run = up.api.wait(up.api.start("ingest/backfill", source="ministry", backfill=True))
    assert run["state_type"] == "COMPLETED", run
    assert len([each for each in ministry.log() if "default" in each["path"]]) == 9
