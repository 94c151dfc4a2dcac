"""The wire: the edits that pages do not own up to, what vanished, and apart the edits that they declare.

It reads `edits` and `withdrawals` alone. Both are computed over one revision of the parsers, so that what a better
parser reads otherwise is never told here.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from flows.reporting.edits_asked import Picture
from flows.reporting.edits_told import Period, Told, counts, told_edits, told_vanished

MOST = 500  # entries of each part
CHARACTERS = 8_000  # of a redline; `communique show RELEASE --diff` has all of it
# Names under it stand for edits. A tag: URI would claim a domain or an address of whoever runs this.
_NAMES = UUID("6f0c1a52-93c1-4b8e-8a7d-2f6f1e1f9b64")


@dataclass(frozen=True, slots=True)
class Wire:
    """What a period brought, each part newest first.

    Attributes:
        published_at: of the publication that was read, UTC.
        counts: by class of the silent edits, `declared` and `vanished`, whatever is shown of them.
    """

    period: Period
    published_at: datetime
    counts: dict[str, int]
    silent: list[Told]
    vanished: list[Told]
    declared: list[Told]

    @property
    def silent_count(self) -> int:
        """Silent edits of all classes."""
        return sum(self.counts.values()) - self.counts["vanished"] - self.counts["declared"]

    @property
    def title(self) -> str:
        """Of page and feed."""
        return f"Silent edits of {self.period.source or 'official releases'}"

    @property
    def scope(self) -> str:
        """Which days it covers."""
        since, until = self.period.since, self.period.until
        ends = [f"from {since}" if since else "", f"to {until}" if until else ""]
        return f"Edits first seen {' '.join(filter(None, ends))} (UTC)" if since or until else "All edits seen so far"


def wire(home: Path, period: Period) -> Wire:
    """The wire of a period, from one publication.

    Raises:
        QueryError: nothing was published yet.
    """
    with Picture(home) as picture:
        ((published_at,),) = (row.values() for row in picture.rows("SELECT published_at FROM publication"))
        return Wire(
            period,
            published_at,
            {"declared": 0, **counts(picture, period)},
            told_edits(picture, period, declared=False, most=MOST, characters=CHARACTERS),
            told_vanished(picture, period, most=MOST, characters=CHARACTERS),
            told_edits(picture, period, declared=True, most=MOST, characters=CHARACTERS),
        )


def entry_id(told: Told) -> str:
    """A URN that names one edit for good.

    It hangs on the two texts, not on numbers of versions, which move when an older look arrives later, nor on the
    class, which a better rule may change.
    """
    edited = told.to_version is not None
    parts = ("edit", told.from_text_sha256, told.to_text_sha256) if edited else (told.what,)
    return uuid5(_NAMES, "\n".join((told.release_id, *map(str, parts), told.turn))).urn


def feed_id(period: Period) -> str:
    """A URN that names the feed of one source, or of all."""
    return uuid5(_NAMES, f"feed\n{period.source or ''}").urn


def as_data(told: Told) -> dict[str, Any]:
    """An edit for programs; a number in `redline` stands for so many paragraphs that did not change."""
    lines = [
        each if isinstance(each, int) else {"field": each.field, "pieces": [list(piece) for piece in each.pieces]}
        for each in told.redline
    ]
    known = {**asdict(told), "redline": lines}
    del known["turn"]
    return {"id": entry_id(told), **known}
