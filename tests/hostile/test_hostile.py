"""Pages that were cut, doubled, re-nested, re-encoded or renamed: the same release comes of them, or none."""

from __future__ import annotations

from pathlib import Path

import markup  # noqa: F401 - fills the table
import pytest
import regions  # noqa: F401 - fills the table
import writing  # noqa: F401 - fills the table
from oracles import broken
from table import BY_FORM, SAMPLES, TABLE, Comes, Mutation, page_of, plain, settled, wrong_with

from parsers import Unread, read

CORPUS = sorted((Path(__file__).parent / "corpus").iterdir())


@pytest.mark.parametrize("mutation", TABLE, ids=lambda mutation: mutation.name)
def test_a_mutated_page_comes_to_what_its_mutation_says(mutation: Mutation) -> None:
    read_any = changed_any = False
    for sample in mutation.samples():
        page = mutation.page(sample)
        got = settled(page)
        assert not wrong_with(got, plain(sample.name), mutation.comes, page), sample.name
        read_any = read_any or not isinstance(got, Unread)
        changed_any = changed_any or page != sample.page
    assert changed_any
    assert read_any or mutation.comes is not Comes.SAME


def test_every_mutation_has_a_name_of_its_own_and_every_page_some() -> None:
    names = [mutation.name for mutation in TABLE]
    assert len(set(names)) == len(names)
    assert sum(map(len, BY_FORM.values())) == len(SAMPLES)
    assert all(BY_FORM.values())


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_a_page_of_the_corpus_breaks_nothing(path: Path) -> None:
    for content_type in (None, "text/html", "text/plain", "application/rss+xml"):
        for title in (None, "A Title That Stands Nowhere"):
            page = page_of(path.read_bytes(), content_type, title)
            assert not broken(page, read(page))
