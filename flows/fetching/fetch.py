"""URLs -> looks: asked for politely, tried again where the failure is transient, kept at once.

Hosts are asked side by side, each of them one request at a time. What a look came to is written into
the archive the moment it is over, so that a killed run has fetched nothing in vain.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from flows.answers import Answer
from flows.batches import BATCH_BYTES
from flows.fetching.hosts import host_of
from flows.fetching.http import Check, Client
from flows.fetching.outcomes import Verdict, judge
from flows.fetching.polite import Hosts
from flows.fetching.robots import Robots
from flows.keeping.archive import Archive
from flows.looks import Loaded
from parsers.errors import FetchError, HostRests, RobotsForbid, RobotsUnreachable, UrlRefused
from parsers.identity import release_id
from parsers.release import Before, Listing, Role, Served, sha256
from seeds import Source

ATTEMPTS = 3
BATCH_SECONDS = 60.0  # what was fetched lands at least so often
FAILED_IN_A_ROW = 20  # looks; a page fails alone, so many are the host
ROBOTS_HOURS = 24  # RFC 9309, 2.4


@dataclass(frozen=True, slots=True)
class Ask:
    """A URL to look at."""

    url: str
    role: Role = "page"
    listing: Listing = field(default_factory=Listing)
    before: Before | None = None
    """The last look that brought the body; the server is asked whether it still holds."""


@dataclass(frozen=True, slots=True)
class KnownRobots:
    """A robots.txt that was fetched not long ago."""

    robots: Robots
    at: datetime


class Fetcher:
    """Looks at URLs of one source; lives in one event loop."""

    def __init__(
        self,
        source: Source,
        client: Client,
        hosts: Hosts,
        archive: Archive,
        robots: dict[str, KnownRobots],
        advance: Callable[[int], None] = lambda _: None,
        taken: frozenset[str] = frozenset(),
    ) -> None:
        """
        Args:
            robots: robots.txt by host, as far as known; what is fetched is added.
            advance: told of each look that is over.
            taken: releases that are taken down: what they say is not kept.
        """
        self._source = source
        self._client = client
        self._hosts = hosts
        self._archive = archive
        self._robots = robots
        self._advance = advance
        self._taken = taken
        self._reading_robots: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._failed: dict[str, int] = defaultdict(int)
        self._looks: list[Loaded] = []
        self._bytes = 0
        self.resting: dict[str, HostRests] = {}
        """Why a host is not asked any more in this run, by host."""

    async def looks(self, asks: Iterable[Ask]) -> list[Loaded]:
        """Look at URLs until all are done, or as many as make a batch, or their hosts rest.

        Returns:
            Looks as they were over, those at robots.txt among them; what is not among them was not asked for.
        """
        queues: dict[str, deque[Ask]] = defaultdict(deque)
        for ask in asks:
            queues[self.host(ask.url)].append(ask)
        self._looks, self._bytes = [], 0
        end = time.monotonic() + BATCH_SECONDS
        try:
            async with asyncio.TaskGroup() as group:
                for host, queue in queues.items():
                    group.create_task(self._one_after_another(host, queue, end))
        except BaseExceptionGroup as errors:
            raise _first(errors) from errors
        return self._looks

    def host(self, url: str) -> str:
        """The host that is asked for a URL; one that is none has none, and is told so when its turn comes."""
        try:
            return host_of(self._client.answering(url))
        except UrlRefused:
            return ""

    async def _one_after_another(self, host: str, queue: deque[Ask], end: float) -> None:
        while queue and host not in self.resting and self._bytes < BATCH_BYTES and time.monotonic() < end:
            try:
                await self._look(host, queue.popleft())
            except HostRests as error:
                self.resting[host] = error

    async def _look(self, host: str, ask: Ask) -> None:
        """Raises HostRests where nothing was asked, and nothing can be said of the page."""
        rules: list[str] = []

        async def check(url: str) -> None:
            rules.append(await self._allowed(url))

        answer, verdict, attempts = await self._patiently(host, ask, check)
        denied = verdict.reason if verdict.outcome == "robots_denied" else None
        self._keep(ask, answer, verdict, attempts, denied or (rules[-1] if rules else None))

    async def _patiently(self, host: str, ask: Ask, check: Check) -> tuple[Answer | None, Verdict, int]:
        """Ask until it is no transient failure any more, or often enough; says how often.

        Raises:
            HostRests: nothing was asked.
        """
        answer: Answer | None = None
        verdict, attempts = Verdict("error", None, True, None), 0
        while verdict.transient and attempts < ATTEMPTS:
            try:
                answer, verdict, spoke = await self._try(ask, check)
            except HostRests as error:
                if attempts:
                    break  # what came before, and asked for the pause, stands
                if error.where == host:
                    raise
                verdict = Verdict("error", f"it leads to a host that may not be asked now: {error}", False, None)
                spoke = ""
            attempts += verdict.outcome != "robots_denied"
            self._note(spoke, ask.role, verdict)
        return answer, verdict, attempts

    async def _try(self, ask: Ask, check: Check) -> tuple[Answer | None, Verdict, str]:
        """An answer, what it comes to, and the host that gave it, or did not: behind redirects it is another."""
        try:
            answer = await self._client.get(ask.url, check, ask.before)
        except HostRests:
            raise
        except RobotsForbid as error:
            return None, Verdict("robots_denied", error.what, False, None), ""
        except FetchError as error:
            return None, Verdict(error.outcome, str(error), error.transient, None), self.host(error.where)
        return answer, judge(answer, gone=self._source.gone, role=ask.role), host_of(answer.final_url)

    def _note(self, host: str, role: Role, verdict: Verdict) -> None:
        """Let the host rest where it says so, turns us away, or does not answer any more."""
        if not host:
            return
        if verdict.outcome in ("ok", "not_modified"):
            self._failed[host] = 0
            if role == "page":  # a list may come from a cache that a page does not
                self._hosts.answered(host)
            return
        self._failed[host] += verdict.transient
        if verdict.outcome == "challenge":
            self._hosts.rest_longer(host, verdict.reason or "it turned us away")
        elif verdict.wait:
            self._hosts.rest(host, verdict.wait, verdict.reason or "it asked for a pause")
        elif self._failed[host] >= FAILED_IN_A_ROW * ATTEMPTS:
            self._failed[host] = 0
            self._hosts.rest_longer(host, f"nothing answers: {verdict.reason}")

    def _keep(self, ask: Ask, answer: Answer | None, verdict: Verdict, attempts: int, rule: str | None) -> None:
        look = _loaded(ask, answer, verdict, self._source.id)
        served = Served(
            status=answer.status if answer else None,
            final_url=answer.final_url if answer else None,
            etag=answer.header("ETag") if answer else None,
            last_modified=answer.header("Last-Modified") if answer else None,
            robots_rule=rule,
            attempts=attempts,
        )
        look = replace(look, served=served)
        if ask.role == "page" and release_id(ask.url, None, "") in self._taken:
            look = look.without_text()
        kept = self._archive.keep(look, answer)
        self._looks.append(kept)
        self._bytes += len(kept.raw)
        self._advance(1)

    async def _allowed(self, url: str) -> str:
        """The rule by which a URL may be asked for.

        Raises:
            RobotsForbid: robots.txt forbids it.
            HostRests: robots.txt cannot be had: until then everything is forbidden.
        """
        if self._source.robots == "ignore":
            return f"robots.txt is not asked: {self._source.robots_reason}"
        robots = await self._robots_of(url)
        if not robots.reachable:
            words = f"its robots.txt cannot be had, so nothing may be asked for: {robots.why}"
            raise RobotsUnreachable(words, where=host_of(url))
        decision = robots.decide(url)
        if not decision.allowed:
            raise RobotsForbid(decision.rule, where=url)
        return decision.rule

    async def _robots_of(self, url: str) -> Robots:
        host = host_of(url)
        async with self._reading_robots[host]:
            known = self._robots.get(host)
            if known is None or (datetime.now(UTC) - known.at).total_seconds() > ROBOTS_HOURS * 3600:
                read = await self._read_robots(f"{url.partition('://')[0]}://{host}/robots.txt")
                if not read.reachable and known is not None:
                    read = known.robots  # RFC 9309, 2.3.1.4: the copy that is kept goes on
                known = KnownRobots(read, datetime.now(UTC))
                self._robots[host] = known
            self._client.slow_down(host, known.robots.crawl_delay or 0.0)
            return known.robots

    async def _read_robots(self, url: str) -> Robots:
        ask = Ask(url, "robots")
        answer, verdict, attempts = await self._patiently(host_of(url), ask, _no_check)
        self._keep(ask, answer, verdict, attempts, None)
        if answer is None:
            return Robots(False, verdict.reason or "")
        return Robots.read(answer.status, answer.body, url)


def _first(error: BaseException) -> BaseException:
    """What happened first: a full disk, a signal; the group around it tells nobody more."""
    return _first(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


async def _no_check(_: str) -> None:
    """robots.txt itself may always be asked for (RFC 9309, 2.2.2)."""


def _loaded(ask: Ask, answer: Answer | None, verdict: Verdict, source: str) -> Loaded:
    look = Loaded(
        raw=answer.body if answer else b"",
        origin=ask.url,
        url=ask.url,
        captured_at=answer.asked_at if answer else datetime.now(UTC),
        content_type=answer.content_type if answer else None,
        listing=ask.listing,
        outcome=verdict.outcome,
        reason=verdict.reason,
        source=source,
        role=ask.role,
    )
    before = ask.before
    if look.outcome == "not_modified":
        if before is None or answer is None or not answer.conditional:
            return replace(look, outcome="error", reason="it says that nothing was modified, and was not asked that")
        # It is what it was then: read as it was read, under the name that it had.
        return replace(look, raw=b"", before=before, content_type=before.content_type, listing=before.listing)
    if before is not None and look.outcome == "ok" and sha256(look.raw) == before.raw_sha256:
        return replace(look, before=before)
    return look


def user_agent(version: str, contact: str) -> str:
    """An honest name, with whom to turn to."""
    return f"communique/{version} (+{contact})"
