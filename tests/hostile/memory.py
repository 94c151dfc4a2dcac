"""The most memory that this process has used."""

from __future__ import annotations

import re
import resource
from pathlib import Path


def peak() -> int:
    """Bytes of the high-water mark.

    ru_maxrss begins with what the parent had used when it started this process: it tells of the tests before.
    """
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text()) if status.exists() else None
    return 1024 * (int(found[1]) if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
