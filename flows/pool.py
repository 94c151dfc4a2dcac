"""Parsing and deriving on all cores: a process pool that a hostile page cannot take down with it.

A chunk whose worker dies or takes too long is done again in halves, by a new pool, until the item
that did it stands alone and is set down as failed. Workers only read: what they are given they
turn into records, and they write nothing.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Generic, TypeVar

from parsers.errors import ConfigError, ParseError, ParserFault, ParserKilled, ParserTimeout
from parsers.listed import ListPage
from parsers.release import Page, Release, Unread

PAGE_SECONDS = 10.0
CHUNK_ITEMS = 24
CHUNK_BYTES = 4_000_000
START_SECONDS = 60.0  # for a process to start on a busy machine
GUARD = "In a script, call it under `if __name__ == '__main__':`, as all that starts processes in Python"
MEMORY_LIMIT = 4 * 1024**3  # address space of a worker: lexbor's tree of the largest page takes 1 GB

Reading = Release | Unread | ListPage
Reader = Callable[[Page], Reading]
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Work(Generic[Item, Result]):
    """What a pool does with each item; all three can be pickled.

    Attributes:
        do: gives the result of an item.
        fail: gives it where doing took too long or too much memory, or raised what nobody expected.
        size: bytes of an item, more or less: a chunk holds so many.
    """

    do: Callable[[Item], Result]
    fail: Callable[[ParseError], Result]
    size: Callable[[Item], int]


class ReadingPool:
    """Reads pages on `workers` processes; start-up happens with the first page."""

    def __init__(
        self, workers: int | None = None, page_seconds: float = PAGE_SECONDS, reader: Reader | None = None
    ) -> None:
        self._workers = workers or os.cpu_count() or 1
        self._seconds = page_seconds
        self._reader = reader
        self._pool: ProcessPoolExecutor | None = None
        self._turn = threading.Lock()  # whose neighbour in another thread broke the pool would be taken for guilty
        self._closed = False
        self._proven = False

    def read_all(self, pages: Sequence[Page], reader: Reader | None = None) -> list[Reading]:
        """Readings of pages, in their order; every page gets one.

        Args:
            reader: of these pages, where it is not the pool's own; it can be pickled.
        """
        return self.each(Work(reader or self._reader or _read, _unread, _length), pages)

    def each(self, work: Work[Item, Result], items: Sequence[Item]) -> list[Result]:
        """The results of items, in their order; every item gets one. Of several threads, one at a time is served.

        Raises:
            CancelledError: the pool was closed meanwhile.
        """
        chunks = list(_chunks(items, work.size))
        results: list[Result] = []
        with self._turn:
            futures = [self._submit(work, chunk) for chunk in chunks]
            for chunk, future in zip(chunks, futures, strict=True):
                results.extend(self._collect(work, chunk, future))
        return results

    def _submit(self, work: Work[Item, Result], chunk: Sequence[Item]) -> Future[list[Result]] | None:
        try:
            return self._executor().submit(_do_chunk, work, chunk, self._seconds)
        except BrokenProcessPool:
            return None

    def _collect(
        self, work: Work[Item, Result], chunk: Sequence[Item], future: Future[list[Result]] | None
    ) -> list[Result]:
        error: type[ParseError] = ParserKilled
        if future is not None:
            try:
                return future.result(timeout=self._seconds * (len(chunk) + 2))
            except (BrokenProcessPool, CancelledError):  # cancelled where a chunk before it took the pool down
                pass
            except FutureTimeout:
                error = ParserTimeout
        self._end(kill=True)
        return self._in_halves(work, chunk, error)

    def _in_halves(self, work: Work[Item, Result], chunk: Sequence[Item], error: type[ParseError]) -> list[Result]:
        if len(chunk) == 1:
            return self._alone(work, chunk[0], error)
        middle = len(chunk) // 2
        return [
            result
            for half in (chunk[:middle], chunk[middle:])
            for result in self._collect(work, half, self._submit(work, half))
        ]

    def _alone(self, work: Work[Item, Result], item: Item, error: type[ParseError]) -> list[Result]:
        # A neighbour may have broken the pool: the item is guilty only if it does so by itself.
        future = self._submit(work, [item])
        try:
            if future is not None:
                return future.result(timeout=self._seconds * 2)
        except (BrokenProcessPool, CancelledError, FutureTimeout):
            pass
        self._end(kill=True)
        what = "reading it took longer than" if error is ParserTimeout else "reading it ended its process, within"
        return [work.fail(error(f"{what} {self._seconds:g} seconds"))]

    def _executor(self) -> ProcessPoolExecutor:
        if self._closed:
            raise CancelledError
        if self._pool is None:
            # Prefect runs threads: a plain fork of them may hang.
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(["parsers.reading", "flows.derivations"])
            self._pool = ProcessPoolExecutor(self._workers, mp_context=context, initializer=_begin)
            if not self._proven:
                self._prove(self._pool)
        return self._pool

    def _prove(self, pool: ProcessPoolExecutor) -> None:
        """See that a process starts at all, before a page is blamed for one that does not."""
        try:
            pool.submit(_nothing).result(START_SECONDS)
        except (BrokenProcessPool, FutureTimeout) as error:
            self._end(kill=True)
            raise ConfigError("the processes that read cannot start", todo=GUARD) from error
        self._proven = True

    def _end(self, *, kill: bool) -> None:
        pool, self._pool = self._pool, None
        if pool is None:
            return
        processes = list((pool._processes or {}).values())
        pool.shutdown(wait=not kill, cancel_futures=True)
        if kill:
            for process in processes:
                process.kill()
                process.join()

    def close(self) -> None:
        """End the workers, for good; what another thread has in hand is given up."""
        self._closed = True
        self._end(kill=self._turn.locked())

    def __enter__(self) -> ReadingPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _chunks(items: Sequence[Item], size: Callable[[Item], int]) -> Iterator[list[Item]]:
    chunk: list[Item] = []
    weight = 0
    for item in items:
        if chunk and (len(chunk) >= CHUNK_ITEMS or weight + size(item) > CHUNK_BYTES):
            yield chunk
            chunk, weight = [], 0
        chunk.append(item)
        weight += size(item)
    if chunk:
        yield chunk


def _begin() -> None:
    """A worker leaves Ctrl-C to its parent, cannot take all memory, and does not outlive its parent."""
    import resource

    from parsers import read  # noqa: F401 - imported before the freeze

    gc.freeze()  # what was imported is never garbage: a collection need not look at it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = MEMORY_LIMIT if hard == resource.RLIM_INFINITY else min(MEMORY_LIMIT, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    # Workers hold both ends of the queue that they wait on: no end of file tells them of a parent that was killed.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _nothing() -> None:
    """What a process can do that has started."""


def refuse_half_started() -> None:
    """Refuse to work within a process of ours that still imports what its parent ran: it would begin all again.

    Raises:
        ConfigError: a script runs the line as it is imported.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):  # as multiprocessing itself asks
        raise ConfigError("a script ran the line as it was imported", todo=GUARD)


def _do_chunk(work: Work[Item, Result], chunk: Sequence[Item], seconds: float) -> list[Result]:
    return [_do_one(work, item, seconds) for item in chunk]


def _do_one(work: Work[Item, Result], item: Item, seconds: float) -> Result:
    try:
        with _bounded(seconds):
            return work.do(item)
    except ParserTimeout as error:
        return work.fail(error)
    except MemoryError:
        return work.fail(ParserKilled("reading it took more memory than a worker may have"))
    except Exception as error:  # noqa: BLE001 - one text must not stop all that come after it
        return work.fail(ParserFault(f"it failed with {type(error).__name__}: {str(error)[:200]}"))


def _read(page: Page) -> Reading:
    from parsers import read  # the workers read; their parent does not wait for HTML parsers

    return read(page)


def _length(page: Page) -> int:
    return len(page.raw)


@contextmanager
def _bounded(seconds: float) -> Iterator[None]:
    """An alarm ends Python code that runs on; code in C is ended by the parent, with its worker."""

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise ParserTimeout(f"reading it took longer than {seconds:g} seconds")

    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _unread(error: ParseError) -> Unread:
    from parsers import unread

    return unread(error)
