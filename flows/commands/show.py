"""`communique show`: one release, and the evidence for each line of it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import NoReturn

import click

from flows.commands import completing
from flows.commands.options import common

_WHICH = re.compile(r"last|\d{1,9}(?:\.\.\d{1,9})?")


@click.command()
@click.argument("release", metavar="RELEASE|FILE", shell_complete=completing.releases_or_files)
@click.option("--evidence", is_flag=True, help="The kept page, each line of it named: part of the release, or chrome.")
@click.option(
    "--diff",
    is_flag=False,
    flag_value="last",
    metavar="[VERSION|A..B]",
    help="What went and came with the last edit, with that which led to VERSION, or between two versions.",
)
@click.option(
    "--beside",
    metavar="OTHER",
    shell_complete=completing.releases,
    help="Side by side with another release; RELEASE@2 is a version of one.",
)
@click.option("--cite", is_flag=True, help="How to cite it, checked against the archive; --json is CSL-JSON.")
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write it to an HTML file: evidence, diff or both sides.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@common
def show(
    release: str,
    evidence: bool,
    diff: str | None,
    beside: str | None,
    cite: bool,
    html: Path | None,
    as_json: bool,
    home: Path | None,
    debug: bool,  # noqa: ARG001 - `debug` is read by main
) -> None:
    """Show one release, by its id or how that begins, or by its URL; or a page in a file, which lands nowhere.

    \b
    communique show 3fa91c
    communique show https://www.mfa.gov.cn/eng/xw/zyxw/202410/t20241021_11511888.html --evidence
    communique show page.html --evidence --html evidence.html
    communique show 3fa91c --diff
    communique show 3fa91c --diff 1..3 --html diff.html
    communique show 3fa91c@1 --beside 77ab02
    communique show 3fa91c@2 --cite --json
    """
    if html and as_json:
        raise click.UsageError("Say `--html` or `--json`, not both.")
    if evidence + (diff is not None) + (beside is not None) + cite > 1:
        raise click.UsageError("Say one of `--evidence`, `--diff`, `--beside` and `--cite`.")
    if diff is not None and not _WHICH.fullmatch(diff):
        raise click.UsageError("`--diff` takes a version, or two as A..B; RELEASE stands before it.")
    if cite:
        _cite(release, html, as_json=as_json, home=home)
    if diff is not None or beside is not None:
        from flows.showing.compared import show_beside, show_diff

        if diff is not None:
            sys.exit(show_diff(release, diff, html, as_json=as_json, home=home))
        sys.exit(show_beside(release, beside or "", html, as_json=as_json, home=home))
    from flows.showing.show import show_evidence, show_release

    if evidence or html:
        sys.exit(show_evidence(release, html, as_json=as_json, home=home))
    sys.exit(show_release(release, as_json=as_json, home=home))


def _cite(release: str, html: Path | None, *, as_json: bool, home: Path | None) -> NoReturn:
    from flows.showing.cited import show_citation

    if html:
        raise click.UsageError("`--cite` writes no HTML.")
    sys.exit(show_citation(release, as_json=as_json, home=home))
