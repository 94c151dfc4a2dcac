"""Every fault that the test ministry has, and the outcome of a look at a page that has it."""

from __future__ import annotations

from ministry.faults import Fault

TABLE: list[tuple[Fault, str]] = [
    # Those that pass: asked again, the page comes.
    ({"name": "fails once", "kind": "status", "status": 500, "times": 1}, "ok"),
    ({"name": "busy, asks for a pause", "kind": "status", "status": 503, "retry_after": 1, "times": 1}, "ok"),
    ({"name": "too many requests", "kind": "status", "status": 429, "retry_after": 0, "times": 2}, "ok"),
    ({"name": "reset once", "kind": "reset", "times": 1}, "ok"),
    ({"name": "breaks off once", "kind": "cut", "times": 1}, "ok"),
    ({"name": "silent once", "kind": "silent", "times": 1}, "ok"),
    ({"name": "empty once", "kind": "empty", "times": 1}, "ok"),
    # Those that are none, though they look like it.
    ({"name": "moved", "kind": "moved"}, "ok"),
    ({"name": "moved to another host", "kind": "moved_host"}, "ok"),
    ({"name": "chunks", "kind": "chunked"}, "ok"),
    ({"name": "gzip", "kind": "gzip"}, "ok"),
    ({"name": "a header that lies", "kind": "lying"}, "ok"),
    ({"name": "no content type", "kind": "untyped"}, "ok"),
    # Those that last.
    ({"name": "gone", "kind": "status", "status": 404}, "gone"),
    ({"name": "gone for good", "kind": "status", "status": 410}, "gone"),
    ({"name": "forbidden", "kind": "status", "status": 403}, "blocked"),
    ({"name": "out of law", "kind": "status", "status": 451}, "blocked"),
    ({"name": "a page that says so", "kind": "soft_404"}, "soft_404"),
    ({"name": "sent away", "kind": "soft_404_redirect"}, "soft_404"),
    ({"name": "sent home", "kind": "home"}, "soft_404"),
    ({"name": "precondition", "kind": "status", "status": 412}, "challenge"),
    ({"name": "web server is down", "kind": "status", "status": 521}, "challenge"),
    ({"name": "accepted, with a script", "kind": "challenge_202"}, "challenge"),
    ({"name": "a script and nothing else", "kind": "script"}, "challenge"),
    ({"name": "broken for good", "kind": "status", "status": 502}, "error"),
    ({"name": "a loop", "kind": "loop"}, "error"),
    ({"name": "redirects without end", "kind": "hops"}, "error"),
    ({"name": "a private address", "kind": "private"}, "error"),
    ({"name": "resets for good", "kind": "reset"}, "error"),
    ({"name": "breaks off for good", "kind": "cut"}, "error"),
    ({"name": "no HTTP", "kind": "garbage"}, "error"),
    ({"name": "a head without end", "kind": "big_head"}, "error"),
    ({"name": "empty for good", "kind": "empty"}, "error"),
    ({"name": "silent for good", "kind": "silent"}, "timeout"),
    ({"name": "stalls", "kind": "stall"}, "timeout"),
    ({"name": "drips", "kind": "drip"}, "timeout"),
    ({"name": "large", "kind": "large"}, "too_large"),
    ({"name": "without end", "kind": "endless"}, "too_large"),
    ({"name": "a bomb", "kind": "bomb"}, "too_large"),
    ({"name": "a coding that breaks off", "kind": "cut_gzip"}, "malformed"),
    ({"name": "no text", "kind": "binary"}, "ok"),  # it was served; that it is no page is the parser's to say
]


def shared(share: float, *names: str) -> list[Fault]:
    """The faults of the table (those of these names, or all), each at a share of the releases."""
    return [{**fault, "share": share} for fault, _ in TABLE if not names or fault["name"] in names]


OUTCOME = {fault["name"]: outcome for fault, outcome in TABLE}
