"""The sections on what ministries did: new releases, edits, what vanished, mirrors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flows.html_page import escaped, link
from flows.output import plain
from flows.reporting.charts import Told as Said
from flows.reporting.charts import lag_chart
from flows.reporting.edits_page import article
from flows.reporting.edits_told import Told, short_title
from flows.reporting.figures import Figures
from flows.reporting.parts import counted, figure, named, number, section, table, told

_PICTURED = 4  # mirrors from which their lag is a picture


def new_section(figures: Figures) -> str:
    """What is new, by source: day, title, kind."""
    new, listed, short = (figures.answers[name] for name in ("new", "listed", "short"))
    parts = [_of_source(figures, row) for row in range(len(new.rows))] or ["<p>Nothing new is known of these days.</p>"]
    count = new.rows and sum(row["releases"] for row in new.rows)
    if count and count > len(listed.rows):
        parts.insert(0, f"<p class='what'>The latest {told(len(listed.rows))} are listed; a shorter range has all.</p>")
    if short.rows[0]["undated"]:
        parts.append(
            f"<p class='what'>Without any day, of publication or of a look, and so in no range: "
            f"{counted(number(short, 0, 'undated'), short.rows[0]['undated'], 'release')}.</p>"
        )
    return section("new", "What is new", "".join(parts), new, listed)


def _of_source(figures: Figures, place: int) -> str:
    new, source = figures.answers["new"], figures.answers["new"].rows[place]["source"]
    rows = [row for row in figures.answers["listed"].rows if row["source"] == source]
    guessed = new.rows[place]["without_day"]
    note = f" <span class='what'>({number(new, place, 'without_day')} by the day of the first look)</span>"
    items = "".join(map(_release, rows))
    head = f"<h3>{named(source)}: {number(new, place, 'releases')}{note if guessed else ''}</h3>"
    return f"{head}<ul class='releases'>{items}</ul>"


def _release(row: dict[str, Any]) -> str:
    day = row["arrived_on"].isoformat()
    seen = "" if row["published"] else " <span class='kind'>first seen</span>"
    kind = escaped(str(row["kind"] or "").replace("_", " "))
    return (
        f"<li dir='auto'><time datetime='{day}'>{day}</time>{_linked(row)} <span class='kind'>{kind}</span>{seen}</li>"
    )


def _linked(row: dict[str, Any]) -> str:
    return link(row["url"], short_title(plain(row["title"])) or "without a title")


def edits_section(figures: Figures) -> str:
    """Edits as redlines; those that their pages own up to stand apart."""
    edits, short = figures.answers["edits"], figures.answers["short"]
    if not edits.rows:
        return section("edits", "Edits", "<p>No edit was seen on these days.</p>", edits)
    columns = (("source", "source"), ("edit_class", "class"), ("silent", "silent"), ("declared", "declared"))
    parts = [table(edits, columns)]
    for title, column, shown in (
        ("Silent edits", "silent_edits", figures.silent),
        ("Edits that their pages declare", "declared_edits", figures.declared),
    ):
        if short.rows[0][column]:
            parts.append(f"<h3>{title}: {number(short, 0, column)}</h3>{_cut(shown, short.rows[0][column])}")
            parts += map(article, shown)
    return section("edits", "Edits", "".join(parts), edits)


def _cut(shown: Sequence[Told], count: int) -> str:
    return f"<p class='what'>The latest {told(len(shown))} are shown.</p>" if count > len(shown) else ""


def gone_section(figures: Figures) -> str:
    """What was withdrawn, and what came back."""
    gone, short = figures.answers["gone"], figures.answers["short"]
    if not gone.rows:
        return section("gone", "Withdrawn and reappeared", "<p>Nothing vanished or came back on these days.</p>", gone)
    withdrawn, back = number(short, 0, "withdrawn"), number(short, 0, "reappeared")
    columns = (
        *(("source", "source"), ("title", "release"), ("evidence", "evidence"), ("last_seen_at", "last seen")),
        *(("gone_since_at", "gone since"), ("withdrawn_at", "certain since"), ("looks", "looks")),
        ("reappeared_at", "there again"),
    )
    titles = {"title": [*map(_linked, gone.rows)]}
    body = f"<p>{withdrawn} withdrawn, {back} there again.</p>{table(gone, columns, titles)}"
    return section("gone", "Withdrawn and reappeared", body, gone)


def mirrors_section(figures: Figures) -> str:
    """What other sites repeat, and how many days later."""
    mirrors, lags, short = (figures.answers[name] for name in ("mirrors", "lags", "short"))
    if not mirrors.rows:
        return section("mirrors", "Mirrors", "<p>No mirror came up on these days.</p>", mirrors)
    known = [(row["lag_days"], row["mirrors"]) for row in lags.rows if row["lag_days"] is not None]
    count = counted(number(short, 0, "mirrors"), short.rows[0]["mirrors"], "release repeats one", "releases repeat one")
    parts = [f"<p>{count} of another site.</p>"]
    if sum(count for _, count in known) >= _PICTURED:
        what = ", ".join(f"{count} after {lag} days" for lag, count in known[:50])
        drawn = lag_chart(Said("How much later mirrors came", what), known)
        parts.append(f"<div class='pictures'>{figure(drawn, 'Mirrors by the days that they came later.')}</div>")
    columns = (
        *(("source", "source"), ("arrived_on", "day"), ("title", "mirror"), ("canonical_source", "of")),
        *(("method", "method"), ("similarity", "alike"), ("lag_days", "lag in days")),
    )
    parts.append(table(mirrors, columns, {"title": [*map(_linked, mirrors.rows)]}))
    return section("mirrors", "Mirrors", "".join(parts), mirrors, lags)
