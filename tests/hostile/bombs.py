"""Bodies of kilobytes that unpack to a gigabyte; run as a program it takes one in and says what it came to.

python bombs.py warc|http|feed FILE CODINGS
"""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import sys
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from memory import peak

MEBIBYTE = 1 << 20
ZEROS = b"<p>" + b"0" * (16 * MEBIBYTE)
TIMES = 64  # a gigabyte of them
FEED = b"<rss><channel><item><title>T</title><link>l</link><pubDate>d</pubDate><description>"


def _flushed(packer: Any, data: bytes) -> bytes:
    return bytes(packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH))


def deflated() -> bytes:
    """One stream of deflate, without its end: no decoder comes so far."""
    packer = zlib.compressobj(1)
    return _flushed(packer, ZEROS) + _flushed(packer, ZEROS) * TIMES


def zstandard() -> bytes:
    """Frames of zstd, one after the other."""
    from fastwarc.stream_io import ZstdWriter

    out = io.BytesIO()
    with ZstdWriter(out) as writer:
        writer.write(ZEROS)
    return out.getvalue() * TIMES


def gzipped(data: bytes = ZEROS, times: int = TIMES) -> bytes:
    """Members of gzip, one after the other."""
    return gzip.compress(data, 1, mtime=0) * times


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "gzip": ("gzip", gzipped),
    "gzip in gzip": ("gzip, gzip", lambda: gzipped(gzipped(), 1)),
    "deflate": ("deflate", deflated),
    "deflate in gzip": ("deflate, gzip", lambda: gzipped(deflated(), 1)),
    "zstd": ("zstd", zstandard),
    "members of nothing": ("gzip, gzip", lambda: gzipped(gzipped(b"", 50_000), 1)),
}


def _warc(path: Path, codings: str) -> tuple[str, int]:
    from flows.loading.warc import read_warc

    body = path.read_bytes()
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: %s\r\n\r\n" % codings.encode() + body
    head = f"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: {len(block)}\r\n\r\n"
    path.write_bytes(head.encode() + block + b"\r\n\r\n")
    (look,) = read_warc(path)
    return str(look.outcome), len(look.raw)


def _http(path: Path, codings: str) -> tuple[str, int]:
    import httpx

    from flows.fetching import http
    from flows.fetching.polite import Hosts

    def answer(_: httpx.Request) -> httpx.Response:
        headers = {"Content-Encoding": codings, "Content-Type": "text/html"}
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(path.read_bytes()))

    async def check(_: str) -> None:
        """All may be asked for."""

    async def get(home: Path) -> tuple[str, int]:
        client = http.Client(Hosts(home, (60,)), agent="x", delay=0, seconds=30)
        try:
            got = await client.get("http://bombs.example/", check)
        finally:
            await client.close()
        return "too_large" if got.too_large else "malformed" if got.broken else "ok", len(got.body)

    vars(http)["PublicTransport"] = lambda _: httpx.MockTransport(answer)
    with tempfile.TemporaryDirectory() as home:
        return asyncio.run(get(Path(home)))


def _feed(path: Path, _: str) -> tuple[str, int]:
    from flows.loading.load import load
    from flows.looks import Loaded

    looks = [step for step in load([path], lambda _: None) if isinstance(step, Loaded)]
    return str(looks[-1].outcome), max(len(look.raw) for look in looks)


def _main(way: str, *bodies: str) -> None:
    take = {"warc": _warc, "http": _http, "feed": _feed}[way]
    found = [take(Path(file), codings) for file, codings in zip(bodies[::2], bodies[1::2], strict=True)]
    json.dump({"found": found, "peak": peak()}, sys.stdout)


if __name__ == "__main__":
    _main(*sys.argv[1:])
