"""Two releases side by side as one HTML file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from flows.html_page import escaped, html_page
from flows.reporting.edits_page import pieces_html
from flows.showing.redline import Row
from parsers.linking import Text

_STYLE = """
body { max-width: 84rem; } .row { display: grid; grid-template-columns: 1fr 1fr; gap: 1.5rem; }
.row > * { margin: .4rem 0; min-width: 0; } .row + .row { border-top: 1px solid var(--edge); }
summary { cursor: pointer; color: var(--soft); font-size: .85rem; padding: .4rem 0; }
@media (max-width: 40rem) { .row { grid-template-columns: 1fr; gap: 0; } .row > :last-child:not(:empty) {
  border-left: .3rem solid var(--edge); padding-left: .6rem; } }
@media print { details > * { display: block; } }
"""
_RUN = 4  # rows alike, one after the other, that are folded away


@dataclass(frozen=True, slots=True)
class Side:
    """A version of a release.

    Attributes:
        first_captured_at: first look that shows it, UTC; None where no look is dated.
        last_captured_at: the last one.
    """

    release_id: str
    source: str | None
    url: str | None
    language: str | None
    version: int
    text_sha256: str
    first_captured_at: datetime | None
    last_captured_at: datetime | None
    text: Text

    def about(self) -> dict[str, Any]:
        """Which version of which release it is."""
        names = ("release_id", "source", "url", "version", "first_captured_at", "last_captured_at", "text_sha256")
        return {name: getattr(self, name) for name in names}


def beside_page(left: Side, right: Side, rows: Sequence[Row]) -> str:
    """A self-contained page: who says what, then each paragraph beside its counterpart."""
    heads = "".join(f"<dl>{_facts(side)}</dl>" for side in (left, right))
    shown = "".join(_rows(list(group), alike=alike) for alike, group in groupby(rows, key=lambda row: row.alike))
    title = f"Side by side: {left.text.title}"
    body = f"<h1>{escaped(title)}</h1><div class='row'>{heads}</div>{shown}"
    return html_page(title, body, _STYLE)


def _facts(side: Side) -> str:
    known = ((name, value) for name, value in side.about().items() if value is not None)
    return "".join(f"<dt>{escaped(name)}</dt><dd>{escaped(value)}</dd>" for name, value in known)


def _rows(rows: Sequence[Row], *, alike: bool) -> str:
    items = "".join(
        f"<div class='row'><p dir='auto'>{pieces_html(row.left)}</p><p dir='auto'>{pieces_html(row.right)}</p></div>"
        for row in rows
    )
    if not alike or len(rows) < _RUN:
        return items
    return f"<details><summary>{len(rows):,} paragraphs alike</summary>{items}</details>"
