"""Each form in which a day is stated; nothing else is one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from parsers.dates import FIRST_YEAR, LAST_YEAR, given, is_date_line, stated

FORMS = [
    ("2023-02-04 11:14", "2023-02-04", (11, 14)),
    ("2017/03/31", "2017-03-31", None),
    ("2005-10-25 00:00", "2005-10-25", None),
    ("Updated: August 24, 2016 23:58", "2016-08-24", (23, 58)),
    ("18 November 2019", "2019-11-18", None),
    ("Chinese Embassy, 18 November 2019", "2019-11-18", None),
    ("(2021-04-15)", "2021-04-15", None),
    ("（2021-04-15）", "2021-04-15", None),
    ("September 27 , 2019", "2019-09-27", None),
    ("31.05.2023", "2023-05-31", None),
    ("31.05.2023 - Artikel", "2023-05-31", None),
    ("08 May 2024, 23:15", "2024-05-08", (23, 15)),
    ("2020年4月29日", "2020-04-29", None),
    ("2020 年 4 月 29 日 17:46", "2020-04-29", (17, 46)),
    ("２０２０年４月８日", "2020-04-08", None),
    ("２０２０-０４-０８ １７：４６", "2020-04-08", (17, 46)),
    ("2024-03-04T17:46:09", "2024-03-04", (17, 46)),
    ("Friday, April 3, 2020, 5:46 p.m.", "2020-04-03", (17, 46)),
    ("April 3, 2020 12:05 AM", "2020-04-03", (0, 5)),
    ("1st March 2020", "2020-03-01", None),
    ("Sept. 3rd, 2020", "2020-09-03", None),
    ("2020-2-9", "2020-02-09", None),
    ("2020-02-29", "2020-02-29", None),
]


@pytest.mark.parametrize(("text", "day", "time"), FORMS)
def test_a_form_is_read(text: str, day: str, time: tuple[int, int] | None) -> None:
    found = stated(text)
    assert found is not None
    assert (found.day.isoformat(), found.hour_minute, found.instant) == (day, time, None)
    assert str(found.day.day) in "".join(str(int(c)) if c.isdigit() else c for c in text[found.start : found.stop])


INSTANTS = [
    ("Thu, 12 May 2022 02:30:11 +0000", "2022-05-12T02:30:11"),
    ("Thu, 12 May 2022 02:30:11 GMT", "2022-05-12T02:30:11"),
    ("12 May 2022 02:30 -0400", "2022-05-12T06:30:00"),
    ("2022-05-12T02:30:11Z", "2022-05-12T02:30:11"),
    ("2022-05-12T02:30:11.250+08:00", "2022-05-11T18:30:11"),
    ("2022-05-12 00:00:00 +0000", "2022-05-12T00:00:00"),
]


@pytest.mark.parametrize(("text", "instant"), INSTANTS)
def test_an_offset_gives_the_instant(text: str, instant: str) -> None:
    found = stated(text)
    assert found is not None
    assert found.instant == datetime.fromisoformat(instant).replace(tzinfo=UTC)


NO_DAY = [
    *("", "today", "今天", "7日", "4月8日", "On 18 March", "March 2020", "2020", "08/29/16", "29/08/2016", "11:14"),
    *(
        "2020-13-01",
        "2020-02-30",
        "2019-02-29",
        "31 April 2020",
        "2020-00-10",
        "0020-01-01",
        "1899-12-31",
        "2100-01-01",
    ),
    *(
        "12020-01-01",
        "2020-01-011",
        "t20200101",
        "20200101",
        "Marchand 3, 2020",
        "version 1.2.2020.5",
        "version 5.1.2.2020",
    ),
]


@pytest.mark.parametrize("text", NO_DAY)
def test_what_states_no_full_day_is_none(text: str) -> None:
    assert stated(text) is None
    assert given("date_line", text, "Asia/Shanghai") is None


def test_an_impossible_day_hides_no_possible_one() -> None:
    found = stated("2020-02-30, read 2020-03-01")
    assert found is not None
    assert found.day == date(2020, 3, 1)


def test_the_first_day_counts_in_whatever_form() -> None:
    found = stated("3 March 2020 (Updated: 2021-04-05)")
    assert found is not None
    assert found.day == date(2020, 3, 3)


@pytest.mark.parametrize("text", ["2020-04-08 24:00", "2020-04-08 11:60", "2020-04-08 1114", "2020-04-08 11:14 EST"])
def test_a_time_that_is_none_or_in_an_unread_zone_is_not_taken(text: str) -> None:
    found = stated(text)
    assert found is not None
    assert (found.day, found.hour_minute, found.instant) == (date(2020, 4, 8), None, None)


days = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR - 1, 12, 31))
PATTERNS = [
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%d.%m.%Y",
    "%d %B %Y",
    "%B %d, %Y",
    "%b %d %Y",
    "%Y年%m月%d日",
    "(%Y-%m-%d)",
    "Updated: %B %d, %Y",
]


@for_all(days, st.sampled_from(PATTERNS), st.times())
def test_what_is_written_is_read_back(day: date, pattern: str, time: object) -> None:
    found = stated(day.strftime(pattern))
    assert found is not None
    assert found.day == day
    hour, minute = time.hour, time.minute  # type: ignore[attr-defined]
    found = stated(f"{day.strftime(pattern)} {hour:02}:{minute:02}")
    assert found is not None
    closed = pattern.endswith(")")
    assert (found.day, found.hour_minute) == (day, None if closed or (hour, minute) == (0, 0) else (hour, minute))


@for_all(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    found = stated(text)
    assert found is None or FIRST_YEAR <= found.day.year < LAST_YEAR
    assert is_date_line(text) in (True, False)


# --- zones ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "zone", "day", "at", "precision"),
    [
        ("2024-03-04 17:46", "Asia/Shanghai", "2024-03-04", "2024-03-04T09:46", "minute"),
        ("2023-09-02 00:05", "Asia/Shanghai", "2023-09-02", "2023-09-01T16:05", "minute"),
        ("2023-09-02 00:00", "Asia/Shanghai", "2023-09-02", None, "day"),
        ("2023-09-02", "Asia/Shanghai", "2023-09-02", None, "day"),
        ("2023-02-04 11:14", None, "2023-02-04", None, "minute"),
        ("Thu, 12 May 2022 02:30:11 +0000", "America/New_York", "2022-05-11", "2022-05-12T02:30:11", "minute"),
        ("Thu, 12 May 2022 02:30:11 +0000", None, "2022-05-12", "2022-05-12T02:30:11", "minute"),
        ("2022-01-12 04:30 Z", "America/New_York", "2022-01-11", "2022-01-12T04:30", "minute"),  # -5 in winter
        ("2022-07-12 04:30 Z", "America/New_York", "2022-07-12", "2022-07-12T04:30", "minute"),  # -4 in summer
        ("2022-07-12 10:30", "America/New_York", "2022-07-12", "2022-07-12T14:30", "minute"),
        ("2022-01-12 10:30", "America/New_York", "2022-01-12", "2022-01-12T15:30", "minute"),
        ("1988-07-01 12:00", "Asia/Shanghai", "1988-07-01", "1988-07-01T03:00", "minute"),  # China's summer time
    ],
)
def test_the_day_is_the_issuers_and_the_instant_needs_a_zone(
    text: str, zone: str | None, day: str, at: str | None, precision: str
) -> None:
    found = given("date_line", text, zone)
    assert found is not None
    assert found.day.isoformat() == day
    assert found.at == (datetime.fromisoformat(at).replace(tzinfo=UTC) if at else None)
    assert found.precision == precision
    assert found.text in text


def test_an_hour_that_summer_time_skips_or_doubles_is_an_instant_all_the_same() -> None:
    for text in ("2022-03-13 02:30", "2022-11-06 01:30"):
        found = given("date_line", text, "America/New_York")
        assert found is not None
        assert found.at is not None
        assert found.day == date.fromisoformat(text[:10])


@for_all(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)), st.integers(-12, 14))  # noqa: DTZ001
def test_an_offset_and_its_instant_agree(local: datetime, hours: int) -> None:
    text = f"{local:%a, %d %b %Y %H:%M:%S} {'+' if hours >= 0 else '-'}{abs(hours):02}00"
    found = given("pub_date", text, "America/New_York")
    assert found is not None
    assert found.at is not None
    assert found.at.replace(tzinfo=None) == local.replace(microsecond=0) - timedelta(hours=hours)
    assert found.day == found.at.astimezone(ZoneInfo("America/New_York")).date()


# --- date lines ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [form[0] for form in FORMS]
    + [
        "2024-05-08 23:15 (From Chinese Consulate General in Munich)",
        "2020-04-29 来源：新华社",
        "发布时间：2020-04-29 10:00",
    ],
)
def test_a_date_line(line: str) -> None:
    assert is_date_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "On March 3, 2014, they met.",
        "On 18 March 2020 Lin Example had a phone call",
        "On 18 March 2020 they met",
        "March 3, 2014, they met.",
        "2020年4月29日，周样本同外长通电话。",
        "2020年4月29日外交部举行例行记者会",
        "March 3, 2014. The two sides met",
        "Lin Example's Regular Press Conference on May 22, 2018",
        "They met. 18 March 2020",
        "No date at all",
        "The visit of the minister will take place on 18 March 2020 " + "and after " * 3,
    ],
)
def test_a_sentence_with_a_day_in_it_is_no_date_line(line: str) -> None:
    assert not is_date_line(line)
