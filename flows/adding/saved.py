"""The saved pages of a checkout, as its tests read them, and what is expected of each: a line of JSON a page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

from parsers.errors import ConfigError, ParseError
from parsers.page import HtmlPage, open_page
from parsers.release import DATE_METHODS, Listing, Page, Release

FOLDER = "seeds/releases"
EXPECTED = "tests/samples_expected.jsonl"


@dataclass(frozen=True, slots=True)
class Saved:
    """One saved page, or one item of a saved feed or JSONL file (`file#index`)."""

    name: str
    url: str | None
    page: Page


def saved_pages(checkout: Path) -> Iterator[Saved]:
    """All saved pages, by name."""
    folder = checkout / FOLDER
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".json":
            yield from _of(path, path.relative_to(folder).as_posix())


def saved_html(checkout: Path) -> dict[str, HtmlPage]:
    """The saved pages that are HTML, opened."""
    opened = {saved.name: _opened(saved.page) for saved in saved_pages(checkout)}
    return {name: page for name, page in opened.items() if isinstance(page, HtmlPage)}


def _opened(page: Page) -> object:
    try:
        return open_page(page)
    except ParseError:
        return None


def _of(path: Path, name: str) -> Iterator[Saved]:
    raw = path.read_bytes()
    if path.suffix == ".jsonl":
        rows = [json.loads(line) for line in raw.decode().splitlines() if line.strip()]
        for index, row in enumerate(rows):
            yield Saved(f"{name}#{index}", row.get("url"), _page(row["content"].encode(), row))
        return
    sidecar = path.with_name(path.name + ".json")
    if not sidecar.exists():
        raise ConfigError(f"a saved page needs `{sidecar.name}` beside it", where=str(path))
    said = json.loads(sidecar.read_text("utf-8"))
    if path.suffix == ".rss":
        for index, item in enumerate(re.findall(rb"<item>.*?</item>", raw, re.DOTALL)):
            yield Saved(f"{name}#{index}", None, Page(item, "application/rss+xml"))
        return
    yield Saved(name, said.get("url"), _page(raw, said))


def _page(raw: bytes, said: dict[str, Any]) -> Page:
    listing = said.get("listing") or {}
    return Page(raw, said.get("content_type"), Listing(listing.get("title"), listing.get("published")), said.get("url"))


def row_of(saved: Saved, release: Release) -> dict[str, Any]:
    """What is expected of a page that gives this release."""
    given = sorted(release.dates, key=lambda each: DATE_METHODS.index(each.method))[:1]
    at = given[0].at if given else None
    return {
        "file": saved.name,
        "url": saved.url,
        "layout": release.layout,
        "title": release.title,
        "subtitle": release.subtitle,
        "breadcrumb": list(release.breadcrumb),
        "paragraphs": list(release.paragraphs),
        "published_on": given[0].day.isoformat() if given else None,
        "published_at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None,
        "language": release.language,
        "kind": release.kind,
    }


def line_of(row: dict[str, Any]) -> str:
    """A row as a line of the file; nobody has read it yet."""
    return json.dumps({**row, "read_by": None}, ensure_ascii=False) + "\n"
