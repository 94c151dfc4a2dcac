"""Buckets of a text: two texts that may be one release share one, and hardly any others do.

A bucket is the hash of two things. One is what two sentences name (numbers, people, countries): a mirror names
the same, and another event told in the same words does not, nor does what shares a greeting or a closing
formula. The other is one of the least hashes of the runs of words of the other sentences (a bottom sketch,
after MinHash), in an order that the two draw: that none of fifteen is shared, by two texts that share two
thirds of their runs, happens once in ten million times. Of the first three sentences that name enough each two
serve, so that one may differ; where there are fewer, the one that names most alone too. A text that names too
little has longer runs instead.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, filterfalse, islice

import xxhash

from parsers.linking.named import OFFICES, YEAR, Named, plain, sentences, words_of

_ENOUGH = 3  # names and numbers that make a sentence tell one event
_SENTENCES = 3
_LEAST = 5  # buckets of two sentences, or of one
_LEAST_UNNAMED = 8  # buckets of a length of runs, where no sentence names enough
# Capitals that come and go with what stands before the sentence.
_OPENING = "the a an as in on at for to of and but we he she it they this these our my mr mrs ms dr"
_OPENERS = frozenset(_OPENING.split())
_RUN, _LONG_RUN = 4, 12  # words, or half as many again of Chinese characters
_SHORT = 48  # words; a shorter text without names has runs of both lengths
_DRAWN = 64  # least hashes from which each key draws
_FIRST = 200  # words by which Chinese is known
_READ = 6_000  # characters in which sentences are looked for
_STOPS = re.compile(r"[.!?;:。！？；：\n]+")
_hash = xxhash.xxh3_64_intdigest


def sketch(title: str, body: str) -> tuple[int, ...]:
    """At most 16 buckets, sorted, each of 63 bits without a sign; none where there is no word.

    The title serves only where there is no body: headlines of one release vary.
    """
    text = plain(body) if any(map(str.isalnum, body)) else plain(title)
    words = words_of(text)
    if not words:
        return ()
    by_characters = _is_by_characters(words)
    size = _RUN + by_characters * _RUN // 2
    found = list(islice(_telling(text), _SENTENCES))
    if found:
        # No run goes over a stop: it would tie a formula to what usually follows it.
        runs = set().union(*(_runs(words_of(sentence), size) for sentence in _STOPS.split(text)))
        return tuple(sorted(set(_named_buckets(found, runs or _runs(words, size), size))))
    sizes = (_RUN, _LONG_RUN) if len(words) < _SHORT else (_LONG_RUN,)
    runs_of = {size: _runs(words, min(len(words), size + by_characters * size // 2)) for size in sizes}
    return tuple(sorted({each for size in sizes for each in _buckets(str(size), runs_of[size], _LEAST_UNNAMED)}))


def _telling(text: str) -> Iterator[tuple[str, str]]:
    """The sentences that name enough, and what they name, but for years and offices, which a mirror may leave out."""
    for match in sentences(text, _READ):
        found = set(Named(match[0], nouns=True).within(0, len(match[0]))) - _OPENERS - OFFICES
        names = sorted(filterfalse(YEAR.fullmatch, found))
        if len(names) >= _ENOUGH:
            yield match[0], " ".join(names)


def _named_buckets(found: Sequence[tuple[str, str]], runs: set[int], size: int) -> Iterator[int]:
    own = [(names, _runs(words_of(sentence), size)) for sentence, names in found]
    for (names, here), (others, there) in combinations(own, 2):
        yield from _buckets("|".join(sorted((names, others))), runs - here - there or runs, _LEAST)
    if len(own) < _SENTENCES:
        names, here = max(own, key=lambda each: len(each[0].split()))
        yield from _buckets(names, runs - here or runs, 2 * _LEAST)


def _is_by_characters(words: Sequence[str]) -> bool:
    first = words[:_FIRST]
    return 2 * sum(len(word) == 1 and not word.isascii() for word in first) > len(first)


def _runs(words: Sequence[str], size: int) -> set[int]:
    """The hashes of the runs of so many words."""
    runs = map(" ".join, zip(*(islice(words, start, None) for start in range(size)), strict=False))
    return set(map(_hash, map(str.encode, set(runs))))


def _buckets(key: str, runs: Iterable[int], least: int) -> Iterator[int]:
    drawn = _hash(key.encode("utf-8", "replace"))
    for run in heapq.nsmallest(least, heapq.nsmallest(_DRAWN, runs), key=lambda run: run * (drawn | 1) % 2**64):
        yield _hash(f"{drawn}|{run}".encode()) >> 1
