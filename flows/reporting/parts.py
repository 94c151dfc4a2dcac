"""Parts of the page: a number that leads to the SQL that gives it, a table, a section with its questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    kinds[columns[0][0]] = "first"
    head = "".join(f"<th scope='col' class='{kinds[column]}'>{name}</th>" for column, name in columns)
    body = "".join(
        f"<tr>{''.join(_cell(asked, row, column, name, kinds[column], cells or {}) for column, name in columns)}</tr>"
        for row in range(len(asked.rows))
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _kind(asked: Asked, column: str, cells: dict[str, list[str]]) -> str:
    if column in cells:
        return "long"
    return "number" if any(isinstance(row[column], (int, float)) for row in asked.rows) else "words"


def _cell(asked: Asked, row: int, column: str, name: str, kind: str, cells: dict[str, list[str]]) -> str:
    if column in cells:
        shown = cells[column][row]
    elif kind == "number":
        shown = number(asked, row, column, quiet=True)
    else:
        shown = named(asked.rows[row][column]) if kind == "first" else escaped(plain(asked.rows[row][column]))
    return f"<td class='{kind}' data-name='{name}'>{shown}</td>"


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


def joined(words: Iterable[str]) -> str:
    """What is not empty, in a row."""
    return " · ".join(filter(None, words))
