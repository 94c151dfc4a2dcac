"""`communique source check`: does a live site look as its entry says? One look at each list, one at a page.

The run is a real one, in a HOME that is gone afterwards; hosts are asked in turn with all other runs.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from flows.output import print_table
from flows.registry import catalogue_of, readable
from flows.settings import Settings, settings
from parsers.errors import ConfigError, NothingListed
from seeds import Catalogue, Source

_FOUND = """
    SELECT c.role, c.url, c.outcome, c.final_url, coalesce(q.reason, c.reason) AS reason, c.layout, r.title,
        (SELECT count(*) FROM listings l WHERE l.list_url = c.url AND l.followed) AS entries,
        (SELECT count(*) FROM listings l WHERE l.list_url = c.url AND NOT l.followed) AS foreign_entries
    FROM captures c LEFT JOIN quarantine q USING (capture_id) LEFT JOIN releases r ON r.release_id = c.release_id
    ORDER BY c.captured_at
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look found; `fine` is whether it is as the entry says."""

    what: str
    url: str
    fine: bool
    found: str


def check(source_id: str, *, as_json: bool, flags: Mapping[str, Any], say: Callable[[str], None]) -> bool:
    """Look at a site and say what was found; whether all is as its entry says."""
    chosen = settings(flags)
    catalogue = catalogue_of(chosen)
    source = readable(catalogue, source_id)
    if not source.fetched:
        raise ConfigError(f"source `{source_id}` is a folder: there is no site to look at")
    findings = look_at(source, chosen, catalogue, say)
    if as_json:
        import orjson

        click.echo(orjson.dumps([asdict(each) for each in findings]))
    else:
        rows = [["" if each.fine else "!", each.what, each.url, each.found] for each in findings]
        print_table(["", "what", "url", "found"], rows)
        click.echo(f"\n{_advice(source, findings)}")
    return bool(findings) and all(each.fine for each in findings)


def look_at(source: Source, chosen: Settings, catalogue: Catalogue, say: Callable[[str], None]) -> list[Finding]:
    """One look at robots.txt, at each list, feed or sitemap, and at a page."""
    from flows.bounds import Bounds
    from flows.fetching.crawl import Crawl
    from flows.line import ingest
    from flows.running import beginning
    from warehouse.read import ask

    with tempfile.TemporaryDirectory(prefix="communique-check-") as folder:
        scratch = replace(chosen, home=Path(folder))
        with beginning(scratch, catalogue, clock=lambda: datetime.now(UTC), source=source.id) as run:
            crawl = Crawl(run, source, Bounds(limit=1), say=say, hosts_at=chosen.home)
            with suppress(NothingListed):  # the table says it, list by list
                ingest(run, crawl.batches())
        found = ask(scratch.home, _FOUND)
    looks = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    findings = [_finding(look, source) for look in looks]
    if not any(look["role"] == "page" for look in looks):
        findings.append(Finding("page", "", False, "no page was reached"))
    return findings


def _finding(look: Mapping[str, Any], source: Source) -> Finding:
    role, outcome = look["role"], look["outcome"]
    moved = f", at {look['final_url']}" if look["final_url"] not in (None, look["url"]) else ""
    if role == "robots":
        return Finding("robots.txt", look["url"], outcome in ("ok", "gone"), f"{outcome}{moved}")
    if role == "page":
        fine = look["layout"] is not None and not look["reason"]
        words = f"layout {look['layout']}: {look['title']}" if fine else look["reason"] or outcome
        return Finding("page", look["url"], fine, f"{words}{moved}")
    its_items_are_texts = role == "feed" and source.text_from == "feed"
    fine = outcome == "ok" and not look["reason"] and (look["entries"] > 0 or its_items_are_texts)
    words = f"{look['entries']} entries" if fine else look["reason"] or f"{outcome}, {look['entries']} entries"
    if look["foreign_entries"]:
        words += f", {look['foreign_entries']} that `urls` does not claim"
    return Finding(role, look["url"], fine, f"{words}{moved}")


def _advice(source: Source, findings: list[Finding]) -> str:
    if not findings or not all(each.fine for each in findings):
        return "Not as its entry says: mend the entry where a line is marked, then check again."
    if source.state == "verified":
        return "As its entry says."
    return 'As its entry says. To switch it on, give the entry `state = "verified"` and a schedule in a sources file.'
