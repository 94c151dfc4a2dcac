"""The frame of every HTML file that we write: one file, nothing of a page's runs in it, nothing is fetched.

All words of pages are escaped; a policy in the head forbids scripts, forms and any request, so that even a
mistake of ours could not bring a page to life.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

from flows.output import plain
from parsers.errors import QueryError

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --soft: #6b6b6b; --edge: #d9d9d9;
  --gone: #a31515; --gone-paper: #fdeaea; --here: #14652f; --here-paper: #e6f5ea; }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --paper: #161616; --soft: #9a9a9a;
  --edge: #3a3a3a; --gone: #ff9d9d; --gone-paper: #3a1b1b; --here: #8fdca8; --here-paper: #14301d; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
  max-width: 62rem; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.3rem; } h2 { font-size: 1.15rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; font-size: .85rem; }
dt, .what { color: var(--soft); } dd { margin: 0; }
del { color: var(--gone); background: var(--gone-paper); } ins { color: var(--here); background: var(--here-paper); }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } }
"""
# What an IRI may hold as it stands; whatever else a page's URL has, it is told as text alone.
LINKABLE = re.compile(r"https?://[\w.~:/?#@!$&'()*+,;=%\[\]-]{1,2000}", re.ASCII)
# Marks that turn the direction of what follows, and what XML 1.0 cannot hold.
_UNSAFE = dict.fromkeys(
    [0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF],
    "\ufffd",
)


def escaped(value: Any) -> str:
    """A value as HTML or XML text, attributes included: nothing in it acts on a browser, a reader or its neighbours."""
    return escape(plain(value).translate(_UNSAFE))


def link(url: str | None, words: str) -> str:
    """Words that lead to a page elsewhere, which does not learn from where; as text where its URL is no plain one."""
    shown = f"<bdi>{escaped(words)}</bdi>"
    if not LINKABLE.fullmatch(url or ""):
        return f"{shown} <span class='what'>{escaped(url)}</span>" if url else shown
    return f'<a href="{escaped(url)}" rel="noreferrer">{shown}</a>'


def html_page(title: str, body: str, style: str = "") -> str:
    """A self-contained page.

    Args:
        title: plain text.
        body: HTML of ours, all of a page's words in it escaped.
        style: rules beside those that all pages share.
    """
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<title>{escaped(title)}</title><style>{_STYLE}{style}</style></head>
<body>{body}</body></html>
"""


def write_page(path: Path, text: str, *, whole: bool = False) -> None:
    """Write a file.

    Args:
        whole: who reads it meanwhile gets the old one or the new one; the path must be a file.

    Raises:
        QueryError: it cannot be written.
    """
    target = path.with_name(f"{path.name}.new") if whole else path
    try:
        target.write_text(text, "utf-8")
        if whole:
            target.replace(path)
    except OSError as error:
        raise QueryError(f"cannot be written: {error.strerror}", where=str(path)) from error
