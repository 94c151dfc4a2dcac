"""One call for the whole line: `flows.ingest(...)`, which the command line calls too."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.batches import batched
from flows.bounds import Bounds, within
from flows.deployments import HEARTBEAT_SECONDS, TAG
from flows.line import ingest as ingest_line
from flows.line import running
from flows.load import load
from flows.registry import catalogue_of
from flows.settings import settings as settings_of
from flows.where import prefect_home, server_url
from parsers.errors import ServiceError
from warehouse.runs import Tally

ALL = Bounds()


def ingest(
    paths: Sequence[Path | str],
    *,
    source: str | None = None,
    bounds: Bounds = ALL,
    dry_run: bool = False,
    flow: bool | None = None,
    advance: Callable[[int], None] = lambda _: None,
    waiting: Callable[[str], None] = lambda _: None,
    **flags: Any,
) -> Tally:
    """Ingest files and folders.

    Args:
        paths: files and folders: .txt, .html, .jsonl, feeds, WARC.
        source: source of looks that no source claims by their URL.
        bounds: which looks to leave out.
        dry_run: land nothing; the tally says what would.
        flow: True for a Prefect flow run on a temporary server if none answers; False for none;
            None for a flow run exactly where a server is configured and answers.
        advance: told bytes of input as they are read.
        waiting: told once, in a sentence, that another writer holds HOME.
        flags: settings, as `flows.settings.Settings` names them.

    Returns:
        Number of looks by source, layout, verdict and error.

    Raises:
        InputMissing: a path does not exist or cannot be read.
        StoreError: HOME is locked, not writable, or too new.
        ServiceError: the temporary Prefect server did not start.
        ConfigError: a setting or a source's entry is wrong.
    """
    given = _Given([Path(path) for path in paths], source, bounds, advance)
    chosen = settings_of(flags)
    url = None if flow is False or dry_run else server_url(chosen.home)
    if not dry_run and (flow or url):
        return _as_flow(given, flags, url)
    with running(chosen, catalogue_of(chosen), dry=dry_run, source=source, waiting=waiting) as run:
        steps = within(load(given.files, run.known_file, advance), bounds)
        return ingest_line(run, batched(steps, chosen.batch_size))


@dataclass(frozen=True, slots=True)
class _Given:
    files: list[Path]
    source: str | None
    bounds: Bounds
    advance: Callable[[int], None]


def _as_flow(given: _Given, flags: dict[str, Any], url: str | None) -> Tally:
    home = settings_of(flags).home
    if url:
        os.environ["PREFECT_API_URL"] = url
        password = os.environ.get("PREFECT_SERVER_API_AUTH_STRING")
        if password:
            os.environ.setdefault("PREFECT_API_AUTH_STRING", password)
    elif "PREFECT_HOME" not in os.environ:
        # A temporary server keeps its database where everything of this HOME is.
        os.environ["PREFECT_HOME"] = str(prefect_home(home))
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("PREFECT_FLOWS_HEARTBEAT_FREQUENCY", HEARTBEAT_SECONDS)
    import httpx
    from prefect import tags
    from prefect.exceptions import PrefectException, PrefectHTTPStatusError

    from flows.flow import GIVEN, Given, ingest_flow

    said = {name: str(value) for name, value in flags.items() if value is not None}
    GIVEN.set(Given(given.files, said, given.advance))
    bounds = given.bounds
    try:
        with tags(TAG):
            return ingest_flow(given.source, bounds.since, bounds.until, bounds.limit)
    except PrefectHTTPStatusError as error:
        raise ServiceError(
            f"the Prefect server refused with status {error.response.status_code}",
            where=url or "",
            todo="Set PREFECT_API_AUTH_STRING=USER:PASSWORD if it asks for one",
        ) from error
    except (httpx.TransportError, PrefectException) as error:
        raise ServiceError(
            f"the Prefect server went away during the run: {error}",
            where=url or "",
            todo="Run the same command again: what landed is kept",
        ) from error
    except RuntimeError as error:
        if "API server" not in str(error):
            raise
        raise ServiceError(
            f"the temporary Prefect server did not start: {error}", todo="Run again, or without `--flow`"
        ) from error
