"""`communique report`: what a reader gets who does not ask: the report of some days, and the wire of edits."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from flows.commands import completing
from flows.commands.options import common, sources_file

if TYPE_CHECKING:
    from flows.reporting.range import Last


@click.command()
@click.option("--edits", is_flag=True, help="Edits that pages do not own up to, and pages that vanished.")
@click.option(
    "--last",
    type=click.Choice(["day", "week", "month"]),
    help="Days to report, counted back from the newest look or from `--until` [week].",
)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day, YYYY-MM-DD, UTC.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day [that of the newest look].")
@click.option("--source", metavar="SOURCE", shell_complete=completing.sources, help="Only this source.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="File, or folder for report.html; with `--edits` the folder of both files [the one you are in].",
)
@click.option("--json", "as_json", is_flag=True, help="The same as JSON; no file is written.")
@sources_file
@common
def report(
    edits: bool,
    last: str | None,
    since: datetime | None,
    until: datetime | None,
    source: str | None,
    out: Path | None,
    as_json: bool,
    sources: Path | None,
    home: Path | None,
    debug: bool,  # noqa: ARG001 - `debug` is read by main
) -> None:
    """Write what some days brought as one HTML page: new, edited, gone, mirrored, not looked at, wrong.

    Each number on it leads to the SQL that gives it. With `--edits`: the silent edits as a page and an Atom feed.

    \b
    communique report
    communique report --last month --source mfa-cn-en --out month.html
    communique report --since 2024-01-01 --until 2024-03-31 --json
    communique report --edits --since 2024-01-01 --out /srv/www/edits
    """
    from flows.reporting.report import report_days, report_edits

    if as_json and out:
        raise click.UsageError("Say `--out` or `--json`, not both.")
    if since and until and until < since:
        raise click.UsageError("`--until` is before `--since`.")
    if last and (edits or since):
        raise click.UsageError(f"Say `--last` or `{'--edits' if edits else '--since'}`, not both.")
    if edits and out and out.is_file():
        raise click.UsageError(f"`--out`: `{out}` is a file; `--edits` writes two into a folder.")
    days = (since and since.date(), until and until.date())
    where, flags = out or Path(), {"home": home, "sources": sources}
    if edits:
        sys.exit(report_edits(*days, source, where, as_json=as_json, flags=flags))
    sys.exit(report_days(cast("Last | None", last), *days, source, where, as_json=as_json, flags=flags))
