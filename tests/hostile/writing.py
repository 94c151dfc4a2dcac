"""Changes to the writing of a page: its end or its beginning lost, other charsets, line ends, marks, entities.

They go into what stands between tags; scripts, styles, comments and entities stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from table import Comes, mutation

_MARKUP = re.compile(r"(?is)(<!--.*?-->|<script\b.*?</script>|<style\b.*?</style>|<[^>]*>|&lt;br&gt;|&#?\w+;)")
_WORD = re.compile(r"\w+")
_HAN = re.compile("[\u3400-\u9fff]")
_BLANK = re.compile(r"(?<=\w) (?=\w)")


def in_text(page: str, change: Callable[[str], str]) -> str:
    """Change what stands between tags, all of it in a plain text."""
    parts = _MARKUP.split(page)
    return "".join(part if index % 2 else change(part) for index, part in enumerate(parts))


# --- cuts ----------------------------------------------------------------------------------------


def without_its_head(raw: bytes, tenths: int) -> bytes:
    """What is left when so many tenths of a page's beginning are lost."""
    return raw[len(raw) * tenths // 10 :]


def _cut(tenths: int) -> Callable[[str], bytes]:
    def change(page: str) -> bytes:
        raw = page.encode()
        return raw[: len(raw) * tenths // 10]

    change.__name__ = f"cut_at_{tenths}_tenths"
    return change


def _head_cut(tenths: int) -> Callable[[str], bytes]:
    def change(page: str) -> bytes:
        return without_its_head(page.encode(), tenths)

    change.__name__ = f"head_cut_at_{tenths}_tenths"
    return change


for each in range(1, 10):
    mutation(Comes.CUT, "html", "text", "item")(_cut(each))
    mutation(Comes.EITHER, "html", "item")(_head_cut(each))


# --- charsets ------------------------------------------------------------------------------------


@mutation(Comes.SAME, "html", "text", "item")
def with_a_byte_order_mark(page: str) -> bytes:
    return page.encode("utf-8-sig")


@mutation(Comes.SAME, "html", "text", "item")
def in_utf_16(page: str) -> bytes:
    return page.encode("utf-16")


@mutation(Comes.REFUSED, "html", "text", "item")
def in_utf_16_without_its_mark(page: str) -> bytes:
    return page.encode("utf-16-le")


@mutation(Comes.SAME, "html", "text", charset="gb2312")
def in_chinese(page: str) -> bytes:
    return page.encode("gb18030")


@mutation(Comes.SAME, "html", "text", "item", charset="utf-7")
def declared_in_a_charset_that_it_is_not(page: str) -> str:
    return page


@mutation(Comes.EITHER, "html", "text", charset="unicode_escape")
def declared_in_a_codec_that_is_no_charset(page: str) -> bytes:
    # Enough of it is Chinese that what was declared does not matter.
    return page.encode("gb18030" if len(_HAN.findall(page)) > 100 else "utf-8")


@mutation(Comes.EITHER, "html", "text", charset="utf-16")
def declared_wide(page: str) -> str:
    return page


# --- line ends and blanks ------------------------------------------------------------------------


@mutation(Comes.SAME, "html", "text", "item")
def with_carriage_returns(page: str) -> str:
    return page.replace("\r\n", "\n").replace("\n", "\r\n")


@mutation(Comes.SAME, "html")
def with_carriage_returns_alone(page: str) -> str:
    return page.replace("\r\n", "\n").replace("\n", "\r")


@mutation(Comes.SAME, "html", "text")
def blanks_become_other_blanks(page: str) -> str:
    return in_text(page, lambda text: _BLANK.sub("\u00a0", text))


@mutation(Comes.SAME, "html", "text")
def with_blanks_at_the_ends_of_lines(page: str) -> str:
    return page.replace("\n", " \t\u3000\u00a0\n")


@mutation(Comes.SAME, "html", "text", "item")
def much_white_space_after_it(page: str) -> str:
    return page + "\n\u3000\t" * 3_000


# --- marks that nobody sees ----------------------------------------------------------------------


@mutation(Comes.SAME, "html", "text")
def words_set_from_right_to_left(page: str) -> str:
    return in_text(page, lambda text: _WORD.sub("\u202e\\g<0>\u202c", text))


@mutation(Comes.SAME, "html", "text")
def words_isolated(page: str) -> str:
    return in_text(page, lambda text: _WORD.sub("\u2067\\g<0>\u2069", text))


@mutation(Comes.SAME, "html", "text")
def letters_joined_by_nothing(page: str) -> str:
    return in_text(page, lambda text: re.sub(r"(?<=\w)(?=\w)", "\u200b\ufeff", text))


@mutation(Comes.SAME, "html", "text")
def blanks_with_nothing_beside_them(page: str) -> str:
    return in_text(page, lambda text: _BLANK.sub("\u200b \u200e \u2060", text))


@mutation(Comes.SAME, "html")
def direction_marks_as_entities(page: str) -> str:
    return in_text(page, lambda text: _WORD.sub("&#8238;\\g<0>&#x202C;&zwnj;&lrm;", text))


# --- entities ------------------------------------------------------------------------------------


@mutation(Comes.SAME, "html")
def each_letter_an_entity(page: str) -> str:
    return in_text(page, lambda text: re.sub(r"\w", lambda letter: f"&#{ord(letter[0])};", text))


@mutation(Comes.SAME, "html")
def each_letter_a_hexadecimal_entity(page: str) -> str:
    return in_text(page, lambda text: re.sub(r"\w", lambda letter: f"&#X{ord(letter[0]):x};", text))


@mutation(Comes.SAME, "html")
def blanks_become_entities(page: str) -> str:
    return in_text(page, lambda text: _BLANK.sub("&#13;&#10;&nbsp;&emsp;", text))
