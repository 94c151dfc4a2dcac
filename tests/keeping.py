"""What tests of kills and full disks share: an input with all that may come, and what must hold of a HOME."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import duckdb
from homes import line, mission_page, public_tables, write_lines

import warehouse
from flows.keeping.archive import body_of
from flows.keeping.ledger import ledger
from warehouse.home import FILE, PUBLISHED

BEGUN = datetime(2021, 3, 1, 8, tzinfo=UTC)
LEFT_OUT = ("landed_at", "warc_file", "warc_offset")
"""Columns that say when and where a run kept a look: they differ between two ways to the same releases."""
KEYS = {"captures": "seen_id", "texts": "text_sha256", "parses": "(input_sha256, landing)", "files_read": "file_key"}
"""What may stand in a table of the warehouse once."""
SYLLABLES = [a + b for a in ("bar", "del", "fon", "gim", "kor", "lut", "mas", "ner") for b in ("an", "ek", "il", "os")]


def write_parts(folder: Path, parts: int, releases: int) -> list[Path]:
    """Write an input in parts, to be ingested one after the other."""
    return [write_part(folder, part, releases) for part in range(parts)]


def write_part(folder: Path, part: int, releases: int) -> Path:
    """Write a part: a folder with a JSONL file and a feed.

    Args:
        releases: that each part brings; a fifth of them on two sites. Of those of the part before, a quarter
            comes again with another text; of those of the part before that, an eighth with its first text.
    """
    path = folder / f"part-{part}"
    path.mkdir(parents=True)
    write_lines(path / "pages.jsonl", _lines(part, releases))
    (path / "feed.rss").write_text(_feed(part), "utf-8")
    return path


def _lines(part: int, releases: int) -> Iterator[dict[str, Any] | str]:
    new = range(part * releases, (part + 1) * releases)
    for number in new:
        yield _look(number, part)
        if number % 5 == 0:
            yield _look(number, part, host="bb.china-consulate.org")
    if part > 0:
        yield from (_look(number - releases, part, changed=True) for number in new if number % 4 == 0)
    if part > 1:
        yield from (_look(number - 2 * releases, part) for number in new if number % 8 == 0)
    captured = BEGUN + timedelta(days=part)
    address = f"http://aa.china-embassy.org/eng/odd/{part}"
    yield '{"content": '
    yield line("No breadcrumb stands here, and nothing else.", url=f"{address}-a.htm", captured_at=captured.isoformat())
    yield line(b"\x00\x01\x02" * 50, url=f"{address}-b.htm", captured_at=captured.isoformat())


def _look(number: int, part: int, *, changed: bool = False, host: str = "aa.china-embassy.org") -> dict[str, Any]:
    chance = random.Random(number)
    names = [_name(chance) for _ in range(3)]
    day = BEGUN + timedelta(days=number % 300)
    said = [" ".join(_name(chance).lower() for _ in range(40)).capitalize() + "." for _ in range(4)]
    if changed:
        said[1] = said[1].replace(" ", f" {number} ", 1)
    act = f"On {day:%B} {day.day}, {day.year}, Ambassador {names[0]} met with Minister {names[1]} of {names[2]}."
    text = mission_page(f"Ambassador {names[0]} Meets with Minister {names[1]}", "\n\n".join([act, *said]))
    captured = BEGUN + timedelta(days=300 + part, minutes=number)
    return line(text, url=f"http://{host}/eng/zgxw/t{900_000 + number}.htm", captured_at=captured.isoformat())


def _name(chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=3)).capitalize()


def _feed(part: int) -> str:
    items = "".join(_item(number, part) for number in range(part * 3, part * 3 + 6))  # the half of the next feed, too
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Feed</title>{items}</channel></rss>'
    )


def _item(number: int, part: int) -> str:
    chance = random.Random(-number)
    said = " ".join(_name(chance).lower() for _ in range(60))
    edited = " as corrected" if part % 2 and number % 2 else ""
    return (
        f"<item><title>Secretary {_name(chance)} Speaks</title><link>https://www.state.gov/made-{number}/</link>"
        f"<pubDate>{format_datetime(BEGUN + timedelta(days=number))}</pubDate>"
        f"<description>&lt;p&gt;The Secretary said {said}{edited}.&lt;/p&gt;</description></item>"
    )


def tables(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The public tables, less what says when and where a run kept a look."""
    with warehouse.connect(home):  # held open, so that the queries do not open it anew
        return public_tables(home, LEFT_OUT)


def differences(found: dict[str, list[Any]], expected: dict[str, list[Any]]) -> dict[str, tuple[int, int]]:
    """Tables that differ, with how many rows are too many and how many are missing."""
    unlike = {}
    for name in expected.keys() | found.keys():
        have = Counter(map(repr, found.get(name, [])))
        want = Counter(map(repr, expected.get(name, [])))
        if have != want:
            unlike[name] = ((have - want).total(), (want - have).total())
    return unlike


def published(home: Path) -> set[str]:
    """Captures that readers see; their picture is whole, or they have none yet."""
    if not (home / PUBLISHED).exists():
        return set()
    with warehouse.connect(home) as reader:
        told = reader.execute("SELECT releases, versions, captures, quarantined FROM publication").fetchall()
        counted = reader.execute("""
            SELECT (SELECT count(*) FROM releases), (SELECT count(*) FROM versions),
                (SELECT count(*) FROM captures), (SELECT count(*) FROM quarantine)
        """).fetchall()
        assert told == counted, "one publication, whole"
        return {row[0] for row in reader.execute("SELECT capture_id FROM captures").fetchall()}


def landed(home: Path) -> set[str]:
    """Looks (seen_id) that are committed, as the next writer finds them; nothing stands there twice."""
    if not (home / FILE).exists():
        return set()
    with duckdb.connect(str(home / FILE), read_only=True) as file:
        made = {row[0] for row in file.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        for table, key in KEYS.items():
            if table in made:
                doubled = file.execute(f"SELECT count(*) - count(DISTINCT {key}) FROM {table}").fetchone()
                assert doubled == (0,), f"{table} holds rows twice"
        found = file.execute("SELECT seen_id FROM captures").fetchall() if "captures" in made else []
        return {row[0] for row in found}


def archived(home: Path) -> set[str]:
    """Looks (seen_id) that the ledger of the archive names."""
    return {capture.seen_id for batch in ledger(home) for capture in batch} if (home / "archive").exists() else set()


def bodies_stand(home: Path, seen_ids: Iterable[str]) -> None:
    """The bodies of these looks stand in the archive as they came."""
    wanted = set(seen_ids)
    for batch in ledger(home):
        for capture in batch:
            if capture.seen_id in wanted:
                body_of(home, capture)  # it compares the hash
                wanted.discard(capture.seen_id)
    assert not wanted
