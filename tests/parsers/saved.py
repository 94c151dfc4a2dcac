"""The saved pages of seeds/releases as the parser gets them, and what each must give."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from parsers import Listing, Page

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "seeds" / "releases"
EXPECTED = ROOT / "tests" / "samples_expected.jsonl"


@dataclass(frozen=True)
class Saved:
    """One saved page, or one item of a saved feed or JSONL file (`file#index`)."""

    name: str
    page: Page


@cache
def saved() -> tuple[Saved, ...]:
    """All saved pages, found by walking the folder: a page that nobody expects is found too."""
    found: list[Saved] = []
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file() and path.suffix != ".json":
            found += _of(path)
    return tuple(found)


def _of(path: Path) -> list[Saved]:
    name, raw = path.relative_to(FOLDER).as_posix(), path.read_bytes()
    if path.suffix == ".jsonl":
        rows = [json.loads(line) for line in raw.decode().splitlines() if line.strip()]
        return [Saved(f"{name}#{index}", _page(row["content"].encode(), row)) for index, row in enumerate(rows)]
    sidecar = path.with_name(path.name + ".json")
    assert sidecar.exists(), f"a sample needs `{sidecar.name}` beside it: id, url, captured_at, content_type, listing"
    beside = json.loads(sidecar.read_text("utf-8"))
    if path.suffix == ".rss":
        items = re.findall(rb"<item>.*?</item>", raw, re.DOTALL)
        return [Saved(f"{name}#{index}", Page(item, "application/rss+xml")) for index, item in enumerate(items)]
    return [Saved(name, _page(raw, beside))]


def _page(raw: bytes, beside: dict[str, Any]) -> Page:
    said = beside.get("listing") or {}
    listing = Listing(said.get("title"), said.get("published"))
    return Page(raw, beside.get("content_type"), listing, beside.get("url"))


@cache
def expected() -> dict[str, dict[str, Any]]:
    """What each saved page must give, by name."""
    rows = (json.loads(line) for line in EXPECTED.read_text("utf-8").splitlines() if line.strip())
    return {row["file"]: row for row in rows}
