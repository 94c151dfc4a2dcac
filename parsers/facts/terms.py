"""When a text can have been written, by the offices and the terms that it names.

Who is called foreign minister was foreign minister when the text was written; what is called COVID-19 had that
name. The tables come from seeds/reference.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from parsers.facts.records import Interval, Text
from parsers.release import Field

_LOOKED_AT = 20_000  # characters of a body; who matters is named early
_BEFORE = 120  # characters before a name in which its office may stand
_MOST = 20  # names and terms that speak
# A text comes out a few days after what it tells, and east of where an office was taken over.
_LATER, _EARLIER = timedelta(days=7), timedelta(days=1)

_HONORIFIC = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|H\.E|Senator|General)\b\.?\s)+$")
_OTHER_OFFICE = re.compile(
    r"\b(?:former|ex|then|late|vice|deputy|assistant|under|acting|shadow|future|incoming|next|designate|past|interim)[\s-]*$"
    r"|[前原副代故](?:任|理)?$|时任$|候任$|当选$|助理$",
    re.IGNORECASE,
)
# Characters that write the sound of foreign names: before one of them a name may go on (克里, 克里斯托弗).
_SOUNDS = frozenset("斯特尔拉尼克德森夫卡马罗莱希亚伊奥布巴达法格哈赫姆普里利林曼蒙纳诺帕佩萨塞索塔图托瓦维沃雅扎泽·")


@dataclass(frozen=True, slots=True)
class Bound:
    """Words that bound the day of writing, and where they stand; method `tenure` or `first_known`."""

    method: str
    field: Field
    start: int
    stop: int
    written: Interval


class Terms:
    """Offices held and terms known, looked for in texts."""

    def __init__(
        self,
        tenures: Iterable[tuple[tuple[str, ...], tuple[str, ...], date | None, date | None]] = (),
        first_known: Iterable[tuple[tuple[str, ...], date]] = (),
    ) -> None:
        """Take the tables.

        Args:
            tenures: names of a person, names of an office, first and last day of it; None leaves an end open. Who
                held it twice stands twice.
            first_known: names of a thing, and the day before which nobody used them.
        """
        held: dict[str, dict[str, Interval]] = defaultdict(dict)
        for names, offices, earliest, latest in tenures:
            for name in names:
                for office in offices:
                    term = Interval(earliest, latest)
                    held[name][office] = held[name].get(office, term) | term
        # Of "Vice President" and "President" the longer is the office.
        self._offices = {
            name: sorted(offices.items(), key=lambda each: -len(each[0])) for name, offices in held.items()
        }
        self._terms = [(form, day) for forms, day in first_known for form in forms]

    def bounds(self, text: Text, told: int) -> tuple[Bound, ...]:
        """What the title, the subtitle and the body say, each office and term once, where it stands first.

        An office that is named further on may look back: there it bounds only the first day.

        Args:
            text: the text of a release.
            told: code point in the body where what the text tells first ends.
        """
        found: dict[str, Bound] = {}
        for field, words in text.fields():
            stretch = words[:_LOOKED_AT]
            for bound in (*self._named(field, stretch), *self._known(field, stretch)):
                further_on = field == "body" and bound.start >= told
                written = Interval(bound.written.earliest, None) if further_on else bound.written
                found.setdefault(words[bound.start : bound.stop], replace(bound, written=written))
        speaking = (bound for bound in found.values() if bound.written != Interval())
        return tuple(bound for bound, _ in zip(speaking, range(_MOST), strict=False))

    def _named(self, field: Field, words: str) -> Iterator[Bound]:
        for name, offices in self._offices.items():
            for start in _places(words, name):
                if words[start + len(name) : start + len(name) + 1] in _SOUNDS:
                    continue
                for office, held in offices:
                    begin = _office_before(words, start, office)
                    if begin is not None:
                        written = Interval(
                            held.earliest and held.earliest - _EARLIER, held.latest and held.latest + _LATER
                        )
                        yield Bound("tenure", field, begin, start + len(name), written)
                        break

    def _known(self, field: Field, words: str) -> Iterator[Bound]:
        for form, day in self._terms:
            start = next(_places(words, form), None)
            if start is not None:
                yield Bound("first_known", field, start, start + len(form), Interval(day, None))


def _places(words: str, form: str) -> Iterator[int]:
    """Where a form stands, not within another word."""
    start = words.find(form)
    while start >= 0:
        stop = start + len(form)
        if not (form[0].isascii() and words[start - 1 : start].isalnum()) and not (
            form[-1].isascii() and words[stop : stop + 1].isalnum()
        ):
            yield start
        start = words.find(form, stop)


def _office_before(words: str, name: int, office: str) -> int | None:
    """Where an office begins that stands right before a name and is held, not past or another's deputy's."""
    before = words[max(0, name - _BEFORE) : name]
    cut = _HONORIFIC.sub("", before).rstrip(" ")
    if not cut.endswith(office):
        return None
    rest = cut.removesuffix(office)
    if _OTHER_OFFICE.search(rest) or (office[0].isascii() and rest[-1:].isalpha()):
        return None
    return name - len(before) + len(rest)
