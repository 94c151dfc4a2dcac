"""What `show --cite` prints: how to cite a release or one version of it, and whether the archive bears it out.

The record that the citation names is read where it says, with no network: its digests must hold, its body must be
the one that was kept, and today's parser must read the text that is cited from it. Where that fails, or the file is
gone, the citation is given all the same, with `not verified:` and why, and the exit code is 1: a script that cites
must not take it for borne out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from fastwarc.warc import ArchiveIterator

from flows.keeping.archive import body_at_place
from flows.keeping.warc_files import path_of
from flows.output import plain, print_json
from flows.settings import settings
from flows.showing.kept_page import release_called
from parsers import read
from parsers.errors import ArchiveMissing, QueryError
from parsers.release import Listing, Page, Release, sha256
from warehouse.read import ask

FAILED = 1
_OF_VERSION = re.compile(r"(.+)@(\d{1,9})")
_DIGESTS = ("WARC-Payload-Digest", "WARC-Block-Digest")
# The first look that shows a version proves the most: from then on it was there.
_CITED = """
    SELECT r.release_id, r.issuer, v.title, r.published_on, r.published_precision, r.language, r.versions, v.version,
        v.text_sha256, c.url, c.capture_id, c.captured_at, c.content_type, c.listing_title, c.listing_published,
        c.raw_sha256, c.warc_file, c.warc_offset, c.part_start, c.part_bytes
    FROM versions v JOIN releases r USING (release_id)
    LEFT JOIN captures c ON c.release_id = v.release_id AND c.text_sha256 = v.text_sha256 AND c.role = 'page'
        AND (c.captured_at >= v.first_captured_at OR v.first_captured_at IS NULL)
        AND (c.captured_at <= v.last_captured_at OR v.last_captured_at IS NULL)
    WHERE v.release_id = $release_id AND v.version = coalesce($version, r.versions)
    ORDER BY c.captured_at NULLS LAST, c.raw_sha256, c.capture_id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Record:
    """A WARC record as it stands in its file."""

    record_id: str
    digest: str | None
    sound: bool | None
    """Whether its block is the one that its digest names; None where it has no digest of its block."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the archive says of a citation; `why` is '' where it bears it out."""

    record: Record | None
    why: str


def show_citation(word: str, *, as_json: bool, home: Path | None) -> int:
    """Print how to cite a release, or RELEASE@2: a version of one; 1 where the archive does not bear it out.

    Raises:
        QueryError: none is called so, it was never read, or it has no such version.
    """
    place = settings({"home": home}).home
    cited = cited_version(place, word)
    verdict = verified(place, cited)
    if as_json:
        print_json([csl(cited, verdict)])
    else:
        _print(cited, verdict)
    return FAILED if verdict.why else 0


def cited_version(home: Path, word: str) -> dict[str, Any]:
    """What is cited: a version of a release, and the first look that shows it."""
    release_id, version = _called(home, word)
    found = ask(home, _CITED, {"release_id": release_id, "version": version})
    if not found.rows:
        todo = f"`communique show {release_id[:12]} --evidence` says what is known of it"
        what = f"it has no version {version}" if version else "it was never read"
        raise QueryError(what, where=release_id, todo=todo)
    return dict(zip(found.columns, found.rows[0], strict=True))


def _called(home: Path, word: str) -> tuple[str, int | None]:
    """Release and version; a URL may have an @ of its own."""
    named = _OF_VERSION.fullmatch(word)
    try:
        return release_called(home, word), None
    except QueryError:
        if named is None:
            raise
    return release_called(home, named[1]), int(named[2])


def verified(home: Path, cited: Mapping[str, Any]) -> Verdict:
    """Whether the record that a citation names bears it out, read anew from its file."""
    if cited["capture_id"] is None:
        return Verdict(None, "no look of this publication shows the text")
    record: Record | None = None
    try:
        record = record_at(path_of(home, cited["warc_file"]), cited["warc_offset"])
        if record.sound is False:
            return Verdict(record, f"the record is damaged: its digest {record.digest} does not fit its block")
        raw = body_at_place(home, (cited["warc_file"], cited["warc_offset"], cited["part_start"], cited["part_bytes"]))
    except ArchiveMissing as error:
        return Verdict(record, str(error))
    if sha256(raw) != cited["raw_sha256"]:
        return Verdict(record, f"the body in the record is not the one that was kept, {cited['raw_sha256']}")
    return Verdict(record, _otherwise(cited, raw))


def _otherwise(cited: Mapping[str, Any], raw: bytes) -> str:
    listing = Listing(cited["listing_title"], cited["listing_published"])
    release = read(Page(raw, cited["content_type"], listing, cited["url"]))
    if isinstance(release, Release) and release.text_sha256 == cited["text_sha256"]:
        return ""
    today = f"text {release.text_sha256}" if isinstance(release, Release) else f"{release.error}: {release.reason}"
    return (
        f"the body is the one that was kept, but the parser changed since this publication and reads {today}; "
        "run `communique reparse` and cite again"
    )


def record_at(path: Path, offset: int) -> Record:
    """The record that begins at a byte of a WARC file.

    Raises:
        ArchiveMissing: the file is gone, or no record begins there.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            for record in ArchiveIterator(file, parse_http=False):
                headers = record.headers
                sound = record.verify_block_digest() if headers.get("WARC-Block-Digest") else None
                digest = next((headers.get(name) for name in _DIGESTS if headers.get(name)), None)
                return Record((headers.get("WARC-Record-ID") or "").strip("<>"), digest, sound)
    except OSError as error:
        raise ArchiveMissing(f"`{path}` cannot be read: {error.strerror or error}") from error
    raise ArchiveMissing(f"no record begins at byte {offset} of `{path}`")


def _about(cited: Mapping[str, Any], verdict: Verdict) -> dict[str, Any]:
    record = verdict.record
    return {
        "release_id": cited["release_id"],
        "version": cited["version"],
        "versions": cited["versions"],
        "text_sha256": cited["text_sha256"],
        "capture_id": cited["capture_id"],
        "captured_at": cited["captured_at"],
        "raw_sha256": cited["raw_sha256"],
        "warc_file": cited["warc_file"],
        "warc_offset": cited["warc_offset"],
        "part_start": cited["part_start"],
        "part_bytes": cited["part_bytes"],
        "warc_record_id": record.record_id if record else None,
        "warc_digest": record.digest if record else None,
    }


def csl(cited: Mapping[str, Any], verdict: Verdict) -> dict[str, Any]:
    """An item of CSL-JSON; what it has no name for stands under `custom`, as its schema wants."""
    known = {
        "author": [{"literal": cited["issuer"]}] if cited["issuer"] else None,
        "issued": _parts(cited["published_on"], cited["published_precision"]),
        "accessed": _parts(cited["captured_at"], "day"),
        "URL": cited["url"],
        "language": cited["language"],
        "archive_location": f"{cited['warc_file']}:{cited['warc_offset']}" if cited["warc_file"] else None,
    }
    return {
        "id": f"{cited['release_id']}@{cited['version']}",
        "type": "webpage",
        "title": cited["title"],
        "version": str(cited["version"]),
        **{name: value for name, value in known.items() if value is not None},
        "custom": {**_about(cited, verdict), "verified": not verdict.why, "why_not": verdict.why or None},
    }


def _parts(day: date | datetime | None, precision: str | None) -> dict[str, list[list[int]]] | None:
    if day is None:
        return None
    shown = {"year": 1, "month": 2}.get(precision or "", 3)
    return {"date-parts": [[day.year, day.month, day.day][:shown]]}


def _print(cited: Mapping[str, Any], verdict: Verdict) -> None:
    day = _parts(cited["published_on"], cited["published_precision"])
    dated = "-".join(f"{part:02}" for part in day["date-parts"][0]) if day else "n.d."
    seen = plain(cited["captured_at"]) or "at an unknown time"
    parts = (cited["issuer"] or "Issuer unknown", cited["title"], dated, cited["url"])
    head = ". ".join(" ".join(plain(part).split()).removesuffix(".") for part in parts if part)
    click.echo(f"{head}. Version {cited['version']} of {cited['versions']}, captured {seen}.\n")
    for name, value in _about(cited, verdict).items():
        if value is not None:
            click.echo(f"{click.style(f'{name:<14}', dim=True)} {value if isinstance(value, int) else plain(value)}")
    held = "verified: the record stands there, its body is the one that was kept, and the text is read from it"
    click.echo(f"\nnot verified: {plain(verdict.why)}" if verdict.why else f"\n{held}")
