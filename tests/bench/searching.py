"""What a search costs among a hundred thousand releases, what an update of one in a hundred costs, and what is found.

The releases are generated (Chinese and English, half each), and lie in a published file of the real schema: landing
them would take an hour. `python tests/bench/searching.py [RELEASES]`.
"""

from __future__ import annotations

import itertools
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from flows.searching.asked import expression, terms_of
from flows.searching.search import Asked, search
from flows.searching.sidecar import FILE, bring_up, searchable
from parsers.release import sha256
from warehouse.home import PUBLISHED
from warehouse.read import connect
from warehouse.scripts import publication_sql, quoted
from warehouse.store import STORAGE

SIZE = 100_000
NEW = 0.01
ROUNDS = 2
ROWS = 5_000
NOW = datetime(2026, 1, 2, tzinfo=UTC)
CHARACTERS = (
    "的国中一在和双方人会是关系合作发大外部表示对两年不问题长了上有为示交流将加强日成立主经济民友好进行共同体全球安"
    "美欧日韩俄印德法英方面向各地区多边际组织联动推支持反坚决定期议会谈晤电话应约访正式华通信使馆领事记者提新闻言答"
    "海洋南东北西亚太平湾岛礁港口铁路桥粮食能源气候变化核武器军贸易投资科技数字文教育卫生旅游青年妇女学术论坛峰协"
)
COMMON_ZH = re.findall(
    r"\w+",
    "中国 外交 外长 双方 关系 合作 发展 表示 会见 总统 部长 访问 问题 两国 友好 支持 中方 美方 坚决 反对 记者 发言人 "
    "外交部 一个中国 王毅 大使 会谈 应约通电话 新加坡 欧盟 联合国 人民 共同 安全 和平 地区 经济 贸易 主权 台湾",
)
COMMON_EN = re.findall(
    r"\w+",
    "the of and to in a on that with for is china foreign minister said two sides cooperation relations president met "
    "bilateral will this as by its from meeting peace security region trade development support visit ambassador "
    "united nations joint statement sovereignty dialogue partnership strategic economic countries people wang yi",
)
SYLLABLES = ("con", "pre", "sta", "mel", "tor", "bi", "gra", "ness", "al", "ter", "mis", "or", "ven", "du", "po")


class Speech:
    """Words of a language as often as words come: the n-th about 1/n as often as the first."""

    def __init__(self, language: str) -> None:
        own = random.Random(language)
        self.between = "" if language == "zh" else " "
        if language == "zh":
            weights = [1 / (number + 8) for number in range(len(CHARACTERS))]
            rare = ["".join(own.choices(CHARACTERS, weights, k=own.choice((1, 2, 2, 2, 3, 4)))) for _ in range(12_000)]
            self.words = COMMON_ZH + rare
        else:
            self.words = COMMON_EN + ["".join(own.choices(SYLLABLES, k=own.choice((2, 3, 4)))) for _ in range(12_000)]
        self.weights = list(itertools.accumulate(1 / (number + 3) for number in range(len(self.words))))

    def sentence(self, own: random.Random) -> str:
        words = own.choices(self.words, cum_weights=self.weights, k=own.randrange(8, 30))
        return self.between.join(words).capitalize() + ("。" if not self.between else ". ")

    def text(self, own: random.Random) -> tuple[str, str]:
        """Title and body: most of a dozen sentences, some of a hundred, as press conferences have."""
        sentences = min(150, int(own.lognormvariate(2.6, 0.7)) + 2)
        paragraphs = ["".join(self.sentence(own) for _ in range(3)).strip() for _ in range(-(-sentences // 3))]
        return self.sentence(own).strip("。. "), "\n\n".join(paragraphs)


SPEECHES = {language: Speech(language) for language in ("zh", "en")}
COLUMNS = {
    "release_id": pa.string(), "source": pa.string(), "title": pa.string(), "body": pa.string(),
    "language": pa.string(), "kind": pa.string(), "dated_on": pa.date32(), "versions": pa.int32(),
    "text_sha256": pa.string(), "canonical_id": pa.string(),
}  # fmt: skip

CONTAINED = """
    SELECT DISTINCT text_sha256 FROM releases WHERE (contains(title, $w) AND regexp_matches(title, $b))
    OR (contains(body, $w) AND regexp_matches(body, $b))
"""
MATCHED = "SELECT text_sha256 FROM words JOIN texts ON text = words.rowid WHERE words MATCH ?"


def made(number: int) -> dict[str, object]:
    """A release; one in twenty is a mirror with the text of the one before it."""
    mirror = number % 20 == 19
    own = random.Random(number - mirror)
    language = ("zh", "en")[(number - mirror) % 4 // 2]
    title, body = SPEECHES[language].text(own)
    name, canonical = (sha256(f"{each}".encode())[:32] for each in (number, number - mirror))
    day = date(2010, 1, 1) + timedelta(days=own.randrange(5_800))
    kind = own.choice(("readout", "statement", "spokesperson_qa"))
    values = name, f"{language}-{number % 7}", title, body, language, kind, day, 1, sha256(body.encode()), canonical
    return dict(zip(COLUMNS, values, strict=True))


def published(home: Path, numbers: range, landing: int) -> None:
    """Add releases to a published file, and make it another publication."""
    with duckdb.connect() as connection:
        run = connection.execute
        run(f"ATTACH {quoted(home / PUBLISHED)} AS published (STORAGE_VERSION '{STORAGE}')")
        run("USE published")
        if landing == 1:
            run(publication_sql("tables.sql"))
        schema = pa.schema(list(COLUMNS.items()))
        for start in range(numbers.start, numbers.stop, ROWS):
            new = pa.Table.from_pylist([made(n) for n in range(start, min(start + ROWS, numbers.stop))], schema)
            connection.register("new", new)
            run("INSERT INTO releases BY NAME SELECT * FROM new")
            run("INSERT INTO version_history BY NAME SELECT release_id, 1 AS version, text_sha256 FROM new")
        run("DELETE FROM publication")
        run("INSERT INTO publication BY NAME SELECT ? AS published_at, ? AS landing", [NOW, landing])


def questions() -> Iterator[tuple[str, Asked]]:
    """What analysts type, by kind of question: frequent and rare words, phrases, several words, filters."""
    own = random.Random(7)
    rare = {language: [w for w in speech.words[200:3_000] if len(w) > 1] for language, speech in SPEECHES.items()}
    pairs = [word for word in rare["zh"] if len(word) == 2]
    long = [word for word in rare["zh"] if len(word) > 2]
    for word in (*COMMON_ZH, *COMMON_EN[11:]):
        yield "a frequent word", Asked(word)
    for _ in range(40):
        yield "two Chinese characters", Asked(own.choice(pairs))
        yield "a longer Chinese word", Asked(own.choice(long))
        yield "an English word", Asked(own.choice(rare["en"]))
        yield "an English phrase", Asked(f'"{" ".join(own.sample(COMMON_EN, 2))}"')
        yield "a Chinese phrase", Asked(f'"{"".join(own.sample(COMMON_ZH, 2))}"')
        yield "two words", Asked(f"{own.choice(COMMON_ZH)} {own.choice(pairs)}")
        yield (
            "two words, a field, days",
            Asked(f"title:{own.choice(COMMON_EN[11:])} {own.choice(rare['en'])}", date(2015, 1, 1), date(2020, 12, 31)),
        )
        yield "a frequent word of one source", Asked(own.choice(COMMON_ZH), source="zh-1")
    for word in "中国外长美欧的":
        yield "one Chinese character", Asked(word)


def timed(home: Path) -> dict[str, list[float]]:
    """Milliseconds of each question, by kind; the first round warms the file cache and is not counted."""
    times: dict[str, list[float]] = {}
    for round_ in range(ROUNDS + 1):
        for kind, asked in questions():
            began = time.perf_counter()
            search(home, asked)
            if round_:
                times.setdefault(kind, []).append((time.perf_counter() - began) * 1e3)
    return times


def recall(home: Path) -> tuple[int, int, int]:
    """How many words were asked, how many texts DuckDB's contains() finds, and how many of them the search finds.

    Two Chinese characters as they stand, and two English words in lower case where neither is a part of a longer one.
    """
    own = random.Random(11)
    pairs = [word for word in SPEECHES["zh"].words if len(word) == 2]
    asked = own.sample(pairs, 60) + [" ".join(own.sample(COMMON_EN, 2)) for _ in range(60)]
    there = found = 0
    with searchable(home) as sidecar, connect(home) as publication:
        for words in asked:
            rows = publication.execute(CONTAINED, {"w": words, "b": rf"\b{words}\b" if words.isascii() else "."})
            truth = {row[0] for row in rows.fetchall()}
            ours = {row[0] for row in sidecar.execute(MATCHED, [expression(terms_of(f'"{words}"'))])}
            there, found = there + len(truth), found + len(truth & ours)
    return len(asked), there, found


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]


def searching_section(size: int = SIZE) -> list[str]:
    """Lines of docs/benchmarks.md."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        published(home, range(size), 1)
        began = time.perf_counter()
        bring_up(home)
        rebuild = time.perf_counter() - began
        kinds = timed(home)
        asked, there, found = recall(home)
        published(home, range(size, size + int(size * NEW)), 2)
        began = time.perf_counter()
        written = bring_up(home)
        update = time.perf_counter() - began
        megabytes = [(home / each).stat().st_size / 1e6 for each in (PUBLISHED, FILE)]
    times = [each for some in kinds.values() for each in some]
    return [
        "## Search\n",
        f"{size:,} generated releases, Chinese and English, one in twenty a mirror; {megabytes[0]:.0f} MB published, "
        f"{megabytes[1]:.0f} MB of search.sqlite. In one process, files in the cache of the system; milliseconds.\n",
        "| question | median | p95 | longest |",
        "|--|--|--|--|",
        *(
            f"| {kind} | {statistics.median(some):.0f} | {p95(some):.0f} | {max(some):.0f} |"
            for kind, some in (*kinds.items(), (f"all {len(times):,}", times))
        ),
        f"\nBuilt anew in {rebuild:.1f} s; brought up to {written.texts:,} new texts in {update:.1f} s: "
        f"{update / rebuild:.1%}. "
        f"Of {there:,} texts that `contains()` finds for {asked} Chinese pairs and English phrases, it finds "
        f"{found:,}: {found / there:.2%}.\n",
    ]


if __name__ == "__main__":
    print("\n".join(searching_section(*map(int, sys.argv[1:]))))
