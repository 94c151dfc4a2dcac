"""What an hour of fuzzing and the table of mutations found, mended since: each is a page that broke something."""

from __future__ import annotations

import gzip
import re
import time
from itertools import permutations
from pathlib import Path

import large
import pytest
from regions import with_another_in_it
from table import BY_FORM, SAMPLES, page_of, plain
from test_large import readings
from writing import without_its_head

from flows.loading.codings import undo
from parsers import Page, Release, Unread, parse, read
from parsers.chrome import reads_like_prose
from parsers.errors import InputTooLarge, TooDeep
from parsers.lists import read_list
from parsers.page import tree_of
from parsers.refusals import _LISTS

CORPUS = Path(__file__).parent / "corpus"
TITLE = "Lin Example Speaks with Icelandic Foreign Minister Sigrun Placeholder on the Phone"
ONE_OF_EACH = {plain(sample.name).layout: sample for sample in BY_FORM["html"]}


def kept(name: str) -> bytes:
    return (CORPUS / name).read_bytes()


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/octet-stream"])
@pytest.mark.parametrize("name", ["markup-whose-head-is-lost", "style-sheet-first", "item-whose-head-is-lost"])
def test_markup_is_never_read_as_a_text(name: str, content_type: str | None) -> None:
    got = read(page_of(kept(f"{name}.txt"), content_type, "A Title That Stands Nowhere"))
    assert isinstance(got, Unread), got.paragraphs


def test_a_sentence_is_never_taken_for_the_lost_headline() -> None:
    assert isinstance(read(page_of(kept("text-whose-headline-is-lost.txt"))), Unread)
    titles = []
    for sample in BY_FORM["text"]:
        for tenths in range(1, 10):
            got = read(Page(without_its_head(sample.page.raw, tenths), sample.page.content_type))
            titles += [got.title] if isinstance(got, Release) else []
    assert titles
    assert not [title for title in titles if reads_like_prose(title)]


def test_a_text_that_was_copied_twice_is_refused() -> None:
    # by_mfa_text ends at its first date line, and what only its listing names has no headline to find again.
    samples = [each for each in BY_FORM["text"] if plain(each.name).layout not in ("bare_text", "by_mfa_text")]
    assert samples
    for sample in samples:
        twice = Page(
            sample.page.raw.rstrip() + b"\n\n" + sample.page.raw, sample.page.content_type, sample.page.listing
        )
        assert isinstance(read(twice), Unread), sample.name


def test_the_headline_is_what_a_reader_sees() -> None:
    assert parse(page_of(kept("hidden-words-in-the-headline.html"))).title == TITLE


def test_two_releases_of_two_templates_are_ambiguous() -> None:
    got = read(page_of(kept("two-releases-of-two-templates.html")))
    assert isinstance(got, Unread), got.layout


def test_no_page_hides_another_template_s() -> None:
    for one, other in permutations(ONE_OF_EACH.values(), 2):
        for first in (True, False):
            got = read(page_of(with_another_in_it(one, other, first=first), "text/html"))
            assert isinstance(got, Unread), (one.name, other.name, got.layout)


@pytest.mark.parametrize("said", ["text/html", "text/html; charset=iso-2022-jp"])
def test_a_charset_of_seven_bits_is_believed(said: str) -> None:
    assert parse(page_of(kept("iso-2022-jp.html"), said)).paragraphs[0] == "大臣は水曜日に漁港を訪れた。"


def test_few_bytes_that_nobody_declared_are_not_guessed_to_be_of_dos() -> None:
    assert parse(page_of(kept("apostrophe-in-gb2312.txt"))).title == "Lin Example Visits Iceland’s New Seed Bank"


@pytest.mark.parametrize("charset", ["cp1252", "cp1251", "cp1256"])
def test_a_western_quotation_mark_that_nobody_declared(charset: str) -> None:
    sample = SAMPLES["state-gov/2022-05-12T06-10-00Z.rss#3"]
    text = sample.page.raw.decode().encode(charset)
    assert parse(Page(text, sample.page.content_type)).title == plain(sample.name).title


def test_a_sentence_that_was_left_out_ends_with_no_blank() -> None:
    left_out = parse(page_of(kept("sentence-cut-at-a-blank.html"))).left_out
    assert left_out
    assert [text for text in left_out if text != text.strip()] == []


def test_a_body_in_many_codings_is_not_unpacked() -> None:
    # Each may cost a pass over MAX_BYTES, and a header has room for twenty thousand of them.
    raw = b"<p>"
    for _ in range(20):
        raw = gzip.compress(raw, 0, mtime=0)
    body, wrong = undo(raw, ", ".join(["gzip"] * 20))
    assert wrong
    assert body == raw


def test_what_is_asked_of_every_page_has_at_most_one_descendant_step() -> None:
    # Each costs a climb to the root: with three, sixty kilobytes of nested lists take minutes, and no signal ends it.
    steps = {selector: len(re.findall(r"[^\s>+~,]\s+(?![>+~,])", selector)) for selector in _LISTS}
    assert steps
    assert {selector for selector, count in steps.items() if count > 1} == set()


@pytest.mark.acceptance
def test_links_in_nested_lists_are_settled_within_the_bounds() -> None:
    said = readings("links in lists in lists")
    assert said["links in lists in lists"]["seconds"] < large.SECONDS


@pytest.mark.acceptance
def test_links_in_one_entry_of_a_list_are_read_within_the_bounds() -> None:
    links = "".join(f"<a href=/t{n}.htm>Title {n}</a> " for n in range(16_000))
    began = time.process_time()
    with pytest.raises(InputTooLarge):
        read_list(Page(f"<html><p class=news>{links}".encode(), "text/html", url="http://a.example/"), ".news a")
    assert time.process_time() - began < large.SECONDS


UNCOUNTED = [
    *("<div/>", "<x/></y>", "<div></b>", "<span></title>", "<span><div></span></div>"),
    *("<div><select></div></select>", "<div><table><tr><td></div></table>", "<div><object></div></object>"),
]


@pytest.mark.parametrize("unit", UNCOUNTED)
def test_what_only_seems_to_end_is_nested_too(unit: str) -> None:
    # A megabyte of `<div/>` takes half a minute, and the time grows with the square.
    with pytest.raises(TooDeep):
        tree_of("<html><body>" + unit * 11_000)
