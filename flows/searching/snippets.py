"""Where the words stand in a text, by code points, and the piece of it that shows most of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flows.searching.asked import Term
from flows.searching.words import is_character, placed

_LONG = 160  # code points of a snippet
_BEFORE = 50  # of them before the first mark
_EDGE = 15  # code points within which a snippet may begin or end at a space

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Marked:
    """A piece of a text; the marks are code points within `text`."""

    text: str
    marks: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Snippet(Marked):
    """A piece of the body, or of the subtitle where the words stand only there.

    Attributes:
        start: code point of the field at which the piece begins.
        stop: the one after its last.
    """

    field: str
    start: int
    stop: int


def marked_title(title: str, terms: Iterable[Term]) -> Marked:
    """The whole title with its marks."""
    return Marked(title, _merged(span for _, span in _matches(title, "title", terms)))


def snippet_of(subtitle: str, body: str, terms: Sequence[Term]) -> Snippet:
    """The piece of a text with most of the terms in it; its beginning where they stand in the title alone."""
    matches = _matches(body, "body", terms)
    if matches:
        return _piece(body, "body", matches)
    in_subtitle = _matches(subtitle, "subtitle", terms)
    return _piece(subtitle, "subtitle", in_subtitle) if in_subtitle else _piece(body, "body", [])


def _matches(text: str, field: str, terms: Iterable[Term]) -> list[tuple[Term, Span]]:
    """Terms as they stand in a field, in the order of where."""
    asked = [term for term in terms if field in term.fields]
    if not asked:
        return []
    there = list(placed(text))
    at: dict[str, list[int]] = {}
    for number, (token, _, _) in enumerate(there):
        at.setdefault(token, []).append(number)
    found = [(term, span) for term in asked for span in _stands(term, there, at)]
    return sorted(found, key=lambda each: each[1])


def _stands(term: Term, there: Sequence[tuple[str, int, int]], at: dict[str, list[int]]) -> Iterator[Span]:
    first, last = term.tokens[0], term.tokens[-1]
    alone = len(term.tokens) == 1 and term.begins
    firsts = (
        [n for token, found in at.items() if token.startswith(first) for n in found] if alone else at.get(first, [])
    )
    for number in firsts:
        end = number + len(term.tokens)
        words = [token for token, _, _ in there[number:end]]
        if len(words) < len(term.tokens) or words[:-1] != list(term.tokens[:-1]):
            continue
        if words[-1] == last or (term.begins and words[-1].startswith(last)):
            yield there[number][1], _stop(term, there, end - 1)


def _stop(term: Term, there: Sequence[tuple[str, int, int]], number: int) -> int:
    """Where the last token ends: a pair of characters, if it was asked for as one, with its second."""
    token, start, stop = there[number]
    pair = stop == start + 1 and len(token) == 2 and is_character(token[0]) and term.tokens[-1] == token
    return stop + pair


def _piece(text: str, field: str, matches: Sequence[tuple[Term, Span]]) -> Snippet:
    spans = [span for _, span in matches]
    start = _start(text, _best(matches)) if matches else 0
    stop = _edge(text, min(len(text), start + _LONG), -1)
    marks = [(a - start, min(b, stop) - start) for a, b in _merged(spans) if start <= a < stop]
    return Snippet(text[start:stop], tuple(marks), field, start, stop)


def _best(matches: Sequence[tuple[Term, Span]]) -> int:
    """Where the piece with most different terms begins; the first of them."""
    best, most = matches[0][1][0], 0
    first = 0
    counts: dict[Term, int] = {}
    for term, (_, stop) in matches:
        counts[term] = counts.get(term, 0) + 1
        while matches[first][1][0] < stop - (_LONG - _BEFORE) and matches[first][1][1] < stop:
            gone = matches[first][0]
            counts[gone] -= 1
            if not counts[gone]:
                del counts[gone]
            first += 1
        if len(counts) > most:
            best, most = matches[first][1][0], len(counts)
    return best


def _start(text: str, mark: int) -> int:
    paragraph = text.rfind("\n\n", 0, mark) + 2 if "\n\n" in text[:mark] else 0
    return max(paragraph, _edge(text, mark - _BEFORE, 1)) if mark > _BEFORE else paragraph


def _edge(text: str, at: int, step: int) -> int:
    """The next space from there, where one is near: no word is cut where it need not be."""
    if at <= 0 or at >= len(text):
        return max(0, min(at, len(text)))
    for way in range(_EDGE):
        here = at + way * step
        if 0 < here < len(text) and text[here].isspace():
            return here + (step > 0)
    return at


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, those that touch or overlap as one."""
    found: list[Span] = []
    for start, stop in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(stop, found[-1][1]))
        else:
            found.append((start, stop))
    return tuple(found)
