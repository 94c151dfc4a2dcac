"""Finding the few rows of a batch among all rows: a narrow prefix is scanned, the whole hash decides.

A hash is 64 characters a row, its prefix a number of 8 bytes: there is no index to ask, so what a
scan reads is what a question costs. A table has the prefix of column `c` in column `c_prefix`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from warehouse.store import Store

_DIGITS = 15  # 60 bits: among a billion rows, a batch meets a prefix that is not its own once in a million times


def with_prefixes(columns: Mapping[str, Sequence[Any]], *hashes: str) -> dict[str, Sequence[Any]]:
    """Columns to insert, with those of the prefixes of these hashes."""
    return {**columns, **{f"{name}_prefix": [_prefix(each) for each in columns[name]] for name in hashes}}


def _prefix(digest: str) -> int:
    return int(digest[:_DIGITS], 16)


def rows_near(store: Store, table: str, column: str, hashes: Iterable[str]) -> list[int]:
    """Row ids of a table where a column may hold one of these hashes; whoever asks compares the whole hash.

    Args:
        table: a table of the warehouse; a name of ours, as the column's is.
    """
    sql = f"SELECT rowid FROM {table} WHERE {column}_prefix IN (SELECT unnest($prefixes))"  # noqa: S608 - our own names
    prefixes = list({_prefix(each) for each in hashes})
    return [row[0] for row in store.rows(sql, {"prefixes": prefixes})] if prefixes else []


def known_among(store: Store, table: str, column: str, hashes: Iterable[str]) -> set[str]:
    """Which of these hashes a column holds."""
    asked = set(hashes)
    sql = f"SELECT {column} FROM {table} WHERE rowid IN (SELECT unnest($rows))"  # noqa: S608 - our own names
    rows = rows_near(store, table, column, asked)
    return asked.intersection(row[0] for row in store.rows(sql, {"rows": rows})) if rows else set()
