"""Which texts are one release, and which only sound like it."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import replace

import pytest
from alike import ALL, CALL, CALL_ZH, GREETING, VISIT, mirrors, strangers
from hypothesis import given
from hypothesis import strategies as st

from parsers.linking import Document, compare, sketch

SEEN_EN, SEEN_ZH = (523397305005095723, 2398202325676902996), (270054919680715287, 806957669735586260)
MIRRORS, STRANGERS = list(mirrors()), list(strangers())


def buckets(document: Document) -> set[int]:
    return set(sketch(document.title, document.body))


def test_there_are_enough_pairs() -> None:
    assert (len(MIRRORS), len(STRANGERS)) == (550, 200)


@pytest.mark.parametrize("language", sorted({made.language for made in ALL}))
def test_mirrors_share_a_bucket_and_are_alike(language: str) -> None:
    missed = [
        (name, len(buckets(a) & buckets(b)), compare(a, b))
        for name, a, b in MIRRORS
        if a.language == language and not (buckets(a) & buckets(b) and compare(a, b))
    ]
    assert missed == []


def test_other_events_are_no_mirrors_even_where_they_share_a_bucket() -> None:
    assert [(name, compare(a, b)) for name, a, b in STRANGERS if compare(a, b) is not None] == []


def test_most_other_events_are_not_even_compared() -> None:
    """A day, a name or a figure in the first sentences parts the buckets; deeper in the text only comparing does."""
    sharing = [name for name, a, b in STRANGERS if buckets(a) & buckets(b)]
    assert len(sharing) < len(STRANGERS) * 0.6
    assert not [name for name in sharing if name.startswith("3, ") and name.endswith("one title")]


def test_greetings_to_all_the_world_are_in_no_common_bucket() -> None:
    countries = [
        f"{a}{b}" for a in ("Al", "Bor", "Cas", "Dor", "El", "Fen", "Gal") for b in ("bania", "via", "dor", "mark")
    ]
    texts = [GREETING.told("Iceland", country).document() for country in countries]
    counts = Counter(bucket for text in texts for bucket in buckets(text))
    assert max(counts.values()) == 1


def test_announcements_in_one_form_are_in_no_common_bucket() -> None:
    drawn = random.Random(2)
    counts: Counter[int] = Counter()
    for number in range(200):
        day = drawn.randrange(1, 27)
        visit = VISIT.told("Kenya", f"Land{number % 50}via").told("Amina Sample", f"Ana Name{number}")
        call = CALL.told("Malta", f"Land{number % 50}via").told("Carmen Muster", f"Ana Name{number}")
        for made in (visit.told("December 13 to 16", f"May {day} to {day + 2}"), call.told("18 March", f"{day} May")):
            counts.update(buckets(made.document()))
    assert max(counts.values()) == 1


def test_a_formula_that_all_share_makes_no_common_bucket() -> None:
    drawn = random.Random(1)
    formula = "The Embassy of China in Port Fiction reminds all citizens of the Republic to call 12308 at any time."
    counts: Counter[int] = Counter()
    for number in range(300):
        body = " ".join(f"word{drawn.randrange(3000)}" for _ in range(200))
        counts.update(sketch("Notice", f"Ship {number} of Malta met Captain Muster today, {body}.\n\n{formula}"))
    assert max(counts.values()) < 10


@given(st.text(max_size=80), st.text(max_size=300))
def test_buckets_are_few_fit_a_column_and_never_change(title: str, body: str) -> None:
    found = sketch(title, body)
    assert found == sketch(title, body)
    assert len(set(found)) == len(found) <= 16
    assert all(0 <= bucket < 2**63 for bucket in found)


def test_where_there_is_no_word_there_is_no_bucket() -> None:
    assert sketch("", "") == sketch("***", "... \n\n --") == ()


def test_buckets_are_the_same_on_every_machine() -> None:
    """They are kept by the revision of the rules: a change of what they are is a new revision."""
    assert sketch(CALL.title, CALL.document().body)[:2] == SEEN_EN
    assert sketch(CALL_ZH.title, CALL_ZH.document().body)[:2] == SEEN_ZH


@given(st.text(max_size=200), st.text(max_size=200))
def test_comparing_is_the_same_both_ways(one: str, other: str) -> None:
    a, b = Document("t", one, None), Document("t", other, None)
    assert (compare(a, b) is None) == (compare(b, a) is None)


@pytest.mark.parametrize("made", ALL, ids=lambda made: made.title)
def test_the_same_text_is_alike_to_the_last_letter(made: object) -> None:
    assert isinstance(made, type(CALL))
    assert compare(made.document(), made.document()) == 1.0


def test_less_alike_the_more_differs() -> None:
    whole = CALL.document()
    word = compare(whole, CALL.told(*CALL.word).document())
    cut = compare(whole, replace(CALL, paragraphs=CALL.paragraphs[:2]).document())
    assert word is not None
    assert cut is not None
    assert 0.7 < cut < word < 1


def test_a_translation_is_no_mirror() -> None:
    assert compare(CALL.document(), CALL_ZH.document()) is None
    whole = CALL.document()
    assert compare(whole, replace(whole, language="fr")) is None
    assert compare(whole, replace(whole, language=None)) == 1.0


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Speech at the Port", "Speech at the Port", True),
        ("Speech at the Port", "Speech at the School", False),
        ("Remarks on tea", "About our old ferries", False),
    ],
)
def test_a_text_too_short_to_tell_anything_has_its_title(a: str, b: str, same: bool) -> None:
    assert (
        compare(Document(a, "Check against delivery.", "en"), Document(b, "Check against delivery.", "en")) == 1.0
    ) is same


TOLD = "On 18 March the mayor of Port Fiction opened the long road along the sea, and all who came were glad of it."
MORE = "The old road was too narrow for carts and it was often under water when the wind came from the west in winter."
LESS = "A dinner with songs was given in the large tent and the guests went home late at night by the light of lamps."


def test_what_each_tells_alone_may_not_be_much() -> None:
    """Nothing is replaced here: a third of each text stands only there."""
    one, other = (
        Document("The Road", f"{MORE} {TOLD} {MORE}", "en"),
        Document("The Road", f"{TOLD} {MORE} {LESS}", "en"),
    )
    assert compare(one, other) is None


def test_many_other_words_are_another_text() -> None:
    body = f"{TOLD} {MORE} {LESS}"
    some = [
        ("narrow", "small"),
        ("under water", "quite wet"),
        ("carts", "wagons"),
        ("often", "always"),
        ("winter", "spring"),
    ]
    more = [("dinner", "supper"), ("large", "big"), ("guests", "people"), ("late", "early"), ("lamps", "torches")]
    other = body
    for old, new in some + more:
        other = other.replace(old, new)
    assert compare(Document("The Road", body, "en"), Document("The Road", other, "en")) is None
    assert compare(Document("The Road", body, "en"), Document("The Road", body.replace(*more[0]), "en"))


def test_one_word_for_another_throughout_is_a_name_where_names_look_like_words() -> None:
    body = (
        "3月18日，林样本出席通车仪式。"
        + "这条公路沿海而建，方便了沿线居民的出行。" * 3
        + "青石镇的居民感谢建设者，青石镇的学校放假一天。"
    )
    one = Document("通车仪式", body, "zh")
    assert compare(one, replace(one, body=body.replace("青石", "红木"))) is None
    assert compare(one, replace(one, body=body.replace("感谢", "致谢")))


def test_a_day_in_the_title_is_that_of_the_event_whatever_numbers_the_text_holds() -> None:
    body = f"{TOLD} {MORE} It took 5 years and 6 months to build it, and another 2 to pay."
    one = Document("Report of March 5", body, "en")
    assert compare(one, replace(one, title="Report of March 6")) is None
    assert compare(one, replace(one, title="Report of 5th March")) == 1.0


def test_a_dateline_and_a_salutation_may_run_into_the_first_sentence() -> None:
    lines = (
        "New York, 4 November 2009",
        "Mr. President,",
        "The Maltese delegation thanks Captain Muster of Port Fiction for his report.",
        "It notes that Kenya and Malta sent 12 ships to Port Fiction, and that Iceland sent tea.",
        "We hope that Captain Muster will go to Kenya, Iceland and Norway next.",
    )
    apart, joined = Document("t", "\n\n".join(lines), "en"), Document("t", " ".join(lines), "en")
    assert buckets(apart) & buckets(joined)


def test_a_letter_that_names_nobody_is_told_apart_by_its_title() -> None:
    body = (
        "I learned with sorrow of the flood that struck your country, and of the lives that it took. On behalf of my "
        "government I offer my sympathy to those who mourn, and I trust that your people will soon rebuild their homes."
    )
    malta = Document("Message of Sympathy to the President of Malta", body, "en")
    assert compare(malta, replace(malta, title="Message of Sympathy to the President of Kenya")) is None
    assert compare(malta, replace(malta, title="Malta: Message of Sympathy")) == 1.0


def test_a_text_without_a_body_is_its_title() -> None:
    title = "Foreign Minister Lin Example Sends His Wishes to All Sailors of Malta on the Day of the Sea"
    assert compare(Document(title, "", "en"), Document(title, "", "en")) == 1.0
    assert compare(Document(title, "", "en"), Document(title.replace("Malta", "Kenya"), "", "en")) is None
    assert compare(Document("News", "", "en"), Document("News", "", "en")) is None
    assert buckets(Document(title, "", "en"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tea " * 20_000, "tea " * 20_000 + "ham " * 4_000),
        ("a " * 40_000, "b " * 40_000),
        ("Lin met 5. " * 8_000, "Lin met 6. " * 8_000),
        ("部长王某。" * 12_000, "部长李某。" * 12_000),
        ("的" * 50_000, "的" * 49_000 + "是" * 1_000),
        ("x" * 100_000, "x" * 100_000 + " y"),
        ("A" * 100_000 + ".\n\n" * 10_000, "A" * 100_000 + ". " * 10_000),
    ],
    ids=["no stop", "words", "sentences", "offices", "one character", "letters", "breaks"],
)
def test_time_is_bounded(one: str, other: str) -> None:
    started = time.process_time()
    sketch("t", one)
    compare(Document("t", one, None), Document("t", other, None))
    assert time.process_time() - started < 5
