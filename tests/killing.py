"""Commands that say where on the line they are, so that they can be killed or starved there.

A process of its own has the packages imported and forks one child a command: the child is the
whole command line, with marks around the steps. `python killing.py FD` is that process.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

STEPS = {
    "archive": ("flows.line",),
    "land": ("flows.line", "flows.reparse"),
    "publish": ("flows.line",),
    "reparse": ("flows.run",),
    "recovered": ("flows.fetching.crawl", "flows.upkeep"),
}
"""Steps by the name of their function, and the modules that call it by that name."""
CALLED = {"reparse": "reparse_line"}
"""Steps that they call by another."""
PATIENCE = 120  # seconds for one command


@dataclass
class Mark:
    """A command entered a step, or left it.

    Attributes:
        size: how many new captures or list entries the step was given; 1 where it takes none.
        landed: looks (seen_id) that the step acknowledged as it was left.
        at: seconds, by a clock that all processes share.
    """

    step: str
    left: bool
    size: int
    landed: list[str]
    at: float


@dataclass
class Course:
    """How far a command came.

    Attributes:
        exit: its exit code, None where it was killed.
        said: what it printed.
    """

    marks: list[Mark] = field(default_factory=list)
    exit: int | None = None
    said: str = ""

    @property
    def inside(self) -> list[str]:
        """Steps that were entered and not left, the innermost last."""
        steps: list[str] = []
        for mark in self.marks:
            steps.remove(mark.step) if mark.left else steps.append(mark.step)
        return steps

    @property
    def landed(self) -> set[str]:
        """Looks that were acknowledged."""
        return {each for mark in self.marks for each in mark.landed}

    def seconds(self, step: str) -> list[float]:
        """How long each passage of a step took that was given something."""
        entered: list[Mark] = []
        took = []
        for mark in self.marks:
            if mark.step == step and not mark.left:
                entered.append(mark)
            elif mark.step == step:
                begun = entered.pop()
                if begun.size:
                    took.append(mark.at - begun.at)
        return took


class Commands:
    """Runs commands of the packages in a folder; one at a time.

    Args:
        packages: the checkout, or a copy of it in which a layout was changed.
        scratch: folder for what the commands print.
    """

    def __init__(self, packages: Path, scratch: Path) -> None:
        self._packages = packages
        self._said = scratch / "said.txt"

    def __enter__(self) -> Self:
        read, write = os.pipe()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "COMMUNIQUE_"))}
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(write)],
            env={**kept, "PYTHONPATH": str(self._packages), "DO_NOT_TRACK": "1", "COMMUNIQUE_WORKERS": "1"},
            cwd=self._packages,
            stdin=subprocess.PIPE,
            pass_fds=[write],
            start_new_session=True,
        )
        os.close(write)
        self._marks = read
        self._rest = b""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE)
        os.close(self._marks)

    def run(self, *words: str | Path, strike: Callable[[Mark], float | None] | None = None, **settings: str) -> Course:
        """One command, to its end or to its death.

        Args:
            words: as on the command line.
            strike: given each mark, says after how many seconds to kill the command with -9.
            settings: variables without their prefix.
        """
        asked = {"words": [str(word) for word in words], "said": str(self._said), "settings": settings}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        self._process.stdin.flush()
        course, kill_at, pid, end = Course(), None, 0, time.monotonic() + PATIENCE
        while True:
            told = self._next(end if kill_at is None else kill_at)
            if told is None:
                assert pid, "no command was begun"
                _kill(pid)
                assert kill_at is not None, f"it took longer than {PATIENCE} s"
                kill_at = strike = None
            elif "pid" in told:
                pid = told["pid"]
            elif "ended" in told:
                course.exit = told["ended"]
                course.said = self._said.read_text("utf-8")
                return course
            else:
                course.marks.append(Mark(**told))
                seconds = strike(course.marks[-1]) if strike and kill_at is None else None
                kill_at = kill_at if seconds is None else course.marks[-1].at + seconds

    def _next(self, until: float) -> dict[str, Any] | None:
        """What the child or its parent tells next; None where nothing came in time."""
        while True:
            while b"\n" not in self._rest:
                if not select.select([self._marks], [], [], max(0.0, until - time.monotonic()))[0]:
                    return None
                block = os.read(self._marks, 1 << 16)
                assert block, "the process that forks the commands died"
                self._rest += block
            line, _, self._rest = self._rest.partition(b"\n")
            if line.startswith(b"{") and line.endswith(b"}"):  # the kill may have cut the child's last word
                return dict(json.loads(line))


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):  # it ended as we looked
        os.kill(pid, signal.SIGKILL)


def serve(marks: int) -> None:
    """Fork a child for each line of standard input, and tell how it ended."""
    import pyarrow  # noqa: F401 - imported once, for all children

    import flows.cli
    import flows.derive
    import flows.fetching.crawl
    import flows.reparse
    import flows.run
    import flows.upkeep
    import flows.verbs  # noqa: F401

    for line in sys.stdin.buffer:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            try:
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                _command(asked, marks)
            finally:
                os._exit(70)
        os.write(marks, json.dumps({"pid": child}).encode() + b"\n")
        _, status = os.waitpid(child, 0)
        ended = None if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        os.write(marks, b"\n" + json.dumps({"ended": ended}).encode() + b"\n")


def _command(asked: Mapping[str, Any], marks: int) -> None:
    said = os.open(asked["said"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.environ.update({f"COMMUNIQUE_{name.upper()}": value for name, value in asked["settings"].items()})
    for step, modules in STEPS.items():
        for module in modules:
            _marked(sys.modules[module], step, marks)
    sys.argv = ["communique", *asked["words"]]
    code: Any = 70
    try:
        code = _upkeep() if asked["words"][0] == "upkeep" else _cli()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _cli() -> Any:
    from flows.cli import main

    try:
        main()
    except SystemExit as end:
        return end.code or 0
    return 0


def _upkeep() -> int:
    """The upkeep of a schedule, with sources that its verb takes from the settings alone."""
    from datetime import UTC, datetime

    from flows.registry import catalogue_of
    from flows.settings import settings
    from flows.upkeep import maintain
    from parsers.errors import CommuniqueError

    _, _, sources, _, home = sys.argv[1:6]
    chosen = settings({"home": Path(home), "sources": Path(sources)})
    try:
        maintain(chosen, catalogue_of(chosen), now=datetime.now(UTC))
    except CommuniqueError as error:
        print(f"communique: {error}", file=sys.stderr)
        return 1
    return 0


def _marked(module: Any, step: str, marks: int) -> None:
    name = CALLED.get(step, step)
    real = getattr(module, name)

    def tell(*, left: bool, size: int, landed: Sequence[str] = ()) -> None:
        told = {"step": step, "left": left, "size": size, "landed": list(landed), "at": time.monotonic()}
        os.write(marks, json.dumps(told).encode() + b"\n")

    def plain(*arguments: Any, **named: Any) -> Any:
        captures = arguments[1] if step == "land" else ()
        size = len(captures) + len(named.get("listed", ())) if step == "land" else 1
        tell(left=False, size=size)
        result = real(*arguments, **named)
        tell(left=True, size=size, landed=[each.seen_id for each in captures])
        return result

    def piecewise(*arguments: Any, **named: Any) -> Iterator[Any]:
        tell(left=False, size=1)
        yield from real(*arguments, **named)
        tell(left=True, size=1)

    setattr(module, name, piecewise if step == "recovered" else plain)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
