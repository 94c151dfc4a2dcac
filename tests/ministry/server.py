"""The test ministry: an HTTP server on loopback that behaves like a ministry's site, and misbehaves like one.

Run as `python -m ministry.server CONFIG`. It listens on the ports of the config (0: any), says them in
a line of JSON, then obeys lines of JSON on standard input until that ends, each answered with a line.
HTTP is written by hand: no library would send what broken servers send.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import itertools
import json
import os
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

from ministry import pages
from ministry.faults import Fault, fault_of

PER_PAGE = 15
ROBOTS = {"status": 200, "text": "User-agent: *\nDisallow: /private/\n"}
BOMB = gzip.compress(b"0" * 200_000_000, 9)  # in 200 kB


class Answer:
    """What goes over the wire: a head and a body, and how they go."""

    def __init__(self, status: int, body: bytes = b"", how: str = "", **headers: str) -> None:
        self.status = status
        self.body = body
        self.how = how
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def html(body: bytes, **headers: str) -> Answer:
    return Answer(200, body, Content_Type="text/html", **headers)


class Ministry:
    """The site: what it has, and what it answers."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.newest = int(config["releases"])
        self.per_page = int(config.get("per_page", PER_PAGE))
        self.editions: Counter[int] = Counter()
        self.withdrawn: dict[int, str] = {}
        self.failed: Counter[str] = Counter()
        self.faults: list[Fault] = config.get("faults", [])
        self.raw: dict[str, dict[str, Any]] = config.get("raw", {})
        """Answers as a test wants them, by path: status, text, headers (with _ for -)."""
        self.list_faults: dict[str, Fault] = config.get("list_faults", {})
        self.robots: dict[str, Any] = config.get(
            "robots", {"status": 200, "text": "User-agent: *\nDisallow: /private/\n"}
        )
        self.validators: str = config.get("validators", "none")
        self.pause = 0.0
        """How long an answer is waited for, in seconds."""
        self.redesigned_from: int | None = config.get("redesigned_from")
        """First release in the new template; those before it stay in the old one."""
        self.hosts: list[str] = []

    @property
    def base(self) -> str:
        return self.hosts[0]

    @property
    def other(self) -> str:
        return self.hosts[1]

    def obey(self, command: dict[str, Any]) -> None:
        """A change that a test wants."""
        what = command.pop("do")
        if what == "publish":
            self.newest += command["count"]
        elif what == "edit":
            self.editions[command["n"]] += 1
        elif what == "withdraw":
            self.withdrawn[command["n"]] = command.get("how", "gone")
        elif what == "restore":
            self.withdrawn.pop(command["n"])
        elif what == "set":
            for name, value in command.items():
                setattr(self, name, value)
        else:
            raise ValueError(what)

    def answer(self, path: str, headers: dict[str, str]) -> tuple[Answer, str]:
        """The answer to a path, and the name of the fault that it is."""
        if path in self.raw or path == "/robots.txt":
            return self._told(path), path
        if path in self.list_faults:
            return self._failing(path, self.list_faults[path]) or self._listing(path), path
        n = _number(path)
        if n is None:
            return self._listing(path), ""
        if n in self.withdrawn:
            return self._broken({"kind": self.withdrawn[n]}, path), "withdrawn"
        fault = fault_of(n, self.faults) if 1 <= n <= self.newest else {"kind": "gone"}
        failing = self._failing(path, fault) if fault and not path.startswith("/moved/") else None
        if failing is not None and fault is not None:
            return failing, str(fault["kind"])
        new = self.redesigned_from is not None and n >= self.redesigned_from
        made = pages.redesigned if new else pages.release
        return self._valid(html(made(n, self.editions[n])), headers), ""

    def _failing(self, path: str, fault: Fault) -> Answer | None:
        times = fault.get("times")
        self.failed[path] += 1
        return None if times is not None and self.failed[path] > times else self._broken(fault, path)

    def _told(self, path: str) -> Answer:
        told = self.raw.get(path)
        if told is None:
            return self._robots()
        return Answer(told.get("status", 200), told.get("text", "").encode(), **told.get("headers", {}))

    def _robots(self) -> Answer:
        if "redirect" in self.robots:
            return Answer(302, Location=self.robots["redirect"])
        return Answer(self.robots["status"], self.robots.get("text", "").encode(), Content_Type="text/plain")

    def _valid(self, answer: Answer, headers: dict[str, str]) -> Answer:
        tag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        if self.validators == "etag":
            answer.headers["ETag"] = tag
            return Answer(304, ETag=tag) if headers.get("if-none-match") == tag else answer
        if self.validators == "modified":
            # Each edition is a day younger than the one before.
            edition = answer.body.count(b"(Updated)")
            stamp = formatdate(1_500_000_000 + 86_400 * edition, usegmt=True)
            answer.headers["Last-Modified"] = stamp
            return Answer(304) if headers.get("if-modified-since") == stamp else answer
        if self.validators == "random":  # as sites do that put a random script into every page
            answer.body += f"<script>var r={time.monotonic_ns()}</script>".encode()
        return answer

    def _listing(self, path: str) -> Answer:
        folder, _, file = path.rpartition("/")
        makers = {
            "/news": self._english, "/same": lambda _: self._numbered("index"), "/other": self._other,
            "/password": self._password,
            "/days": self._dated, "/numbers": self._numbered, "/map": self._sitemap,
            "/system": lambda _: html(pages.REMOVED), "": self._top,
        }  # fmt: skip
        return makers[folder](file) if folder in makers else Answer(404, b"Not found", Content_Type="text/html")

    def _top(self, file: str) -> Answer:
        if file == "feed.xml":
            newest = range(self.newest, max(0, self.newest - 20), -1)
            entries = [(self._url(n), pages.title(n, self.editions[n]), self._item(n)) for n in newest]
            return Answer(200, pages.feed(entries), Content_Type="application/rss+xml")
        if file == "sitemap.xml":
            parts = range((self.newest + 999) // 1000)
            return Answer(200, pages.sitemap_index([f"{self.base}/map/{part}.xml.gz" for part in parts]))
        return html(b"<html><head><title>Test Ministry</title></head><body><p>Welcome</p></body></html>")

    def _item(self, n: int) -> str:
        return "".join(f"<p>{words}</p>" for words in pages.sentences(n, self.editions[n]))

    def _url(self, n: int) -> str:
        return f"{self.base}/news/t{n}.shtml"

    def _sitemap(self, file: str) -> Answer:
        part = int(file.partition(".")[0])
        numbers = range(part * 1000 + 1, min(self.newest, part * 1000 + 1000) + 1)
        return Answer(200, pages.sitemap([self._url(n) for n in numbers]), Content_Type="application/gzip")

    def _numbers(self, page: int) -> range:
        first = self.newest - self.per_page * page
        return range(first, max(0, first - self.per_page), -1)

    def _english(self, file: str) -> Answer:
        page = _page(file, "default")
        if page is None or not self._numbers(page):
            return Answer(404, b"Not found", Content_Type="text/html")
        entries = [(self._href(n), pages.title(n)) for n in self._numbers(page)]
        return html(pages.english_list(entries, page, -(-self.newest // self.per_page)))

    def _href(self, n: int) -> str:
        return f"{self.hosts[n % len(self.hosts)]}/news/t{n}.shtml" if self.config.get("spread") else f"./t{n}.shtml"

    def _dated(self, file: str) -> Answer:
        page = _page(file, "index")
        if page is None or not self._numbers(page):
            return Answer(404, b"Not found", Content_Type="text/html")
        entries = [(f"../news/t{n}.shtml", pages.title(n), _day(n)) for n in self._numbers(page)]
        return html(pages.dated_list(entries, page, -(-self.newest // self.per_page)))

    def _numbered(self, file: str) -> Answer:
        page = _page(file, "index")
        if page is None or not self._numbers(page):
            return Answer(404, b"Not found", Content_Type="text/html")
        entries = [(f"../news/t{n}.shtml", pages.title(n)) for n in self._numbers(page)]
        return html(pages.english_list(entries, 0, 1))

    def _other(self, file: str) -> Answer:
        entries = [(f"/moved/t{n}.shtml", pages.title(n)) for n in self._numbers(0)]
        return html(pages.english_list(entries, 0, 1)) if file else Answer(404)

    def _password(self, file: str) -> Answer:
        at = self.base.replace("//", "//user:secret@")
        return html(pages.english_list([(f"{at}/news/t{n}.shtml", pages.title(n)) for n in self._numbers(0)], 0, 1))

    def _broken(self, fault: Fault, path: str) -> Answer:
        kind = fault["kind"]
        simple = {
            "gone": Answer(404, b"<html><body>404 Not Found</body></html>", Content_Type="text/html"),
            "soft_404": html(pages.REMOVED),
            "soft_404_redirect": Answer(302, Location="/system/index.html"),
            "home": Answer(302, Location="/"),
            "moved": Answer(301, Location=path.replace("/news/", "/moved/")),
            "moved_host": Answer(301, Location=f"{self.other}{path.replace('/news/', '/moved/')}"),
            "loop": Answer(302, Location=path),
            "hops": Answer(302, Location=_next_hop(path)),
            "private": Answer(302, Location="http://10.1.2.3/secret"),
            "script": html(pages.CHALLENGE),
            "challenge_202": Answer(202, pages.CHALLENGE, Content_Type="text/html"),
            "empty": html(b""),
            "bomb": html(BOMB, Content_Encoding="gzip"),
            "cut_gzip": html(gzip.compress(pages.release(1))[:-200], Content_Encoding="gzip"),
            "binary": html(b"%PDF-1.7\n\0\1\2\3" * 200),
            "lying": Answer(200, pages.release(_number(path) or 1), Content_Type="text/html; charset=gb2312"),
            "untyped": Answer(200, pages.release(_number(path) or 1)),
        }
        if kind in simple:
            return simple[kind]
        if kind == "status":
            more = {"Retry_After": str(fault["retry_after"])} if "retry_after" in fault else {}
            return Answer(fault["status"], b"<html><body>Sorry</body></html>", Content_Type="text/html", **more)
        return Answer(200, pages.release(_number(path) or 1), how=kind, Content_Type="text/html")


def _number(path: str) -> int | None:
    folder, _, file = path.partition("?")[0].rpartition("/")
    digits = file.removeprefix("t").removesuffix(".shtml")
    return int(digits) if folder in ("/news", "/moved") and file.startswith("t") and digits.isdigit() else None


def _next_hop(path: str) -> str:
    bare, _, number = path.partition("?")
    return f"{bare}?{int(number or 0) + 1}"


def _page(file: str, name: str) -> int | None:
    stem = file.partition(".")[0]
    if stem in ("", name):
        return 0
    digits = stem.removeprefix(f"{name}_")
    return int(digits) if digits.isdigit() else None


def _day(n: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(1_300_000_000 + 86_400 * (n // 3)))


def _sized(head: str, body: bytes) -> bytes:
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode()


class Connection(asyncio.Protocol):
    """One connection: requests one after another, each answered and written into the log."""

    def __init__(self, ministry: Ministry, port: int, log: int) -> None:
        self.ministry = ministry
        self.port = port
        self.log = log
        self.buffer = b""
        self.open: dict[str, Any] | None = None
        self.flooding: Iterator[bytes] = iter(())
        self.taken = True

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
            self.respond(head.decode("latin-1"))

    def respond(self, head: str) -> None:
        first, *lines = head.split("\r\n")
        path = first.split(" ")[1]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self.open = {"port": self.port, "path": path, "start": time.monotonic(), "headers": headers}
        answer, fault = self.ministry.answer(path, headers)
        self.open |= {"status": answer.status, "fault": fault}
        if self.ministry.pause:
            asyncio.get_running_loop().call_later(self.ministry.pause, self.send, answer)
        else:
            self.send(answer)

    def send(self, answer: Answer) -> None:
        body = b"" if answer.status == 304 else answer.body
        head = f"HTTP/1.1 {answer.status} Words\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
        how = getattr(self, f"send_{answer.how}", None) if answer.how else self.send_plain
        if how is None:
            raise ValueError(answer.how)
        how(head, body)

    def send_plain(self, head: str, body: bytes) -> None:
        self.done(_sized(head, body) + body)

    def send_silent(self, head: str, body: bytes) -> None:
        """Nothing, ever."""

    def send_reset(self, head: str, body: bytes) -> None:
        self.note()
        plain = self.transport.get_extra_info("socket")
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def send_garbage(self, head: str, body: bytes) -> None:
        self.last(b"\x16\x03\x01 this is no HTTP\r\n\r\n")

    def send_cut(self, head: str, body: bytes) -> None:
        self.last(_sized(head, body) + body[: len(body) // 2])

    def send_stall(self, head: str, body: bytes) -> None:
        self.transport.write(_sized(head, body) + body[: len(body) // 2])

    def send_drip(self, head: str, body: bytes) -> None:
        self.transport.write(_sized(head, body))
        self.drip(body, 0)

    def send_large(self, head: str, body: bytes) -> None:
        self.transport.write(f"{head}Content-Length: 40000000\r\n\r\n".encode())
        self.flood(40)

    def send_endless(self, head: str, body: bytes) -> None:
        self.transport.write(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        self.flood(1000, chunked=True)

    def send_big_head(self, head: str, body: bytes) -> None:
        self.last(_sized(f"{head}X-Large: {'x' * 200_000}\r\n", body) + body)

    def send_chunked(self, head: str, body: bytes) -> None:
        parts = [body[at : at + 1000] for at in range(0, len(body), 1000)]
        coded = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
        self.done(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + coded + b"0\r\n\r\n")

    def send_gzip(self, head: str, body: bytes) -> None:
        small = gzip.compress(body)
        self.done(_sized(f"{head}Content-Encoding: gzip\r\n", small) + small)

    def done(self, data: bytes) -> None:
        self.transport.write(data)
        self.note()

    def last(self, data: bytes) -> None:
        self.done(data)
        self.transport.close()

    def drip(self, body: bytes, at: int) -> None:
        if self.transport.is_closing():
            return
        self.transport.write(body[at : at + 1])
        asyncio.get_running_loop().call_later(0.2, self.drip, body, at + 1)

    def flood(self, megabytes: int, *, chunked: bool = False) -> None:
        """Megabytes as fast as they are taken: a pause would make a timeout of what is too large."""
        block = b"x" * 1_000_000
        self.flooding = itertools.repeat(b"%x\r\n%b\r\n" % (len(block), block) if chunked else block, megabytes)
        self.pour()

    def pour(self) -> None:
        while self.taken and not self.transport.is_closing():
            block = next(self.flooding, None)
            if block is None:
                return
            self.transport.write(block)

    def pause_writing(self) -> None:
        self.taken = False

    def resume_writing(self) -> None:
        self.taken = True
        asyncio.get_running_loop().call_soon(self.pour)

    def note(self) -> None:
        if self.open is not None:
            self.open["end"] = time.monotonic()
            os.write(self.log, json.dumps(self.open).encode() + b"\n")
            self.open = None

    def connection_lost(self, error: Exception | None) -> None:
        del error
        self.note()


async def serve(config: dict[str, Any]) -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    ministry = Ministry(config)
    log = os.open(config["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    ports = []
    for wanted in config.get("ports", [0, 0]):
        listening = socket.create_server(("127.0.0.1", wanted), backlog=256)
        port = listening.getsockname()[1]
        await loop.create_server(lambda port=port: Connection(ministry, port, log), sock=listening)
        ports.append(port)
    ministry.hosts = [f"http://127.0.0.1:{port}" for port in ports]
    print(json.dumps(ports), flush=True)
    ended = asyncio.Event()

    def told() -> None:
        line = sys.stdin.readline()
        if not line:
            ended.set()
            return
        try:
            ministry.obey(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            print(f"refused: {error!r}", flush=True)
        else:
            print("done", flush=True)

    loop.add_reader(sys.stdin, told)
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(Path(sys.argv[1]).read_text("utf-8"))))
