"""Redlines and texts side by side: nothing of either text is lost, whatever the spans say."""

from __future__ import annotations

import re
import time
import unicodedata
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.showing.redline import EDGE, Paragraph, Piece, Row, around, beside, pieces_of, redline, shortened
from flows.showing.two_columns import marked, side_by_side
from parsers.linking import Span, Text, word_diff

WORDS = st.sampled_from(["a", "b", "went", "2020", "会", "见", "é", "\u05d0", " ", ". ", ", ", "\n\n", "-]", "{+"])
TEXTS = st.lists(WORDS, max_size=40).map("".join)
BODIES = TEXTS.map(lambda text: "\n\n".join(filter(None, text.split("\n\n"))))


def side(pieces: list[Piece], without: str) -> str:
    return "".join(text for change, text in pieces if change != without)


def text(body: str, title: str = "T", subtitle: str | None = None) -> Text:
    return Text(title, subtitle, body)


def lines(before: str, after: str) -> list[str]:
    return [plainly(each) for each in redline(text(before), text(after), word_diff(before, after))]


def plainly(paragraph: Paragraph) -> str:
    return re.sub(r"\x1b\[\d+m", "", marked(paragraph.pieces))


@given(TEXTS, TEXTS)
def test_a_redline_holds_both_texts(before: str, after: str) -> None:
    spans = word_diff(before, after)
    found = pieces_of(before, after, spans)
    assert [each for each in found if each.change != "same"] == [(span.change, span.words) for span in spans]
    assert (side(found, "came"), side(found, "went")) == (before, after)
    assert all(text for _, text in found)


@given(TEXTS, TEXTS, st.lists(st.builds(Span, st.sampled_from(["went", "came"]), *[st.integers(0, 60)] * 2, TEXTS)))
def test_spans_that_do_not_add_up_lose_nothing(before: str, after: str, spans: list[Span]) -> None:
    found = pieces_of(before, after, spans)
    assert (side(found, "came"), side(found, "went")) == (before, after)


def test_texts_whose_words_were_not_told_apart_went_and_came_as_a_whole() -> None:
    assert pieces_of("Old text.", "New text.", ()) == [Piece("went", "Old text."), Piece("came", "New text.")]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("They met on Monday.", "They met on Tuesday.", ["They met on [-Monday-]{+Tuesday+}."]),
        ("双方就此交换意见。", "双方就此深入交换意见。", ["双方就此{+深入+}交换意见。"]),
        ("One.\n\nTwo.\n\nThree.", "One.\n\nThree.", ["One.", "[-Two.-]", "Three."]),
        ("One.\n\nTwo.", "One. Two.", ["One.[-¶-]", "{+ +}Two."]),
        ("One.", "One.\n\nTwo.", ["One.", "{+Two.+}"]),
    ],
)
def test_what_a_reader_sees(before: str, after: str, shown: list[str]) -> None:
    assert lines(before, after) == shown


def test_title_and_subtitle_stand_first_and_only_where_they_changed() -> None:
    before, after = text("Same.", "Old title", "A note"), text("Same.", "New title", None)
    spans = [*word_diff("Old title", "New title", "title"), *word_diff("A note", "", "subtitle")]
    found = redline(before, after, spans)
    assert [(each.field, plainly(each)) for each in found] == [
        ("title", "[-Old-]{+New+} title"),
        ("subtitle", "[-A note-]"),
        ("body", "Same."),
    ]
    assert [each.field for each in redline(before, before, ())] == ["body"]


def test_one_paragraph_stands_around_what_changed_and_the_rest_is_counted() -> None:
    before = "\n\n".join(f"Paragraph {n}." for n in range(10))
    after = before.replace("Paragraph 4.", "Paragraph four.")
    shown = around(redline(text(before), text(after), word_diff(before, after)))
    assert [each if isinstance(each, int) else plainly(each) for each in shown] == [
        3,
        "Paragraph 3.",
        "Paragraph [-4-]{+four+}.",
        "Paragraph 5.",
        4,
    ]


@given(st.lists(st.booleans(), max_size=30))
def test_what_is_left_out_is_counted(changed: list[bool]) -> None:
    all_of_it = [Paragraph("body", (Piece("went" if each else "same", f"{n}"),)) for n, each in enumerate(changed)]
    shown = around(all_of_it)
    kept = [each for each in shown if isinstance(each, Paragraph)]
    assert len(kept) + sum(each for each in shown if isinstance(each, int)) == len(changed)
    assert [each for each in kept if each.changed] == [each for each in all_of_it if each.changed]
    for place, each in enumerate(kept):
        assert each.changed or any(near.changed for near in kept[max(0, place - 1) : place + 2])


def test_long_stretches_that_did_not_change_show_their_edges() -> None:
    far = "x" * 5_000
    (found,) = shortened([Paragraph("body", (Piece("same", far), Piece("came", "NEW"), Piece("same", far)))])
    assert isinstance(found, Paragraph)
    first, new, last = found.pieces
    assert (first.text, new.text, last.text) == (f"… {'x' * EDGE}", "NEW", f"{'x' * EDGE} …")


def test_a_bounded_redline_is_cut_and_says_so() -> None:
    long = [Paragraph("body", (Piece("went", "w" * 900), Piece("came", "c" * 900))) for _ in range(50)]
    found = shortened(list(long), 2_000)
    assert sum(len(piece.text) for each in found if isinstance(each, Paragraph) for piece in each.pieces) <= 2_010
    assert isinstance(found[-1], Paragraph)
    assert found[-1].pieces[-1] == Piece("same", " …")
    assert shortened(list(long)) == long, "nothing that went or came is cut where nothing bounds it"


@given(BODIES, BODIES, st.booleans())
def test_side_by_side_each_side_says_what_it_says(left: str, right: str, marked: bool) -> None:
    rows = beside(text(left), text(right), marked=marked)
    for column, body, foreign in ((0, left, "came"), (1, right, "went")):
        said = ["".join(piece.text for piece in row[column]) for row in rows]
        assert [each for each in said if each] == ["T", *filter(None, body.split("\n\n"))]
        assert all(piece.change != foreign for row in rows for piece in row[column])


def test_paragraphs_stand_beside_their_counterparts() -> None:
    first, second, third = "The two sides met.", "Lin thanked for the boats.", "They will meet again in the spring."
    later = third.replace("spring", "summer")
    rows = beside(text(f"{first}\n\n{second}\n\n{third}"), text(f"{first}\n\n{later}"))
    said = [tuple("".join(piece.text for piece in each) for each in row) for row in rows]
    assert said == [("T", "T"), (first, first), (second, ""), (third, later)]
    assert [row.alike for row in rows] == [True, True, False, False]


def test_two_languages_are_paired_in_order_and_nothing_is_marked() -> None:
    rows = beside(text("一。\n\n二。", "题"), text("One, 1.\n\nTwo.\n\nThree.", "Title"), marked=False)
    assert rows[1] == Row((Piece("same", "一。"),), (Piece("same", "One, 1."),))
    assert rows[-1] == Row((), (Piece("same", "Three."),))


@given(BODIES, BODIES, st.integers(20, 90))
def test_columns_keep_their_width_and_all_words(left: str, right: str, width: int) -> None:
    for row in beside(text(left), text(right)):
        shown = [re.sub(r"\x1b\[\d+m", "", each) for each in side_by_side(*row, width)]
        cells = [sum(0 if unicodedata.combining(c) else 1 + (c in "会见") for c in each) for each in shown]
        assert max(cells, default=0) <= width
        said = "".join("".join(shown).split())
        for piece in chain(*row):
            if piece.change != "same" and len(piece.text) < 3:
                assert piece.text.strip() in said


def test_a_long_text_costs_little() -> None:
    paragraph = " ".join(f"word{n}" for n in range(60))
    left = "\n\n".join(f"{n} {paragraph}" for n in range(500))
    right = left.replace("word7 ", "word8 ")
    started = time.perf_counter()
    rows = beside(text(left), text(right))
    shown = sum(1 for row in rows for _ in side_by_side(*row, 160))
    assert shown > 500
    assert time.perf_counter() - started < 5
