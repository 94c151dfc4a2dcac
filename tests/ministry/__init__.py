"""The test ministry, as tests see it: a process of its own that serves, misbehaves, and writes a log."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ministry.faults import Fault, fault_of

TESTS = Path(__file__).resolve().parents[1]

__all__ = ["Ministry", "closest", "fault_of", "overlaps"]


class Ministry:
    """A running test ministry.

    Args:
        folder: for its config and log.
        releases: how many it has published.
        faults: which of them fail, and how.
        config: further values of the server's config.
    """

    def __init__(self, folder: Path, releases: int, faults: Sequence[Fault] = (), **config: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.releases = releases
        self.faults = list(faults)
        self.log_file = folder / "access.log"
        self._config = folder / "ministry.json"
        words = {"releases": releases, "faults": self.faults, "log": str(self.log_file), **config}
        self._config.write_text(json.dumps(words), "utf-8")

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "ministry.server", str(self._config)]
        self._process = subprocess.Popen(
            command, cwd=TESTS, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        assert self._process.stdout is not None
        self.ports: list[int] = json.loads(self._process.stdout.readline())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()  # its end is the server's end, also when this process was killed
        self._process.wait(10)
        self._process.stdout.close()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.ports[0]}"

    @property
    def allowed(self) -> str:
        """All of its hosts, as COMMUNIQUE_ALLOW_HOSTS has them."""
        return ",".join(f"127.0.0.1:{port}" for port in self.ports)

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def release_url(self, n: int, *, spread: bool = False) -> str:
        """URL of release n; `spread` over all hosts, as the config of that name has it."""
        return f"http://127.0.0.1:{self.ports[n % len(self.ports) if spread else 0]}/news/t{n}.shtml"

    def tell(self, do: str, **values: Any) -> None:
        """Change something: publish count, edit n, withdraw n (how), restore n, set name=value."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, **values}) + "\n")
        assert self._process.stdout.readline() == "done\n"

    def log(self) -> list[dict[str, Any]]:
        """The requests that are over, in the order in which they ended.

        A line that is still being written counts as not over yet: a reader may see the half of a write.
        """
        if not self.log_file.exists():
            return []
        whole = self.log_file.read_text("utf-8").rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def clear_log(self) -> None:
        os.truncate(self.log_file, 0)

    def entry(self, **fields: Any) -> str:
        """Its entry in a sources file; fields replace, None leaves out."""
        values = {
            "id": "ministry",
            "issuer": "Test Ministry",
            "country": "XXX",
            "languages": ["en"],
            "urls": [f"127.0.0.1:{port}/" for port in self.ports],
            "layouts": ["mfa_en"],
            "lists": [self.url("/news/default.shtml")],
            "item": ".newsLst_mod ul li a",
            "delay": 0,
            "contact": "tests@example.org",
            "robots_reason": "it is ours",
            "gone": ["/system/"],
            "state": "verified",
            **fields,
        }
        lines = [f"{name} = {json.dumps(value)}" for name, value in values.items() if value is not None]
        return "\n".join(["[[source]]", *lines, ""])

    def sources(self, path: Path, **fields: Any) -> Path:
        """A sources file with its entry."""
        path.write_text(self.entry(**fields), "utf-8")
        return path


def overlaps(log: Iterable[dict[str, Any]]) -> int:
    """How many requests began while another to the same host went on."""
    return sum(gap < 0 for gap in _gaps(log))


def closest(log: Iterable[dict[str, Any]]) -> float:
    """The shortest time, in seconds, between the end of a request and the start of the next to the same host."""
    return min(_gaps(log))


def _gaps(log: Iterable[dict[str, Any]]) -> list[float]:
    hosts: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for each in log:
        hosts[each["port"]].append((each["start"], each["end"]))
    gaps = []
    for spans in hosts.values():
        ordered = sorted(spans)
        latest = ordered[0][1]
        for start, end in ordered[1:]:
            gaps.append(start - latest)
            latest = max(latest, end)
    return gaps
