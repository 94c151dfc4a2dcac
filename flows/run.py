"""One call for the whole line: `flows.ingest(...)`, which the command line calls too; and one to read all again."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from flows.bounds import Bounds
from flows.incidents import said_of, tell_all, todo_of
from flows.inputs import Asked, Reach, opened
from flows.line import ingest as ingest_line
from flows.operate.deployments import HEARTBEAT_SECONDS, TAG
from flows.operate.services import DATABASE
from flows.operate.where import START_SECONDS, prefect_home, server_url
from flows.pool import refuse_half_started
from flows.registry import catalogue_of
from flows.reparse import Replay
from flows.reparse import reparse as reparse_line
from flows.running import running
from flows.settings import Settings
from flows.settings import settings as settings_of
from flows.spreading import in_thread
from parsers.errors import ConfigError, ServiceError
from warehouse.runs import Tally

ALL = Bounds()
Result = TypeVar("Result")


def ingest(
    paths: Sequence[Path | str],
    *,
    source: str | None = None,
    bounds: Bounds = ALL,
    dry_run: bool = False,
    flow: bool | None = None,
    backfill: bool = False,
    reach: Reach = lambda _done, _total: None,
    say: Callable[[str], None] = lambda _: None,
    **flags: Any,
) -> Tally:
    """Ingest files and folders, an inbox, or a live site.

    Args:
        paths: files and folders: .txt, .html, .jsonl, feeds, WARC; none reads what the source names.
        source: whose inbox or site is read; with paths, the source of looks that no source claims by their URL.
        bounds: which looks to leave out.
        dry_run: land nothing; the tally says what would. It is no flow run, and no cluster reads for it.
        flow: True for a Prefect flow run on a temporary server if none answers; False for none;
            None for a flow run exactly where a server is configured and answers, or a cluster reads.
        backfill: walk along the lists of a site to their ends.
        reach: told how many bytes of input (of a site, looks) are done, of how many.
        say: told, in a sentence, what a person should know: that another writer holds HOME, that a host rests.
        flags: settings, as `flows.settings.Settings` names them.

    Returns:
        Number of looks by source, layout, verdict and error.

    Raises:
        InputMissing: a path does not exist or cannot be read.
        StoreError: HOME is locked, not writable, or too new.
        NothingListed: a list of a site listed nothing; all else has landed.
        ServiceError: the temporary Prefect server did not start.
        ConfigError: a setting or a source's entry is wrong.
    """
    refuse_half_started()
    asked = Asked([Path(path) for path in paths], source, bounds, backfill, dry_run, reach, say)
    chosen = settings_of(flags)
    url = None if flow is False or dry_run else server_url(chosen.home)
    if not dry_run and (flow or url or _spreads_far(chosen, flow)):

        def as_flow() -> Tally:
            from flows.flow import GIVEN, Given, ingest_flow

            GIVEN.set(Given(asked.paths, _said(flags), reach))
            return ingest_flow(source, bounds.since, bounds.until, bounds.limit, backfill)

        return _under_prefect(as_flow, chosen, url)
    with opened(asked, chosen, catalogue_of(chosen)) as (run, batches):
        try:
            return ingest_line(run, batches)
        finally:
            tell_all(run, lambda each: say(f"{said_of(each)}. {todo_of(each.source, each.kind)}."), say)


def reparse(
    source: str | None = None,
    *,
    dry_run: bool = False,
    reach: Reach = lambda _done, _total: None,
    **flags: Any,
) -> Replay:
    """Read again what is kept; as a flow run where a Dask cluster reads.

    Args:
        source: only this one; None is all.
        dry_run: land nothing; what is given back says what would.
        reach: told how many captures are done, of how many.
        flags: settings, as `flows.settings.Settings` names them.

    Raises:
        StoreError: HOME is locked, not writable, or too new, or a WARC file is gone.
        ServiceError: the temporary Prefect server did not start.
    """
    refuse_half_started()
    chosen = settings_of(flags)
    if _spreads_far(chosen):

        def as_flow() -> Replay:
            from flows.flow import GIVEN, Given, reparse_flow

            GIVEN.set(Given((), _said(flags), reach))
            return reparse_flow(source, dry_run)

        return _under_prefect(as_flow, chosen, server_url(chosen.home))
    with (
        running(chosen, catalogue_of(chosen), verb="reparse", dry=dry_run, source=source) as run,
        in_thread(run) as run.spread,
    ):
        return reparse_line(run, reach)


def _spreads_far(chosen: Settings, flow: bool | None = None) -> bool:
    """Whether a cluster reads, which it does as tasks of a flow run alone."""
    if chosen.cluster is not None and flow is False:
        raise ConfigError(
            "a Dask cluster reads for flow runs alone, and none was to be started",
            where=f"runner = {chosen.runner}",
            todo="Set COMMUNIQUE_RUNNER=thread, or leave out `flow=False`",
        )
    return chosen.cluster is not None


def _said(flags: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in flags.items() if value is not None}


def _under_prefect(call: Callable[[], Result], chosen: Settings, url: str | None) -> Result:
    """Call a flow on the server at an URL, or on a temporary one."""
    if chosen.cluster and not url:
        # Each worker would start a server of its own, on one database.
        raise ServiceError(
            "a Dask cluster reads under a Prefect server that its workers reach, and none answers",
            where=f"runner = {chosen.runner}",
            todo="Start `communique up`, or set PREFECT_API_URL",
        )
    if url:
        for name in [each for each in os.environ if each.startswith(DATABASE)]:
            del os.environ[name]  # its password is for the server alone, and all settings travel to a cluster
        os.environ["PREFECT_API_URL"] = url
        password = os.environ.get("PREFECT_SERVER_API_AUTH_STRING")
        if password:
            os.environ.setdefault("PREFECT_API_AUTH_STRING", password)
    elif "PREFECT_HOME" not in os.environ:
        # A temporary server keeps its database where everything of this HOME is.
        os.environ["PREFECT_HOME"] = str(prefect_home(chosen.home))
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", str(START_SECONDS))
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("PREFECT_FLOWS_HEARTBEAT_FREQUENCY", HEARTBEAT_SECONDS)
    import httpx
    from prefect import tags
    from prefect.exceptions import PrefectException, PrefectHTTPStatusError

    try:
        with tags(TAG):
            return call()
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
