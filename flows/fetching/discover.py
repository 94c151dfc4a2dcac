"""Which pages a source lists: walks along its list pages, its feeds, its sitemaps.

A routine walk ends at the first page with nothing new; a backfill goes to the last. A walk that was
broken off (a kill, a limit, a page that did not answer) stays open, and a later run goes on from its
first page that was not looked at, one page earlier, since what is removed from a list moves the rest
up. What comes new meanwhile moves the rest down, and is found by a walk of its own from the top.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from flows.batches import Batch
from flows.bounds import listed_day
from flows.fetching.fetch import Ask, Fetcher
from flows.listing import ROLES
from parsers.identity import release_id
from parsers.listed import ListPage, numbered_after
from parsers.release import Before, Capture, Outcome, Role, Unread
from warehouse.listings import last_bodies, never_looked_at
from warehouse.walks import Walk, begin_walk, end_walk, open_walks, pages_done, was_read

if TYPE_CHECKING:
    from flows.fetching.crawl import Crawl

MAX_SITEMAPS = 1_000
MAX_STRIDE = 16
_OVERLAP = 1


@dataclass(slots=True)
class Told:
    """What a look at a list brought; `page` is None where nothing could be read from it, `why` says why not."""

    url: str
    page: ListPage | None = None
    new: int = 0
    asked: bool = False
    outcome: Outcome = "error"
    why: str = ""
    is_empty: bool = False
    """Whether it was read, and lists nothing."""
    stranger: str = ""
    """Why what it lists leads nowhere, if it does."""


@dataclass(slots=True)
class _Progress:
    """How far a walk has come: the last page that it read, how many it asks for next."""

    last: ListPage
    resumed: bool
    stride: int = 1
    all_answered: bool = True
    empty: bool = False
    """Whether the page before listed nothing."""


Turn = Literal["on", "pause", "end"]
_FOR_NOW = ("error", "timeout", "challenge")  # outcomes after which a page may well be there the next time


@dataclass(slots=True)
class Discovery:
    """Looks at the lists of a source."""

    crawl: Crawl
    runner: asyncio.Runner
    fetcher: Fetcher

    def batches(self) -> Iterator[Batch]:
        """A batch for each look at a list."""
        source = self.crawl.source
        for url in source.lists:
            yield from self._list(url)
        for url in source.feeds:
            yield from self._feed(url)
        for url in source.sitemaps:
            yield from self._sitemap(url)

    def _look(self, asks: Sequence[Ask]) -> Generator[Batch, None, list[Told]]:
        """Look at lists and land what they say; returns what each brought."""
        looks = self.runner.run(self.fetcher.looks(asks))
        if not looks:
            return [Told(ask.url) for ask in asks]
        batch = self.crawl.batch(looks)
        yield batch
        captures = [*(batch.archived or ()), *batch.known]
        by_url = {each.url: each for each in captures if each.role in ROLES}
        found = [_told(ask.url, by_url.get(ask.url), batch) for ask in asks]
        self.crawl.lists_asked += sum(told.asked for told in found)
        self.crawl.silent += [
            f"{ask.url}: {told.stranger}" for ask, told in zip(asks, found, strict=True) if told.stranger
        ]
        return found

    def _before(self, url: str, role: Role) -> Before | None:
        name = release_id(url, None, "")
        with self.crawl.run.writing():
            return last_bodies(self.crawl.run.store, [name], role).get(name)

    def _note_silent(self, told: Told) -> None:
        if told.asked:  # else its host rests: that is said elsewhere, and no fault of the list
            self.crawl.silent.append(f"{told.url}: {told.why}")

    def _list(self, url: str) -> Iterator[Batch]:
        run = self.crawl.run
        with run.writing():
            broken_off = open_walks(run.store, self.crawl.source.id, url)
            backfill = self.crawl.backfill and not any(walk.backfill for walk in broken_off)
            # The first walk of a list goes to its end: another list may have named what it begins with.
            backfill = backfill or not (broken_off or was_read(run.store, url))
            fresh = Walk(self.crawl.source.id, url, run.clock(), backfill)
            begin_walk(run.store, fresh)
        before = None if broken_off or backfill else self._before(url, "list")
        (told,) = yield from self._look([Ask(url, "list", before=before)])
        if told.page is None:
            self._end(fresh)  # it listed nothing that a later walk would have to go behind
            if told.outcome != "not_modified":
                self._note_silent(told)
            return
        turn = self._turn(fresh, told)
        if turn == "on":
            turn = yield from self._further(fresh, told.page, resumed=False)
        if turn == "end":
            self._end(fresh)
        for walk in broken_off:
            if (yield from self._further(walk, told.page, resumed=True)) == "end":
                self._end(walk)

    def _end(self, walk: Walk) -> None:
        with self.crawl.run.writing():
            end_walk(self.crawl.run.store, walk)

    def _further(self, walk: Walk, first: ListPage, *, resumed: bool) -> Generator[Batch, None, Turn]:
        """Walk along the pages after the first."""
        with self.crawl.run.writing():
            done = pages_done(self.crawl.run.store, walk)
        state = _Progress(first, resumed)
        pages = list(self._pages(walk, first, done))
        while pages:
            # As long as all is new, more pages at a time: none of them will turn out to have been asked for in vain.
            some, pages = pages[: state.stride], pages[state.stride :]
            found = yield from self._look([Ask(url, "list") for url in some])
            for told in found:
                turn = self._after(walk, told, state) if told.asked else "on"
                if turn != "on":
                    return turn if state.all_answered else "pause"
            left = [url for url, told in zip(some, found, strict=True) if not told.asked]
            if left and (self.fetcher.resting or len(left) == len(some)):
                return "pause"
            pages = left + pages  # time ran out for a batch, not for the walk
        return "end" if state.all_answered else "pause"

    def _after(self, walk: Walk, told: Told, state: _Progress) -> Turn:
        """Whether a walk goes on behind a page."""
        if told.page is None:
            return self._after_none(told, state)
        if state.empty:
            state.empty, state.all_answered = False, False  # it was not the end: that page has to be asked for again
        if told.page.entries == state.last.entries:
            return "end"  # the site gives one page under every number
        all_new = told.new == len(told.page.entries) and self.crawl.bounds.limit is None
        state.last, state.stride = told.page, min(2 * state.stride, MAX_STRIDE) if all_new else 1
        return self._turn(walk, told, resumed=state.resumed)

    def _after_none(self, told: Told, state: _Progress) -> Turn:
        """Behind a page from which nothing was read; on a site that does not count its pages it may be the end."""
        numbered = self.crawl.source.pager == "numbered"
        if numbered and (told.outcome in ("gone", "soft_404") or (told.is_empty and state.empty)):
            return "end"
        if numbered and told.is_empty:
            state.empty = True
            return "on"
        self._note_silent(told)
        state.all_answered = state.all_answered and told.outcome not in (*_FOR_NOW, "ok")
        return "on"

    def _pages(self, walk: Walk, first: ListPage, done: set[str]) -> Iterator[str]:
        """Pages after the first that the walk has not looked at, and the one before each gap."""
        pages = numbered_after(walk.list_url) if self.crawl.source.pager == "numbered" else first.following
        for number, url in enumerate(pages):
            if url not in done or any(after not in done for after in pages[number + 1 : number + 1 + _OVERLAP]):
                yield url

    def _turn(self, walk: Walk, told: Told, *, resumed: bool = False) -> Turn:
        """Whether a walk goes on behind a page that it read.

        One that was broken off goes on to the last: the list moved meanwhile, and what is old on a page says nothing.
        """
        if not walk.backfill and not resumed and told.new == 0:
            return "end"
        if self._is_older(told):
            return "pause" if resumed else "end"
        return "pause" if self._limit_reached() else "on"

    def _is_older(self, told: Told) -> bool:
        since = self.crawl.bounds.since
        if since is None or told.page is None:
            return False
        days = [listed_day(entry.listing.published) for entry in told.page.entries]
        return all(day is not None and day < since for day in days)

    def _limit_reached(self) -> bool:
        limit, run = self.crawl.bounds.limit, self.crawl.run
        if limit is None:
            return False
        with run.writing():
            return len(never_looked_at(run.store, self.crawl.source.id, limit)) >= limit

    def _feed(self, url: str) -> Iterator[Batch]:
        (told,) = yield from self._look([Ask(url, "feed", before=self._before(url, "feed"))])
        its_items_are_texts = self.crawl.source.text_from == "feed" and told.outcome == "ok"
        if told.page is None and told.outcome != "not_modified" and not its_items_are_texts:
            self._note_silent(told)

    def _sitemap(self, url: str) -> Iterator[Batch]:
        """A sitemap, and those that it names."""
        queue, seen = [url], {url}
        while queue and len(seen) <= MAX_SITEMAPS:
            here = queue.pop(0)
            # One that names others is asked for in full: "not modified" would hide those that were not reached.
            before = None if here == url else self._before(here, "sitemap")
            (told,) = yield from self._look([Ask(here, "sitemap", before=before)])
            if told.page is None and told.outcome != "not_modified":
                self._note_silent(told)
            following = [each for each in (told.page.following if told.page else ()) if each not in seen]
            seen.update(following)
            queue += following


def _told(url: str, capture: Capture | None, batch: Batch) -> Told:
    if capture is None:
        return Told(url)
    told = Told(url, asked=True, outcome=capture.outcome, why=capture.reason or capture.outcome)
    reading = batch.readings.get(capture.input_sha256)
    if isinstance(reading, ListPage):
        told.page, told.new = reading, batch.newly_listed.get(capture.capture_id, 0)
        if reading.entries and not batch.followed.get(capture.capture_id):
            told.stranger = f"none of the {len(reading.entries)} URLs that it lists is claimed by the source's `urls`"
    elif isinstance(reading, Unread):
        told.why, told.is_empty = reading.reason, reading.error == "SelectorError"
    return told
