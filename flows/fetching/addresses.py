"""Which addresses may be fetched: http(s) to public ones, judged where the connection is made.

The name is resolved here, every address that it has must be public, and the connection goes to one
of those very addresses: what was checked is what is connected to, after a redirect too, since that
needs a connection of its own. COMMUNIQUE_ALLOW_HOSTS (`host` or `host:port`, comma-separated) lets
tests, and mirrors on this machine, through.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection, Iterable
from typing import Any

import anyio
import httpcore
import httpx

from parsers.errors import AddressRefused

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet; one that wraps another is judged by that one."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if found in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
    return found.is_global and not found.is_multicast


class PublicOnly(httpcore.AsyncNetworkBackend):
    """Connects to public addresses alone, and to those that are let through by name."""

    def __init__(self, allowed: Collection[str] = ()) -> None:
        self._allowed = frozenset(allowed)
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of a host that answers.

        Raises:
            AddressRefused: one of its addresses is not public.
        """
        last: Exception | None = None
        for address in await self._addresses(host, port, timeout):
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last or httpcore.ConnectError(f"{host} has no address")

    async def _addresses(self, host: str, port: int, seconds: float | None) -> list[str]:
        try:
            with anyio.fail_after(seconds):
                found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"{host} was not resolved in time") from error
        except OSError as error:
            raise httpcore.ConnectError(f"{host} cannot be resolved: {error}") from error
        addresses = [str(each[4][0]) for each in found]
        if host in self._allowed or f"{host}:{port}" in self._allowed:
            return addresses
        private = [address for address in addresses if not is_public(address)]
        if private:
            raise AddressRefused(f"its address {private[0]} is not public", where=host)
        return addresses

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        """Never."""
        raise AddressRefused("a socket of this machine is not public")

    async def sleep(self, seconds: float) -> None:
        """As httpcore wants it."""
        await anyio.sleep(seconds)


class PublicTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport, whose pool connects to public addresses alone."""

    def __init__(self, allowed: Collection[str] = ()) -> None:
        super().__init__()
        # httpx offers no way to name a network backend; its pool is httpcore's, whose constructor does.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(), network_backend=PublicOnly(allowed)
        )


def allowed_hosts(words: str) -> frozenset[str]:
    """The hosts that COMMUNIQUE_ALLOW_HOSTS names."""
    return frozenset(each.strip().lower() for each in words.split(",") if each.strip())
