"""The wire as an Atom feed (RFC 4287): silent edits and what vanished, newest first."""

from __future__ import annotations

from datetime import UTC, datetime

from flows.html_page import LINKABLE, escaped
from flows.reporting.edits_page import class_of, edit_html
from flows.reporting.edits_told import Told
from flows.reporting.wire import Wire, entry_id, feed_id

MOST_FED = 200  # entries: readers ask for all of it every hour


def feed(wire: Wire) -> str:
    """The feed; the same publication gives the same bytes."""
    told = sorted([*wire.silent, *wire.vanished], key=_told_at, reverse=True)[:MOST_FED]
    updated = max(map(_told_at, told), default=wire.published_at)
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>{feed_id(wire.period)}</id>
<title>{escaped(wire.title)}</title>
<subtitle>Edits that a page does not own up to, and releases that vanished, with both looks cited</subtitle>
<updated>{_time(updated)}</updated>
<author><name>communique</name></author>
<generator>communique</generator>
{"".join(map(_entry, told))}</feed>
"""


def _told_at(told: Told) -> datetime:
    return told.told_at or datetime.min.replace(tzinfo=UTC)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _entry(told: Told) -> str:
    link = f'<link rel="related" href="{escaped(told.url)}"/>' if LINKABLE.fullmatch(told.url or "") else ""
    source = f'<category term="{escaped(told.source)}" label="source"/>' if told.source else ""
    return f"""<entry>
<id>{entry_id(told)}</id>
<title>{escaped(f"{told.title} ({class_of(told)})")}</title>
<updated>{_time(_told_at(told))}</updated>
{link}<category term="{escaped(told.what or "")}" label="class"/>{source}
<content type="html">{escaped(edit_html(told))}</content>
</entry>
"""
