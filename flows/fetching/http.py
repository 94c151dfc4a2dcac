"""One URL -> its answer: redirects followed one by one, everything bounded, nothing judged.

Each hop waits for its host's turn, is asked of robots.txt, and needs a connection of its own to a
public address (flows/fetching/addresses.py). No cookie is kept: a site that sets one to tell us apart is not
answered, and no run carries anything of another.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

import anyio
import httpx

from flows.answers import Answer
from flows.fetching.addresses import PublicTransport, allowed_hosts
from flows.fetching.hosts import host_of
from flows.fetching.polite import Hosts
from flows.loading.codings import MAX_CODED, undo
from parsers.errors import AddressRefused, HostSlow, HostUnreachable, UrlRefused
from parsers.release import MAX_BYTES, Before

MAX_HOPS = 10
MAX_HOP_BYTES = 1 << 16  # of a redirect's own body, which nobody reads
_REDIRECTS = (301, 302, 303, 307, 308)

Check = Callable[[str], Awaitable[None]]


class Client:
    """Asks for URLs; one event loop, one run."""

    def __init__(
        self,
        hosts: Hosts,
        *,
        agent: str,
        delay: float,
        seconds: float,
        allowed: str = "",
        successors: Mapping[str, str] | None = None,
    ) -> None:
        """
        Args:
            agent: the User-Agent.
            delay: seconds between two requests to a host.
            seconds: longest time for a request, from its turn to its last byte.
            allowed: hosts that may have private addresses, as in COMMUNIQUE_ALLOW_HOSTS.
            successors: hosts that answer for others now.
        """
        self._hosts = hosts
        self._delay = delay
        self._delays: dict[str, float] = {}
        self._seconds = seconds
        self._successors = dict(successors or {})
        headers = {"User-Agent": agent, "Accept": "text/html,application/xml;q=0.9,*/*;q=0.5"}
        headers |= {"Accept-Encoding": "gzip, deflate", "Accept-Language": "*"}
        timeout = httpx.Timeout(min(seconds, 20.0))
        transport = PublicTransport(allowed_hosts(allowed))
        self._client = httpx.AsyncClient(transport=transport, headers=headers, timeout=timeout)

    async def close(self) -> None:
        """Close all connections, and the files of the hosts."""
        await self._client.aclose()
        self._hosts.close()

    def slow_down(self, host: str, delay: float) -> None:
        """Keep at least this delay at a host: its robots.txt may ask for more than the registry says."""
        self._delays[host] = delay

    def answering(self, url: str) -> str:
        """The URL under which a host's successor has a page."""
        successor = self._successors.get(host_of(url))
        return urlsplit(url)._replace(netloc=successor).geturl() if successor else url

    async def get(self, url: str, check: Check, before: Before | None = None) -> Answer:
        """The answer to a URL, after redirects.

        Args:
            check: raises where robots.txt forbids a URL; asked for each hop.
            before: the last look that brought the body, whose validators the server may compare with.

        Raises:
            AddressRefused, UrlRefused, RobotsForbid: it is not asked for.
            HostSlow, HostUnreachable: no answer, or not all of it.
            HostRests: the host may not be asked now.
        """
        hops: list[Answer] = []
        asked = {self.answering(url)}
        at = self.answering(url)
        while True:
            await check(at)
            conditions = _conditions(before) if before is not None and at == before.final_url else {}
            answer = await self._ask(at, conditions)
            target = _target(answer)
            if target is None or target in asked or len(hops) >= MAX_HOPS:
                return replace(answer, url=url, hops=tuple(hops), conditional=bool(conditions))
            hops.append(replace(answer, coded=answer.coded[:MAX_HOP_BYTES], body=b""))
            at = self.answering(target)
            asked.add(at)

    async def _ask(self, url: str, conditions: Mapping[str, str]) -> Answer:
        try:
            request = self._client.build_request("GET", url, headers=conditions)
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise UrlRefused(f"it is no URL: {error}", where=url[:500]) from error
        if request.url.scheme not in ("http", "https") or not request.url.host or request.url.userinfo:
            raise UrlRefused("only http and https are asked for, and no password is sent", where=url[:500])
        host = host_of(url)
        async with self._hosts.turn(host, max(self._delay, self._delays.get(host, 0.0))):
            with _said_of(url):
                try:
                    # anyio's, not asyncio's: httpcore shields the closing of a connection from no other. One that
                    # stayed open would still be answered while the next request goes out.
                    with anyio.fail_after(self._seconds):
                        return await self._exchange(request)
                except TimeoutError as error:
                    raise HostSlow(f"no answer within {self._seconds:g} seconds", where=url) from error
                finally:
                    self._client.cookies.clear()

    async def _exchange(self, request: httpx.Request) -> Answer:
        asked_at = datetime.now(UTC)
        async with _sending(self._client, request) as response:
            coded, whole = bytearray(), True
            async for piece in response.aiter_raw():
                coded += piece
                if len(coded) > MAX_CODED:
                    whole = False
                    break
            return _answer(request, response, bytes(coded), whole, asked_at)


@asynccontextmanager
async def _sending(client: httpx.AsyncClient, request: httpx.Request) -> AsyncIterator[httpx.Response]:
    response = await client.send(request, stream=True)
    try:
        yield response
    finally:
        await response.aclose()


@contextmanager
def _said_of(url: str) -> Iterator[None]:
    """Turn what httpx says into errors of ours."""
    try:
        yield
    except (httpx.InvalidURL, UnicodeError) as error:
        raise UrlRefused("it leads to what is no URL", where=url) from error
    except httpx.TimeoutException as error:
        raise HostSlow(f"no answer in time ({type(error).__name__})", where=url) from error
    except (httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
        raise UrlRefused(f"it cannot be asked for: {error}", where=url) from error
    except httpx.HTTPError as error:
        words = str(error) or type(error).__name__
        if "Invalid URL in location" in words:  # httpx reads the header of a redirect, though it follows none
            raise UrlRefused("it leads to what is no URL", where=url) from error
        raise HostUnreachable(f"no connection, or it broke off: {words}", where=url) from error
    except AddressRefused as error:
        error.where = error.where or url
        raise


def _conditions(before: Before) -> dict[str, str]:
    said = {"If-None-Match": before.etag, "If-Modified-Since": before.last_modified}
    return {name: value for name, value in said.items() if value and value.isascii() and value.isprintable()}


def _target(answer: Answer) -> str | None:
    location = answer.header("Location")
    if answer.status not in _REDIRECTS or not location:
        return None
    try:
        target = urljoin(answer.final_url, location.strip()).partition("#")[0]
        return target if urlsplit(target).port != 0 else None
    except ValueError:
        return None


def _answer(request: httpx.Request, response: httpx.Response, coded: bytes, whole: bool, asked_at: datetime) -> Answer:
    headers = tuple((_text(name), _text(value)) for name, value in response.headers.raw)
    body, broken = undo(coded, response.headers.get("Content-Encoding"))
    stream = response.extensions.get("network_stream")
    peer = stream.get_extra_info("server_addr") if stream is not None else None
    return Answer(
        url=str(request.url),
        final_url=str(request.url),
        status=response.status_code,
        headers=headers,
        body=body[:MAX_BYTES],
        coded=coded,
        asked_at=asked_at,
        too_large=not whole or len(body) > MAX_BYTES,
        broken=broken,
        request=_head(request),
        http=response.http_version,
        phrase=response.reason_phrase,
        peer=peer[0] if peer else None,
    )


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _head(request: httpx.Request) -> bytes:
    lines = [b"GET " + request.url.raw_path + b" HTTP/1.1", *(b": ".join(pair) for pair in request.headers.raw)]
    return b"\r\n".join([*lines, b"", b""])
