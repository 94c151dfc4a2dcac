"""`communique ask`: the gallery of analysts' questions."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from flows.commands.options import common


@click.command()
@click.argument("number", required=False, type=int, metavar="[N]")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="A day, YYYY-MM-DD, for questions that look back.")
@click.option("--release", help="One release: how its id begins, or its URL.")
@click.option("--words", help="Words, or a regular expression, for questions that look for some.")
@click.option("--url", help="The URL of a citation.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV.")
@click.option("--sql", "as_sql", is_flag=True, help="Print the query instead of its answer.")
@common
def ask(
    number: int | None,
    day: datetime | None,
    release: str | None,
    words: str | None,
    url: str | None,
    as_json: bool,
    as_csv: bool,
    as_sql: bool,
    home: Path | None,
    debug: bool,  # noqa: ARG001 - `debug` is read by main
) -> None:
    """List the questions that analysts ask, or answer one from the published tables.

    Each says what it counts, and which kind of "no" an empty place is: not published, not found, not looked for.

    \b
    communique ask
    communique ask 6
    communique ask 27 --day 2020-03-06 --json
    communique ask 5 --words "win-win|合作共赢"
    communique ask 29 --url http://www.fmprc.gov.cn/mfa_eng/wjdt_665385/t1.shtml
    communique ask 18 --sql
    """
    from flows.questions import answer_question, list_questions, print_sql

    if as_json + as_csv + as_sql > 1:
        raise click.UsageError("Say one of `--json`, `--csv` and `--sql`.")
    asked = {"day": f"{day:%Y-%m-%d}" if day else None, "release": release, "words": words, "url": url}
    parameters = {name: value for name, value in asked.items() if value is not None}
    if number is None:
        if as_sql or parameters:
            raise click.UsageError("Say the number of a question; `communique ask` lists all.")
        list_questions(as_json=as_json, as_csv=as_csv)
    elif as_sql:
        print_sql(number)
    else:
        answer_question(number, parameters, as_json=as_json, as_csv=as_csv, home=home)
