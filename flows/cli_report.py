"""`communique report`: what a reader gets who does not ask; today the wire of edits."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from flows.options import common, sources_file


@click.command()
@click.option("--edits", is_flag=True, help="Edits that pages do not own up to, and pages that vanished.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), help="First day on which an edit was seen, YYYY-MM-DD, UTC."
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day.")
@click.option("--source", metavar="SOURCE", help="Only edits of this source.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for edits.html and edits.xml [the one you are in].",
)
@click.option("--json", "as_json", is_flag=True, help="The entries as JSON; no file is written.")
@sources_file
@common
def report(
    edits: bool,
    since: datetime | None,
    until: datetime | None,
    source: str | None,
    out: Path | None,
    as_json: bool,
    sources: Path | None,
    home: Path | None,
    debug: bool,  # noqa: ARG001 - `debug` is read by main
) -> None:
    """Write the silent edits as one HTML page and an Atom feed, each with its redline and both looks cited.

    \b
    communique report --edits
    communique report --edits --since 2024-01-01 --source mfa-cn-en --out /srv/www/edits
    communique report --edits --json
    """
    from flows.report import report_edits

    if not edits:
        raise click.UsageError("Say what to report: `--edits`.")
    if as_json and out:
        raise click.UsageError("Say `--out` or `--json`, not both.")
    if since and until and until < since:
        raise click.UsageError("`--until` is before `--since`.")
    days = (since and since.date(), until and until.date())
    sys.exit(report_edits(*days, source, out or Path(), as_json=as_json, flags={"home": home, "sources": sources}))
