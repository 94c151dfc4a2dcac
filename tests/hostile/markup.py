"""Changes to the markup of a page that leave the document what it is, as a browser reads it.

They are string operations on the page: no code of the parsers takes part.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from table import Comes, mutation
from writing import in_text

_TAG = re.compile(r"<(/?)([a-zA-Z][\w:]*)((?:\s+[^<>]*)?)>")
_ATTRIBUTE = re.compile(r"""\s+([\w:-]+)(\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?""")
_NAMED = re.compile(r"""(?i)(\s(?:class|id)\s*=\s*)(?:"[^"]*"|'[^']*'|[^\s"'>]+)""")
_RAW_TEXT = re.compile(r"(?is)<(script|style|title)\b.*?</\1>|<!--.*?-->")
_BLOCK = re.compile(r"(?i)(?=</?(?:div|p|ul|ol|li|table|tr|td|h[1-6]|dl|dt|dd)\b)")
_P = re.compile(r"(?i)<p\b[^>]*>")
_WORD = re.compile(r"\w+")
MARKS = "<div class=content_mod><h2 class=title>Another Title</h2><div class=content>Another text.</div></div>"


def outside_raw_text(page: str, change: Callable[[str], str]) -> str:
    """Change all but scripts, styles, titles and comments."""
    out, at = [], 0
    for raw in _RAW_TEXT.finditer(page):
        out += [change(page[at : raw.start()]), raw[0]]
        at = raw.end()
    return "".join([*out, change(page[at:])])


def each_tag(page: str, change: Callable[[str, str, str], str]) -> str:
    """Write each tag anew: `change` gets its slash, its name and its attributes."""
    return outside_raw_text(page, lambda part: _TAG.sub(lambda tag: change(tag[1], tag[2], tag[3]), part))


def in_words(page: str, change: Callable[[str], str]) -> str:
    """Change each word that stands in the body, outside titles."""
    return outside_raw_text(
        page, lambda part: in_text(part, lambda text: _WORD.sub(lambda word: change(word[0]), text))
    )


@mutation(Comes.SAME, "html")
def tags_in_capitals(page: str) -> str:
    def name(attribute: re.Match[str]) -> str:
        return f" {attribute[1].upper()}{attribute[2] or ''}"

    return each_tag(page, lambda slash, tag, rest: f"<{slash}{tag.upper()}{_ATTRIBUTE.sub(name, rest)}>")


@mutation(Comes.SAME, "html")
def attributes_in_single_quotes(page: str) -> str:
    return each_tag(page, lambda slash, tag, rest: f"<{slash}{tag}" + re.sub(r'"([^"\'<>]*)"', r"'\1'", rest) + ">")


@mutation(Comes.SAME, "html")
def attributes_in_reverse(page: str) -> str:
    def turned(slash: str, tag: str, rest: str) -> str:
        found = [each[0] for each in _ATTRIBUTE.finditer(rest)]
        return f"<{slash}{tag}{''.join(reversed(found)) if ''.join(found) == rest else rest}>"

    return each_tag(page, turned)


@mutation(Comes.SAME, "html")
def names_given_twice(page: str) -> str:
    # Of two attributes of one name the first counts.
    return outside_raw_text(page, lambda part: _NAMED.sub(r"\g<0>\1'news-title vibox article'", part))


@mutation(Comes.SAME, "html")
def more_classes(page: str) -> str:
    return re.sub(r'(?i)(\sclass=")([^"<>]*")', r"\1zebra zulu \2", page)


@mutation(Comes.SAME, "html")
def attributes_full_of_tags(page: str) -> str:
    return each_tag(page, lambda slash, tag, rest: f'<{tag} data-x="{MARKS}</p>"{rest}>' if not slash else f"</{tag}>")


@mutation(Comes.SAME, "html")
def comments_full_of_tags(page: str) -> str:
    return each_tag(page, lambda slash, tag, rest: f"<{slash}{tag}{rest}><!-- {MARKS} -->")


@mutation(Comes.SAME, "html")
def scripts_full_of_tags(page: str) -> str:
    written = MARKS.replace("/", "\\/")
    return _P.sub(lambda tag: f"{tag[0]}<script>document.write('{written}')</script>", page)


@mutation(Comes.SAME, "html")
def templates_full_of_tags(page: str) -> str:
    return _P.sub("\\g<0><template><p>Another text.</p></template><noscript>Another text.</noscript>", page)


@mutation(Comes.SAME, "html")
def paragraphs_that_nobody_sees(page: str) -> str:
    hidden = "<p style='DISPLAY : none'>Another text.</p><p hidden>Another text.</p>"
    return re.sub(r"(?i)</p>", rf"</p>{hidden}", page)


@mutation(Comes.SAME, "html")
def each_block_on_a_line_of_its_own(page: str) -> str:
    return outside_raw_text(page, lambda part: _BLOCK.sub("\n\t", part))


@mutation(Comes.SAME, "html")
def words_in_tags(page: str) -> str:
    return in_words(page, lambda word: f"<span lang=x><b>{word}</b></span>")


@mutation(Comes.SAME, "html")
def words_cut_by_tags(page: str) -> str:
    return in_words(page, lambda word: f"{word[:1]}<b></b><font size=2></font><wbr>{word[1:]}")


@mutation(Comes.SAME, "html")
def tags_closed_crosswise(page: str) -> str:
    return in_words(page, lambda word: f"<b><i>{word}</b></i>")


@mutation(Comes.SAME, "html")
def end_tags_that_close_nothing(page: str) -> str:
    return outside_raw_text(page, lambda part: in_text(part, lambda text: text + "</span></b></ruby></center>"))


@mutation(Comes.SAME, "html")
def ends_of_paragraphs_left_out(page: str) -> str:
    return re.sub(r"(?i)</p>(?=\s*<p\b)", "", page)


@mutation(Comes.SAME, "html")
def without_its_doctype(page: str) -> str:
    return re.sub(r"(?i)<!doctype[^>]*>", "", page)


@mutation(Comes.SAME, "html")
def another_page_as_text(page: str) -> str:
    return page + "<script type=text/html><html><body>" + MARKS + "</body></html></script><style>" + MARKS + "</style>"
