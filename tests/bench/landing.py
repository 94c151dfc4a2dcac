"""What a thousand new releases cost a warehouse that holds few, and one that holds many."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from filling import filling_section

from flows import derive
from flows.pool import ReadingPool
from flows.registry import source_rows
from parsers import current_revisions, rules
from parsers.identity import capture_id, release_id
from parsers.kit import REVISION
from parsers.release import Capture, DateGiven, Listing, Release, sha256
from seeds import Catalogue, read_catalogue, shipped
from warehouse import derived
from warehouse.land import land, note_registry
from warehouse.publish import publish
from warehouse.scripts import publication_sql
from warehouse.store import Store

NOW = datetime(2026, 1, 2, tzinfo=UTC)
NEW = 1_000
SIZES = (10_000, 200_000)
MIRRORED = 0.1
BATCH = 2_000
HOSTS = ("sydney.china-consulate.org", "newyork.china-consulate.org", "www.fmprc.gov.cn")
WORDS = [
    f"{a}{b}{c}"
    for a in ("con", "pre", "sta", "mel", "tor", "bi")
    for b in "aeiou"
    for c in ("nd", "ster", "lic", "m", "rt", "v")
]


@dataclass
class Costs:
    """Seconds that a thousand new releases took, and a whole publication, at so many releases."""

    size: int
    landing: float
    days: float
    mirrors: float
    publication: float
    published_bytes: int


def made(number: int) -> tuple[Capture, Release]:
    """A release with words of its own; one in ten tells what another has told elsewhere."""
    mirrored = number % int(1 / MIRRORED) == 0 and number > 100
    own = random.Random(number - 7 if mirrored else number)
    day = date(2015, 1, 1) + timedelta(days=own.randrange(3_000))
    names = " ".join(own.sample(WORDS, 4)).title()
    told = "received" if mirrored else "met"
    text = [f"On {day:%B} {day.day}, {names} {told} the ambassador."] + [
        " ".join(own.choices(WORDS, k=60)).capitalize() + "." for _ in range(5)
    ]
    url = f"http://{HOSTS[number % len(HOSTS)]}/eng/zgxw/t{100_000 + number}.htm"
    raw = sha256(f"{number}".encode())
    given = DateGiven("date_line", str(day), day, None, "day", None)
    release = Release(
        "mission_text", f"{REVISION}.1", f"{names} Meets", tuple(text), language="en", kind="readout", dates=(given,)
    )
    capture = Capture(
        *(capture_id(url, None, NOW, raw), release_id(url, None, ""), None, url, None, NOW, "ok", None, "text/plain"),
        *(raw, 2_000, Listing(), "a.warc", number, None, None, NOW, "run"),
    )
    return capture, release


def land_some(store: Store, numbers: range) -> None:
    for start in range(numbers.start, numbers.stop, BATCH):
        batch = [made(number) for number in range(start, min(start + BATCH, numbers.stop))]
        readings = {capture.input_sha256: release for capture, release in batch}
        land(store, [capture for capture, _ in batch], readings, now=NOW, run_id="run")


def costs(folder: Path, size: int, catalogue: Catalogue, pool: ReadingPool) -> Costs:
    """Fill a warehouse, publish, then land, derive and publish a thousand more."""
    store = Store(folder, NOW)
    note_registry(store, current_revisions(), source_rows(catalogue))
    land_some(store, range(size))
    publish(store, lambda store: derive.derive(store, pool, catalogue), now=NOW, version="bench")
    began = time.perf_counter()
    land_some(store, range(size, size + NEW))
    landing = time.perf_counter() - began
    for script in ("readings.sql", "history.sql"):
        store.connection.execute("CREATE OR REPLACE TEMP TABLE scope AS SELECT * FROM captures")
        store.connection.execute(publication_sql(script))
    derived.key_days(store)
    began = time.perf_counter()
    derive.derive_days(store, pool)
    days = time.perf_counter() - began
    began = time.perf_counter()
    derive.derive_sketches(store, pool)
    mirrors = time.perf_counter() - began
    derived.share(store, rules.MIRRORS)  # as history: by all texts of today, a part of every publication
    began = time.perf_counter()
    derive.derive_pairs(store, pool)
    mirrors += time.perf_counter() - began
    found = len(derived.alike(store, rules.MIRRORS))
    began = time.perf_counter()
    publish(store, lambda store: derive.derive(store, pool, catalogue), now=NOW + timedelta(hours=1), version="bench")
    publication = time.perf_counter() - began
    store.close()
    print(f"{size:,}: {found:,} pairs", file=sys.stderr)
    return Costs(size, landing, days, mirrors, publication, (folder / "communique.duckdb").stat().st_size)


def landing_section(sizes: tuple[int, ...] = SIZES) -> list[str]:
    """Lines of docs/benchmarks.md."""
    found = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder, ReadingPool() as pool:
            found.append(costs(Path(folder), size, read_catalogue(shipped()), pool))
    lines = [
        "## A thousand releases more\n",
        f"{NEW:,} new releases of 2 kB, one in ten of them a mirror, into a warehouse that holds so many; seconds. "
        "Publication builds the whole file anew; what stands today, and which texts share a bucket, is a part of it.\n",
        "| releases before | land | days | mirrors | together | publication | a GB published |",
        "|--|--|--|--|--|--|--|",
    ]
    for each in found:
        together = each.landing + each.days + each.mirrors
        seconds = (each.landing, each.days, each.mirrors, together, each.publication)
        a_gigabyte = each.publication / (each.published_bytes / 1e9)
        told = " | ".join(f"{each:.2f}" for each in seconds)
        lines.append(f"| {each.size:,} | {told} | {a_gigabyte:.0f} |")
    first, last = ((each.landing + each.days + each.mirrors) for each in (found[0], found[-1]))
    return [*lines, "", f"Into the larger it takes {last / first:.2f} times as long.\n", *filling_section()]


if __name__ == "__main__":
    print("\n".join(landing_section(tuple(map(int, sys.argv[1:])) or SIZES)))
