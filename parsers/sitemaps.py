"""Sitemaps and their indexes (sitemaps.org 0.9): bytes -> URLs with their last change. Pure."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from lxml import etree

from parsers.errors import InputMalformed, InputTooLarge
from parsers.page import name_of
from parsers.text import one_line

MAX_BYTES = 50 * 1024 * 1024  # the protocol's own bound, uncompressed
MAX_ENTRIES = 50_000  # likewise


@dataclass(frozen=True, slots=True)
class Mapped:
    """One entry: its URL, and the day or moment of its last change as it stands."""

    url: str
    changed: str | None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A `urlset` of pages, or an `index` of further sitemaps."""

    kind: Literal["urlset", "index"]
    entries: tuple[Mapped, ...]


def read_sitemap(raw: bytes) -> Sitemap:
    """Read a sitemap, gzipped or plain.

    Raises:
        InputMalformed: it is no sitemap.
        InputTooLarge: more bytes or entries than the protocol allows.
    """
    text = _plain(raw)
    root: str | None = None
    entries: list[Mapped] = []
    try:
        for event, element in etree.iterparse(
            BytesIO(text),
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            huge_tree=False,
            recover=False,
        ):
            name = name_of(element)
            root = root or name
            if event == "end" and name in ("url", "sitemap"):
                _take(element, entries)
                element.clear()
                if len(entries) > MAX_ENTRIES:
                    raise InputTooLarge(f"a sitemap of more than {MAX_ENTRIES:,} entries")
    except etree.XMLSyntaxError as error:
        raise InputMalformed(f"the sitemap is not XML: {error.msg}") from error
    if root not in ("urlset", "sitemapindex"):
        raise InputMalformed(f"a sitemap begins with urlset or sitemapindex, not {root}")
    return Sitemap("urlset" if root == "urlset" else "index", tuple(entries))


def _take(element: etree._Element, entries: list[Mapped]) -> None:
    said = {name_of(child): one_line(child.text or "") for child in element}
    if said.get("loc"):
        entries.append(Mapped(said["loc"], said.get("lastmod") or None))


def _plain(raw: bytes) -> bytes:
    if not raw.startswith(b"\x1f\x8b"):
        text = raw
    else:
        try:
            with gzip.open(BytesIO(raw)) as file:
                text = file.read(MAX_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise InputMalformed(f"the sitemap's gzip is broken: {error}") from error
    if len(text) > MAX_BYTES:
        raise InputTooLarge(f"a sitemap of more than {MAX_BYTES:,} bytes")
    return text
