"""The command line in this process, as a test types it."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.cli import main


def typed(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    """Type a command: exit code, what it prints, what it complains of."""
    code: str | int | None = 0
    try:
        main([*map(str, words)])
    except SystemExit as ended:
        code = ended.code
    said = capsys.readouterr()
    return int(code or 0), said.out, said.err
