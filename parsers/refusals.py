"""Pages of known kinds that hold no release: lists and error pages. They never become one.

Removed pages of China's MFA answer 200: a page titled 系统维护 that says 您访问的页面不存在或已删除 and
sends the reader on after ten seconds. Another collector stored them as articles.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsers import dates
from parsers.blocks import blocks_of
from parsers.chrome import breadcrumb, reads_like_prose
from parsers.errors import NotARelease, NothingHere, TooDeep
from parsers.gone_words import NOTHING_HERE
from parsers.page import AnyPage, HtmlPage, TextPage
from parsers.soup import soup_of
from parsers.text import letters

_GONE = re.compile(f"系统维护|{NOTHING_HERE}", re.IGNORECASE)
_SHORT = 1_500  # letters beside the menu; a release of another template may well speak of a deleted page
# At most one descendant step, as in layouts: with three, ten kilobytes of nested lists take minutes.
_LISTS = (
    ".rebox_news a",
    "ul.list1 a",
    ".newsLst_mod a",
    "ul.news_fgx a",
    ".news_list a",
    ".list-content a",
    "div.news-list a",
    ".newslist a",
    ".nbox_ul a",
    ".cbox_ul a",
    "#docMore a",
    "#TRS a",
)
_LIST_LINE = re.compile(r".{8,}[(（\[]\s*\d{4}-\d{1,2}-\d{1,2}\s*[)）\]]\s*$")
_ERROR = "the page is an error page: nothing is here, or not any more"
_MANY = 5
_FEW_WORDS = 300  # characters
_FEW = 3
_HEAD = 60  # lines among which a breadcrumb stands, below menus


def refusal(page: AnyPage) -> NotARelease | None:
    """Why a page that no layout fits is known to be no release, else None."""
    if isinstance(page, HtmlPage):
        for selector in _LISTS:
            if len(page.tree.css(selector)) >= _MANY:
                return NotARelease(f"the page is a list (`{selector}`)")
    return NothingHere(_ERROR) if is_error_page(page) else None


def is_list(page: TextPage) -> bool:
    """Whether a text is a list: titles with their days in brackets or on lines of their own.

    No paragraph stands among them, or it is the first item, shown in full under a title with its day in brackets.
    """
    lines = [line.strip() for line in page.lines if line.strip()]
    listed = [index for index, line in enumerate(lines) if _LIST_LINE.match(line) or dates.is_day(line)]
    if len(listed) < _FEW:
        return False
    rest = lines[listed[0] :]
    if any(reads_like_prose(line) for line in rest):
        return _is_item_in_full(lines)
    return len(listed) * 2 >= len(rest)


def _is_item_in_full(lines: Sequence[str]) -> bool:
    """Whether the line under the breadcrumb, where the headline stands, is an item of a list."""
    start = next((index for index, line in enumerate(lines[:_HEAD]) if breadcrumb(line)), None)
    items = [line for line in lines if _LIST_LINE.match(line)]
    return start is not None and len(items) >= _MANY and any(map(_LIST_LINE.match, lines[start + 1 : start + 2]))


def says_nothing_is_here(title: str, paragraphs: Sequence[str]) -> bool:
    """Whether a short text says that there is no page, in the template that its site has for all pages."""
    text = "\n".join((title, *paragraphs))
    return len(text) <= _FEW_WORDS and bool(_GONE.search(text))


def is_error_page(page: AnyPage) -> bool:
    """Whether a page says that there is nothing here (any more), whatever its status was."""
    if isinstance(page, TextPage):
        return letters(page.text[: 4 * _SHORT]) <= _SHORT and bool(_GONE.search(page.text[: 4 * _SHORT]))
    if not isinstance(page, HtmlPage):
        return False
    head = page.tree.css_first("title")
    return bool(_GONE.search(f"{head.text() if head else ''} {_said(page)}"))


def _said(page: HtmlPage) -> str:
    """What a page says beside its links, '' where that is more than an error page has to say."""
    if page.tree.body is None:
        return ""
    try:
        blocks = blocks_of(soup_of(page.tree.body)).blocks
    except TooDeep:
        return ""
    said = " ".join(block.text for block in blocks if block.linked * 2 < letters(block.text))
    return said if letters(said) <= _SHORT else ""
