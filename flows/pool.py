"""Parsing on all cores: a process pool that a hostile page cannot take down with it.

A chunk whose worker dies or takes too long is read again in halves, by a new pool, until the page
that did it stands alone and is set down as unread. Workers only read: what they are given they
turn into records, and they write nothing.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from types import FrameType

from parsers.errors import ParseError, ParserKilled, ParserTimeout
from parsers.release import Page, Release, Unread

PAGE_SECONDS = 10.0
CHUNK_PAGES = 24
CHUNK_BYTES = 4_000_000
MEMORY_LIMIT = 4 * 1024**3  # address space of a worker: lexbor's tree of the largest page takes 1 GB

Reading = Release | Unread
Reader = Callable[[Page], Reading]


class ReadingPool:
    """Reads pages on `workers` processes; start-up happens with the first page."""

    def __init__(
        self, workers: int | None = None, page_seconds: float = PAGE_SECONDS, reader: Reader | None = None
    ) -> None:
        self._workers = workers or os.cpu_count() or 1
        self._seconds = page_seconds
        self._reader = reader
        self._pool: ProcessPoolExecutor | None = None

    def read_all(self, pages: Sequence[Page]) -> list[Reading]:
        """Readings of pages, in their order; every page gets one."""
        chunks = list(_chunks(pages))
        futures = [self._submit(chunk) for chunk in chunks]
        readings: list[Reading] = []
        for chunk, future in zip(chunks, futures, strict=True):
            readings.extend(self._collect(chunk, future))
        return readings

    def _submit(self, chunk: Sequence[Page]) -> Future[list[Reading]] | None:
        try:
            return self._executor().submit(_read_chunk, chunk, self._reader, self._seconds)
        except BrokenProcessPool:
            return None

    def _collect(self, chunk: Sequence[Page], future: Future[list[Reading]] | None) -> list[Reading]:
        error: type[ParseError] = ParserKilled
        if future is not None:
            try:
                return future.result(timeout=self._seconds * (len(chunk) + 2))
            except BrokenProcessPool:
                pass
            except FutureTimeout:
                error = ParserTimeout
        self._end(kill=True)
        return self._in_halves(chunk, error)

    def _in_halves(self, chunk: Sequence[Page], error: type[ParseError]) -> list[Reading]:
        if len(chunk) == 1:
            return self._alone(chunk[0], error)
        middle = len(chunk) // 2
        return [
            reading for half in (chunk[:middle], chunk[middle:]) for reading in self._collect(half, self._submit(half))
        ]

    def _alone(self, page: Page, error: type[ParseError]) -> list[Reading]:
        # A neighbour may have broken the pool: the page is guilty only if it does so by itself.
        future = self._submit([page])
        try:
            if future is not None:
                return future.result(timeout=self._seconds * 2)
        except (BrokenProcessPool, FutureTimeout):
            pass
        self._end(kill=True)
        what = "reading it took longer than" if error is ParserTimeout else "reading it ended its process, within"
        return [_unread(error(f"{what} {self._seconds:g} seconds"))]

    def _executor(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Prefect runs threads: a plain fork of them may hang.
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(["parsers.reading"])
            self._pool = ProcessPoolExecutor(self._workers, mp_context=context, initializer=_begin)
        return self._pool

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
        """End the workers."""
        self._end(kill=False)

    def __enter__(self) -> ReadingPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _chunks(pages: Sequence[Page]) -> Iterator[list[Page]]:
    chunk: list[Page] = []
    size = 0
    for page in pages:
        if chunk and (len(chunk) >= CHUNK_PAGES or size + len(page.raw) > CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(page)
        size += len(page.raw)
    if chunk:
        yield chunk


def _begin() -> None:
    """A worker leaves Ctrl-C to its parent, cannot take all memory, and does not outlive its parent."""
    import resource
    import threading

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


def _read_chunk(pages: Sequence[Page], reader: Reader | None, seconds: float) -> list[Reading]:
    from parsers import read  # the workers read; their parent does not wait for HTML parsers

    return [_read_one(page, reader or read, seconds) for page in pages]


def _read_one(page: Page, reader: Reader, seconds: float) -> Reading:
    try:
        with _bounded(seconds):
            return reader(page)
    except ParserTimeout as error:
        return _unread(error)
    except MemoryError:
        return _unread(ParserKilled("reading it took more memory than a worker may have"))


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
