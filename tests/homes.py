"""What tests of the line share: inputs written for them, homes, and the public tables as plain rows."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import warehouse
from flows.run import ingest
from warehouse.runs import Summary, summary

CHECKOUT = Path(__file__).resolve().parents[1]
SAMPLES = CHECKOUT / "seeds" / "releases"
REAL = CHECKOUT.parent / "shared" / "releases"
# These follow the runs, not the releases: they differ between two ways to the same releases.
OF_RUNS = frozenset({"publication", "source_runs", "source_health", "incidents", "parser_changes"})
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def mission_page(title: str = "Envoy Meets Envoy", body: str = "The two sides met on Monday.") -> str:
    """A mission's text page, as the user's example has it."""
    return f"Home\xa0>\xa0China News\n{title}\n\n\n{body}\n\n<Suggest to a friend>"


def line(content: str | bytes, **beside: Any) -> dict[str, Any]:
    """A line of a JSONL file: text as plain text, bytes as an HTML page."""
    if isinstance(content, bytes):
        words = {"content_base64": base64.b64encode(content).decode(), "content_type": "text/html"}
    else:
        words = {"content": content, "content_type": "text/plain"}
    return {**words, **beside}


def write_lines(path: Path, lines: Iterable[Mapping[str, Any] | str]) -> Path:
    """Write a JSONL file; a string stands as it is."""
    words = [each if isinstance(each, str) else json.dumps(each) for each in lines]
    path.write_text("".join(f"{each}\n" for each in words), "utf-8")
    return path


def ingest_into(home: Path, *paths: Path | str, **flags: Any) -> Summary:
    """Ingest without Prefect and say the totals."""
    flags.setdefault("workers", 1)
    return summary(ingest(paths, flow=False, home=home, **flags))


def rows(home: Path, sql: str) -> list[tuple[Any, ...]]:
    """Rows of a query against the published file."""
    return warehouse.ask(home, sql).rows


def public_tables(home: Path, without: Sequence[str] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """All public tables but those of the runs, as sorted rows; `without` leaves columns out."""
    tables = {}
    with warehouse.connect(home) as published:  # once: opening takes longer than asking
        ask = published.execute
        for (name,) in ask("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall():
            if name in OF_RUNS:
                continue
            listed = {row[0] for row in ask(f"SELECT column_name FROM (DESCRIBE {name})").fetchall()}
            gone = ", ".join(sorted(listed & set(without)))
            tables[name] = ask(f"SELECT * {f'EXCLUDE ({gone})' if gone else ''} FROM {name} ORDER BY ALL").fetchall()
    return tables
