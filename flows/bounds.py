"""Bounds of an ingest: from which day, up to which day, at most how many looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date

from flows.looks import FileEnd, Loaded, Skipped, Steps
from parsers.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an ingest is asked to leave out; the default leaves nothing out.

    Attributes:
        since: first day that is read.
        until: last day that is read.
        limit: at most so many looks.

    Raises:
        ConfigError: the first day lies after the last.
    """

    since: date | None = None
    until: date | None = None
    limit: int | None = None

    def __post_init__(self) -> None:
        if self.since and self.until and self.since > self.until:
            raise ConfigError(f"the first day, {self.since}, lies after the last, {self.until}")

    @property
    def ask_for_days(self) -> bool:
        """Whether days matter at all."""
        return self.since is not None or self.until is not None

    def allow(self, day: date | None) -> bool:
        """Whether a day lies within; what has none does not."""
        return day is not None and (self.since or date.min) <= day <= (self.until or date.max)


def within(steps: Steps, bounds: Bounds) -> Steps:
    """Leave out the looks beyond the bounds, and do not remember their files as read to the end.

    The day of a look is the day of publication that a list or feed gave, else that of the capture;
    a look without either is left out where a day is asked for.
    """
    taken, left_out = 0, False
    for step in steps:
        if isinstance(step, Skipped):
            yield step
        elif isinstance(step, FileEnd):
            yield FileEnd(step.file_key, step.items, step.complete and not left_out)
            left_out = False
        elif not _fits(step, bounds):
            left_out = True
        elif taken == bounds.limit:
            return
        else:
            taken += 1
            yield step


def _fits(look: Loaded, bounds: Bounds) -> bool:
    return bounds.allow(_day(look)) if bounds.ask_for_days else True


def day_within(published: str | None, bounds: Bounds) -> bool:
    """Whether the day that a list gave lies within the bounds; without a day, only where none is asked for."""
    return bounds.allow(listed_day(published)) if bounds.ask_for_days else True


def listed_day(published: str | None) -> date | None:
    """The day that a list or feed gave, None where it gave none."""
    from parsers.dates import stated  # most ingests have no bounds

    found = stated(published or "")
    return found.day if found else None


def _day(look: Loaded) -> date | None:
    listed = listed_day(look.listing.published)
    if listed is not None:
        return listed
    return look.captured_at.astimezone(UTC).date() if look.captured_at else None
