"""The verb `move`."""

from __future__ import annotations

from pathlib import Path

import click

from flows.commands.options import basic


@click.command()
@click.argument("to", metavar="ducklake:postgres:...|file")
@click.argument("data", required=False, default="", metavar="[s3://BUCKET/FOLDER|FOLDER]")
@basic
def move(to: str, data: str, home: Path | None, debug: bool) -> None:  # noqa: ARG001 - `debug` is read by main
    """Move the warehouse from HOME's file into a lake, or back; nothing goes before both say the same.

    Each public table is compared, by the number of its rows and a hash of them all. The archive stays where it is.

    \b
    communique move "ducklake:postgres:dbname=communique host=db" s3://bucket/communique
    communique move file
    """
    from flows.moving import move as move_to

    move_to(to, data, home)
