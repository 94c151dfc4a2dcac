"""Options and profiles that all tests share."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings
from operating import Up

# One example may parse a page of a megabyte: hypothesis's own clock would flake on a busy machine.
settings.register_profile("communique", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("communique")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record",
        action="store_true",
        help="record what the parser gives for each saved page (tests/parsers/test_revisions.py)",
    )


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
