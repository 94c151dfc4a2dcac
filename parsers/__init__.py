"""Bytes in, Release out: pure functions that know no clock, no network and no database.

Names are fetched when they are asked for: whoever needs the records or the errors alone does not
wait for HTML parsers.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from parsers.release import Listing, Page, Release, Unread

if TYPE_CHECKING:
    from parsers.kit import REVISION
    from parsers.layouts import LAYOUTS
    from parsers.reading import current_revisions, parse, read, unread

_HOMES = {
    "LAYOUTS": "parsers.layouts",
    "REVISION": "parsers.kit",
    **dict.fromkeys(("current_revisions", "parse", "read", "unread"), "parsers.reading"),
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module `parsers` has no attribute `{name}`")
    return getattr(import_module(_HOMES[name]), name)


__all__ = [
    "LAYOUTS",
    "REVISION",
    "Listing",
    "Page",
    "Release",
    "Unread",
    "current_revisions",
    "parse",
    "read",
    "unread",
]
