"""Edits and withdrawals as they are told: read from one publication, each with the looks that prove it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from flows.output import plain
from flows.reporting.edits_asked import BETWEEN, COUNTED, EDITS, SPANS, TEXTS, VANISHED, Picture
from flows.showing.redline import Redline, around, redline, shortened
from parsers.linking import Span, Text, edit

AT_ONCE = 10  # edits whose texts are in memory together: bodies may have megabytes
TITLE = 300  # characters of a title, above an edit
NOTHING = Text("", None, "")


@dataclass(frozen=True, slots=True)
class Look:
    """A capture, cited: when (UTC, None where unknown), at what, what came of it, and where its record is kept."""

    captured_at: datetime | None
    url: str | None
    warc_file: str | None
    warc_offset: int | None
    raw_sha256: str | None
    outcome: str


@dataclass(slots=True)
class Told:
    """An edit, or a release that vanished.

    Attributes:
        url: as in the look that shows it.
        title: of the text after; of one that vanished, as it was last.
        what: class of the edit; `unlisted` where a list dropped the release; None where no edit is claimed.
        declared: whether the page owns up to it; None where it is gone or no edit is claimed.
        cause: site_edit, reappeared or withdrawn.
        to_version: None where the page is gone.
        told_at: the first look that shows it, UTC; of a withdrawal the one that made it certain, or the return.
        turn: which of several of one release between the same two texts; of a withdrawal, when it was gone first.
        before: the last look that shows the text before.
        after: the first that does not.
        note: what else is to be said.
        redline: what changed.
    """

    release_id: str
    source: str | None
    url: str | None
    what: str | None
    declared: bool | None
    cause: str | None
    from_version: int | None
    to_version: int | None
    from_text_sha256: str | None
    to_text_sha256: str | None
    told_at: datetime | None
    before: Look | None
    after: Look | None
    title: str = ""
    turn: str = ""
    note: str = ""
    redline: Redline = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Period:
    """Which edits: by the day (UTC) of `told_at`, both ends included, and by source; None bounds nothing."""

    since: date | None = None
    until: date | None = None
    source: str | None = None

    def parameters(self) -> dict[str, Any]:
        """As parameters of a question."""
        return {"since": self.since, "until": self.until, "source": self.source}


def told_edits(picture: Picture, period: Period, *, declared: bool, most: int, characters: int) -> list[Told]:
    """The latest edits of a period, newest first.

    Args:
        declared: those that their page owns up to, or those that it does not.
        most: of them.
        characters: of a redline.
    """
    rows = picture.rows(EDITS, **period.parameters(), declared=declared, most=most)
    return list(_with_redlines(picture, map(_told, rows), characters))


def told_vanished(picture: Picture, period: Period, *, most: int, characters: int) -> list[Told]:
    """The latest withdrawals of a period, newest first; where the page is gone, with its last text."""
    rows = picture.rows(VANISHED, **period.parameters(), most=most)
    return list(_with_redlines(picture, map(_vanished, rows), characters))


def counts(picture: Picture, period: Period) -> dict[str, int]:
    """How many silent edits of each class a period has, how many `declared` ones of any class, how many `vanished`."""
    return {row["what"] or "unclassified": row["edits"] for row in picture.rows(COUNTED, **period.parameters())}


def told_between(picture: Picture, release_id: str, from_version: int, to_version: int) -> Told | None:
    """What lies between two versions of a release, in full; None where it has no such versions.

    Where they do not follow each other, or no look is dated, no edit is claimed: what differs is worked out here.
    """
    rows = picture.rows(BETWEEN, release_id=release_id, from_version=from_version, to_version=to_version)
    for row in rows:
        told = _told(row)
        if told.what is not None:
            return next(_with_redlines(picture, [told], None))
        texts = _texts(picture, [told])
        before, after = (texts.get(each or "", NOTHING) for each in (told.from_text_sha256, told.to_text_sha256))
        _fill(told, before, after, edit(before, after).spans, None)
        return told
    return None


def _told(row: dict[str, Any]) -> Told:
    turn = str(row.pop("turn", ""))
    looks: dict[str, Any] = {
        side: Look(**row.pop(side)) if row[side] else row.pop(side) for side in ("before", "after")
    }
    return Told(**row, **looks, turn=turn)


def _vanished(row: dict[str, Any]) -> Told:
    names = ("release_id", "source", "url", "title", "from_version", "from_text_sha256", "told_at", "before", "after")
    unlisted = row["evidence"] == "unlisted"
    told = _told(
        {
            **{name: row[name] for name in names},
            **{"to_version": None, "to_text_sha256": None, "declared": None, "cause": "withdrawn"},
            **{"what": "unlisted" if unlisted else "removed_page", "turn": row["gone_since_at"].isoformat()},
        }
    )
    how = "its list dropped it; its page may be there" if unlisted else row["evidence"].replace("_", " ")
    back = f"; there again on {plain(row['reappeared_at'])}" if row["reappeared_at"] else ""
    told.note = f"{how}; {row['looks']} looks did not find it, certain since {plain(row['withdrawn_at'])}{back}"
    return told


def _with_redlines(picture: Picture, all_told: Iterable[Told], characters: int | None) -> Iterator[Told]:
    rest = iter(all_told)
    while some := list(islice(rest, AT_ONCE)):
        texts = _texts(picture, some)
        spans: dict[tuple[str, int], list[Span]] = defaultdict(list)
        edited = [told for told in some if told.to_version is not None]
        asked = {"ids": [told.release_id for told in edited], "versions": [told.to_version for told in edited]}
        for row in picture.rows(SPANS, **asked):
            key = row["release_id"], row["to_version"]
            spans[key].append(Span(row["change"], row["span_start"], row["span_stop"], row["words"], row["field"]))
        for told in some:
            before, after = (texts.get(each or "", NOTHING) for each in (told.from_text_sha256, told.to_text_sha256))
            _fill(told, before, after, spans.get((told.release_id, told.to_version or 0), []), characters)
            yield told


def _texts(picture: Picture, some: Iterable[Told]) -> dict[str, Text]:
    hashes = {each for told in some for each in (told.from_text_sha256, told.to_text_sha256) if each}
    rows = picture.rows(TEXTS, hashes=sorted(hashes))
    return {row["text_sha256"]: Text(row["title"], row["subtitle"], row["body"]) for row in rows}


def _fill(told: Told, before: Text, after: Text, spans: Iterable[Span], characters: int | None) -> None:
    told.title = short_title(after.title or before.title or told.title)
    told.redline = shortened(around(redline(before, after, list(spans))), characters)


def short_title(title: str) -> str:
    """A title on one line, cut where it is no title any more; Chinese has no spaces to cut at."""
    line = " ".join(title.split())
    return line if len(line) <= TITLE else f"{line[:TITLE]} …"
