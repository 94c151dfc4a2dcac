"""Pages of known kinds that hold no release: lists and error pages. They never become one.

Removed pages of China's MFA answer 200: a page titled 系统维护 that says 您访问的页面不存在或已删除 and
sends the reader on after ten seconds. Another collector stored them as articles.
"""

from __future__ import annotations

import re

from parsers.page import AnyPage, HtmlPage, TextPage

_GONE = re.compile(
    r"页面不存在|已删除|系统维护|page (?:you requested )?(?:was )?(?:could )?not (?:be )?found|404 not found|302 found|"
    r"error 404|page does not exist",
    re.IGNORECASE,
)
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


def refusal(page: AnyPage) -> str | None:
    """Why a page that no layout fits is known to be no release, else None."""
    if isinstance(page, HtmlPage):
        return _html(page)
    if isinstance(page, TextPage):
        return _text(page)
    return None


def is_error_page(page: AnyPage) -> bool:
    """Whether a page says that there is nothing here (any more), whatever its status was."""
    if not isinstance(page, HtmlPage):
        return False
    head = page.tree.css_first("title")
    body = page.tree.body
    says = f"{head.text() if head else ''} {body.text()[:3000] if body else ''}"
    return bool(_GONE.search(says))


def _html(page: HtmlPage) -> str | None:
    for selector in _LISTS:
        if len(page.tree.css(selector)) >= _MANY:
            return f"the page is a list (`{selector}`)"
    return "the page is an error page: nothing is here, or not any more" if is_error_page(page) else None


def _text(page: TextPage) -> str | None:
    lines = [line for line in page.lines if line.strip()]
    listed = sum(bool(_LIST_LINE.match(line)) for line in lines)
    return "the text is a list" if listed >= _MANY and listed * 2 >= len(lines) else None
