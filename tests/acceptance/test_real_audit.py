"""The audit on all real pages at hand, each under its own URL: how often it cries wolf."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from homes import REAL, ingest_into, line, rows, write_lines

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not REAL.is_dir(), reason=f"the real pages are not here: {REAL}"),
]
FOLDERS = ("mfa_en", "mfa_en_2024", "mfa_zh", "mfa_zh_2020", "mfa_zh_2019", "mission_un")


def truths(path: Path) -> Iterator[dict[str, Any]]:
    yield from (json.loads(each) for each in path.read_text("utf-8").split("\n") if each)


def pages() -> Iterator[dict[str, Any]]:
    for folder in FOLDERS:
        for said in truths(REAL / folder / "truth.jsonl"):
            if said.get("kind") != "list":
                raw = (REAL / folder / said["file"]).read_bytes()
                yield line(raw, url=said.get("url") or said["fetched_url"])
    for name in ("labelled.jsonl", "unlabelled.jsonl"):
        for said in truths(REAL / "texts" / name):
            listing = said.get("listing") or {"title": said.get("title_meta"), "published": said.get("published_meta")}
            yield line(said["text"], url=said["url"], listing={key: words for key, words in listing.items() if words})


def test_on_all_real_pages_at_hand_it_is_quiet(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest_into(home, write_lines(tmp_path / "pages.jsonl", pages()), REAL / "state_rss")
    assert rows(home, "SELECT count(*), count(source) FROM releases") == [(244, 242)]
    alarms = rows(home, "SELECT suspicion, source, layout, line, bodies, of_bodies FROM suspects ORDER BY ALL")
    assert alarms == []
    assert rows(home, "SELECT sum(suspected_chrome + suspected_loss) FROM source_health") == [(0,)]


def test_where_no_source_claims_them_too(tmp_path: Path) -> None:
    """As files, without a URL, many sites are one: the layouts still part them."""
    home = tmp_path / "home"
    looks = [{key: words for key, words in page.items() if key != "url"} for page in pages()]
    ingest_into(home, write_lines(tmp_path / "pages.jsonl", looks), REAL / "mission_layouts" / "synthetic.jsonl")
    alarms = rows(home, "SELECT suspicion, layout, line, bodies, of_bodies FROM suspects ORDER BY ALL")
    assert alarms == []
