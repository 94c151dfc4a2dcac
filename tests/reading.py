"""A writer or a reader of a HOME, as a process: `python reading.py ROLE HOME SECONDS [CLI]`, which prints a Tally."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path

import duckdb
from keeping import write_part

import warehouse
from parsers.errors import QueryError
from warehouse.home import PUBLISHED

ROLES = ("asking", "holding", "cli", "writing")
RELEASES = 20  # that each of the writer's inputs brings
HELD = 20  # reads for which a picture is held
PAUSE = 0.05  # seconds that a person thinks, at the least

WHOLE = """
    SELECT p.published_at::VARCHAR AS published_at, p.captures AS told,
        (SELECT count(*) FROM releases) = p.releases AND (SELECT count(*) FROM versions) = p.versions
        AND (SELECT count(*) FROM captures) = p.captures AND (SELECT count(*) FROM quarantine) = p.quarantined AS whole
    FROM publication p
"""
QUESTIONS = (
    "SELECT published_on, kind, count(*) FROM releases GROUP BY ALL ORDER BY ALL DESC LIMIT 20",
    "SELECT count(*) FROM versions WHERE body ILIKE '%minister%'",
    "SELECT r.title, e.* FROM edits e JOIN releases r USING (release_id) ORDER BY ALL LIMIT 20",
    "SELECT source, outcome, count(*), max(captured_at) FROM captures GROUP BY ALL ORDER BY ALL",
)


@dataclass
class Tally:
    """What a process did.

    Attributes:
        reads: queries that were asked; of a writer, runs.
        failures: how many of them failed.
        failed: the first errors.
        pictures: different publications that a reader saw.
        seconds: how long each read took; of a writer, each run.
    """

    reads: int = 0
    failures: int = 0
    failed: list[str] = field(default_factory=list)
    pictures: int = 0
    seconds: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        ordered = sorted(self.seconds)
        middle, most, last = (ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.95, 1))
        return (
            f"{self.reads} reads, {self.failures} failed, {self.pictures} pictures; "
            f"median {middle:.3f} s, p95 {most:.3f} s, max {last:.3f} s"
        )

    def fail(self, words: object) -> None:
        self.failures += 1
        self.failed = [*self.failed, str(words)[:300]][:5]

    @contextmanager
    def read(self) -> Iterator[None]:
        """One read, timed; what goes wrong in it is noted."""
        begun = time.monotonic()
        try:
            yield
        except (QueryError, duckdb.Error, subprocess.SubprocessError, OSError, ValueError, AssertionError) as error:
            self.fail(f"{type(error).__name__}: {error}")
        self.reads += 1
        self.seconds.append(round(time.monotonic() - begun, 4))
        time.sleep(PAUSE)


class Watch:
    """What one reader saw last: no picture is half, and none is older than the one before."""

    def __init__(self) -> None:
        self.captures = -1
        self.times: set[tuple[str, int]] = set()

    def see(self, published_at: str, told: int, whole: bool) -> None:
        assert whole, f"the picture of {published_at} is not whole"
        assert told >= self.captures, f"{told} captures after {self.captures}"
        self.captures = told
        self.times.add((published_at, told))


def asking(home: Path, until: float, tally: Tally, watch: Watch) -> None:
    """Open the published file for each question."""
    for number in count():
        with tally.read():
            warehouse.ask(home, QUESTIONS[number % len(QUESTIONS)])
        with tally.read():
            watch.see(*warehouse.ask(home, WHOLE).rows[0])
        if time.monotonic() > until:
            return


def holding(home: Path, until: float, tally: Tally, watch: Watch) -> None:
    """Open it as any program does, and hold each picture for a while: it stands still."""
    while time.monotonic() < until:
        first: list[tuple[str, int, bool]] = []
        with tally.read(), duckdb.connect(str(home / PUBLISHED), read_only=True) as connection:
            for number in range(HELD):
                with tally.read():
                    connection.execute(QUESTIONS[number % len(QUESTIONS)]).fetchall()
                    seen = connection.execute(WHOLE).fetchall()
                    first = first or seen
                    assert seen == first, "the picture changed in hand"
            watch.see(*first[0])


def cli(home: Path, until: float, tally: Tally, watch: Watch, command: str = "duckdb") -> None:
    """Start the duckdb command for each question."""
    words = [command, "-readonly", "-json", str(home / PUBLISHED), WHOLE]
    for number in count():
        with tally.read():
            asked = [*words, QUESTIONS[number % len(QUESTIONS)]]
            done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60)
            assert done.returncode == 0, done.stderr
            assert not done.stderr, done.stderr
            ((seen,), _) = (json.loads(each) for each in _answers(done.stdout))
            watch.see(seen["published_at"], seen["told"], seen["whole"] in (True, "true"))
        if time.monotonic() > until:
            return


def _answers(printed: str) -> list[str]:
    """The answers to two queries: each is a JSON array."""
    decoder = json.JSONDecoder()
    _, end = decoder.raw_decode(printed)
    return [printed[:end], printed[end:]]


def writing(home: Path, until: float, tally: Tally) -> None:
    """Ingest one input after the other; each is published, some while they are read."""
    from flows.run import ingest

    for number in count():
        part = write_part(home.parent / "input", number, RELEASES)
        with tally.read():
            ingest([part], flow=False, home=home, workers=1, batch_size=20, publish_every=0 if number % 5 == 0 else 600)
        if time.monotonic() > until:
            return


def main() -> None:
    role, home, seconds, *more = sys.argv[1:]
    tally, watch = Tally(), Watch()
    until = time.monotonic() + float(seconds)
    if role == "writing":
        writing(Path(home), until, tally)
    else:
        work: Callable[..., None] = {"asking": asking, "holding": holding, "cli": cli}[role]
        work(Path(home), until, tally, watch, *more)
        tally.pictures = len(watch.times)
    print(json.dumps(asdict(tally)))


if __name__ == "__main__":
    main()
