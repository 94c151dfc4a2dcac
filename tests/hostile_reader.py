"""A process whose pages are read by a reader that some pages harm: imported by workers (`--preload`) and by runs."""

from __future__ import annotations

import os
import signal
import time
from functools import partial
from pathlib import Path

import psutil

import flows.pool
from flows.pool import Reading, ReadingPool
from parsers import Page, read

KILLS = b"KILLS-ITS-READER"
WAITS = b"WAITS-ONCE"
WAITING = "HOSTILE_READER_WAITS"
"""Variable: a file, which the first reader of a page that waits fills with the ids of its parents; then it waits."""


def harmed(page: Page) -> Reading:
    if KILLS in page.raw:
        os.kill(os.getpid(), signal.SIGKILL)
    if WAITS in page.raw and WAITING in os.environ:
        try:
            with Path(os.environ[WAITING]).open("x") as file:
                file.write(" ".join(str(each.pid) for each in psutil.Process().parents()))
        except FileExistsError:
            return read(page)
        time.sleep(60)
    return read(page)


flows.pool.ReadingPool = partial(ReadingPool, reader=harmed)  # type: ignore[misc,assignment]
