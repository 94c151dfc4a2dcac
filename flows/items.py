"""A fetched feed whose items are the texts -> a look at each item, beside the look at the feed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from flows.loading.feeds import MAX_ITEMS, looks_at
from flows.looks import Loaded, Whole
from seeds import Catalogue


def with_items(catalogue: Catalogue, looks: Iterable[Loaded]) -> list[Loaded]:
    """Looks, and behind each feed whose items are the texts its items."""
    return [each for look in looks for each in (look, *_items(catalogue, look))]


def _items(catalogue: Catalogue, look: Loaded) -> Iterator[Loaded]:
    source = catalogue.get(look.source)
    if look.role != "feed" or look.outcome != "ok" or source is None or source.text_from != "feed":
        return
    if look.before is not None:
        return  # the same bytes again: every item is known
    whole = Whole(look.raw, look.url, look.captured_at, look.content_type or "application/rss+xml", look.kept)
    # A feed of millions would fill the memory; what is left out is in the archive with the feed.
    for item in islice(looks_at(whole, look.origin), MAX_ITEMS):
        yield replace(item, source=look.source, served=look.served)
