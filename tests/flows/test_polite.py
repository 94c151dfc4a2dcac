"""One request at a time per host, with pauses, for all runs of a HOME; hosts that rest; and what is known of them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count, pairwise
from pathlib import Path

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows.fetching.hosts import FOLDER, MAX_WHY, SIZE, HostFile, HostState, host_of, states
from flows.fetching.http import Client
from flows.fetching.polite import JITTER, PATIENCE, Hosts
from parsers.errors import FetchError, HomeUnwritable, HostRests

HOST = "www.mfa.test"
SCHEDULE = (60, 600, 3600)
ROOT = Path(__file__).resolve().parents[2]
UP = 1e6  # seconds that the machine has been up
LATE = 1e-4  # seconds; a sleep ends a little late


class Clock:
    """Time that goes on while somebody sleeps, and nowhere else."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0
        self.up = UP
        self.slept: list[float] = []
        self.asleep: Callable[[], None] = lambda: None
        """What others do meanwhile."""

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.go_on(seconds + LATE)
        self.asleep()

    def go_on(self, seconds: float) -> None:
        self.now += seconds
        self.up += seconds

    def hosts(self, home: Path) -> Hosts:
        return Hosts(home, SCHEDULE, lambda: datetime.fromtimestamp(self.now, UTC), lambda: self.up)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("flows.fetching.polite.asyncio.sleep", made.sleep)
    return made


@pytest.fixture
def hosts(clock: Clock, tmp_path: Path) -> Iterator[Hosts]:
    made = clock.hosts(tmp_path)
    yield made
    made.close()


def ask(hosts: Hosts, delay: float = 0, host: str = HOST, during: Callable[[], None] = lambda: None) -> None:
    async def asking() -> None:
        async with hosts.turn(host, delay):
            during()

    asyncio.run(asking())


def known(home: Path, host: str = HOST) -> HostState:
    file = HostFile(home, host)
    try:
        return file.read()
    finally:
        file.close()


# --- pauses --------------------------------------------------------------------------------------

names = count()
SECONDS = st.floats(0, 200)


@given(delay=st.floats(0, 60), looks=st.lists(st.tuples(SECONDS, SECONDS), min_size=2, max_size=5))
@example(delay=1.0, looks=[(5.0, 0.0), (0.0, 0.0), (0.0, 9.0)])
def test_a_pause_lasts_from_the_end_of_a_turn_and_is_no_longer_than_said(
    tmp_path_factory: pytest.TempPathFactory, delay: float, looks: list[tuple[float, float]]
) -> None:
    clock, spans = Clock(), []
    hosts = clock.hosts(tmp_path_factory.getbasetemp() / "pauses")
    host = f"h{next(names)}.test"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("flows.fetching.polite.asyncio.sleep", clock.sleep)
        for work, idle in looks:
            clock.go_on(idle)
            called = clock.up
            ask(hosts, delay, host, lambda work=work: (spans.append([clock.up]), clock.go_on(work)))
            spans[-1] += [clock.up, called]
    hosts.close()
    for (_, end, _), (start, _, called) in pairwise(spans):
        assert start - end >= delay - 1e-9
        assert start - end <= max(delay * (1 + JITTER), called - end) + 0.002


def test_no_two_pauses_are_alike(clock: Clock, hosts: Hosts) -> None:
    for _ in range(8):
        ask(hosts, 10)
    pauses = clock.slept
    assert len(pauses) == len(set(pauses)) == 7
    assert all(10 <= pause <= 12.5 for pause in pauses)


def test_the_first_turn_waits_for_nothing_and_hosts_wait_for_themselves(clock: Clock, hosts: Hosts) -> None:
    ask(hosts, 10)
    ask(hosts, 10, "other.test")
    ask(hosts, 10, f"{HOST}:8080")
    assert clock.slept == []


def test_another_run_keeps_the_pause_and_a_clock_that_is_set_changes_none(clock: Clock, tmp_path: Path) -> None:
    for set_by in (86_400.0, -86_400.0):
        first = clock.hosts(tmp_path)
        ask(first, 10)
        first.close()
        clock.now += set_by
        ask(clock.hosts(tmp_path), 10)
        assert 10 <= clock.slept[-1] <= 12.5


def test_after_another_boot_the_whole_pause_is_kept_once(clock: Clock, hosts: Hosts) -> None:
    ask(hosts, 10)
    clock.up = 50
    ask(hosts, 10)
    assert 10 <= clock.slept[-1] <= 12.5


def test_a_turn_that_fails_is_over_and_counts(clock: Clock, hosts: Hosts) -> None:
    def fail() -> None:
        clock.go_on(3)
        raise OSError("cut")

    with pytest.raises(OSError, match="cut"):
        ask(hosts, 10, during=fail)
    ask(hosts, 10)
    assert 10 <= clock.slept[-1] <= 12.5


# --- turns ---------------------------------------------------------------------------------------

Span = tuple[float, float]


async def spans_of(hosts: Hosts, turns: int, delay: float) -> list[Span]:
    async def one() -> Span:
        async with hosts.turn(HOST, delay):
            start = time.monotonic()
            await asyncio.sleep(0.005)
            return start, time.monotonic()

    return await asyncio.gather(*(one() for _ in range(turns)))


def gaps(spans: list[Span]) -> list[float]:
    return [start - end for (_, end), (start, _) in pairwise(sorted(spans))]


@pytest.mark.parametrize("delay", [0.002, 0.02])
def test_two_runs_in_one_process_never_overlap(tmp_path: Path, delay: float) -> None:
    async def both() -> list[Span]:
        pair = Hosts(tmp_path, SCHEDULE), Hosts(tmp_path, SCHEDULE)
        first, second = await asyncio.gather(*(spans_of(hosts, 4, delay) for hosts in pair))
        for hosts in pair:
            hosts.close()
        return first + second

    spans = asyncio.run(both())
    assert len(spans) == 8
    assert min(gaps(spans)) >= delay


def command(code: str, home: Path) -> subprocess.Popen[str]:
    head = "import asyncio, json, sys, time\nfrom pathlib import Path\nfrom flows.fetching.polite import Hosts\n"
    head += f"HOST, hosts = {HOST!r}, Hosts(Path(sys.argv[1]), {SCHEDULE})\n"
    command = [sys.executable, "-c", head + code, str(home)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


TURNS = """
async def main():
    spans = []
    for _ in range(16):
        async with hosts.turn(HOST, 0.02):
            start = time.monotonic()
            await asyncio.sleep(0.005)
            spans.append((start, time.monotonic()))
    print(json.dumps(spans))
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(main())
hosts.close()
"""
RESTS = """
print("ready", flush=True)
sys.stdin.readline()
for _ in range(2000):
    hosts.rest_longer(HOST, "busy")
hosts.close()
"""

ASKED = """
async def main():
    async with hosts.turn(HOST, 0):
        print("asked", flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


def together(code: str, home: Path) -> list[str]:
    """What two processes say that begin at once."""
    pair = [command(code, home), command(code, home)]
    for process in pair:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in pair:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=30)[0] for process in pair]
    assert [process.returncode for process in pair] == [0, 0]
    return said


@pytest.mark.acceptance
def test_two_processes_never_overlap(tmp_path: Path) -> None:
    first, second = map(json.loads, together(TURNS, tmp_path))
    assert len(first) == len(second) == 16
    assert min(gaps(first + second)) >= 0.02
    assert first[0] < second[-1], "none waits until the other is done"
    assert second[0] < first[-1]


def test_nothing_that_two_processes_learn_at_once_is_lost(tmp_path: Path) -> None:
    together(RESTS, tmp_path)
    assert known(tmp_path).rests == 4000


def test_a_run_that_is_killed_in_its_turn_holds_nobody_up_and_its_request_counts(tmp_path: Path) -> None:
    process = command(ASKED, tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline() == "asked\n"
    assert 0 <= time.monotonic() - known(tmp_path).asked_at < 10
    process.send_signal(signal.SIGKILL)
    process.communicate()
    hosts = Hosts(tmp_path, SCHEDULE)
    asyncio.run(asyncio.wait_for(spans_of(hosts, 1, 0), 5))
    hosts.close()


def test_a_wait_that_is_given_up_takes_no_turn(tmp_path: Path) -> None:
    async def main() -> list[Span]:
        first, second = Hosts(tmp_path, SCHEDULE), Hosts(tmp_path, SCHEDULE)
        async with first.turn(HOST, 0):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(spans_of(second, 1, 0), 0.05)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(spans_of(second, 1, 60), 0.05)
        spans = await asyncio.wait_for(spans_of(first, 1, 0), 5)
        first.close()
        second.close()
        return spans

    assert len(asyncio.run(main())) == 1


# --- rests ---------------------------------------------------------------------------------------


def test_a_short_rest_is_waited_for_and_a_long_one_is_not(clock: Clock, hosts: Hosts) -> None:
    hosts.rest(HOST, PATIENCE, "it asked for a pause")
    ask(hosts, 1)
    assert clock.slept == [pytest.approx(PATIENCE)]
    hosts.rest(HOST, PATIENCE + 1, "HTTP status 429")
    with pytest.raises(HostRests, match=r"it rests until 2023-11-14 22:17 UTC: HTTP status 429") as raised:
        ask(hosts, 1)
    assert (raised.value.where, raised.value.transient) == (HOST, False)
    ask(hosts, 1, "other.test")
    clock.go_on(2)
    ask(hosts, 1)
    assert clock.slept[-1] == pytest.approx(PATIENCE - 1, abs=1e-3)


def test_a_delay_that_is_longer_than_the_rest_stands(clock: Clock, hosts: Hosts) -> None:
    ask(hosts, 30)
    hosts.rest(HOST, 5, "x")
    ask(hosts, 30)
    assert clock.slept[-1] >= 30


def test_a_rest_is_never_made_shorter(clock: Clock, hosts: Hosts, tmp_path: Path) -> None:
    until = clock.now + 900
    hosts.rest(HOST, 900, "x")
    hosts.rest(HOST, 10, "x")
    assert known(tmp_path).rests_until == until
    hosts.rest_longer(HOST, "x")
    assert known(tmp_path).rests_until == until


def test_rests_grow_by_the_schedule_until_a_page_comes(clock: Clock, hosts: Hosts, tmp_path: Path) -> None:
    rests = []
    for _ in range(5):
        hosts.rest_longer(HOST, "a challenge")
        rests.append(known(tmp_path).rests_until - clock.now)
        clock.go_on(10_000)
    assert rests == [60, 600, 3600, 3600, 3600]
    hosts.answered(HOST)
    hosts.answered("other.test")
    hosts.rest_longer(HOST, "a challenge")
    assert known(tmp_path).rests_until - clock.now == 60
    hosts.rest(HOST, 5000, "it said so")
    assert known(tmp_path).rests == 1, "what it asked for itself makes the next one no longer"


def test_an_answer_ends_no_rest(clock: Clock, hosts: Hosts) -> None:
    hosts.rest_longer(HOST, "x")
    hosts.rest_longer(HOST, "x")
    hosts.answered(HOST)
    with pytest.raises(HostRests):
        ask(hosts)


def test_a_rest_that_another_run_learns_of_while_we_pause_is_kept(clock: Clock, tmp_path: Path) -> None:
    """The other ends its turn, we begin ours, and only then the other has read what it was answered."""
    first, second = clock.hosts(tmp_path), clock.hosts(tmp_path)
    ask(first, 10)
    told: list[tuple[float, str]] = [(50, "HTTP status 503")]
    clock.asleep = lambda: first.rest(HOST, *told.pop()) if told else None
    ask(second, 10)
    assert clock.slept[-1] == 50
    told.append((3600, "HTTP status 429"))
    with pytest.raises(HostRests, match="429"):
        ask(second, 10)
    first.close()
    second.close()


def test_what_another_run_does_before_we_have_the_lock_counts(
    clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = clock.hosts(tmp_path), clock.hosts(tmp_path)
    others = [lambda: ask(first), lambda: first.rest(HOST, 50, "HTTP status 503")]
    take = HostFile.try_lock

    def late(file: HostFile) -> bool:
        if others and file is second._files[HOST]:
            with ThreadPoolExecutor() as elsewhere:  # a loop of its own
                elsewhere.submit(others.pop()).result()
        return take(file)

    monkeypatch.setattr(HostFile, "try_lock", late)
    ask(second, 10)
    assert clock.slept[0] == 50, "the rest"
    assert 10 <= clock.slept[1] <= 12.5, "and the pause after what the other asked"
    first.close()
    second.close()


def test_a_host_that_rests_keeps_no_lock(clock: Clock, tmp_path: Path) -> None:
    first, second = clock.hosts(tmp_path), clock.hosts(tmp_path)
    first.rest(HOST, 3600, "x")
    for hosts in (first, second, first):
        with pytest.raises(HostRests):
            ask(hosts)
        hosts.close()


# --- what is known of them -----------------------------------------------------------------------

GARBAGE = [
    b"", b"\0" * SIZE, b"null", b"[]", b"7", b"{}", b"{", b"\xff\xfe", b"[" * SIZE, b'{"host": "h"', b'{"x": 1}',
    b'{"host": 7}', b'{"host": "h", "why": 7}', b'{"host": "h", "asked_at": "x"}', b'{"host": "h", "asked_at": NaN}',
    b'{"host": "h", "rests_until": Infinity}', b'{"host": "h", "rests_until": 1e300}', b'{"host": "h", "rests": -9}',
    b'{"host": "h", "rests_until": 1' + b"0" * 400 + b"}", b'{"host": "h", "rests": 0.5}',
    b'{"host": "h", "rests": []}',
    b'{"host": "h", "rests_until": null}', b'{"host": "h", "asked_at": -1e300}',
]  # fmt: skip


def write_state(home: Path, raw: bytes) -> None:
    known(home)
    (path,) = (home / FOLDER).glob("*.json")
    path.write_bytes(raw)


@pytest.mark.parametrize("raw", GARBAGE)
def test_garbage_is_as_if_nothing_were_known(clock: Clock, hosts: Hosts, tmp_path: Path, raw: bytes) -> None:
    write_state(tmp_path, raw)
    assert known(tmp_path) == HostState(HOST)
    assert list(states(tmp_path)) == []
    ask(hosts, 10)
    hosts.rest_longer(HOST, "x")
    ask(hosts, 10)
    assert clock.slept == [60]
    assert [state.host for state in states(tmp_path)] == [HOST]


@pytest.mark.acceptance
@given(st.binary(max_size=80) | st.recursive(st.none() | st.integers() | st.floats() | st.text(), st.lists).map(repr))
def test_no_garbage_is_a_crash(tmp_path_factory: pytest.TempPathFactory, raw: bytes | str) -> None:
    home = tmp_path_factory.getbasetemp() / "garbage"
    values = f'{{"host": "h", "asked_at": {raw}, "rests_until": {raw}, "rests": {raw}}}' if isinstance(raw, str) else ""
    write_state(home, values.encode("utf-8", "replace") or bytes(raw))
    clock = Clock()
    hosts = clock.hosts(home)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("flows.fetching.polite.asyncio.sleep", clock.sleep)
        hosts.answered(HOST)
        hosts.rest_longer(HOST, "x")
        with suppress(HostRests):
            ask(hosts)
    hosts.close()
    assert [state.host for state in states(home)] in ([HOST], ["h"])


@pytest.mark.parametrize("char", ["x", "中", "\0", "😀", '"', "\ud800"])
def test_words_without_end_fit_into_the_file(hosts: Hosts, tmp_path: Path, char: str) -> None:
    host = (char if char.isprintable() else "h") * 10_000
    hosts.rest(host, 50, char * 10_000)
    ((path,), (state,)) = (tmp_path / FOLDER).glob("*.json"), states(tmp_path)
    assert path.stat().st_size == SIZE
    assert (len(state.why), len(state.host)) == (MAX_WHY, 253)
    assert known(tmp_path, host).rests_until


@pytest.mark.parametrize("host", ["../../x", "/etc/passwd", "..", "", "a/b", "a\0b", "x" * 5000, "中国", "%2e"])
def test_no_path_is_made_from_a_host(hosts: Hosts, tmp_path: Path, host: str) -> None:
    ask(hosts, host=host)
    hosts.rest(host, 1, "x")
    made = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert {path.partition(".")[0] for path in made} == {f"{FOLDER}/{(tmp_path / path).stem}" for path in made}
    stems = {Path(path).stem for path in made}
    assert len(stems) == 1
    assert all(len(stem) == 32 and set(stem) <= set("0123456789abcdef") for stem in stems)
    assert sorted(path.name for path in tmp_path.iterdir()) == [FOLDER]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://www.mfa.test/a", HOST), ("https://WWW.MFA.test.:443/", HOST), ("http://www.mfa.test:80", HOST),
        ("http://u:p@www.mfa.test/", HOST), ("http://www.mfa.test:8080/", f"{HOST}:8080"), ("http://[::1]/", "[::1]"),
        ("http:///a", ""),
    ],
)  # fmt: skip
def test_the_host_of_a_url(url: str, host: str) -> None:
    assert host_of(url) == host


# --- a HOME that cannot be written ---------------------------------------------------------------


@pytest.mark.parametrize("home", ["home", "/proc/nothing", "/sys/nothing"])
def test_a_home_that_is_read_only(clock: Clock, tmp_path: Path, home: str) -> None:
    (tmp_path / "home").write_bytes(b"")
    hosts = clock.hosts(tmp_path / home)
    for do in (lambda: ask(hosts), lambda: hosts.rest(HOST, 1, "x"), lambda: hosts.answered(HOST)):
        with pytest.raises(HomeUnwritable, match="HOME cannot be written: ") as raised:
            do()
        assert home in raised.value.where


def test_a_lock_that_cannot_be_made(hosts: Hosts, tmp_path: Path) -> None:
    known(tmp_path)
    (path,) = (tmp_path / FOLDER).glob("*.json")
    path.with_suffix(".lock").mkdir()
    with pytest.raises(HomeUnwritable, match="HOME cannot be written: "):
        ask(hosts)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_a_disk_that_is_full(clock: Clock, hosts: Hosts) -> None:
    hosts.answered(HOST)
    full = os.open("/dev/full", os.O_RDWR)
    os.dup2(full, hosts._files[HOST]._file)
    os.close(full)
    for do in (lambda: ask(hosts), lambda: hosts.rest(HOST, 1, "x"), lambda: hosts.rest_longer(HOST, "x")):
        with pytest.raises(HomeUnwritable, match="No space left") as raised:
            do()
        assert raised.value.transient
    assert not hosts._files[HOST].lock.is_locked


# --- redirects -----------------------------------------------------------------------------------


def followed(home: Path, monkeypatch: pytest.MonkeyPatch, *locations: str) -> tuple[list[str], list[str]]:
    """The hosts whose turns were taken, and the URLs that were asked of robots.txt, along redirects."""
    ways = iter(locations)

    def answer(_: httpx.Request) -> httpx.Response:
        location = next(ways, None)
        headers = [(b"Location", location.encode())] if location else []
        return httpx.Response(302 if location else 200, headers=headers, stream=httpx.ByteStream(b""))

    monkeypatch.setattr("flows.fetching.http.PublicTransport", lambda _: httpx.MockTransport(answer))
    checked: list[str] = []

    async def check(url: str) -> None:
        checked.append(url)

    async def get() -> None:
        client = Client(Hosts(home, SCHEDULE), agent="x", delay=0, seconds=5)
        try:
            await client.get(f"http://{HOST}/a", check)
        finally:
            await client.close()

    try:
        asyncio.run(get())
    finally:
        turns = [state.host for state in states(home)]
    return turns, checked


def test_each_hop_takes_its_own_hosts_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    turns, checked = followed(tmp_path, monkeypatch, "/b", "//other.test/c", "http://third.test:81/d#e")
    assert sorted(turns) == ["other.test", "third.test:81", HOST]
    assert checked == [f"http://{HOST}/a", f"http://{HOST}/b", "http://other.test/c", "http://third.test:81/d"]


@pytest.mark.parametrize(
    "location",
    [
        "http://h:99999/", "http://h:abc/", "http://h:-1/", "http://h:0/", "http://[::1", "mailto:x@y.test", "//",
        "http://", "javascript:alert(1)", "http://xn--a/", "?" + "x" * 70_000, "http://\u0660:1/", "#",
        "http://a\x7f/", "ftp://other.test/", "file:///etc/passwd", "data:,x",
    ],
)  # fmt: skip
def test_a_redirect_to_what_is_no_url_ends_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, location: str
) -> None:
    try:
        _, checked = followed(tmp_path, monkeypatch, location)
    except FetchError as error:
        assert (error.outcome, error.transient) == ("error", False)  # noqa: PT017
    else:
        assert checked == [f"http://{HOST}/a"]
