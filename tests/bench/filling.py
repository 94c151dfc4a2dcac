"""What a thousand new releases cost the line, where ten thousand are known and where a million are."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows import line
from flows.batches import Batch
from flows.looks import Loaded
from flows.registry import source_rows
from flows.running import Run, running
from flows.settings import Settings
from parsers import current_revisions
from seeds import Catalogue, read_catalogue, shipped
from warehouse.land import note_registry
from warehouse.store import Store

NOW = datetime(2026, 1, 2, tzinfo=UTC)
NEW = 1_000
FILLED = (10_000, 1_000_000)
ROUNDS = 7
LAYOUT = "mission_text"

# Releases of one capture, one reading, one text, one date, one link and one entry of a list, by SQL: rows are made,
# not landed, for a million would take an hour.
_FILL = """
    CREATE TEMP MACRO prefix(digest) AS ('0x' || left(digest, 15))::BIGINT;
    CREATE TEMP TABLE made AS SELECT n, left(sha256('release' || n), 32) AS release, sha256('input' || n) AS input,
        'http://www.example.org/eng/' || n || '.htm' AS url, sha256('text' || n) AS text FROM range($size) t(n);
    INSERT INTO captures BY NAME SELECT sha256('seen' || n) AS seen_id, left(sha256('capture' || n), 32) AS capture_id,
        release AS release_id, url, $now AS captured_at, 'ok' AS outcome, 'text/plain' AS content_type,
        sha256('raw' || n) AS raw_sha256, 2_000 AS raw_bytes, input AS input_sha256, 'a.warc.gz' AS warc_file,
        n AS warc_offset, $now AS landed_at, 'run' AS run_id, prefix(seen_id) AS seen_id_prefix,
        prefix(release_id) AS release_id_prefix, prefix(raw_sha256) AS raw_sha256_prefix FROM made;
    INSERT INTO parses BY NAME SELECT input AS input_sha256, n // 500 + 1 AS landing, $layout AS layout,
        $revision AS revision, text AS text_sha256, 'en' AS language, 'readout' AS kind, $now AS parsed_at,
        prefix(input) AS input_sha256_prefix FROM made;
    INSERT INTO texts BY NAME SELECT text AS text_sha256, 'Envoy Meets ' || n AS title,
        repeat(sha256('body' || n), 30) AS body, prefix(text) AS text_sha256_prefix FROM made;
    INSERT INTO dates_given BY NAME SELECT input AS input_sha256, n // 500 + 1 AS landing, 'date_line' AS method,
        '2015-01-01' AS text, DATE '2015-01-01' + (n % 3_000)::INTEGER AS day, 'day' AS precision FROM made;
    INSERT INTO links SELECT input, n // 500 + 1, 0, 'link', url, 'More' FROM made;
    INSERT INTO listings BY NAME SELECT 'alpha' AS source, release AS release_id, url, url AS list_url, 0 AS position,
        true AS followed, $now AS listed_at, prefix(release) AS release_id_prefix FROM made;
    DROP TABLE made;
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds that a thousand new releases took; processor time is that of this process: other ones read pages."""

    archive: float
    ask: float
    read: float
    land: float
    processor: float

    @property
    def unread(self) -> float:
        """All but reading the pages, which knows nothing of the warehouse."""
        return self.archive + self.ask + self.land


def filling_section(
    sizes: Sequence[int] = FILLED, settle: Callable[[Path], None] = lambda _: None, within: str = "DuckDB within 192 MB"
) -> list[str]:
    """Lines of docs/benchmarks.md.

    Args:
        settle: has an empty HOME know its lake.
        within: what is said of the warehouse.
    """
    spent: dict[int, list[Spent]] = {size: [] for size in sizes}
    catalogue = read_catalogue(shipped())
    with tempfile.TemporaryDirectory() as folder, ExitStack() as open_ones:
        runs = {
            size: open_ones.enter_context(filled(Path(folder) / str(size), size, catalogue, settle)) for size in sizes
        }
        for number in range(ROUNDS + 1):
            for size, run in runs.items():
                took = land_new(run, number)
                if number:  # the first one starts the workers
                    spent[size].append(took)
    lines = [
        f"The same as the line takes it, {line_batch()} at a time, {within}; median of {ROUNDS} in turn. "
        "The rows before are made by SQL. Archiving asks which looks and bodies are known, reading which inputs.\n",
        "| releases before | archive | ask what was read | land | together | of the processor | with reading pages |",
        "|--|--|--|--|--|--|--|",
    ]
    for size, each in spent.items():
        seconds = (
            *(
                statistics.median(getattr(one, name) for one in each)
                for name in ("archive", "ask", "land", "unread", "processor")
            ),
            statistics.median(one.unread + one.read for one in each),
        )
        lines.append(f"| {size:,} | {' | '.join(f'{one:.2f}' for one in seconds)} |")
    wall, processor = (
        statistics.median(getattr(one, name) for one in spent[sizes[-1]])
        / statistics.median(getattr(one, name) for one in spent[sizes[0]])
        for name in ("unread", "processor")
    )
    told = f"Into the larger it takes {wall:.2f} times as long, {processor:.2f} times as much of the processor.\n"
    return [*lines, "", told]


def line_batch() -> int:
    """Looks in a batch, as the line takes them."""
    return Settings().batch_size


@contextmanager
def filled(home: Path, size: int, catalogue: Catalogue, settle: Callable[[Path], None]) -> Iterator[Run]:
    """A run in a home that holds so many releases."""
    home.mkdir()
    settle(home)
    store = Store(home, NOW, memory="2GB")
    revisions = current_revisions()
    note_registry(store, revisions, source_rows(catalogue))
    named: dict[str, Any] = {"now": NOW, "size": size, "layout": LAYOUT, "revision": revisions[LAYOUT]}
    for statement in _FILL.split(";"):
        store.connection.execute(statement, {name: each for name, each in named.items() if f"${name}" in statement})
    store.close()
    with running(Settings(home=home, workers=1), catalogue, now=NOW) as run:
        line.note_today(run)
        yield run


def land_new(run: Run, number: int) -> Spent:
    """A thousand releases that nobody has seen, along the line."""
    looks = [look(number * NEW + each) for each in range(NEW)]
    worked = time.process_time()
    spent = {"archive": 0.0, "ask": 0.0, "read": 0.0, "land": 0.0}
    for start in range(0, NEW, line_batch()):
        batch = Batch(1, looks=looks[start : start + line_batch()])
        began = time.perf_counter()
        line.archive(run, batch)
        archived = time.perf_counter()
        line.prepare(run, batch)
        batch.readings, read = timed_parse(run, batch)
        parsed = time.perf_counter()
        line.land_batch(run, batch)
        spent["archive"] += archived - began
        spent["ask"] += parsed - archived - read
        spent["read"] += read
        spent["land"] += time.perf_counter() - parsed
    return Spent(**spent, processor=time.process_time() - worked)


def timed_parse(run: Run, batch: Batch) -> tuple[dict[str, line.Reading], float]:
    """What the line reads from a batch, and the seconds of it that went by in the pool."""
    inside = 0.0
    plain = run.pool.read_all

    def timed(*pages: Any) -> Any:
        nonlocal inside
        began = time.perf_counter()
        try:
            return plain(*pages)
        finally:
            inside += time.perf_counter() - began

    run.pool.read_all = timed  # type: ignore[method-assign]
    try:
        return line.parse(run, batch), inside
    finally:
        run.pool.read_all = plain  # type: ignore[method-assign]


def look(number: int) -> Loaded:
    """A page of 2 kB with words of its own."""
    own = random.Random(number)
    words = ["con", "pre", "sta", "mel", "tor", "bi", "nd", "ster", "lic"]
    body = "\n".join(" ".join(own.choices(words, k=90)).capitalize() + f" {number}." for _ in range(5))
    raw = f"Home\xa0>\xa0China News\nEnvoy {number} Meets\n\n\n{body}\n\n<Suggest to a friend>".encode()
    url = f"http://www.example.org/eng/new{number}.htm"
    return Loaded(raw, "bench", url=url, captured_at=NOW, content_type="text/plain; charset=utf-8")


if __name__ == "__main__":
    print("\n".join(filling_section()))
