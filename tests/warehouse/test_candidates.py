"""Which texts are compared: bounded where many share a bucket, and the same whatever order they came in."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import pytest
from homes import NOW

from parsers.release import sha256
from warehouse import derived
from warehouse.store import Store

RULES = 7
TEXTS = sorted(sha256(str(number).encode()) for number in range(3 * derived.CROWD))
LOWEST = set(combinations(TEXTS[: derived.CROWD], 2))


def stand(store: Store, texts: Sequence[str]) -> None:
    """Let these be the texts of today."""
    store.connection.execute(
        "CREATE OR REPLACE TEMP TABLE current (text_sha256 VARCHAR, language VARCHAR, raw_bytes BIGINT)"
    )
    count = len(texts)
    store.insert("current", {"text_sha256": texts, "language": ["en"] * count, "raw_bytes": [100] * count})


def derive(store: Store, texts: Sequence[str]) -> set[tuple[str, str]]:
    """Sketch what is new among the texts of today, all in the same buckets, and compare; the pairs alike."""
    stand(store, texts)
    known = {each for (each,) in store.rows("SELECT text_sha256 FROM texts")}
    fresh = [each for each in texts if each not in known]
    if fresh:
        store.insert("texts", {"text_sha256": fresh, "title": ["t"] * len(fresh), "body": ["b" * 100] * len(fresh)})
        derived.add_sketches(store, RULES, {each: range(15) for each in fresh})
    derived.share(store, RULES)
    for pairs in derived.candidates(store, RULES):
        derived.add_pairs(store, RULES, [(a[0], b[0], 0.9) for a, b in pairs])
    return {(first, second) for first, second, _ in derived.alike(store, RULES)}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path, NOW)


def test_of_a_crowded_bucket_a_bounded_number_is_compared(store: Store) -> None:
    assert derive(store, TEXTS) == LOWEST
    assert store.value("SELECT count(*) FROM text_pairs") == len(LOWEST)


def test_what_was_compared_is_not_compared_again(store: Store) -> None:
    derive(store, TEXTS)
    assert not list(derived.candidates(store, RULES))
    derived.share(store, RULES + 1)
    assert list(derived.candidates(store, RULES + 1)) == []


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_arrival_does_not_show(store: Store, seed: int) -> None:
    texts = random.Random(seed).sample(TEXTS, len(TEXTS))
    for some in (60, 61, 110, len(texts)):
        found = derive(store, texts[:some])
        assert found == set(combinations(sorted(texts[:some])[: derived.CROWD], 2))
    assert found == LOWEST


def test_a_text_that_went_gives_its_place_to_another(store: Store) -> None:
    derive(store, TEXTS)
    assert derive(store, TEXTS[10:]) == set(combinations(TEXTS[10 : 10 + derived.CROWD], 2))


LYING = random.Random(1).sample(TEXTS, 40)
"""Texts in an order that is not that of their hashes."""


def test_every_new_text_is_in_a_chunk_wherever_it_lies(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derived, "CHUNK", 3)
    store.insert("texts", {"text_sha256": LYING, "title": ["t"] * 40, "body": ["b"] * 40})
    stand(store, LYING)
    chunks = [[row[0] for row in chunk] for chunk in derived.unsketched(store, RULES)]
    assert max(map(len, chunks)) == 3
    assert sorted(each for chunk in chunks for each in chunk) == sorted(LYING)


def test_so_is_every_pair_of_texts_of_an_edit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derived, "CHUNK", 3)
    store.insert("texts", {"text_sha256": LYING, "title": ["t"] * 40, "body": ["b"] * 40})
    stand(store, [])
    pairs = list(zip(LYING[:20], reversed(LYING[20:]), strict=True))
    store.connection.execute("ALTER TABLE current ADD COLUMN release_id VARCHAR")
    store.connection.execute("CREATE TEMP TABLE grouped (release_id VARCHAR, canonical_id VARCHAR, role VARCHAR)")
    store.connection.execute("""
        CREATE TEMP TABLE version_runs (
            release_id VARCHAR, version INTEGER, cause VARCHAR, text_sha256 VARCHAR, raw_bytes BIGINT
        )
    """)
    for number, pair in enumerate(pairs):
        for version, text in enumerate(pair, start=1):
            row = [str(number), version, "site_edit", text, 1]
            store.connection.execute("INSERT INTO version_runs VALUES (?, ?, ?, ?, ?)", row)
    chunks = list(derived.undiffed(store, RULES))
    assert max(map(len, chunks)) == 3
    assert sorted((row[0], row[4]) for chunk in chunks for row in chunk) == sorted(pairs)


@pytest.mark.parametrize("limits", [(7, 10**9), (10**9, 1_000), (7, 1_000)])
def test_chunks_are_bounded_by_count_and_bytes(
    store: Store, limits: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    derive(store, TEXTS[:1])
    monkeypatch.setattr(derived, "CHUNK", limits[0])
    monkeypatch.setattr(derived, "CHUNK_BYTES", limits[1])
    stand(store, TEXTS[:20])
    fresh = TEXTS[1:20]
    store.insert("texts", {"text_sha256": fresh, "title": ["t"] * 19, "body": ["b" * 100] * 19})
    derived.add_sketches(store, RULES, {each: range(15) for each in fresh})
    derived.share(store, RULES)
    chunks = list(derived.candidates(store, RULES))
    assert [(a[0], b[0]) for chunk in chunks for a, b in chunk] == list(combinations(TEXTS[:20], 2))
    assert max(map(len, chunks)) <= min(limits[0], limits[1] // 200)
