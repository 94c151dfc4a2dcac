"""Every saved page gives exactly what tests/samples_expected.jsonl says, and every layout has one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Any

import pytest
from saved import FOLDER, Saved, expected, saved

from parsers import LAYOUTS, Release, parse
from parsers.kit import HtmlLayout, Layout
from parsers.layouts.mfa_en import MfaEn
from parsers.page import open_page
from parsers.release import DATE_METHODS, KINDS

each_saved = pytest.mark.parametrize("sample", saved(), ids=lambda sample: sample.name)


def row_of(release: Release) -> dict[str, Any]:
    dates = sorted(release.dates, key=lambda given: DATE_METHODS.index(given.method))
    first = dates[0] if dates else None
    return {
        "layout": release.layout,
        "title": release.title,
        "subtitle": release.subtitle,
        "breadcrumb": list(release.breadcrumb),
        "paragraphs": list(release.paragraphs),
        "published_on": first.day.isoformat() if first else None,
        "published_at": first.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if first and first.at else None,
        "language": release.language,
        "kind": release.kind,
    }


def test_each_saved_page_is_expected_and_each_expected_page_is_saved() -> None:
    assert {sample.name for sample in saved()} == set(expected())


def unread(rows: Iterable[dict[str, Any]]) -> list[str]:
    """Lines that `source add` or `source expect` wrote, and nobody has put a name to."""
    return [row["file"] for row in rows if not row.get("read_by", "written by hand")]


def test_somebody_has_read_each_line() -> None:
    assert unread(expected().values()) == [], (
        "read the line in tests/samples_expected.jsonl beside its saved page, then put your name in its `read_by`"
    )


@each_saved
def test_a_saved_page_gives_exactly_what_is_expected(sample: Saved) -> None:
    assert sample.name in expected(), (
        f"tests/samples_expected.jsonl has no line for {sample.name}: read it and write one"
    )
    wanted = {name: value for name, value in expected()[sample.name].items() if name not in ("file", "url", "read_by")}
    assert row_of(parse(sample.page)) == wanted


@each_saved
def test_exactly_one_layout_fits_a_saved_page(sample: Saved) -> None:
    opened = open_page(sample.page)
    assert [layout.name for layout in LAYOUTS if layout.fits(opened)] == [expected()[sample.name]["layout"]]


@each_saved
def test_a_saved_page_is_recognised_without_its_url(sample: Saved) -> None:
    there = parse(sample.page)
    elsewhere = parse(type(sample.page)(sample.page.raw, sample.page.content_type, sample.page.listing))
    assert row_of(elsewhere) == row_of(there)


@each_saved
def test_a_text_is_in_normal_form(sample: Saved) -> None:
    release = parse(sample.page)
    for text in (release.title, *release.paragraphs, *release.breadcrumb):
        assert text == " ".join(text.split()) != ""
    assert release.kind in KINDS


def layouts_without_a_page(layouts: Sequence[Layout], rows: Iterable[dict[str, Any]]) -> list[str]:
    held = {row["layout"] for row in rows}
    return [layout.name for layout in layouts if layout.name not in held]


def test_each_layout_has_a_saved_page() -> None:
    assert layouts_without_a_page(LAYOUTS, expected().values()) == []


def test_a_layout_without_a_saved_page_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Newcomer(MfaEn):
        name = "newcomer"

    monkeypatch.setattr(f"{__name__}.LAYOUTS", (*LAYOUTS, Newcomer()))
    with pytest.raises(AssertionError, match="newcomer"):
        test_each_layout_has_a_saved_page()


def synthetic() -> set[str]:
    """Saved pages whose sidecar says that they were made from reported selectors alone."""
    sidecars = (path for path in FOLDER.rglob("*.json") if json.loads(path.read_text("utf-8")).get("synthetic"))
    return {path.relative_to(FOLDER).as_posix().removesuffix(".json") for path in sidecars}


def test_a_layout_that_nobody_saw_has_a_page_that_says_so_and_no_other_has() -> None:
    unseen = {layout.name for layout in LAYOUTS if not layout.verified}
    assert unseen
    assert {expected()[name]["layout"] for name in synthetic()} == unseen
    for name, row in expected().items():
        assert (row["layout"] in unseen) == (name in synthetic()), name
        if row["layout"] in unseen:
            assert b"synthetic" in (FOLDER / name).read_bytes()


def selectors(layout: HtmlLayout) -> list[str]:
    lists = (*layout.marks, *layout.marks_not, layout.region_at, *layout.fields().values())
    return [one for several in lists for one in several.split(",")]


@pytest.mark.parametrize(
    "layout", [layout for layout in LAYOUTS if isinstance(layout, HtmlLayout)], ids=lambda layout: layout.name
)
def test_no_selector_costs_the_cube_of_a_pages_depth(layout: HtmlLayout) -> None:
    for selector in selectors(layout):
        steps = re.sub(r"\s*[>+~]\s*", ">", selector.strip()).split()
        assert len(steps) <= 2, f"`{selector}` has two descendant steps"
