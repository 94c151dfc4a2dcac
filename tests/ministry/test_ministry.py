"""The test ministry itself: each fault does on the wire what its name says. Plain sockets, no client between."""

from __future__ import annotations

import ast
import gzip
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from ministry import Ministry, closest, fault_of, overlaps, pages
from ministry.table import OUTCOME, TABLE, shared
from parsers import Page, Release, read
from parsers.lists import read_list

pytestmark = pytest.mark.acceptance

HERE = Path(__file__).parent
RELEASES = 600
FAULTS = shared(0.02)
HOPS = 30
ENOUGH = 17_000_000  # bytes: no page of a ministry has as many
PATIENCE = 0.6  # seconds in which a server that means to answer has answered


@dataclass
class Reply:
    """What came over the wire, and how it ended: whole, closed, reset, silence, late, enough."""

    raw: bytes
    body: bytes
    end: str

    @property
    def head(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[0]

    @property
    def status(self) -> int:
        return int(self.head.split(b" ")[1])

    @property
    def headers(self) -> dict[str, str]:
        lines = (line.partition(": ") for line in self.head.decode().split("\r\n")[1:])
        return {name.lower(): value for name, _, value in lines}


def body_of(raw: bytes) -> tuple[bytes, bool]:
    """The body as far as it came, and whether that is all of it."""
    head, found, rest = raw.partition(b"\r\n\r\n")
    if not found:
        return b"", False
    lines = head.lower().split(b"\r\n")
    if b"transfer-encoding: chunked" in lines:
        return unchunked(rest)
    sizes = [int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length:")]
    return rest, bool(sizes) and len(rest) >= sizes[0]


def unchunked(rest: bytes) -> tuple[bytes, bool]:
    parts = []
    while b"\r\n" in rest:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size, 16)
        if not length:
            return b"".join(parts), rest == b"\r\n"
        parts.append(rest[:length])
        rest = rest[length + 2 :]
    return b"".join(parts), False


def ask(url: str, *, enough: int = ENOUGH, patience: float = PATIENCE, **headers: str) -> Reply:
    """One request on a connection of its own."""
    host, _, path = url.removeprefix("http://").partition("/")
    address, _, port = host.partition(":")
    lines = [f"GET /{path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    with socket.create_connection((address, int(port)), timeout=5) as wire:
        wire.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        raw, end = received(wire, enough, patience)
    return Reply(raw, body_of(raw)[0], end)


def received(wire: socket.socket, enough: int, patience: float) -> tuple[bytes, str]:
    """All that comes, and why no more did. A large body is not looked at in between."""
    wire.settimeout(patience)
    raw, until = bytearray(), time.monotonic() + 2 * patience
    while len(raw) < enough:
        if len(raw) < 1_000_000 and body_of(bytes(raw))[1]:
            return bytes(raw), "whole"
        try:
            more = wire.recv(1 << 20)
        except TimeoutError:
            return bytes(raw), "silence"
        except ConnectionResetError:
            return bytes(raw), "reset"
        if not more:
            return bytes(raw), "closed"
        raw += more
        if len(raw) < 1_000_000 and time.monotonic() > until:
            return bytes(raw), "late"
    return bytes(raw), "enough"


@pytest.fixture(scope="module")
def ministry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ministry]:
    with Ministry(tmp_path_factory.mktemp("ministry"), RELEASES, FAULTS) as running:
        yield running


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Ministry]:
    """A ministry of one test's own, to change."""
    with Ministry(tmp_path, 20) as running:
        yield running


def sick(name: str) -> int:
    """The first release that has this fault."""
    return next(n for n in range(1, RELEASES + 1) if (fault_of(n, FAULTS) or {}).get("name") == name)


# What each fault is on the wire. A check gets the reply, the release, and the ministry.

Check = Callable[[Reply, int, Ministry], object]


def healthy(reply: Reply, n: int, ministry: Ministry) -> None:
    assert (reply.end, reply.status, reply.body) == ("whole", 200, pages.release(n))
    assert reply.headers["content-type"].startswith("text/html")


def says(status: int, *words: bytes, **headers: str) -> Check:
    def check(reply: Reply, n: int, ministry: Ministry) -> None:
        assert (reply.end, reply.status) == ("whole", status)
        assert all(word in reply.body for word in words)
        assert headers.items() <= {name.replace("-", "_"): value for name, value in reply.headers.items()}.items()
        assert b"Minister Meets" not in reply.body, "a page that fails shows no release"

    return check


def ends(how: str) -> Check:
    def check(reply: Reply, n: int, ministry: Ministry) -> None:
        assert (reply.end, reply.raw) == (how, b"")

    return check


def half(how: str) -> Check:
    def check(reply: Reply, n: int, ministry: Ministry) -> None:
        whole = pages.release(n)
        assert (reply.end, int(reply.headers["content-length"])) == (how, len(whole))
        assert reply.body == whole[: len(whole) // 2]

    return check


def empty(reply: Reply, n: int, ministry: Ministry) -> None:
    assert (reply.end, reply.status, reply.body) == ("whole", 200, b"")


def moved(port: int) -> Check:
    def check(reply: Reply, n: int, ministry: Ministry) -> None:
        target = reply.headers["location"]
        there = f"http://127.0.0.1:{ministry.ports[port]}/moved/t{n}.shtml"
        assert (reply.status, target) == (301, f"/moved/t{n}.shtml" if port == 0 else there)
        healthy(ask(there), n, ministry)

    return check


def chunked(reply: Reply, n: int, ministry: Ministry) -> None:
    assert "content-length" not in reply.headers
    assert reply.headers["transfer-encoding"] == "chunked"
    healthy(reply, n, ministry)


def zipped(reply: Reply, n: int, ministry: Ministry) -> None:
    assert (reply.end, reply.status, reply.headers["content-encoding"]) == ("whole", 200, "gzip")
    assert gzip.decompress(reply.body) == pages.release(n)


def lying(reply: Reply, n: int, ministry: Ministry) -> None:
    assert reply.headers["content-type"] == "text/html; charset=gb2312"
    assert b"charset=utf-8" in reply.body
    assert not reply.body.isascii(), "a lie that changes a character"
    healthy(reply, n, ministry)


def untyped(reply: Reply, n: int, ministry: Ministry) -> None:
    assert "content-type" not in reply.headers
    assert (reply.end, reply.status, reply.body) == ("whole", 200, pages.release(n))


def sent_away(reply: Reply, n: int, ministry: Ministry) -> None:
    says(302, location="/system/index.html")(reply, n, ministry)
    says(200, "页面不存在".encode())(ask(ministry.url("/system/index.html")), n, ministry)


def scripted(reply: Reply, n: int, ministry: Ministry) -> None:
    assert (reply.end, reply.status) == ("whole", 200)
    page = reply.body.decode()
    assert page[page.index("<body>") :] == "<body></body></html>", "a script and not a word beside it"
    assert "<script>" in page


def looping(reply: Reply, n: int, ministry: Ministry) -> None:
    assert (reply.status, reply.headers["location"]) == (302, f"/news/t{n}.shtml")


def hopping(reply: Reply, n: int, ministry: Ministry) -> None:
    seen = {f"/news/t{n}.shtml"}
    for _ in range(HOPS):
        assert reply.status == 302
        target = reply.headers["location"]
        assert target not in seen
        seen.add(target)
        reply = ask(ministry.url(target))
    assert reply.status == 302


def no_http(reply: Reply, n: int, ministry: Ministry) -> None:
    assert reply.end == "closed"
    assert reply.raw
    assert not reply.raw.startswith(b"HTTP/")


def big_head(reply: Reply, n: int, ministry: Ministry) -> None:
    assert len(reply.head) > 100_000


def dripping(reply: Reply, n: int, ministry: Ministry) -> None:
    assert (reply.end, reply.status) == ("late", 200), "it never falls silent, and it does not get on"
    assert 2 <= len(reply.body) < 100


def large(reply: Reply, n: int, ministry: Ministry) -> None:
    assert (reply.end, reply.status) == ("enough", 200)
    assert int(reply.headers["content-length"]) > ENOUGH


def endless(reply: Reply, n: int, ministry: Ministry) -> None:
    assert (reply.end, reply.status) == ("enough", 200)
    assert "content-length" not in reply.headers


def bomb(reply: Reply, n: int, ministry: Ministry) -> None:
    assert (reply.end, reply.headers["content-encoding"]) == ("whole", "gzip")
    assert len(reply.body) < 1_000_000
    members, size, rest = 0, 0, reply.body
    while rest and size < 10 * ENOUGH:
        undone = zlib.decompressobj(31)
        size, members, rest = size + len(undone.decompress(rest)), members + 1, undone.unused_data
    assert size >= 10 * ENOUGH, f"{size:,} bytes in {members} members"


def cut_gzip(reply: Reply, n: int, ministry: Ministry) -> None:
    assert (reply.end, reply.headers["content-encoding"]) == ("whole", "gzip")
    undone = zlib.decompressobj(31)
    assert undone.decompress(reply.body), "it begins well"
    assert not undone.eof


def binary(reply: Reply, n: int, ministry: Ministry) -> None:
    assert (reply.end, reply.status, reply.headers["content-type"]) == ("whole", 200, "text/html")
    assert reply.body.startswith(b"%PDF-")


WIRE: dict[str, Check] = {
    "fails once": says(500),
    "busy, asks for a pause": says(503, retry_after="1"),
    "too many requests": says(429, retry_after="0"),
    "reset once": ends("reset"),
    "breaks off once": half("closed"),
    "silent once": ends("silence"),
    "empty once": empty,
    "moved": moved(0),
    "moved to another host": moved(1),
    "chunks": chunked,
    "gzip": zipped,
    "a header that lies": lying,
    "no content type": untyped,
    "gone": says(404),
    "gone for good": says(410),
    "forbidden": says(403),
    "out of law": says(451),
    "a page that says so": says(
        200, "<title>系统维护</title>".encode(), "您访问的页面不存在或已删除".encode(), b"<script>"
    ),
    "sent away": sent_away,
    "sent home": says(302, location="/"),
    "precondition": says(412),
    "web server is down": says(521),
    "accepted, with a script": says(202, b"<script>"),
    "a script and nothing else": scripted,
    "broken for good": says(502),
    "a loop": looping,
    "redirects without end": hopping,
    "a private address": says(302, location="http://10.1.2.3/secret"),
    "resets for good": ends("reset"),
    "breaks off for good": half("closed"),
    "no HTTP": no_http,
    "a head without end": big_head,
    "empty for good": empty,
    "silent for good": ends("silence"),
    "stalls": half("silence"),
    "drips": dripping,
    "large": large,
    "without end": endless,
    "a bomb": bomb,
    "a coding that breaks off": cut_gzip,
    "no text": binary,
}

EACH = [pytest.param(fault, id=fault["name"]) for fault, _ in TABLE]


def test_the_wire_of_every_fault_is_looked_at() -> None:
    assert WIRE.keys() == OUTCOME.keys()


@pytest.mark.parametrize("fault", EACH)
def test_a_fault_is_on_the_wire_what_its_name_says(ministry: Ministry, fault: dict[str, Any]) -> None:
    n = sick(fault["name"])
    url, check = ministry.release_url(n), WIRE[fault["name"]]
    slow = WIRE[fault["name"]] in (dripping, large, endless, bomb) or fault["kind"] in ("silent", "stall")
    for _ in range(fault.get("times", 1 if slow else 2)):
        check(ask(url), n, ministry)
    if "times" in fault:
        for _ in range(2):
            healthy(ask(url), n, ministry)
    elif slow:
        assert ask(url, enough=1, patience=0.1).end in ("silence", "enough"), "it lasts, and the server lives"


def test_who_has_no_fault_is_served_well(ministry: Ministry) -> None:
    well = [n for n in range(1, RELEASES + 1) if fault_of(n, FAULTS) is None]
    assert well
    for n in well[:20]:
        healthy(ask(ministry.release_url(n)), n, ministry)
    assert ask(ministry.release_url(RELEASES + 1)).status == 404
    assert ask(ministry.release_url(0)).status == 404


def test_which_release_has_which_fault_depends_on_nothing_but_its_number() -> None:
    forwards = [fault_of(n, FAULTS) for n in range(1, 3000)]
    assert forwards == [fault_of(n, FAULTS) for n in reversed(range(1, 3000))][::-1]
    counts = Counter((fault or {"name": ""})["name"] for fault in forwards)
    assert counts.keys() == OUTCOME.keys() | {""}
    for name in OUTCOME:
        assert 0.01 < counts[name] / 3000 < 0.03, name
    code = "from ministry import fault_of; from ministry.table import shared\n"
    code += "print([(fault_of(n, shared(0.02)) or {}).get('name') for n in range(1, 3000)])"
    other = subprocess.run([sys.executable, "-c", code], cwd=HERE.parent, capture_output=True, text=True, check=True)
    assert ast.literal_eval(other.stdout) == [(fault or {}).get("name") for fault in forwards]


def test_a_kept_connection_serves_one_request_after_another(ministry: Ministry) -> None:
    n = next(n for n in range(1, RELEASES) if not fault_of(n, FAULTS))
    with socket.create_connection(("127.0.0.1", ministry.ports[0])) as wire:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(50):
            request = f"GET /news/t{n}.shtml HTTP/1.1\r\nHost: {ministry.host}\r\n\r\n".encode()
            wire.sendall(request[:20])
            wire.sendall(request[20:])  # a request in two pieces
            raw, end = received(wire, ENOUGH, PATIENCE)
            assert (end, raw.partition(b"\r\n\r\n")[2]) == ("whole", pages.release(n))


# Pages that did not change.


def test_an_unchanged_page_is_not_sent_again_to_who_names_its_tag(own: Ministry) -> None:
    url = own.release_url(3)
    assert not {"etag", "last-modified"} & ask(url).headers.keys(), "the real site gives neither"
    own.tell("set", validators="etag")
    first = ask(url).headers["etag"]
    again = ask(url, If_None_Match=first)
    assert (again.status, again.body) == (304, b"")
    assert ask(url, If_None_Match='"another"').body == pages.release(3)
    own.tell("edit", n=3)
    edited = ask(url, If_None_Match=first)
    assert (edited.status, edited.body) == (200, pages.release(3, 1))
    assert edited.headers["etag"] != first


def test_an_unchanged_page_is_not_sent_again_to_who_names_its_time(own: Ministry) -> None:
    own.tell("set", validators="modified")
    url = own.release_url(3)
    first = ask(url).headers["last-modified"]
    again = ask(url, If_Modified_Since=first)
    assert (again.status, again.body) == (304, b"")
    own.tell("edit", n=3)
    edited = ask(url, If_Modified_Since=first)
    assert (edited.status, edited.body) == (200, pages.release(3, 1))


# What a test changes while it runs.


def listed(own: Ministry, path: str = "/news/default.shtml", item: str = ".newsLst_mod ul li a") -> list[str]:
    url = own.url(path)
    return [entry.url for entry in read_list(Page(ask(url).body, "text/html", url=url), item).entries]


def test_what_is_published_stands_at_the_top_of_the_list(own: Ministry) -> None:
    assert listed(own)[0] == own.release_url(20)
    assert ask(own.release_url(21)).status == 404
    own.tell("publish", count=2)
    assert listed(own)[:3] == [own.release_url(n) for n in (22, 21, 20)]
    healthy(ask(own.release_url(21)), 21, own)


def test_an_edit_changes_one_page_and_its_text_alone(own: Ministry) -> None:
    own.tell("edit", n=5)
    assert ask(own.release_url(5)).body == pages.release(5, 1)
    own.tell("edit", n=5)
    assert ask(own.release_url(5)).body == pages.release(5, 2)
    assert len({pages.release(5, edition) for edition in range(3)}) == 3
    healthy(ask(own.release_url(6)), 6, own)


@pytest.mark.parametrize(
    ("how", "status"), [("gone", 404), ("soft_404", 200), ("soft_404_redirect", 302), ("home", 302)]
)
def test_what_was_withdrawn_is_gone_until_it_is_restored(own: Ministry, how: str, status: int) -> None:
    own.tell("withdraw", n=7, how=how)
    reply = ask(own.release_url(7))
    assert reply.status == status
    assert b"Minister Meets" not in reply.body
    healthy(ask(own.release_url(8)), 8, own)
    own.tell("restore", n=7)
    healthy(ask(own.release_url(7)), 7, own)


def test_faults_and_robots_txt_can_be_set(own: Ministry) -> None:
    assert ask(own.url("/robots.txt")).headers["content-type"] == "text/plain"
    own.tell("set", faults=[{"kind": "status", "status": 410, "share": 1.0}])
    assert ask(own.release_url(4)).status == 410
    own.tell("set", faults=[], robots={"status": 200, "text": "User-agent: *\nDisallow: /\n"})
    healthy(ask(own.release_url(4)), 4, own)
    assert ask(own.url("/robots.txt")).body == b"User-agent: *\nDisallow: /\n"
    own.tell("set", robots={"redirect": "/system/error.htm"})
    assert ask(own.url("/robots.txt")).headers["location"] == "/system/error.htm"


# Its log.


def log_of(own: Ministry, count: int) -> list[dict[str, Any]]:
    """The log once it has so many lines: a line is written after its reply, or once nobody waits any more."""
    until = time.monotonic() + 5
    while len(own.log()) < count and time.monotonic() < until:
        time.sleep(0.01)
    return own.log()


def test_the_log_has_a_line_for_each_request_when_it_is_over(own: Ministry) -> None:
    own.tell("set", faults=[{"name": "f", "kind": "silent", "share": 1.0}])
    before = time.monotonic()
    ask(own.url("/robots.txt"), User_Agent="tests")
    ask(own.release_url(3), patience=0.3)
    first, second = log_of(own, 2)
    assert (first["path"], first["status"], first["port"]) == ("/robots.txt", 200, own.ports[0])
    assert first["headers"] == {"host": own.host, "user-agent": "tests"}
    assert before < first["start"] <= first["end"] < second["start"], "the clock of the machine, which tests read too"
    assert (second["path"], second["fault"]) == ("/news/t3.shtml", "silent")
    assert second["end"] - second["start"] >= 0.25, "a request lasts until its connection is gone"
    own.clear_log()
    assert own.log() == []
    ask(own.url("/robots.txt"))
    assert [each["path"] for each in log_of(own, 1)] == ["/robots.txt"]


def test_the_log_holds_whole_lines_though_many_ask_at_once(own: Ministry) -> None:
    failed: list[Exception] = []

    def asking(number: int) -> None:
        try:
            for n in range(1, 21):
                healthy(ask(own.release_url(n), X_Number=str(number)), n, own)
        except Exception as error:  # noqa: BLE001 - told to the test below
            failed.append(error)

    threads = [threading.Thread(target=asking, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        own.log()  # every line of it is JSON, at any time
    for thread in threads:
        thread.join()
    assert not failed
    counts = Counter((each["path"], each["headers"]["x-number"]) for each in log_of(own, 8 * 20))
    assert len(counts) == 8 * 20
    assert set(counts.values()) == {1}


def test_requests_that_overlap_are_told_from_requests_that_do_not(own: Ministry) -> None:
    for _ in range(5):
        ask(own.url("/robots.txt"))
        time.sleep(0.03)
    log = log_of(own, 5)
    assert overlaps(log) == 0
    assert 0.025 <= closest(log) < 0.5  # a line may be written a little after its reply came
    own.clear_log()
    own.tell("set", faults=[{"name": "f", "kind": "silent", "share": 1.0}])
    waiting = threading.Thread(target=ask, args=(own.release_url(1),))
    waiting.start()
    time.sleep(0.2)
    ask(own.url("/robots.txt"))
    ask(own.url("/robots.txt").replace(str(own.ports[0]), str(own.ports[1])))
    waiting.join()
    assert overlaps(log_of(own, 3)) == 1, "the one to the same host; another host may be asked meanwhile"


def test_gaps_are_those_of_one_host() -> None:
    def line(port: int, start: float, end: float) -> dict[str, Any]:
        return {"port": port, "start": start, "end": end}

    apart = [line(1, 0, 1), line(1, 3, 4), line(2, 0.5, 3.5), line(2, 3.75, 4)]
    assert (overlaps(apart), closest(apart)) == (0, 0.25)
    within = [line(1, 0, 10), line(1, 1, 2), line(1, 3, 4), line(1, 11, 12)]
    assert (overlaps(within), closest(within)) == (2, -9), "a long request covers all that began in it"


# Its pages, as the parser reads them.


@pytest.mark.parametrize("edition", [0, 1])
def test_a_release_reads_as_what_it_was_made_of(edition: int) -> None:
    for n in (1, 7, 250, 9_999):
        found = read(Page(pages.release(n, edition), "text/html", url=f"http://127.0.0.1/news/t{n}.shtml"))
        assert isinstance(found, Release), found
        assert (found.layout, found.title) == ("mfa_en", pages.title(n, edition))
        assert list(found.paragraphs) == pages.sentences(n, edition)


def test_no_two_releases_are_alike() -> None:
    assert len({tuple(pages.sentences(n)) for n in range(2_000)}) == 2_000
    assert len({pages.title(n) for n in range(2_000)}) == 2_000
    assert pages.release(12) == pages.release(12)


def test_a_walk_of_either_list_meets_every_release_once(own: Ministry) -> None:
    own.tell("publish", count=18)
    for path, item in (("/news/default.shtml", ".newsLst_mod ul li a"), ("/days/index.html", ".newsBd ul.list1 li a")):
        url = own.url(path)
        first = read_list(Page(ask(url).body, "text/html", url=url), item)
        name, suffix = path.rpartition(".")[::2]
        assert list(first.following) == [own.url(f"{name}_{number}.{suffix}") for number in (1, 2)]
        assert len(first.entries) == 15
        found = [*first.entries]
        for following in first.following:
            found += read_list(Page(ask(following).body, "text/html", url=following), item).entries
        assert [each.url for each in found] == [own.release_url(n) for n in range(38, 0, -1)]
        assert [each.listing.title for each in found] == [pages.title(n) for n in range(38, 0, -1)]
        assert all((each.listing.published is not None) == path.startswith("/days") for each in found)
        assert ask(own.url(f"{name}_3.{suffix}".replace(own.url(""), ""))).status == 404


def test_feed_and_sitemaps_name_the_releases(own: Ministry) -> None:
    feed = ask(own.url("/feed.xml"))
    assert feed.headers["content-type"] == "application/rss+xml"
    for n in range(1, 21):
        assert f"<link>{own.release_url(n)}</link>".encode() in feed.body
        assert pages.sentences(n)[0].encode() in feed.body
    part = own.url("/map/0.xml.gz")
    assert f"<loc>{part}</loc>".encode() in ask(own.url("/sitemap.xml")).body
    places = gzip.decompress(ask(part).body)
    assert all(f"<loc>{own.release_url(n)}</loc>".encode() in places for n in range(1, 21))


# Where it stands.


def test_it_shares_nothing_with_what_it_tests() -> None:
    for path in HERE.glob("*.py"):
        if path == Path(__file__):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [each.name for each in node.names] if isinstance(node, ast.Import) else []
            ours = {name.partition(".")[0] for name in names} & {"parsers", "flows", "warehouse", "seeds"}
            assert not ours, f"{path.name} imports {ours}"


def test_it_is_gone_when_its_parent_was_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom ministry import Ministry\n"
        f"with Ministry(Path({str(tmp_path)!r}), 5) as ministry:\n    print(ministry.host, flush=True)\n"
        "    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=HERE.parent, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        host = parent.stdout.readline().strip()
        assert ask(f"http://{host}/robots.txt").status == 200
        children = psutil.Process(parent.pid).children(recursive=True)
        assert children
        os.kill(parent.pid, signal.SIGKILL)
    _, alive = psutil.wait_procs(children, timeout=5)
    assert not alive
    with pytest.raises(ConnectionRefusedError):
        ask(f"http://{host}/robots.txt")


def test_it_ends_with_its_block(tmp_path: Path) -> None:
    before = set(psutil.Process().children(recursive=True))
    with Ministry(tmp_path, 5, ports=[0, 0, 0]) as ministry:
        assert len(set(ministry.ports)) == 3
        assert ministry.allowed == ",".join(f"127.0.0.1:{port}" for port in ministry.ports)
    assert not set(psutil.Process().children(recursive=True)) - before
