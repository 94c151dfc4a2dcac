"""A real PostgreSQL of Debian's package on a free port of this machine, for tests.

It asks for a password, as one on another machine does, and writes without waiting for the disk.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

HOST = "127.0.0.1"
ROOT = 0
SECONDS = 60.0  # to start or to stop


@dataclass
class Server:
    """A PostgreSQL that runs; `stop` and `start` are an outage.

    Attributes:
        data: its files; gone afterwards.
        log: what it says.
    """

    data: Path
    log: Path
    host: str = HOST
    port: int = 0
    user: str = "keeper"
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    _process: subprocess.Popen[bytes] | None = None

    def create(self, database: str) -> str:
        """Make an empty database; returns its name."""
        self.ask(f'CREATE DATABASE "{database}"')
        return database

    def ask(self, sql: str, database: str = "postgres") -> str:
        """What a statement says: a row a line, columns parted by `|`."""
        words = ["psql", "--no-psqlrc", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1", "--command", sql]
        variables = {"PGHOST": self.host, "PGPORT": str(self.port), "PGUSER": self.user, "PGPASSWORD": self.password}
        done = subprocess.run(
            [_program(words[0]), *words[1:], database],
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def url(self, database: str, scheme: str = "postgresql") -> str:
        """The address of a database, with the password in it."""
        return f"{scheme}://{self.user}:{self.password}@{self.host}:{self.port}/{database}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        told = {
            "port": self.port,
            "listen_addresses": self.host,
            "unix_socket_directories": self.data,
            "fsync": "off",
            "full_page_writes": "off",
            "max_connections": 200,
        }
        words = [word for name, value in told.items() for word in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [_program("postgres"), "-D", self.data, *words],
                stdout=log,
                stderr=log,
                cwd=self.data,
                start_new_session=True,
                user=_account(),
            )
        until = time.monotonic() + SECONDS
        ready = [_program("pg_isready"), "--quiet", "--host", self.host, "--port", str(self.port)]
        while subprocess.run(ready, check=False).returncode != 0:
            assert self._process.poll() is None, self.log.read_text("utf-8")
            assert time.monotonic() < until, self.log.read_text("utf-8")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop it; whoever is connected is turned out."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(SECONDS)
            self._process = None


@contextmanager
def postgres(folder: Path) -> Iterator[Server]:
    """A PostgreSQL that is gone afterwards; its log is `postgres.log` in a folder.

    Its files lie elsewhere: it does not run as root, and pytest's folders are closed to other accounts.
    """
    data = Path(tempfile.mkdtemp(prefix="postgres-"))
    try:
        account = _account()
        if account is not None:
            shutil.chown(data, account)
        server = Server(data / "data", folder / "postgres.log", port=_free_port())
        _make(server)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(data)


def _make(server: Server) -> None:
    secret = server.data.parent / "password"
    secret.write_text(server.password, "utf-8")
    words = ["--auth", "scram-sha-256", "--username", server.user, "--pwfile", str(secret), "--encoding", "UTF8"]
    words += ["--locale", "C", "--no-sync", "--pgdata", str(server.data)]
    done = subprocess.run(
        [_program("initdb"), *words],
        cwd=server.data.parent,
        user=_account(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _program(name: str) -> str:
    """Debian keeps all but the clients beside the version, outside of PATH."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = str(kept[-1]) if kept else shutil.which(name)
    assert found, f"no {name}: install Debian's package postgresql"
    return found


def _account() -> int | None:
    """The account that it runs as: Debian's own where we are root, which it refuses to be."""
    return pwd.getpwnam("postgres").pw_uid if os.geteuid() == ROOT else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
