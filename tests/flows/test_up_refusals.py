"""What `communique up` refuses before it starts anything: an open door, a second one, a taken port, a wrong place."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from homes import write_lines
from operating import communique, environment, free_port

from flows import __version__
from flows.operate.join import _refuse_other_home, _refuse_other_version, api_of
from flows.operate.services import LOOPBACK, Site, worker_name
from flows.operate.up import LOCK, worker_of
from flows.operate.where import SERVER_FILE
from parsers.errors import ConfigError

SECRET = {"PREFECT_SERVER_API_AUTH_STRING": "user:word"}
# Should it not be refused, the server dies at once: a test that fails leaves nothing running.
NO_SERVER = {"PREFECT_SERVER_DATABASE_CONNECTION_URL": "none://"}


def up(home: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return communique("up", "--home", home, *words, env=environment(**NO_SERVER, **variables))


def is_refused(done: subprocess.CompletedProcess[str], home: Path, words: str) -> None:
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("communique: ")
    assert done.stderr.count("\n") == 1
    assert words in done.stderr
    left = {path.name for path in home.iterdir()} if home.exists() else set()
    assert left <= {LOCK, SERVER_FILE}, "nothing was started"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port at which another program listens, at all addresses."""
    with socket.socket() as listening:
        listening.bind(("0.0.0.0", 0))
        listening.listen()
        yield listening.getsockname()[1]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "ops.example"])
def test_a_door_that_is_open_to_others_needs_a_password(tmp_path: Path, host: str) -> None:
    home = tmp_path / "home"
    done = up(home, "--host", host, "--port", str(free_port()))
    is_refused(done, home, f"address `{host}` is open to others")
    assert "Set PREFECT_SERVER_API_AUTH_STRING=USER:PASSWORD" in done.stderr
    assert not home.exists()


def test_with_a_password_the_door_may_be_open(tmp_path: Path, taken: int) -> None:
    home = tmp_path / "home"
    words = f"port {taken} of 0.0.0.0 is taken"
    is_refused(up(home, "--host", "0.0.0.0", "--port", str(taken), **SECRET), home, words)


def test_an_empty_password_is_none(tmp_path: Path, taken: int) -> None:
    home = tmp_path / "home"
    done = up(home, "--host", "0.0.0.0", "--port", str(taken), PREFECT_SERVER_API_AUTH_STRING="")
    is_refused(done, home, "is open to others")


@pytest.mark.parametrize("known", [True, False])
def test_a_second_one_says_that_it_is_up_and_where(tmp_path: Path, known: bool) -> None:
    if known:
        Site(LOOPBACK, 4321).write(tmp_path)
    with FileLock(tmp_path / LOCK):
        done = up(tmp_path, "--port", str(free_port()))
    is_refused(done, tmp_path, "it is up already")
    assert ("; the dashboard is at http://127.0.0.1:4321" in done.stderr) == known
    assert str(tmp_path) in done.stderr
    assert (Site.read(tmp_path) is not None) == known, "the first one's place is left as it was"


def test_a_worker_keeps_the_name_that_its_runs_bear(tmp_path: Path) -> None:
    assert worker_of(tmp_path) == worker_name(tmp_path)
    Site(worker="container-1").write(tmp_path)
    assert worker_of(tmp_path) == "container-1"


def test_a_taken_port_is_said_and_home_is_free_again(tmp_path: Path, taken: int) -> None:
    home = tmp_path / "home"
    done = up(home, "--port", str(taken))
    is_refused(done, home, f"port {taken} of 127.0.0.1 is taken by another program. Choose one with `--port`")
    with FileLock(home / LOCK, timeout=0):
        assert Site.read(home) is None


def test_a_home_that_is_a_file_is_a_usage_error(tmp_path: Path) -> None:
    done = up(write_lines(tmp_path / "home", []))
    assert (done.returncode, "is a file" in done.stderr) == (2, True)


@pytest.mark.parametrize("words", [("--port", "0"), ("--port", "65536"), ("--grace", "-1")])
def test_a_wrong_number_is_a_usage_error(tmp_path: Path, words: tuple[str, str]) -> None:
    assert up(tmp_path / "home", *words).returncode == 2


@pytest.mark.parametrize("words", [("--port", "4300"), ("--host", "0.0.0.0"), ("--alert-block", "mail/ops")])
def test_what_is_the_servers_is_not_said_where_there_is_none(tmp_path: Path, words: tuple[str, str]) -> None:
    done = up(tmp_path / "home", "--join", "http://first.example:4200/api", *words)
    assert (done.returncode, "say them where it starts" in done.stderr) == (2, True)


def test_a_server_that_does_not_answer_cannot_be_joined(tmp_path: Path) -> None:
    done = up(tmp_path, "--join", f"http://127.0.0.1:{free_port()}")
    assert done.returncode == 1
    assert re.search(r"/api: no Prefect server answers\. See that `communique up` runs there", done.stderr)
    assert not list(tmp_path.rglob(SERVER_FILE))


@pytest.mark.parametrize(
    "url", ["http://first.example:4200/api", "http://first.example:4200", "http://first.example:4200/"]
)
def test_the_api_may_be_named_by_the_page_beside_it(url: str) -> None:
    assert api_of(url) == "http://first.example:4200/api"


@pytest.mark.parametrize("url", ["first:4200", "ftp://first.example", "http://", "http://first:port", "http://a?b", ""])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="no address of a server"):
        api_of(url)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(ConfigError, match="PREFECT_API_AUTH_STRING") as caught:
        api_of("http://user:hush@first.example:4200/api")
    assert "hush" not in str(caught.value)


def test_a_machine_that_does_not_see_the_home_of_the_runs_takes_none(tmp_path: Path) -> None:
    for home in (tmp_path / "none", tmp_path):  # not there, or a mount point on which nothing is mounted
        with pytest.raises(ConfigError, match=r"is not here\. Mount the first machine's HOME here"):
            _refuse_other_home({"COMMUNIQUE_HOME": str(home)})
    (tmp_path / LOCK).touch()
    _refuse_other_home({"COMMUNIQUE_HOME": str(tmp_path)})


def test_a_machine_with_another_version_takes_no_run() -> None:
    _refuse_other_version(f"{__version__}+0123abcd", "")
    with pytest.raises(ConfigError, match=r"communique 0\.0\.7 is there"):
        _refuse_other_version("0.0.7+0123abcd", "")
