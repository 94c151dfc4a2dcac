"""Words -> the day (and minute) that they state; nothing is guessed.

Forms: `2023-02-04 11:14`, `2017/03/31`, `2020年4月29日 17:46`, full-width digits, `18 November 2019`,
`September 27 , 2019`, `31.05.2023`, `08 May 2024, 23:15`, RFC 822, ISO 8601 with an offset.
A form that two countries read differently (08/29/16) is read by no rule here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from parsers.months import ENGLISH
from parsers.release import DateGiven, DateMethod, Precision
from parsers.text import has_han

FIRST_YEAR, LAST_YEAR = 1900, 2100

_MONTHS = {name.lower(): number for name, number in ENGLISH.items()}
_MONTH = rf"(?P<name>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_TIME = (
    r"(?:[\sT,，]*(?<!\d)(?P<hour>[01]?\d|2[0-3])[:：](?P<minute>[0-5]\d)(?:[:：](?P<second>[0-5]\d)(?:\.\d+)?)?(?!\d)"
    r"(?:\s*(?P<half>[ap])\.?m\b\.?)?)?"
)
_FORMS = tuple(
    re.compile(form + _TIME, re.IGNORECASE)
    for form in (
        r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<year>\d{4})\s*年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*日",
        r"(?<![\d.])(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})(?!\d|\.\d)",
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH}\s*,?\s*(?P<year>\d{{4}})(?!\d)",
        rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s*(?P<year>\d{{4}})(?!\d)",
    )
)
_OFFSET = re.compile(r"\s*(?:(?P<zero>Z|GMT|UTC)|(?P<sign>[+-])(?P<hours>[01]\d):?(?P<minutes>[0-5]\d))(?![\w:+-])")
_OTHER_ZONE = re.compile(r"\s*\(?(?:[A-Z]{1,4}T|GMT|UTC)\b")  # a time in a zone that we do not read is no time
_WEEKDAY = re.compile(r"^\s*(?:mon|tue|wed|thu|fri|sat|sun)\w*,?\s+", re.IGNORECASE)
_IN_A_SENTENCE = re.compile(r"^\s*on\b|^(?!\W*(?:updated|posted|published)).*\bon\s*$", re.IGNORECASE)
_SOURCE = re.compile(r"\s*[(（\[]|[\W_]*(?:source|from|by|来源)\b", re.IGNORECASE)
_ENDS_A_SENTENCE = re.compile(r"(?<![ap]\.m)[.。!！?？]\W*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stated:
    """A day, and the local time where one is stated; `instant` only where an offset is."""

    day: date
    hour_minute: tuple[int, int] | None = None
    instant: datetime | None = None
    start: int = 0
    stop: int = 0


def stated(text: str) -> Stated | None:
    """The first full day that a text states, else None. 00:00 is how a CMS says "time unknown"."""
    # NFKC keeps the length of full-width digits and colons, so offsets stay true for them.
    plain = text if text.isascii() else "".join(_half_width(char) for char in text)
    first = _FORMS[0].match(plain)  # the commonest form; nothing can stand before it
    rest = (match for form in _FORMS for match in form.finditer(plain))
    day = first and _day(first)
    if first and day:
        return _timed(first, day, _OFFSET.match(plain, first.end()))
    for match in sorted(rest, key=lambda match: match.start()):
        day = _day(match)
        if day:
            return _timed(match, day, _OFFSET.match(plain, match.end()))
    return None


def _half_width(char: str) -> str:
    wide = unicodedata.normalize("NFKC", char)
    return wide if len(wide) == 1 else char


def _day(match: re.Match[str]) -> date | None:
    parts = match.groupdict()
    name = parts.get("name")
    month = _MONTHS[name.lower()] if name else int(parts["month"])
    year = int(parts["year"])
    if not FIRST_YEAR <= year < LAST_YEAR:
        return None
    try:
        return date(year, month, int(parts["day"]))
    except ValueError:
        return None


def _timed(match: re.Match[str], day: date, offset: re.Match[str] | None) -> Stated:
    time = _hour_minute(match)
    if time is None:
        return Stated(day, None, None, match.start(), match.end())
    if offset is None:
        untold = time == (0, 0) or _OTHER_ZONE.match(match.string, match.end())
        return Stated(day, None if untold else time, None, match.start(), match.end())
    east = timedelta(hours=int(offset["hours"] or 0), minutes=int(offset["minutes"] or 0))
    zone = timezone(-east if offset["sign"] == "-" else east)
    instant = datetime(day.year, day.month, day.day, *time, int(match["second"] or 0), tzinfo=zone).astimezone(UTC)
    return Stated(day, time, instant, match.start(), offset.end())


def _hour_minute(match: re.Match[str]) -> tuple[int, int] | None:
    if not match["hour"]:
        return None
    hour, half = int(match["hour"]), (match["half"] or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour, int(match["minute"])


def is_day(text: str) -> bool:
    """Whether a line is a day, perhaps a time, and nothing else."""
    found = stated(text) if len(text) <= 30 else None
    return found is not None and (found.start, found.stop) == (0, len(text))


def is_date_line(text: str) -> bool:
    """Whether a line is a date and little else: an issuer or "Updated:" before it, a bracket."""
    found = stated(text) if len(text) <= 80 else None
    if found is None or _ENDS_A_SENTENCE.search(text):
        return False
    before, after = _WEEKDAY.sub("", text[: found.start]), text[found.stop :]
    if _IN_A_SENTENCE.search(before) or re.search(r"[.。!?？！](?:\s|$)", before):
        return False
    return _length(before) <= 30 and (_length(after) <= 12 or (_length(after) <= 60 and bool(_SOURCE.match(after))))


def _length(text: str) -> int:
    # A Chinese character says as much as three Latin letters.
    return sum(3 if has_han(char) else char.isalnum() for char in text)


def given(method: DateMethod, text: str, zone: str | None) -> DateGiven | None:
    """What words say of the publication day, in the issuer's zone; None where they state no day.

    With an offset the instant is known and the day is the one in `zone`; without, the day is as
    written, and the instant is known only where a time and the zone are.
    """
    found = stated(text)
    if found is None:
        return None
    words = text[found.start : found.stop].strip()
    precision: Precision = "minute" if found.hour_minute or found.instant else "day"
    if found.instant:
        local = found.instant.astimezone(ZoneInfo(zone)) if zone else found.instant
        return DateGiven(method, words, local.date(), found.instant, precision, zone or "UTC")
    at = None
    if found.hour_minute and zone:
        hour, minute = found.hour_minute
        day = found.day
        local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone))
        at = local.astimezone(UTC)
    return DateGiven(method, words, found.day, at, precision, zone)
