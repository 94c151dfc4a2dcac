"""Evidence on the real pages at hand: the body's lines are the release, and the lines of texts add up to the page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from parsers import Listing, Page, Release
from parsers.evidence import evidence_of
from parsers.text import one_line

RELEASES = Path(__file__).resolve().parents[2].parent / "shared" / "releases"
pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not RELEASES.is_dir(), reason=f"the real pages are not here: {RELEASES}"),
]
PAGES = sorted(
    path
    for folder in ("mfa_en", "mfa_en_2024", "mfa_zh", "mfa_zh_2020", "mfa_zh_2019", "mission_un")
    for path in (RELEASES / folder).glob("*.*htm*")
    if "category" not in path.name
)
TEXTS = [
    json.loads(line)
    for name in ("texts/labelled.jsonl", "texts/unlabelled.jsonl", "mission_layouts/synthetic.jsonl")
    if (RELEASES / name).exists()
    for line in (RELEASES / name).read_text("utf-8").split("\n")
    if line
]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_lines_named_body_are_the_release(path: Path) -> None:
    evidence = evidence_of(Page(path.read_bytes(), "text/html; charset=utf-8"))
    assert isinstance(evidence.read, Release)
    parts = {
        part: [line.text for line in evidence.lines if line.part == part] for part in ("title", "body", "breadcrumb")
    }
    assert parts["body"] == list(evidence.read.paragraphs)
    assert "".join("".join(parts["title"]).replace("<br>", "").split()) == "".join(evidence.read.title.split())
    assert len(parts["breadcrumb"]) == 1
    assert not [line for line in evidence.lines if line.part == "unread"]


@pytest.mark.parametrize("row", TEXTS, ids=lambda row: row["id"])
def test_the_lines_of_a_real_text_add_up_to_it(row: dict[str, str]) -> None:
    said = row.get("listing")
    listing = Listing(said.get("title")) if isinstance(said, dict) else Listing(row.get("title_meta"))
    evidence = evidence_of(Page(row["text"].encode(), "text/plain", listing))
    lines = [text for line in row["text"].split("\n") if (text := one_line(line))]
    assert " ".join(line.text for line in evidence.lines) == " ".join(lines)
