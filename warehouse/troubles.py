"""What DuckDB, the disk and a lake say when something goes wrong, as errors that a person can act on."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from parsers.errors import (
    CommitConflict,
    HomeLocked,
    HomeTooNew,
    HomeUnwritable,
    LakeUnreachable,
    MemoryShort,
    StoreError,
)


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on disk and not only on their way there."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)


@contextmanager
def storing(where: Path) -> Iterator[None]:
    """Turn what DuckDB and the disk say into errors that a person can act on."""
    try:
        yield
    except OSError as error:
        if error.errno not in _DISK:
            raise
        raise HomeUnwritable(f"the file cannot be written: {error.strerror}", where=str(where)) from error
    except duckdb.IOException as error:
        text = str(error)
        if "lock" in text.lower():
            raise HomeLocked("another program has the file open", where=str(where)) from error
        raise HomeUnwritable(f"the file cannot be written: {text.splitlines()[0]}", where=str(where)) from error
    except (duckdb.OutOfMemoryException, duckdb.TransactionException, duckdb.FatalException) as error:
        text = str(error)
        if "Could not write" in text or os.strerror(errno.ENOSPC) in text:  # a commit wraps what the disk said
            raise HomeUnwritable(f"the file cannot be written: {text.splitlines()[0]}", where=str(where)) from error
        if isinstance(error, duckdb.FatalException):
            raise StoreError(text.splitlines()[0], where=str(where)) from error
        raise MemoryShort(text.splitlines()[0], where=str(where)) from error
    except (duckdb.SerializationException, duckdb.InvalidInputException) as error:
        if "version" in str(error).lower():
            raise HomeTooNew(str(error).splitlines()[0], where=str(where)) from error
        raise StoreError(str(error).splitlines()[0], where=str(where)) from error


_CONFLICT = ("Transaction conflict", "maximum retry count")
# What PostgreSQL's client says comes in no class of its own.
_AWAY = ("Failed to execute query", "Failed to prepare", "Failed to commit")


@contextmanager
def in_lake(where: str) -> Iterator[None]:
    """The same of a lake: a commit that came too late, PostgreSQL or S3 that do not answer."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise MemoryShort(str(error).splitlines()[0], where=where) from error
    except duckdb.Error as error:
        text = str(error)
        if os.strerror(errno.ENOSPC) in text:  # of what spills, or is built beside it
            raise HomeUnwritable(f"the disk is full: {text.splitlines()[0]}", where=where) from error
        if any(words in text for words in _CONFLICT):
            raise CommitConflict("another writer committed first", where=where) from error
        if isinstance(error, _FROM_AFAR) or is_away(error):
            raise LakeUnreachable(text.splitlines()[0], where=where) from error
        raise


def is_away(error: duckdb.Error) -> bool:
    """Whether it was PostgreSQL or S3 that did not answer, or refused."""
    return isinstance(error, duckdb.HTTPException) or any(words in str(error) for words in _AWAY)


_FROM_AFAR = (duckdb.IOException, duckdb.TransactionException, duckdb.FatalException)
