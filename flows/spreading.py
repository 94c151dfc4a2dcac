"""Reading spreads: batches are archived ahead and read elsewhere, while those before them land in their order.

    archive 3 | archive 4 | ...           here
            read 2 | read 3 | ...         a thread with the pool of this run, or the workers of a cluster
                   land 1 | land 2 | ...  here

A task is some seconds of reading, never a page. What it gives depends on nothing but its pages, so it
may run twice; where it fails for good, its pages are read here, and the page that did it is found.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from flows.batches import Batch
from flows.keeping.archive import body_of
from flows.settings import PREFIX
from parsers.errors import ConfigError
from parsers.release import Capture
from warehouse.land import Reading

if TYPE_CHECKING:
    from flows.pool import ReadingPool
    from flows.running import Run

DEPTH = 2
"""Batches that are archived and not landed, beside the one that lands, where this machine reads them."""


class Readings:
    """Readings by input. No dict and no record: Prefect walks through each value of those."""

    __slots__ = ("by_input",)

    def __init__(self, by_input: Mapping[str, Reading]) -> None:
        self.by_input = by_input


@dataclass(frozen=True, slots=True)
class Lot:
    """What a task reads: some bytes a page, where the bodies lie in the archive.

    Attributes:
        home: HOME of the run; a worker that has it elsewhere says so by COMMUNIQUE_HOME.
        captures: of which each is a page to read.
        bodies: those that are at hand, by input.
        page_seconds: longest time for one page.
        revisions: of the run's parsers; None where the run itself reads.
    """

    home: Path
    captures: Sequence[Capture]
    bodies: Mapping[str, bytes]
    page_seconds: float
    revisions: Mapping[str | None, str] | None = None


Work = Callable[[], Readings]
Submit = Callable[[str, Work], Work]
"""Starts work under a name; what it gives back waits for the end and raises what went wrong."""


@dataclass
class Spread:
    """Where batches are read ahead.

    Attributes:
        submit: starts to read one.
        pool: of this run, which reads what nobody else does.
        depth: so many batches are in flight, beside the one that lands.
        far: other processes read them, from the archive.
        say: told, in a sentence, what a person should know.
        flight: batches that are archived and have not landed, in their order.
    """

    submit: Submit
    pool: Callable[[], ReadingPool]
    depth: int = DEPTH
    far: bool = False
    say: Callable[[str], None] = lambda _: None
    flight: deque[Batch] = field(default_factory=deque)

    def send(self, name: str, lot: Lot) -> Callable[[], Mapping[str, Reading]]:
        """Have a lot read; what is given back waits for its readings, which are always all."""
        work = partial(read_lot, lot) if self.far else partial(read_lot, lot, self.pool())
        try:
            answer = self.submit(name, work)
        except Exception as error:
            if not self.far:
                raise
            return partial(self._here, name, lot, error)
        return partial(self._answered, name, lot, answer)

    def _answered(self, name: str, lot: Lot, answer: Work) -> Mapping[str, Reading]:
        try:
            return answer().by_input
        except Exception as error:
            if not self.far:
                raise
            return self._here(name, lot, error)

    def _here(self, name: str, lot: Lot, error: Exception) -> Mapping[str, Reading]:
        words = str(error)[:300] or "no reason was given"
        self.say(f"`{name}` failed on the cluster and is done here: {type(error).__name__}: {words}")
        return read_lot(lot, self.pool()).by_input


@contextmanager
def in_thread(run: Run) -> Iterator[Spread]:
    """Batches are read by the processes of this run, while its main thread archives and lands."""
    with ThreadPoolExecutor(1, "reading") as thread:

        def submit(_name: str, work: Work) -> Work:
            return thread.submit(work).result

        try:
            yield Spread(submit, lambda: run.pool)
        except BaseException:
            thread.shutdown(wait=False, cancel_futures=True)
            run.give_up()
            raise


def read_lot(lot: Lot, pool: ReadingPool | None = None) -> Readings:
    """Read the pages of a lot; the same wherever it runs.

    Args:
        pool: whose processes read; None has those of the cluster's worker that this runs on.

    Raises:
        ConfigError: this worker has other parsers than the run, or may start no processes.
        ArchiveMissing: a body is not in the archive, as it is seen from here.
    """
    home = lot.home
    if pool is None:
        _check(lot)
        home = Path(os.environ.get(f"{PREFIX}HOME") or lot.home)
        pool = _pool(_threads(), lot.page_seconds)
    keys = [capture.input_sha256 for capture in lot.captures]
    pages = [
        capture.page(lot.bodies[key] if key in lot.bodies else body_of(home, capture))
        for key, capture in zip(keys, lot.captures, strict=True)
    ]
    return Readings(dict(zip(keys, pool.read_all(pages), strict=True)))


def _check(lot: Lot) -> None:
    import multiprocessing

    from parsers import current_revisions

    if lot.revisions != current_revisions():
        raise ConfigError(
            "a worker of the cluster has other parsers than the run",
            todo="Install the same version of communique on all machines",
        )
    if multiprocessing.current_process().daemon:
        raise ConfigError(
            "a worker of the cluster may start no processes, in which it would read",
            todo="Start it with DASK_DISTRIBUTED__WORKER__DAEMON=False in its environment, or with `--no-nanny`",
        )


def _threads() -> int:
    """As many as the worker was told to use: by them its operator says how many cores are its own."""
    from distributed import get_worker

    return int(get_worker().state.nthreads)


@cache
def _pool(workers: int, page_seconds: float) -> ReadingPool:
    from flows.pool import ReadingPool

    return ReadingPool(workers, page_seconds)  # for as long as the worker lives: starting one takes half a second
