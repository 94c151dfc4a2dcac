"""Whether two texts are one release on two sites, or another event told in the same words.

What differs decides, not how much of it: ministries tell call after call in one form, and mirrors differ by
a left-over of their page, a quotation mark, a word, a paragraph that was cut. One release they are where

* most of the shorter text stands in the longer, and the longer is not much longer;
* no number, name or office stands in place of another, anywhere (`parsers.linking.named`);
* the first sentence has none more or less, but for a year and offices; in scripts without capitals, where a
  name looks like any word, no other word at all;
* the titles do not each have a number that the other has not, or name whom neither the other nor the text knows;
* and a text too short to tell anything has the same title.

A translation is no mirror. Whether the days agree is not asked here: see `parsers.linking.groups`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from parsers.linking.named import OFFICES, YEAR, Named, plain, sentences, words_of
from parsers.linking.word_diff import BREAK, WORD, Changed, changes
from parsers.text import has_han

_WORD = re.compile(WORD)
_ORDINAL = re.compile(r"^0*(\d+)(?:st|nd|rd|th)?$")
_CONTAINED = 0.8  # share of the shorter text that stands in the longer
_ALIKE = 0.5  # of the longer that stands in the shorter: of two paragraphs one may be cut
_REPLACED = 0.1  # of the shorter that may be replaced by other words
_TELLING = 60  # letters, a Chinese character counted thrice: a shorter text may be anybody's
_LEAD = 30  # letters likewise: the first sentence is not shorter
# Headlines of one act vary by these.
_ACT_WORDS = (
    "speaks speak spoke holds hold held has had have talks talk telephone phone call calls conversation meets meet met",
    "meeting attends attend receives receive visits visit pays paid makes gives delivers statement remarks readout",
)
_ACTS = frozenset(word for words in _ACT_WORDS for word in words.split())
_OFFICE_WORDS = OFFICES | {"state", "foreign", "his", "her", "excellency", "mr", "mrs", "ms", "dr", "h", "e"}


@dataclass(frozen=True)
class Document:
    """A release's text, and its language as ISO 639-1, None where unknown."""

    title: str
    body: str
    language: str | None

    @cached_property
    def plain(self) -> str:
        """The body typed plainly: what differs by typing alone is the same."""
        return plain(self.body)

    @cached_property
    def words(self) -> list[str]:
        """Words of the body, whatever their width and case."""
        return words_of(self.plain)

    @cached_property
    def bag(self) -> Counter[str]:
        """How often each word stands in the body."""
        return Counter(self.words)

    @cached_property
    def named(self) -> Named:
        """What the body names; a German noun may be a name."""
        return Named(self.plain, nouns=True)


def compare(a: Document, b: Document) -> float | None:
    """How alike two texts are, above 0 to 1 for the same letters, if they are one release; None if they are not."""
    if (a.language and b.language and a.language != b.language) or _contradict(a, b):
        return None
    if (tells_little(a.body) or tells_little(b.body)) and _bare(a.title) != _bare(b.title):
        return None
    if a.words == b.words or "".join(a.words) == "".join(b.words):
        return 1.0 if a.words or not tells_little(a.title) else None
    return _near(a, b)


def tells_little(text: str) -> bool:
    """Whether a text is too short to tell it from another; its first 240 characters show it."""
    return _weight(text) < _TELLING


def _near(a: Document, b: Document) -> float | None:
    shared = (a.bag & b.bag).total()
    shorter, longer = sorted((len(a.words), len(b.words)))
    if shared < _CONTAINED * shorter or shared < _ALIKE * longer:
        return None  # long before words are aligned: most of what shares a bucket ends here
    found = changes(a.plain, b.plain)
    kept = len(a.words) - sum(len(_WORD.findall(a.plain, each.start, each.stop)) for each in found)
    if kept < _CONTAINED * shorter or kept < _ALIKE * longer or not _is_same_event(a, b, found):
        return None
    return round(2 * kept / (len(a.words) + len(b.words)), 4)


def _weight(text: str) -> int:
    return sum(3 if has_han(char) else char.isalnum() for char in text[: 4 * _TELLING])


def _bare(text: str) -> str:
    return "".join(words_of(text))


def _contradict(a: Document, b: Document) -> bool:
    """Whether each title has a number that the other has not, or the same words about somebody else."""
    mine, others = plain(a.title), plain(b.title)
    if mine == others:
        return False
    names, other_names = _names(mine), _names(others)
    only, only_others = names - other_names, other_names - names
    if any(map(str.isdecimal, only)) and any(map(str.isdecimal, only_others)):
        return True
    words, other_words = set(words_of(mine)), set(words_of(others))
    if 2 * len(words & other_words) < min(len(words), len(other_words)):
        return False
    return _is_unsupported(only, a, b) and _is_unsupported(only_others, a, b)


def _names(title: str) -> frozenset[str]:
    found = Named(title, nouns=True).within(0, len(title))
    return frozenset(_ORDINAL.sub(r"\1", name) for name in found) - _OFFICE_WORDS - _ACTS


def _is_unsupported(names: frozenset[str], a: Document, b: Document) -> bool:
    return any(not (_stands(name, a) and _stands(name, b)) for name in names)


def _stands(name: str, document: Document) -> bool:
    return name in (document.plain if has_han(name) else document.bag)


def _is_same_event(a: Document, b: Document, found: Sequence[Changed]) -> bool:
    leads = _lead(a.plain), _lead(b.plain)
    replaced = 0
    swaps: Counter[tuple[str, str]] = Counter()
    for each in (_without_lines(a.plain, b.plain, each) for each in found):
        gone, here = a.plain[each.start : each.stop], b.plain[each.new_start : each.new_stop]
        if _bare(gone) == _bare(here):
            continue
        one, other = a.named.within(each.start, each.stop), b.named.within(each.new_start, each.new_stop)
        if _bare(gone) and _bare(here):
            if one != other:
                return False
            replaced += min(len(words_of(gone)), len(words_of(here)))
            if _may_name(gone + here):
                swaps[(gone, here)] += 1
        elif not any(sentences(gone + here, len(gone + here))) and _has_figures(one + other):
            return False
        if _touches(each, leads) and not _agrees(gone, here, one, other):
            return False
    # The same word for the same other word, again and again, is a name where names look like words.
    return replaced <= max(1, _REPLACED * min(len(a.words), len(b.words))) and max(swaps.values(), default=0) < 2


def _has_figures(names: Sequence[str]) -> bool:
    return any(name[0].isdecimal() and not YEAR.fullmatch(name) for name in names)


def _without_lines(before: str, after: str, each: Changed) -> Changed:
    """A change without the whole paragraphs that went or came: what is left of a page, or was cut."""
    if each.stop > each.start and each.new_stop > each.new_start:
        return each
    went = each.stop > each.start
    text, start, stop = (before, each.start, each.stop) if went else (after, each.new_start, each.new_stop)
    if start == 0 or text[start - 1] == "\n":
        last = text.rfind(BREAK, start, stop)
        start = stop if stop == len(text) else start if last < 0 else last + len(BREAK)
    elif stop == len(text) or text[stop] == "\n":
        first = text.find(BREAK, start, stop)
        stop = stop if first < 0 else first
    if went:
        return Changed(start, stop, each.new_start, each.new_stop)
    return Changed(each.start, each.stop, start, stop)


def _lead(body: str) -> tuple[int, int]:
    """Where the first sentence stands."""
    for match in sentences(body, 4_000):
        if _weight(match[0]) >= _LEAD:
            return match.span()
    return 0, min(len(body), 200)


def _touches(each: Changed, leads: tuple[tuple[int, int], tuple[int, int]]) -> bool:
    (start, stop), (new_start, new_stop) = leads
    return each.start < stop and each.stop >= start and each.new_start < new_stop and each.new_stop >= new_start


def _agrees(gone: str, here: str, one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether a change in the first sentence leaves its event what it is."""
    if _may_name((gone + here).replace("年", "")):
        return False
    return all(name in _OFFICE_WORDS or YEAR.fullmatch(name) for name in _different(one, other))


def _different(one: Sequence[str], other: Sequence[str]) -> Iterator[str]:
    yield from (Counter(one) - Counter(other)).elements()
    yield from (Counter(other) - Counter(one)).elements()


def _may_name(words: str) -> bool:
    """Whether letters stand there of a script without capitals."""
    return any(char.isalpha() and char.lower() == char.upper() for char in words)
