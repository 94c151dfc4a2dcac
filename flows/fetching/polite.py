"""One request at a time per host, with a pause between two; and hosts that rest.

All runs of a HOME keep to it: a host's turn is a lock between processes. A host rests where it says
so (Retry-After), where it turns us away (a challenge, which is never bypassed) and where nothing
answers any more; for a growing while.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from flows.fetching.hosts import HostFile, HostState
from parsers.errors import HostRests

JITTER = 0.25  # a pause is up to so much longer than the delay, so that no two are alike
PATIENCE = 120.0  # seconds that a run waits for a host that rests; longer, and a later run goes on
_POLL = 0.02
MAX_FILES = 64  # of hosts, open at once
_LEAST = 0.001  # seconds; a clock may be no finer
_MARGIN = 0.02  # seconds; a server under load notes the end of an answer a moment after we have it


class Hosts:
    """The hosts that a run asks."""

    def __init__(
        self,
        home: Path,
        rest_schedule: Sequence[int],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Args:
            rest_schedule: seconds of the first rest, the second, ...; the last one repeats.
            clock: gives the time of day, by which rests are counted.
            ticks: seconds that nobody sets back, by which pauses are; the same for all processes of a machine.
        """
        self._home = home
        self._schedule = rest_schedule
        self._clock = clock
        self._ticks = ticks
        self._turns: dict[str, asyncio.Lock] = {}
        self._files: dict[str, HostFile] = {}

    @asynccontextmanager
    async def turn(self, host: str, delay: float) -> AsyncIterator[None]:
        """Wait for the host's turn; within, and nowhere else, it is asked, once.

        Raises:
            HostRests: it rests for longer than a run waits.
            HomeUnwritable: HOME cannot be written.
        """
        async with self._turns.setdefault(host, asyncio.Lock()):
            file = self._file(host)
            await self._take(file, delay)
            try:
                # Before, too: were this run killed now, the host would still be answering it.
                self._note_asked(file)
                try:
                    yield
                finally:
                    self._note_asked(file)
            finally:
                file.lock.release()

    async def _take(self, file: HostFile, delay: float) -> None:
        """Pause, and take the lock; it is free meanwhile, so that two runs take turns."""
        known, after = None, 0.0
        while True:
            state = file.read()
            if state != known:
                most = delay * (1 + JITTER)
                pause = random.uniform(min(delay + _MARGIN, most), most)  # noqa: S311 - no secret
                known, after = state, min(state.asked_at, self._ticks()) + pause  # another boot counts from 0 again
            left = max(self._rest_left(state), after - self._ticks())
            if left > 0:
                await asyncio.sleep(max(left, _LEAST))
            elif not file.try_lock():
                await asyncio.sleep(_POLL)
            elif file.read() == state:
                return
            else:  # another run asked the host meanwhile, or was told that it rests
                file.lock.release()

    def _rest_left(self, state: HostState) -> float:
        rests = state.rests_until - self._now()
        if rests > PATIENCE:
            until = datetime.fromtimestamp(state.rests_until, UTC)
            raise HostRests(f"it rests until {until:%Y-%m-%d %H:%M} UTC: {state.why}", where=state.host)
        return rests

    def rest(self, host: str, seconds: float, why: str) -> None:
        """Let a host rest for as long as it asked for."""
        until = self._now() + seconds
        self._file(host).change(lambda known: replace(known, rests_until=max(known.rests_until, until), why=why))

    def rest_longer(self, host: str, why: str) -> None:
        """Let a host rest for longer than the last time: it turned us away, or nothing answers."""
        now = self._now()

        def longer(known: HostState) -> HostState:
            seconds = self._schedule[min(known.rests, len(self._schedule) - 1)]
            return replace(known, rests_until=max(known.rests_until, now + seconds), rests=known.rests + 1, why=why)

        self._file(host).change(longer)

    def answered(self, host: str) -> None:
        """A page came: the next rest begins with the shortest again."""
        if self._file(host).read().rests:
            self._file(host).change(lambda known: replace(known, rests=0))

    def close(self) -> None:
        """Close the files of all hosts."""
        for file in self._files.values():
            file.close()
        self._files.clear()

    def _file(self, host: str) -> HostFile:
        if host not in self._files:
            if len(self._files) >= MAX_FILES:  # a site may send us to any number of hosts
                idle = [each for each in self._files if not (each in self._turns and self._turns[each].locked())]
                for each in idle[: MAX_FILES // 2]:
                    self._files.pop(each).close()
            self._files[host] = HostFile(self._home, host)
        return self._files[host]

    def _note_asked(self, file: HostFile) -> None:
        at = self._ticks()
        file.change(lambda known: replace(known, asked_at=at))

    def _now(self) -> float:
        return self._clock().timestamp()
