"""What killed runs fetched and did not land: it lands first, and is not fetched again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from flows.batches import BATCH_BYTES
from flows.keeping.archive import body_at_place
from flows.keeping.exchange import LOOK_TYPE, Written, read_look
from flows.keeping.ledger import metadata
from flows.keeping.warc_files import OPEN, cut_half, left_open
from flows.looks import Loaded
from flows.running import Run
from parsers.errors import ArchiveMissing
from parsers.identity import capture_id
from parsers.release import Place, sha256
from warehouse.known import captures_known, landed_up_to


def recovered(run: Run) -> Iterator[list[Loaded]]:
    """Looks that were kept and did not land, in batches; behind each file's last one the file is closed.

    What a batch of a killed run had put into the ledger already is read from the exchanges all the
    same: whatever landed of it is known, and adds nothing.
    """
    for path, file in left_open(run.home):
        name = path.name.removesuffix(OPEN)
        with run.writing():
            start = landed_up_to(run.store, name)  # what landed lies before, or is known by name
        cut_half(file, start)
        batch: list[Loaded] = []
        weight = 0
        for written in _unlanded(run, path, name, start):
            batch.append(_with_body(run.home, written))
            weight += len(batch[-1].raw)
            if len(batch) >= run.settings.batch_size or weight > BATCH_BYTES:
                yield batch
                batch, weight = [], 0
        if batch:
            yield batch
        path.rename(path.with_name(name))  # all in it has landed; the lock is still held


def _unlanded(run: Run, path: Path, name: str, start: int) -> Iterator[Written]:
    looks = [read_look(record.raw, name) for record in metadata(path, LOOK_TYPE, start=start)]
    keys = {_key(written): written for written in looks}
    with run.writing():
        known = captures_known(run.store, list(keys))
    return (written for key, written in keys.items() if key not in known)


def _key(written: Written) -> str:
    look = written.look
    raw = look.before.raw_sha256 if look.before else written.raw_sha256
    return capture_id(look.url, None, look.captured_at, raw)


def _with_body(home: Path, written: Written) -> Loaded:
    look = written.look
    if look.dropped or look.outcome == "not_modified" or written.raw_sha256 == sha256(b""):
        return look
    assert look.kept is not None
    place: Place = look.before.place if look.before else (look.kept.warc_file, look.kept.warc_offset, None, None)
    raw = body_at_place(home, place)
    if sha256(raw) != written.raw_sha256:
        raise ArchiveMissing(f"the body at byte {place[1]} of `{place[0]}` is not the one that was kept")
    return replace(look, raw=raw)
