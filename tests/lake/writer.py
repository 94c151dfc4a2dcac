"""`communique`, killed at a commit: python writer.py before|within|after NUMBER WORDS..."""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flows.cli import main
from warehouse.store import Store

_plain = Store.transaction


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def deadly(when: str, number: int) -> Any:
    """Store.transaction that ends the process at its commit of this number."""
    count = 0

    @contextmanager
    def transaction(store: Store, **words: bool) -> Iterator[None]:
        nonlocal count
        count += 1
        last = count == number
        with _plain(store, **words):
            yield
            if last and when == "before":
                _die()
            if last and when == "within":
                threading.Timer(random.uniform(0, 0.03), _die).start()
        if last:
            _die()

    return transaction


if __name__ == "__main__":
    Store.transaction = deadly(sys.argv[1], int(sys.argv[2]))  # type: ignore[method-assign]
    main(sys.argv[3:])
