"""The saved pages of seeds/releases as the parser gets them, and what each must give."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from flows.adding import saved as written
from flows.adding.saved import Saved

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / written.FOLDER
EXPECTED = ROOT / written.EXPECTED

__all__ = ["EXPECTED", "FOLDER", "ROOT", "Saved", "expected", "saved"]


@cache
def saved() -> tuple[Saved, ...]:
    """All saved pages, found by walking the folder: a page that nobody expects is found too."""
    return tuple(written.saved_pages(ROOT))


@cache
def expected() -> dict[str, dict[str, Any]]:
    """What each saved page must give, by name."""
    rows = (json.loads(line) for line in EXPECTED.read_text("utf-8").splitlines() if line.strip())
    return {row["file"]: row for row in rows}
