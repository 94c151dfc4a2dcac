"""The words that went and came."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.linking import word_diff
from parsers.linking.word_diff import changes, tokens

PIECES = [
    *"外交部长会见，。カナ",
    "tea",
    "rail",
    "China",
    "2020",
    "5",
    " ",
    " ",
    "\n\n",
    ", ",
    ". ",
    "-",
    "’",
    "e\u0301",
    "हिन्दी",
]
TEXT = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=60)


def applied(before: str, after: str) -> str:
    """The text before without what went and with what came."""
    spans = word_diff(before, after)
    for span in reversed([span for span in spans if span.change == "went"]):
        before = before[: span.start] + before[span.stop :]
    for span in [span for span in spans if span.change == "came"]:
        before = before[: span.start] + span.words + before[span.start :]
    return before


def redline(before: str, after: str) -> str:
    """Both texts as one."""
    read, place = [], 0
    for each in changes(before, after):
        went, came = before[each.start : each.stop], after[each.new_start : each.new_stop]
        read += [before[place : each.start], f"[-{went}-]" if went else "", f"{{+{came}+}}" if came else ""]
        place = each.stop
    return "".join([*read, before[place:]])


@given(TEXT, TEXT)
def test_the_text_before_with_its_changes_is_the_text_after(before: str, after: str) -> None:
    assert applied(before, after) == after


@given(TEXT, TEXT)
def test_words_are_those_at_the_offsets_and_stand_in_reading_order(before: str, after: str) -> None:
    spans = word_diff(before, after)
    for span in spans:
        assert span.words
        assert span.words == (before if span.change == "went" else after)[span.start : span.stop]
    for change in ("went", "came"):
        stops = [place for span in spans if span.change == change for place in (span.start, span.stop)]
        assert stops == sorted(stops)


@given(TEXT, TEXT)
def test_no_change_parts_a_word(before: str, after: str) -> None:
    for text, change in ((before, "went"), (after, "came")):
        cuts = {0}
        for word in tokens(text):
            cuts.add(max(cuts) + len(word))
        # White space before a paragraph is parted where the paragraph begins.
        cuts |= {place for place in range(len(text)) if text[place - 1 : place + 1].isspace()}
        spans = [span for span in word_diff(before, after) if span.change == change]
        assert {place for span in spans for place in (span.start, span.stop)} <= cuts


@given(TEXT)
def test_equal_texts_have_none(text: str) -> None:
    assert word_diff(text, text) == ()


@given(st.text())
def test_the_words_of_a_text_are_the_text(text: str) -> None:
    assert "".join(tokens(text)) == text


@pytest.mark.parametrize(
    ("before", "after", "both"),
    [
        ("On July 17, 2020, they met.", "On July 18, 2021, they met.", "On July [-17, 2020-]{+18, 2021+}, they met."),
        ("red tea is here", "green coffee is here", "[-red tea-]{+green coffee+} is here"),
        (
            "an exchange of views on fisheries",
            "talks on tariffs",
            "[-an exchange of views on fisheries-]{+talks on tariffs+}",
        ),
        ("The tea left.", "The green tea left.", "The {+green +}tea left."),
        ("外交部长会见法国外长。", "外交部长会见德国外长。", "外交部长会见[-法-]{+德+}国外长。"),
        ("双方就渔业交换意见。", "双方交换意见。", "双方[-就渔业-]交换意见。"),
        ("日本のカメラ", "日本のカヌー", "日本のカ[-メラ-]{+ヌー+}"),
        ("A b.\n\nC d.\n\nE f.", "A b.\n\nE f.", "A b.\n\n[-C d.\n\n-]E f."),
        ("A b.\n\nC d.", "A b.", "A b.[-\n\nC d.-]"),
        ("A b.", "Z.\n\nA b.", "{+Z.\n\n+}A b."),
        ("A b. C d.", "A b.\n\nC d.", "A b.[- -]{+\n\n+}C d."),
        ("red\n\ntea", "green\n\ncoffee", "[-red-]{+green+}\n\n[-tea-]{+coffee+}"),
        ("", "new", "{+new+}"),
        ("old", "", "[-old-]"),
        (
            "caf\u00e9 \u0939\u093f\u0928\u094d\u0926\u0940",
            "caf\u00e9 \u0939\u093f\u0928",
            "caf\u00e9 [-\u0939\u093f\u0928\u094d\u0926\u0940-]{+\u0939\u093f\u0928+}",
        ),
    ],
)
def test_it_reads_well(before: str, after: str, both: str) -> None:
    assert redline(before, after) == both


def test_a_moved_paragraph_leaves_the_others_alone() -> None:
    one, two, three = "The first word is rail.", "The second word is tea.", "The third word is fish."
    before, after = "\n\n".join((one, two, three)), "\n\n".join((three, one, two))
    assert redline(before, after) == f"{{+{three}\n\n+}}{one}\n\n{two}[-\n\n{three}-]"


def _random_text(seed: int, words: int) -> str:
    drawn = random.Random(seed)
    return " ".join(f"w{drawn.randrange(5000)}{'.' * (drawn.random() < 0.1)}" for _ in range(words))


LONG = 17_000  # words: their product is far beyond what is aligned by words


def test_a_long_text_is_still_told_by_words() -> None:
    before = _random_text(1, LONG)
    words = before.split(" ")
    words[10], words[-10] = "here", "there"
    assert [span.words for span in word_diff(before, " ".join(words)) if span.change == "came"] == ["here", "there"]


def test_a_long_text_that_was_retyped_is_told_by_words_too() -> None:
    before = _random_text(2, LONG)
    spans = word_diff(before, before.replace(".", " ."))
    assert {span.words for span in spans} == {" "}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a " * 50_000, "b " * 50_000),
        ("a " * 50_000, " a" * 49_000),
        ("a. " * 40_000, "b. " * 40_000),
        ("a\n\n" * 40_000, "b\n\n" * 40_000),
        ("a\n\nc\n\n" * 5_000, "b\n\nc\n\n" * 5_000),
        ("的是在" * 40_000, "是的在" * 40_000),
        ("x" * 100_000, "y" * 100_000),
        (", " * 50_000, " ," * 50_000),
        (_random_text(3, 25_000), _random_text(4, 25_000)),
        ("\n" * 100_000, " " * 100_000),
    ],
    ids=[
        "words",
        "shifted",
        "sentences",
        "paragraphs",
        "every other",
        "chinese",
        "letters",
        "commas",
        "unlike",
        "blank",
    ],
)
def test_time_is_bounded(before: str, after: str) -> None:
    started = time.process_time()
    word_diff(before, after)
    assert time.process_time() - started < 4
