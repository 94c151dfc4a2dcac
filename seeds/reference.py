"""Reads seeds/reference: facts of the world by which days are inferred, as plain rows.

* page_id_dates.csv: numbers of pages of China's foreign ministry and missions, and the day on which each came out;
  gathered from list pages, from titles of press conferences and from dated texts.
* tenures.csv: who held an office from when to when. A name or an office may be written in several ways, parted by
  `|`; an end that is not surely known is open, or lies further out.
* first_known.csv: the day before which nobody used a term.

The last two were written down as public facts that are widely known, not looked up in a source: whoever finds a
row wrong has the better of it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path

from seeds.catalogue import CatalogueError

Names = tuple[str, ...]


def page_id_dates(path: Path | None = None) -> tuple[tuple[int, date], ...]:
    """Rows (page number, day of publication), by number.

    Raises:
        CatalogueError: a row is wrong.
    """
    rows = _rows(path or _shipped("page_id_dates.csv"), ("page_id", "published_on"))
    return tuple(sorted((row.number("page_id"), row.day("published_on")) for row in rows))


def tenures(path: Path | None = None) -> tuple[tuple[Names, Names, date | None, date | None], ...]:
    """Rows (names of a person, names of an office, first day, last day); None leaves an end open.

    Raises:
        CatalogueError: a row is wrong.
    """
    rows = _rows(path or _shipped("tenures.csv"), ("name", "office", "earliest", "latest"))
    return tuple((row.names("name"), row.names("office"), *row.ends("earliest", "latest")) for row in rows)


def first_known(path: Path | None = None) -> tuple[tuple[Names, date], ...]:
    """Rows (names of a thing, first day on which they were used).

    Raises:
        CatalogueError: a row is wrong.
    """
    rows = _rows(path or _shipped("first_known.csv"), ("term", "earliest"))
    return tuple((row.names("term"), row.day("earliest")) for row in rows)


def _shipped(name: str) -> Path:
    return Path(str(files("seeds") / "reference" / name))


class _Row:
    """A row of a table, and where it stands, for messages."""

    def __init__(self, place: str, values: Mapping[str, str]) -> None:
        self.place, self.values = place, values

    def wrong(self, field: str, what: str) -> CatalogueError:
        return CatalogueError(f"{self.place}, field `{field}`: {what}")

    def number(self, field: str) -> int:
        value = self.values[field]
        if not (value.isascii() and value.isdigit() and 5 <= len(value) <= 7):
            raise self.wrong(field, f"`{value}` is no number of 5 to 7 digits")
        return int(value)

    def day(self, field: str) -> date:
        try:
            return date.fromisoformat(self.values[field])
        except ValueError:
            raise self.wrong(field, f"`{self.values[field]}` is no day like 2020-03-18") from None

    def names(self, field: str) -> Names:
        names = tuple(self.values[field].split("|"))
        if any(not name or name != name.strip() for name in names):
            raise self.wrong(field, "a name is empty, or has space around it")
        return names

    def ends(self, first: str, last: str) -> tuple[date | None, date | None]:
        earliest = self.day(first) if self.values[first] else None
        latest = self.day(last) if self.values[last] else None
        if earliest is None and latest is None:
            raise self.wrong(first, "both ends are open: the row says nothing")
        if earliest and latest and earliest > latest:
            raise self.wrong(last, f"{latest} lies before {earliest}")
        return earliest, latest


def _rows(path: Path, fields: tuple[str, ...]) -> Iterator[_Row]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            table = csv.reader(file, strict=True)
            head = next(table, [])
            if tuple(head) != fields:
                raise CatalogueError(f"{path.name}, line 1: the columns are {', '.join(fields)}")
            for values in table:
                place = f"{path.name}, line {table.line_num}"
                if len(values) != len(fields):
                    raise CatalogueError(f"{place}: {len(values)} values, not {len(fields)}")
                yield _Row(place, dict(zip(fields, values, strict=True)))
    except (csv.Error, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path.name}: {error}") from error
