"""The day that a release gives to what it tells: where its words stand.

A day in the title is that of the act, unless the title only speaks about it. Else the first sentences tell who met,
called or visits, and when. Days that a question, a speech or a statement mentions are others' days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from parsers.dates import is_date_line
from parsers.facts import act_words as say
from parsers.facts.mentions import DayNamed, days_named
from parsers.facts.records import Text
from parsers.release import Field
from parsers.text import has_han

_LOOKED_AT = 4_000  # characters of a body
_LONGEST = 1_000  # characters of a sentence, of a title
_SENTENCES = {"announcement": 4, "readout": 2, "letter": 2}

_STOP = re.compile(
    # The stop first: looking back from every letter would take most of the time.
    r"[。！？]|\n|[.!?](?<!\bMr.)(?<!\bMrs.)(?<!\bMs.)(?<!\bDr.)(?<!\bSt.)(?<!\bNo.)(?<!\b[A-Z].)(?<!\bSept.)"
    r"(?=[\"”’)]*\s+[\"“(]?[^\W\d_a-z])(?!(?<=\d\.)\s(?:Jan|Feb|März|April|Mai|Ju[nl]i|August|Sept|Okt|Nov|Dez))"
)
_PREFACE = re.compile(
    r"[:：]$|\battribut(?:able|ed) to\b|^Office of the\b|^Begin text\b|\btext of (?:a|the) joint\b|^\W*$", re.IGNORECASE
)
_ASKS = re.compile(r"^(?:Q|A|问|答|[^\s:：]{1,24}记者|[A-Z][A-Z .’'-]{3,40}|Question|Answer)\s?[:：]")
_TOPIC = re.compile(
    r"\b(?:remarks|statement|comments?|response|responds|answers?|regarding|concerning|about|reply|readout|speech|question)\b"
    r".*\b(?:on|to|regarding|about|concerning|of)\s+\S.*\w|\banniversary\b|\bsince\b|\bcommemorat",
    re.IGNORECASE,
)
_HAN_TOPIC = re.compile(r"就|关于|针对|周年|纪念")
_DATED = re.compile(r"\s*(?:Dear|Your (?:Excellency|Majesty|Royal Highness)|Excellency|尊敬的)\b")


@dataclass(frozen=True, slots=True)
class Told:
    """A day given to the act: where it stands, and whether it lies ahead of the writing."""

    field: Field
    day: DayNamed
    ahead: bool


def days_told(text: Text) -> tuple[Told, ...]:
    """The days that a text gives to its act, the most telling first: of the title, of the subtitle, of the body."""
    told = [
        *_titled(text, "title", text.title[:_LONGEST]),
        *_titled(text, "subtitle", (text.subtitle or "")[:_LONGEST]),
    ]
    return (*told, *_in_body(text))


def told_until(body: str) -> int:
    """Code point at which the first sentence ends that is more than a preface."""
    for start, stop in _sentences(body[:_LOOKED_AT]):
        if not _PREFACE.search(body[start:stop].strip()):
            return stop
    return min(len(body), _LOOKED_AT)


def _titled(text: Text, field: Field, words: str) -> Iterator[Told]:
    at_home = say.AT_HOME.match(words)
    if at_home and text.kind == "statement" and field == "title":
        # It is made by being published; a copy on another site, which may come later, names the country.
        yield Told(field, DayNamed(0, at_home.end(), ago=0), ahead=False)
    days = [day for day in days_named(words) if day.day and day.month]
    if not days or len({(day.month, day.day) for day in days}) > 1:
        return
    first = max(days, key=lambda day: (day.year is not None, -day.start))
    before = words[: first.start]
    if _TOPIC.search(before) or _HAN_TOPIC.search(before) or say.NAMES_IT.match(words, first.stop):
        return
    yield Told(field, first, ahead=text.kind == "announcement")


def _in_body(text: Text) -> Iterator[Told]:
    body = text.body[:_LOOKED_AT]
    days = days_named(body)
    dated = _dated_letter(body, days) if text.kind == "letter" else None
    if dated:
        yield Told("body", dated, ahead=False)
        return
    read = 0
    for start, stop in _sentences(body):
        sentence = body[start:stop]
        if _ASKS.match(sentence) or read >= _SENTENCES.get(text.kind or "", 1):
            return
        within = [day for day in days if start <= day.start < stop]
        if is_date_line(sentence):
            if text.kind in ("speech", "press_conference", "joint_statement", "other") and within:
                yield Told("body", within[0], ahead=False)
                return
            continue
        if _PREFACE.search(sentence):
            continue
        read += 1
        for day in within:
            ahead = _given(text, sentence, sentence[: day.start - start], sentence[day.stop - start :], day)
            if ahead is not None:
                yield Told("body", day, ahead=ahead)
                return


def _dated_letter(body: str, days: tuple[DayNamed, ...]) -> DayNamed | None:
    return next((day for day in days if day.full and _DATED.match(body, day.stop)), None)


def _sentences(body: str) -> Iterator[tuple[int, int]]:
    """Where sentences begin and end, without white space around them; longer ones than any are cut."""
    begin = 0
    for stop in chain((match.end() for match in _STOP.finditer(body)), [len(body)]):
        sentence = body[begin:stop]
        start = begin + len(sentence) - len(sentence.lstrip())
        end = begin + len(sentence.rstrip())
        begin = stop
        if end > start:
            yield start, min(end, start + _LONGEST)


def _given(text: Text, sentence: str, before: str, after: str, day: DayNamed) -> bool | None:
    """Whether a sentence gives its act a day that lies ahead; None where it does not give it this day.

    Args:
        text: for its kind and language.
        sentence: the sentence.
        before: its words before the day.
        after: its words after.
        day: the day.
    """
    if text.kind in ("speech", "press_conference"):
        return None
    if has_han(sentence):
        return _given_in_han(text, before, after, day)
    if text.kind in ("statement", "joint_statement", "spokesperson_qa"):
        return _stated(before, after, day)
    if text.kind == "other" and day.ago == 0 and not say.TOLD.search(before):
        return _stated(before, after, day)
    if text.language not in ("en", None):
        opens = say.OPENS_ELSEWHERE.match(before) and len(after) > 20
        return False if opens and text.kind in ("readout", "other") else None
    return _given_in_english(text, before, after)


def _stated(before: str, after: str, day: DayNamed) -> bool | None:
    """Of a statement: today, or the day on which the ministry itself speaks."""
    if day.ago is not None:
        now = day.ago == 0 and not say.NO_DAY_BEFORE.search(before) and not say.NO_DAY_AFTER.match(after)
        return False if now else None
    return False if say.OPENS.match(before) and say.MINISTRY.match(after) else None


def _given_in_english(text: Text, before: str, after: str) -> bool | None:
    verb = say.WROTE if text.kind == "letter" else say.TOLD
    if say.OPENS.match(before):
        found = verb.search(after)
        return bool(found and found.groupdict().get("ahead")) if found else None
    if (say.OF.search(before) and not say.PART_OF_DAY.search(before)) or say.NAMES_IT.match(after):
        return None
    verbs = list(verb.finditer(before))
    if not verbs or say.PARTS.search(before, verbs[-1].end()):
        return None
    return bool(verbs[-1].groupdict().get("ahead"))


def _given_in_han(text: Text, before: str, after: str, day: DayNamed) -> bool | None:
    if say.HAN_FAR.match(after):
        return None
    speaks = text.kind in ("statement", "joint_statement", "spokesperson_qa")
    if speaks:
        if day.ago is not None:
            return False if day.ago == 0 and text.kind != "spokesperson_qa" and not before.strip() else None
        return False if say.HAN_OPENS.match(before) and say.HAN_SPOKE.match(after) else None
    verb = say.HAN_VERB.search(after)
    if not verb:
        return None
    at = say.HAN_AT.search(before)
    if say.HAN_OPENS.match(before) or at:
        will = (at and at["ahead"]) or say.HAN_WILL.search(after[: verb.start()])
        return bool(will)
    # 王毅3月18日同某人通电话: who, when and what in one breath.
    return False if text.kind == "readout" and len(before) <= 40 and not say.HAN_TOPIC.search(before) else None
