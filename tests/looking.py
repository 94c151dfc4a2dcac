"""Looks over time, as a WARC file or as captures: what was there, what was not, and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from homes import NOW, mission_page

from parsers.identity import capture_id, release_id
from parsers.release import Capture, Listing, Role, Served, sha256
from seeds.source import Source

START = datetime(2024, 3, 1, tzinfo=UTC)
PAGE = "http://aa.china-embassy.org/eng/zgxw/t1.htm"
LIST = "https://alpha.example/news/"
ALPHA = Source("alpha", "Ministry", "verified", urls=("alpha.example/",), lists=(LIST,))
SOFT = "<html><head><title>系统维护</title></head><body>您访问的页面不存在或已删除!</body></html>"


@dataclass(frozen=True)
class Look:
    """A look at a page: on which day (and hour) from START, and the body, or the status that came instead."""

    day: float
    body: str | int = mission_page()
    url: str = PAGE

    @property
    def at(self) -> datetime:
        return START + timedelta(days=self.day)


def write_looks(path: Path, looks: Iterable[Look]) -> Path:
    """A WARC file of looks, as a crawler would have kept them."""
    with path.open("wb") as file:
        for look in looks:
            status = look.body if isinstance(look.body, int) else 200
            body = (look.body if isinstance(look.body, str) else "").encode()
            kind = "text/html; charset=utf-8" if body.startswith(b"<") else "text/plain; charset=utf-8"
            block = f"HTTP/1.1 {status} .\r\nContent-Type: {kind}\r\n\r\n".encode() + body
            head = {
                "WARC-Type": "response",
                "WARC-Record-ID": f"<urn:uuid:{uuid5(NAMESPACE_URL, f'{look.url} {look.day}')}>",
                "WARC-Date": look.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "WARC-Target-URI": look.url,
                "Content-Type": "application/http; msgtype=response",
                "Content-Length": str(len(block)),
            }
            file.write(b"WARC/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in head.items()).encode() + b"\r\n")
            file.write(block + b"\r\n\r\n")
    return path


def captured(url: str, raw: str, role: Role = "page", at: datetime = NOW) -> Capture:
    """A look of ALPHA's at a page or a list, whose body lies nowhere."""
    digest = sha256(raw.encode())
    return Capture(
        capture_id=capture_id(url, None, at, digest),
        release_id=release_id(url, None, ""),
        source=ALPHA.id,
        url=url,
        given_id=None,
        captured_at=at,
        outcome="ok",
        reason=None,
        content_type="text/html",
        raw_sha256=digest,
        raw_bytes=len(raw),
        listing=Listing(),
        warc_file="a.warc",
        warc_offset=0,
        part_start=None,
        part_bytes=None,
        landed_at=NOW,
        run_id="run",
        role=role,
        served=Served(200, url, None, None, None, 1),
    )
