"""Only public addresses are connected to, judged where the connection is made, after redirects too."""

from __future__ import annotations

import asyncio
import ipaddress
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpcore
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.fetching.addresses import PublicOnly, PublicTransport, allowed_hosts, is_public
from parsers.errors import AddressRefused


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
        "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "localhost", "", "1",
    ],
)  # fmt: skip
def test_these_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_these_are(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(network="10.0.0.0/8") | st.ip_addresses(network="fd00::/8"))
def test_no_private_address_is_public_however_it_is_wrapped(address: ipaddress.IPv4Address) -> None:
    assert not is_public(str(address))
    if address.version == 4:
        assert not is_public(f"::ffff:{address}")


class Handler(BaseHTTPRequestHandler):
    """Says hello; /away leads to another name of this machine."""

    def do_GET(self) -> None:
        here = self.server.server_address[1]
        self.send_response(302 if self.path == "/away" else 200)
        if self.path == "/away":
            self.send_header("Location", f"http://localhost:{here}/")
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join(10)


def fetched(url: str, allowed: str = "") -> str:
    async def fetch() -> str:
        transport = PublicTransport(allowed_hosts(allowed))
        async with httpx.AsyncClient(transport=transport, follow_redirects=True) as client:
            return (await client.get(url)).text

    return asyncio.run(fetch())


def test_this_machine_is_refused_unless_it_is_let_through_by_name(port: int) -> None:
    with pytest.raises(AddressRefused, match=r"127\.0\.0\.1: its address 127\.0\.0\.1 is not public"):
        fetched(f"http://127.0.0.1:{port}/")
    assert fetched(f"http://127.0.0.1:{port}/", "127.0.0.1") == "hello"
    assert fetched(f"http://127.0.0.1:{port}/", f"other.example, 127.0.0.1:{port}") == "hello"
    with pytest.raises(AddressRefused):
        fetched(f"http://127.0.0.1:{port}/", f"127.0.0.1:{port + 1}")


def test_a_redirect_to_what_is_not_let_through_is_refused(port: int) -> None:
    with pytest.raises(AddressRefused, match="localhost"):
        fetched(f"http://127.0.0.1:{port}/away", "127.0.0.1")
    assert fetched(f"http://127.0.0.1:{port}/away", "127.0.0.1,localhost") == "hello"


def test_what_was_checked_is_what_is_connected_to(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is public when it is asked and private when it is asked again is asked once."""
    asked: list[str] = []
    connected: list[str] = []

    async def resolve(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        asked.append(host)
        address = "8.8.8.8" if len(asked) == 1 else "127.0.0.1"
        return [(2, 1, 6, "", (address, port))]

    class Inner:
        async def connect_tcp(self, host: str, *_: object) -> None:
            connected.append(host)

    backend = PublicOnly()
    monkeypatch.setattr("anyio.getaddrinfo", resolve)
    monkeypatch.setattr(backend, "_inner", Inner())
    asyncio.run(backend.connect_tcp("rebinding.example", port))
    assert (asked, connected) == (["rebinding.example"], ["8.8.8.8"])
    with pytest.raises(AddressRefused):
        asyncio.run(backend.connect_tcp("rebinding.example", port))


@pytest.mark.parametrize("silent", [httpcore.ConnectError, httpcore.ConnectTimeout])
def test_where_the_first_address_does_not_answer_the_next_is_asked(
    silent: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    connected: list[str] = []

    async def resolve(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", (address, 80)) for address in ("8.8.8.8", "9.9.9.9")]

    class Inner:
        async def connect_tcp(self, host: str, *_: object) -> None:
            connected.append(host)
            if len(connected) == 1:
                raise silent

    backend = PublicOnly()
    monkeypatch.setattr("anyio.getaddrinfo", resolve)
    monkeypatch.setattr(backend, "_inner", Inner())
    asyncio.run(backend.connect_tcp("two.example", 80))
    assert connected == ["8.8.8.8", "9.9.9.9"]


def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", (address, 80)) for address in ("8.8.8.8", "192.168.0.1")]

    monkeypatch.setattr("anyio.getaddrinfo", resolve)
    with pytest.raises(AddressRefused, match=r"192\.168\.0\.1"):
        asyncio.run(PublicOnly().connect_tcp("both.example", 80))
