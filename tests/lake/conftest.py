"""A real lake: PostgreSQL of Debian's package, S3 by rclone, which checks credentials; DuckDB with its extensions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from homes import SAMPLES, ingest_into
from laking import Bucket, Place, bucket, new_lake
from postgres import Server, postgres


@pytest.fixture(scope="session", autouse=True)
def _right_duckdb() -> None:
    assert duckdb.__version__ == "1.5.5", "`make lake` runs these with the DuckDB that has the extensions"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with postgres(tmp_path_factory.mktemp("postgres")) as running:
        yield running


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    with bucket(tmp_path_factory.mktemp("s3")) as running, pytest.MonkeyPatch.context() as patched:
        for name, value in running.variables.items():
            patched.setenv(name, value)
        yield running


@pytest.fixture(scope="session")
def new_place(server: Server, s3: Bucket) -> Iterator[Callable[[], Place]]:
    """Makes empty lakes on S3; how they are reached stands in the environment."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PGPASSWORD", server.password)
        yield lambda: new_lake(server, s3)


@pytest.fixture
def place(new_place: Callable[[], Place]) -> Place:
    """An empty lake."""
    return new_place()


@pytest.fixture(autouse=True)
def _forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command of a test says of its lake is forgotten after it."""
    for variable in ("COMMUNIQUE_WAREHOUSE", "COMMUNIQUE_DATA"):
        monkeypatch.setenv(variable, "")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, new_place: Callable[[], Place]) -> tuple[Path, Path]:
    """Two HOMEs with the samples, which tests only read: in a lake, and in a file."""
    folder, place = tmp_path_factory.mktemp("kept"), new_place()
    ingest_into(folder / "lake", SAMPLES, warehouse=place.warehouse, data=place.data)
    ingest_into(folder / "file", SAMPLES)
    return folder / "lake", folder / "file"


@pytest.fixture
def lake(tmp_path: Path, place: Place) -> Path:
    """A HOME of the test's own with the samples in its lake `place`."""
    ingest_into(tmp_path / "lake", SAMPLES, warehouse=place.warehouse, data=place.data)
    return tmp_path / "lake"
