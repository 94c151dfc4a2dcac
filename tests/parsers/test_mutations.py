"""A page that was cut, doubled, re-nested or spoiled is read or refused: nothing else, and soon."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from saved import Saved, saved

from parsers import Listing, Page, Release, Unread, parse, read
from parsers.errors import InputTooLarge, ParseError
from parsers.kit import HtmlLayout
from parsers.page import HtmlPage, open_page
from parsers.picks import some
from parsers.recognise import recognise

SOON = 5.0
SAMPLES = {sample.name: sample for sample in saved()}
HTML = [name for name, sample in SAMPLES.items() if b"<html" in sample.page.raw[:500].lower()]
TAG = re.compile(rb"<[^<>]*>")
Mutation = Callable[[bytes, random.Random], bytes]


def cut(raw: bytes, chance: random.Random) -> bytes:
    return raw[: chance.randrange(len(raw))]


def cut_head(raw: bytes, chance: random.Random) -> bytes:
    return raw[chance.randrange(len(raw)) :]


def hole(raw: bytes, chance: random.Random) -> bytes:
    start, stop = sorted(chance.sample(range(len(raw)), 2))
    return raw[:start] + raw[stop:]


def doubled(raw: bytes, chance: random.Random) -> bytes:
    start, stop = sorted(chance.sample(range(len(raw)), 2))
    return raw[:stop] + raw[start:]


def whole_doubled(raw: bytes, _: random.Random) -> bytes:
    return raw + raw


def nested_anew(raw: bytes, chance: random.Random) -> bytes:
    tags = TAG.findall(raw)
    chance.shuffle(tags)
    return TAG.sub(lambda _: tags.pop(), raw)


def tags_lost(raw: bytes, chance: random.Random) -> bytes:
    return TAG.sub(lambda tag: b"" if chance.random() < 0.1 else tag[0], raw)


def ends_lost(raw: bytes, chance: random.Random) -> bytes:
    return re.sub(rb"</[^<>]*>", lambda tag: b"" if chance.random() < 0.5 else tag[0], raw)


def attributes_renamed(raw: bytes, chance: random.Random) -> bytes:
    names = [b"class", b"id", b"style", b"href", b"hidden", b"content", b"x"]
    pattern = rb"\b(?:class|id|style|href|content)(?==)"
    return re.sub(pattern, lambda name: chance.choice(names) if chance.random() < 0.3 else name[0], raw)


def values_swapped(raw: bytes, chance: random.Random) -> bytes:
    values = re.findall(rb'"[^"<>]*"', raw)
    chance.shuffle(values)
    return re.sub(rb'"[^"<>]*"', lambda _: values.pop(), raw)


def region_doubled(raw: bytes, _: random.Random) -> bytes:
    return re.sub(
        rb"(?s)(<div[^<>]*(?:content|News_Body_Txt_A|UnionStyle|editor_view)[^<>]*>)(.*?)(</div>)",
        rb"\1\2\3\1\2\3",
        raw,
    )


def region_within_itself(raw: bytes, _: random.Random) -> bytes:
    return re.sub(rb"<div[^<>]*(?:content|News_Body_Txt_A|UnionStyle|editor_view)[^<>]*>", rb"\g<0>\g<0>\g<0>", raw)


def spoiled(raw: bytes, chance: random.Random) -> bytes:
    data = bytearray(raw)
    for _ in range(chance.randrange(1, 200)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def lines_shuffled(raw: bytes, chance: random.Random) -> bytes:
    lines = raw.split(b"\n")
    chance.shuffle(lines)
    return b"\n".join(lines)


def text_lost(raw: bytes, _: random.Random) -> bytes:
    return re.sub(rb">[^<>]+<", b"><", raw)


def charset_changed(raw: bytes, chance: random.Random) -> bytes:
    text = raw.decode("utf-8", "replace")
    return text.encode(chance.choice(["gb18030", "utf-16", "utf-16-le", "cp1251", "big5"]), "replace")


MUTATIONS: list[Mutation] = [
    *(cut, cut_head, hole, doubled, whole_doubled, nested_anew, tags_lost, ends_lost, attributes_renamed),
    *(values_swapped, region_doubled, region_within_itself, spoiled, lines_shuffled, text_lost, charset_changed),
]


def settled(page: Page) -> Release | None:
    """The release of a page, None where it was refused as it may be."""
    began = time.monotonic()
    try:
        return parse(page)
    except (ParseError, InputTooLarge):
        return None
    finally:
        assert time.monotonic() - began < SOON


def is_whole(release: Release) -> bool:
    texts = (release.title, *release.paragraphs)
    return bool(release.paragraphs) and all(text and text == " ".join(text.split()) for text in texts)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_a_mutated_page_is_read_or_refused(mutation: Mutation) -> None:
    chance = random.Random(mutation.__name__)
    for sample in SAMPLES.values():
        page = sample.page
        for _ in range(8):
            release = settled(Page(mutation(page.raw, chance), page.content_type, page.listing, page.url))
            assert release is None or is_whole(release)


@settings(max_examples=400)
@given(
    sample=st.sampled_from(sorted(SAMPLES)).map(SAMPLES.__getitem__),
    steps=st.lists(st.sampled_from(MUTATIONS), min_size=2, max_size=4),
    seed=st.integers(0, 2**32),
    content_type=st.sampled_from([None, "text/html", "text/plain; charset=gbk", "application/rss+xml", "x"]),
)
def test_several_mutations_are_read_or_refused(
    sample: Saved, steps: list[Mutation], seed: int, content_type: str | None
) -> None:
    chance, raw = random.Random(seed), sample.page.raw
    for mutation in steps:
        raw = mutation(raw, chance) if len(raw) > 2 else raw
    release = settled(Page(raw, content_type, sample.page.listing, sample.page.url))
    assert release is None or is_whole(release)


@given(
    st.binary(max_size=400),
    st.sampled_from([None, "text/html", "text/plain", "application/rss+xml"]),
    st.text(max_size=9),
)
def test_any_bytes_are_read_or_refused(raw: bytes, content_type: str | None, title: str) -> None:
    settled(Page(raw, content_type, Listing(title or None, title or None), title or None))


WORDS = [
    "Home",
    ">",
    "News",
    "/",
    "|",
    "No.",
    "好的。",
    "Print",
    "中文",
    "2020-01-01",
    "Related News",
    "",
    " ",
    "<p>",
    "</p>",
]


@given(st.lists(st.sampled_from(WORDS), max_size=12), st.sampled_from(["\n", " ", "\n\n"]))
def test_any_lines_are_read_or_refused(words: list[str], joint: str) -> None:
    settled(Page(joint.join(words).encode(), "text/plain", Listing("Title")))


@pytest.mark.parametrize("name", HTML)
def test_a_doubled_region_is_never_read_half(name: str) -> None:
    sample = SAMPLES[name]
    page = open_page(sample.page)
    layout = recognise(page)
    assert isinstance(page, HtmlPage)
    assert isinstance(layout, HtmlLayout)
    region = some(page, layout.region_at)[0].html or ""
    whole = page.tree.html or ""
    assert region in whole
    got = read(Page(whole.replace(region, region * 2, 1).encode(), sample.page.content_type))
    assert isinstance(got, Unread) or got.paragraphs == parse(sample.page).paragraphs


@pytest.mark.parametrize("name", SAMPLES)
def test_two_readings_give_the_same(name: str) -> None:
    assert parse(SAMPLES[name].page) == parse(SAMPLES[name].page)


def test_a_bug_of_ours_becomes_a_row_and_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Page) -> None:
        raise ValueError("oops")

    monkeypatch.setattr("parsers.reading.open_page", broken)
    got = read(Page(b"x"))
    assert isinstance(got, Unread)
    assert (got.error, got.layout) == ("ParserFault", None)
    assert "ValueError: oops" in got.reason
