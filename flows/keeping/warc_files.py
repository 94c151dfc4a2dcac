"""The files of the archive: one run writes one, under a lock, named `.open` until all in it has landed.

A killed run leaves its file open and unlocked. Whoever finds it so cuts what was written by half,
lands what had not landed, and closes it: see flows/recover.py.
"""

from __future__ import annotations

import fcntl
import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.home import ARCHIVE
from warehouse.troubles import sync

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

SUFFIX = ".warc.gz"
OPEN = ".open"


class WarcFile(FileIO):
    """A file being written, locked. Unbuffered: a full disk is felt here, and nothing is written by half."""

    def __init__(self, path: Path) -> None:
        self.path = path
        new = path.with_name(f"{path.name}.new")  # under its name it is locked from the first moment on
        super().__init__(new, "xb")
        fcntl.flock(self.fileno(), fcntl.LOCK_EX)
        new.rename(opened(path))
        sync(path.parent)

    def write(self, data: Buffer, /) -> int:
        view = memoryview(data)
        done = 0
        while done < len(view):
            done += super().write(view[done:])
        return done

    def finish(self, *, landed: bool) -> None:
        """Close the file; it gets its name where all in it has landed."""
        if landed:
            with suppress(FileNotFoundError):
                opened(self.path).rename(self.path)
        self.close()


def opened(path: Path) -> Path:
    """The path of a file that is still written to, or was when its run was killed."""
    return path.with_name(path.name + OPEN)


def archive_files(home: Path) -> list[Path]:
    """All files of the archive, in the order in which they were begun."""
    folder = home / ARCHIVE
    return sorted([*folder.glob(f"*{SUFFIX}"), *folder.glob(f"*{SUFFIX}{OPEN}")])


def path_of(home: Path, name: str) -> Path:
    """Where a file lies that a capture names: in the archive, or where the user has it."""
    path = home / ARCHIVE / name  # an absolute name stays as it is
    return opened(path) if not path.exists() and opened(path).exists() else path


def left_open(home: Path) -> Iterator[tuple[Path, FileIO]]:
    """Files that killed runs left, each with its lock; those of living runs are left out."""
    folder = home / ARCHIVE
    for path in sorted(folder.glob(f"*{SUFFIX}{OPEN}")):
        with suppress(FileNotFoundError), FileIO(path, "r+b") as file:  # its run may end as we look
            if _is_left(path, file):
                yield path, file
    for path in folder.glob(f"*{SUFFIX}.new"):
        with suppress(FileNotFoundError), FileIO(path, "r+b") as file:
            if _is_left(path, file):
                path.unlink()  # its run had not begun to write


def _is_left(path: Path, file: FileIO) -> bool:
    """Whether nobody writes to a file any more, and it still bears its name."""
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return os.fstat(file.fileno()).st_ino == path.stat().st_ino


def cut_half(file: FileIO, start: int) -> int:
    """Cut off the record that a crash left half written; gives the length of what is left.

    Args:
        start: offset of a record that is whole, or 0.
    """
    end = start
    file.seek(start)
    unpacker = zlib.decompressobj(31)
    with suppress(zlib.error):
        while block := file.read(1 << 16):
            while block:
                unpacker.decompress(block)
                block = unpacker.unused_data
                if unpacker.eof:
                    end = file.tell() - len(block)
                    unpacker = zlib.decompressobj(31)
    os.ftruncate(file.fileno(), end)
    os.fsync(file.fileno())
    return end
