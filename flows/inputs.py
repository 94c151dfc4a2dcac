"""What an ingest is asked for -> its run and its batches: files, an inbox, or a live site."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flows.batches import COARSE, Batch, batched
from flows.bounds import Bounds, within
from flows.loading.load import load, total_bytes
from flows.registry import inbox_of
from flows.running import Run, beginning, running
from flows.settings import Settings
from flows.spreading import Spread, in_thread
from parsers.errors import ConfigError
from seeds import Catalogue

Reach = Callable[[int, int], None]
"""Told how much is done of how much there is; 0 where that is not known yet."""

Spreading = Callable[[Run], AbstractContextManager[Spread]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be ingested: paths, or a source.

    Attributes:
        paths: files and folders; empty where a source is asked for.
        source: whose inbox or site is read; with paths, the source of looks that no source claims.
        bounds: what to leave out.
        backfill: walk along the lists of a site to their ends.
        dry: land nothing.
        reach: told of the progress.
        say: told, in a sentence, what a person should know.
        note: told what is read, for a log.
    """

    paths: Sequence[Path] = ()
    source: str | None = None
    bounds: Bounds = field(default_factory=Bounds)
    backfill: bool = False
    dry: bool = False
    reach: Reach = lambda _done, _total: None
    say: Callable[[str], None] = lambda _: None
    note: Callable[[str], None] = lambda _: None


@contextmanager
def opened(
    asked: Asked, settings: Settings, catalogue: Catalogue, spreading: Spreading = in_thread
) -> Iterator[tuple[Run, Iterator[Batch]]]:
    """The run of an ingest and its batches; of a live site, each is to be taken before the next is asked for.

    Args:
        spreading: who reads batches of files ahead; a dry run, which keeps nothing, reads none.

    Raises:
        InputMissing: a path does not exist or cannot be read.
        StoreError: HOME is locked, not writable, or too new.
        ConfigError: there is no such source, or it has nothing to read.
    """
    source = None if asked.paths else catalogue.get(asked.source)
    if source is not None and source.fetched:
        if asked.dry:
            raise ConfigError(
                "a live site has no dry run",
                where=f"source {source.id}",
                todo="Try it with `--limit 1` and another `--home`",
            )
        from flows.fetching.crawl import Crawl

        asked.note(f"reading {', '.join((*source.lists, *source.feeds, *source.sitemaps))}")
        begun = beginning(settings, catalogue, clock=lambda: datetime.now(UTC), source=source.id, waiting=asked.say)
        with begun as run:
            run.routine = not asked.backfill and asked.bounds == Bounds()
            yield run, Crawl(run, source, asked.bounds, asked.backfill, asked.reach, asked.say).batches()
        return
    paths = list(asked.paths) or [inbox_of(catalogue, asked.source, settings.home)]
    asked.note(f"reading {', '.join(map(str, paths))}")
    with (
        running(settings, catalogue, dry=asked.dry, source=asked.source, waiting=asked.say) as run,
        nullcontext() if asked.dry else spreading(run) as run.spread,
    ):
        yield run, _of_files(run, paths, asked)


def _of_files(run: Run, paths: Sequence[Path], asked: Asked) -> Iterator[Batch]:
    total, done = total_bytes(paths), 0

    def advance(more: int) -> None:
        nonlocal done
        done += more
        asked.reach(done, total)

    steps = within(load(paths, run.known_file, advance), asked.bounds)
    return batched(steps, run.settings.batch_size, COARSE if run.spread and run.spread.far else 1)
