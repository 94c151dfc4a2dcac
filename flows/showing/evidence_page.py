"""The evidence of a page as one HTML file."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Any

from flows.html_page import escaped, html_page
from flows.output import plain
from flows.showing.kept_page import KeptPage
from parsers.evidence import Evidence, Line
from parsers.release import Release

_STYLE = """
ol { list-style: none; padding: 0; }
li { display: grid; grid-template-columns: 11rem 1fr; gap: 1rem; padding: .15rem .5rem;
  border-left: .3rem solid var(--edge); }
li p { margin: 0; } .what { font-size: .8rem; padding-top: .15rem; }
.title, .subtitle { border-color: #2e8b57; } .title p { font-weight: 700; } .date { border-color: #1f8ea3; }
.breadcrumb { border-color: #3b6fd4; } .caption { border-color: #a03fb0; } .unread { border-color: #c08a00; }
.body { border-color: var(--ink); } .chrome p, .chrome summary { color: var(--soft); }
.chrome p { text-decoration: line-through; } summary { cursor: pointer; padding: .15rem .5rem; font-size: .8rem; }
@media (max-width: 40rem) { li { grid-template-columns: 1fr; gap: 0; } }
@media print { details > * { display: block; } }
"""
_RUN = 6  # lines of chrome in a row that are folded away


def about(kept: KeptPage, evidence: Evidence) -> dict[str, Any]:
    """Where a page comes from and what was read from it; what is not known is left out."""
    read = evidence.read
    known: dict[str, Any] = {
        "release_id": kept.release_id,
        "source": kept.source,
        "url": kept.page.url,
        "captured_at": kept.captured_at,
        "raw_sha256": kept.raw_sha256,
        "kept_in": kept.where,
        "refused": kept.refused,
        "layout": read.layout,
        "revision": read.revision,
    }
    if isinstance(read, Release):
        known |= {"kind": read.kind, "language": read.language, "text_sha256": read.text_sha256}
        known["published"] = [f"{given.day} ({given.method}: {given.text})" for given in read.dates]
    else:
        known |= {"error": read.error, "reason": read.reason, "todo": read.todo}
        known["fits"] = [name for name, fits in evidence.fits.items() if fits]
    return {name: value for name, value in known.items() if value not in (None, [], "")}


def said(value: Any) -> str:
    """A value of `about` for people."""
    return ", ".join(map(plain, value)) if isinstance(value, list) else plain(value)


def evidence_page(kept: KeptPage, evidence: Evidence) -> str:
    """A self-contained HTML page: where the page comes from, and each line of it with what it is."""
    read = evidence.read
    title = read.title if isinstance(read, Release) else f"Not read: {read.error}"
    lines = "".join(_run(list(group), part) for part, group in groupby(evidence.lines, key=lambda line: line.part))
    counts = Counter(line.part for line in evidence.lines)
    counted = ", ".join(f"{count} {part}" for part, count in counts.items()) or "no lines"
    body = f"<h1>{escaped(title)}</h1>{_head(kept, evidence)}<p>{escaped(counted)}</p><ol>{lines}</ol>"
    return html_page(f"Evidence: {title}", body, _STYLE)


def _head(kept: KeptPage, evidence: Evidence) -> str:
    facts = about(kept, evidence)
    items = (f"<dt>{escaped(name)}</dt><dd>{escaped(said(value))}</dd>" for name, value in facts.items())
    return f"<dl>{''.join(items)}</dl>"


def _run(lines: list[Line], part: str) -> str:
    items = "".join(map(_item, lines))
    if part != "chrome" or len(lines) < _RUN:
        return items
    return f"<li class='chrome'><details><summary>{len(lines)} lines of chrome</summary><ol>{items}</ol></details></li>"


def _item(line: Line) -> str:
    what = f"{line.part}: {line.rule}" if line.rule else line.part
    return f"<li class='{line.part}'><span class='what'>{escaped(what)}</span><p>{escaped(line.text)}</p></li>"
