"""The questions of the report: SQL that is shown on the page is the very text that was run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flows.reporting.edits_asked import Picture

_FOLDER = Path(__file__).with_name("sql")
_PARTS = ("asked", "arrived")  # what several questions begin with
NAMES = (
    *("short", "new", "listed", "edits", "gone", "mirrors", "lags", "coverage", "unseen", "volume"),
    *("health", "incidents", "layouts"),
)
"""All questions, in the order of the page."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, as it was run, and its answer."""

    name: str
    sql: str
    rows: list[dict[str, Any]]


def asked(picture: Picture, name: str, parameters: Mapping[str, Any]) -> Asked:
    """Ask one of the questions.

    Args:
        parameters: values of its `$names`; DuckDB itself writes them as literals.
    """
    sql = written(name, parameters)
    return Asked(name, sql, picture.rows(sql))


def written(name: str, parameters: Mapping[str, Any]) -> str:
    """A question with its values in it: pasted into `communique sql`, it gives the same."""
    from duckdb import ConstantExpression

    parts = {part: _text(part).strip() for part in _PARTS}
    whole = _filled(_text(name), parts)
    return _filled(whole, {each: str(ConstantExpression(value)) for each, value in parameters.items()}).strip()


def _filled(sql: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\$(\w+)", lambda found: values.get(found[1], found[0]), sql)


@cache
def _text(name: str) -> str:
    return (_FOLDER / f"{name}.sql").read_text("utf-8")
