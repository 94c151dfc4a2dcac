"""What `search` prints: a hit in a few lines, its words marked."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from flows.output import plain, print_json
from flows.registry import catalogue_of, unknown_source
from flows.searching.search import Asked, Found, Hit, search
from flows.searching.snippets import Marked
from flows.settings import settings
from flows.verbs import progress
from parsers.release import KINDS
from seeds import Catalogue

SHORT = 12
MOST = 1000  # hits of one search


def print_found(asked: Asked, *, as_json: bool, home: Path | None) -> None:
    """Search, and print the hits."""
    chosen = settings({"home": home})
    _refuse_slips(asked, catalogue_of(chosen))
    with progress("reading new texts") as reach:
        found = search(chosen.home, asked, reach)
    if as_json:
        print_json(asdict(found))
    else:
        _print(found, asked)


def _refuse_slips(asked: Asked, catalogue: Catalogue) -> None:
    """No release can pass such a filter: that nothing was found would say something else."""
    if asked.since and asked.until and asked.until < asked.since:
        raise click.UsageError("`--until` is before `--since`.")
    if asked.kind is not None and asked.kind not in KINDS:
        raise click.UsageError(f"No kind is called `{asked.kind}`; there are: {', '.join(sorted(KINDS))}.")
    if asked.source is not None and asked.source not in catalogue:
        raise click.UsageError(unknown_source(catalogue, asked.source))


def _print(found: Found, asked: Asked) -> None:
    for hit in found.hits:
        about = [
            click.style(hit.release_id[:SHORT], dim=True),
            hit.dated_on or "no day",
            plain(hit.source or "no source"),
        ]
        click.echo("  ".join([*about, _shown(hit.title)]))
        for line in (_said(hit), _shown(hit.snippet)):
            if line:
                click.echo(f"    {line}")
    if not found.hits:
        click.echo("nothing found", err=True)
    elif found.more:
        wider = f": --limit {min(asked.limit * 2, MOST)}" if asked.limit < MOST else ""
        click.echo(f"there are more{wider}", err=True)


def _said(hit: Hit) -> str:
    """What a reader must know of it before quoting it."""
    said = []
    if hit.version < hit.versions:
        said.append(f"version {hit.version} of {hit.versions}, no longer on the page")
    if hit.canonical_id != hit.release_id:
        said.append(f"mirror of {hit.canonical_id[:SHORT]}")
    if hit.mirrors:
        said.append(f"+{len(hit.mirrors)} mirror{'s' if len(hit.mirrors) > 1 else ''}")
    return click.style("; ".join(said), fg="yellow") if said else ""


def _shown(piece: Marked) -> str:
    """A piece on one line, what was found bold; in brackets where that is no terminal."""
    terminal = sys.stdout.isatty()
    parts, at = [], 0
    for start, stop in piece.marks:
        words = _line(piece.text[start:stop])
        parts += [_line(piece.text[at:start]), click.style(words, bold=True) if terminal else f"[{words}]"]
        at = stop
    return "".join([*parts, _line(piece.text[at:])])


def _line(text: str) -> str:
    return plain(text).replace("\n\n", " / ").replace("\n", " ").replace("\t", " ")
