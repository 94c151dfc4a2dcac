"""Classes of edits, and whether a page declares them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.linking import EDIT_CLASSES, Edit, Text, edit

TITLE = "Lin Example Speaks with Carmen Muster"
FIRST = (
    "On March 5, 2016, State Councilor and Foreign Minister Lin Example called Foreign Minister Carmen Muster of Malta."
)
SECOND = "Lin said that the three pumps left the harbour in spring. He noted that both sides need a clear timetable."
THIRD = "Muster thanked him for the pumps, and said that her country is ready to take part in the next consultations."
BODY = f"{FIRST}\n\n{SECOND}\n\n{THIRD}"
FIRST_ZH = "3月5日，国务委员兼外长林样本同马耳他外长穆斯特通电话。"
SECOND_ZH = "林样本表示，中方愿同马方加强合作，推动三个港口项目取得进展。周样大使出席。"
BODY_ZH = f"{FIRST_ZH}\n\n{SECOND_ZH}"


def between(before: str, after: str, title: str = TITLE, new_title: str = TITLE) -> Edit:
    return edit(Text(title, None, before), Text(new_title, None, after))


def told(old: str, new: str) -> str:
    """Class of the edit that replaces these words in either body."""
    body = BODY if old in BODY else BODY_ZH
    assert old in body
    return between(body, body.replace(old, new)).edit_class


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("March 5", "March 6"),
        ("March", "May"),
        (", 2016,", ""),
        ("three pumps", "two pumps"),
        ("three pumps", "3 pumps"),
        ("the pumps", "12 of the pumps"),
        ("Carmen Muster of", "Maria Muster of"),
        ("Malta", "Cyprus"),
        ("Lin said", "Example said"),  # a name that opens its sentence, and stands elsewhere
        ("State Councilor and Foreign", "Foreign"),
        ("Foreign Minister Lin", "Foreign ambassador Lin"),
        ("pumps left", "pumps worth €5 left"),
        ("clear timetable", "-5 percent timetable"),
        ("3月5日", "3月6日"),
        ("马耳他", "塞浦路斯"),
        ("中方", "法方"),
        ("穆斯特", "卡普特"),
        ("外长林样本", "外长周样本"),
        ("三个", "五个"),
        ("周样大使", "吴样大使"),
        ("大使", "总领事"),
    ],
)
def test_another_number_name_or_office_is_a_changed_fact(old: str, new: str) -> None:
    assert told(old, new) == "changed_fact"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("clear", "firm"),
        ("He noted", "She noted"),
        (" He noted that both sides need a clear timetable.", ""),
        ("timetable.", "timetable. That was well received by all."),
        ("pumps left", "Pumps left"),  # a capital that no stop explains
        ("spring. He", "spring! he"),
        ("加强", "深化"),
        ("，推动", "，积极推动"),
        ("愿同", "愿与"),
    ],
)
def test_other_words_are_wording(old: str, new: str) -> None:
    assert told(old, new) == "wording"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("spring. He", "spring; he"),
        ("harbour in spring. He", "harbour, in spring. He"),
        ("thanked him", "“thanked” him"),
        ("timetable", "time-table"),
        ("the pumps", "the  pumps"),
        ("spring. He", "spring.\n\nHe"),
        ("timetable.\n\nMuster", "timetable. Muster"),
        ("，", ","),
        ("3月5日", "３月５日"),
        ("外长林", "外长 林"),
    ],
)
def test_the_same_letters_are_punctuation(old: str, new: str) -> None:
    assert told(old, new) == "punctuation"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("$5 million", "€5 million"),
        ("$5 million", "5 million"),
        ("5%", "5‰"),
        ("5%", "5"),
        ("was -5 percent", "was 5 percent"),
        ("was −5 percent", "was 5 percent"),
        ("30°", "30"),
    ],
)
def test_another_sign_of_a_number_is_a_changed_fact(old: str, new: str) -> None:
    assert between(f"{FIRST}\n\nThe sum {old} is so.", f"{FIRST}\n\nThe sum {new} is so.").edit_class == "changed_fact"
    assert between(BODY, BODY, f"Sum {old}", f"Sum {new}").edit_class == "changed_fact"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("5%", "5％"),
        ("5%", "5 %"),
        ("$5", "$ 5"),
        ("was -5 percent", "was −5 percent"),
        ("2019-2020", "2019–2020"),
        ("2019-2020", "2019 - 2020"),
        ("well-known", "well known"),
    ],
)
def test_a_sign_that_is_typed_otherwise_is_punctuation(old: str, new: str) -> None:
    assert between(f"{FIRST}\n\nThe sum {old} is so.", f"{FIRST}\n\nThe sum {new} is so.").edit_class == "punctuation"


@pytest.mark.parametrize(
    ("old", "new", "edit_class"),
    [
        ("Washington, DC", "Washington, D.C.", "punctuation"),
        ("MFA Spokesperson", "M.F.A. Spokesperson", "punctuation"),
        ("Co-operation", "Cooperation", "punctuation"),
        ("Beijing", "Bejing", "wording"),  # it opens its sentence: nothing shows that it is a name
        ("Port Fiction", "Port Ficton", "changed_fact"),
        ("5 May", "5th May", "changed_fact"),
        ("Port Fiction", "Gulf Museum", "removed_paragraph"),
        ("Spokesperson", "", "removed_paragraph"),
    ],
)
def test_a_short_paragraph_is_known_by_its_letters(old: str, new: str, edit_class: str) -> None:
    found = between(f"{FIRST}\n\n{old}\n\n{THIRD}", f"{FIRST}\n\n{new}\n\n{THIRD}")
    assert found.edit_class == edit_class


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (BODY, f"{FIRST}\n\n{SECOND}"),
        (BODY, f"{FIRST}\n\n{THIRD}"),
        (BODY, f"{FIRST} {THIRD}"),
        (
            BODY,
            f"{FIRST}\n\nA boat sailed by while the gulls were crying over it.\n\n{THIRD}",
        ),  # something else stands there
        (BODY_ZH, FIRST_ZH),
    ],
)
def test_a_paragraph_that_went_is_the_strongest(before: str, after: str) -> None:
    assert between(before, after).edit_class == "removed_paragraph"
    assert between(before, after.replace("March 5", "March 6")).edit_class == "removed_paragraph"


@pytest.mark.parametrize(
    "after",
    [
        f"{THIRD}\n\n{FIRST}\n\n{SECOND}",  # moved
        f"{FIRST} {SECOND}\n\n{THIRD}",  # merged
        f"{FIRST}\n\n{SECOND.replace('. He', '.' + chr(10) * 2 + 'He')}\n\n{THIRD}",  # split
        f"{FIRST}\n\n{SECOND}\n\nMuster gave thanks: her country is ready to take part in the next consultations.",
        f"{FIRST}\n\n{SECOND}\n\nOn May 7, 30 ships of Kenya left Port Fiction.\n\n{THIRD}",  # added
    ],
)
def test_a_paragraph_that_stands_elsewhere_or_in_other_words_did_not_go(after: str) -> None:
    assert between(BODY, after).edit_class in ("wording", "punctuation")


def test_a_paragraph_that_became_a_list_did_not_go() -> None:
    items = [f"the {word} road leads to the {word} sea" for word in ("long", "old", "new", "wide", "dry", "cold")]
    before = f"{FIRST}\n\nThey said that {', and that '.join(items)}."
    assert between(before, f"{FIRST}\n\n" + "\n\n".join(f"* {each}" for each in items)).edit_class == "wording"


def test_a_long_paragraph_is_no_notice() -> None:
    assert not between(BODY, f"{BODY}\n\nUpdate: {SECOND} {SECOND} {SECOND}").declared


def test_a_doubled_paragraph_that_is_single_again_did_not_go() -> None:
    assert between(f"{FIRST}\n\n{SECOND}\n\n{SECOND}", f"{FIRST}\n\n{SECOND}").edit_class == "wording"


def test_numbers_that_change_places_are_changed() -> None:
    before = "They sent 30 ships over the long road to the north, and then 50 lorries."
    assert (
        between(before, before.replace("30", "x").replace("50", "30").replace("x", "50")).edit_class == "changed_fact"
    )


@pytest.mark.parametrize(
    ("new_title", "edit_class"),
    [
        ("Lin Example Talks with Carmen Muster", "changed_fact"),
        ("Lin Example Speaks With Carmen Muster", "wording"),
        ("“Lin Example” Speaks with Carmen Muster", "punctuation"),
    ],
)
def test_titles(new_title: str, edit_class: str) -> None:
    found = between(BODY, BODY, TITLE, new_title)
    assert found.edit_class == edit_class
    assert {span.field for span in found.spans} == {"title"}


@pytest.mark.parametrize(
    ("before", "old", "new"),
    [
        ("They thanked Mr. Bonnici for the tea.", "Bonnici", "Borg"),  # that stop ends no sentence
        ("会谈在阿斯塔纳举行，气氛良好。", "阿斯塔纳", "巴格达"),
        ("会谈在浙江省举行，气氛良好。", "浙江", "山东"),
        ("La réunion aura lieu un lundi.", "lundi", "mardi"),
    ],
)
def test_names_beside_no_office(before: str, old: str, new: str) -> None:
    assert between(before, before.replace(old, new)).edit_class == "changed_fact"


def test_a_subtitle_counts_as_text() -> None:
    before = Text(TITLE, "Two days of talks", BODY)
    assert edit(before, Text(TITLE, "Three days of talks", BODY)).edit_class == "changed_fact"
    assert edit(before, Text(TITLE, None, BODY)).spans[0].field == "subtitle"


def test_german_nouns_are_no_names() -> None:
    before = (
        "Wir wollen den Hafen mit den Freunden ausbauen, das ist für die Länder gut. Die Arbeit ist von allen zu tun."
    )
    assert between(before, before.replace("Arbeit", "Aufgabe")).edit_class == "wording"
    assert between(before, before.replace("Hafen", "12 Häfen")).edit_class == "changed_fact"


@pytest.mark.parametrize(
    "line",
    [
        "Updated: 5 May 2020",
        "Last updated 5 May 2020",
        "(Corrected)",
        "Correction: an earlier version named another harbour.",
        "Editor’s note: the harbour was misspelt.",
        "[Updated on 5 May]",
        "Updated on May 5, 2020 at 10:00",
        "Updated at 10:00",
        "Updated on Monday.",
        "(Last updated as of 5 May by the press office)",
        "Corrected version of 5 May",
        "Correction to this transcript: another harbour.",
        "更新于2020年5月5日",
        "Aktualisiert am 5. Mai 2020",
        "Actualizado el 5 de mayo",
        "* Corrected version",
        "This statement has been corrected.",
        "Change made: the harbour.",
        "（更正）",
        "更新时间：2020年5月5日",
        "编者按：港口名称有误。",
        "Mise à jour : le 5 mai",
        "Исправлено: гавань",
        "تصحيح: اسم الميناء",
    ],
)
def test_a_page_may_say_that_it_was_edited(line: str) -> None:
    found = between(BODY, f"{BODY}\n\n{line}")
    assert found.declared
    assert found.edit_class == "wording"
    assert not between(f"{BODY}\n\n{line}", f"{BODY.replace('clear', 'firm')}\n\n{line}").declared  # it said so before


@pytest.mark.parametrize(
    "line",
    [
        "Update the timetable soon, said Muster.",
        "Corrections to the timetable were not discussed.",
        "The timetable was updated by both sides.",
        "更新合作方式是双方的愿望。",
        "更新了两国协议。",
        "Update on the evacuation: 30 people have left.",
        "Update on Sudan",
        "Update 30 wells, said Muster.",
        "Clarification on what the minister said will follow soon.",
        "Revised at the request of Malta, the treaty was signed.",
        "Revised version of the treaty was signed.",
        "Correction to past injustice is needed.",
        "The treaty (as amended) applies (amended in 2014).",
        "The timetable (Corrected)",
        "Muster said that the road will be revised.",
    ],
)
def test_what_is_told_of_updates_declares_none(line: str) -> None:
    assert not between(BODY, f"{BODY}\n\n{line}").declared


def test_a_notice_of_another_day_changes_no_fact() -> None:
    found = between(f"{BODY}\n\nUpdated: 5 May 2020", f"{BODY.replace('clear', 'firm')}\n\nUpdated: 7 May 2020")
    assert (found.edit_class, found.declared) == ("wording", True)


def test_a_title_may_declare_it() -> None:
    assert between(BODY, BODY, TITLE, f"{TITLE} (Corrected)").declared
    assert between(BODY, BODY, TITLE, f"{TITLE} (Updated 5 May)").declared
    assert not between(BODY, BODY, TITLE, "Update on Sudan").declared
    assert not between(BODY, BODY, TITLE, f"{TITLE} (Update on Sudan) in Malta").declared


WORDS = st.lists(
    st.sampled_from(["Lin", "5", "tea", " ", ". ", "外长", "王", "\n\n", ",", "Updated: 5", "the"]), max_size=25
)


@given(WORDS.map("".join), WORDS.map("".join))
def test_every_edit_has_a_class_and_its_spans(before: str, after: str) -> None:
    found = edit(Text(before, None, after), Text(after, None, before))
    assert found.edit_class in EDIT_CLASSES[1:]
    assert bool(found.spans) == (before != after)
    for span in found.spans:
        texts = (before, after) if (span.field == "title") == (span.change == "went") else (after, before)
        assert texts[0][span.start : span.stop] == span.words


def test_strongest_first() -> None:
    assert EDIT_CLASSES == ("removed_page", "removed_paragraph", "changed_fact", "wording", "punctuation")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("".join(f"x y z {n}\n\n" for n in range(2_500)), "".join(f"x y w {n}\n\n" for n in range(2_500))),
        ("A " * 12_000, "B " * 12_000),
        ("部长王" * 12_000, "部长李" * 12_000),
        ("(Updated " * 20_000, "[Updated " * 20_000),
        ("x" * 100_000, "Y" * 100_000),
    ],
    ids=["paragraphs", "names", "offices", "notices", "letters"],
)
def test_time_is_bounded(before: str, after: str) -> None:
    started = time.process_time()
    between(before, after)
    assert time.process_time() - started < 5
