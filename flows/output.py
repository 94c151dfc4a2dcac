"""Answers for people (a table) and for programs (JSON, CSV)."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import click

from warehouse.read import Answer

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
CELL = 200  # characters of a cell that a table shows
# What would move the cursor of a terminal or colour it; line breaks and tabs stay.
_CONTROLS = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160)], "\ufffd")


def say(words: str, *, err: bool = False) -> None:
    """A line for whoever watches; a terminal that is gone by now is no reason to leave anything undone."""
    with suppress(OSError, ValueError):
        click.echo(words, err=err)


def as_json(answer: Answer) -> str:
    """A JSON array of objects; times are ISO 8601."""
    import orjson

    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    return orjson.dumps(
        rows, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z
    ).decode()


def print_json(value: Any) -> None:
    """A value as indented JSON on standard output; times are ISO 8601."""
    import orjson

    click.echo(orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z))


def as_csv(answer: Answer) -> str:
    """CSV by RFC 4180; a text that a spreadsheet would run as a formula gets an apostrophe before it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(answer.columns)
    for row in answer.rows:
        writer.writerow([_cell_for_csv(value) for value in row])
    return buffer.getvalue()


def _cell_for_csv(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return plain(value) if isinstance(value, (list, dict, datetime)) else value


def plain(value: Any) -> str:
    """A value as a person reads it; nothing in it acts on a terminal."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%SZ" if value.tzinfo else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:,.4g}"
    if isinstance(value, list):
        return " > ".join(map(plain, value))
    return str(value).translate(_CONTROLS)


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str = "") -> None:
    """A table on standard output; full width where that is no terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=title or None, title_justify="left", box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0)
    )
    numbers = [any(isinstance(row[index], (int, float)) for row in rows) for index in range(len(columns))]
    for column, number in zip(columns, numbers, strict=True):
        table.add_column(column, justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_short(plain(value))) for value in row))
    console = Console(highlight=False, markup=False, soft_wrap=False)
    if not sys.stdout.isatty():
        console.width = 160
    console.print(table)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= CELL else f"{line[: CELL - 1]}…"
