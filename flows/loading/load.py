"""Files, folders and what stands beside them -> looks, one after another.

Nothing here holds more than one body (at most MAX_BYTES) and its neighbours, so a 100 GB file works. A reader is a
generator of looks that returns whether it read the file to its end: what broke off must not be remembered as read.
Readers are imported when a file of their kind turns up.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from flows.loading.files import FEEDS, KNOWN, LINES, WARCS, sidecar, suffix
from flows.looks import Advance, FileEnd, Loaded, Looks, Skipped, Steps
from parsers.errors import InputMissing
from parsers.release import key_of


def load(paths: Sequence[Path], known: Callable[[str], int | None], advance: Advance = lambda _: None) -> Steps:
    """Read files and folders, each file to its end or to where it breaks.

    Args:
        paths: files, and folders that are walked.
        known: the number of items of a file (by its key) that was read to its end before, else None.
        advance: told how many more bytes of input, as they lie on disk, are done; the sum is `total_bytes`.

    Raises:
        InputMissing: a path is not there or not readable; found before anything is read.
    """
    for path in paths:
        _check(path)
    return (step for path in _walk(paths) for step in _load_file(path, known, advance))


def _load_file(path: Path, known: Callable[[str], int | None], advance: Advance) -> Steps:
    try:
        before = path.stat()
        key = _file_key(path)
    except OSError as error:
        yield _unreadable(path, error)
        return
    items = known(key)
    if items is not None:
        advance(before.st_size)
        yield Skipped(key, items)
        return
    reading = _Reading(path, advance)
    yield from reading
    advance(max(0, before.st_size - reading.told))
    yield FileEnd(key, reading.items, reading.complete and _unchanged(path, before))


class _Reading:
    """The looks of a file; afterwards `complete` is what its reader said, `told` how many bytes it told of."""

    def __init__(self, path: Path, advance: Advance) -> None:
        self.complete = False
        self.items = 0
        self.told = 0
        self._path = path
        self._advance = advance

    def __iter__(self) -> Iterator[Loaded]:
        for look in self._looks():
            self.items += 1
            yield look

    def _looks(self) -> Iterator[Loaded]:
        try:
            self.complete = yield from _reader(self._path)(self._path, self._tell)
        except OSError as error:
            yield _unreadable(self._path, error)

    def _tell(self, count: int) -> None:
        self.told += count
        self._advance(count)


def _reader(path: Path) -> Callable[[Path, Advance], Looks]:
    if suffix(path) in LINES:
        from flows.loading.load_jsonl import read_jsonl as reader
    elif suffix(path) in WARCS:
        from flows.loading.warc import read_warc as reader
    elif suffix(path) in FEEDS:
        from flows.loading.feeds import read_feed as reader
    else:
        from flows.loading.load_text import read_text as reader
    return reader


def _unreadable(path: Path, error: OSError) -> Loaded:
    return Loaded(b"", str(path), outcome="error", reason=f"cannot be read: {error.strerror or error}")


def _file_key(path: Path) -> str:
    beside = sidecar(path)
    try:
        said = _sha256(beside) if beside.is_file() else None
    except OSError:
        said = None  # whoever reads it says what is wrong with it
    return key_of(suffix(path), _sha256(path), said)  # the suffix says how it is read


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unchanged(path: Path, before: os.stat_result) -> bool:
    now = _status(path)
    return now is not None and (now.st_size, now.st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _kind(path: Path) -> int:
    """What a path leads to, in the terms of `stat`; 0 where that cannot be told."""
    status = _status(path)
    return stat.S_IFMT(status.st_mode) if status else 0


def input_files(paths: Sequence[Path]) -> list[Path]:
    """The files that `load` reads, in its order: folders are walked by name, hidden files left out."""
    return list(_walk(paths))


def total_bytes(paths: Sequence[Path]) -> int:
    """Bytes on disk of all files that `load` reads; what cannot be looked at counts nothing."""
    return sum(path.stat().st_size for path in _walk(paths) if _kind(path) == stat.S_IFREG)


def _check(path: Path) -> None:
    try:
        if path.is_dir():
            os.scandir(path).close()
        elif _kind(path) not in (stat.S_IFREG, 0):
            raise InputMissing(f"`{path}` is neither a file nor a folder")
        else:
            path.open("rb").close()
    except OSError as error:
        raise InputMissing(f"`{path}` cannot be read: {error.strerror}") from error


def _walk(paths: Sequence[Path]) -> Iterator[Path]:
    entered: set[tuple[int, int]] = set()  # a folder is walked once, however many links lead to it
    for path in paths:
        if _kind(path) == stat.S_IFDIR:
            yield from _walk_folder(path, entered)
        elif path.suffix != ".json" or _kind(path.with_suffix("")) != stat.S_IFREG:  # no sidecar
            yield path


def _walk_folder(folder: Path, entered: set[tuple[int, int]]) -> Iterator[Path]:
    """Files of known kinds; a folder that cannot be read stands for itself, so that its error is told."""
    try:
        status = folder.stat()
        names = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError:
        yield folder
        return
    if (status.st_dev, status.st_ino) in entered:
        return
    entered.add((status.st_dev, status.st_ino))
    for path in map(folder.joinpath, names):
        kind = _kind(path)
        if kind == stat.S_IFDIR:
            yield from _walk_folder(path, entered)
        elif suffix(path) in KNOWN and kind in (stat.S_IFREG, 0):  # a dead link will be told; a pipe is not read
            yield path
