"""A real lake: PostgreSQL of Debian's package, S3 by rclone, which checks credentials; DuckDB with its extensions."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from homes import SAMPLES, ingest_into
from laking import Place
from postgres import Server, postgres

BUCKET = "communique"
SECONDS = 30.0  # for S3 to answer
HOST = "127.0.0.1"


@pytest.fixture(scope="session", autouse=True)
def _right_duckdb() -> None:
    assert duckdb.__version__ == "1.5.5", "`make lake` runs these with the DuckDB that has the extensions"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with postgres(tmp_path_factory.mktemp("postgres")) as running:
        yield running


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An S3 that the environment names, and the folder in which its bucket lies."""
    folder = tmp_path_factory.mktemp("s3")
    (folder / BUCKET).mkdir()
    key, secret = secrets.token_hex(10).upper(), secrets.token_urlsafe(24)
    port = _free_port()
    words = ["serve", "s3", str(folder), "--addr", f"{HOST}:{port}", "--auth-key", f"{key},{secret}"]
    rclone = Path(sys.executable).with_name("rclone")
    with (folder.parent / "rclone.log").open("wb") as log, pytest.MonkeyPatch.context() as patched:
        process = subprocess.Popen([rclone, *words, "--config", os.devnull], stdout=log, stderr=log)
        try:
            _wait_for(port)
            patched.setenv("AWS_ACCESS_KEY_ID", key)
            patched.setenv("AWS_SECRET_ACCESS_KEY", secret)
            patched.setenv("AWS_REGION", "us-east-1")
            patched.setenv("AWS_ENDPOINT_URL_S3", f"http://{HOST}:{port}")
            yield folder / BUCKET
        finally:
            process.terminate()
            process.wait(SECONDS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    until = time.monotonic() + SECONDS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        assert time.monotonic() < until, "rclone does not answer"
        time.sleep(0.05)


@pytest.fixture(scope="session")
def new_place(server: Server, s3: Path) -> Iterator[Callable[[], Place]]:
    """Makes empty lakes on S3; how they are reached stands in the environment."""

    def made() -> Place:
        name = server.create(f"lake_{secrets.token_hex(4)}")
        catalog = f"host={server.host} port={server.port} user={server.user} dbname={name}"
        return Place(f"ducklake:postgres:{catalog}", f"s3://{BUCKET}/{name}", s3 / name)

    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PGPASSWORD", server.password)
        yield made


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
