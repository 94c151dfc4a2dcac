"""What the dashboard tells of a run: its name by result, its tables, its events.

Counts come from the run itself; reasons and edits from what it published. The dashboard reads all it
shows as Markdown, table cells too: words that may come from a page are escaped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from prefect import get_run_logger
from prefect.artifacts import (
    create_markdown_artifact,
    create_table_artifact,
)
from prefect.client.orchestration import get_client
from prefect.events import emit_event
from prefect.exceptions import PrefectException

from flows.incidents import said_of, tell_all, todo_of
from flows.running import Run
from flows.upkeep import Upkeep
from warehouse.incidents import Incident
from warehouse.read import ask, is_published
from warehouse.runs import Tally, by_source_and_layout, summary

HELD = "communique.source.held"
"""The event of a source that a run held."""
INCIDENT = "communique.source.incident"
"""The event of an incident that a run opened and that holds nothing."""

UNCLAIMED = "(no source)"
UNKNOWN = "(no layout)"
SHOWN = 200  # quarantined captures that a run tells of
WHY = 160  # characters of a reason, which may quote a title
LAST_RUNS = 20  # runs in the table of a source

_EDITS = """
    SELECT e.source, count(*) FROM edits e
    JOIN captures c ON c.release_id = e.release_id AND c.captured_at = e.edited_before_at
        AND c.text_sha256 = e.to_text_sha256
    WHERE c.landed_at BETWEEN $started AND $now AND list_contains($sources, coalesce(e.source, '')) GROUP BY e.source
"""
_QUARANTINE = f"""
    SELECT capture_id, coalesce(url, given_id), left(reason, {WHY}), coalesce(todo, ''), coalesce(source, ''), error
    FROM quarantine
    WHERE landed_at BETWEEN $started AND $now AND list_contains($sources, coalesce(source, ''))
    ORDER BY ALL LIMIT {SHOWN}
"""  # noqa: S608 - our own words
_LAST_RUNS = f"""
    SELECT started_at, verb, sum(read_count) AS read, sum(new_count) AS new, sum(changed_count) AS changed,
        sum(unchanged_count) AS unchanged, sum(quarantined_count) AS quarantined, sum(missed_count) AS missed
    FROM source_runs WHERE source = $source GROUP BY run_id, started_at, verb
    ORDER BY started_at DESC LIMIT {LAST_RUNS}
"""  # noqa: S608 - our own words
_HEALTH = """
    SELECT captures, releases, quarantined, held,
        (
            SELECT string_agg(kind || ': ' || reason, '; ' ORDER BY kind) FROM incidents i
            WHERE i.source = h.source AND closed_at IS NULL
        )
    FROM source_health h WHERE source = $source
"""


def named_by_inputs(flow: str, parameters: Mapping[str, Any], paths: Sequence[Path] = ()) -> str:
    """The name of a run until its result is known: `ingest inbox`."""
    words = [path.name or str(path) for path in paths] or [str(parameters.get("source") or "all")]
    return f"{flow} {', '.join(words[:3])}{' ...' if len(words) > 3 else ''}"


def named_by_result(tally: Tally, edits: int = 0, *, source: str | None = None, held: bool = False) -> str:
    """The name of a run that ended: `mfa-cn-en: 14 new, 1 edited`.

    Args:
        tally: what the run did.
        edits: how many edits it found.
        source: that it was started for; else the only one that it met, if there is only one.
        held: whether a source of it is held.
    """
    total = summary(tally)
    counts = (
        (total.new, "new"),
        (edits, "edited"),
        (max(0, total.changed - edits), "changed"),
        (total.quarantined, "quarantined"),
        (total.missed, "missed"),
    )
    said = [f"{count} {word}" for count, word in counts if count] or [
        f"nothing new in {total.read}" if total.read else "nothing to read"
    ]
    met = {each for each, _, _, _ in tally}
    who = source or (next(iter(met)) or UNCLAIMED if len(met) == 1 else None)
    return (f"{who}: " if who else "") + ", ".join(said + (["held"] if held else []))


def table(tally: Tally) -> list[dict[str, str | int]]:
    """Rows of a run's table: its looks by source and layout."""
    return [
        {
            "source": source or UNCLAIMED,
            "layout": layout or UNKNOWN,
            "read": total.read,
            "new": total.new,
            "changed": total.changed,
            "unchanged": total.unchanged,
            "quarantined": total.quarantined,
            "missed": total.missed,
        }
        for (source, layout), total in by_source_and_layout(tally).items()
    ]


def tell(flow_run_id: str | None, run: Run) -> None:
    """Leave the tables of a run that ended, say what needs a person, name the run by its result.

    A server that is gone by now fails no run: everything has landed.
    """
    if flow_run_id is None:
        return
    try:
        _tell(flow_run_id, run)
    except (PrefectException, httpx.HTTPError) as error:
        get_run_logger().warning("all landed, but the dashboard could not be told: %s", error)


def _tell(flow_run_id: str, run: Run) -> None:
    _table(table(run.tally), f"**{summary(run.tally)}**, by source and layout", key=f"{run.verb}-result")
    edits: dict[str | None, int] = {}
    if not run.dry and is_published(run.home):
        edits = dict(ask(run.home, _EDITS, _landed_by(run)).rows)
        _tell_quarantine(run)
        for source in sorted({source for source, _, _, _ in run.tally if source}):
            _tell_source(run.home, source)
        tell_all(run, _tell_incident, get_run_logger().warning)
    sources = {source for source, _, _, _ in run.tally}
    held = bool(sources & (run.held | set(run.opened)))
    name = named_by_result(run.tally, sum(edits.values()), source=run.source, held=held)
    _rename(flow_run_id, name if run.verb == "ingest" else f"{run.verb} {name}")


def _landed_by(run: Run) -> dict[str, Any]:
    """What tells the rows that a run landed; another may have landed between its batches, of other sources."""
    sources = sorted({source or "" for source, _, _, _ in run.tally})
    return {"started": run.started, "now": run.now, "sources": sources}


def tell_of_upkeep(flow_run_id: str | None, upkeep: Upkeep) -> None:
    """Leave the sizes of an upkeep and name the run by what it did."""
    if flow_run_id is None:
        return
    rows = [{"part": part, "bytes": size} for part, size in upkeep.sizes.items()]
    _table(rows, "What HOME holds on disk", key="space")
    _rename(flow_run_id, f"maintain: {upkeep}")


def _tell_quarantine(run: Run) -> None:
    found = ask(run.home, _QUARANTINE, _landed_by(run)).rows
    lines = []
    for capture, name, why, todo, source, error in found:
        page = name or run.origins.get(capture, capture)
        whose = f", source {source}" if source else ""
        lines.append(f"1. {escaped(page)} ({error}{whose}): {escaped(why)}. What to do: {escaped(todo)}")
    for capture, name, _, todo, _, error in found[:5]:
        get_run_logger().warning("quarantined %s: %s. %s", name or run.origins.get(capture, capture), error, todo)
    if lines:
        first = " (the first of them; all are in table `quarantine`)" if len(lines) == SHOWN else ""
        said = f"**{len(lines)} quarantined**: which page, why, what to do{first}"
        create_markdown_artifact(key="quarantine", markdown="\n".join(lines), description=said)


def escaped(words: str) -> str:
    """Words as Markdown that shows them and means nothing: no link, no image, no element."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(words.split()))


def _tell_source(home: Path, source: str) -> None:
    found = ask(home, _LAST_RUNS, {"source": source})
    rows = [dict(zip(found.columns, map(_plain, row), strict=True)) for row in found.rows]
    health = ask(home, _HEALTH, {"source": source}).rows
    words = f"**{source}**: no capture was read yet"
    if health:
        captures, releases, quarantined, held, wrong = health[0]
        words = f"**{source}**: {releases} releases from {captures} captures, {quarantined} in quarantine"
        words += (
            f". **Held**: mend or name its layout, then run the deployment `reparse` for `{source}`" if held else ""
        )
        words += f". Open: {escaped(wrong)}" if wrong else ""
    _table(rows, words, key=key_of_source(source))


def key_of_source(source: str) -> str:
    """The key under which the dashboard keeps the table of a source."""
    return "source-" + re.sub(r"[^a-z0-9]+", "-", source.lower())


def _tell_incident(incident: Incident) -> None:
    source, kind, reason = incident
    held = kind == "hold"
    get_run_logger().error("%s", said_of(incident))
    emit_event(
        HELD if held else INCIDENT,
        resource={"prefect.resource.id": f"communique.source.{source}", "prefect.resource.name": source},
        payload={"kind": kind, "reason": reason, "todo": todo_of(source, kind)},
    )


def _table(rows: list[dict[str, Any]], description: str, key: str) -> None:
    create_table_artifact(key=key, table=rows, description=description)


def _rename(flow_run_id: str, name: str) -> None:
    with get_client(sync_client=True) as client:
        client.update_flow_run(UUID(str(flow_run_id)), name=name)


def _plain(value: Any) -> Any:
    """A cell as JSON has it; sums of DuckDB are integers of any size."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%SZ")
    return value if isinstance(value, str) else int(value)
