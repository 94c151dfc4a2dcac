"""Pages of edits in a real Chromium, their words hostile: nothing runs, nothing is asked for, all can be read."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import pytest
from browsing import HOSTILE, LONG, SCHEMES, Scheme, chromium, contrast_of, opened
from homes import ingest_into, line, write_lines
from looking import Look, write_looks

from flows.cli import main

pytestmark = pytest.mark.browser

URL = "http://www.fmprc.gov.cn/mfa_eng/t1.shtml?a='><img/src='https://tracker.example/b.gif'>"


def page(n: int) -> dict[str, Any]:
    title, words = escape(f"Envoy {HOSTILE} Meets Envoy"), escape(f"They met. {HOSTILE} {LONG} Round {n}.")
    head = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><div class='content_mod'>"
    body = (
        f"<h2 class='title'>{title}</h2><div class='content'><p>{words}</p><p>They left.</p></div></div></body></html>"
    )
    return line((head + body).encode(), url=URL, captured_at=f"2020-01-0{n}T00:00:00Z")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    home = folder / "home"
    gone = write_looks(folder / "looks.warc", [Look(0), Look(1, 404), Look(2, 404), Look(4, 404)])
    ingest_into(home, write_lines(folder / "a.jsonl", [page(1), page(2)]), gone)
    written = {name: folder / f"{name}.html" for name in ("edits", "diff", "beside")}
    for words in (
        ["report", "--edits", "--out", str(folder)],
        ["show", URL, "--diff", "--html", str(written["diff"])],
        ["show", f"{URL}@1", "--beside", URL, "--html", str(written["beside"])],
    ):
        with pytest.raises(SystemExit) as ended:
            main([*words, "--home", str(home)])
        assert ended.value.code == 0
    return written


@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_pages_of_hostile_words_are_safe_and_fit(pages: dict[str, Path], width: int, scheme: Scheme) -> None:
    with chromium() as browser:
        for name, html in pages.items():
            with opened(browser, html, width, scheme) as tab:
                assert "They met." in tab.inner_text("body")
                assert (tab.locator("del").first.inner_text(), tab.locator("ins").first.inner_text()) == ("1", "2")
                for element in ("body", "del", "ins"):
                    assert contrast_of(tab, element, paper=element) >= 4.5, f"{name}: {element}"


def test_the_wire_prints_on_white_paper(pages: dict[str, Path]) -> None:
    with chromium() as browser:
        tab = browser.new_page(color_scheme="dark")
        tab.goto(pages["edits"].as_uri())
        tab.emulate_media(media="print", color_scheme="dark")
        assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert tab.pdf(format="A4").startswith(b"%PDF")
