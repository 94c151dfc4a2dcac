"""What the processes of a pool derive, a row of texts at a time: plain values in, rows out.

A text that takes too long gives what is safest to say of it: no day, no mirror, all of it changed.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

from flows.pool import Work
from parsers.errors import ParseError
from parsers.facts import Anchor, Evidence, PageIdDates, Terms, Text, event_days
from parsers.linking import Document, Edit, Span, compare, edit, sketch
from parsers.linking import Text as Edited
from seeds.reference import first_known, page_id_dates, tenures

Row = tuple[Any, ...]
FROM_URL = ("page_id", "url")


def _length(row: Row) -> int:
    return sum(len(value) for value in row if isinstance(value, str))


def _days(row: Row) -> list[dict[str, Any]]:
    key, title, subtitle, body, language, kind, url, day, after, before, method, precision, copied = row
    others = [*_page_ids().anchors(url), *([Anchor("neighbours", "", after, before)] if after or before else [])]
    anchors = [*_published(day, method, precision, alone=not others), *others]
    published: list[tuple[str, Anchor | Evidence]] = [
        ("published", each) for each in anchors if each.method in FROM_URL
    ]
    found = event_days(Text(title, subtitle, body, language, kind, copied), anchors, _terms())
    event = [("event", each) for each in found if each.field]  # an anchor is evidence of the publication
    return [
        {
            "days_key": key,
            "position": position,
            "about": about,
            "method": each.method,
            "text": each.text,
            "field": getattr(each, "field", None),
            "span_start": getattr(each, "span_start", None),
            "span_stop": getattr(each, "span_stop", None),
            "earliest_on": each.earliest,
            "latest_on": each.latest,
            "precision": getattr(each, "precision", None),
            "chosen": getattr(each, "chosen", False),
        }
        for position, (about, each) in enumerate([*published, *event])
    ]


def _published(day: date | None, method: str | None, precision: str | None, *, alone: bool) -> Iterator[Anchor]:
    """The day of publication as far as it is said.

    What was updated had been published before; where nothing else says when, sites of missions date their pages so.
    """
    if day:
        first, last = _as_precise(day, precision)
        bound = method == "updated" and not alone
        yield Anchor("updated", str(day), None, last) if bound else Anchor("published", str(day), first, last)


def _as_precise(day: date, precision: str | None) -> tuple[date, date]:
    """The first and the last day of the month or the year that is said, the day itself otherwise."""
    if precision == "year":
        return day.replace(month=1, day=1), day.replace(month=12, day=31)
    if precision == "month":
        return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    return day, day


@cache
def _page_ids() -> PageIdDates:
    return PageIdDates(page_id_dates())


@cache
def _terms() -> Terms:
    return Terms(tenures(), first_known())


def _no_days(_error: ParseError) -> list[dict[str, Any]]:
    return []


DAYS = Work(_days, _no_days, _length)
"""Key, title, subtitle, body, language, kind, URL, all that is known of its publication -> rows of `day_evidence`."""


def _sketch(row: Row) -> tuple[int, ...]:
    _, title, body = row
    return sketch(title, body)


def _no_buckets(_error: ParseError) -> tuple[int, ...]:
    return ()


SKETCH = Work(_sketch, _no_buckets, _length)
"""Hash, title, body -> buckets."""


def _compare(pair: tuple[Row, Row]) -> float | None:
    (_, *first), (_, *second) = pair
    return compare(Document(*first), Document(*second))


def _not_alike(_error: ParseError) -> float | None:
    return None


def _length_of_both(pair: tuple[Row, Row]) -> int:
    return sum(map(_length, pair))


COMPARE = Work(_compare, _not_alike, _length_of_both)
"""Hash, title, body and language of two texts -> how alike they are."""


def _edit(row: Row) -> Edit:
    _, *before, _, title, subtitle, body = row
    return edit(Edited(*before), Edited(title, subtitle, body))


def _all_of_it(_error: ParseError) -> Edit:
    return Edit("wording", False, ())


EDIT = Work(_edit, _all_of_it, _length)
"""Hash, title, subtitle and body of two texts -> the edit between them."""


def span_row(span: Span) -> dict[str, Any]:
    """A span as columns of `diff_spans`."""
    return {
        "change": span.change,
        "field": span.field,
        "span_start": span.start,
        "span_stop": span.stop,
        "words": span.words,
    }
