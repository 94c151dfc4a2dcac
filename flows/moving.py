"""`communique move`: a HOME's warehouse from its file into a lake, or back."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from flows import __version__
from flows.derive import derive
from flows.pool import ReadingPool
from flows.registry import catalogue_of
from flows.settings import unsettled
from warehouse.lake import lake_said
from warehouse.lock import writer_lock
from warehouse.move import into_file, into_lake
from warehouse.publish import publish
from warehouse.store import Store

FILE = "file"


def move(to: str, data: str, home: Path | None) -> None:
    """Move the warehouse and say what was moved.

    Args:
        to: a lake as the setting `warehouse` names it, or `file`.

    Raises:
        ConfigError: it is there already, or the lake holds something.
        StoreError: another process writes, or what readers would see differs; nothing was moved.
    """
    chosen = unsettled({"home": home})
    catalogue = catalogue_of(chosen)
    now = datetime.now(UTC)
    lake = None if to == FILE else lake_said(to, data)  # what is wrong with it nobody else needs to read
    with ReadingPool(chosen.workers, chosen.page_seconds) as pool:

        def show(store: Store) -> None:
            # What runs left since the last publication is no reason for one, and is compared all the same.
            publish(store, lambda store: derive(store, pool, catalogue), now=now, version=__version__, anyway=True)

        with writer_lock(chosen.home, chosen.lock_timeout, now, partial(click.echo, err=True)):
            if lake is None:
                moved = into_file(chosen.home, show, now, chosen.memory_limit)
            else:
                moved = into_lake(chosen.home, lake, show, now, chosen.memory_limit)
    click.echo(moved)
