"""Years that stand beside a day which is named without one: any of them may be its year.

`March 18 last year`, `3月18日` after 去年 or 令和2年, `18 mars dernier`, `(2019, March 18)`, `18 March '19`. What
`this year`, `last week` and `last Monday` say is the nearest day anyway.
"""

from __future__ import annotations

import re

from parsers.dates import FIRST_YEAR, LAST_YEAR
from parsers.months import MONTHS

_NEAR = 24  # code points on either side that are looked at
_STOP = re.compile(r"[。！？；\n]|(?<=\w\w\w)[.!?;](?=\s)")

# Words for another year than that of the writing.
_YEAR_WORDS = re.compile(
    r"\b(?:last|next|previous|prior|preceding|following|past|same|that|another|every|each)\s+years?\b"
    r"|\byears?\s+(?:ago|earlier|before|later)\b"
    r"|\bann?ée\s+(?:dernière|passée|précédente|prochaine|suivante)|\ban\s+(?:dernier|passé|prochain)\b"
    r"|\baño\s+(?:pasado|anterior|próximo|siguiente|que viene)|\b(?:pasado|próximo|mismo)\s+año\b"
    r"|\bano\s+(?:passado|anterior|próximo|seguinte|que vem)|\b(?:passado|próximo|mesmo)\s+ano\b"
    r"|\banno\s+(?:scorso|passato|precedente|prossimo)|\b(?:scorso|prossimo)\s+anno\b"
    r"|\b(?:vorig|vorherig|letzt|vergangen|nächst|kommend|folgend|selb)\w{0,2}\s+jahr|\bvorjahr"
    r"|\b(?:прошл|минувш|предыдущ|следующ|будущ)\w{1,3}\s+год"
    r"|(?:العام|السنة|عام|سنة)\s(?:الماضي|الماضية|المقبل|المقبلة|القادم|القادمة)"
    r"|[去前明后後翌次上昨来來同当當每]年(?![度会會级級])",
    re.IGNORECASE,
)
# Right beside the day; with a word between they count weeks or weekdays.
_ENGLISH = r"(?:last|next|past|previous)\b"
_OTHERS = (
    r"(?:dernier|prochain|passé|pasado|passado|último|próximo|scorso|prossimo"
    r"|(?:vorig|letzt|vergangen|nächst|kommend)\w{0,2})\b"
)
_BEFORE = re.compile(rf"\b(?:{_ENGLISH}|{_OTHERS})\s$|(?<![今本])年的?\s{{0,2}}$", re.IGNORECASE)
_AFTER = re.compile(
    rf"\W{{0,3}}(?:{_ENGLISH}(?!\s+\w)|{_OTHERS})|\s?,?\s?\(?['’‘`´]\d\d(?!\w)|-\d\d(?!\w)", re.IGNORECASE
)

_BARE = re.compile(
    r"(?<![\dA-Za-z/$€£+-])(?<!\d[.,])(?:[1１][9９]|[2２][0０])\d\d(?![\dA-Za-z%]|[-./,:]\d|\s?[\u3400-\u9fff](?<!年))"
)
_OWNER = re.compile(r"([^\W\d_]+|\d)(?:st|nd|rd|th)?[.,]?\s{1,2}$")
_SAYS_A_YEAR = re.compile(r"(?:\b(?:in|of|year|an|année|año|ano|de|del|do|anno|Jahr|года)\s|[(（])$", re.IGNORECASE)
_NAME_GOES_ON = re.compile(r"\s[A-Z]")  # the 2030 Agenda


def year_unread(words: str, start: int, stop: int) -> bool:
    """Whether words beside a day say its year in a way that is not read."""
    before, after = _around(words, start, stop)
    if _BEFORE.search(before) or _AFTER.match(after):
        return True
    return bool(_YEAR_WORDS.search(before)) or (not _in_han(words[start:stop]) and bool(_YEAR_WORDS.search(after)))


def years_beside(words: str, start: int, stop: int) -> frozenset[int]:
    """Years in digits that stand beside a day and may be its own."""
    before, after = _around(words, start, stop)
    years = {int(match[0]) for match in _BARE.finditer(before)}
    if not _in_han(words[start:stop]):
        years |= {int(match[0]) for match in _BARE.finditer(after) if not _of_another(after, match)}
    return frozenset(year for year in years if FIRST_YEAR <= year < LAST_YEAR)


def _in_han(day: str) -> bool:
    """Whether it is a day of Chinese or Japanese: there a year stands before its day."""
    return "月" in day


def _around(words: str, start: int, stop: int) -> tuple[str, str]:
    """What stands near on either side, within the sentence."""
    before, after = words[max(0, start - _NEAR) : start], words[stop : stop + _NEAR + 1]
    cut = _STOP.search(after)
    return _STOP.split(before)[-1], after[: cut.start()] if cut else after


def _of_another(after: str, year: re.Match[str]) -> bool:
    """Whether a year further on belongs to another day, another month or a name."""
    lead = after[: year.start()]
    owner = _OWNER.search(lead)
    if owner and (owner[1].isdigit() or owner[1] in MONTHS):
        return True
    return bool(_NAME_GOES_ON.match(after, year.end())) and not _SAYS_A_YEAR.search(lead)
