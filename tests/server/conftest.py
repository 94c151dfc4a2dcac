"""What tests of a real server share."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from operating import Up


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure that has to do with a `communique up` comes with what that said."""
    report = yield
    if report.failed and isinstance(item, pytest.Function):
        for up in (each for each in item.funcargs.values() if isinstance(each, Up)):
            for log in (up.said, *sorted((up.home / "logs").glob("*.log"))):
                if log.exists():
                    report.sections.append((log.name, log.read_text("utf-8", "replace")[-6000:]))
    return report
