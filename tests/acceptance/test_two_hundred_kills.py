"""200 times killed with -9 inside land, publish and reparse: nothing acknowledged is lost, nothing is doubled.

A series is one HOME: killed while it lands and while it publishes part after part of an input, run to the
end; then killed while it reads all again, run to the end. After each kill it is looked at as it lies
there; at both ends it is compared with a HOME that nobody killed.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from homes import CHECKOUT
from keeping import differences, tables, write_parts
from killing import Commands
from series import MODES, Series, raised

pytestmark = [pytest.mark.acceptance, pytest.mark.long]

PARTS = 5  # kills of a series inside each step
SERIES = 14
RELEASES = 60  # that a part brings


class Whole:
    """Homes that nobody killed, and the packages in which a layout is not what it was."""

    def __init__(self, folder: Path) -> None:
        self.parts = write_parts(folder / "input", PARTS, RELEASES)
        self.raised = raised(folder / "raised")
        self.seconds: dict[str, float] = {}
        home, again = folder / "home", folder / "again"
        with Commands(CHECKOUT, folder) as commands:
            course = commands.run("ingest", *self.parts, "--home", home, batch_size="50")
            assert course.exit == 3, course.said
            self.seconds |= {step: max(course.seconds(step)) for step in ("land", "publish")}
        shutil.copytree(home, again)
        with Commands(self.raised, folder) as commands:
            course = commands.run("reparse", "--home", again)
            assert course.exit == 0, course.said
            self.seconds["reparse"] = course.seconds("reparse")[0]
        self.ingested, self.reparsed = tables(home), tables(again)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return Whole(tmp_path_factory.mktemp("whole"))


def test_the_input_has_all_that_may_come(whole: Whole) -> None:
    counts = {name: len(rows) for name, rows in whole.ingested.items()}
    assert counts["releases"] > 300
    assert min(counts[name] for name in ("edits", "mirrors", "quarantine", "date_evidence")) > 10
    assert len(whole.ingested["earlier_texts"]) > 30
    assert differences(whole.reparsed, whole.ingested), "the raised revision changes what is read"


@pytest.mark.parametrize("number", range(SERIES))
def test_killed_again_and_again_it_is_as_if_nobody_had(whole: Whole, tmp_path: Path, number: int) -> None:
    series = Series(tmp_path, whole.seconds, seed=number, batches=2)
    mode = MODES[number % len(MODES)]
    with Commands(CHECKOUT, tmp_path) as commands:
        series.ingest(commands, whole.parts)
        assert not differences(tables(series.home), whole.ingested)
        if mode != "raised":
            series.reparse(commands, PARTS, mode)
            assert not differences(tables(series.home), whole.ingested)
    if mode == "raised":
        with Commands(whole.raised, tmp_path) as commands:
            series.reparse(commands, PARTS, mode)
            assert not differences(tables(series.home), whole.reparsed)
    print(series)
    assert {step: len(shares) for step, shares in series.inside.items()} == dict.fromkeys(series.inside, PARTS)
