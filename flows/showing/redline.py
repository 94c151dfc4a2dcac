"""Redlines: two texts as one, with the words that went and came in their places; or the two side by side.

Nothing here compares texts: the words that differ come as spans, from table `edit_spans` or from `word_diff`.
Where spans do not add up to the two texts, all of the one went and all of the other came. Every step is linear
in the length of both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal, NamedTuple

from parsers.linking import Span, Text, word_diff
from parsers.linking.word_diff import BREAK
from parsers.release import Field

MARK = "¶"  # a break that went or came, and nothing else with it
MARKUP = 8  # characters that a piece counts for beside its own: a page of one-letter pieces is mostly elements
EDGE = 600  # characters beside a change, of a paragraph that is longer than anyone reads


class Piece(NamedTuple):
    """A stretch of text, and what became of it."""

    change: Literal["same", "went", "came"]
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of both texts: title, subtitle, or one of a body."""

    field: Field
    pieces: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        """Whether any of its words went or came."""
        return any(piece.change != "same" for piece in self.pieces)


class Row(NamedTuple):
    """Paragraphs that stand beside each other; one may be empty."""

    left: tuple[Piece, ...]
    right: tuple[Piece, ...]

    @property
    def alike(self) -> bool:
        """Whether both say the same."""
        return self.left == self.right


Redline = list[Paragraph | int]
"""Paragraphs to show; a number stands for so many that are as they were."""


def pieces_of(before: str, after: str, spans: Iterable[Span]) -> list[Piece]:
    """Both texts as one: without what came it is `before`, without what went `after`.

    Args:
        spans: of this field, in reading order, offsets in code points.
    """
    found: list[Piece] = []
    old = new = 0
    for span in spans:
        same = before[old : span.start] if span.change == "went" else after[new : span.start]
        if same:
            found.append(Piece("same", same))
        old, new = old + len(same), new + len(same)
        if span.change == "went":
            found.append(Piece("went", before[span.start : span.stop]))
            old = span.stop
        else:
            found.append(Piece("came", after[span.start : span.stop]))
            new = span.stop
    if before[old:]:
        found.append(Piece("same", before[old:]))
    if _without("came", found) == before and _without("went", found) == after:
        return found
    whole = (Piece("went", before), Piece("came", after))
    return [piece for piece in whole if piece.text]


def _without(change: str, pieces: Iterable[Piece]) -> str:
    return "".join(piece.text for piece in pieces if piece.change != change)


def redline(before: Text, after: Text, spans: Sequence[Span]) -> list[Paragraph]:
    """All paragraphs of a body in reading order, title and subtitle before it where they changed."""
    found: list[Paragraph] = []
    fields: tuple[tuple[Field, str, str], ...] = (
        ("title", before.title, after.title),
        ("subtitle", before.subtitle or "", after.subtitle or ""),
        ("body", before.body, after.body),
    )
    for field, old, new in fields:
        pieces = pieces_of(old, new, (span for span in spans if span.field == field))
        lines = (Paragraph(field, line) for line in _paragraphs(pieces))
        found += lines if field == "body" else (line for line in lines if line.changed)
    return found


def _paragraphs(pieces: Iterable[Piece]) -> Iterator[tuple[Piece, ...]]:
    line: list[Piece] = []
    for change, text in pieces:
        first, *rest = text.split(BREAK)
        if rest and change != "same" and not text.strip():
            first = MARK
        for place, part in enumerate((first, *rest)):
            if place and line:
                yield tuple(line)
                line = []
            if part:
                line.append(Piece(change, part))
    if line:
        yield tuple(line)


def around(paragraphs: Sequence[Paragraph]) -> Redline:
    """What changed, with one paragraph before and after; the number of those left out in their place."""
    near = [False] * (len(paragraphs) + 2)
    for place, paragraph in enumerate(paragraphs, start=1):
        if paragraph.changed:
            near[place - 1 : place + 2] = [True] * 3
    found: Redline = []
    skipped = 0
    for shown, paragraph in zip(near[1:], paragraphs, strict=False):
        if shown:
            found += [skipped, paragraph] if skipped else [paragraph]
            skipped = 0
        else:
            skipped += 1
    return [*found, skipped] if skipped else found


def shortened(shown: Redline, most: int | None = None) -> Redline:
    """The same with only the edges of long stretches that did not change, and at most so many characters.

    Args:
        most: None cuts no words that went or came.
    """
    found: Redline = []
    left = most
    for each in shown:
        if isinstance(each, int):
            found.append(each)
            continue
        pieces = tuple(_edges(each.pieces))
        length = sum(len(piece.text) + MARKUP for piece in pieces)
        if left is not None and length > left:
            return [*found, Paragraph(each.field, tuple(_first(pieces, left)))]
        left = None if left is None else left - length
        found.append(Paragraph(each.field, pieces))
    return found


def _edges(pieces: Sequence[Piece]) -> Iterator[Piece]:
    last = len(pieces) - 1
    for place, piece in enumerate(pieces):
        if piece.change != "same" or len(piece.text) <= 2 * EDGE:
            yield piece
        else:
            head = piece.text[:EDGE] if place or not last else ""
            tail = piece.text[-EDGE:] if place < last else ""
            yield Piece("same", f"{head} … {tail}".strip())


def _first(pieces: Iterable[Piece], most: int) -> Iterator[Piece]:
    for change, text in pieces:
        if most > 0:
            yield Piece(change, text[:most])
        most -= len(text) + MARKUP
    yield Piece("same", " …")


def beside(left: Text, right: Text, *, marked: bool = True) -> list[Row]:
    """Title, subtitle and paragraphs of two texts, each beside its counterpart, with what differs marked.

    Args:
        marked: False pairs paragraphs by their order and marks nothing: words of two languages all differ.
    """
    pairs = [(left.title, right.title), (left.subtitle or "", right.subtitle or ""), (left.body, right.body)]
    found: list[Row] = []
    for old, new in pairs:
        found += _rows(pieces_of(old, new, word_diff(old, new))) if marked else _in_order(old, new)
    return [row for row in found if row.left or row.right]


def _in_order(left: str, right: str) -> Iterator[Row]:
    for a, b in zip_longest(left.split(BREAK), right.split(BREAK), fillvalue=""):
        yield Row(*((Piece("same", each),) if each else () for each in (a, b)))


def _rows(pieces: Iterable[Piece]) -> Iterator[Row]:
    """Rows of a text that holds both: a row ends, at the latest, where a paragraph ends in both."""
    part = _Stretch()
    for change, text in pieces:
        for place, words in enumerate(text.split(BREAK)):
            if place and change == "same":
                yield from part.rows()
                part = _Stretch()
            elif place:
                part.end(change)
            if words:
                part.add(Piece(change, words))
    yield from part.rows()


class _Stretch:
    """Paragraphs of both sides between two breaks that both have."""

    def __init__(self) -> None:
        self.left: list[list[Piece]] = [[]]
        self.right: list[list[Piece]] = [[]]
        self.shared: Counter[tuple[int, int]] = Counter()  # characters that two paragraphs have in common

    def add(self, piece: Piece) -> None:
        if piece.change != "came":
            self.left[-1].append(piece)
        if piece.change != "went":
            self.right[-1].append(piece)
        if piece.change == "same":
            self.shared[len(self.left) - 1, len(self.right) - 1] += len(piece.text)

    def end(self, change: str) -> None:
        (self.left if change == "went" else self.right).append([])

    def rows(self) -> Iterator[Row]:
        """Beside each other stand those that have most in common; what is between them is paired in order."""
        old = new = 0
        for place, new_place in self._counterparts():
            yield from _in_turn(self.left[old:place], self.right[new:new_place])
            yield Row(tuple(self.left[place]), tuple(self.right[new_place]))
            old, new = place + 1, new_place + 1
        yield from _in_turn(self.left[old:], self.right[new:])

    def _counterparts(self) -> list[tuple[int, int]]:
        """Each paragraph in one pair at most; both places grow, as they do along the text."""
        of_right = {right: (left, right) for (left, right), _ in reversed(self.shared.most_common())}
        of_left = {pair[0]: pair for pair in sorted(of_right.values(), key=self.shared.__getitem__)}
        return sorted(of_left.values())


def _in_turn(left: Iterable[list[Piece]], right: Iterable[list[Piece]]) -> Iterator[Row]:
    for a, b in zip_longest(filter(None, left), filter(None, right), fillvalue=()):
        yield Row(tuple(a), tuple(b))
