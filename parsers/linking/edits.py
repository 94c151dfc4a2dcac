"""What kind of edit lies between two texts of a release, and whether the page says that it was edited.

The strongest class wins:

* `removed_paragraph`: a paragraph of the text before has no counterpart after. Moved, merged, split or
  reworded it has one. A sentence that went from a paragraph that stays is no removed paragraph.
* `changed_fact`: a number, a name or an office is another (`parsers.linking.named` says what shows), or the
  title has other words. What stands in a paragraph that was added is new, and changes no fact.
* `wording`: other words. An added paragraph is this.
* `punctuation`: the same letters and signs of numbers, otherwise pointed, spaced, broken into paragraphs or
  typed, and capitals that follow from another stop.

`removed_page` has no text after, and is decided where looks are.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

from rapidfuzz.distance import Indel

from parsers.linking.named import Named, opens_a_sentence, same_letters, same_width
from parsers.linking.word_diff import BREAK, WORD, Changed, Span, changes, spans_of
from parsers.months import MONTHS
from parsers.release import Field

EditClass = Literal["removed_page", "removed_paragraph", "changed_fact", "wording", "punctuation"]
EDIT_CLASSES: tuple[str, ...] = get_args(EditClass)
"""Strongest first."""

Pairs = frozenset[tuple[str, str]]
"""Neighbouring words."""

_WORD = re.compile(WORD)
# A minus makes another number; a hyphen of a range, or a dash before a space, does not.
_MINUS = r"(?<![\w.,)%°*])(?<!\d )[-−–‑－](?=\d)"
_MINUSES = re.compile(_MINUS)
_LETTERS = re.compile(rf"{WORD}|[%％‰°±$＄€£￡¥￥₽₹₩￦]|{_MINUS}")
_KEPT = 0.3  # share of a paragraph's pairs of neighbouring words that one other paragraph has: it was reworded
_SCATTERED = 0.7  # the same of all new paragraphs together: it was split
_NEAR = 25  # changed paragraphs, up and down, among which a reworded one is looked for
_FEW = 4  # words: too few pairs to tell by; a paragraph of so few is known by its letters
_SPELT = 0.75  # share of the letters of both that two spellings have in common
_LINE = 300  # characters: a line that says that a page was edited is short

_SAYS = (
    r"updated?|corrected|correction|corrigend(?:um|a)|errat(?:um|a)|amended|revised"
    r"|editor['’]?s note|change made|clarification"
    r"|mis(?:e)? à jour|rectificatif|corrigé|actualizado|corrección|fe de erratas|atualizado|correção"
    r"|aktualisiert|korrektur|berichtigung|korrigierte fassung|обновлено|исправлено|уточнение|تحديث|تصحيح"
    r"|更正|更新|更新时间|更新日期|修订|勘误|订正|編者注|编者按|编者注|訂正|已更正|已更新"
)
_OPENS = rf"^[\s*(（\[【]*(?:last )?(?:{_SAYS})"
_MONTH = "|".join(map(re.escape, sorted(MONTHS, key=len, reverse=True)))
_DATE = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th|er|º)?\.?\s*(?:of |de )?(?:{_MONTH})\b|(?:{_MONTH})\.?\s*\d"
    r"|\d{1,4}\s?[-./:年月]\s?\d|(?:19|20)\d\d\b)"
)
_ENDS = r"\s*(?:[:：)）\]】—–]|[.。]?$)"
# "Update on Sudan" is what a release tells: with a preposition only a day tells when the page was edited.
_WHEN = rf"\s*(?:\b(?:on|at|to|am|le|el|em|as of|of|den|в)\b|于)?\s*(?:\w+day,? )?{_DATE}"
_DECLARES = re.compile(
    rf"{_OPENS}(?:{_ENDS}|\s+-|{_WHEN}|\s+(?:on \w+day|\d+){_ENDS}|\s+(?:version|to this \w+)(?:{_ENDS}|{_WHEN}))"
    rf"|^[(（\[【]\s*(?:last )?(?:{_SAYS})\b[^)）\]】]{{0,80}}[)）\]】][\s.。]*$"
    r"|\bthis (?:page|article|statement|transcript|release|text|version|document|readout) (?:was|has been)"
    r" (?:updated|corrected|amended|revised)\b",
    re.IGNORECASE,
)
# What stands in brackets within a paragraph is part of what it tells; at the end of a headline it is about the page.
_HEADLINE_DECLARES = re.compile(
    rf"[(（\[【]\s*(?:last )?(?:{_SAYS})(?: version)?(?:{_WHEN}[^)）\]】]*)?\s*[)）\]】]\s*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Text:
    """What a release says; paragraphs of the body are joined by one blank line."""

    title: str
    subtitle: str | None
    body: str


@dataclass(frozen=True, slots=True)
class Edit:
    """How a text became another; equal texts have the weakest class and no spans.

    Attributes:
        edit_class: of EDIT_CLASSES, without `removed_page`.
        declared: whether the text says that it was edited; a page's "Updated" date is no part of it.
        spans: what went and came, of the title, then the subtitle, then the body.
    """

    edit_class: EditClass
    declared: bool
    spans: tuple[Span, ...]


def edit(before: Text, after: Text) -> Edit:
    """The edit between two texts.

    Args:
        before: the text that stood.
        after: the text that stands in its place.
    """
    parts = (
        Part("title", before.title, after.title),
        Part("subtitle", before.subtitle or "", after.subtitle or ""),
        Part("body", before.body, after.body),
    )
    spans = (span for part in parts for span in spans_of(part.found, part.before, part.after, part.field))
    return Edit(_class(parts), _declares(parts), tuple(spans))


class Part:
    """A field of both texts, and the stretches in which it differs."""

    def __init__(self, field: Field, before: str, after: str) -> None:
        self.field, self.before, self.after = field, before, after
        self.found = changes(before, after)

    def stretches(self) -> Iterator[tuple[str, str]]:
        """What stood and what stands, of each stretch."""
        for each in self.found:
            yield self.before[each.start : each.stop], self.after[each.new_start : each.new_stop]

    def has_other_letters(self, each: Changed) -> bool:
        """Whether a stretch is more than pointed, spaced or typed otherwise."""
        return _bare(self.before, each.start, each.stop) != _bare(self.after, each.new_start, each.new_stop)


def _class(parts: Sequence[Part]) -> EditClass:
    title, _, body = parts
    old, new = body.before.split(BREAK), body.after.split(BREAK)
    if body.found and any(_without_counterpart(old, new)):
        return "removed_paragraph"
    if not any(map(_has_other_words, parts)):
        return "punctuation"
    if any(map(title.has_other_letters, title.found)):
        return "changed_fact"
    return "changed_fact" if any(map(_has_other_facts, parts)) else "wording"


def _bare(text: str, start: int, stop: int) -> list[str]:
    """The letters of a passage, parted only where numbers are: a hyphen or a space between words says nothing.

    The sign of a number counts as a letter: "$5", "5%" and "-5" are other numbers than 5.
    """
    parts: list[list[str]] = [[]]
    for match in _LETTERS.finditer(text, start, stop + 1):  # one more: a minus is one by what follows
        if match.start() >= stop:
            break
        word = "-" if _MINUSES.match(text, match.start()) else same_letters(match[0])
        if any(map(str.isdigit, word)):
            parts += [[word], []]
        else:
            parts[-1].append(word)
    return ["".join(part) for part in parts]


def _has_other_words(part: Part) -> bool:
    return any(part.has_other_letters(each) or _has_other_capitals(part, each) for each in part.found)


def _has_other_capitals(part: Part, each: Changed) -> bool:
    """Whether a capital came or went that does not follow from another stop: "china", "China"."""
    old = list(_WORD.finditer(part.before, each.start, each.stop))
    new = list(_WORD.finditer(part.after, each.new_start, each.new_stop))
    return len(old) == len(new) and any(
        same_width(a[0]) != same_width(b[0])
        and opens_a_sentence(part.before, a.start()) == opens_a_sentence(part.after, b.start())
        for a, b in zip(old, new, strict=True)
    )


def _without_counterpart(paragraphs: Sequence[str], others: Sequence[str]) -> Iterator[int]:
    """Places of the paragraphs of which too little stands among the others, counted from 1."""
    known, here = set(others), set(paragraphs)
    fresh = [_words(each) for each in others if each not in here]
    fresh_pairs = [_pairs(each) for each in fresh]
    fresh_letters = ["".join(each) for each in fresh]
    everywhere = frozenset().union(*fresh_pairs)
    typed_otherwise = set(fresh_letters)
    for place, paragraph in enumerate(paragraphs, start=1):
        words = _words(paragraph)
        if paragraph in known or "".join(words) in typed_otherwise:
            continue
        around = place * len(fresh) // len(paragraphs)
        near = slice(max(0, around - _NEAR), around + _NEAR)
        if not _is_kept(_pairs(words), everywhere, fresh_pairs[near]) and not (
            len(words) <= _FEW and any(_is_spelt_like("".join(words), each) for each in fresh_letters[near])
        ):
            yield place


def _is_kept(pairs: Pairs, everywhere: Pairs, near: Iterable[Pairs]) -> bool:
    """Whether a paragraph was split, or reworded: all others together have most of it, and one has some."""
    kept, needed = len(pairs & everywhere), _KEPT * len(pairs)
    return kept >= needed and (kept >= _SCATTERED * len(pairs) or any(len(pairs & each) >= needed for each in near))


def _is_spelt_like(letters: str, others: str) -> bool:
    return Indel.normalized_similarity(letters, others, score_cutoff=_SPELT) > 0


def _words(paragraph: str) -> list[str]:
    return list(map(same_letters, _WORD.findall(paragraph)))


def _pairs(words: Sequence[str]) -> Pairs:
    return frozenset(pairwise(words)) or frozenset(pairwise(["", *words]))


def _has_other_facts(part: Part) -> bool:
    """Whether other numbers, names or offices stand in what changed.

    What went at one place and came at another was moved; what stands in place of another was changed.
    """
    old, new = Named(part.before), Named(part.after)
    aside = _set_aside(part)
    starts = [start for start, _ in aside]
    paragraphs = {*part.before.split(BREAK)} & {*part.after.split(BREAK)}
    went: Counter[str] = Counter()
    came: Counter[str] = Counter()
    for each, stretch in zip(part.found, part.stretches(), strict=True):
        place = bisect_right(starts, each.new_start) - 1
        if (place >= 0 and each.new_stop <= aside[place][1]) or _is_elsewhere(part, each, stretch, paragraphs):
            continue
        gone, here = old.within(each.start, each.stop), new.within(each.new_start, each.new_stop)
        gone += _minuses(part.before, each.start, each.stop)
        here += _minuses(part.after, each.new_start, each.new_stop)
        if gone and here and gone != here:
            return True
        if gone != here:
            went.update(gone)
            came.update(here)
    return went != came


def _minuses(text: str, start: int, stop: int) -> list[str]:
    return ["-" for match in _MINUSES.finditer(text, start, stop + 1) if match.start() < stop]


def _is_elsewhere(part: Part, each: Changed, stretch: tuple[str, str], paragraphs: set[str]) -> bool:
    """Whether a change brings nothing: the same letters, or paragraphs that both texts have, moved or doubled."""
    gone, here = stretch
    if gone.strip() and here.strip():
        return not part.has_other_letters(each)
    return all(paragraph in paragraphs for paragraph in (gone or here).split(BREAK) if paragraph)


def _set_aside(part: Part) -> list[tuple[int, int]]:
    """Where paragraphs stand, breaks around them included, that were added or that say that the page was edited."""
    old, new = part.before.split(BREAK), part.after.split(BREAK)
    added = set(_without_counterpart(new, old))
    found, start = [], 0
    for place, paragraph in enumerate(new, start=1):
        stop = start + len(paragraph)
        if place in added or _says(paragraph, part.field):
            found.append((start - len(BREAK), stop + len(BREAK)))
        start = stop + len(BREAK)
    return found


def _declares(parts: Sequence[Part]) -> bool:
    said = {line for part in parts for line in part.before.split(BREAK)}
    return any(_says(line, part.field) for part in parts for line in part.after.split(BREAK) if line not in said)


def _says(line: str, field: Field) -> bool:
    if len(line) > _LINE:
        return False
    return bool(_DECLARES.search(line) or (field != "body" and _HEADLINE_DECLARES.search(line)))
