"""A live source -> batches of looks, as `load` and `batched` make them of files.

    what a killed run left  ->  lists, page after page  ->  pages never looked at  ->  pages due again

Each batch is yielded, lands, and only then the next is fetched: what it brought decides what follows.
HOME is held for a moment each time, never while a host is waited for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from flows.batches import Batch
from flows.bounds import Bounds, day_within, listed_day
from flows.fetching.discover import Discovery
from flows.fetching.fetch import Ask, Fetcher, KnownRobots, user_agent
from flows.fetching.hosts import host_of
from flows.fetching.http import Client
from flows.fetching.polite import Hosts
from flows.fetching.robots import Robots
from flows.items import with_items
from flows.keeping.archive import body_of
from flows.looks import Loaded
from flows.recover import recovered
from flows.running import Run
from flows.settings import seconds_of
from parsers.errors import ConfigError, HomeLocked, NothingListed, RobotsUnreachable
from parsers.release import Before
from seeds import Source
from warehouse.known import latest_robots, taken_down
from warehouse.listings import Wanted, count_never_looked_at, due_again, last_bodies, never_looked_at

MENTIONED = 5  # lists that an error names
RUN_HOURS = 5
"""A run ends by itself before it is stopped as one that hangs (flows/flow.py)."""


@dataclass
class Crawl:
    """A run at a live source."""

    run: Run
    source: Source
    bounds: Bounds = field(default_factory=Bounds)
    backfill: bool = False
    reach: Callable[[int, int], None] = lambda _done, _total: None
    """Told how many looks are over, of how many that are known of."""
    say: Callable[[str], None] = lambda _: None
    """Told, in a sentence, what a person should know of the run."""
    hosts_at: Path | None = None
    """HOME whose hosts it waits for in turn, where it is not the run's."""
    lists_asked: int = 0
    taken: int = 0
    """Pages looked at."""
    number: int = 0
    silent: list[str] = field(default_factory=list)
    """Lists that listed nothing, and why."""
    told_of_undated: bool = False
    over: int = 0
    known: int = 0

    def batches(self) -> Iterator[Batch]:
        """Batches in the order of their work; each has landed before the next is fetched.

        Raises:
            HomeLocked: another run reads the source.
            ConfigError: nobody is named to whom a site could turn.
            NothingListed: after all else has landed: a list listed nothing.
        """
        with self._alone(), asyncio.Runner() as runner:
            for looks in recovered(self.run):
                yield self.batch(looks)
            client, fetcher = self._fetcher()
            try:
                yield from Discovery(self, runner, fetcher).batches()
                yield from self._pages(runner, fetcher)
            finally:
                runner.run(client.close())
        if self._is_late():
            self.say(f"this run ends after {RUN_HOURS} hours; the next goes on")
        for host, error in fetcher.resting.items():
            self.say(f"{host} is not asked any more in this run: {error.what}")
            if isinstance(error, RobotsUnreachable) or not self.lists_asked:
                self.silent.append(str(error))  # nothing was asked, so nothing is known of the day
        if self.silent:
            raise NothingListed(_said(self.silent), where=self.source.id)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One run at a source at a time: two would fetch every page twice."""
        lock = FileLock(self.run.home / f"{self.source.id}.lock")
        try:
            lock.acquire(timeout=self.run.settings.lock_timeout)
        except Timeout:
            raise HomeLocked(f"another run reads source `{self.source.id}`", where=str(self.run.home)) from None
        try:
            yield
        finally:
            lock.release()

    def batch(self, looks: Sequence[Loaded]) -> Batch:
        """The next batch."""
        self.number += 1
        return Batch(self.number, with_items(self.run.catalogue, looks))

    def _fetcher(self) -> tuple[Client, Fetcher]:
        from flows import __version__

        chosen, source = self.run.settings, self.source
        contact = source.contact or chosen.contact
        if not contact:
            raise ConfigError(
                "sites are told who fetches, and nobody is named",
                where=f"source {source.id}",
                todo="Set COMMUNIQUE_CONTACT to a mail address or URL of yours",
            )
        hosts = Hosts(self.hosts_at or self.run.home, seconds_of("rests", chosen.rests))
        client = Client(
            hosts,
            agent=user_agent(__version__, contact),
            delay=source.delay,
            seconds=chosen.fetch_seconds,
            allowed=chosen.allow_hosts,
            successors=source.successors,
        )
        with self.run.writing():
            known, taken = self._known_robots(), taken_down(self.run.store)
        return client, Fetcher(source, client, hosts, self.run.archive, known, self._advance, taken)

    def _known_robots(self) -> dict[str, KnownRobots]:
        known = {}
        for capture in latest_robots(self.run.store, self.source.id):
            status = capture.served.status if capture.served else None
            if capture.url is None or capture.captured_at is None or status is None:
                continue
            raw = body_of(self.run.home, capture) if 200 <= status < 300 else b""
            robots = Robots.read(status, raw, capture.url)
            if robots.reachable:
                known[host_of(capture.url)] = KnownRobots(robots, capture.captured_at)
        return known

    def _pages(self, runner: asyncio.Runner, fetcher: Fetcher) -> Iterator[Batch]:
        while not self._is_late() and (asks := self._asks(self._never_looked_at(fetcher))):
            looks = runner.run(fetcher.looks(asks))
            if not looks:
                continue  # their hosts rest, which is known from now on
            self._count(looks)
            yield self.batch(looks)
        with self.run.writing():
            due = self._due()
        while not self._is_late() and (asks := self._asks([each for each in due if _awake(fetcher, each)])):
            looks = runner.run(fetcher.looks(asks))
            if not looks:
                continue
            self._count(looks)
            done = {look.url for look in looks}
            due = [wanted for wanted in due if wanted.url not in done]
            yield self.batch(looks)

    def _is_late(self) -> bool:
        return (self.run.clock() - self.run.started).total_seconds() > RUN_HOURS * 3600

    def _advance(self, more: int) -> None:
        self.over += more
        self.reach(self.over, max(self.known, self.over))

    def _count(self, looks: Sequence[Loaded]) -> None:
        self.taken += sum(look.role == "page" for look in looks)

    def _never_looked_at(self, fetcher: Fetcher) -> list[Wanted]:
        asked = self.bounds.ask_for_days
        limit = None if asked or fetcher.resting else self.run.settings.batch_size
        with self.run.writing():
            found = never_looked_at(self.run.store, self.source.id, limit)
            self.known = self.over + count_never_looked_at(self.run.store, self.source.id)
        undated = sum(1 for wanted in found if asked and listed_day(wanted.listing.published) is None)
        if undated and not self.told_of_undated:
            self.told_of_undated = True
            self.say(f"{undated} pages are left out: their lists give no day, and a day was asked for")
        fits = (wanted for wanted in found if day_within(wanted.listing.published, self.bounds))
        return [wanted for wanted in fits if _awake(fetcher, wanted)]

    def _due(self) -> list[Wanted]:
        chosen = self.run.settings
        schedule = seconds_of("looks", chosen.looks)
        found = due_again(self.run.store, self.source.id, self.run.clock(), schedule, chosen.looks_a_run)
        return [wanted for wanted in found if day_within(wanted.listing.published, self.bounds)]

    def _asks(self, wanted: Sequence[Wanted]) -> list[Ask]:
        left = self.run.settings.batch_size
        if self.bounds.limit is not None:
            left = min(left, self.bounds.limit - self.taken)
        chosen = wanted[: max(0, left)]
        if not chosen:
            return []
        with self.run.writing():
            bodies = last_bodies(self.run.store, [each.release_id for each in chosen])
        return [Ask(each.url, "page", each.listing, _same(each, bodies.get(each.release_id))) for each in chosen]


def _same(wanted: Wanted, before: Before | None) -> Before | None:
    """The look before, where it was at this very URL: under another spelling it is another input of the parser."""
    return before if before is not None and before.url == wanted.url else None


def _awake(fetcher: Fetcher, wanted: Wanted) -> bool:
    return fetcher.host(wanted.url) not in fetcher.resting


def _said(silent: Sequence[str]) -> str:
    more = f"; and {len(silent) - MENTIONED} more" if len(silent) > MENTIONED else ""
    return "; ".join(silent[:MENTIONED]) + more
