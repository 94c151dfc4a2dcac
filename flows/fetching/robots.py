"""robots.txt by RFC 9309 (the numbers below are its sections): may a URL be asked for, and which line says so.

protego matches and weighs the rules. Which groups are for us is read here: protego keeps no lines to show, and gives
every agent of a group its own copy of each rule (4,000 agents with 4,000 rules, 111 KiB, cost 16 s and 1.1 GB).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from protego import Protego

AGENT = "communique"
"""The product token by which a site speaks to us (2.2.1)."""
MAX_BYTES = 500 * 1024  # 2.5: at least so much must be read
MAX_RULES = 200  # for us; among more, the deciding one is not looked for
MAX_DELAY = 60.0  # seconds
MAX_SHOWN = 200  # characters of a line

# Spellings that protego takes for these fields, and a colon may be missing.
_FIELD = re.compile(
    r"(?:(?P<agent>user[ -]?agent)|(?P<allow>allow)|(?P<disallow>dis+al+[oa]w|diasllow)|"
    r"(?P<other>crawl[ -]delay|request[ -]rate|visit[ -]time)|(?P<site>site-?maps?|host))(?:\s*:|\s|$)\s*",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"\*|[a-z_-]*", re.IGNORECASE)  # 2.2.1: what follows (a version) is no part of it


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a URL may be asked for, and what decided: a line of robots.txt, or why none did."""

    allowed: bool
    rule: str


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule, and a file in which it alone decides: protego says there whether it matches."""

    shown: str
    allows: bool
    alone: Protego

    def matches(self, url: str) -> bool:
        return self.alone.can_fetch(url, AGENT) == self.allows


@dataclass(frozen=True, slots=True)
class Robots:
    """A robots.txt as it was answered.

    Attributes:
        reachable: False where nothing is known of it: then nothing may be asked for (2.3.1.4).
        why: what decided where no rule does.
    """

    reachable: bool
    why: str
    _file: Protego | None = field(default=None, repr=False)
    _count: int = field(default=0, repr=False)
    _rules: tuple[_Rule, ...] = field(default=(), repr=False)
    """The longest first."""

    @classmethod
    def read(cls, status: int | None, raw: bytes, url: str) -> Robots:
        """Read the answer to a request for robots.txt.

        Args:
            status: HTTP status after redirects, None where no answer came.
            url: of the file, for people.
        """
        # 429 is no word about the file, only that we ask too often (RFC 6585, 4): as with 5xx, nothing is known of it.
        if status is None or status >= 500 or status == 429:
            return cls(False, f"{url} cannot be had ({f'status {status}' if status else 'no answer'})")
        if not 200 <= status < 300:
            return cls(True, f"no robots.txt (status {status})")  # "unavailable": all is allowed (2.3.1.3)
        lines = _lines(raw)
        if not lines:
            served = ", HTML" if raw.lstrip().startswith(b"<") else ""
            return cls(True, f"robots.txt has no valid line (status {status}{served})")
        ours = _for_us(lines)
        rules = [line for line in ours if line.kind != "other" and line.value]
        file = _parse(line.text for line in ours)
        if len(rules) > MAX_RULES:
            return cls(True, f"none of its {len(rules):,} rules forbids it", file, len(rules))
        rules.sort(key=_octets, reverse=True)
        return cls(True, "no rule of robots.txt applies", file, len(rules), tuple(map(_alone, rules)))

    def decide(self, url: str) -> Decision:
        """Whether a URL may be asked for."""
        url = url.encode("utf-8", "replace").decode()  # half of a surrogate pair cannot be percent-encoded
        if urlsplit(url).path == "/robots.txt":
            return Decision(True, "robots.txt itself may always be asked for")  # 2.2.2
        if self._file is None:
            return Decision(self.reachable, self.why)
        allowed = self._file.can_fetch(url, AGENT)
        # Of the rules that match, the longest decides, Allow before Disallow (2.2.2): the longest of those that say so.
        shown = next((rule.shown for rule in self._rules if rule.allows == allowed and rule.matches(url)), None)
        return Decision(allowed, shown or (self.why if allowed else f"one of its {self._count:,} rules"))

    @property
    def crawl_delay(self) -> float | None:
        """Seconds that it wants between two requests, at most MAX_DELAY; no part of RFC 9309, but widely kept."""
        found = self._file.crawl_delay(AGENT) if self._file else None
        return None if found is None else min(found, MAX_DELAY)


def _lines(raw: bytes) -> list[_Line]:
    """The lines that say something."""
    lines = raw[:MAX_BYTES].decode("utf-8", "replace").removeprefix("\ufeff").splitlines()
    if len(raw) > MAX_BYTES:
        lines.pop()  # cut short, `Disallow: /old/` may forbid everything
    found = []
    for line in lines:
        text = line.partition("#")[0].strip()
        named = _FIELD.match(text)
        if named:
            found.append(_Line(text, named.lastgroup or "", text[named.end() :]))
    return found


def _for_us(lines: Iterable[_Line]) -> list[_Line]:
    """The lines of all groups that name us, else of those for everyone (2.2.1)."""
    groups: dict[str, list[_Line]] = {}
    agents: set[str] = set()
    heading = False
    for line in lines:
        if line.kind == "agent":
            if not heading:
                agents.clear()
            heading = True
            token = _TOKEN.match(line.value)
            if token and token[0].lower() in (AGENT, "*"):
                agents.add(token[0].lower())
                groups.setdefault(token[0].lower(), [])
        elif line.kind != "site":  # which ends no group (2.2.4)
            heading = False
            for agent in agents:
                groups[agent].append(line)
    return groups.get(AGENT, groups.get("*", []))


def _parse(lines: Iterable[str]) -> Protego:
    return Protego.parse("\n".join(["User-agent: *", *lines]))


def _octets(line: _Line) -> int:
    return len(quote(line.value, safe="/%*$=?&:;,@!'()+"))


def _alone(line: _Line) -> _Rule:
    # Against the shortest rule there is, an Allow that matches wins; without a rule all is allowed.
    allows = line.kind == "allow"
    shown = "".join(char if char.isprintable() else " " for char in line.text[:MAX_SHOWN])
    return _Rule(shown, allows, _parse(["Disallow: /", line.text] if allows else [line.text]))
