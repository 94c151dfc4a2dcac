"""`communique status`: what is kept, what is wrong and why, and what to do."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from flows.output import plain, print_table
from flows.settings import explained, settings
from warehouse.compact import bytes_said, sizes
from warehouse.read import Answer, ask
from warehouse.store import PUBLISHED

INCIDENT = 4
SHOWN = 20  # quarantined captures in the table; all are in table `quarantine`

_SOURCES = """
    SELECT coalesce(source, '(no source)') AS source, captures, releases, quarantined, published_share AS with_day,
        last_captured_at, CASE WHEN held THEN 'held' ELSE '' END AS state
    FROM source_health WHERE $source IS NULL OR source = $source ORDER BY ALL
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


def show_status(source: str | None, *, as_json: bool, home: Path | None) -> int:
    """Print the status of a HOME; 4 where an incident is open."""
    place = settings({"home": home}).home
    report = gather(place, source, home)
    if as_json:
        import orjson

        click.echo(orjson.dumps(report, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z))
    else:
        _print(report)
    return INCIDENT if report["incidents"] else 0


def gather(place: Path, source: str | None, home_flag: Path | None) -> dict[str, Any]:
    """All that status knows, as plain data."""
    published = (place / PUBLISHED).exists()
    report: dict[str, Any] = {
        "home": str(place),
        "sizes": sizes(place),
        "settings": {
            name: {"value": str(value), "from": origin}
            for name, (value, origin) in explained({"home": home_flag}).items()
        },
    }
    for name, query in (
        ("sources", _SOURCES),
        ("quarantine", _QUARANTINE.format(limit=SHOWN)),
        ("incidents", _INCIDENTS),
        ("publication", "FROM publication"),
    ):
        found = _ask(place, query, source) if published else Answer((), [])
        report[name] = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    from flows.schedules import operation

    report["operation"] = asdict(operation(place))
    report["todo"] = _todo(report)
    return report


def _ask(place: Path, query: str, source: str | None) -> Answer:
    return ask(place, query, {"source": source} if "$source" in query else None)


def _todo(report: dict[str, Any]) -> list[str]:
    if not report["publication"]:
        return ["Nothing was published here yet: run `communique ingest PATH...`.", *report["operation"]["todo"]]
    advice = [
        f"Source `{row['source']}` is held: {row['reason']}. Mend or name its layout, "
        f"then run `communique reparse {row['source']}`."
        for row in report["incidents"]
    ]
    advice += [f"{row['captures']} x {row['error']}: {row['todo']}." for row in report["quarantine"]]
    advice += report["operation"]["todo"]
    return advice or ["Nothing: all that was kept is read."]


def _print(report: dict[str, Any]) -> None:
    click.echo(f"home {report['home']}")
    for publication in report["publication"]:
        words = ", ".join(f"{name} {publication[name]}" for name in ("releases", "versions", "captures", "quarantined"))
        click.echo(f"published {plain(publication['published_at'])}: {words}")
    click.echo("on disk " + ", ".join(f"{name} {bytes_said(size)}" for name, size in report["sizes"].items()))
    click.echo(_server(report["operation"]))
    for name, rows in (
        ("sources", report["sources"]),
        ("quarantine", report["quarantine"]),
        ("incidents", report["incidents"]),
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
