"""The days that a text names, where it names them.

`18 March`, `March 18`, `on March 18, 2020`, `18th of March`, `12 to 14 May 2023`, `May 25 to June 4`,
`2020年4月29日`, `11月23日至26日`, `7日`, `31 de marzo de 2017`, `15 января 2016 г.`, `31.05.2023`, `2017/03/31`; and
`today`, `昨天`, which count from the day of writing. Digits of any script. A form that two countries read
differently (08/29/16) names no day. Where the year is not said with the day, what stands beside may say it.

Each number is looked at once, with a bounded stretch on either side of it: the time grows with the text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from parsers.dates import FIRST_YEAR, LAST_YEAR
from parsers.facts.other_years import year_unread, years_beside
from parsers.months import LONGEST, MONTHS


@dataclass(frozen=True, slots=True)
class DayNamed:
    """A day that a text names, or the first and the last of several.

    Attributes:
        start: code point at which the words begin.
        stop: code point after the last.
        year: None where the words do not say it.
        month: None where the words say the day of a month alone, or count from the day of writing.
        day: None where they count from the day of writing.
        until: year, month and day of the last day named, where the words name several; as above.
        ago: days before the day of writing: 0 is today, 1 yesterday; None where the words name a day itself.
        year_unread: whether words beside it say its year in a way that is not read: `last year`, 令和2年.
        years_beside: years that stand near and may be its own.
    """

    start: int
    stop: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    until: tuple[int | None, int | None, int] | None = None
    ago: int | None = None
    year_unread: bool = False
    years_beside: frozenset[int] = frozenset()

    @property
    def full(self) -> date | None:
        """The day, the first of several, where the words say all of it."""
        return self.in_year(self.year) if self.year else None

    @property
    def last(self) -> date | None:
        """The last of several days, the day itself where it is one; where the words say all of it."""
        if not self.until:
            return self.full
        year, month, day = self.until
        return day_of(year, month, day) if year and month else None

    def in_year(self, year: int) -> date | None:
        """The day, the first of several, as it falls in a year; None where it does not, or no month is said."""
        return day_of(year, self.month, self.day) if self.month and self.day else None


def day_of(year: int, month: int, day: int) -> date | None:
    """The day of a calendar, None where it has none such."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


_NUMBER = re.compile(r"\d+")
_GLUED = re.compile(r"[\w.,:/+$€£-]")  # before a number: then it is part of something else
_S = r"\s{0,2}"  # more white space parts no words; bounded, for it stands in rows
_TH = r"(?:st|nd|rd|th|er|\.?[ºª°])?"
_TO = rf"{_S}(?:-|–|—|−|~|to|until|till|through|and|&|bis|und|au|et|al|y|a|e|по|и|إلى|و){_S}"
_OF = rf"{_S}(?:of|de|do|d['’]|-)?{_S}"
_YEAR = r"(?P<year>\d{4})(?!\d|%|[.,]\d)"
_THEN_YEAR = (
    rf"(?:(?:{_S},?{_S}(?:de|del|do|عام|سنة)?|{_S}(?:of|in)(?=\s)|{_S}(?P<open>[(（])){_S}{_YEAR}(?(open){_S}[)）]))?"
)
_NO_COUNT = r"(?!\d|[:%]|\.\d|,\d(?!\d{3}\b)|\s(?:million|billion|percent))"  # 20,000 people, 20:30
_NAMES = rf"[^\W\d_]{{2,12}}(?:\s(?:الثاني|الأول))?(?:\.(?={_S}[\d,]))?"

# From the first digit on.
_ISO = re.compile(r"(?P<year>\d{4})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?!\d|[-/.]\d)")
_DOTTED = re.compile(r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})(?!\d|\.\d)")
_HAN_TO = r"\s?(?:至|到|-|—{1,2}|–|~|～|、|和)\s?"
_HAN = re.compile(
    r"(?:(?P<year>\d{4})\s?年\s?)?(?P<month>\d{1,2})\s?月\s?(?P<day>\d{1,2})\s?(?:日|号)?"
    rf"(?:{_HAN_TO}(?:(?:(?P<year2>\d{{4}})\s?年\s?)?(?P<month2>\d{{1,2}})\s?月\s?)?(?P<day2>\d{{1,2}})\s?日)?"
)
_HAN_DAY = re.compile(rf"(?P<day>\d{{1,2}})(?:\s?日?{_HAN_TO}(?P<day2>\d{{1,2}}))?\s?日(?![本元])")
_DAY_FIRST = re.compile(
    rf"(?P<day>\d{{1,2}}){_TH}\.?(?:{_TO}(?P<day2>\d{{1,2}}){_TH}\.?)?{_OF}(?P<name>{_NAMES}){_THEN_YEAR}"
)
_TWO_MONTHS = re.compile(
    rf"(?P<day>\d{{1,2}}){_TH}\.?{_OF}(?P<name>{_NAMES})(?:{_S},?{_S}(?P<year1>\d{{4}}))?{_TO}"
    rf"(?P<day2>\d{{1,2}}){_TH}\.?{_OF}(?P<name2>{_NAMES}){_THEN_YEAR}"
)
# After the name of a month.
_MONTH_FIRST = re.compile(
    rf"(?P<day>\d{{1,2}}){_TH}{_NO_COUNT}(?:(?:{_S},?{_S}(?P<year1>\d{{4}}))?"
    rf"{_TO}(?:(?P<name2>{_NAMES}){_S})?(?P<day2>\d{{1,2}}){_TH}{_NO_COUNT})?{_THEN_YEAR}"
)
_MONTH_BEFORE = re.compile(r"([^\W\d_]{3,12})\.?\s?(?:the\s)?$")
_AGO = {
    0: "today|this morning|this afternoon|this evening|tonight|今天|今日|今晨|今早|今晚"
    "|aujourd'hui|aujourd’hui|hoy|hoje|heute|сегодня",
    1: "yesterday|昨天|昨日|昨晨|昨晚|ayer|ontem|gestern|вчера",
}
_COUNTED = {
    form: ago for ago, forms in _AGO.items() for word in forms.split("|") for form in {word, word[0].upper() + word[1:]}
}
_OWNED = re.compile("['’]s|的")  # today's world is no day


def days_named(words: str) -> tuple[DayNamed, ...]:
    """Every day that words name, in order; nothing is inferred.

    Offsets count code points of `words`. The year stands in it only where the words say it; of
    `12 to 14 May 2023` both days have it.
    """
    return tuple(sorted((*_written(words), *_counted(words)), key=lambda each: each.start))


def _counted(words: str) -> Iterator[DayNamed]:
    for form, ago in _COUNTED.items():
        start = words.find(form)
        while start >= 0:
            stop = start + len(form)
            whole = _is_han(form[0]) or not (words[start - 1 : start].isalnum() or words[stop : stop + 1].isalnum())
            if whole and not _OWNED.match(words, stop):
                yield DayNamed(start, stop, ago=ago)
            start = words.find(form, stop)


def _written(words: str) -> Iterator[DayNamed]:
    done = 0
    for number in _NUMBER.finditer(words):
        start, size = number.start(), number.end() - number.start()
        if start < done or size > 4 or size == 3:
            continue
        found = _at(words, start, size, done)
        if found:
            done = found.stop
            yield _with_beside(words, found) if found.month and not found.year else found


def _with_beside(words: str, day: DayNamed) -> DayNamed:
    span = words, day.start, day.stop
    return replace(day, year_unread=year_unread(*span), years_beside=years_beside(*span))


def _at(words: str, start: int, size: int, done: int) -> DayNamed | None:
    """The day whose first number begins here, if any."""
    if size == 4:
        return _numeric(_ISO, words, start) or _numeric(_HAN, words, start)
    month = _month_before(words, start, done)
    if month:
        found = _MONTH_FIRST.match(words, start)
        return found and _month_first(found, *month)
    glued = start and _GLUED.match(words[start - 1]) and not _is_han(words[start - 1])
    if glued:
        return None
    return (
        _numeric(_HAN, words, start)
        or _numeric(_HAN_DAY, words, start)
        or _numeric(_DOTTED, words, start)
        or _day_first(words, start)
    )


def _is_han(char: str) -> bool:
    return "\u3040" <= char <= "\u9fff"


def _numeric(form: re.Pattern[str], words: str, start: int) -> DayNamed | None:
    match = form.match(words, start)
    if not match:
        return None
    parts = match.groupdict()
    if form is _HAN and not match[0].endswith(("日", "号")):
        return None
    return _named(match, start, _int(parts.get("year")), _int(parts.get("month")), _until(parts))


def _until(parts: dict[str, str | None]) -> tuple[int | None, int | None, int] | None:
    day = _int(parts.get("day2"))
    if not day:
        return None
    return (
        _int(parts.get("year2")) or _int(parts.get("year")),
        _int(parts.get("month2")) or _int(parts.get("month")),
        day,
    )


def _day_first(words: str, start: int) -> DayNamed | None:
    match = _TWO_MONTHS.match(words, start)
    first, last = (_month(match["name"]), _month(match["name2"])) if match else (None, None)
    if match and first and last:
        year = _int(match["year"])
        first_year = _int(match["year1"]) or _turned(year, first, last)
        return _named(match, start, first_year, first, (year, last, int(match["day2"])))
    match = _DAY_FIRST.match(words, start)
    month = _month(match["name"]) if match else None
    if not match or not month:
        return None
    year, last_day = _int(match["year"]), _int(match["day2"])
    return _named(match, start, year, month, (year, month, last_day) if last_day else None)


def _month(name: str) -> int | None:
    return MONTHS.get(name.rstrip("."))


def _month_before(words: str, start: int, done: int) -> tuple[int, int] | None:
    """Number of the month that is named right before, and where its name begins."""
    stretch = words[max(done, start - LONGEST - 6) : start]
    match = _MONTH_BEFORE.search(stretch)
    if not match or match[1] not in MONTHS:
        return None
    begin = start - len(stretch) + match.start()
    if begin and (words[begin - 1].isalnum() or words[begin - 1] == "-"):
        return None
    return MONTHS[match[1]], begin


def _month_first(match: re.Match[str], month: int, begin: int) -> DayNamed | None:
    year, last_day, name = _int(match["year"]), _int(match["day2"]), match["name2"]
    last = _month(name) if name else month
    if not last:
        return _cut(match, month, begin)
    first_year = _int(match["year1"]) or _turned(year, month, last)
    until = (year or first_year, last, last_day) if last_day else None
    return _named(match, begin, first_year if last_day else year, month, until)


def _cut(match: re.Match[str], month: int, begin: int) -> DayNamed | None:
    """Only the first day of `March 18 and Lithuania 3`."""
    day, year = int(match["day"]), _int(match["year1"])
    stop = match.end("year1") if year else match.end("day")
    return DayNamed(begin, stop, year, month, day) if _fits(year, month, day) else None


def _turned(year: int | None, first: int, last: int) -> int | None:
    """The year of the first day where that of the last is said: `30 December to 2 January 2020`."""
    return year - 1 if year and first > last else year


def _named(
    match: re.Match[str],
    start: int,
    year: int | None,
    month: int | None,
    until: tuple[int | None, int | None, int] | None,
) -> DayNamed | None:
    day = int(match["day"])
    if not _fits(year, month, day) or (until and not _fits(*until)):
        return None
    return DayNamed(start, match.start() + len(match[0].rstrip()), year, month, day, until)


def _fits(year: int | None, month: int | None, day: int) -> bool:
    """Whether a calendar has the day, in a leap year where no year is said."""
    if year is not None and not FIRST_YEAR <= year < LAST_YEAR:
        return False
    return day_of(year or 2000, month or 1, day) is not None


def _int(digits: str | None) -> int | None:
    return int(digits) if digits else None
