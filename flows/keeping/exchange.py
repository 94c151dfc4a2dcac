"""A request and its answer as WARC records, and what became of the look, written the moment it is over.

    request     response    each hop of a redirect, then the last; with the bytes as they were sent
    request     revisit     where the body is the one of the look before: "not modified", or the same bytes
    metadata                the look: its outcome, listing, source; what the line goes on from

From the metadata record alone a look comes back whose run was killed before it landed.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from io import RawIOBase
from typing import Any

import orjson
from fastwarc.warc import WarcRecordType

from flows.answers import Answer
from flows.keeping.ledger import digest, write_record
from flows.looks import Dropped, Kept, Loaded
from parsers.release import Before, Listing, Served, sha256

LOOK_TYPE = "application/json; profile=communique-look"
_HTTP = "application/http; msgtype="
_PROFILE = "http://netpreserve.org/warc/1.1/revisit/"


def write_exchange(file: RawIOBase, name: str, look: Loaded, answer: Answer | None) -> Loaded:
    """Append what was asked and answered, and the look that it makes.

    Args:
        name: of the file in the archive.
        look: with `before` where the body before it is the same.
        answer: None where none came, or none was asked for.

    Returns:
        The look, with the place of its body.
    """
    assert look.captured_at is not None  # what is fetched has a time
    place = None
    if answer is not None:
        for hop in answer.hops:
            _write_pair(file, hop, None, blank=look.dropped is not None)
        place = _write_pair(file, answer, look.before, blank=look.dropped is not None)
    at = file.tell() if place is None else place
    kept = replace(look, kept=Kept(name, at))
    write_record(file, _said(kept), WarcRecordType.metadata, look.captured_at, _beside(look, answer))
    return kept


def _beside(look: Loaded, answer: Answer | None) -> dict[str, str]:
    peer = {"WARC-IP-Address": answer.peer} if answer and answer.peer else {}
    return {"Content-Type": LOOK_TYPE, "WARC-Target-URI": look.url or "", **peer}


def _write_pair(file: RawIOBase, answer: Answer, before: Before | None, *, blank: bool) -> int:
    name = f"urn:uuid:{uuid.uuid4()}"
    common = {"WARC-Target-URI": answer.final_url, **({"WARC-IP-Address": answer.peer} if answer.peer else {})}
    asked = {"Content-Type": f"{_HTTP}request", "WARC-Concurrent-To": f"<{name}>", **common}
    write_record(file, answer.request, WarcRecordType.request, answer.asked_at, asked)
    head = _head(answer)
    kind, block, more = WarcRecordType.response, head + answer.coded, {"WARC-Payload-Digest": _payload(answer)}
    if before is not None:
        profile = "server-not-modified" if answer.status == 304 else "identical-payload-digest"
        kind, block = WarcRecordType.revisit, head
        more = {
            "WARC-Profile": _PROFILE + profile,
            "WARC-Refers-To-Target-URI": before.final_url,
            "WARC-Refers-To-Date": f"{before.captured_at:%Y-%m-%dT%H:%M:%S.%fZ}",
            **(more if answer.status != 304 else {}),
        }
    if blank:  # its release was taken down
        block, more = f"{answer.http} {answer.status} \r\n\r\n".encode(), {"WARC-Truncated": "unspecified"}
    elif answer.too_large:
        more["WARC-Truncated"] = "length"
    said = {"Content-Type": f"{_HTTP}response", **common, **more}
    return write_record(file, block, kind, answer.asked_at, said, record_id=name.removeprefix("urn:"))


def _payload(answer: Answer) -> str:
    return digest(sha256(answer.coded))


def _head(answer: Answer) -> bytes:
    """The head of an answer; chunks are undone, so its length is said instead."""
    lines = [f"{answer.http} {answer.status} {answer.phrase}".rstrip()]
    framing = ("transfer-encoding", "content-length")
    lines += [f"{name}: {value}" for name, value in answer.headers if name.lower() not in framing]
    if answer.status not in (204, 304):
        lines.append(f"Content-Length: {len(answer.coded)}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "replace")


def _said(look: Loaded) -> bytes:
    kept = look.kept
    assert kept is not None
    values = {
        "url": look.url,
        "captured_at": look.captured_at,
        "content_type": look.content_type,
        "outcome": look.outcome,
        "reason": look.reason,
        "source": look.source,
        "role": look.role,
        "listing": asdict(look.listing),
        "served": asdict(look.served) if look.served else None,
        "before": asdict(look.before) if look.before else None,
        "dropped": look.dropped.raw_bytes if look.dropped else None,
        "raw_sha256": look.dropped.raw_sha256 if look.dropped else sha256(look.raw),
        "warc_offset": kept.warc_offset,
    }
    return orjson.dumps(values, option=orjson.OPT_UTC_Z)


@dataclass(frozen=True, slots=True)
class Written:
    """A look as its metadata record has it, without its body."""

    look: Loaded
    raw_sha256: str


def read_look(said: bytes, name: str) -> Written:
    """A look from its metadata record in the file of that name; `raw` is still to be read from its place."""
    values: dict[str, Any] = orjson.loads(said)
    values["captured_at"] = datetime.fromisoformat(values["captured_at"])
    values["listing"] = Listing(**values["listing"])
    values["served"] = Served(**values["served"]) if values["served"] else None
    values["before"] = _before(values["before"])
    kept = Kept(name, values.pop("warc_offset"))
    raw_sha256 = values.pop("raw_sha256")
    size = values.pop("dropped", None)  # older ones do not say
    values["dropped"] = None if size is None else Dropped(raw_sha256, size)
    return Written(Loaded(b"", str(values["url"]), kept=kept, **values), raw_sha256)


def _before(values: Mapping[str, Any] | None) -> Before | None:
    if values is None:
        return None
    parts = {
        "captured_at": datetime.fromisoformat(values["captured_at"]),
        "listing": Listing(**values["listing"]),
        "place": tuple(values["place"]),
    }
    return Before(**{**values, **parts})
