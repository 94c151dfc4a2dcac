"""Titles as pages and feeds show them."""

from __future__ import annotations

import pytest

from flows.reporting.edits_told import TITLE, short_title


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Envoy\n Meets  Envoy", "Envoy Meets Envoy"),
        ("外交部 " + "字" * TITLE, "外交部 " + "字" * (TITLE - 4) + " …"),
        ("字" * TITLE, "字" * TITLE),
        ("", ""),
    ],
)
def test_a_title_is_one_line_and_cut_wherever_it_is_too_long(title: str, shown: str) -> None:
    assert short_title(title) == shown
