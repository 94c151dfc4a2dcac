"""The verb `maintain`."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from flows.commands.options import common


@click.command()
@click.option(
    "--keep",
    type=click.IntRange(0),
    default=7,
    show_default=True,
    help="Days for which past states of a lake stay readable.",
)
@common
def maintain(keep: int, home: Path | None, debug: bool) -> None:  # noqa: ARG001 - `debug` is read by main
    """Publish what is not shown yet and give back unused space; of a lake, merge, expire and remove files.

    Safe at any moment; `communique up` does it each night.

    \b
    communique maintain
    communique maintain --keep 1
    """
    from flows.registry import catalogue_of
    from flows.settings import settings
    from flows.upkeep import maintain as upkeep

    chosen = settings({"home": home})
    waiting = partial(click.echo, err=True)
    click.echo(upkeep(chosen, catalogue_of(chosen), now=datetime.now(UTC), keep_days=keep, waiting=waiting))
