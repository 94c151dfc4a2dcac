"""A page as it was kept: found by what people type, its body read from the archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from flows.keeping.archive import body_at_place
from flows.loading.load import load
from flows.looks import Loaded
from parsers.errors import QueryError
from parsers.release import Listing, Page, sha256
from warehouse.read import ask

SHORTEST_ID = 4  # characters
_LIST = '`communique sql "SELECT release_id, title FROM releases"` lists what there is'
_FOUND = """
    SELECT release_id, any_value(url) AS url FROM captures
    WHERE role = 'page' AND (starts_with(release_id, $word) OR url = $word OR (url IS NULL AND given_id = $word))
    GROUP BY release_id ORDER BY release_id LIMIT 6
"""
# Ids have no words: what differs by more than a slip of the finger in so many characters is another one.
_NEAR = """
    WITH called AS (
        SELECT DISTINCT release_id, url FROM captures WHERE role = 'page'
    ),
    near AS (
        SELECT url AS name, damerau_levenshtein(url, $word) AS slips FROM called
        WHERE $word LIKE 'http%' AND abs(length(url) - length($word)) <= 3
        UNION ALL
        SELECT left(release_id, greatest(length($word), 12)),
            damerau_levenshtein(left(release_id, length($word)), lower($word))
        FROM called WHERE length($word) >= 6 AND NOT contains($word, '/')
    )
    SELECT DISTINCT ON (slips, name) name FROM near
    WHERE slips <= CASE WHEN $word LIKE 'http%' THEN 3 ELSE 1 END ORDER BY slips, name LIMIT 2
"""
_LOOK = """
    SELECT url, captured_at, content_type, listing_title, listing_published, source, raw_sha256,
        warc_file, warc_offset, part_start, part_bytes
    FROM captures
    WHERE release_id = $release_id AND role = 'page' AND outcome IN ('ok', 'not_modified') AND warc_file IS NOT NULL
    ORDER BY captured_at DESC NULLS LAST, raw_sha256 LIMIT 1
"""
_TAKEN_DOWN = """
    SELECT strftime(taken_down_at, '%Y-%m-%d'), reason FROM takedowns
    WHERE release_id = $release_id AND lifted_at IS NULL
"""
_REFUSED = """
    SELECT error || ': ' || reason AS why, todo FROM quarantine
    WHERE release_id = $release_id ORDER BY captured_at DESC NULLS LAST LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page and where it comes from.

    Attributes:
        release_id: None for a file.
        captured_at: time of the look, UTC; None where unknown.
        where: WARC file and offset, or the path of a file.
        refused: why it stands in quarantine although a layout may read it, '' where it does not.
    """

    page: Page
    release_id: str | None
    source: str | None
    captured_at: datetime | None
    raw_sha256: str
    where: str
    refused: str = ""


def kept_page(home: Path, word: str) -> KeptPage:
    """The page of a release as it was last seen, or the first page of a file.

    Args:
        word: an id or how it begins, a URL, or a path.

    Raises:
        QueryError: nothing, or more than one release, is called so; or no body of it was kept.
        ArchiveMissing: the WARC file is gone.
    """
    path = Path(word)
    if path.is_file():
        return _of_file(path)
    release_id = release_called(home, word)
    refuse_taken_down(home, release_id)
    found = ask(home, _LOOK, {"release_id": release_id})
    refused, todo = why_refused(home, release_id)
    if not found.rows:
        raise QueryError(refused or "no look at this release brought a page", where=release_id, todo=todo or _LIST)
    look: dict[str, Any] = dict(zip(found.columns, found.rows[0], strict=True))
    place = (look["warc_file"], look["warc_offset"], look["part_start"], look["part_bytes"])
    listing = Listing(look["listing_title"], look["listing_published"])
    page = Page(body_at_place(home, place), look["content_type"], listing, look["url"])
    where = f"{look['warc_file']}:{look['warc_offset']}"
    return KeptPage(page, release_id, look["source"], look["captured_at"], look["raw_sha256"], where, refused)


def refuse_taken_down(home: Path, release_id: str) -> None:
    """Say that a release was taken down, where it was.

    Raises:
        QueryError: with the day, and the reason that was given.
    """
    if not ask(home, "FROM duckdb_tables() WHERE table_name = 'takedowns'").rows:
        return  # published by an older version, which took nothing down
    for day, reason in ask(home, _TAKEN_DOWN, {"release_id": release_id}).rows:
        raise QueryError(f"taken down on {day}: {reason}", where=release_id)


def why_refused(home: Path, release_id: str) -> tuple[str, str]:
    """Why the last look at a release stands in quarantine, and what to do; '' where it does not."""
    rows = ask(home, _REFUSED, {"release_id": release_id}).rows
    return (str(rows[0][0]), str(rows[0][1])) if rows else ("", "")


def release_called(home: Path, word: str) -> str:
    """The id of the one release that is called so.

    Raises:
        QueryError: none is, or more than one.
    """
    if len(word) < SHORTEST_ID:
        raise QueryError(f"`{word}` is too short for an id", todo=f"Give {SHORTEST_ID} characters of it or more")
    rows = ask(home, _FOUND, {"word": word}).rows
    if not rows:
        near = ask(home, _NEAR, {"word": word}).rows
        named = " or ".join(f"`{name}`" for (name,) in near)
        raise QueryError(f"no release is called `{word}`", todo=f"Did you mean {named}? {_LIST}" if near else _LIST)
    if len(rows) > 1:
        several = ", ".join(f"{release_id[:12]} ({url})" for release_id, url in rows[:5])
        more = " and others" if len(rows) > 5 else ""
        raise QueryError(f"several releases are called so: {several}{more}", todo="Give more of its id")
    return str(rows[0][0])


def _of_file(path: Path) -> KeptPage:
    steps = load([path], lambda _: None)
    look = next((step for step in islice(steps, 2) if isinstance(step, Loaded)), None)
    if look is None or look.outcome != "ok":
        raise QueryError(look.reason if look and look.reason else "no page stands in it", where=str(path))
    page = Page(look.raw, look.content_type, look.listing, look.url)
    return KeptPage(page, None, None, look.captured_at, sha256(look.raw), str(path))
