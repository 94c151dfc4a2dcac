"""A real Dask cluster on this machine: a scheduler and workers, each a process of its own, over TCP."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from homes import CHECKOUT
from operating import free_port, until


@dataclass
class Cluster:
    """A scheduler and its workers; all of them end with `ended`."""

    folder: Path
    env: Mapping[str, str]
    port: int = field(default_factory=free_port)
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def start(self, workers: int = 2, *words: str) -> Cluster:
        where = ["--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard"]
        self.scheduler = self._dask("scheduler", *where)
        until(lambda: "Scheduler at" in self.said("scheduler"), 60, what="the scheduler listens")
        for _ in range(workers):
            self.add(*words)
        self.wait_for(workers)
        return self

    def add(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a worker of one thread, which nobody starts again when it dies."""
        told = words or ("--no-nanny",)
        worker = self._dask("worker", self.address, "--nthreads", "1", "--no-dashboard", *told)
        self.workers.append(worker)
        return worker

    def wait_for(self, workers: int) -> None:
        until(lambda: self.said("scheduler").count("Register worker") >= workers, 60, what="the workers are there")

    def said(self, name: str) -> str:
        return "".join(log.read_text("utf-8", "replace") for log in self.folder.glob(f"{name}*.log"))

    def ended(self) -> None:
        for process in (*self.workers, self.scheduler):
            if process is not None:
                kill_family(process)

    def _dask(self, kind: str, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli.dask_" + kind, *words]
        with (self.folder / f"{kind}-{len(self.workers)}.log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=self.folder, env=dict(self.env), stdout=log, stderr=log, start_new_session=True
            )


def kill_family(process: subprocess.Popen[bytes]) -> None:
    """Kill a process with -9, and what it started."""
    with suppress(psutil.NoSuchProcess):
        for each in psutil.Process(process.pid).children(recursive=True):
            each.kill()
    process.kill()
    process.wait()


@contextmanager
def cluster(folder: Path, env: Mapping[str, str], *words: str, workers: int = 2) -> Iterator[Cluster]:
    """Two workers that read for whoever asks; gone afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    there = Cluster(folder, {**env, "PYTHONPATH": f"{CHECKOUT}:{CHECKOUT / 'tests'}"})
    try:
        yield there.start(workers, *words)
    finally:
        there.ended()
