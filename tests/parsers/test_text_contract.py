"""What white space, marks and block boundaries become."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import html_page, paragraphs_of, text_page

from parsers import parse
from parsers.text import has_han, headline, letters, one_line

BLANKS = " \t\r\n\u00a0\u3000\u2003\u2009\u202f"
MARKS = "\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u202e\u2060\u2066\u2069\ufeff"


@pytest.mark.parametrize("blank", BLANKS, ids=lambda char: f"U+{ord(char):04X}")
def test_white_space_becomes_one_space(blank: str) -> None:
    assert one_line(f"{blank}{blank}a{blank} {blank}b{blank}") == "a b"


@pytest.mark.parametrize("mark", MARKS, ids=lambda char: f"U+{ord(char):04X}")
def test_marks_that_nobody_sees_go(mark: str) -> None:
    assert one_line(f"{mark}Spokesperson Ned Price:{mark}") == "Spokesperson Ned Price:"
    assert one_line(f"a{mark}b") == "ab"


@given(st.text())
def test_nothing_else_changes(text: str) -> None:
    line = one_line(text)
    assert line == one_line(line)
    assert "".join(line.split()) == "".join(char for char in text if not char.isspace() and char not in _unseen())


def _unseen() -> set[str]:
    spans = ((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2069), (0xFEFF, 0xFEFF))
    return {chr(code) for first, last in spans for code in range(first, last + 1)}


@pytest.mark.parametrize("title", ["a<br>b", "a<BR/>b", "a <br /> b", "a\nb", "<br>a b<br>"])
def test_a_literal_break_in_a_title_is_a_space(title: str) -> None:
    assert headline(title) == "a b"


def test_a_break_element_in_a_title_parts_latin_words_and_no_chinese_ones() -> None:
    assert parse(html_page("<p>x.</p>", "Lin Example<br>Meets the Guests")).title == "Lin Example Meets the Guests"
    assert parse(html_page("<p>x.</p>", "周样本<br>会见外宾")).title == "周样本会见外宾"


@pytest.mark.parametrize(
    "tag",
    [
        *("p", "div", "li", "blockquote", "section", "article", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl"),
        *(
            "dt",
            "dd",
            "pre",
            "center",
            "figure",
            "figcaption",
            "header",
            "footer",
            "aside",
            "main",
            "fieldset",
            "address",
        ),
        *("details", "summary", "legend", "menu"),
    ],
)
def test_a_block_is_a_paragraph(tag: str) -> None:
    assert paragraphs_of(f"a.<{tag}>b.</{tag}>c.") == ["a.", "b.", "c."]


@pytest.mark.parametrize("tag", ["br", "hr"])
def test_a_break_ends_a_paragraph(tag: str) -> None:
    assert paragraphs_of(f"<p>a.<{tag}><{tag}/>b.</p>") == ["a.", "b."]


@pytest.mark.parametrize(
    "tag", ["span", "b", "strong", "em", "i", "u", "font", "small", "a", "sup", "abbr", "ins", "label"]
)
def test_an_inline_boundary_adds_nothing(tag: str) -> None:
    assert paragraphs_of(f"<p><{tag}>Chin</{tag}><{tag}>ese</{tag}> tea.</p>") == ["Chinese tea."]


def test_a_cell_boundary_is_a_space_and_a_row_a_paragraph() -> None:
    table = "<table><tr><th>Day</th><td>Monday</td></tr><tr><td>Place</td><td>Reykjavik</td></tr></table>"
    assert paragraphs_of(table) == ["Day Monday", "Place Reykjavik"]


def test_source_lines_are_no_paragraphs_in_html() -> None:
    assert paragraphs_of("<p>one\ntwo\r\n three.</p>") == ["one two three."]


def test_a_line_of_a_plain_text_is_a_paragraph() -> None:
    page = text_page("Home > News", "Title", "", "　　one.", "\ttwo.  ", "\u200bthree.\r", "\u00a0", "four\u2028five.")
    assert parse(page).paragraphs == ("one.", "two.", "three.", "four five.")


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>x.</script>",
        "<style>x.</style>",
        "<!-- x. -->",
        "<noscript>x.</noscript>",
        "<template><p>x.</p></template>",
        "<span style='display:none'>x.</span>",
        "<SPAN STYLE='DISPLAY : NONE'>x.</SPAN>",
        "<b style='color:red;visibility:hidden'>x.</b>",
        "<span hidden>x.</span>",
        "<svg><text>x.</text></svg>",
        "<video>x.</video>",
        "<select><option>x.</select>",
        "<button>x.</button>",
        "<iframe>x.</iframe>",
    ],
)
def test_what_no_reader_sees_goes_and_parts_no_word(unseen: str) -> None:
    assert paragraphs_of(f"<p>Chin{unseen}ese tea.</p>") == ["Chinese tea."]


@pytest.mark.parametrize("style", ["text-decoration:none", "border: none; color: red", "display:block"])
def test_a_style_that_hides_nothing_hides_nothing(style: str) -> None:
    assert paragraphs_of(f"<p>Chin<span style='{style}'>ese</span> tea.</p>") == ["Chinese tea."]


def test_letters_are_counted_in_any_script() -> None:
    assert letters("好的。 No. 7 – हिन्दी") == 2 + 2 + 1 + sum(map(str.isalnum, "हिन्दी"))
    assert has_han("ok 好")
    assert not has_han("テキスト ok")
