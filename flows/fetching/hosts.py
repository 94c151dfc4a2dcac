"""What is known of a host, for all runs of a HOME: when it was asked last, until when it rests and why.

A small file a host in HOME/hosts. It can be lost: then a host is asked a little early, once.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from parsers.errors import HomeUnwritable, UrlRefused

FOLDER = "hosts"
SIZE = 4096  # bytes of a host's file
MAX_WHY = 300  # characters
_MAX_HOST = 253  # characters of a name; with MAX_WHY, any characters fit into SIZE
_MAX_TIME = 253_370_764_800  # the year 9999


@dataclass(frozen=True, slots=True)
class HostState:
    """`asked_at` in seconds of this machine's monotonic clock, `rests_until` since 1970, UTC.

    `rests` counts those in a row that it did not ask for itself.
    """

    host: str
    asked_at: float = 0.0
    rests_until: float = 0.0
    rests: int = 0
    why: str = ""


def host_of(url: str) -> str:
    """The host of a URL, with its port where it is no usual one; http and https are one site.

    Raises:
        UrlRefused: it is no URL.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip(".").lower(), parts.port
        host = f"[{host}]" if ":" in host else host if host.isascii() else host.encode("idna").decode()
    except ValueError as error:
        raise UrlRefused(f"it is no URL: {error}", where=url[:500]) from error
    return host if port in (None, 80, 443) else f"{host}:{port}"


def states(home: Path) -> Iterator[HostState]:
    """What is known of all hosts."""
    for path in sorted((home / FOLDER).glob("*.json")):
        with suppress(OSError, ValueError, TypeError):
            yield _state(path.read_bytes()[:SIZE])


def _state(raw: bytes) -> HostState:
    """Raises ValueError or TypeError where it is no state of a host."""
    try:
        state = HostState(**json.loads(raw))
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    words = isinstance(state.host, str) and isinstance(state.why, str)
    if not words or type(state.rests) is not int or state.rests < 0:
        raise ValueError("no state of a host")
    if not (0 <= state.asked_at < _MAX_TIME and 0 <= state.rests_until < _MAX_TIME):
        raise ValueError("no time at which a host is asked")
    return state


class HostFile:
    """The file of a host, and the lock that is its turn."""

    def __init__(self, home: Path, host: str) -> None:
        """
        Raises:
            HomeUnwritable: HOME cannot be written.
        """
        self._host = host
        self._where = str(home / FOLDER)
        stem = home / FOLDER / hashlib.sha256(host.encode()).hexdigest()[:32]  # no path is made from a URL
        with self._saying():
            (home / FOLDER).mkdir(parents=True, exist_ok=True)
            self._file = os.open(f"{stem}.json", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self.lock = FileLock(f"{stem}.lock")

    def read(self) -> HostState:
        """What is known of the host."""
        try:
            return _state(os.pread(self._file, SIZE, 0))
        except (OSError, ValueError, TypeError):
            return HostState(self._host)

    def change(self, new: Callable[[HostState], HostState]) -> None:
        """Keep what it makes of what is known, in one piece: a kill leaves the old or the new.

        Nobody else changes it meanwhile: a rest that one run was told of is not lost to another's turn.

        Raises:
            HomeUnwritable: the disk is full.
        """
        with self._saying():
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                state = new(self.read())
                state = replace(state, host=state.host[:_MAX_HOST], why=state.why[:MAX_WHY])
                words = json.dumps(asdict(state), ensure_ascii=False).encode("utf-8", "replace")
                os.pwrite(self._file, words.ljust(SIZE), 0)
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def try_lock(self) -> bool:
        """Take the lock if nobody has it.

        Raises:
            HomeUnwritable: HOME cannot be written.
        """
        with self._saying():
            try:
                self.lock.acquire(timeout=0)
            except Timeout:
                return False
            return True

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    @contextmanager
    def _saying(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise HomeUnwritable(f"HOME cannot be written: {error.strerror}", where=self._where) from error
