"""Edits as HTML: what changed, of which class, between which two looks, and where both are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flows.html_page import escaped, html_page
from flows.output import plain
from flows.reporting.edits_told import Look, Told
from flows.reporting.wire import Wire
from flows.showing.redline import Paragraph, Piece, Redline

STYLE = """
article { border-top: 1px solid var(--edge); padding: .5rem 0; } article h3 { margin: .3rem 0; font-size: 1.05rem; }
.redline { border-left: .3rem solid var(--edge); padding-left: .8rem; } .redline p { margin: .4rem 0; }
.redline .title { font-weight: 700; } p.what { font-size: .85rem; } dd span { display: block; }
.class { border: 1px solid var(--edge); border-radius: .3rem; padding: 0 .4rem; font-size: .8rem; }
@media print { article { break-inside: avoid-page; } h2, h3 { break-after: avoid; } }
"""
CLASSES = {
    "removed_page": "the page is gone",
    "unlisted": "dropped from its list",
    "removed_paragraph": "a paragraph was removed",
    "changed_fact": "a number, a name or the title is another",
    "wording": "other words",
    "punctuation": "punctuation or space",
}
_TAGS = {"same": "", "went": "del", "came": "ins"}


def class_of(told: Told) -> str:
    """The class of an edit in words."""
    return CLASSES.get(told.what or "", "no edit is claimed")


def about(told: Told) -> dict[str, Any]:
    """What an edit is and on what evidence; a list has a line each, and what is not known is left out."""
    known: dict[str, Any] = {
        "release_id": told.release_id,
        "source": told.source,
        "class": f"{told.what}: {class_of(told)}" if told.what else class_of(told),
        "declared": None if told.declared is None else "yes" if told.declared else "no",
        "cause": told.cause,
        "note": told.note,
        "last look before": _cited(told.before, told.from_version, told.from_text_sha256),
        "first look after": _cited(told.after, told.to_version, told.to_text_sha256),
    }
    return {name: value for name, value in known.items() if value not in (None, "", [])}


def _cited(look: Look | None, version: int | None, text_sha256: str | None) -> list[str]:
    if look is None:
        return ["no look is kept"]
    lines = [
        f"{plain(look.captured_at) or 'time unknown'} ({look.outcome.replace('_', ' ')})",
        plain(look.url),
        f"WARC {look.warc_file}, offset {look.warc_offset}" if look.warc_file else "",
        f"body sha256 {look.raw_sha256}" if look.raw_sha256 else "",
        f"version {version}, text sha256 {text_sha256}" if version and text_sha256 else "",
    ]
    return [line for line in lines if line]


def pieces_html(pieces: Iterable[Piece]) -> str:
    """A paragraph's pieces; what went and came is told by element, not by colour alone."""
    return "".join(
        f"<{tag}>{escaped(text)}</{tag}>" if (tag := _TAGS[change]) else escaped(text) for change, text in pieces
    )


def edit_html(told: Told) -> str:
    """One edit without its title: redline and evidence; it reads well without any style, too."""
    facts = "".join(f"<dt>{escaped(name)}</dt><dd>{_value(value)}</dd>" for name, value in about(told).items())
    return f"{_redline_html(told.redline)}<dl>{facts}</dl>"


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "".join(f"<span>{escaped(line)}</span> " for line in value)
    return escaped(value)


def _redline_html(redline: Redline) -> str:
    return f"<div class='redline'>{''.join(map(_paragraph, redline))}</div>" if redline else ""


def _paragraph(shown: Paragraph | int) -> str:
    if isinstance(shown, int):
        return f"<p class='what'>{left_out(shown)}</p>"
    return f"<p class='{shown.field}' dir='auto'>{pieces_html(shown.pieces)}</p>"


def left_out(paragraphs: int) -> str:
    """So many paragraphs that did not change, in words."""
    return f"… {paragraphs:,} {'paragraph' if paragraphs == 1 else 'paragraphs'} as before …"


def diff_page(told: Told) -> str:
    """One edit as a page of its own."""
    return html_page(f"Edit: {told.title}", f"<h1 dir='auto'>{escaped(told.title)}</h1>{edit_html(told)}", STYLE)


def wire_page(wire: Wire) -> str:
    """The wire as a page: silent edits, what vanished, and apart the edits that their pages own up to."""
    counted = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in wire.counts.items() if count)
    parts = (
        ("Silent edits", wire.silent, wire.silent_count, "No page was edited without saying so."),
        ("Vanished", wire.vanished, wire.counts["vanished"], "Nothing vanished."),
        ("Edits that their pages declare", wire.declared, wire.counts["declared"], "None."),
    )
    sections = "".join(_section(*part) for part in parts)
    about_it = f"{wire.scope}, as published here on {plain(wire.published_at)}. {counted or 'Nothing was edited'}."
    body = f"<h1>{escaped(wire.title)}</h1><p>{escaped(about_it)}</p>{sections}"
    return html_page(wire.title, body, STYLE)


def _section(title: str, told: Sequence[Told], count: int, none: str) -> str:
    cut = f"<p class='what'>The latest {len(told):,} of {count:,}; --since, --until and --source narrow it.</p>"
    note = f"<p>{none}</p>" if not told else cut if count > len(told) else ""
    return f"<section><h2>{title}</h2>{note}{''.join(map(article, told))}</section>"


def article(told: Told) -> str:
    """One edit with its title, among others."""
    looks = (plain(look.captured_at) if look else "?" for look in (told.before, told.after))
    where = " · ".join(filter(None, (told.source, f"between {' and '.join(looks)}")))
    mark = f"<p><span class='class'>{escaped(class_of(told))}</span> {escaped(where)}</p>"
    return f"<article><h3 dir='auto'>{escaped(told.title)}</h3>{mark}{edit_html(told)}</article>"
