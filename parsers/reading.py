"""A page -> the release on it, or why there is none."""

from __future__ import annotations

from parsers.errors import InputTooLarge, ParseError, ParserFault
from parsers.kit import Layout
from parsers.layouts import LAYOUTS
from parsers.page import open_page
from parsers.recognise import recognise, registry_revision
from parsers.release import Page, Release, Unread


def parse(page: Page) -> Release:
    """Read the release on a page.

    Args:
        page: raw bytes and what stood beside them.

    Raises:
        ParseError: no release can be read; the class says why.
        InputTooLarge: the body is over the bound.
    """
    opened = open_page(page)
    return recognise(opened).read(opened)


def read(page: Page) -> Release | Unread:
    """Read the release on a page, or say why none could be: the form in which the line takes it."""
    layout: Layout | None = None
    try:
        opened = open_page(page)
        layout = recognise(opened)
        return layout.read(opened)
    except (ParseError, InputTooLarge) as error:
        return unread(error, layout)
    except Exception as error:  # noqa: BLE001 - whatever a page brings out of us must not harm the next one
        fault = ParserFault(f"the parser failed with {type(error).__name__}: {str(error)[:200]}")
        return unread(fault, layout)


def unread(error: ParseError | InputTooLarge, layout: Layout | None = None) -> Unread:
    """The quarantine row of an error; without a layout it is worth another look when any changes."""
    revision = layout.full_revision() if layout else registry_revision()
    return Unread(layout.name if layout else None, revision, type(error).__name__, error.what, error.todo)


def current_revisions() -> dict[str | None, str]:
    """Today's revision of each layout; under None that of pages which no layout knew."""
    return {None: registry_revision(), **{layout.name: layout.full_revision() for layout in LAYOUTS}}
