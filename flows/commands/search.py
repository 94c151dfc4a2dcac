"""`communique search`: releases that have the words, in any version."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from flows.commands import completing
from flows.commands.options import common


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="WORDS...")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day, by dated_on, YYYY-MM-DD.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day.")
@click.option("--source", shell_complete=completing.sources, help="Only of this source.")
@click.option("--language", help="Only in this language: zh, en.")
@click.option("--kind", metavar="KIND", help="Only of this kind: readout, statement, spokesperson_qa, ...")
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with what is marked as code points.")
@common
def search(
    words: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    source: str | None,
    language: str | None,
    kind: str | None,
    limit: int,
    as_json: bool,
    home: Path | None,
    debug: bool,  # noqa: ARG001 - `debug` is read by main
) -> None:
    """Find releases that have all the WORDS, in their latest version or an earlier one; best first.

    Case, accents and full width do not matter; Chinese is found character by character, traditional and simplified
    apart. "In double quotes" words stand side by side (keep the quotes from the shell), `title:` and `body:` look
    there alone, and an asterisk ends the beginning of a word.

    \b
    communique search 新加坡 外长
    communique search '"joint statement" title:sanction*' --since 2024-01-01 --language en
    communique search 'title:"应约通电话"' --source mfa-cn-zh --json
    """
    from flows.searching.found import print_found
    from flows.searching.search import Asked

    asked = Asked(" ".join(words), since and since.date(), until and until.date(), source, language, kind, limit)
    print_found(asked, as_json=as_json, home=home)
