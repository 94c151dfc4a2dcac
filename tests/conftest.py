"""Options and profiles that all tests share."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

# One example may parse a page of a megabyte: hypothesis's own clock would flake on a busy machine.
settings.register_profile("communique", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("communique")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record",
        action="store_true",
        help="record what the parser gives for each saved page (tests/parsers/test_revisions.py)",
    )
