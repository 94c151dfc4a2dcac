"""What the dashboard tells: the name of a run by its result, its table, its progress."""

from __future__ import annotations

import html
import re
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from flows import progress as bar
from flows import story
from flows.progress import Progress
from flows.story import escaped, key_of_source, named_by_inputs, named_by_result, table
from warehouse.land import Verdict
from warehouse.runs import Tally

EN = "mfa-cn-en"


def tally(*counts: tuple[str | None, Verdict, int], layout: str | None = "mfa_en") -> Tally:
    return Counter({(source, layout, verdict, None): count for source, verdict, count in counts})


@pytest.mark.parametrize(
    ("done", "edits", "source", "held", "name"),
    [
        (tally((EN, "new", 14), (EN, "changed", 1), (EN, "unchanged", 9)), 1, None, False, f"{EN}: 14 new, 1 edited"),
        (tally((EN, "changed", 5)), 2, EN, False, f"{EN}: 2 edited, 3 changed"),
        (tally((EN, "changed", 1)), 2, EN, False, f"{EN}: 2 edited"),
        (tally((EN, "new", 1), (EN, "quarantined", 2)), 0, EN, False, f"{EN}: 1 new, 2 quarantined"),
        (tally((EN, "quarantined", 9)), 0, EN, True, f"{EN}: 9 quarantined, held"),
        (tally((EN, "unchanged", 7)), 0, None, False, f"{EN}: nothing new in 7"),
        (tally((EN, "unchanged", 7)), 0, None, True, f"{EN}: nothing new in 7, held"),
        (tally((EN, "new", 2), ("mfa-sg", "new", 3)), 0, None, False, "5 new"),
        (tally((EN, "new", 2), ("mfa-sg", "new", 3)), 0, "inbox", False, "inbox: 5 new"),
        (tally((EN, "new", 2), (None, "new", 1)), 0, None, False, "3 new"),
        (tally((None, "new", 2)), 0, None, False, "(no source): 2 new"),
        (tally((None, "new", 2)), 0, "inbox", False, "inbox: 2 new"),
        (Counter(), 0, None, False, "nothing to read"),
        (Counter(), 0, "inbox", False, "inbox: nothing to read"),
    ],
)
def test_a_run_is_named_by_its_result(done: Tally, edits: int, source: str | None, held: bool, name: str) -> None:
    assert named_by_result(done, edits, source=source, held=held) == name


@pytest.mark.parametrize(
    ("flow", "parameters", "paths", "name"),
    [
        ("ingest", {"source": "inbox"}, (), "ingest inbox"),
        ("reparse", {"source": None}, (), "reparse all"),
        ("reparse", {}, (), "reparse all"),
        ("ingest", {"source": None}, ("dumps/a.jsonl",), "ingest a.jsonl"),
        ("ingest", {}, ("a", "b", "c"), "ingest a, b, c"),
        ("ingest", {}, ("a", "b", "c", "d"), "ingest a, b, c ..."),
        ("ingest", {}, (".",), "ingest ."),
    ],
)
def test_a_run_is_named_by_its_inputs_until_then(
    flow: str, parameters: dict[str, Any], paths: tuple[str, ...], name: str
) -> None:
    assert named_by_inputs(flow, parameters, [Path(path) for path in paths]) == name


def test_a_table_has_a_row_for_each_source_and_layout() -> None:
    done = tally((EN, "new", 2), (EN, "changed", 1), (EN, "unchanged", 3), ("mfa-sg", "new", 1))
    done[EN, "bare_text", "new", None] = 4
    done[EN, None, "quarantined", "LayoutUnknown"] = 5
    done[EN, None, "quarantined", "NotText"] = 1
    done[None, None, "unchanged", None] = 7
    done[EN, None, "missed", "gone"] = 8
    names = ("source", "layout", "read", "new", "changed", "unchanged", "quarantined", "missed")
    assert [tuple(row) for row in table(done)] == [names] * 5
    assert [tuple(row.values()) for row in table(done)] == [
        (EN, "bare_text", 4, 4, 0, 0, 0, 0),
        (EN, "mfa_en", 6, 2, 1, 3, 0, 0),
        (EN, "(no layout)", 6, 0, 0, 0, 6, 8),
        ("mfa-sg", "mfa_en", 1, 1, 0, 0, 0, 0),
        ("(no source)", "(no layout)", 7, 0, 0, 7, 0, 0),
    ]
    assert table(Counter()) == []


@given(st.text())
def test_the_key_of_a_source_is_one_that_the_server_takes(source: str) -> None:
    assert re.fullmatch("[a-z0-9-]+", key_of_source(source))


@given(st.from_regex("[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True))
def test_the_key_of_a_source_tells_it_from_all_others(source: str) -> None:
    assert key_of_source(source) == key_of_source(source.upper()) == f"source-{source}"


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the dashboard would show: the server's part is played by a list."""
    told: list[float] = []
    made = uuid4()

    def create(percent: float, description: str) -> Any:
        assert not told, "one bar a run"
        assert description == "read, per cent"
        told.append(percent)
        return made

    def update(artifact: Any, percent: float) -> None:
        assert artifact == made
        told.append(percent)

    monkeypatch.setattr(bar, "create_progress_artifact", create)
    monkeypatch.setattr(bar, "update_progress_artifact", update)
    return told


def test_a_short_run_shows_no_progress_but_tells_the_command_line(shown: list[float]) -> None:
    told: list[tuple[int, int]] = []
    with Progress("read", lambda *done: told.append(done)) as progress:
        progress.reach(4, 10)
        progress.reach(10, 10)
    assert (shown, told) == ([], [(4, 10), (10, 10)])


def test_a_long_run_shows_one_bar_that_ends_at_a_hundred(shown: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bar, "SLOW", 0.0)
    monkeypatch.setattr(bar, "EVERY", 0.0)
    with Progress("read") as progress:
        progress.reach(4, 10)
        progress.reach(8, 10)
        progress.reach(12, 10)
    assert shown == [40, 80, 100, 100]
    shown.clear()
    with Progress("read") as progress:
        progress.reach(4, 0)
        assert shown == [], "of an unknown total there is no share"
        progress.reach(1, 4)
    assert shown == [25, 100]


def test_a_bar_is_not_moved_more_often_than_every_so_many_seconds(
    shown: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bar, "SLOW", bar.EVERY - 3600)  # it has gone on for an hour
    with Progress("read") as progress:
        for done in range(1, 11):
            progress.reach(done, 10)
        assert shown == [10]


def test_the_bar_of_a_run_that_fails_stays_where_it_is(shown: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bar, "SLOW", 0.0)
    monkeypatch.setattr(bar, "EVERY", 0.0)

    def fail() -> None:
        with Progress("read") as progress:
            progress.reach(4, 10)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert shown == [40]


def test_a_run_without_a_server_tells_nobody() -> None:
    story.tell(None, None)  # type: ignore[arg-type] # neither is looked at
    story.tell_of_upkeep(None, None)  # type: ignore[arg-type]


@given(st.text())
def test_escaped_words_mean_nothing_to_markdown(words: str) -> None:
    shown = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(f"1. **{escaped('a' + words)}**")
    plain = html.unescape(re.sub(r"^<ol>\s*<li><strong>(.*)</strong></li>\s*</ol>\s*$", r"\1", shown, flags=re.DOTALL))
    assert plain == " ".join(f"a{words}".split()).replace("\0", "\ufffd")
