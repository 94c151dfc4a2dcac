"""`communique source add`: one page of a site -> its entry, and a layout with a failing test where none fits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from flows.adding.checkout import SOURCES, checkout_at
from flows.adding.entry import checked
from flows.adding.files import Change, write_all
from flows.adding.given import Given, given
from flows.adding.plan import Plan, Wish, planned
from flows.adding.saved import EXPECTED, FOLDER
from flows.output import plain
from flows.settings import settings
from parsers.errors import ConfigError
from parsers.layouts import LAYOUTS
from parsers.page import HtmlPage

PAGES = "pages"
"""Folder of HOME where pages are kept that were fetched for this."""
_SHOWN = 100  # characters of a paragraph
_LEFT_OUT = 9  # lines


def add(
    word: str,
    *,
    wish: Wish,
    url: str | None,
    into: Path | None,
    dry_run: bool,
    as_json: bool,
    flags: Mapping[str, Any],
) -> None:
    """Say what is proposed for a page, and write it.

    Args:
        word: URL or file of the page.
        url: of a file, where no sidecar says it.
        into: the checkout that is written to.

    Raises:
        CommuniqueError: nothing can be proposed, or written; then nothing is.
    """
    chosen = settings(flags)
    names = frozenset(layout.name for layout in LAYOUTS)
    checkout = checkout_at(into, names)
    catalogue = checked(checkout.text(SOURCES), names)
    now = datetime.now(UTC)
    page = given(word, url, chosen, catalogue)
    if url is not None and page.url != url:
        raise ConfigError("`--url` is for files: a page that is fetched says its own")
    plan = planned(page, wish, checkout, catalogue, now)
    kept = [] if Path(word).is_file() else _kept(page, plan.source, chosen.home)
    changes = [*kept, *plan.changes]
    if not dry_run:
        write_all(changes)
    said = {**said_of(plan), "written": [_shown(change.path, checkout.root) for change in changes], "dry_run": dry_run}
    said["next"] = _next(plan, _shown(kept[0].path, checkout.root) if kept else word)
    click.echo(json.dumps(said, ensure_ascii=False) if as_json else "\n".join(_lines(said)))


def said_of(plan: Plan) -> dict[str, Any]:
    """A plan for programs."""
    release, proposal = plan.release, plan.proposal
    day = next(iter(release.dates), None)
    return {
        "url": plan.url,
        "source": plan.source,
        "source_is_new": plan.is_new,
        "layout": plan.layout,
        "layout_is_new": proposal is not None,
        "marks": list(proposal.marks) if proposal else [],
        "selectors": proposal.fields() if proposal else {},
        "read": {
            "title": release.title,
            "subtitle": release.subtitle,
            "breadcrumb": list(release.breadcrumb),
            "published_on": day.day.isoformat() if day else None,
            "paragraphs": len(release.paragraphs),
            "first": release.paragraphs[0],
            "last": release.paragraphs[-1],
            "left_out": plan.left_out,
        },
        "sample": plan.sample,
        "doubts": plan.doubts,
    }


def _kept(page: Given, source: str, home: Path) -> list[Change]:
    """The page as it came, in HOME, which nobody commits."""
    folder, number = home / PAGES / source, 1
    while any(folder.glob(f"page-{number}.*")):
        number += 1
    kind = "html" if isinstance(page.opened(), HtmlPage) else "txt"
    path = folder / f"page-{number}.{kind}"
    at = page.captured_at.strftime("%Y-%m-%dT%H:%M:%SZ") if page.captured_at else None
    beside = {"id": None, "url": page.url, "captured_at": at, "content_type": page.page.content_type, "listing": None}
    sidecar = path.with_name(f"{path.name}.json")
    return [Change(path, page.page.raw), Change(sidecar, f"{json.dumps(beside)}\n".encode())]


def _shown(path: Path, root: Path) -> str:
    path = path.resolve()
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def _next(plan: Plan, page: str) -> list[str]:
    """What follows, in words and commands."""
    look = f"`communique ingest {page} --dry-run` reads the page"
    site = f"`communique source check {plan.source}`, once its entry names lists or feeds"
    if plan.sample is None:
        return [look, site]
    module = f"parsers/layouts/{plan.layout}.py"
    return [
        look,
        *([f"in {module}: better names, and what its docstring should say"] if plan.proposal else []),
        f"`communique source expect {plan.sample}` shows what is read of the sample: compare it with "
        f"{FOLDER}/{plan.sample} in a browser",
        f"all there, nothing of the menus: your name in `read_by`, in the last line of {EXPECTED}",
        "`.venv/bin/python -m pytest tests/parsers/test_revisions.py --record`, then `make test`; "
        "README.md's first example counts the saved pages: one more now",
        site,
    ]


def _lines(said: Mapping[str, Any]) -> list[str]:
    read, fields = said["read"], said["selectors"]
    layout = "new, as no other fits" if said["layout_is_new"] else "known: it fits the page"
    source = "new" if said["source_is_new"] else "known"
    rows = [
        ("page", plain(said["url"])),
        ("source", f"{said['source']} ({source})"),
        ("layout", f"{said['layout']} ({layout})"),
        *(("mark", mark) for mark in said["marks"]),
        *((name, selector) for name, selector in fields.items()),
        ("", ""),
        ("title", _short(read["title"])),
        *([("subtitle", _short(read["subtitle"]))] if read["subtitle"] else []),
        ("breadcrumb", _short(" > ".join(read["breadcrumb"])) or "-"),
        ("day", read["published_on"] or "-"),
        ("paragraphs", str(read["paragraphs"])),
        ("first", _short(read["first"])),
        ("last", _short(read["last"])),
        *(("left out", _short(line)) for line in read["left_out"][:_LEFT_OUT]),
        ("", ""),
        *(("look at", doubt) for doubt in said["doubts"]),
        *(
            ("would write" if said["dry_run"] else "written", name)
            for name in said["written"] or ["nothing: all is known"]
        ),
        *(("then", command) for command in said["next"]),
    ]
    width = max(len(name) for name, _ in rows) + 2
    return [f"{name:{width}}{value}".rstrip() for name, value in rows]


def _short(text: str) -> str:
    line = " ".join(plain(text).split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
