"""A HOME that is killed inside steps of the line, again and again, and looked at after each kill."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from homes import CHECKOUT
from keeping import archived, bodies_stand, landed, published
from killing import Commands, Mark

from warehouse.home import FILE, PUBLISHED

PACKAGES = ("flows", "parsers", "warehouse", "seeds")
MODES = ("again", "lost", "raised")
"""What there is to read again: all as it was; a HOME whose warehouse is gone; pages whose layout was changed."""
TRIES = 12


def raised(folder: Path) -> Path:
    """A copy of the packages in which layout mission_text writes its titles in capitals, one revision later."""
    for package in PACKAGES:
        left_out = shutil.ignore_patterns("__pycache__", "releases")
        shutil.copytree(CHECKOUT / package, folder / package, ignore=left_out)
    layout = folder / "parsers" / "layouts" / "mission_text.py"
    words = layout.read_text("utf-8")
    assert words.count(_REVISION) == words.count(_FIRST) == 1
    layout.write_text(words.replace(_REVISION, f"{_REVISION}10").replace(_FIRST, f"{_CAPITALS}{_FIRST}"), "utf-8")
    return folder


_REVISION = "    revision = "
_FIRST = "    def fits_text("
_CAPITALS = """
    def read(self, page):
        from dataclasses import replace

        read = super().read(page)
        return replace(read, title=read.title.upper())

"""


class Series:
    """Kills in one HOME; each is drawn within the duration of its step, the kills of a step spread over it.

    Args:
        seconds: how long each step takes, as measured; learned anew where it took less.
        batches: of 50 looks in a part: kills while it lands take turns between them.
    """

    def __init__(self, folder: Path, seconds: dict[str, float], *, seed: int, batches: int = 1) -> None:
        self.home = folder / "home"
        self.inside: dict[str, list[float]] = {"land": [], "publish": [], "reparse": []}
        """Shares of its duration at which a kill struck inside a step."""
        self.missed = 0
        self.unfinished = 0
        """Kills that left a file half built for readers."""
        self._before = folder / "before"
        self._batches = batches
        self._seconds = dict(seconds)
        self._chance = random.Random(seed)
        self._landed: set[str] = set()
        self._archived: set[str] = set()
        self._published: set[str] = set()

    def __str__(self) -> str:
        told = [f"{step} {' '.join(f'{share:.2f}' for share in sorted(at))}" for step, at in self.inside.items()]
        return f"KILLS {'; '.join(told)}; half built {self.unfinished}; missed {self.missed}"

    def ingest(self, commands: Commands, parts: Sequence[Path]) -> None:
        """Ingest part after part, killed while each lands and while it is published; then all, to the end."""
        self._measure(commands, parts[0])
        landing, publishing = self._shares(len(parts)), self._shares(len(parts))
        for number, part in enumerate(parts):
            words = ("ingest", part, "--home", self.home)
            self._kill(commands, "land", landing[number], *words, batch_size="50", passage=1 + number % self._batches)
            often = {"publish_every": "0"} if number % 2 else {}
            self._kill(commands, "publish", publishing[number], *words, batch_size="50", **often)
        course = commands.run("ingest", *parts, "--home", self.home, batch_size="50")
        assert course.exit in (0, 3), course.said
        self._look(course.landed)
        bodies_stand(self.home, self._landed)

    def reparse(self, commands: Commands, kills: int, mode: str) -> None:
        """Read all again, killed so many times; then to the end."""
        if mode == "lost":
            for path in (FILE, f"{FILE}.wal", *([PUBLISHED] if self._chance.random() < 0.5 else [])):
                (self.home / path).unlink(missing_ok=True)
            self._landed.clear()
            self._published = published(self.home)
        for share in self._shares(kills):
            self._kill(commands, "reparse", share, "reparse", "--home", self.home, batch_size="100")
        course = commands.run("reparse", "--home", self.home, batch_size="100")
        assert course.exit == 0, course.said
        self._look(course.landed)
        assert archived(self.home) == self._landed

    def _measure(self, commands: Commands, part: Path) -> None:
        # What a step took an hour ago, or in a larger HOME, says little of what it takes now.
        home = self.home.with_name("measured")
        course = commands.run("ingest", part, "--home", home, batch_size="50")
        self._seconds |= {step: course.seconds(step)[0] for step in ("land", "publish")}
        shutil.rmtree(home)

    def _shares(self, kills: int) -> list[float]:
        shares = [(place + self._chance.random()) / kills for place in range(kills)]
        self._chance.shuffle(shares)
        return shares

    def _kill(
        self, commands: Commands, step: str, share: float, *words: str | Path, passage: int = 1, **settings: str
    ) -> None:
        """Kill a command inside a step; where the step was faster, it is tried again from where it began."""
        self._keep()
        for _ in range(TRIES):
            course = commands.run(*words, strike=_at(step, passage, share * self._seconds[step]), **settings)
            self._look(course.landed)
            if course.exit is None and step in course.inside:
                self.inside[step].append(share)
                self.unfinished += any(self.home.glob(f".{PUBLISHED}.*"))
                return
            assert course.exit in (None, 0, 3), course.said
            self.missed += 1
            took = course.seconds(step)
            assert len(took) >= passage, f"it was never inside {step}: {course.said}"
            self._seconds[step] = took[passage - 1]
            self._back()
        raise AssertionError(f"{TRIES} times {step} ended before the kill")

    def _look(self, acknowledged: set[str]) -> None:
        """Hold what was acknowledged against what lies there now."""
        self._landed |= acknowledged
        here, kept, shown = landed(self.home), archived(self.home), published(self.home)
        assert self._landed <= here, "what was acknowledged is lost"
        assert here <= kept, "what landed is not in the archive"
        assert self._archived <= kept, "what was in the archive is gone"
        assert self._published <= shown, "readers see less than before"
        self._landed, self._archived, self._published = here, kept, shown

    def _keep(self) -> None:
        shutil.rmtree(self._before, ignore_errors=True)
        if self.home.exists():
            shutil.copytree(self.home, self._before)
        self._kept = (set(self._landed), set(self._archived), set(self._published))

    def _back(self) -> None:
        shutil.rmtree(self.home)
        if self._before.exists():
            shutil.copytree(self._before, self.home)
        self._landed, self._archived, self._published = (set(each) for each in self._kept)


def _at(step: str, passage: int, seconds: float) -> Callable[[Mark], float | None]:
    """A kill so many seconds after a step is entered for the so-manieth time with something to do."""
    entered = 0

    def strike(mark: Mark) -> float | None:
        nonlocal entered
        entered += mark.step == step and not mark.left and mark.size > 0
        return seconds if entered == passage else None

    return strike
