"""Files written all together or not at all: each beside its place first, then renamed; a new one replaces none."""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from parsers.errors import HomeUnwritable, InputMalformed


@dataclass(frozen=True, slots=True)
class Change:
    """A file as it shall be, and as it was read; None where it must not be there yet."""

    path: Path
    after: bytes
    before: bytes | None = None


def write_all(changes: Sequence[Change]) -> None:
    """Write all changes.

    Raises:
        InputMalformed: a file is not as it was read, or is there already.
        HomeUnwritable: it cannot be written; all is as it was.
    """
    drafts: list[tuple[Change, Path]] = []
    made: list[Path] = []
    done: list[Change] = []
    try:
        for change in changes:
            made += _folders(change.path.parent)
            draft = change.path.with_name(f".{change.path.name}.{uuid.uuid4().hex[:8]}")
            drafts.append((change, draft))
            draft.write_bytes(change.after)
        for change, draft in drafts:
            _put(change, draft)
            done.append(change)
    except BaseException as error:
        for change in reversed(done):
            _undo(change)
        if isinstance(error, OSError) and not isinstance(error, FileExistsError):
            raise HomeUnwritable(f"nothing was written: {error.strerror}", where=str(error.filename)) from error
        if isinstance(error, FileExistsError):
            raise InputMalformed(
                "it is there already, and nothing was written", where=str(error.filename2 or error.filename)
            ) from error
        raise
    finally:
        for _, draft in drafts:
            draft.unlink(missing_ok=True)
        for folder in reversed(made):
            with suppress(OSError):  # it holds what was written
                folder.rmdir()


def _put(change: Change, draft: Path) -> None:
    if change.before is None:
        os.link(draft, change.path)  # fails where a file is, which a rename would replace
        return
    if change.path.read_bytes() != change.before:
        raise InputMalformed("it was changed meanwhile, and nothing was written", where=str(change.path))
    os.chmod(draft, change.path.stat().st_mode & 0o777)  # noqa: PTH101
    draft.replace(change.path)


def _undo(change: Change) -> None:
    with suppress(OSError):
        if change.before is None:
            change.path.unlink()
        else:
            change.path.write_bytes(change.before)


def _folders(folder: Path) -> list[Path]:
    """The folders that had to be made, the outermost first."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir()
    return missing[::-1]
