"""The words that went and came between two texts, for readers of Chinese as well as of English.

Paragraphs are aligned first, then the words of those that differ. A word is a run of letters and
digits; a Chinese character or a kana is a word by itself, for nothing parts the words there. Punctuation
and white space stand alone. Aligning costs the product of both lengths: what is too long for words is
aligned by sentences, and what is too long for that went and came as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from rapidfuzz.distance import Indel

from parsers.release import Field

Change = Literal["went", "came"]

BREAK = "\n\n"  # between paragraphs of a body
CELLS = 1 << 28  # of one alignment: a bit each, 32 MB, some 20 ms
CLAUSE = 40  # characters: a longer run of equal words stands by itself, whatever is around it

_HAN_KANA = "\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
# Marks that are no letters to Python and yet part no word: accents, points of Hebrew and Arabic, Indic and Thai vowels.
_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0980-\u0dff\u0e31-\u0e4e"
WORD = rf"[{_HAN_KANA}]|(?:[^\W_{_HAN_KANA}]+|[{_MARKS}]+)+"
_TOKEN = re.compile(rf"{WORD}|\s+|.", re.DOTALL)
_SENTENCE = re.compile(r"[^.!?;。！？；\n]*[.!?;。！？；\n]*")


@dataclass(frozen=True, slots=True)
class Span:
    """Words that went or came.

    Attributes:
        change: `went` from the text before, or `came` with the text after.
        start: first code point, in the text where the words stand.
        stop: code point after the last.
        words: what stands there.
        field: of the release, in which the offsets count.
    """

    change: Change
    start: int
    stop: int
    words: str
    field: Field = "body"


@dataclass(frozen=True, slots=True)
class Changed:
    """A stretch of the text before, and the stretch of the text after that stands in its place; one may be empty."""

    start: int
    stop: int
    new_start: int
    new_stop: int

    @property
    def size(self) -> int:
        """Code points of the longer stretch."""
        return max(self.stop - self.start, self.new_stop - self.new_start)


def tokens(text: str) -> list[str]:
    """Words, punctuation and white space of a text, in order; joined they are the text."""
    return _TOKEN.findall(text)


def word_diff(before: str, after: str, field: Field = "body") -> tuple[Span, ...]:
    """What went and came, in reading order; where words were replaced, those that went stand first.

    Without the words that went, `before` is `after` without the words that came. Equal texts have
    no span. No span begins or stops within a word.
    """
    return tuple(spans_of(changes(before, after), before, after, field))


def spans_of(found: Iterable[Changed], before: str, after: str, field: Field) -> Iterator[Span]:
    """Stretches that differ as the words that went and came with each."""
    for each in found:
        if each.stop > each.start:
            yield Span("went", each.start, each.stop, before[each.start : each.stop], field)
        if each.new_stop > each.new_start:
            yield Span("came", each.new_start, each.new_stop, after[each.new_start : each.new_stop], field)


def changes(before: str, after: str) -> list[Changed]:
    """Stretches that differ, in order, those with little between them joined."""
    if before == after:
        return []
    return list(_joined(_by_paragraphs(before, after), before))


def _by_paragraphs(before: str, after: str) -> Iterator[Changed]:
    old, new = before.split(BREAK), after.split(BREAK)
    old_starts = list(accumulate((len(each) + len(BREAK) for each in old), initial=0))
    new_starts = list(accumulate((len(each) + len(BREAK) for each in new), initial=0))
    start = new_start = 0
    for i, j, size in aligned(old, new) or ():
        yield from _by_words(before, after, Changed(start, old_starts[i], new_start, new_starts[j]))
        start = old_starts[i + size] - len(BREAK)
        new_start = new_starts[j + size] - len(BREAK)
    yield from _by_words(before, after, Changed(start, len(before), new_start, len(after)))


def _by_words(before: str, after: str, part: Changed) -> Iterator[Changed]:
    """The stretches of a part that differ by words; where that is too much, by sentences first."""
    if part.start == part.stop or part.new_start == part.new_stop:
        if part.size:
            yield part
        return
    found = _differing(before, after, part, tokens)
    yield from _by_sentences(before, after, part) if found is None else found


def _by_sentences(before: str, after: str, part: Changed) -> Iterator[Changed]:
    """The same where a part is too long for its words: each sentence stands beside the one of the same letters."""
    for sentence in _differing(before, after, part, _SENTENCE.findall, _letters) or (part,):
        yield from _differing(before, after, sentence, tokens) or (sentence,)


def _letters(sentence: str) -> str:
    return "".join(filter(str.isalnum, sentence)).casefold()


def _differing(
    before: str, after: str, part: Changed, cut: Callable[[str], list[str]], key: Callable[[str], str] = str
) -> list[Changed] | None:
    """The pieces of a part that differ, aligned by their keys; None where that is too much."""
    old, new = cut(before[part.start : part.stop]), cut(after[part.new_start : part.new_stop])
    blocks = aligned(list(map(key, old)), list(map(key, new)))
    if blocks is None:
        return None
    old_starts = list(accumulate(map(len, old), initial=part.start))
    new_starts = list(accumulate(map(len, new), initial=part.new_start))

    def between(i: int, next_i: int, j: int, next_j: int) -> Changed:
        return Changed(old_starts[i], old_starts[next_i], new_starts[j], new_starts[next_j])

    found, i, j = [], 0, 0
    for next_i, next_j, size in [*blocks, (len(old), len(new), 0)]:
        if i < next_i or j < next_j:
            found.append(between(i, next_i, j, next_j))
        i, j = next_i + size, next_j + size
        pairs = zip(range(next_i, i), range(next_j, j), strict=True)
        found += [between(a, a + 1, b, b + 1) for a, b in pairs if old[a] != new[b]]
    return found


def aligned(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int]] | None:
    """Runs of equal pieces: place in `old`, place in `new`, how many. None where aligning would cost too much."""
    shorter = min(len(old), len(new))
    head = next((place for place in range(shorter) if old[place] != new[place]), shorter)
    rest = shorter - head
    tail = next((place for place in range(rest) if old[-1 - place] != new[-1 - place]), rest)
    middle, new_middle = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(middle) * len(new_middle) > CELLS:
        return None
    blocks = [(0, 0, head)] if head else []
    if middle and new_middle:
        # By number, so that equal means equal and nothing hangs on a hash.
        numbers: dict[str, int] = {}
        a = [numbers.setdefault(each, len(numbers)) for each in middle]
        b = [numbers.setdefault(each, len(numbers)) for each in new_middle]
        found = Indel.opcodes(a, b).as_matching_blocks()
        blocks += [(head + each.a, head + each.b, each.size) for each in found if each.size]
    if tail:
        blocks.append((len(old) - tail, len(new) - tail, tail))
    return blocks


def _joined(found: Iterator[Changed], before: str) -> Iterator[Changed]:
    last = None
    for each in found:
        if last is None:
            last = each
        elif _reads_as_one(last, each, before[last.stop : min(each.start, last.stop + CLAUSE + 1)]):
            last = Changed(last.start, each.stop, last.new_start, each.new_stop)
        else:
            yield last
            last = each
    if last is not None:
        yield last


def _reads_as_one(left: Changed, right: Changed, between: str) -> bool:
    """Whether little enough stays between two changes: a space, a comma, a word or two beside much that changed."""
    if len(between) > CLAUSE or BREAK in between:
        return False
    if len(between) <= 3 and not any(map(str.isalnum, between)):
        return True
    return 2 * len(between) <= min(left.size, right.size)
