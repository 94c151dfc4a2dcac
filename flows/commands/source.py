"""The verb `source` of the command line: the registry."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from flows.commands import completing
from flows.commands.options import common, sources_file


@click.group("source")
def source_group() -> None:
    """The registry of sources: seeds/sources.toml, and what you add to it."""


@source_group.command("list")
@sources_file
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@common
def list_sources(sources: Path | None, as_json: bool, home: Path | None, debug: bool) -> None:  # noqa: ARG001 - `debug` is read by main
    """All sources: who speaks, whether it is switched on, when it is due, where it is read and how.

    \b
    communique source list
    communique source list --json
    """
    from flows.sources.shown import show_sources

    show_sources(as_json=as_json, flags={"home": home, "sources": sources})


@source_group.command("check")
@click.argument("source", shell_complete=completing.sources)
@sources_file
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@common
def check_source(source: str, sources: Path | None, as_json: bool, home: Path | None, debug: bool) -> None:  # noqa: ARG001 - `debug` is read by main
    """Look at a live site, once at each list and once at a page: is it as its entry says? Nothing lands.

    \b
    communique source check mission-cn-un
    """
    from flows.sources.check import check

    def say(words: str) -> None:
        click.echo(words, err=True)

    sys.exit(0 if check(source, as_json=as_json, flags={"home": home, "sources": sources}, say=say) else 1)


_into = click.option(
    "--into",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Checkout of communique to work in [the current folder].",
)


@source_group.command("add")
@click.argument("page", metavar="URL|FILE")
@click.option("--id", "source", help="Source that the page is of [the one that claims it, else made of its host].")
@click.option("--layout", help="Name of the layout, should none fit [made of the id].")
@click.option("--url", help="Address of a FILE, where no FILE.json says it.")
@_into
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@common
def add_source(
    page: str,
    source: str | None,
    layout: str | None,
    url: str | None,
    into: Path | None,
    dry_run: bool,
    as_json: bool,
    home: Path | None,
    debug: bool,  # noqa: ARG001 - `debug` is read by main
) -> None:
    """Write the entry of a source from one page of it, and where no layout fits, a layout and a failing test.

    \b
    communique source add https://ministry.example/news/2026/minister-meets-envoy.html
    communique source add page.html --url https://ministry.example/news/1.html --dry-run

    Works in a checkout. A page that is fetched is kept in HOME/pages; what is written into the checkout holds
    none of its text. The test fails until a person has read the sample beside its line.
    """
    from flows.adding.plan import Wish
    from flows.sources.add import add

    wish = Wish(source, layout)
    add(page, wish=wish, url=url, into=into, dry_run=dry_run, as_json=as_json, flags={"home": home})


@source_group.command("expect")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@_into
@click.option("--write", is_flag=True, help="Write what is read now; a test fails until somebody has read it.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@common
def expect_source(
    names: tuple[str, ...],
    into: Path | None,
    write: bool,
    as_json: bool,
    home: Path | None,  # noqa: ARG001 - every verb has it
    debug: bool,  # noqa: ARG001 - `debug` is read by main
) -> None:
    """Compare what is read from the saved pages with what is expected of them; 1 where it differs.

    \b
    communique source expect
    communique source expect mfa-cn-en mission_un
    communique source expect mission-un/t20101015_8417666.htm --write

    A NAME is a saved page, a folder of them, or a layout.
    """
    from flows.sources.expect import expect

    sys.exit(0 if expect(names, into=into, write=write, as_json=as_json) else 1)
