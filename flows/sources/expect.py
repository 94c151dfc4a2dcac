"""`communique source expect`: what is read from the saved pages today, beside what is expected of them.

No network, and nothing is accepted here: a line that is written anew says that nobody has read it, and a test fails
until somebody has.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches, unified_diff
from pathlib import Path
from typing import Any

import click

from flows.adding.checkout import checkout_at
from flows.adding.files import write_all
from flows.adding.saved import EXPECTED, Saved, line_of, row_of, saved_pages
from flows.output import plain
from parsers import Unread, read
from parsers.errors import ConfigError
from parsers.layouts import LAYOUTS

UNREAD_BY = "read_by"
"""Key of a line that `source add` or `source expect` wrote: who has read it, null until somebody has."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A saved page that is not read as expected.

    Attributes:
        wanted: its line, None where there is none.
        got: what it gives, None where it is not there, or nothing is read from it.
        why: why nothing is.
    """

    name: str
    wanted: dict[str, Any] | None
    got: dict[str, Any] | None
    why: str = ""

    def lines(self) -> Iterator[str]:
        """A unified diff, a field or a paragraph a line."""
        yield from unified_diff(
            _fields(self.wanted), _fields(self.got), f"expected {self.name}", f"read     {self.name}", n=1, lineterm=""
        )
        if self.why:
            yield f"! {self.name}: {self.why}"


def expect(names: Sequence[str], *, into: Path | None, write: bool, as_json: bool) -> bool:
    """Say what differs, and write it where asked to; whether nothing does.

    Args:
        names: saved pages, folders of them, or layouts; none for all.

    Raises:
        ConfigError: there is no checkout, or a name is none.
    """
    checkout = checkout_at(into, frozenset(layout.name for layout in LAYOUTS))
    text = checkout.text(EXPECTED)
    wanted = {row["file"]: row for row in map(json.loads, filter(str.strip, text.splitlines()))}
    found = [each for each in _differences(checkout.root, wanted) if _is_asked(each, names)]
    asked = [name for name in names if not any(_is_named(name, row) for row in wanted.values())]
    if unknown := [name for name in asked if not any(_is_asked(each, [name]) for each in found)]:
        raise _no_such(unknown[0], wanted.values())
    unread = [row for row in wanted.values() if not row.get(UNREAD_BY, "written by hand")]
    after = _rewritten(text, found) if write else text
    if after != text:
        write_all([checkout.change(EXPECTED, after)])
    if as_json:
        rows = [{"file": each.name, "expected": each.wanted, "read": each.got, "why": each.why} for each in found]
        said = {"differences": rows, "unread": [row["file"] for row in unread], "written": after != text}
        click.echo(json.dumps(said, ensure_ascii=False))
        return not found
    for line in (line for each in found for line in each.lines()):
        click.echo(plain(line))
    for row in (row for row in unread if not found and (not names or any(_is_named(name, row) for name in names))):
        click.echo("\n".join([f"nobody has read {row['file']}", *map(plain, _fields(row)), ""]))
    click.echo(_closing(found, len(unread), written=after != text))
    return not found


def _differences(root: Path, wanted: dict[str, dict[str, Any]]) -> Iterator[Difference]:
    seen = set()
    for saved in saved_pages(root):
        seen.add(saved.name)
        row = wanted.get(saved.name)
        got, why = _read(saved)
        if got is not None and row is not None:
            got["url"] = row["url"]  # of the page, not of its text: written with the line
        if got is None or {**got, UNREAD_BY: None} != {**(row or {}), UNREAD_BY: None}:
            yield Difference(saved.name, row, got, why)
    for name in wanted.keys() - seen:
        yield Difference(name, wanted[name], None, "there is no such saved page any more")


def _read(saved: Saved) -> tuple[dict[str, Any] | None, str]:
    release = read(saved.page)
    if isinstance(release, Unread):
        return None, f"{release.error}: {release.reason}"
    return row_of(saved, release), ""


def _is_asked(difference: Difference, names: Sequence[str]) -> bool:
    rows = [row for row in (difference.wanted, difference.got) if row] or [{"file": difference.name}]
    return not names or any(_is_named(name, row) for name in names for row in rows)


def _no_such(name: str, rows: Iterable[dict[str, Any]]) -> ConfigError:
    names = {word for row in rows for word in (row["file"], row["file"].partition("/")[0], row.get("layout")) if word}
    near = get_close_matches(name, sorted(names), 1)
    todo = f"Did you mean `{near[0]}`?" if near else f"{EXPECTED} names all of them"
    return ConfigError(f"`{name}` is no saved page, folder of them or layout", todo=todo)


def _is_named(name: str, row: dict[str, Any]) -> bool:
    file: str = row["file"]
    return name in (file, file.partition("#")[0], row.get("layout")) or file.startswith(f"{name.rstrip('/')}/")


def _fields(row: dict[str, Any] | None) -> list[str]:
    if row is None:
        return []
    lines = []
    for key, value in row.items():
        if isinstance(value, list):
            lines += [f"{key}: {each}" for each in value]  # not numbered: one more would change all after it
        elif key not in ("file", UNREAD_BY):
            lines.append(f"{key}: {'-' if value is None else value}")
    return lines


def _rewritten(text: str, found: Sequence[Difference]) -> str:
    """The file with new lines in the places of the old; all others stay as they stand, to the byte."""
    new = {each.name: line_of(each.got) if each.got else None for each in found}
    gone = {each.name for each in found if each.got is None and "no such saved page" in each.why}
    lines = []
    for line in text.splitlines(keepends=True):
        name = json.loads(line)["file"] if line.strip() else ""
        fresh = new.pop(name, None)
        if name not in gone:
            lines.append(fresh or line)
    return "".join([*lines, *(line for line in new.values() if line)])


def _closing(found: Sequence[Difference], unread: int, *, written: bool) -> str:
    todo = f"Read each such line beside its page, then put your name in its `{UNREAD_BY}`."
    if not found:
        waiting = f" {unread} that nobody has read: {todo[0].lower()}{todo[1:]}" if unread else ""
        return f"All saved pages are read as expected.{waiting}"
    pages = f"{len(found)} saved page{'s are' if len(found) > 1 else ' is'} not read as expected"
    if written:
        return f"{pages}; written to {EXPECTED}. {todo}"
    return f"{pages}. Mend the layout; or where the page says so, write it with `--write`, and read it."
