"""`communique status` where no server answers: it says so, and whether an `up` was killed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from homes import ingest_into, line, mission_page, write_lines
from operating import free_port

from flows.cli import main
from flows.services import LOOPBACK, Service, Site, myself
from flows.where import SERVER_FILE

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
