"""A command in processes of its own, on so many cores: its time, its processor time, its largest process."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass
class Pinned:
    """A command on one core: seconds of wall and processor, and the largest process in bytes."""

    wall: float
    cpu: float
    peak: int
    output: str


def pinned(words: list[str], cores: int = 1, **variables: str) -> Pinned:
    """Run a command and all it starts on so many cores; the processor time of all is counted."""
    mine = sorted(os.sched_getaffinity(0))[-cores:]
    sampler = _Sampler()
    began = time.monotonic()
    process = subprocess.Popen(
        words,
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: os.sched_setaffinity(0, set(mine)),  # noqa: PLW1509 - no thread runs yet
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), **variables},
    )
    sampler.watch(process.pid)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    output, _ = process.communicate()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    sampler.done.set()
    sampler.join()
    own = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    if process.returncode:
        raise SystemExit(f"{' '.join(words)} ended with {process.returncode}")
    return Pinned(time.monotonic() - began, own + sampler.cpu(but=process.pid), sampler.peak, output)


class _Sampler(threading.Thread):
    """Reads /proc of a session's processes: workers of a pool are nobody's children by then."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.done = threading.Event()
        self.peak = 0
        self._session = 0
        self._cpu: dict[int, float] = {}

    def watch(self, session: int) -> None:
        self._session = session
        self.start()

    def run(self) -> None:
        while not self.done.wait(0.05):  # seldom: what looks on takes time from what it looks at
            for folder in Path("/proc").glob("[0-9]*"):
                self._look(folder)

    def _look(self, folder: Path) -> None:
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) != self._session:
                return
            ticks = int(fields[11]) + int(fields[12])
            self._cpu[int(folder.name)] = ticks / os.sysconf("SC_CLK_TCK")
            status = (folder / "status").read_text()
        except (OSError, ValueError, IndexError):
            return
        found = re.search(r"VmHWM:\s+(\d+)", status)
        self.peak = max(self.peak, int(found[1]) * 1024 if found else 0)

    def cpu(self, but: int) -> float:
        """Seconds of processor of all processes but one, as last seen."""
        return sum(seconds for process, seconds in self._cpu.items() if process != but)
