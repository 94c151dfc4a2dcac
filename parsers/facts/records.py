"""What is known of a day, and where from: the records that pass between texts, anchors and rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from parsers.release import Field, Kind


@dataclass(frozen=True, slots=True)
class Interval:
    """Days from `earliest` to `latest`, both within; None leaves an end open."""

    earliest: date | None = None
    latest: date | None = None

    @property
    def empty(self) -> bool:
        """Whether no day lies in it."""
        return self.earliest is not None and self.latest is not None and self.earliest > self.latest

    @property
    def one(self) -> bool:
        """Whether it is one day."""
        return self.earliest is not None and self.earliest == self.latest

    def __and__(self, other: Interval) -> Interval:
        starts = [day for day in (self.earliest, other.earliest) if day]
        stops = [day for day in (self.latest, other.latest) if day]
        return Interval(max(starts, default=None), min(stops, default=None))

    def __or__(self, other: Interval) -> Interval:
        """The days of both and all between them."""
        starts, stops = (self.earliest, other.earliest), (self.latest, other.latest)
        return Interval(
            min(day for day in starts if day) if all(starts) else None,
            max(day for day in stops if day) if all(stops) else None,
        )


@dataclass(frozen=True, slots=True)
class Anchor:
    """What is known of the day of publication.

    Attributes:
        method: `published` (as the page or a list says), `updated` (a bound), `neighbours` (in a list), `page_id`,
            `url` (a bound).
        text: the words that say it, the URL where that does.
        earliest: first day that it allows, None where it bounds the other end alone.
        latest: last day that it allows, in the same way.
    """

    method: str
    text: str
    earliest: date | None
    latest: date | None


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a release as it is kept.

    Attributes:
        title: its title.
        subtitle: None without one.
        body: its paragraphs.
        language: by ISO 639-1.
        kind: of the closed vocabulary.
        copied: whether its site may publish what was written elsewhere before: its `today` is an earlier day.
    """

    title: str
    subtitle: str | None
    body: str
    language: str | None
    kind: Kind | str | None
    copied: bool = False

    def fields(self) -> tuple[tuple[Field, str], ...]:
        """Its parts by name, in the order in which they are read."""
        return ("title", self.title), ("subtitle", self.subtitle or ""), ("body", self.body)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence for the day of the event; what contradicts is kept too.

    Attributes:
        method: `title` (a day that the title says in full), `text` (a day named in the text), `tenure`,
            `first_known`, or the method of the anchor.
        text: the words that say it, the URL where that does.
        field: where the words stand; None of an anchor.
        span_start: first code point of the words in that field.
        span_stop: code point after the last.
        earliest: first day that it allows, None where it bounds the other end alone, or nothing.
        latest: last day that it allows, in the same way. What anchors, `tenure` and `first_known` bound
            is the day of writing; `title` and `text` speak of the event.
        precision: `day` where that is one day, else None.
        chosen: whether the day follows from it; where it is a range, no day does. At most one is.
    """

    method: str
    text: str
    field: Field | None
    span_start: int | None
    span_stop: int | None
    earliest: date | None
    latest: date | None
    precision: str | None
    chosen: bool
