"""Ten real states of a feed, in any order: one version for each distinct consecutive text."""

from __future__ import annotations

import html
import itertools
import json
import random
import re
from collections import defaultdict
from pathlib import Path

import pytest
from homes import REAL, ingest_into, public_tables, rows

FEEDS = REAL / "state_rss"
pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not FEEDS.exists(), reason="the real feeds beside the checkout are absent"),
]


def normal(item: str) -> str:
    """Title and description of an item without tags, scripts and white space: nothing of our parser's."""
    title = re.search(r"<title>(.*?)</title>", item, re.DOTALL)
    body = re.search(r"<description>(.*?)</description>", item, re.DOTALL)
    words = (title[1] if title else "") + "\n" + (body[1] if body else "")
    words = re.sub(r"<!\[CDATA\[|\]\]>", "", words)
    words = re.sub(r"<(script|style)\b.*?</\1>", "", words, flags=re.DOTALL)
    return re.sub(r"[\s\u200b-\u200f\ufeff]+", "", html.unescape(re.sub(r"<[^>]*>", "", words)))


def expected() -> dict[str, int]:
    """Number of runs of one text, by link, over all states in order of capture."""
    looks: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path in FEEDS.glob("*.rss"):
        when = json.loads(path.with_name(path.name + ".json").read_text("utf-8"))["captured_at"]
        for item in re.findall(r"<item>(.*?)</item>", path.read_text("utf-8"), re.DOTALL):
            link = re.search(r"<link>(.*?)</link>", item)
            assert link
            looks[link[1]].append((when, normal(item)))
    return {link: sum(1 for _ in itertools.groupby(text for _, text in sorted(seen))) for link, seen in looks.items()}


@pytest.mark.parametrize("seed", range(3))
def test_one_version_for_each_distinct_consecutive_text(tmp_path: Path, seed: int) -> None:
    paths = sorted(FEEDS.glob("*.rss"))
    random.Random(seed).shuffle(paths)
    for path in paths:
        assert ingest_into(tmp_path / "home", path).quarantined == 0
    assert dict(rows(tmp_path / "home", "SELECT url, versions FROM releases")) == expected()
    assert sum(count > 1 for count in expected().values()) > 0, "some were edited"
    ingest_into(tmp_path / "at-once", FEEDS)
    left_out = ("landed_at", "warc_file", "warc_offset")
    assert public_tables(tmp_path / "home", left_out) == public_tables(tmp_path / "at-once", left_out)
