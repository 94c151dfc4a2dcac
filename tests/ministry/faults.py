"""The faults of the test ministry: which release has which, by a hash, so that a test can count them beforehand."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

Fault = dict[str, Any]
"""`kind`, `share` of the releases (0 to 1), `times` (requests that fail, then it is well; left out: always)."""


def fault_of(n: int, table: Sequence[Fault]) -> Fault | None:
    """The fault of release n, None for most."""
    place = int.from_bytes(hashlib.sha256(f"release {n}".encode()).digest()[:8]) / 2**64
    for fault in table:
        if place < fault["share"]:
            return fault
        place -= fault["share"]
    return None
