"""The days that words name: forms by language, spans, and what names no day."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.facts import DayNamed, days_named

ONE = [
    ("On 18 March, they spoke", "18 March", None, 3, 18),
    ("on March 18, 2020, they", "March 18, 2020", 2020, 3, 18),
    ("posted March 18,2020", "March 18,2020", 2020, 3, 18),
    ("the 18th of March", "18th of March", None, 3, 18),
    ("the 18th of March in 2019, they", "18th of March in 2019", 2019, 3, 18),
    ("on March 18 of 2019, they", "March 18 of 2019", 2019, 3, 18),
    ("on March 18 (2019), they", "March 18 (2019)", 2019, 3, 18),
    ("Talks, 18 March (2019)", "18 March (2019)", 2019, 3, 18),
    ("el marzo 18 de 2019", "marzo 18 de 2019", 2019, 3, 18),
    ("on March 18 (2019 and later)", "March 18", None, 3, 18),
    ("on September 27 , 2019", "September 27 , 2019", 2019, 9, 27),
    ("SINGAPORE 1 DECEMBER", "1 DECEMBER", None, 12, 1),
    ("on Sept. 12, they", "Sept. 12", None, 9, 12),
    ("the June 23 conference", "June 23", None, 6, 23),
    ("2020年4月29日 17:46", "2020年4月29日", 2020, 4, 29),
    ("已于4月29日上午启程", "4月29日", None, 4, 29),
    ("谈判已于４月８日结束", "４月８日", None, 4, 8),
    ("问：7日，政府宣布", "7日", None, None, 7),
    ("tenue le 1er mars 2020 à", "1er mars 2020", 2020, 3, 1),
    ("du 19 octobre 2020 tenue", "19 octobre 2020", 2020, 10, 19),
    ("el 31 de Marzo de 2017 por", "31 de Marzo de 2017", 2017, 3, 31),
    ("em 18 de março de 2020 em", "18 de março de 2020", 2020, 3, 18),
    ("15 января 2016 г. у", "15 января 2016", 2016, 1, 15),
    ("يوم 1 فبراير عام 2011", "1 فبراير عام 2011", 2011, 2, 1),
    ("am 18. März 2020 in", "18. März 2020", 2020, 3, 18),
    ("31.05.2023 - Artikel", "31.05.2023", 2023, 5, 31),
    ("seit 2017/03/31 gilt", "2017/03/31", 2017, 3, 31),
    ("(2021-04-15)", "2021-04-15", 2021, 4, 15),
]


@pytest.mark.parametrize(("words", "quoted", "year", "month", "day"), ONE)
def test_a_day_is_named(words: str, quoted: str, year: int | None, month: int | None, day: int) -> None:
    (found,) = days_named(words)
    assert words[found.start : found.stop] == quoted
    assert (found.year, found.month, found.day, found.until, found.ago) == (year, month, day, None, None)
    assert found.full == (date(year, month, day) if year and month else None)


SEVERAL = [
    ("from 12 to 14 May 2023 to attend", "12 to 14 May 2023", (2023, 5, 12), (2023, 5, 14)),
    ("visited from May 17–20.", "May 17–20", (None, 5, 17), (None, 5, 20)),
    ("On April 21 and 22, they met", "April 21 and 22", (None, 4, 21), (None, 4, 22)),
    ("15 and 16 February 2022", "15 and 16 February 2022", (2022, 2, 15), (2022, 2, 16)),
    ("in Rome May 25 to June 4.", "May 25 to June 4", (None, 5, 25), (None, 6, 4)),
    ("30 December to 2 January 2020", "30 December to 2 January 2020", (2019, 12, 30), (2020, 1, 2)),
    ("December 30, 2019 to January 2, 2020", "December 30, 2019 to January 2, 2020", (2019, 12, 30), (2020, 1, 2)),
    ("将于11月23日至26日赴德国", "11月23日至26日", (None, 11, 23), (None, 11, 26)),
    ("将于2021年5月25日至6月4日访问", "2021年5月25日至6月4日", (2021, 5, 25), (2021, 6, 4)),
    ("9月2日、3日举行", "9月2日、3日", (None, 9, 2), (None, 9, 3)),
]


@pytest.mark.parametrize(("words", "quoted", "first", "last"), SEVERAL)
def test_several_days_are_named_at_once(
    words: str, quoted: str, first: tuple[int | None, int, int], last: tuple[int | None, int, int]
) -> None:
    (found,) = days_named(words)
    assert words[found.start : found.stop] == quoted
    assert (found.year, found.month, found.day) == first
    assert found.until == last
    assert found.last == (date(*last) if last[0] else None)  # type: ignore[arg-type]


UNREAD = [
    *("On March 18 last year, they", "on March 18 of last year", "December 5 of the previous year", "July 5 next year"),
    *("March 18 two years ago", "last March 18", "Talks (18 March '19)", "on 18-Mar-19", "18 March of that year"),
    *("去年3月18日", "前年3月18日", "王毅将于明年7月5日", "二〇一九年3月18日", "(19年3月18日)", "令和2年4月3日"),
    *("平成31年4月3日", "令和元年4月3日", "民国99年4月3日", "1895年4月17日", "去年，他于3月18日", "同年3月18日"),
    *("le 18 mars dernier, il", "18 de marzo del año pasado", "18 de marzo del pasado año"),
    *("18 de março do ano passado", "am 18. März vergangenen Jahres", "18 марта прошлого года"),
]
READ = [
    *("On March 18 this year", "On March 18, last week", "Last Monday, March 18", "on March 18, next to him"),
    *("今年3月18日", "本年3月18日", "3月18日，双方回顾去年", "El lunes pasado, 18 de marzo"),
    *("le lundi 18 mars, la semaine dernière", "It ended last year. On March 18"),
]


@pytest.mark.parametrize(("words", "unread"), [*((each, True) for each in UNREAD), *((each, False) for each in READ)])
def test_words_for_another_year_beside_a_day_are_noted(words: str, unread: bool) -> None:
    (found,) = days_named(words)
    assert (found.year, found.year_unread) == (None, unread)


BESIDE = [
    ("(2019, March 18)", {2019}),
    ("2019: Lin Meets Jonas, 18 March", {2019}),
    ("18 March, in 2019", {2019}),
    ("le 18 mars de l'an 2019", {2019}),
    ("2019年以来，3月18日", {2019}),
    ("２０１９年以来，3月18日", {2019}),
    ("March 18, on the accord of 2015", {2015}),
    # What is another's.
    ("On 18 March, the 2030 Agenda", set()),
    ("on 18 March, the May 2019 vote", set()),
    ("3月18日，落实2019年会晤", set()),
    ("It ended in 2019. On March 18", set()),
    ("2000亿美元，3月18日", set()),
    ("resolution 2371, on March 18", set()),
]


@pytest.mark.parametrize(("words", "years"), BESIDE)
def test_years_beside_a_day_are_noted(words: str, years: set[int]) -> None:
    (found,) = days_named(words)
    assert (found.year, set(found.years_beside)) == (None, years)


@pytest.mark.parametrize(
    ("words", "ago"),
    [("spoke today with", 0), ("This morning, he", 0), ("今天两国签署", 0), ("met yesterday in", 1), ("昨天通电话", 1)],
)
def test_a_day_is_counted_from_the_writing(words: str, ago: int) -> None:
    assert [(found.ago, found.full) for found in days_named(words)] == [(ago, None)]


@pytest.mark.parametrize(
    "words",
    [
        *(
            "in May 2020",
            "the 18 may attend",
            "he may 5",
            "COVID-19 March past",
            "1.5 May",
            "29 février 2019",
            "31 June",
        ),
        *("08/29/16", "2000亿美元", "从10%上调至25%", "t20200718_1979999", "March 18,000 people", "March 20:30"),
        *("today's world", "今天的中国", "resolution 2371", "7日本公司", "in 1945 May"),
    ],
)
def test_no_day_is_named(words: str) -> None:
    assert days_named(words) == ()


def test_a_list_goes_on_after_its_day() -> None:
    (found,) = days_named("on March 18 and Lithuania 3")
    assert (found.month, found.day, found.until, found.stop) == (3, 18, None, 11)


WRITTEN = [
    "{0.day} {1} {0.year}",
    "{1} {0.day}, {0.year}",
    "{0.year}年{0.month}月{0.day}日",
    "{0:%Y-%m-%d}",
    "{0:%d.%m.%Y}",
]
MONTHS = [date(2000, month, 1).strftime("%B") for month in range(1, 13)]


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(WRITTEN), st.text(max_size=8))
def test_any_day_is_found_where_it_stands(day: date, form: str, around: str) -> None:
    words = form.format(day, MONTHS[day.month - 1])
    whole = f"{around} ; {words} ; {around}"
    start = len(around) + 3
    assert (start, start + len(words), day) in [(found.start, found.stop, found.full) for found in days_named(whole)]


@given(st.text(alphabet="0123456789 年月日至to-–,.MarchMay的today今天１de", max_size=200))
def test_spans_lie_in_order_and_hold_real_days(words: str) -> None:
    found = days_named(words)
    starts = [each.start for each in found]
    assert starts == sorted(starts)
    for each in found:
        assert 0 <= each.start < each.stop <= len(words)
        assert words[each.start : each.stop].strip() == words[each.start : each.stop]
        assert (each.ago is None) != (each.day is None)
        assert each.month is None or each.in_year(2000) is not None


HOSTILE = [
    "1 ",
    "9",
    "March 1 ",
    "1 to ",
    "1月",
    "1.",
    "2020年",
    "today ",
    " ",
    "1 de ",
    "on 1 March 2020 to 2 April 2020, ",
    "1 \n",
]


@pytest.mark.parametrize("head", ["", "1", "March 1"])
@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_with_the_text_alone(head: str, piece: str) -> None:
    def seconds(size: int) -> float:
        words = head + (piece * size)[:size]
        begun = time.perf_counter()
        days_named(words)
        return time.perf_counter() - begun

    assert min(seconds(8_000) for _ in range(3)) < 10 * min(seconds(2_000) for _ in range(3)) + 0.02


def test_the_day_of_a_month_falls_where_a_calendar_has_it() -> None:
    leap = DayNamed(0, 1, None, 2, 29)
    assert leap.in_year(2020) == date(2020, 2, 28) + timedelta(days=1)
    assert leap.in_year(2021) is None
