"""Options that verbs share; they stand after the verb."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that every verb has."""
    for option in (
        click.option("--debug", is_flag=True, help="Show a traceback when something fails."),
        click.option(
            "--home", type=click.Path(path_type=Path, file_okay=False), help="Folder that holds everything [./data]."
        ),
    ):
        command = option(command)
    return command


sources_file = click.option(
    "--sources",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File that adds sources, or replaces those of the same id.",
)
