"""The day of what a release tells: forced, a range, or nothing; with evidence that quotes the text."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.facts import Anchor, Evidence, Terms, Text, event_days
from parsers.release import KINDS, Kind

CALL = "Lin Example Speaks with Lithuanian Foreign Minister Jonas Placeholder on the Phone"
TERMS = Terms(
    [(("Lin Example",), ("Foreign Minister",), date(2018, 3, 19), date(2022, 12, 30))],
    [(("Green Lantern Plan",), date(2020, 2, 11))],
)


def published(day: date | str) -> Anchor:
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return Anchor("published", day.isoformat(), day, day)


def within(first: str, last: str, method: str = "page_id") -> Anchor:
    return Anchor(method, "u", date.fromisoformat(first), date.fromisoformat(last))


def found(
    title: str, body: str, kind: Kind, *anchors: Anchor, language: str = "en", subtitle: str | None = None
) -> tuple[Evidence, ...]:
    return event_days(Text(title, subtitle, body, language, kind), anchors, TERMS)


def day_of(rows: Sequence[Evidence]) -> str | None:
    chosen = [row for row in rows if row.chosen]
    assert len(chosen) <= 1
    if not chosen or chosen[0].earliest is None or chosen[0].earliest != chosen[0].latest:
        return None
    assert chosen[0].precision == "day"
    return chosen[0].earliest.isoformat()


READOUTS = [
    ("On 18 March, Lin had a phone call with Jonas.", "2020-03-19", "2020-03-18"),
    ("On the evening of February 3, Lin had a telephone conversation with Jonas.", "2023-02-04", "2023-02-03"),
    ("On 31 December, Lin spoke with Jonas on the phone.", "2021-01-02", "2020-12-31"),
    ("On 1 January, Lin spoke with Jonas on the phone.", "2020-12-31", "2021-01-01"),
    (
        "Minister Lin had an introductory telephone call with Minister for Example Affairs Jonas on 1 December.",
        "2021-12-01",
        "2021-12-01",
    ),
    (
        "Secretary Lin met today in Riga, Latvia with Foreign Minister Jonas to discuss the June 23 conference.",
        "2022-03-07",
        "2022-03-07",
    ),
    ("Secretary Lin spoke yesterday with Foreign Minister Jonas.", "2022-03-01", "2022-02-28"),
    ("Envoy Lin visited Tunisia from May 17–20.", "2021-05-21", "2021-05-17"),
    ("On April 21 and 22, Deputy Secretary Lin met Secretary General Jonas.", "2022-04-22", "2022-04-21"),
    ("On 29 February, Lin spoke with Jonas.", "2020-03-01", "2020-02-29"),
    # What names no day of the call.
    ("Secretary Lin spoke with Jonas about the elections of 10 July 2022.", "2022-07-12", None),
    ("Secretary Lin met Jonas ahead of the May 5, 2023 summit.", "2023-05-02", None),
    ("Secretary Lin called Jonas to congratulate him upon his inauguration on 20 January 2021.", "2021-01-25", None),
    ('Lin met Jonas. He said: "We will not forget 18 March."', "2020-03-25", None),
    ("Lin met Jonas in his home.", "2020-03-25", None),
    ("Lin met the hosts of the June 23 conference.", "2020-06-25", None),
    # Days that cannot be.
    ("On 18 March, Lin had a phone call with Jonas.", "2020-03-10", None),
    ("On March 18, 2020, Lin had a phone call with Jonas.", "2020-03-10", None),
    ("On January 4, 2018, Lin had a phone call with Jonas.", "2019-01-04", None),
    ("On 30 February, Lin had a phone call with Jonas.", "2020-03-10", None),
    # A year that is said, read or not; and what says none.
    ("On March 18 of 2019, Lin met Jonas in Riga.", "2020-05-01", "2019-03-18"),
    ("On the 18th of March in 2019, Lin met Jonas in Riga.", "2020-05-01", "2019-03-18"),
    ("On March 18 (2019), Lin met Jonas in Riga.", "2020-05-01", "2019-03-18"),
    ("On March 18 last year, Lin met Jonas in Riga.", "2020-05-01", None),
    ("Lin met Jonas in Riga on March 18 last year.", "2020-05-01", None),
    ("On March 18 two years ago, Lin met Jonas in Riga.", "2020-05-01", None),
    ("On March 18, in the year 2019, Lin met Jonas in Riga.", "2020-05-01", None),
    ("On March 18, in the year 2020, Lin met Jonas in Riga.", "2020-05-01", "2020-03-18"),
    ("On March 18 this year, Lin met Jonas in Riga.", "2020-05-01", "2020-03-18"),
    ("On 18 March, the 2030 Agenda was discussed when Lin met Jonas.", "2020-05-01", "2020-03-18"),
    ("On 18 March, Lin met Jonas to discuss the 2015 accord.", "2020-05-01", "2020-03-18"),
]


@pytest.mark.parametrize(("body", "on", "expected"), READOUTS)
def test_a_readout_tells_its_day(body: str, on: str, expected: str | None) -> None:
    assert day_of(found(CALL, body, "readout", published(on))) == expected


HAN = [
    ("3月18日，国务委员兼外长林样本同立陶宛外长通电话。", "readout", "2020-03-19", "2020-03-18"),
    ("当地时间2019年2月15日，林样本在慕尼黑会见立陶宛外长。", "readout", "2019-02-16", "2019-02-15"),
    ("应立陶宛外长邀请，12月31日，林样本同其通电话。", "readout", "2021-01-01", "2020-12-31"),
    ("林样本3月18日应约同立陶宛外长通电话。", "readout", "2020-03-18", "2020-03-18"),
    ("中国政府决定派遣专家组。专家组已于3月12日启程。", "announcement", "2020-03-12", "2020-03-12"),
    ("应立陶宛政府邀请，林样本将于12月30日至1月2日访问立陶宛。", "announcement", "2020-12-28", "2020-12-30"),
    ("1月31日，外交部发言人周样本表示，政府决定派民航包机。", "announcement", "2020-01-31", "2020-01-31"),
    ("今天两国领导人成功举行会晤。", "statement", "2018-04-27", "2018-04-27"),
    ("12月20日，某国在网络问题上无端指责。", "statement", "2018-12-21", None),
    ("3月18日发生的袭击令人震惊，林样本会见立陶宛外长。", "readout", "2020-03-20", None),
    ("问：7日，政府宣布停火。请问有何评论？", "spokesperson_qa", "2018-06-10", None),
    ("今天的中国，同世界一起举行纪念活动。", "statement", "2018-04-27", None),
    ("大会于1921年7月1日举行。", "other", "2021-06-30", None),
    ("林样本去年3月18日在北京会见立陶宛外长。", "readout", "2020-05-01", None),
    ("二〇一九年3月18日，林样本会见立陶宛外长。", "readout", "2020-05-01", None),
    ("令和2年4月3日，林样本会见立陶宛外长。", "readout", "2021-05-01", None),
    ("1895年4月17日，双方举行签署仪式。", "readout", "2020-05-01", None),
    ("今年3月18日，林样本会见立陶宛外长。", "readout", "2020-05-01", "2020-03-18"),
]


@pytest.mark.parametrize(("body", "kind", "on", "expected"), HAN)
def test_chinese_texts_tell_their_day(body: str, kind: Kind, on: str, expected: str | None) -> None:
    assert day_of(found("题目", body, kind, published(on), language="zh")) == expected


OTHERS = [
    (
        "announcement",
        "Minister Jonas will pay an official visit to China from December 28 to January 3.",
        "2021-12-20",
        "2021-12-28",
    ),
    (
        "announcement",
        "Minister Jonas will pay an official visit to China from January 3 to 5.",
        "2021-12-28",
        "2022-01-03",
    ),
    (
        "announcement",
        "Minister Jonas will visit China on July 5 next year.",
        "2020-05-01",
        None,
    ),
    (
        "announcement",
        "Minister Jonas will visit China on July 5 to discuss the 2030 Agenda.",
        "2020-05-01",
        "2020-07-05",
    ),
    (
        "announcement",
        "Envoy Lin will travel to Malaysia, Thailand, and Vietnam, May 21-27.",
        "2022-05-21",
        "2022-05-21",
    ),
    (
        "announcement",
        "A state of emergency was declared in Peru on 14 December 2022, due to protests.",
        "2022-12-16",
        None,
    ),
    (
        "statement",
        "We are saddened to learn of the loss of lives in the derailment this morning.",
        "2021-04-02",
        "2021-04-02",
    ),
    ("statement", "On 24 February 2022, a neighbour attacked.", "2022-02-25", None),
    ("statement", "As of today, nobody has answered.", "2022-02-25", None),
    ("statement", "The below is attributable to Zhou:\n\nWe commend the step made today.", "2022-02-25", "2022-02-25"),
    ("statement", "The world today is not what it was.", "2022-02-25", None),
    ("statement", "On 5 March, the Ministry of Foreign Affairs summoned the ambassador.", "2022-03-05", "2022-03-05"),
    ("joint_statement", "We commend the actions announced today.", "2021-07-22", "2021-07-22"),
    (
        "letter",
        "The Minister has written a letter upon his inauguration on 20 January 2021. It is below.",
        "2021-01-21",
        None,
    ),
    (
        "letter",
        "The text is appended.\n\nLetter to Minister Jonas 14 July 2022 Dear Minister, Well done on 10 July 2022.",
        "2022-07-15",
        "2022-07-14",
    ),
    ("speech", "On 24 October 1945, nations met here. Today we speak of it.", "2015-10-24", None),
    ("speech", "(New York, 29 October 2009)\n\nMr. Chairman, I thank you.", "2009-10-29", "2009-10-29"),
    ("press_conference", "Q: On July 4 a ferry ran aground. Your comment?", "2009-07-06", None),
    ("spokesperson_qa", "Q: It is reported that a ferry ran aground on July 4. Your comment?", "2009-07-06", None),
    ("other", "QUESTION: The minister is in Moldova this morning. Good morning.", "2022-03-06", None),
    ("other", "The first congress was held on 1 July 1921.", "2021-06-30", None),
    ("other", "The two ministries held their first dialogue on May 21, 2021.", "2021-05-21", "2021-05-21"),
]


@pytest.mark.parametrize(("kind", "body", "on", "expected"), OTHERS)
def test_other_kinds_tell_only_days_of_their_own(kind: Kind, body: str, on: str, expected: str | None) -> None:
    assert day_of(found("Of a Matter", body, kind, published(on))) == expected


TITLES = [
    ("Spokesperson Zhou Specimen's Regular Press Conference on May 22, 2018", "press_conference", "2018-05-22"),
    ("Regular Press Conference on September 10", "press_conference", None),
    ("2018年8月1日外交部发言人周样本主持例行记者会（2018-08-01）", "press_conference", "2018-08-01"),
    ("Conférence de presse du 19 octobre 2020 tenue par le porte-parole", "press_conference", "2020-10-19"),
    ("المتحدث باسم الخارجية يعقد مؤتمرا صحفيا يوم 1 فبراير عام 2011", "press_conference", "2011-02-01"),
    ("Official Visit by the Minister to Phnom Penh, 15 to 17 February 2022", "announcement", "2022-02-15"),
    ("Spokesperson's Remarks on the Ferry Accident of July 4, 2009", "spokesperson_qa", None),
    ("外交部发言人就7月5日事件答记者问", "spokesperson_qa", None),
    ("Remarks on the 20th Anniversary of September 11, 2001", "statement", None),
    ("The Minister on the September 11, 2001 Attacks", "other", None),
    ("Talks on May 5, 2020 and on June 6, 2020", "other", None),
]


@pytest.mark.parametrize(("title", "kind", "expected"), TITLES)
def test_a_day_in_the_title_is_the_events(title: str, kind: Kind, expected: str | None) -> None:
    rows = found(title, "Nothing is told here.", kind)
    assert day_of(rows) == expected
    assert expected is None or rows[0].method == "title"


def test_a_title_without_a_year_takes_it_from_the_page_number() -> None:
    rows = found(
        "Regular Press Conference on September 10", "Q: Why?", "press_conference", within("2018-09-05", "2018-09-16")
    )
    assert day_of(rows) == "2018-09-10"
    assert [(row.method, row.chosen) for row in rows] == [("text", True), ("page_id", False)]


def test_the_subtitle_dates_a_speech() -> None:
    (row,) = found("Statement by Ms. Muster", "Mr. Chairman, hello.", "speech", subtitle="(10 December 2004)")
    assert (row.method, row.field, row.text, row.earliest) == (
        "text",
        "subtitle",
        "10 December 2004",
        date(2004, 12, 10),
    )


def test_a_ministry_at_home_states_on_the_day_of_publication() -> None:
    title = "Statement by the Foreign Ministry on Countermeasures"
    rows = found(title, "It banned imports.", "statement", published("2021-12-06"))
    assert (day_of(rows), rows[0].text) == ("2021-12-06", "Statement by the Foreign Ministry")
    abroad = title.replace("Foreign Ministry", "Ministry of Foreign Affairs of Fiction")
    assert found(abroad, "It banned imports.", "statement", published("2021-12-06")) == ()


TOLD = "On 18 March, Foreign Minister Lin Example had a phone call with Jonas.\n\nThey spoke of the Green Lantern Plan."


def test_without_an_anchor_offices_and_terms_leave_a_range() -> None:
    first, *others = found(CALL, TOLD, "readout")
    assert (first.method, first.text, first.field, first.chosen) == ("text", "18 March", "body", True)
    assert (first.earliest, first.latest, first.precision) == (date(2020, 3, 18), date(2022, 3, 18), None)
    assert [(row.method, row.text, row.chosen) for row in others] == [
        ("tenure", "Foreign Minister Lin Example", False),
        ("first_known", "Green Lantern Plan", False),
    ]


def test_a_narrow_tenure_alone_forces_the_year() -> None:
    terms = Terms([(("Lin Example",), ("Foreign Minister",), date(2022, 12, 30), date(2023, 7, 25))])
    text = Text(CALL, None, TOLD, "en", "readout")
    assert day_of(event_days(text, (), terms)) == "2023-03-18"


def test_the_whole_interval_must_leave_one_year() -> None:
    assert day_of(found(CALL, TOLD, "readout", within("2020-03-13", "2020-03-23"))) == "2020-03-18"
    assert day_of(found(CALL, TOLD, "readout", within("2020-03-13", "2021-03-23"))) is None


@pytest.mark.parametrize(
    ("titled", "expected"), [("Lin Meets Jonas (18 March '19)", None), ("Lin Meets Jonas, 18 March 2019", "2019-03-18")]
)
def test_what_the_title_says_of_the_year_holds_for_the_body(titled: str, expected: str | None) -> None:
    assert day_of(found(titled, "On 18 March, Lin met Jonas in Riga.", "readout", published("2020-05-01"))) == expected


CONTRADICTED = [
    ((published("2024-05-30"), within("2020-03-13", "2020-03-23")), "2020-03-18", "2024-03-18"),
    ((published("2024-05-30"), Anchor("url", "u", None, date(2020, 4, 4))), None, "2024-03-18"),
    (  # two against one are no more
        (published("2024-05-30"), within("2020-03-13", "2020-03-23"), within("2020-03-15", "2020-03-30")),
        "2020-03-18",
        "2024-03-18",
    ),
    ((published("2024-05-30"),), "2018-03-18", "2024-03-18"),  # of the office
    ((within("2024-04-28", "2024-05-23", "neighbours"),), "2018-03-18", "2024-03-18"),
    ((published("2012-05-01"),), "2012-03-18", "2022-03-18"),
]


@pytest.mark.parametrize(("anchors", "earliest", "latest"), CONTRADICTED)
def test_evidence_that_contradicts_gives_no_year(
    anchors: tuple[Anchor, ...], earliest: str | None, latest: str | None
) -> None:
    rows = found(CALL, TOLD, "readout", *anchors)
    assert day_of(rows) is None
    ends = [end and end.isoformat() for end in (rows[0].earliest, rows[0].latest)]
    assert ends == [earliest, latest]


def test_today_is_no_day_where_evidence_contradicts() -> None:
    today = "Foreign Minister Lin Example met today with Jonas."
    assert day_of(found("Call", today, "readout", published("2020-05-30"))) == "2020-05-30"
    assert day_of(found("Call", today, "readout", published("2024-05-30"))) is None


def test_today_of_a_copy_is_its_day_or_an_earlier_one() -> None:
    text = Text("Call", None, "Lin met yesterday with Jonas.", "en", "readout", copied=True)
    row, *_ = event_days(text, [published("2024-03-06")])
    assert (row.earliest, row.latest, row.precision) == (None, date(2024, 3, 5), None)


def test_a_day_said_with_two_years_is_none_of_a_third() -> None:
    rows = found(
        "Lin Meets Jonas on May 22, 2018", "On May 22, 2019, Lin met Jonas.", "readout", published("2020-06-01")
    )
    assert day_of(rows) is None


@given(st.dates(date(1, 1, 1)), st.sampled_from(["yesterday", "on 18 March", "on 30 December, 2099"]))
def test_no_day_of_any_calendar_is_too_much(day: date, said: str) -> None:
    for kind in ("readout", "other"):
        found("Call", f"Lin met with Jonas {said}.", kind, Anchor("published", "", day, day))


def test_what_contradicts_is_a_row_too() -> None:
    rows = found(CALL, TOLD, "readout", published("2021-03-20"), within("2020-03-13", "2020-03-23"))
    assert day_of(rows) is None
    assert [row.method for row in rows] == ["text", "published", "page_id", "tenure", "first_known"][: len(rows)]
    against = found("Press Conference on May 22, 2018", "Q: Why?", "press_conference", published("2018-05-20"))
    assert day_of(against) is None
    assert [(row.method, row.chosen, row.earliest) for row in against] == [
        ("title", False, None),
        ("published", False, date(2018, 5, 20)),
    ]


def test_the_chosen_row_stands_first() -> None:
    rows = found(
        "Lin Meets Jonas on May 30, 2019", "On May 22, 2019, Lin met Jonas.", "readout", published("2019-05-23")
    )
    assert [(row.method, row.field, row.chosen) for row in rows[:2]] == [
        ("text", "body", True),
        ("title", "title", False),
    ]


def test_a_bound_from_the_url_alone_forces_nothing() -> None:
    rows = found(CALL, "On 18 March, Lin spoke with Jonas.", "readout", Anchor("url", "u", None, date(2024, 10, 22)))
    assert (rows[0].earliest, rows[0].latest, rows[0].chosen) == (None, date(2024, 3, 18), True)
    assert (
        day_of(found(CALL, "Lin spoke today with Jonas.", "readout", Anchor("url", "u", None, date(2024, 10, 22))))
        is None
    )


def test_a_day_said_with_two_years_has_none() -> None:
    body = "On May 22, 2019, Lin met Jonas."
    assert day_of(found("Lin Meets Jonas on May 22, 2018", body, "readout")) is None
    assert day_of(found("Lin Meets Jonas on May 22, 2018", body, "readout", published("2019-05-23"))) == "2019-05-22"


def test_the_title_takes_its_year_from_the_body() -> None:
    rows = found(
        "Visit to Sweden, 12 to 14 May",
        "Minister Lin will visit Sweden from 12 to 14 May 2023.",
        "announcement",
        published("2023-05-11"),
    )
    assert day_of(rows) == "2023-05-12"


LATIN = [
    ("fr", "Le 18 mars, le ministre Lin a eu un entretien téléphonique avec son homologue."),
    ("es", "El 18 de marzo, el ministro Lin mantuvo una conversación telefónica con su homólogo."),
    ("ru", "18 марта состоялся телефонный разговор министра Линя с министром Йонасом."),
    ("de", "Am 18. März telefonierte Außenminister Lin mit seinem Amtskollegen Jonas."),
    ("pt", "No dia 18 de março, o ministro Lin conversou por telefone com o seu homólogo."),
]


@pytest.mark.parametrize(("language", "body"), LATIN)
def test_readouts_in_other_languages_open_with_their_day(language: str, body: str) -> None:
    assert day_of(found("Lin", body, "readout", published("2020-03-19"), language=language)) == "2020-03-18"
    assert day_of(found("Lin", f"Lin. {body}"[:-1], "statement", published("2020-03-19"), language=language)) is None


days = st.dates(date(2000, 1, 1), date(2040, 1, 1))
pieces = st.sampled_from(
    [
        *(
            "On ",
            "18 March",
            "March 18, 2020",
            "2020年3月18日",
            "3月18日",
            "，林样本会见",
            "Lin met ",
            "today",
            "今天",
            "7日",
        ),
        *(" will visit Rome ", ". ", "。", "\n\n", "Q: ", "Dear Lin", "12 to 14 May", "31 December"),
        *("Foreign Minister Lin Example", "Green Lantern Plan"),
    ]
)
texts = st.lists(pieces, max_size=12).map("".join)
anchors = st.lists(
    st.builds(
        lambda method, first, span, ends: Anchor(
            method, "u", first if ends != "last" else None, first + timedelta(days=span) if ends != "first" else None
        ),
        st.sampled_from(["published", "neighbours", "page_id", "url"]),
        days,
        st.integers(0, 900),
        st.sampled_from(["both", "first", "last"]),
    ),
    max_size=3,
)


@given(
    texts, st.none() | texts, texts, st.sampled_from(["en", "zh", "fr", None]), st.sampled_from(sorted(KINDS)), anchors
)
def test_rows_quote_the_text_and_the_chosen_day_is_what_they_say(
    title: str, subtitle: str | None, body: str, language: str | None, kind: str, known: list[Anchor]
) -> None:
    text = Text(title, subtitle, body, language, kind)
    rows = event_days(text, known, TERMS)
    assert event_days(text, known, TERMS) == rows
    assert sum(row.chosen for row in rows) <= 1
    assert not any(row.chosen for row in rows[1:])
    parts = dict(text.fields())
    for row in rows:
        assert (
            (row.field is None)
            == (row.span_start is None)
            == (row.method not in ("title", "text", "tenure", "first_known"))
        )
        if row.field:
            assert parts[row.field][row.span_start : row.span_stop] == row.text
        assert (row.precision == "day") == (row.earliest is not None and row.earliest == row.latest)
        assert not (row.earliest and row.latest) or row.earliest <= row.latest
    if day_of(rows) and rows[0].text in ("18 March", "3月18日", "31 December", "12 to 14 May"):
        month_day = {"18 March": "03-18", "3月18日": "03-18", "31 December": "12-31", "12 to 14 May": "05-12"}
        assert str(rows[0].earliest)[5:] == month_day[rows[0].text]


@pytest.mark.parametrize(
    "piece",
    ["On 18 March, Lin met Jonas on ", "remarks on ", "1日。", "Lin met ", "。", ": ", "， ", "(", "A.", "On the "],
)
def test_a_long_text_takes_no_long_time(piece: str) -> None:
    long = piece * (100_000 // len(piece))
    begun = time.process_time()
    for kind in ("readout", "announcement", "other"):
        event_days(Text(long, long, long, "en", kind), [published("2020-03-19")], TERMS)
    assert time.process_time() - begun < 2
