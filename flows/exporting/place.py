"""A folder that is built beside its place and takes it in one step: whoever looks sees the old one or the new one."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from flows.exporting.package import CITATION, PACKAGE
from parsers.errors import ExportRefused, HomeUnwritable
from warehouse.troubles import sync

_HERE = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE
_NO_EXCHANGE = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)  # this system, or this file system, has none


@contextmanager
def taking_place(out: Path) -> Iterator[Path]:
    """A folder to build in; when all went well it stands at `out`, whole and on disk.

    A killed export leaves a hidden folder beside `out`, which the next one removes.

    Raises:
        ExportRefused: something stands there that no export wrote.
        HomeUnwritable: the disk is full or the place is not writable; what stood there stays.
    """
    target = out.resolve()
    building = target.with_name(f".{target.name}.communique-export") if target.name else target
    aside = building.with_name(f"{building.name}-old")
    try:
        _refuse_foreign(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        with _alone(target.parent):
            _clear(target, building, aside)
            building.mkdir()
            try:
                yield building
                _settle(building)
                _refuse_foreign(target)
                _swap(building, target, aside)
                sync(target.parent)
            finally:
                _clear(target, building, aside)
    except OSError as error:
        raise HomeUnwritable(f"the export cannot be written: {error.strerror}", where=str(out)) from error


def _refuse_foreign(target: Path) -> None:
    """Let nothing be replaced but an export, and only where nobody added to it."""
    if not target.exists():
        return
    if not target.is_dir():
        raise ExportRefused("it is a file", where=str(target), todo="Give another `--out`")
    found = {each.name for each in target.iterdir()}
    foreign = sorted(found - _ours(target / PACKAGE))
    if foreign:
        raise ExportRefused(
            f"the folder holds `{foreign[0]}`, which no export wrote",
            where=str(target),
            todo="Give another `--out`, or move it away",
        )


def _ours(package: Path) -> set[str]:
    try:
        said = orjson.loads(package.read_bytes())
        return {PACKAGE, CITATION, *(each["path"] for each in said["resources"])} if "communique" in said else set()
    except (OSError, ValueError, TypeError, KeyError):
        return set()


@contextmanager
def _alone(parent: Path) -> Iterator[None]:
    # One export at a time beside another: what lies there half built then belongs to nobody.
    descriptor = os.open(parent, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _clear(target: Path, building: Path, aside: Path) -> None:
    if aside.exists() and not target.exists():
        aside.rename(target)  # killed between two renames, or the second one failed
    for left in (building, aside):
        if left.exists():
            shutil.rmtree(left)


def _settle(folder: Path) -> None:
    for each in folder.iterdir():
        sync(each)
    sync(folder)


def _swap(building: Path, target: Path, aside: Path) -> None:
    if not target.exists() or not any(target.iterdir()):
        building.rename(target)
        return
    try:
        _exchange(building, target)
    except OSError as error:
        if error.errno not in _NO_EXCHANGE:
            raise
        target.rename(aside)
        building.rename(target)


def _exchange(one: Path, other: Path) -> None:
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if renameat2(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
