"""Pages of edits in a real Chromium, their words hostile: nothing runs, nothing is asked for, all can be read."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import pytest
from homes import ingest_into, line, write_lines
from looking import Look, write_looks
from playwright.sync_api import sync_playwright

from flows.cli import main

pytestmark = pytest.mark.browser

CHROMIUM = Path("/usr/bin/chromium")
HOSTILE = "<script>window.ran = 1</script><img src='https://tracker.example/a.gif' onerror='window.ran = 1'>"
URL = "http://www.fmprc.gov.cn/mfa_eng/t1.shtml?a='><img/src='https://tracker.example/b.gif'>"
LONG = "Donaudampfschifffahrtsgesellschaft" * 8


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
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_hostile_words_are_safe_and_fit(pages: dict[str, Path], width: int, scheme: str) -> None:
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"]) as browser,
    ):
        for name, html in pages.items():
            tab = browser.new_page(
                viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
            )
            asked: list[str] = []
            complaints: list[str] = []
            tab.on("request", lambda request, asked=asked: asked.append(request.url))
            tab.on("console", lambda message, complaints=complaints: complaints.append(message.text))
            tab.goto(html.as_uri())
            assert tab.evaluate("window.ran") is None
            assert asked == [html.as_uri()]
            assert complaints == []
            assert tab.evaluate("document.documentElement.scrollWidth") <= width, name
            assert "They met." in tab.inner_text("body")
            assert (tab.locator("del").first.inner_text(), tab.locator("ins").first.inner_text()) == ("1", "2")
            for element in ("body", "del", "ins"):
                style = f"getComputedStyle(document.querySelector('{element}'))"
                ink, paper = (shade(tab.evaluate(f"{style}.{each}")) for each in ("color", "backgroundColor"))
                assert contrast(ink, paper) >= 4.5, f"{name}: {element}"
            tab.close()


def shade(colour: str) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    parts = [int(each) / 255 for each in colour.removeprefix("rgb(").removesuffix(")").split(", ")]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: float, other: float) -> float:
    """By the same definition, 1 to 21."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def test_the_wire_prints_on_white_paper(pages: dict[str, Path]) -> None:
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"]) as browser,
    ):
        tab = browser.new_page(color_scheme="dark")
        tab.goto(pages["edits"].as_uri())
        tab.emulate_media(media="print", color_scheme="dark")
        assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert tab.pdf(format="A4").startswith(b"%PDF")
