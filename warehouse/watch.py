"""The watch over a live source: has it fallen silent, does it bring much less than it used to?

At the end of a run that looked at it, from what landed and the time of the run. Incidents `silence` and
`yield` open and close here by themselves; they hold nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

from warehouse.cadence import PERIOD, fall, silence
from warehouse.incidents import KINDS, IncidentKind, close_incident, open_incident, open_incidents
from warehouse.store import Store

UNSEEN = timedelta(days=3)
"""A source whose lists nobody could read for so long is silent; sites are down for a night or a weekend."""
TIMES = 5
"""Or for so many times the usual time between two looks, where that is longer."""
LOOKS = 5
"""Looks, below which nothing is usual."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What is known of a live source: number of arrivals by day and its successful looks (UTC), both rising."""

    arrivals: dict[date, int]
    looks: list[datetime]
    zone: str

    @property
    def looked_on(self) -> date:
        """Day of the last successful look."""
        return self.day(self.looks[-1])

    def day(self, moment: datetime) -> date:
        """The day of a moment in the source's zone."""
        return moment.astimezone(ZoneInfo(self.zone)).date()


def watch(store: Store, source: str, now: datetime, run_id: str) -> None:
    """Open and close the incidents of a live source, of which a run has just ended; repeated, it adds nothing.

    Args:
        now: end of the run, UTC.
    """
    known = _watched(store, source)
    if not known.looks:
        return
    silent_since = open_incidents(store, "silence").get(source)
    silent = _unseen(known.looks, now) or _silent(known, silent_since)
    _turn(store, source, "silence", silent, silent_since, now, run_id)
    fallen_since = open_incidents(store, "yield").get(source)
    if _unseen(known.looks, now) is None and (fallen_since or not _was_silent(store, source, now)):
        fallen = fall(known.arrivals, known.looked_on, known.day(fallen_since) if fallen_since else None)
        _turn(store, source, "yield", str(fallen) if fallen else None, fallen_since, now, run_id)


def close_switched_off(store: Store, now: datetime, run_id: str) -> None:
    """Close what is open of sources that the registry has switched off."""
    off = {row[0] for row in store.rows("SELECT source FROM sources WHERE state = 'off'")}
    for kind in KINDS:
        for source in sorted(off & set(open_incidents(store, kind))):
            close_incident(store, source, kind, now, "the source is switched off", run_id)


def _turn(
    store: Store,
    source: str,
    kind: IncidentKind,
    reason: str | None,
    since: datetime | None,
    now: datetime,
    run_id: str,
) -> None:
    if reason and since is None:
        open_incident(store, source, kind, now, reason, run_id)
    elif since is not None and not reason:
        close_incident(store, source, kind, now, "it is as it was, or this is its cadence now", run_id)


def _unseen(looks: list[datetime], now: datetime) -> str | None:
    if len(looks) < LOOKS:
        return None
    usual = median((after - before).total_seconds() for before, after in pairwise(looks))
    if now - looks[-1] <= max(UNSEEN, TIMES * timedelta(seconds=usual)):
        return None
    return f"no list of it could be read for {(now - looks[-1]).days} days, since {looks[-1]:%Y-%m-%d %H:%M}Z"


def _silent(known: Watched, since: datetime | None) -> str | None:
    """Once told, a silence lasts until something arrives: the past that it is judged by would wear off meanwhile."""
    until = min(known.looked_on, known.day(since)) if since else known.looked_on
    if since and max(known.arrivals, default=until) > until:
        until = known.looked_on
    found = silence(list(known.arrivals), until)
    return str(found) if found else None


def _was_silent(store: Store, source: str, now: datetime) -> bool:
    """Whether a silence lies in the period that a yield is counted over: it was told, and once is enough."""
    sql = """
        SELECT arg_max(opened, (happened_at, opened)) OR max(happened_at) > $since FROM holds
        WHERE source = $source AND kind = 'silence'
    """
    return bool(store.value(sql, {"source": source, "since": now - timedelta(days=PERIOD)}))


def _watched(store: Store, source: str) -> Watched:
    zone = store.value("SELECT coalesce(max(zone), 'UTC') FROM sources WHERE source = $source", {"source": source})
    arrivals = dict(store.rows(_ARRIVALS, {"source": source, "zone": zone}))
    return Watched(arrivals, [row[0] for row in store.rows(_LOOKS, {"source": source})], zone)


# The day of an arrival is when it was published, where it says so: a page that was found late did not arrive late. No
# page says a day after it was seen: a day to come would hide every silence until then. A page that nobody can
# read has arrived.
_ARRIVALS = """
    WITH pages AS (
        SELECT release_id, input_sha256, captured_at FROM captures
        WHERE source = $source AND role = 'page' AND outcome = 'ok' AND captured_at IS NOT NULL
    ),
    said AS (
        SELECT input_sha256, day FROM dates_given
        WHERE precision IN ('minute', 'day') AND input_sha256 IN (SELECT input_sha256 FROM pages)
        QUALIFY landing = max(landing) OVER (PARTITION BY input_sha256)
    ),
    releases AS (
        SELECT min(captured_at) AS seen_at, min(day) AS said_on FROM pages LEFT JOIN said USING (input_sha256)
        GROUP BY release_id
    ),
    days AS (
        SELECT least(CAST(seen_at AT TIME ZONE $zone AS DATE), said_on) AS arrived_on FROM releases
    )
    SELECT arrived_on, count(*) FROM days GROUP BY arrived_on ORDER BY arrived_on
"""
# A list from which nothing could be read was not looked at; one that is as it was is as good as new.
_LOOKS = """
    SELECT max(captured_at) AS looked_at FROM captures c
    WHERE source = $source AND role IN ('list', 'feed', 'sitemap') AND outcome IN ('ok', 'not_modified')
        AND attempts IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM parses p WHERE p.input_sha256 = c.input_sha256
            GROUP BY p.input_sha256 HAVING arg_max(p.error IS NOT NULL, p.landing)
        )
    GROUP BY run_id HAVING looked_at IS NOT NULL ORDER BY looked_at
"""
