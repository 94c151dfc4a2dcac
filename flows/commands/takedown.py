"""`communique takedown`: one release's text goes, from tables and archive both."""

from __future__ import annotations

from pathlib import Path

import click

from flows.commands import completing
from flows.commands.options import common, sources_file


@click.command()
@click.argument("release", metavar="RELEASE", shell_complete=completing.releases)
@click.option("--reason", default="", metavar="WORDS", help="Why; everybody reads it in the table `takedowns`.")
@click.option("--with-mirrors", is_flag=True, help="Releases with the same text or the same bytes, too.")
@click.option("--lift", is_flag=True, help="Let looks at it land again; what was taken down stays gone.")
@sources_file
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@common
def takedown(
    release: str,
    reason: str,
    with_mirrors: bool,
    lift: bool,
    sources: Path | None,
    as_json: bool,
    home: Path | None,
    debug: bool,  # noqa: ARG001 - `debug` is read by main
) -> None:
    """Take one release's text down, by its id or how that begins, or by its URL: for a court, for a person's safety.

    Its text is gone from HOME for good, and no later look brings it back until `--lift`. That it was looked at, when,
    and hashes of what came stay in `captures`. Interrupted, the same command completes it.

    \b
    communique takedown 3fa91c --reason "order 12/2026 of the district court"
    communique takedown 3fa91c --reason "names a witness" --with-mirrors
    communique takedown 3fa91c --lift
    """
    words = " ".join(reason.split())
    if not words and not lift:
        raise click.UsageError("Say why: `--reason WORDS`.")
    if lift and with_mirrors:
        raise click.UsageError("`--lift` lifts one release.")
    from flows.takedown.said import say_lifted, say_taken_down

    flags = {"home": home, "sources": sources}
    if lift:
        say_lifted(release, words, as_json=as_json, flags=flags)
    else:
        say_taken_down(release, words, with_mirrors=with_mirrors, as_json=as_json, flags=flags)
