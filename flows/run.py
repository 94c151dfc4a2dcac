"""One call for the whole line: `flows.ingest(...)`, which the command line calls too."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from flows.line import batched, running
from flows.line import ingest as ingest_line
from flows.load import load
from flows.registry import catalogue_of
from flows.settings import settings as settings_of
from flows.where import server_url
from parsers.errors import ServiceError
from warehouse.runs import Tally


def ingest(
    paths: Sequence[Path | str],
    *,
    source: str | None = None,
    dry_run: bool = False,
    flow: bool | None = None,
    advance: Callable[[int], None] = lambda _: None,
    **flags: Any,
) -> Tally:
    """Ingest files and folders.

    Args:
        paths: files and folders: .txt, .html, .jsonl, feeds, WARC.
        source: source of looks that no source claims by their URL.
        dry_run: land nothing; the tally says what would.
        flow: True for a Prefect flow run on a temporary server if none answers; False for none;
            None for a flow run exactly where a server is configured and answers.
        advance: told bytes of input as they are read.
        flags: settings, as `flows.settings.Settings` names them.

    Returns:
        Number of looks by source, layout, verdict and error.

    Raises:
        InputMissing: a path does not exist or cannot be read.
        StoreError: HOME is locked, not writable, or too new.
        ServiceError: the temporary Prefect server did not start.
        ConfigError: a setting or a source's entry is wrong.
    """
    files = [Path(path) for path in paths]
    chosen = settings_of(flags)
    url = None if flow is False or dry_run else server_url(chosen.home)
    if not dry_run and (flow or url):
        return _as_flow(files, flags, source, advance, url)
    with running(chosen, catalogue_of(chosen), dry=dry_run, source=source) as run:
        return ingest_line(run, batched(load(files, run.known_file, advance), chosen.batch_size))


def _as_flow(
    files: list[Path], flags: dict[str, Any], source: str | None, advance: Callable[[int], None], url: str | None
) -> Tally:
    home = settings_of(flags).home
    if url:
        os.environ["PREFECT_API_URL"] = url
    elif "PREFECT_HOME" not in os.environ:
        # A temporary server keeps its database where everything of this HOME is.
        folder = (home / "prefect").absolute()
        folder.mkdir(parents=True, exist_ok=True)
        os.environ["PREFECT_HOME"] = str(folder)
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    import asyncio

    from flows.flow import PROGRESS, ingest_flow

    PROGRESS.set(advance)
    said = {name: str(value) for name, value in flags.items() if value is not None}
    try:
        return asyncio.run(ingest_flow([str(file) for file in files], said, source))
    except RuntimeError as error:
        if "API server" not in str(error):
            raise
        raise ServiceError(
            f"the temporary Prefect server did not start: {error}", todo="Run again, or without `--flow`"
        ) from error
