"""Options that verbs share; they stand after the verb."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from flows.settings import PREFIX


def _said(context: click.Context, parameter: click.Parameter, value: str | None) -> None:  # noqa: ARG001 - click's
    """Have the processes that a verb starts know it, too."""
    if value is not None and parameter.name:
        os.environ[PREFIX + parameter.name.upper()] = value


def basic(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that every verb has."""
    for option in (
        click.option("--debug", is_flag=True, help="Show a traceback when something fails."),
        click.option(
            "--home", type=click.Path(path_type=Path, file_okay=False), help="Folder that holds everything [./data]."
        ),
    ):
        command = option(command)
    return command


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that every verb has but the one that moves: with them HOME learns of its lake."""
    for option in (
        click.option(
            "--data",
            metavar="s3://BUCKET/FOLDER|FOLDER",
            expose_value=False,
            callback=_said,
            help="Where a new lake keeps its tables.",
        ),
        click.option(
            "--warehouse",
            metavar="ducklake:postgres:...",
            expose_value=False,
            callback=_said,
            help="A lake for many machines; HOME remembers it.",
        ),
    ):
        command = option(command)
    return basic(command)


sources_file = click.option(
    "--sources",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File that adds sources, or replaces those of the same id.",
)

reading_runner = click.option(
    "--runner",
    metavar="RUNNER",
    help="Who reads pages: `thread`, or the Dask cluster at `dask:tcp://HOST:PORT` [thread].",
)
