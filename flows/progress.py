"""The progress of a run, in the dashboard."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact

SLOW = 5.0  # seconds from which a run shows its progress
EVERY = 2.0  # seconds between two steps


class Progress:
    """A bar in the dashboard for a run that lasts; nothing for a short one.

    Args:
        what: the word for what is done: "read".
        also: told each step as well: the bar of the command line.
    """

    def __init__(self, what: str, also: Callable[[int, int], None] = lambda _done, _total: None) -> None:
        self._what = what
        self._also = also
        self._shown_at = time.monotonic() + SLOW - EVERY
        self._artifact: UUID | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._artifact and kind is None:
            self._show(100.0)

    def reach(self, done: int, total: int) -> None:
        """So much is done in all, of so much."""
        self._also(done, total)
        if total and time.monotonic() - self._shown_at >= EVERY:
            self._show(min(100.0, 100 * done / total))

    def _show(self, percent: float) -> None:
        self._shown_at = time.monotonic()
        if self._artifact is None:
            made = create_progress_artifact(percent, description=f"{self._what}, per cent")
            self._artifact = made if isinstance(made, UUID) else None
        else:
            update_progress_artifact(self._artifact, percent)
