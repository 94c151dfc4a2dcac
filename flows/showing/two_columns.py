"""Marked words in a terminal: one text across it, or two in columns, each wrapped by the width of its characters.

Rich lays such tables out, too; two bodies of a megabyte take it minutes.
"""

from __future__ import annotations

import re
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import zip_longest

import click

from flows.output import plain
from flows.showing.redline import Piece

WIDE = 160  # columns where there is no terminal
GAP = 3  # columns between two texts
_MARKS = {"same": ("", ""), "went": ("[-", "-]"), "came": ("{+", "+}")}
_TOKEN = re.compile(r"\s|[^\s]+")


def marked(pieces: Iterable[Piece]) -> str:
    """A text with what went struck and red, what came green; the marks say it without colours, too."""
    return "".join(_styled(change, text) for change, text in _shown(pieces))


def columns() -> int:
    """How many columns the terminal has."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDE


def side_by_side(left: Iterable[Piece], right: Iterable[Piece], width: int) -> Iterator[str]:
    """Lines of two texts in columns.

    Args:
        width: columns of a terminal for both.
    """
    each = max((width - GAP) // 2, 8)
    nothing: list[tuple[str, str]] = []
    for a, b in zip_longest(_lines(left, each), _lines(right, each), fillvalue=nothing):
        used = sum(_width(text) for _, text in a)
        yield f"{_joined(a)}{' ' * (each - used + GAP)}{_joined(b)}".rstrip()


def _shown(pieces: Iterable[Piece]) -> Iterator[tuple[str, str]]:
    for change, text in pieces:
        before, after = _MARKS[change]
        yield change, f"{before}{plain(text)}{after}"


def _joined(line: Iterable[tuple[str, str]]) -> str:
    return "".join(_styled(change, text) for change, text in line)


def _styled(change: str, text: str) -> str:
    if change == "same":
        return text
    return click.style(text, fg="red", strikethrough=True) if change == "went" else click.style(text, fg="green")


def _lines(pieces: Iterable[Piece], width: int) -> Iterator[list[tuple[str, str]]]:
    line: list[tuple[str, str]] = []
    used = 0
    for change, text in _shown(pieces):
        for token in _tokens(text, width):
            size = _width(token)
            if used + size > width:
                yield line
                line, used = [], 0
                if token.isspace():
                    continue
            if line and line[-1][0] == change:
                line[-1] = (change, line[-1][1] + token)
            else:
                line.append((change, token))
            used += size
    if line:
        yield line


def _tokens(text: str, width: int) -> Iterator[str]:
    """Words and white space; what is wider than a line, or has wide characters, may be broken anywhere."""
    for token in _TOKEN.findall(text):
        if token.isspace():
            yield " "
        elif _width(token) > width or _width(token) > len(token):
            yield from token
        else:
            yield token


def _width(text: str) -> int:
    return len(text) if text.isascii() else sum(map(_cells, text))


@lru_cache(maxsize=1 << 14)
def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
