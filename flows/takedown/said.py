"""What `takedown` prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import click

from flows.output import print_json
from flows.registry import catalogue_of
from flows.settings import settings
from flows.takedown.takedown import Done, lift, take_down


def say_taken_down(word: str, reason: str, *, with_mirrors: bool, as_json: bool, flags: Mapping[str, Any]) -> None:
    """Take a release down and say what became of it."""
    chosen = settings(flags)
    done = take_down(chosen, catalogue_of(chosen), word, reason, with_mirrors=with_mirrors, waiting=_told)
    _print(done, "took down", as_json=as_json)


def say_lifted(word: str, reason: str, *, as_json: bool, flags: Mapping[str, Any]) -> None:
    """Lift a takedown and say so."""
    chosen = settings(flags)
    _print(lift(chosen, catalogue_of(chosen), word, reason, waiting=_told), "lifted", as_json=as_json)


def _told(words: str) -> None:
    click.echo(words, err=True)


def _print(done: Done, verb: str, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(done))
        return
    for each in done.release_ids:
        click.echo(f"{verb} {each}")
    if done.alike:
        click.echo(f"alike, and still there: {', '.join(done.alike)}", err=True)
