"""Which layout a page is in: every fingerprint is tried on every page, exactly one must fit."""

from __future__ import annotations

from collections.abc import Sequence

from parsers.errors import LayoutAmbiguous, LayoutUnknown, NotARelease
from parsers.kit import Layout
from parsers.layouts import LAYOUTS
from parsers.page import AnyPage, HtmlPage, TextPage
from parsers.refusals import is_list, refusal
from parsers.release import key_of


def recognise(page: AnyPage, layouts: Sequence[Layout] = LAYOUTS) -> Layout:
    """The one layout that a page is in.

    Raises:
        NotARelease: the page is a list or an error page.
        LayoutUnknown: no fingerprint fits.
        LayoutAmbiguous: more than one does.
    """
    if isinstance(page, TextPage) and is_list(page):
        raise NotARelease("the text is a list")
    fitting = [layout for layout in layouts if layout.fits(page)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        names = ", ".join(f"`{layout.name}`" for layout in fitting)
        raise LayoutAmbiguous(f"the layouts {names} all fit the page")
    refused = refusal(page)
    if refused:
        raise refused
    raise LayoutUnknown(f"no layout fits the page, {_describe(page)}")


def registry_revision(layouts: Sequence[Layout] = LAYOUTS) -> str:
    """Changes when any layout does: a page that none knew is worth another look then."""
    return key_of(*(f"{layout.name} {layout.full_revision()}" for layout in layouts))[:12]


def _describe(page: AnyPage) -> str:
    if isinstance(page, HtmlPage):
        node = page.tree.css_first("title")
        title = " ".join(node.text().split())[:80] if node else ""
        return f"HTML with the title `{title}`"
    if isinstance(page, TextPage):
        first = next((line.strip() for line in page.lines if line.strip()), "")
        return f"text that begins `{first[:80]}`"
    return "an item of a feed"
