"""Edits drawn by hypothesis, on saved pages, on mutations of them, and on what the fuzzer found."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import markup  # noqa: F401 - fills the table
import pytest
import regions  # noqa: F401 - fills the table
import writing  # noqa: F401 - fills the table
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oracles import broken
from table import SAMPLES, TABLE, Comes, page_of

from parsers import Page, read

_TAG = re.compile(rb"<[^<>]*>")
_NAME = re.compile(rb"\b(?:class|id|style|href|content|name)(?==)")
_VALUE = re.compile(rb'"[^"<>]*"')
CORPUS = [path.read_bytes() for path in sorted((Path(__file__).parent / "corpus").iterdir())]
TOKENS = [
    *(
        b"<p>",
        b"</p>",
        b"</div>",
        b"<b>",
        b"<br>",
        b"<table><td>",
        b"<a href=//[::1>",
        b"<select>",
        b"<svg>",
        b"<template>",
    ),
    *(
        b"<script>",
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"]]>",
        b"<title>",
        b"<plaintext>",
        b"<textarea>",
        b"<base href=http://[>",
    ),
    *(b"<p hidden>", b"<div class=share>", b"<div id=News_Body_Txt_A>", b"<div class=content_mod><h2 class=title>x"),
    *(b"<div class=vibox><div id=News_Body_Title>x", b"<div class=trs_editor_view>", b"<table id=article><td><div>"),
    *(
        b"&#0;",
        b"&#x202e;",
        b"&#xD800;",
        b"&#13;",
        b"&lt;br&gt;",
        b"&amp;lt;",
        b"&",
        b"\n",
        b"\r",
        b"\0",
        b"\xff\xfe",
        b"\x1b$B",
    ),
    *("\u200b\u202e\u2028\u0085\u3000\ufeff".encode(), b"Home > News\n", b"2020-02-30 25:61", b"Q: ", b"Print\n"),
]
Edit = Callable[[bytes, random.Random], bytes]


def _two(raw: bytes, chance: random.Random) -> tuple[int, int]:
    start, stop = sorted((chance.randrange(len(raw) + 1), chance.randrange(len(raw) + 1)))
    return start, stop


def cut_out(raw: bytes, chance: random.Random) -> bytes:
    start, stop = _two(raw, chance)
    return raw[:start] + raw[stop:]


def cut_to(raw: bytes, chance: random.Random) -> bytes:
    start, stop = _two(raw, chance)
    return raw[start:stop]


def doubled(raw: bytes, chance: random.Random) -> bytes:
    start, stop = _two(raw, chance)
    return raw[:stop] + raw[start:]


def put_in(raw: bytes, chance: random.Random) -> bytes:
    at, token = chance.randrange(len(raw) + 1), chance.choice(TOKENS)
    return raw[:at] + token * chance.choice((1, 1, 2, 300)) + raw[at:]


def put_between_tags(raw: bytes, chance: random.Random) -> bytes:
    ends = [tag.end() for tag in _TAG.finditer(raw)] or [0]
    at = chance.choice(ends)
    return raw[:at] + chance.choice(TOKENS) + raw[at:]


def tags_mixed(raw: bytes, chance: random.Random) -> bytes:
    tags = _TAG.findall(raw)
    chance.shuffle(tags)
    return _TAG.sub(lambda _: tags.pop(), raw)


def tags_lost(raw: bytes, chance: random.Random) -> bytes:
    return _TAG.sub(lambda tag: b"" if chance.random() < 0.1 else tag[0], raw)


def ends_lost(raw: bytes, chance: random.Random) -> bytes:
    return re.sub(rb"</[^<>]*>", lambda tag: b"" if chance.random() < 0.5 else tag[0], raw)


def names_mixed(raw: bytes, chance: random.Random) -> bytes:
    names = [b"class", b"id", b"style", b"href", b"hidden", b"content", b"name", b"x"]
    return _NAME.sub(lambda name: chance.choice(names) if chance.random() < 0.3 else name[0], raw)


def text_lost(raw: bytes, chance: random.Random) -> bytes:
    return re.sub(rb">[^<>]+<", lambda text: b"><" if chance.random() < 0.5 else text[0], raw)


def values_mixed(raw: bytes, chance: random.Random) -> bytes:
    values = _VALUE.findall(raw)
    chance.shuffle(values)
    return _VALUE.sub(lambda _: values.pop(), raw)


def lines_mixed(raw: bytes, chance: random.Random) -> bytes:
    lines = raw.split(b"\n")
    chance.shuffle(lines)
    return b"\n".join(lines)


def bytes_spoiled(raw: bytes, chance: random.Random) -> bytes:
    data = bytearray(raw)
    for _ in range(chance.randrange(1, 50) if data else 0):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def joined(raw: bytes, chance: random.Random) -> bytes:
    other = chance.choice([*(sample.page.raw for sample in SAMPLES.values()), *CORPUS])
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + cut_to(other, chance) + raw[at:]


def recoded(raw: bytes, chance: random.Random) -> bytes:
    charset = chance.choice(["gb18030", "utf-16", "utf-16-le", "cp1251", "big5", "utf-7", "iso2022_jp", "cp037"])
    return raw.decode("utf-8", "replace").encode(charset, "replace")


EDITS: list[Edit] = [
    *(cut_out, cut_to, doubled, put_in, put_between_tags, tags_mixed, tags_lost, ends_lost, names_mixed, values_mixed),
    *(text_lost, lines_mixed, bytes_spoiled, joined, recoded),
]
TYPES = [None, "text/html", "text/plain", "text/plain; charset=gbk", "application/rss+xml", "application/xhtml+xml"]
saved_pages = st.sampled_from(sorted(SAMPLES)).map(lambda name: SAMPLES[name].page)
mutated = st.sampled_from([each for each in TABLE if each.comes is not Comes.REFUSED]).flatmap(
    lambda mutation: st.sampled_from(mutation.samples()).map(mutation.page)
)
found = st.sampled_from(CORPUS).map(page_of)


@pytest.mark.acceptance
@settings(max_examples=500, derandomize=True, database=None)
@given(
    page=saved_pages | mutated | found,
    edits=st.lists(st.sampled_from(EDITS), min_size=1, max_size=4),
    chance=st.integers(0, 2**32).map(random.Random),
    declared=st.none() | st.sampled_from(TYPES),
)
@example(page=page_of(b"<html><body>" + b"<select>" * 9), edits=[], chance=random.Random(0), declared="text/html")
@example(page=page_of(b"\xff\xfe"), edits=[], chance=random.Random(0), declared=None)
def test_drawn_edits_break_nothing(page: Page, edits: list[Edit], chance: random.Random, declared: str | None) -> None:
    raw = page.raw
    for edit in edits:
        raw = edit(raw, chance)
    edited = Page(raw, declared or page.content_type, page.listing, page.url)
    assert not broken(edited, read(edited))
