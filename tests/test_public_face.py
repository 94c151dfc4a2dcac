"""What the packages offer is what they say they offer."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest
from homes import CHECKOUT


@pytest.mark.parametrize("name", ["flows", "parsers", "warehouse", "seeds"])
def test_every_name_of_the_public_face_is_there_and_documented(name: str) -> None:
    package = importlib.import_module(name)
    assert package.__doc__
    for each in package.__all__:
        value = getattr(package, each)
        assert not callable(value) or value.__doc__, each
    with pytest.raises(AttributeError):
        _ = package.no_such_name


@pytest.mark.acceptance
def test_the_packages_import_in_any_order_and_flows_ingest_stays_a_function() -> None:
    script = "import flows, flows.line, flows.flow, flows.run; from flows import ingest; assert callable(flows.ingest)"
    subprocess.run([sys.executable, "-c", script], cwd=CHECKOUT, check=True)


def test_records_and_errors_come_without_html_parsers() -> None:
    script = (
        "import sys, parsers.release, parsers.errors; print(sorted({'bs4', 'lxml', 'selectolax'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=CHECKOUT, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
