"""`communique status` where no server answers: it says so, and whether an `up` was killed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from homes import ingest_into, line, mission_page, rows, write_lines
from operating import free_port

from flows.cli import main
from flows.operate.services import LOOPBACK, Service, Site, myself
from flows.operate.where import SERVER_FILE
from warehouse.home import PUBLISHED

KILLED = "`communique up` was killed: run it again"
NONE = "no Prefect server answers; `communique up` starts one with the schedules"
Said = Callable[..., str]


@pytest.fixture
def status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    """What `communique status` of a HOME says, where neither variable nor profile names a server."""
    for name in ("PREFECT_API_URL", "PREFECT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "no-profile"))

    def said(*words: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["status", "--home", str(tmp_path), *words])
        assert ended.value.code == 0
        return capsys.readouterr().out

    return said


def report(status: Said) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(status("--json"))
    return found


def an_up(home: Path, watcher: Service | None) -> None:
    Site(LOOPBACK, free_port(), (replace(myself(), name="server", started=1.0),), watcher).write(home)


def test_without_a_server_it_says_that_none_answers(status: Said) -> None:
    assert NONE in status()
    assert KILLED not in status()
    operation = report(status)["operation"]
    assert operation == {"server": None, "dashboard": None, "watched": False, "schedules": [], "todo": []}


@pytest.mark.parametrize("watcher", [replace(myself(), started=1.0), None])
def test_of_an_up_that_was_killed_it_says_to_run_it_again(
    tmp_path: Path, status: Said, watcher: Service | None
) -> None:
    an_up(tmp_path, watcher)
    words = status()
    assert NONE in words
    assert KILLED in words.partition("to do")[2]
    found = report(status)
    assert found["operation"]["server"] is None
    assert not found["operation"]["watched"]
    assert [KILLED in each for each in found["todo"]] == [False, True]


@pytest.mark.acceptance
def test_so_it_does_where_something_was_published(tmp_path: Path, status: Said) -> None:
    ingest_into(tmp_path, write_lines(tmp_path / "a.jsonl", [line(mission_page())]))
    assert report(status)["todo"] == ["Nothing: all that was kept is read."]
    an_up(tmp_path, replace(myself(), started=1.0))
    assert [KILLED in each for each in report(status)["todo"]] == [True]
    assert KILLED in status().partition("to do")[2]


def test_of_an_up_that_lives_and_does_not_answer_yet_it_says_no_more(tmp_path: Path, status: Said) -> None:
    an_up(tmp_path, myself())
    assert KILLED not in status()
    found = report(status)
    assert found["operation"]["watched"]
    assert found["operation"]["todo"] == []


def test_a_broken_server_file_is_none(tmp_path: Path, status: Said) -> None:
    (tmp_path / SERVER_FILE).write_text('{"api_url": 7', "utf-8")
    assert NONE in status()
    assert KILLED not in status()


def leaky(n: int, address: str = "http://www.fmprc.gov.cn/web/t{}.shtml") -> dict[str, Any]:
    """A text whose last line is chrome, and a source of many."""
    return line(f"双方第{n}次会谈。 \x1b[31m继续访问 放弃", url=address.format(n), listing={"title": f"第{n}次会谈"})


@pytest.mark.acceptance
def test_suspected_leaks_and_losses_stand_in_it_and_open_no_incident(tmp_path: Path, status: Said) -> None:
    ingest_into(tmp_path, write_lines(tmp_path / "a.jsonl", map(leaky, range(6))))
    words = status()
    table = words.partition("suspected leaks and losses")[2]
    assert "继续访问 放弃" in table
    assert "\x1b" not in table, "nothing in it acts on the terminal"
    advice = "Source `mfa-cn-zh`: suspected leaks 1, losses 0. Look at the releases above with"
    assert advice in words.partition("to do")[2]
    found = report(status)
    ((suspect,), (count,)) = found["suspects"], found["audit"]
    assert (suspect["suspicion"], suspect["bodies"], suspect["of_bodies"]) == ("chrome", 6, 6)
    assert suspect["release_id"] in {row[0] for row in rows(tmp_path, "SELECT release_id FROM releases")}
    assert count == {"source": "mfa-cn-zh", "suspected_chrome": 1, "suspected_loss": 0}
    assert found["incidents"] == []
    assert json.loads(status("mfa-cn-en", "--json"))["suspects"] == []


def test_it_shows_the_worst_five_of_a_kind(tmp_path: Path, status: Said) -> None:
    sources = ("http://www.fmprc.gov.cn/web/{}", "http://www.state.gov/{}", "http://www.mfa.gov.sg/{}")
    looks = [leaky(n, address) for address in sources for n in range(6)]
    for look in looks:
        look["content"] += "\n".join(["", "Share it", "Print it", "Suggest it"])
    ingest_into(tmp_path, write_lines(tmp_path / "a.jsonl", looks))
    assert rows(tmp_path, "SELECT count(*), count(DISTINCT source) FROM suspects") == [(12, 3)]
    assert len(report(status)["suspects"]) == 5


@pytest.mark.parametrize(
    ("kind", "state", "advice"),
    [
        ("hold", "held", "Source `mfa-cn-zh` is held: why. Mend or name its layout, then run `communique reparse"),
        ("silence", "silence", "Source `mfa-cn-zh`, silence: why. Look whether the site has moved"),
        ("yield", "yield", "Source `mfa-cn-zh`, yield: why. Look whether its lists still name all"),
        ("fill", "fill", "Source `mfa-cn-zh`, fill: why. Look at its latest pages"),
    ],
)
def test_an_open_incident_stands_in_it_with_what_to_do_and_ends_with_4(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], home_of_six: Path, kind: str, state: str, advice: str
) -> None:
    shutil.copytree(home_of_six, tmp_path / "home")
    with duckdb.connect(str(tmp_path / "home" / PUBLISHED)) as connection:
        row = ["mfa-cn-zh", kind, datetime(2026, 1, 2, tzinfo=UTC), None, "why", "run"]
        connection.execute("INSERT INTO incidents VALUES (?, ?, ?, ?, ?, ?)", row)
    with pytest.raises(SystemExit) as ended:
        main(["status", "--home", str(tmp_path / "home"), "--json"])
    assert ended.value.code == 4
    found = json.loads(capsys.readouterr().out)
    assert [each["state"] for each in found["sources"]] == [state]
    assert [each["in_28_days"] for each in found["sources"]] == [None]
    assert found["todo"][0].startswith(advice)


@pytest.fixture(scope="module")
def home_of_six(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("six")
    ingest_into(folder / "home", write_lines(folder / "a.jsonl", map(leaky, range(6))))
    return folder / "home"


def test_a_published_file_of_an_older_version_is_shown_without_them(tmp_path: Path, status: Said) -> None:
    ingest_into(tmp_path, write_lines(tmp_path / "a.jsonl", map(leaky, range(6))))
    with duckdb.connect(str(tmp_path / PUBLISHED)) as connection:
        connection.execute("DROP TABLE suspects")
        connection.execute("ALTER TABLE source_health DROP suspected_chrome")
        connection.execute("ALTER TABLE source_health DROP suspected_loss")
        for column in ("last_new_on", "new_28_days", "usual_28_days"):
            connection.execute(f"ALTER TABLE source_health DROP {column}")
        connection.execute("UPDATE publication SET schema_version = 2")
    found = report(status)
    assert [row["releases"] for row in found["sources"]] == [6]
    assert found["suspects"] == found["audit"] == []
