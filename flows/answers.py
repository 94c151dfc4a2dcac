"""What a server answered to one look, before anybody judges it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """The last response of a look, after its redirects, which are `hops`.

    Attributes:
        url: as it was asked for.
        final_url: that answered, after redirects.
        status: HTTP status of the last response.
        headers: names and values, in the order in which they came; a name may stand more than once.
        body: with its codings undone, at most MAX_BYTES.
        coded: as it was sent, without chunks.
        too_large: whether the body went on beyond the bound.
        broken: what is wrong with the body (its coding breaks off), None where nothing is.
        asked_at: when the last request was sent, UTC.
        request: head of the last request, as it was sent.
        http: version of the protocol, as `HTTP/1.1`.
        phrase: words beside the status.
        peer: address that was connected to, None where unknown.
        conditional: whether the server was asked to compare with what it gave before.
    """

    url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    coded: bytes
    asked_at: datetime
    too_large: bool = False
    broken: str | None = None
    request: bytes = b""
    http: str = "HTTP/1.1"
    phrase: str = ""
    peer: str | None = None
    hops: tuple[Answer, ...] = ()
    conditional: bool = False

    def header(self, name: str) -> str | None:
        """The first value of a header, None where it is not there."""
        return next((value for known, value in self.headers if known.lower() == name.lower()), None)

    @property
    def content_type(self) -> str | None:
        return self.header("Content-Type")
