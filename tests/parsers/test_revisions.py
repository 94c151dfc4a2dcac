"""A better parser cannot look like an edit: no output changes unless a revision does.

outputs.json holds the digest of what each saved page gave, and the revisions under which it did.
After raising a revision, or adding a page or a layout, record again:

    python -m pytest tests/parsers/test_revisions.py --record

which refuses while an output changed and no revision was raised.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TypedDict

import pytest
from saved import saved

from parsers import LAYOUTS, Release, Unread, current_revisions, parse, read
from parsers.release import sha256

OUTPUTS = Path(__file__).with_name("outputs.json")
RECORD = ".venv/bin/python -m pytest tests/parsers/test_revisions.py --record"


class Output(TypedDict):
    input: str
    layout: str
    sha256: str


class Record(TypedDict):
    revisions: dict[str, str]
    pages: dict[str, Output]


def digest(release: Release | Unread) -> str:
    """Digest of all that was read (or why nothing was), but for the revision that read it."""
    said = {name: value for name, value in dataclasses.asdict(release).items() if name != "revision"}
    return sha256(json.dumps(said, sort_keys=True, default=str).encode())


def record_of_today() -> Record:
    pages: dict[str, Output] = {}
    for sample in saved():
        got = read(sample.page)
        layout = got.layout or "none"
        pages[sample.name] = {"input": sample.page.input_sha256, "layout": layout, "sha256": digest(got)}
    return {
        "revisions": {name: revision for name, revision in current_revisions().items() if name},
        "pages": pages,
    }


def unrevised(before: Record, now: Record) -> list[str]:
    """Pages whose output changed while no revision of a layout that reads (or read) them did."""
    return [name for name in now["pages"] if _changed(name, before, now) and not _raised(name, before, now)]


def _changed(name: str, before: Record, now: Record) -> bool:
    then, today = before["pages"].get(name), now["pages"][name]
    return then is not None and then["input"] == today["input"] and then != today


def _raised(name: str, before: Record, now: Record) -> bool:
    layouts = {before["pages"][name]["layout"], now["pages"][name]["layout"]}
    return any(_rank(now, layout) > _rank(before, layout) for layout in layouts)


def _rank(record: Record, layout: str) -> tuple[int, ...]:
    return tuple(map(int, record["revisions"].get(layout, "0.0").split(".")))


def check(before: Record, now: Record) -> None:
    names = unrevised(before, now)
    assert not names, (
        f"the output of {len(names)} saved pages changed and no revision did: {', '.join(names[:5])}. If the change "
        "is meant, raise `revision` of the layout (or `REVISION` in parsers/kit.py, if shared code changed it) with "
        f"a line in its History, then run `{RECORD}`; if it is not, mend the parser"
    )
    assert now == before, f"outputs.json is not of today: new pages, layouts or revisions. Run `{RECORD}`"


def test_no_output_changed_without_a_revision(pytestconfig: pytest.Config) -> None:
    now = record_of_today()
    before: Record = json.loads(OUTPUTS.read_text("utf-8")) if OUTPUTS.exists() else {"revisions": {}, "pages": {}}
    if pytestconfig.getoption("--record") and not unrevised(before, now):
        OUTPUTS.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n", "utf-8")
        return
    check(before, now)


# --- the test itself can fail --------------------------------------------------------------------


@pytest.fixture
def before() -> Record:
    return {"revisions": {"a": "1.1", "b": "1.1"}, "pages": {"x": {"input": "i", "layout": "a", "sha256": "0"}}}


def after(revision: str, layout: str, said: str, given: str = "i") -> Record:
    pages: dict[str, Output] = {"x": {"input": given, "layout": layout, "sha256": said}}
    return {"revisions": {"a": revision, "b": "1.1"}, "pages": pages}


def test_a_changed_output_without_a_revision_is_named(before: Record) -> None:
    with pytest.raises(AssertionError, match=r"changed and no revision did: x\. .*raise `revision`.*--record"):
        check(before, after("1.1", "a", "1"))


def test_a_page_that_changes_its_layout_needs_a_revision_too(before: Record) -> None:
    assert unrevised(before, after("1.1", "b", "0")) == ["x"]
    assert unrevised(before, after("1.2", "b", "0")) == []


@pytest.mark.parametrize("revision", ["1.2", "2.1", "1.10"])
def test_a_raised_revision_asks_to_record_again(before: Record, revision: str) -> None:
    now = after(revision, "a", "1")
    assert unrevised(before, now) == []
    with pytest.raises(AssertionError, match=r"not of today.*--record"):
        check(before, now)
    check(now, now)


def test_a_lowered_revision_is_no_raise(before: Record) -> None:
    assert unrevised(before, after("1.0", "a", "1")) == ["x"]


def test_a_page_that_was_saved_anew_changes_no_parser(before: Record) -> None:
    assert unrevised(before, after("1.1", "a", "1", given="j")) == []


def test_another_paragraph_link_or_date_is_another_digest() -> None:
    release = parse(next(sample.page for sample in saved() if sample.name.startswith("mfa-cn-zh/t")))
    digests = {
        digest(release),
        digest(dataclasses.replace(release, paragraphs=release.paragraphs[1:])),
        digest(dataclasses.replace(release, links=release.links[1:])),
        digest(dataclasses.replace(release, dates=release.dates[1:])),
        digest(dataclasses.replace(release, breadcrumb=())),
        digest(dataclasses.replace(release, kind="other")),
    }
    assert len(digests) == 6
    assert digest(dataclasses.replace(release, revision="9.9")) == digest(release)


def test_each_layout_names_its_revision() -> None:
    for layout in LAYOUTS:
        history = __import__(type(layout).__module__, fromlist=["x"]).__doc__ or ""
        assert f"\n    {layout.revision} (" in history, f"`{layout.name}` has no line in its History for its revision"
