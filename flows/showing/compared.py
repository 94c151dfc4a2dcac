"""What `show --diff` and `show --beside` print or write: two versions as one text, two releases side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from flows.html_page import write_page
from flows.output import plain, print_json
from flows.reporting.edits_asked import Picture
from flows.reporting.edits_page import about, diff_page, left_out
from flows.reporting.edits_told import Told, told_between
from flows.reporting.wire import as_data
from flows.settings import settings
from flows.showing.beside_page import Side, beside_page
from flows.showing.kept_page import release_called
from flows.showing.redline import Paragraph, Piece, Row, beside
from flows.showing.two_columns import columns, marked, side_by_side
from parsers.errors import QueryError
from parsers.linking import Text

LAST = "last"  # the value of `--diff` without one
_LAST_EDIT = """
    SELECT max(v.version) AS versions, any_value(e.last_edit) AS last_edit FROM version_history v
    LEFT JOIN (SELECT release_id, max(to_version) AS last_edit FROM edits GROUP BY ALL) e USING (release_id)
    WHERE release_id = $release_id
"""
_VERSION = """
    SELECT r.release_id, r.source, r.url, r.language, v.version, v.text_sha256, v.first_captured_at, v.last_captured_at,
        v.title, v.subtitle, v.body
    FROM versions v JOIN releases r USING (release_id)
    WHERE release_id = $release_id AND v.version = coalesce($version, r.versions)
"""
_OF_VERSION = re.compile(r"(.+)@(\d{1,9})")


def show_diff(word: str, which: str, html: Path | None, *, as_json: bool, home: Path | None) -> int:
    """Print, or write as HTML, what lies between two versions of a release.

    Args:
        which: `last`, the version that an edit led to, or two versions as A..B.

    Raises:
        QueryError: none is called so, or it has no such versions.
    """
    place = settings({"home": home}).home
    release_id = release_called(place, word)
    with Picture(place) as picture:
        told = _told(picture, release_id, which)
    if html:
        write_page(html, diff_page(told))
        click.echo(f"wrote {html}")
    elif as_json:
        print_json(as_data(told))
    else:
        _print_diff(told)
    return 0


def _told(picture: Picture, release_id: str, which: str) -> Told:
    ((versions, last_edit),) = (row.values() for row in picture.rows(_LAST_EDIT, release_id=release_id))
    if which == LAST and not last_edit:
        todo = "`--diff 1..2` compares two all the same" if (versions or 0) > 1 else ""
        raise QueryError(f"no edit of it is known; versions: {versions or 0}", where=release_id, todo=todo)
    if which == LAST:
        first, second = last_edit - 1, last_edit
    else:
        numbers = [int(number) for number in which.split("..")]
        first, second = numbers if len(numbers) == 2 else (numbers[0] - 1, numbers[0])
    told = told_between(picture, release_id, first, second)
    if told is None:
        raise QueryError(f"it has no versions {first} and {second}; versions: {versions or 0}", where=release_id)
    return told


def show_beside(word: str, other: str, html: Path | None, *, as_json: bool, home: Path | None) -> int:
    """Print, or write as HTML, two releases side by side; `RELEASE@2` is a version of one.

    Raises:
        QueryError: none is called so, or it has no such version.
    """
    place = settings({"home": home}).home
    called = [_called(place, each) for each in (word, other)]
    with Picture(place) as picture:
        left, right = (_side(picture, *each) for each in called)
    # Words of two languages all differ: their paragraphs stand beside each other in order.
    rows = beside(
        left.text, right.text, marked=left.language == right.language or None in (left.language, right.language)
    )
    if html:
        write_page(html, beside_page(left, right, rows))
        click.echo(f"wrote {html}")
    elif as_json:
        print_json({"left": left.about(), "right": right.about(), "rows": [_row_data(row) for row in rows]})
    else:
        _print_beside(left, right, rows)
    return 0


def _called(home: Path, word: str) -> tuple[str, int | None]:
    """Release and version; a URL may have an @ of its own."""
    try:
        return release_called(home, word), None
    except QueryError:
        named = _OF_VERSION.fullmatch(word)
        if named is None:
            raise
    return release_called(home, named[1]), int(named[2])


def _side(picture: Picture, release_id: str, version: int | None) -> Side:
    rows = picture.rows(_VERSION, release_id=release_id, version=version)
    if not rows:
        todo = f"`communique show {release_id[:12]} --evidence` says what is known of it"
        raise QueryError(
            f"it has no version {version}" if version else "it was never read", where=release_id, todo=todo
        )
    (row,) = rows
    text = Text(row.pop("title"), row.pop("subtitle"), row.pop("body"))
    return Side(**row, text=text)


def _row_data(row: Row) -> dict[str, Any]:
    return {"left": [list(piece) for piece in row.left], "right": [list(piece) for piece in row.right]}


def _print_diff(told: Told) -> None:
    for name, value in about(told).items():
        lines = value if isinstance(value, list) else [value]
        for place, each in enumerate(lines):
            label = "" if place else name
            click.echo(f"{click.style(f'{label:<18}', dim=True)} {plain(each)}")
    if not told.redline:
        click.echo("\nThe text is as it was.")
    for shown in told.redline:
        text = marked(shown.pieces) if isinstance(shown, Paragraph) else click.style(left_out(shown), dim=True)
        click.echo(f"\n{text}")


def _print_beside(left: Side, right: Side, rows: Iterable[Row]) -> None:
    width = columns()
    for (name, value), (_, other) in zip(left.about().items(), right.about().items(), strict=True):
        facts = Row(*((Piece("same", f"{name} {plain(each)}"),) if each is not None else () for each in (value, other)))
        click.echo("".join(f"{line}\n" for line in side_by_side(*facts, width)), nl=False)
    for row in _folded(rows):
        click.echo("".join(f"\n{line}" for line in side_by_side(*row, width)))


def _folded(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows with what both have alike left out, but for one row before and after what differs."""
    for alike, group in groupby(rows, key=lambda row: row.alike):
        some = list(group)
        if alike and len(some) > 3:
            note = (Piece("same", f"… {len(some) - 2:,} paragraphs alike …"),)
            some = [some[0], Row(note, note), some[-1]]
        yield from some
