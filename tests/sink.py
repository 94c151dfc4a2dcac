"""Who is told: a web server on loopback that keeps what alerts send; and what makes a run wait, or fail."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
from filelock import FileLock
from operating import Api, until

SECRET = "T0KEN-that-nobody-reads"
SOON = 60  # seconds within which an alert must have come
QUIET = 6  # seconds in which no second one may come
NASTY = """it's "{{ 7 * 7 }}" {% raw %} \\ }} </script> & ü\n`alpha`"""
TELLING = (
    "communique: a run failed",
    "communique: a run is late",
    "communique: a source is held",
    "communique: a source needs a look",
)
DEAD = "communique: a run died"


@dataclass(frozen=True)
class Post:
    """One request that reached the sink."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def said(self) -> dict[str, str]:
        words: dict[str, str] = json.loads(self.body)
        return words


@dataclass
class Sink:
    """A web server on loopback that keeps what it is sent."""

    posts: list[Post] = field(default_factory=list)
    slams: bool = False
    """Whether it closes the connection without an answer, as a service that is down does."""
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/{SECRET}"

    def one(self, quiet: float = QUIET) -> Post:
        """The one request that came; fails where none comes, or a second one within `quiet` seconds."""
        until(lambda: self.posts, SOON, what="an alert")
        time.sleep(quiet)
        assert len(self.posts) == 1, self.posts
        return self.posts.pop()

    def none(self, quiet: float = QUIET) -> None:
        time.sleep(quiet)
        assert self.posts == []


@contextmanager
def listening() -> Iterator[Sink]:
    sink = Sink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            sink.posts.append(Post(self.command, self.path, headers, body))
            if sink.slams:
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        do_GET = do_PUT = do_POST

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    sink.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@contextmanager
def busy(home: Path) -> Iterator[None]:
    """Somebody else writes to HOME: a run waits for as long as this lasts."""
    lock = FileLock(home / "writer.lock", thread_local=False)
    with lock.acquire(timeout=60):
        yield


@contextmanager
def spoilt(home: Path) -> Iterator[None]:
    """The writer's file is no DuckDB file."""
    file, kept = home / "warehouse.duckdb", home / "kept.duckdb"
    home.mkdir(parents=True, exist_ok=True)
    if file.exists():
        file.replace(kept)
    file.write_bytes(b'no "DuckDB" file {' * 1000)
    try:
        yield
    finally:
        file.unlink()
        if kept.exists():
            kept.replace(file)


def page_of(run_id: str, api: Api) -> str:
    """The page of a run in the dashboard, which is there."""
    url = f"{api.url.removesuffix('/api')}/runs/flow-run/{run_id}"
    assert httpx.get(url, headers={"Accept": "text/html"}).is_success, url
    return url
