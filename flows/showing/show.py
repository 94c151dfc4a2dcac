"""What `show` prints: a release, or every line of its page with what it is."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from flows.html_page import write_page
from flows.output import plain, print_json
from flows.settings import settings
from flows.showing.evidence_page import about, evidence_page, said
from flows.showing.kept_page import KeptPage, kept_page, refuse_taken_down, release_called, why_refused
from parsers.errors import QueryError
from parsers.evidence import Evidence, evidence_of
from parsers.release import Unread
from warehouse.read import ask

FAILED = 1
COLOURS = {
    "title": "bold green",
    "subtitle": "green",
    "date": "cyan",
    "breadcrumb": "blue",
    "caption": "magenta",
    "chrome": "bright_black",
    "unread": "yellow",
}
_RELEASE = """
    SELECT release_id, source, issuer, url, title, subtitle, breadcrumb, kind, language, published_on, published_at,
        event_on, versions, layout, first_captured_at, last_captured_at, body
    FROM releases WHERE release_id = $release_id
"""


def show_release(word: str, *, as_json: bool, home: Path | None) -> int:
    """Print a release as it stands today.

    Raises:
        QueryError: none is called so, or it could not be read.
    """
    place = settings({"home": home}).home
    if Path(word).is_file():
        raise QueryError("a file is no release", where=word, todo="`--evidence` shows what would be read from it")
    release_id = release_called(place, word)
    found = ask(place, _RELEASE, {"release_id": release_id})
    if not found.rows:
        refuse_taken_down(place, release_id)
        refused, _ = why_refused(place, release_id)
        todo = f"`communique show {release_id[:12]} --evidence` shows its page, line by line"
        raise QueryError(f"this release was seen and not read: {refused}", where=release_id, todo=todo)
    release: dict[str, Any] = dict(zip(found.columns, found.rows[0], strict=True))
    if as_json:
        print_json(release)
        return 0
    body = release.pop("body")
    for name, value in release.items():
        if value not in (None, []):
            click.echo(f"{click.style(name, dim=True):<20} {plain(value)}")
    click.echo(f"\n{plain(body)}")
    return 0


def show_evidence(word: str, html: Path | None, *, as_json: bool, home: Path | None) -> int:
    """Print, or write as HTML, every line of a page with what it is; 1 where no release could be read from it."""
    kept = kept_page(settings({"home": home}).home, word)
    evidence = evidence_of(kept.page)
    if html:
        write_page(html, evidence_page(kept, evidence))
        click.echo(f"wrote {html}")
    elif as_json:
        lines = [asdict(line) for line in evidence.lines]
        print_json({**about(kept, evidence), "layouts": evidence.fits, "lines": lines})
    else:
        _print(kept, evidence)
    return FAILED if isinstance(evidence.read, Unread) or kept.refused else 0


def _print(kept: KeptPage, evidence: Evidence) -> None:
    from rich.console import Console
    from rich.text import Text

    for name, value in about(kept, evidence).items():
        click.echo(f"{click.style(name, dim=True):<20} {said(value)}")
    click.echo()
    console = Console(highlight=False, markup=False)
    if not sys.stdout.isatty():
        console.width = 160
    for line in evidence.lines:
        what = f"{line.part}: {line.rule}" if line.rule else line.part
        style = COLOURS.get(line.part, "")
        shown = Text.assemble((f"{what:<28} ", style or "dim"), (plain(line.text), style))
        console.print(shown, soft_wrap=not sys.stdout.isatty())
