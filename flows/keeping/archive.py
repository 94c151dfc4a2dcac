"""The archive: every body first, unchanged, in standard WARC; nothing looks at it before.

    archive/20261124T093000Z-1a2b3c4d-00001.warc.gz
        warcinfo                    who wrote it
        resource                    a body, as it came (one record a body; a feed is one body)
        request, response, metadata what was fetched: see flows/keeping/exchange.py
        ...
        metadata                    the ledger of the batch: one JSON line a capture, with all that
                                    its row came from and where its body lies

A batch is fsynced as a whole before its rows are committed. Each run writes files of its own, so
that a record cut by a crash is only ever the last of a file: it was never acknowledged, and replay
stops there. The ledger refers to bodies by file, offset and part; a body that is kept already, or
that lies in a WARC file of the user's, is not written again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from fastwarc.warc import WarcRecordType

from flows.answers import Answer
from flows.keeping.exchange import write_exchange
from flows.keeping.ledger import write_ledger, write_record
from flows.keeping.warc_files import SUFFIX, WarcFile, path_of
from flows.loading.warc import body_at
from flows.looks import Loaded, Whole
from parsers.errors import ArchiveMissing, HomeUnwritable, InputMalformed
from parsers.identity import capture_id, release_id
from parsers.release import NOWHERE, Capture, Place, sha256
from warehouse.home import ARCHIVE

ROTATE_AT = 1_000_000_000  # bytes
_NOT_YET: Place = ("", -1, None, None)


def draft(loaded: Loaded, *, source: str | None, now: datetime, run_id: str) -> Capture:
    """The capture of a look, before its body has a place in the archive."""
    was = loaded.before or loaded.dropped
    raw = was.raw_sha256 if was else sha256(loaded.raw)
    name, offset, start, length = NOWHERE if loaded.dropped else _NOT_YET
    return Capture(
        capture_id=capture_id(loaded.url, loaded.given_id, loaded.captured_at, raw),
        release_id=release_id(loaded.url, loaded.given_id, raw),
        source=source,
        url=loaded.url,
        given_id=loaded.given_id,
        captured_at=loaded.captured_at,
        outcome=loaded.outcome,
        reason=loaded.reason,
        content_type=loaded.content_type,
        raw_sha256=raw,
        raw_bytes=was.raw_bytes if was else len(loaded.raw),
        listing=loaded.listing,
        warc_file=name,
        warc_offset=offset,
        part_start=start,
        part_bytes=length,
        landed_at=now,
        run_id=run_id,
        role=loaded.role,
        served=loaded.served,
    )


class Archive:
    """Writes batches; one writer, one run."""

    def __init__(self, home: Path, now: datetime, run_id: str) -> None:
        self._folder = home / ARCHIVE
        self._stem = f"{now:%Y%m%dT%H%M%SZ}-{run_id[:8]}"
        self._now = now
        self._count = 0
        self._file: WarcFile | None = None
        self._name = ""
        self._whole: tuple[Whole, Place] | None = None
        self._unlanded = 0
        """Looks that were fetched and have not landed."""

    def keep(self, look: Loaded, answer: Answer | None) -> Loaded:
        """Put what was fetched into the file at once, where a killed run leaves it; gives the look with its place.

        Raises:
            HomeUnwritable: the disk is full; nothing of the look is kept.
        """
        with self._appending() as file:
            kept = write_exchange(file, self._name, look, answer)
        self._unlanded += 1
        return kept

    def landed(self) -> None:
        """All that was kept has landed."""
        self._unlanded = 0

    def write(self, looks: Sequence[tuple[Capture, Loaded]], kept: Mapping[str, Place]) -> list[Capture]:
        """Put a batch on disk, fsynced.

        Args:
            looks: drafts with what was loaded.
            kept: places of bodies that are archived already, by raw hash.

        Returns:
            The captures with the places of their bodies.

        Raises:
            HomeUnwritable: the disk is full; the file is as it was before the batch, and is not written to again.
        """
        if not looks:
            return []
        with self._appending() as file:
            placed: dict[str, Place] = dict(kept)
            captures = []
            for capture, loaded in looks:
                place = self._place(file, capture, loaded, placed)
                # A file of the user's may go: nothing may hang on it.
                if place != NOWHERE and (loaded.kept is None or loaded.kept.ours):
                    placed[capture.raw_sha256] = place
                captures.append(_at(capture, place))
            write_ledger(file, captures, captures[0].landed_at)
            os.fsync(file.fileno())
        return captures

    def note(self, kind: str, words: bytes, when: datetime) -> None:
        """Append a record of its own that is no look, fsynced."""
        with self._appending() as file:
            write_record(file, words, WarcRecordType.metadata, when, {"Content-Type": kind})
            os.fsync(file.fileno())

    @contextmanager
    def _appending(self) -> Iterator[WarcFile]:
        start = 0
        try:
            file = self._open()
            start = file.tell()
            yield file
        except BaseException as error:
            if self._file is not None:
                self._undo(start)
            if not isinstance(error, OSError):
                raise
            raise HomeUnwritable(f"the archive cannot be written: {error.strerror}", where=str(self._folder)) from error

    def _undo(self, start: int) -> None:
        # Closed for good: a gzip writer that was interrupted would still write its rest when it is dropped.
        assert self._file is not None
        os.ftruncate(self._file.fileno(), start)
        self.close()

    def _open(self) -> WarcFile:
        if self._file is not None and self._file.tell() >= ROTATE_AT and not self._unlanded:
            self.close()
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._count += 1
            self._name = f"{self._stem}-{self._count:05d}{SUFFIX}"
            self._file = WarcFile(self._folder / self._name)
            words = b"software: communique\r\nformat: WARC File Format 1.1\r\n"
            kind = {"Content-Type": "application/warc-fields"}
            write_record(self._file, words, WarcRecordType.warcinfo, self._now, kind)
        return self._file

    def _place(self, file: WarcFile, capture: Capture, loaded: Loaded, placed: Mapping[str, Place]) -> Place:
        if loaded.dropped is not None:
            return NOWHERE
        if loaded.before is not None:
            return loaded.before.place
        if loaded.kept is not None:
            return (loaded.kept.warc_file, loaded.kept.warc_offset, None, None)
        if loaded.part is not None:
            name, offset, _, _ = self._place_of_whole(file, loaded.part.whole)
            return (name, offset, loaded.part.start, loaded.part.length)
        if capture.raw_sha256 in placed:
            return placed[capture.raw_sha256]
        named = f"urn:communique:id:{quote(capture.given_id, safe='')}" if capture.given_id else None
        headers = {
            "Content-Type": _record_type(capture.content_type),
            "WARC-Target-URI": capture.url or named or f"urn:sha256:{capture.raw_sha256}",
            **({"WARC-Truncated": "length"} if loaded.outcome == "too_large" else {}),
        }
        return self._resource(file, loaded.raw, capture.captured_at, headers, capture.raw_sha256)

    def _place_of_whole(self, file: WarcFile, whole: Whole) -> Place:
        if whole.kept is not None:
            return (whole.kept.warc_file, whole.kept.warc_offset, None, None)
        if self._whole is None or self._whole[0] is not whole:
            digest = sha256(whole.raw)
            headers = {"Content-Type": whole.content_type, "WARC-Target-URI": whole.url or f"urn:sha256:{digest}"}
            self._whole = (whole, self._resource(file, whole.raw, whole.captured_at, headers, digest))
        return self._whole[1]

    def _resource(
        self, file: WarcFile, raw: bytes, when: datetime | None, headers: Mapping[str, str], raw_sha256: str
    ) -> Place:
        offset = write_record(file, raw, WarcRecordType.resource, when or self._now, headers, raw_sha256)
        return (self._name, offset, None, None)

    def close(self) -> None:
        """Close the file; a later batch opens the next."""
        if self._file is not None:
            self._file.finish(landed=not self._unlanded)
            self._file = None
            self._whole = None


def _record_type(content_type: str | None) -> str:
    # By application/http, readers would take the body for a message with headers of its own.
    if content_type is None or content_type.lower().startswith("application/http"):
        return "application/octet-stream"
    return content_type


def _at(capture: Capture, place: Place) -> Capture:
    name, offset, start, length = place
    return replace(capture, warc_file=name, warc_offset=offset, part_start=start, part_bytes=length)


def body_of(home: Path, capture: Capture) -> bytes:
    """The body of a capture, from the archive or from the user's WARC file.

    Raises:
        ArchiveMissing: the file is gone, or the bytes are not those that were kept.
    """
    raw = body_at_place(home, capture.place)
    if sha256(raw) != capture.raw_sha256:
        path = path_of(home, capture.warc_file)
        raise ArchiveMissing(f"the body at byte {capture.warc_offset} of `{path}` is not the one that was kept")
    return raw


def body_at_place(home: Path, place: Place) -> bytes:
    """The body at a place, from the archive or from the user's WARC file.

    Raises:
        ArchiveMissing: the file is gone, or no body stands there.
    """
    name, offset, start, length = place
    path = path_of(home, name)
    try:
        raw = body_at(path, offset)
    except InputMalformed as error:
        raise ArchiveMissing(f"no body stands at byte {offset} of `{path}`") from error
    return raw if start is None or length is None else raw[start : start + length]
