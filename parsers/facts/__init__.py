"""Facts that texts state or force: the days they name, and the day of what they tell with its evidence."""

from parsers.facts.event_days import event_days
from parsers.facts.mentions import DayNamed, days_named
from parsers.facts.page_ids import PageIdDates
from parsers.facts.records import Anchor, Evidence, Interval, Text
from parsers.facts.terms import Terms

__all__ = [
    "Anchor",
    "DayNamed",
    "Evidence",
    "Interval",
    "PageIdDates",
    "Terms",
    "Text",
    "days_named",
    "event_days",
]
