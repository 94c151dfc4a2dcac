"""A lake's PostgreSQL and S3 for tests and benchmarks: real ones, on this machine, that check who asks."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from homes import NOW
from postgres import Server

from parsers.errors import CommitConflict
from warehouse.store import Store
from warehouse.turn import Turnstile

HOST = "127.0.0.1"
BUCKET = "communique"
SECONDS = 30.0  # for S3 to answer


@dataclass(frozen=True)
class Bucket:
    """An S3 that runs.

    Attributes:
        folder: where what is put into its bucket lies as files.
        variables: by which tools find it.
    """

    folder: Path
    variables: dict[str, str]


@dataclass(frozen=True)
class Place:
    """Where a lake is.

    Attributes:
        warehouse: as `--warehouse` takes it.
        data: as `--data` takes it.
        files: the folder in which its tables' files lie in the end.
    """

    warehouse: str
    data: str
    files: Path

    @property
    def words(self) -> list[str]:
        """As the command line says it."""
        return ["--warehouse", self.warehouse, "--data", self.data]

    def count(self) -> int:
        """How many files its tables have."""
        return sum(1 for _ in self.files.rglob("*.parquet"))


def new_lake(server: Server, s3: Bucket) -> Place:
    """Where an empty lake may be: its database is made."""
    name = server.create(f"lake_{secrets.token_hex(4)}")
    catalog = f"host={server.host} port={server.port} user={server.user} dbname={name}"
    return Place(f"ducklake:postgres:{catalog}", f"s3://{BUCKET}/{name}", s3.folder / name)


def refused_late(home: Path) -> None:
    """Of two commits to the lake of a HOME that begin at one state, the second is refused, and nothing of it lands."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Turnstile, "_take", lambda self: self._cursor.execute("BEGIN"))
        early, late = Store(home, NOW), Store(home, NOW)
        row = "INSERT INTO files_read VALUES ('{}', 1, 'run', now())"
        with pytest.raises(CommitConflict) as caught, late.transaction():  # noqa: PT012 - the commit is what fails
            late.connection.execute(row.format("late"))
            with early.transaction():
                early.connection.execute(row.format("early"))
        assert caught.value.transient
        found = early.rows("SELECT file_key FROM files_read WHERE file_key IN ('early', 'late')")
        assert found == [("early",)]
        early.close()
        late.close()


@contextmanager
def bucket(folder: Path) -> Iterator[Bucket]:
    """An S3 with one bucket, by rclone, which checks keys."""
    (folder / BUCKET).mkdir()
    key, secret, port = secrets.token_hex(10).upper(), secrets.token_urlsafe(24), _free_port()
    words = ["serve", "s3", str(folder), "--addr", f"{HOST}:{port}", "--auth-key", f"{key},{secret}"]
    rclone = Path(sys.executable).with_name("rclone")
    with (folder.parent / "rclone.log").open("wb") as log:
        process = subprocess.Popen([rclone, *words, "--config", os.devnull], stdout=log, stderr=log)
        try:
            _wait_for(port)
            keys = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_REGION": "us-east-1"}
            yield Bucket(folder / BUCKET, {**keys, "AWS_ENDPOINT_URL_S3": f"http://{HOST}:{port}"})
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
