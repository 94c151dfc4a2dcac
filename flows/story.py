"""What the Prefect dashboard tells of a run: its name by result, its table by source and layout."""

from __future__ import annotations

from uuid import UUID

from prefect.artifacts import acreate_table_artifact
from prefect.client.orchestration import get_client

from warehouse.runs import Tally, by_source_and_layout, summary

UNCLAIMED = "(no source)"
UNKNOWN = "(no layout)"


def run_name(tally: Tally) -> str:
    """A name that says the result: `24 new, 1 changed`, after the source where there is only one."""
    total = summary(tally)
    said = [f"{count} {word}" for count, word in ((total.new, "new"), (total.changed, "changed")) if count]
    said += [f"{total.quarantined} quarantined"] if total.quarantined else []
    sources = {source for source, _, _, _ in tally}
    who = f"{next(iter(sources)) or UNCLAIMED}: " if len(sources) == 1 else ""
    return who + (", ".join(said) or f"nothing new in {total.read}")


def table(tally: Tally) -> list[dict[str, str | int]]:
    """Rows of the run's table artifact."""
    return [
        {
            "source": source or UNCLAIMED,
            "layout": layout or UNKNOWN,
            "read": total.read,
            "new": total.new,
            "changed": total.changed,
            "unchanged": total.unchanged,
            "quarantined": total.quarantined,
        }
        for (source, layout), total in by_source_and_layout(tally).items()
    ]


async def tell(flow_run_id: UUID, tally: Tally) -> None:
    """Leave the table in the dashboard and name the run by its result."""
    await acreate_table_artifact(
        key="ingest-result", table=table(tally), description=f"**{summary(tally)}**, by source and layout"
    )
    async with get_client() as client:
        await client.update_flow_run(flow_run_id, name=run_name(tally))
