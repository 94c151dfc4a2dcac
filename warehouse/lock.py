"""Holding HOME: one writer of its file at a time; of a lake many share it, and who must be alone waits for them."""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path

from parsers.errors import HomeLocked, HomeUnwritable

_LOCK = "writer.lock"
_HOLDER = "writer.json"
_AGAIN = 0.05  # seconds between two tries


@contextmanager
def writer_lock(
    home: Path, timeout: float, now: datetime, waiting: Callable[[str], None] = lambda _: None, *, shared: bool = False
) -> Iterator[None]:
    """Hold HOME for writing; a second writer waits, then is told who holds it.

    Args:
        timeout: seconds to wait.
        now: time of the run, noted for whoever waits.
        waiting: told once, in a sentence, that HOME is held and by whom.
        shared: with other writers, of a lake; without it, alone.

    Raises:
        HomeLocked: another process held it for the whole time.
        HomeUnwritable: HOME cannot be made or written.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(home / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise HomeUnwritable(f"HOME cannot be written: {error.strerror}", where=str(home)) from error
    try:
        _acquire(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX, timeout, home, waiting)
        with nullcontext() if shared else _named(home, now):
            yield
    finally:
        os.close(descriptor)  # that gives the lock back


def _acquire(descriptor: int, kind: int, timeout: float, home: Path, waiting: Callable[[str], None]) -> None:
    until = time.monotonic() + timeout
    told = False
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if not told:
                waiting(f"waiting for HOME, another writer holds it{_holder(home)}")
                told = True
            if time.monotonic() >= until:
                raise HomeLocked(f"another writer holds it{_holder(home)}", where=str(home)) from None
            time.sleep(_AGAIN)


@contextmanager
def _named(home: Path, now: datetime) -> Iterator[None]:
    """Say who holds HOME alone."""
    words = {"pid": os.getpid(), "since": now.isoformat(), "command": " ".join(sys.argv[:3])[:200]}
    try:
        (home / _HOLDER).write_text(json.dumps(words), "utf-8")
    except OSError as error:
        raise HomeUnwritable(f"HOME cannot be written: {error.strerror}", where=str(home)) from error
    try:
        yield
    finally:
        (home / _HOLDER).unlink(missing_ok=True)


def _holder(home: Path) -> str:
    try:
        words = json.loads((home / _HOLDER).read_text("utf-8"))
        return f": process {words['pid']}, since {words['since']}, `{words['command']}`"
    except (OSError, ValueError, KeyError):
        return ""
