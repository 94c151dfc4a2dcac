"""The command line: verbs and exit codes. Imports are lazy: `--help` and `sql` answer at once.

0 done, 1 failed, 2 usage, 3 some input was quarantined, 4 an incident is open.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from flows.commands import completing
from flows.commands.ask import ask
from flows.commands.export import export
from flows.commands.maintain import maintain
from flows.commands.move import move
from flows.commands.options import common, reading_runner, sources_file
from flows.commands.report import report
from flows.commands.search import search
from flows.commands.show import show
from flows.commands.source import source_group
from flows.commands.takedown import takedown


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="communique", prog_name="communique")
def cli() -> None:
    """Official releases of foreign ministries as clean, versioned, dated SQL tables.

    \b
    communique ingest seeds/releases     read files, land them, publish
    communique sql "FROM releases"       ask anything of the published tables
    communique status                    what is kept, what is wrong, what to do
    """


@cli.command()
@click.argument("inputs", nargs=-1, required=True, metavar="[SOURCE|PATH]...", shell_complete=completing.inputs)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day to read, YYYY-MM-DD.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day to read.")
@click.option("--backfill", is_flag=True, help="Walk along the lists of a site to their ends.")
@click.option("--limit", type=click.IntRange(1), help="Read at most so many pages.")
@sources_file
@reading_runner
@click.option("--dry-run", is_flag=True, help="Land nothing; say what would.")
@click.option("--flow", is_flag=True, help="Run as a Prefect flow, on a temporary server if none answers.")
@click.option("--json", "as_json", is_flag=True, help="The closing line as JSON.")
@common
def ingest(
    inputs: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    backfill: bool,
    limit: int | None,
    sources: Path | None,
    runner: str | None,
    dry_run: bool,
    flow: bool,
    as_json: bool,
    home: Path | None,
    debug: bool,  # noqa: ARG001 - `debug` is read by main
) -> None:
    """Read releases from files and folders, an inbox or a live site; keep, parse, land and publish them.

    What exists as a path, or has a `/` or `.`, is a path; else it is a source.

    \b
    communique ingest dump.jsonl.gz feeds/ page.html
    communique ingest inbox
    communique ingest mfa-cn-zh state-gov
    communique ingest mfa-cn-en --backfill --limit 100
    communique ingest dump.jsonl --since 2020-01-01 --until 2020-12-31

    The day of a page is the day of publication that a list or feed gave, else that of its capture.
    """
    from flows.bounds import Bounds
    from flows.verbs import ingest_inputs

    bounds = Bounds(since and since.date(), until and until.date(), limit)
    flags = {"home": home, "sources": sources, "runner": runner}
    sys.exit(ingest_inputs(inputs, bounds, backfill=backfill, dry_run=dry_run, flow=flow, as_json=as_json, flags=flags))


@cli.command()
@click.argument("source", required=False, shell_complete=completing.sources)
@sources_file
@reading_runner
@click.option("--dry-run", is_flag=True, help="Land nothing; say how many texts would change.")
@click.option("--json", "as_json", is_flag=True, help="The closing line as JSON.")
@common
def reparse(
    source: str | None,
    sources: Path | None,
    runner: str | None,
    dry_run: bool,
    as_json: bool,
    home: Path | None,
    debug: bool,  # noqa: ARG001 - `debug` is read by main
) -> None:
    """Read again what is kept, with no network: after a fix, or to rebuild all from the archive.

    \b
    communique reparse --dry-run
    communique reparse mfa-cn-en
    """
    from flows.verbs import reparse_kept

    flags = {"home": home, "sources": sources, "runner": runner}
    sys.exit(reparse_kept(source, dry_run=dry_run, as_json=as_json, flags=flags))


@cli.command()
@click.argument("source", required=False, shell_complete=completing.sources)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@common
def status(source: str | None, as_json: bool, home: Path | None, debug: bool) -> None:  # noqa: ARG001 - `debug` is read by main
    """What is kept, what is wrong and why, how large it is, the settings, and what to do.

    \b
    communique status
    communique status mfa-cn-zh
    """
    from flows.status import show_status

    sys.exit(show_status(source, as_json=as_json, home=home))


_alert_block = click.option(
    "--alert-block",
    default="",
    metavar="TYPE/NAME",
    help="Block of the server that tells people: a webhook, mail, Slack. Else COMMUNIQUE_ALERT_URL, if set.",
)


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=4200, show_default=True, help="Port to listen on.")
@click.option(
    "--grace", type=click.FloatRange(0), default=60.0, show_default=True, help="Seconds that runs get to end."
)
@_alert_block
@click.option("--join", metavar="URL", help="API of a server elsewhere: no server here, only a worker for its runs.")
@common
def up(
    host: str,
    port: int,
    grace: float,
    alert_block: str,
    join: str | None,
    home: Path | None,
    debug: bool,  # noqa: ARG001 - read by main
) -> None:
    """Start the Prefect server with its dashboard, and run the schedules of the sources, until Ctrl-C.

    Listening wider than on this machine needs PREFECT_SERVER_API_AUTH_STRING in the environment.

    \b
    communique up
    communique up --port 4300 --home /srv/communique
    communique up --join http://first:4200/api --home /srv/communique
    """
    if join is None:
        from flows.operate.up import up as bring_up

        bring_up(home, host, port, grace, alert_block)
        return
    said = click.get_current_context().get_parameter_source
    if ParameterSource.COMMANDLINE in map(said, ("host", "port", "alert_block")):
        raise click.UsageError("`--host`, `--port` and `--alert-block` are the server's: say them where it starts.")
    from flows.operate.join import join as join_in

    join_in(home, join, grace)


@cli.command()
@click.option("--pool", default="communique", show_default=True, help="Process work pool that runs them.")
@_alert_block
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@common
def deploy(pool: str, alert_block: str, as_json: bool, home: Path | None, debug: bool) -> None:  # noqa: ARG001 - `debug` is read by main
    """Register schedules and alerts on the Prefect server that PREFECT_API_URL or the profile names.

    Done twice, it changes nothing. A worker runs them: `prefect worker start --pool communique`.

    \b
    communique deploy
    communique deploy --pool ministries --alert-block slack-webhook/ops
    """
    from flows.verbs import register

    register(pool, alert_block, as_json=as_json, home=home)


@cli.command()
@click.argument("query", required=False)
@click.option(
    "-f",
    "--file",
    "script",
    type=click.File("r", encoding="utf-8"),
    help="Read the query from a file; - is standard input.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV.")
@common
def sql(query: str | None, script: Any, as_json: bool, as_csv: bool, home: Path | None, debug: bool) -> None:  # noqa: ARG001 - `debug` is read by main
    """Ask the published tables anything, also while an ingest runs; read-only.

    \b
    communique sql "SELECT published_on, title FROM releases ORDER BY ALL"
    echo "FROM edits" | communique sql
    """
    from flows.verbs import answer

    if query is None:
        stream = script or (None if sys.stdin.isatty() else sys.stdin)
        if stream is None:
            raise click.UsageError("Say a query, `-f FILE`, or pipe one in.")
        query = stream.read()
    elif script is not None:
        raise click.UsageError("Say a query or `-f FILE`, not both.")
    if as_json and as_csv:
        raise click.UsageError("Say `--json` or `--csv`, not both.")
    answer(query, as_json=as_json, as_csv=as_csv, home=home)


cli.add_command(search)
cli.add_command(ask)
cli.add_command(show)
cli.add_command(report)
cli.add_command(export)
cli.add_command(source_group)
cli.add_command(takedown)
cli.add_command(maintain)
cli.add_command(move)


def main(arguments: list[str] | None = None) -> None:
    """Entry point: errors are one line with what to do; a traceback only with --debug."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        cli.main(args=words, prog_name="communique", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:
        if "--debug" in words:
            raise
        sys.exit(_explain(error))


def _explain(error: Exception) -> int:
    from parsers.errors import CommuniqueError

    if isinstance(error, CommuniqueError):
        click.echo(f"communique: {error}", err=True)
    else:
        click.echo(
            f"communique: {type(error).__name__}: {error}. This is a bug; run again with --debug and report it",
            err=True,
        )
    return 1
