"""Reading spreads under Prefect: a task a batch, by its runner of threads or by a Dask cluster.

The task is the same for both. What it takes and gives travels in objects that Prefect does not walk
through. Pages go from the archive to a worker, by no server; what was read comes back by the scheduler.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.context import TagsContext
from prefect.task_runners import ThreadPoolTaskRunner

from flows.running import Run
from flows.spreading import DEPTH, Readings, Spread, Work
from parsers.errors import ConfigError, ServiceError

CONNECT_SECONDS = 10
LOOK_SECONDS = 2
"""So often a run that waits for a cluster looks whether it has workers."""
NOBODY_SECONDS = 15
"""So long it may have none: a nanny brings a killed one back in some seconds."""
DEEPEST = 16
"""Batches in flight at most, however many workers there are: what was read waits in memory."""


def _read(name: str, work: Work) -> Readings:  # noqa: ARG001 - the name of the task run
    return work()


# By another name than its function, which a worker then imports; no retries: what fails is read here.
read_task = task(name="read", task_run_name="{name}", cache_policy=NO_CACHE, persist_result=False)(_read)


@contextmanager
def by_task_runner(run: Run, say: Callable[[str], None]) -> Iterator[Spread]:
    """Batches are read ahead by the runner that the settings name.

    Args:
        say: told, in a sentence, of what a cluster could not do; this run does it itself.

    Raises:
        ConfigError: a cluster is named, and what it takes is not installed.
    """
    if run.settings.cluster is not None:
        with _dask(run.settings.cluster) as runner:
            workers = _workers(runner, say)
            if workers is not None:
                yield Spread(Cluster(runner).submit, lambda: run.pool, min(DEEPEST, DEPTH + workers), far=True, say=say)
                return
    threads: ThreadPoolTaskRunner[Any]
    with ThreadPoolTaskRunner(1) as threads:

        def submit(name: str, work: Work) -> Work:
            return _submitted(threads, name, work).result  # type: ignore[no-any-return]

        try:
            yield Spread(submit, lambda: run.pool)
        except BaseException:
            run.give_up()  # what is read ahead is not waited for
            raise


def _dask(address: str) -> Any:
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"`runner` names a Dask cluster, and `{error.name}` is not installed",
            todo="Install it: pip install 'communique[dask]'",
        ) from error
    return DaskTaskRunner(address=address, client_kwargs={"timeout": CONNECT_SECONDS})


def _workers(runner: Any, say: Callable[[str], None]) -> int | None:
    """How many threads the workers of a cluster have, None where it does not answer."""
    try:
        return sum(map(int, runner.client.nthreads().values()))
    except (OSError, CancelledError, TypeError, ValueError) as error:  # of TLS without its certificates, a TypeError
        say(f"no Dask scheduler answers at {runner.address}, so this run reads by itself: {error}")
        return None


def _submitted(runner: Any, name: str, work: Work) -> Any:
    # For the tags that a task would inherit, Prefect asks the server for slots: a tenth of a second each time.
    with TagsContext(current_tags=set()):
        return runner.submit(read_task, {"name": name, "work": work})


@dataclass
class Cluster:
    """A Dask cluster that may lose its workers, or itself, at any time."""

    runner: Any
    alone_since: float | None = None
    """When it was first seen without workers."""

    @property
    def client(self) -> Any:
        return self.runner.client

    def submit(self, name: str, work: Work) -> Work:
        """Give a batch to the cluster.

        Raises:
            ServiceError: it is gone.
        """
        if self.client.status != "running":
            raise ServiceError("the connection to the scheduler is lost", where=self.runner.address)
        future = _submitted(self.runner, name, work)
        return lambda: self._awaited(future)

    def _awaited(self, future: Any) -> Readings:
        wrapped = future.wrapped_future
        try:
            while not wrapped.done():
                future.wait(LOOK_SECONDS)
                if not wrapped.done():
                    self._look(wrapped)
            readings: Readings = future.result()
        except CancelledError as error:
            raise ServiceError(f"the cluster gave it up: {error}", where=self.runner.address) from error
        return readings

    def _look(self, future: Any) -> None:
        if self.client.nthreads():
            self.alone_since = None
            return
        self.alone_since = self.alone_since or time.monotonic()
        if time.monotonic() - self.alone_since > NOBODY_SECONDS:
            future.cancel()
            raise ServiceError("the cluster has no worker any more", where=self.runner.address)
