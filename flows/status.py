"""`communique status`: what is kept, what is wrong and why, and what to do."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from flows.fetching.hosts import states
from flows.incidents import todo_of
from flows.output import plain, print_table
from flows.registry import catalogue_of, unknown_source
from flows.settings import explained, settings
from warehouse.compact import bytes_said, growth, sizes
from warehouse.read import Answer, ask, is_published

INCIDENT = 4
SHOWN = 20  # quarantined captures in the table; all are in table `quarantine`
AUDITED_SINCE = 3  # number of the schema
WATCHED_SINCE = 5
WORST = 5  # suspects of a kind; more are in table `suspects`

_SOURCES = """
    SELECT coalesce(h.source, '(no source)') AS source, h.captures, h.releases, h.quarantined, l.listed,
        l.listed - l.looked_at AS to_look_at, h.published_share AS with_day, h.last_captured_at, {cadence}
        coalesce(i.kinds, '') AS state
    FROM source_health h
    LEFT JOIN (
        SELECT source, string_agg(CASE kind WHEN 'hold' THEN 'held' ELSE kind END, ', ' ORDER BY kind) AS kinds
        FROM incidents WHERE closed_at IS NULL GROUP BY source
    ) i ON i.source = h.source
    LEFT JOIN (
        SELECT source, count(DISTINCT release_id) AS listed,
            count(DISTINCT c.release_id) AS looked_at
        FROM listings LEFT JOIN (SELECT DISTINCT release_id FROM captures WHERE role = 'page') c USING (release_id)
        WHERE followed GROUP BY source
    ) l ON l.source = h.source
    WHERE $source IS NULL OR h.source = $source ORDER BY ALL
"""
_CADENCE = """h.last_new_on AS last_new, h.new_28_days AS in_28_days, h.usual_28_days AS usually,"""
_MISSED = """
    SELECT source, outcome, count(*) AS pages, any_value(url) AS example, any_value(reason) AS reason
    FROM (
        FROM captures WHERE attempts IS NOT NULL AND role != 'robots'
        QUALIFY row_number() OVER (PARTITION BY release_id ORDER BY captured_at DESC) = 1
    )
    WHERE outcome NOT IN ('ok', 'not_modified') AND ($source IS NULL OR source = $source)
    GROUP BY source, outcome ORDER BY ALL
"""
_QUARANTINE = """
    SELECT error, count(*) AS captures, any_value(reason) AS reason,
        any_value(coalesce(url, given_id, warc_file)) AS example, any_value(todo) AS todo
    FROM quarantine WHERE $source IS NULL OR source = $source GROUP BY error ORDER BY captures DESC, error LIMIT {limit}
"""
_INCIDENTS = """
    SELECT source, kind, opened_at, reason FROM incidents
    WHERE closed_at IS NULL AND ($source IS NULL OR source = $source)
"""
_SUSPECTS = """
    SELECT coalesce(source, '(no source)') AS source, suspicion, line, bodies, of_bodies, release_id, url
    FROM suspects WHERE $source IS NULL OR source = $source
    WINDOW worst AS (PARTITION BY suspicion ORDER BY bodies DESC, length(line) DESC, line, release_id)
    QUALIFY row_number() OVER worst <= {limit}
    ORDER BY suspicion, bodies DESC, length(line) DESC, line, release_id
"""
_AUDIT = """
    SELECT coalesce(source, '(no source)') AS source, suspected_chrome, suspected_loss FROM source_health
    WHERE suspected_chrome + suspected_loss > 0 AND ($source IS NULL OR source = $source) ORDER BY ALL
"""


def show_status(source: str | None, *, as_json: bool, home: Path | None) -> int:
    """Print the status of a HOME; 4 where an incident is open."""
    place = settings({"home": home}).home
    report = gather(place, source, home)
    if source is not None and not report["sources"]:
        catalogue = catalogue_of(settings({"home": home}))
        if source not in catalogue:
            raise click.UsageError(unknown_source(catalogue, source))
    if as_json:
        import orjson

        click.echo(orjson.dumps(report, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z))
    else:
        _print(report)
    return INCIDENT if report["incidents"] else 0


def gather(place: Path, source: str | None, home_flag: Path | None) -> dict[str, Any]:
    """All that status knows, as plain data."""
    published = _published(place)
    report: dict[str, Any] = {
        "home": str(place),
        "sizes": sizes(place),
        "growth": growth(place, datetime.now(UTC)),
        "resting": [asdict(state) for state in states(place) if state.rests_until > time.time()],
        "settings": {
            name: {"value": str(value), "from": origin}
            for name, (value, origin) in explained({"home": home_flag}).items()
        },
    }
    for name, query in (
        ("sources", _SOURCES.format(cadence=_CADENCE if published >= WATCHED_SINCE else "")),
        ("missed", _MISSED),
        ("quarantine", _QUARANTINE.format(limit=SHOWN)),
        ("incidents", _INCIDENTS),
        ("publication", "FROM publication"),
        ("audit", _AUDIT),
        ("suspects", _SUSPECTS.format(limit=WORST)),
    ):
        asked = published >= (AUDITED_SINCE if name in ("audit", "suspects") else 1)
        found = _ask(place, query, source) if asked else Answer((), [])
        report[name] = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    from flows.operate.schedules import operation

    report["operation"] = asdict(operation(place))
    report["todo"] = _todo(report)
    return report


def _published(place: Path) -> int:
    """Number of the schema of the published file, which an older version may have left there; 0 for none."""
    if not is_published(place):
        return 0
    return int(ask(place, "SELECT schema_version FROM publication").rows[0][0])


def _ask(place: Path, query: str, source: str | None) -> Answer:
    return ask(place, query, {"source": source} if "$source" in query else None)


def _todo(report: dict[str, Any]) -> list[str]:
    if not report["publication"]:
        return ["Nothing was published here yet: run `communique ingest PATH...`.", *report["operation"]["todo"]]
    advice = [_advice(row["source"], row["kind"], row["reason"]) for row in report["incidents"]]
    advice += [f"{row['captures']} x {row['error']}: {row['todo']}." for row in report["quarantine"]]
    advice += [
        f"Source `{row['source']}`: suspected leaks {row['suspected_chrome']}, losses {row['suspected_loss']}. "
        "Look at the releases above with `communique show RELEASE --evidence`."
        for row in report["audit"]
    ]
    advice += report["operation"]["todo"]
    return advice or ["Nothing: all that was kept is read."]


def _advice(source: str, kind: str, reason: str) -> str:
    begin = f"Source `{source}` is held" if kind == "hold" else f"Source `{source}`, {kind}"
    return f"{begin}: {reason}. {todo_of(source, kind)}."


def _print(report: dict[str, Any]) -> None:
    click.echo(f"home {report['home']}")
    for publication in report["publication"]:
        words = ", ".join(f"{name} {publication[name]}" for name in ("releases", "versions", "captures", "quarantined"))
        click.echo(f"published {plain(publication['published_at'])}: {words}")
    click.echo("on disk " + ", ".join(f"{name} {bytes_said(size)}" for name, size in report["sizes"].items()))
    if report["growth"]:
        click.echo(f"the archive grows by {bytes_said(report['growth'])} a year, at the pace of the last 30 days")
    for state in report["resting"]:
        until = datetime.fromtimestamp(state["rests_until"], UTC)
        click.echo(f"{state['host']} rests until {plain(until)}: {state['why']}")
    click.echo(_server(report["operation"]))
    for name, rows in (
        ("sources", report["sources"]),
        ("not reached at the last look", report["missed"]),
        ("quarantine", report["quarantine"]),
        ("incidents", report["incidents"]),
        ("suspected leaks and losses", report["suspects"]),
        ("schedules", report["operation"]["schedules"]),
    ):
        if rows:
            click.echo()
            print_table(list(rows[0]), [list(row.values()) for row in rows], title=name)
    click.echo()
    rows = [[name, setting["value"], setting["from"]] for name, setting in report["settings"].items()]
    print_table(["setting", "value", "from"], rows, title="settings")
    click.echo("\nto do")
    for line in report["todo"]:
        click.echo(f"  {line}")


def _server(operation: dict[str, Any]) -> str:
    if operation["server"] is None:
        return "no Prefect server answers; `communique up` starts one with the schedules"
    watch = " under `communique up`" if operation["watched"] else ""
    return f"Prefect server{watch}: the dashboard is at {operation['dashboard']}"
