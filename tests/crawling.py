"""What tests of fetching share: a crawl of the test ministry, in this process or as a command of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from homes import rows
from ministry import Ministry
from operating import environment

from flows.run import ingest
from warehouse.runs import Summary, summary


class Site:
    """A test ministry, the entry by which it is read, and the HOME into which."""

    def __init__(self, ministry: Ministry, folder: Path, **entry: Any) -> None:
        self.ministry = ministry
        self.home = folder / "home"
        self.sources = ministry.sources(folder / "sources.toml", **entry)

    def crawl(self, **flags: Any) -> Summary:
        """One run, in this process."""
        chosen: dict[str, Any] = {"workers": 1, "fetch_seconds": 5.0, **flags}
        return summary(
            ingest(
                [],
                source="ministry",
                flow=False,
                home=self.home,
                sources=self.sources,
                **{"allow_hosts": self.ministry.allowed, **chosen},
            )
        )

    def command(self, *words: str, source: str = "ministry", **settings: str) -> subprocess.Popen[str]:
        """One run as a command; settings are variables without their prefix."""
        said = {f"COMMUNIQUE_{name.upper()}": value for name, value in {"workers": "1", **settings}.items()}
        script = "from flows.cli import main; main()"
        command = [sys.executable, "-c", script, "ingest", source, "--home", str(self.home)]
        return subprocess.Popen(
            [*command, "--sources", str(self.sources), *words],
            env=environment(COMMUNIQUE_ALLOW_HOSTS=self.ministry.allowed, **said),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return rows(self.home, sql)

    def outcomes(self) -> dict[str, str]:
        """The outcome of the last look at each page, by URL."""
        sql = "SELECT url, arg_max(outcome, captured_at) FROM captures WHERE role = 'page' GROUP BY url"
        return dict(self.rows(sql))

    def paths(self) -> list[str]:
        """What was asked for since the log was cleared, in order; the log is cleared."""
        asked = [each["path"] for each in sorted(self.ministry.log(), key=lambda each: each["start"])]
        self.ministry.clear_log()
        return asked


def kill_after(process: subprocess.Popen[str], seconds: float) -> bool:
    """Whether it was killed before it ended by itself."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return True
    out, _ = process.communicate()
    assert process.returncode in (0, 3), out
    return False


@contextmanager
def site(folder: Path, releases: int, faults: Iterable[Any] = (), entry: Any = None, **config: Any) -> Iterator[Site]:
    """A running test ministry with its entry; `entry` replaces fields of it."""
    with Ministry(folder / "ministry", releases, list(faults), **config) as ministry:
        yield Site(ministry, folder, **(entry or {}))
