"""Pages of known kinds that hold no release: lists and error pages. They never become one.

Removed pages of China's MFA answer 200: a page titled 系统维护 that says 您访问的页面不存在或已删除 and
sends the reader on after ten seconds. Another collector stored them as articles.
"""

from __future__ import annotations

import re

from parsers.blocks import blocks_of
from parsers.chrome import reads_like_prose
from parsers.errors import TooDeep
from parsers.page import AnyPage, HtmlPage, TextPage
from parsers.soup import soup_of
from parsers.text import letters

_GONE = re.compile(
    r"页面不存在|网页不存在|没有找到您要的(?:网页|页面)|系统维护|404 not found|302 found|error 404|page does not exist|"
    r"page (?:you requested )?(?:cannot|can not|could not|was not|is not|not) (?:be )?found",
    re.IGNORECASE,
)
_SHORT = 1_500  # letters beside the menu; a release of another template may well speak of a deleted page
_LISTS = (
    ".rebox_news li a",
    ".newsBd ul.list1 li a",
    ".newsLst_mod ul li a",
    "ul.news_fgx li a",
    ".news_list a",
    ".list-content ul li a",
)
_LIST_LINE = re.compile(r".{8,}[(（\[]\s*\d{4}-\d{1,2}-\d{1,2}\s*[)）\]]\s*$")
_MANY = 5
_FEW = 3


def refusal(page: AnyPage) -> str | None:
    """Why a page that no layout fits is known to be no release, else None."""
    if isinstance(page, HtmlPage):
        return _html(page)
    return None


def is_list(page: TextPage) -> bool:
    """Whether a text is a list: lines of a title and its day in brackets, and no paragraph among them."""
    lines = [line.strip() for line in page.lines if line.strip()]
    listed = [index for index, line in enumerate(lines) if _LIST_LINE.match(line)]
    if len(listed) < _FEW:
        return False
    rest = lines[listed[0] :]
    return len(listed) * 2 >= len(rest) and not any(reads_like_prose(line) for line in rest)


def is_error_page(page: AnyPage) -> bool:
    """Whether a page says that there is nothing here (any more), whatever its status was."""
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


def _html(page: HtmlPage) -> str | None:
    for selector in _LISTS:
        if len(page.tree.css(selector)) >= _MANY:
            return f"the page is a list (`{selector}`)"
    return "the page is an error page: nothing is here, or not any more" if is_error_page(page) else None
