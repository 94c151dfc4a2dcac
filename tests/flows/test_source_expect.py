"""`communique source expect`: from saved pages alone, a difference that people can read, and nothing accepted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from homes import CHECKOUT

from flows.adding.saved import saved_pages
from flows.cli import main

EXPECTED = "tests/samples_expected.jsonl"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What is looked at: saved pages, and what is expected of them."""
    for name in ("parsers/layouts", "seeds"):
        shutil.copytree(CHECKOUT / name, tmp_path / name)
    (tmp_path / "tests").mkdir()
    shutil.copy(CHECKOUT / EXPECTED, tmp_path / EXPECTED)
    return tmp_path


def expect(into: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(["source", "expect", *words, "--into", str(into)])
    assert isinstance(ended.value.code, int)
    printed = capsys.readouterr()
    return ended.value.code, printed.out or printed.err


def rows(checkout: Path) -> dict[str, dict[str, Any]]:
    lines = (checkout / EXPECTED).read_text("utf-8").splitlines()
    return {row["file"]: row for row in map(json.loads, lines)}


def edit(checkout: Path, name: str, **fields: Any) -> None:
    """Expect something else of a page."""
    changed = {**rows(checkout), name: {**rows(checkout)[name], **fields}}
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in changed.values())
    (checkout / EXPECTED).write_text(text, "utf-8")


ZH = "mfa-cn-zh/t20230904_11137555.shtml"
EN = "mission-un/t20101015_8417666.htm"


def test_the_checkout_is_read_as_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = expect(CHECKOUT, capsys)
    assert (code, "All saved pages are read as expected" in said) == (0, True), said


def test_saved_pages_are_those_that_the_tests_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(CHECKOUT / "tests/parsers"))
    from saved import saved

    ours = {each.name: each.page for each in saved_pages(CHECKOUT)}
    assert ours == {each.name: each.page for each in saved()}


def test_a_difference_is_shown_and_nothing_is_written(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, *rest = rows(checkout)[ZH]["paragraphs"]
    edit(checkout, ZH, paragraphs=["另一段。", first, *rest[:-1]], title="另一个标题")
    before = (checkout / EXPECTED).read_bytes()
    code, said = expect(checkout, capsys)
    assert code == 1
    assert f"--- expected {ZH}" in said
    assert "-title: 另一个标题" in said
    assert "-paragraphs: 另一段。" in said
    assert f"+paragraphs: {rest[-1]}" in said
    assert f"+paragraphs: {first}" not in said, "it is there, one place further up"
    assert "1 saved page is not read as expected" in said
    assert "mission-un" not in said
    assert (checkout / EXPECTED).read_bytes() == before


def test_what_is_written_waits_for_a_reader_and_other_lines_stay(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(checkout, ZH, kind="other", read_by="Nora")
    edit(checkout, EN, read_by="Nora")
    before = (checkout / EXPECTED).read_text("utf-8").splitlines()
    code, said = expect(checkout, capsys, "--write")
    assert code == 1, "it differed"
    assert "put your name in its `read_by`" in said
    after = (checkout / EXPECTED).read_text("utf-8").splitlines()
    assert [old == new for old, new in zip(before, after, strict=True)].count(False) == 1
    assert rows(checkout)[ZH]["read_by"] is None
    assert rows(checkout)[ZH]["kind"] != "other"
    assert rows(checkout)[EN]["read_by"] == "Nora"
    code, said = expect(checkout, capsys)
    assert code == 0
    assert f"nobody has read {ZH}" in said
    assert rows(checkout)[ZH]["title"] in said


def test_a_new_page_and_one_that_is_gone(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = checkout / "seeds/releases/mission-un"
    for name in (EN, f"{EN}.json"):
        path = checkout / "seeds/releases" / name
        path.rename(folder / path.name.replace("8417666", "8417667"))
    code, said = expect(checkout, capsys, "--json")
    told = json.loads(said)
    moved = EN.replace("8417666", "8417667")
    assert {each["file"]: each["why"] for each in told["differences"]} == {
        moved: "",
        EN: "there is no such saved page any more",
    }
    assert (code, told["written"]) == (1, False)
    expect(checkout, capsys, "--write")
    assert EN not in rows(checkout)
    assert rows(checkout)[moved]["read_by"] is None
    assert expect(checkout, capsys)[0] == 0


def test_a_page_that_is_not_read_any_more_keeps_its_line(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = checkout / "seeds/releases" / EN
    page.write_bytes(page.read_bytes().replace(b"view-title", b"view-tittle"))
    before = (checkout / EXPECTED).read_bytes()
    code, said = expect(checkout, capsys, "--write")
    assert code == 1
    assert "! " + EN + ": LayoutUnknown" in said
    assert (checkout / EXPECTED).read_bytes() == before


@pytest.mark.parametrize("name", [EN, "mission-un", "mission-un/", "mission_un"])
def test_names_are_pages_folders_or_layouts(checkout: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    edit(checkout, EN, kind="letter")
    edit(checkout, ZH, kind="letter")
    code, said = expect(checkout, capsys, name)
    assert code == 1
    assert EN in said
    assert ZH not in said
    assert expect(checkout, capsys, "mfa-cn-en")[0] == 0


def test_a_name_that_is_none(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = expect(checkout, capsys, "nothing-so-named")
    assert (code, "`nothing-so-named` is no saved page" in said) == (1, True)
