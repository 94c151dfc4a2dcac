"""Parts of the page: a number that leads to the SQL that gives it, a table, a section with its questions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from flows.html_page import escaped
from flows.output import plain
from flows.reporting.queries import Asked

STYLE = Path(__file__).with_name("page.css").read_text("utf-8")


def number(asked: Asked, row: int, column: str, *, quiet: bool = False) -> str:
    """A number of an answer, leading to its question; empty where it is not known.

    Args:
        quiet: it stands in a table, whose numbers the tab key passes over: the question stands right below.
    """
    value = asked.rows[row][column]
    if value is None:
        return ""
    skipped = ' tabindex="-1"' if quiet else ""
    return f'<a class="n" href="#sql-{asked.name}" data-at="{row} {column}"{skipped}>{told(value)}</a>'


def told(value: float) -> str:
    """A number as it is shown."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}".removesuffix(".0")


def named(source: str | None) -> str:
    """A source, as it is called on the page."""
    return escaped(source or "no source")


def table(asked: Asked, columns: Sequence[tuple[str, str]], cells: dict[str, list[str]] | None = None) -> str:
    """An answer as a table; on a narrow screen each row is a list.

    Args:
        columns: each with its name on the page.
        cells: HTML of columns that are not shown as they stand.
    """
    kinds = {column: _kind(asked, column, cells or {}) for column, _ in columns}
    kinds[columns[0][0]] = "first"  # a source
    head = "".join(f"<th scope='col' class='{kinds[column]}'>{name}</th>" for column, name in columns)
    body = "".join(
        f"<tr>{''.join(_cell(asked, row, column, name, kinds[column], cells or {}) for column, name in columns)}</tr>"
        for row in range(len(asked.rows))
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _kind(asked: Asked, column: str, cells: dict[str, list[str]]) -> str:
    value = next((row[column] for row in asked.rows if row[column] is not None), None)
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, date):
        return "time" if isinstance(value, datetime) else "day"
    return "long" if column in cells else "words"


def _cell(asked: Asked, row: int, column: str, name: str, kind: str, cells: dict[str, list[str]]) -> str:
    if column in cells:
        shown = cells[column][row]
    elif kind == "number":
        shown = number(asked, row, column, quiet=True)
    else:
        value = asked.rows[row][column]
        shown = named(value) if column.endswith("source") else _words(plain(value), kind)
    return f"<td class='{kind}' data-name='{name}'>{shown}</td>"


def _words(words: str, kind: str) -> str:
    """As they stand; a time may break between its day and its hour and nowhere else."""
    return " ".join(f"<span>{escaped(part)}</span>" for part in words.split()) if kind == "time" else escaped(words)


def section(name: str, title: str, body: str, *questions: Asked) -> str:
    """A section, with the questions that gave it at its end."""
    return f"<section id='{name}'><h2>{title}</h2>{body}{''.join(map(sql_shown, questions))}</section>"


def sql_shown(asked: Asked) -> str:
    """A question as it was run; a link to its text opens it."""
    first = asked.sql.partition("\n")[0].removeprefix("-- ")
    summary = f"<summary>SQL: {escaped(first)}</summary>"
    return f"<details>{summary}<pre id='sql-{asked.name}'>{escaped(asked.sql)}</pre></details>"


def figure(picture: str, caption: str) -> str:
    """A picture with its words."""
    return f"<figure>{picture}<figcaption>{caption}</figcaption></figure>"


def counted(shown: str, count: int, one: str, more: str = "") -> str:
    """A number as it is shown, with its noun."""
    return f"{shown} {one if count == 1 else more or f'{one}s'}"
