"""What the verbs of the command line do, between arguments and exit code."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.output import as_csv as csv_of
from flows.output import as_json as json_of
from flows.output import print_table
from flows.settings import settings
from parsers.errors import CommuniqueError, ConfigError, ServiceError
from warehouse.read import ask

if TYPE_CHECKING:
    from flows.bounds import Bounds
    from warehouse.runs import Tally

FAILED, QUARANTINED = 1, 3


def answer(query: str, *, as_json: bool, as_csv: bool, home: Path | None) -> None:
    """Print what a query answers."""
    found = ask(settings({"home": home}).home, query)
    if as_json:
        click.echo(json_of(found))
    elif as_csv:
        click.echo(csv_of(found), nl=False)
    else:
        print_table(found.columns, found.rows)


def ingest_inputs(
    inputs: Sequence[str],
    bounds: Bounds,
    *,
    backfill: bool,
    dry_run: bool,
    flow: bool,
    as_json: bool,
    flags: Mapping[str, Any],
) -> int:
    """Ingest what the words name; the exit code says whether something was quarantined.

    Args:
        flags: settings that the command line names.
    """
    from flows.run import ingest
    from warehouse.runs import summary

    paths, sources = _inputs(inputs, flags)
    tally: Tally = Counter()
    failed: list[CommuniqueError] = []
    for source in (*sources,) or (None,):
        try:
            with progress(f"reading {source}" if source else "reading", bytes_=bool(paths)) as reach:
                tally += ingest(
                    paths,
                    source=source,
                    bounds=bounds,
                    backfill=backfill,
                    dry_run=dry_run,
                    flow=flow or None,
                    reach=reach,
                    say=lambda words: click.echo(words, err=True),
                    **flags,
                )
        except CommuniqueError as error:
            if len(sources) < 2:
                raise
            failed.append(error)  # the other sources are read all the same
    total = summary(tally)
    if as_json:
        import orjson

        click.echo(orjson.dumps(asdict(total)))
    else:
        click.echo(f"{'would land: ' if dry_run else ''}{total}")
        _say_quarantined(tally, dry_run)
    for each in failed:
        click.echo(f"communique: {each}", err=True)
    return FAILED if failed else QUARANTINED if total.quarantined else 0


def _say_quarantined(tally: Tally, dry_run: bool) -> None:
    from parsers import errors

    counts: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for (_, _, verdict, error), count in tally.items():
        if error:
            (missed if verdict == "missed" else counts)[error] += count
    for outcome, count in missed.most_common():
        click.echo(f"{count} x {outcome}", err=True)
    for error, count in counts.most_common():
        advice = getattr(getattr(errors, error, None), "advice", "")
        click.echo(f"{count} x {error}{f': {advice}' if advice else ''}", err=True)
    if counts and not dry_run:
        click.echo("`communique status` says more", err=True)


def _inputs(words: Sequence[str], flags: Mapping[str, Any]) -> tuple[list[Path], list[str]]:
    """Paths to read, or sources, among the words."""
    paths = [Path(word) for word in words if _is_path(word)]
    names = [word for word in words if not _is_path(word)]
    if names and paths:
        raise click.UsageError("Ingest sources or paths, not both at once.")
    for name in names:
        _check_source(name, flags)
    return paths, names


def _is_path(word: str) -> bool:
    return "/" in word or "." in word or Path(word).exists()


def _check_source(name: str, flags: Mapping[str, Any]) -> None:
    from flows.registry import catalogue_of, readable

    try:
        readable(catalogue_of(settings(flags)), name)
    except ConfigError as error:
        raise click.UsageError(str(error)) from error


def reparse_kept(source: str | None, *, dry_run: bool, as_json: bool, flags: Mapping[str, Any]) -> int:
    """Read again what is kept; says how many texts changed."""
    from flows.registry import catalogue_of, unknown_source
    from flows.run import reparse
    from warehouse.runs import summary

    catalogue = catalogue_of(settings(flags))
    if source is not None and source not in catalogue:
        raise click.UsageError(unknown_source(catalogue, source))
    with progress("reading again") as reach:
        replay = reparse(source, dry_run=dry_run, reach=reach, **flags)
    total = summary(replay.tally)
    if as_json:
        import orjson

        counts = {"read": replay.read, "texts_changed": replay.texts_changed, "restored": replay.restored}
        click.echo(orjson.dumps({**counts, **asdict(total)}))
    else:
        verb = "would change" if dry_run else "changed"
        click.echo(f"{total}; texts that {verb}: {replay.texts_changed}")
    return 0


def register(pool: str, alert_block: str, *, as_json: bool, home: Path | None) -> None:
    """Register what is deployed on the server in reach, and say what became of each part."""
    from flows.operate.where import awaited_url

    url = awaited_url(settings({"home": home}).home)
    if url is None:
        raise ServiceError(
            "no Prefect server answers",
            todo="Set PREFECT_API_URL, or start server and schedules in one with `communique up`",
        )
    from flows.operate.deploy import deploy
    from flows.operate.services import Site, run_command

    site = Site.read(settings({"home": home}).home)
    command = run_command() if site and site.api_url == url else None  # as `up` registers them on its own server
    done = [asdict(each) for each in deploy(home, pool, alert_block, url=url, command=command)]
    if as_json:
        import orjson

        click.echo(orjson.dumps(done))
        return
    print_table(list(done[0]), [list(row.values()) for row in done])
    click.echo(f"\nA worker runs them: prefect worker start --pool {pool}")


@contextmanager
def progress(label: str, *, bytes_: bool = False) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error, told how much is done of how much; silent where that is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    counter = DownloadColumn() if bytes_ else MofNCompleteColumn()
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        counter,
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)
