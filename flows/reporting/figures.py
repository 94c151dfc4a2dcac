"""What a report says: the answers to its questions and its redlines, all from one publication."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flows.reporting.edits_asked import Picture
from flows.reporting.edits_told import Period, Told, told_edits
from flows.reporting.queries import NAMES, Asked, asked
from flows.reporting.range import Range
from flows.reporting.wire import as_data

MOST = 100  # edits of each kind with their redline; `report --edits` has more
CHARACTERS = 3_000  # of a redline; `show --diff` has all of it


@dataclass(frozen=True, slots=True)
class Figures:
    """All that a report says.

    Attributes:
        answers: to each question, by its name; `newest` says which publication was read.
    """

    range: Range
    answers: dict[str, Asked]
    silent: list[Told]
    declared: list[Told]

    @property
    def short(self) -> dict[str, int]:
        """The headline figures."""
        return self.answers["short"].rows[0]


def figures(home: Path, range_from: Callable[[date], Range]) -> Figures:
    """The figures of some days.

    Args:
        range_from: the days, given the newest that is known.

    Raises:
        QueryError: nothing was published yet.
    """
    with Picture(home) as picture:
        known = asked(picture, "newest", {})
        days = range_from(known.rows[0]["newest_on"])
        period = Period(days.since, days.until, days.source)
        return Figures(
            days,
            {"newest": known} | {name: asked(picture, name, days.parameters()) for name in NAMES},
            *(
                told_edits(picture, period, declared=declared, most=MOST, characters=CHARACTERS)
                for declared in (False, True)
            ),
        )


def as_report(figures: Figures) -> dict[str, Any]:
    """A report for programs; of each answer, `sql` gives it again."""
    return {
        "since": figures.range.since,
        "until": figures.range.until,
        "source": figures.range.source,
        "published_at": figures.answers["newest"].rows[0]["published_at"],
        "figures": figures.short,
        "answers": {each.name: {"rows": each.rows, "sql": each.sql} for each in figures.answers.values()},
        "silent": [as_data(each) for each in figures.silent],
        "declared": [as_data(each) for each in figures.declared],
    }
