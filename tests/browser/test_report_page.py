"""The report in a real Chromium, its words hostile: nothing runs, nothing is asked for, all fits and can be read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest
from browsing import HOSTILE, LONG, SCHEMES, Scheme, chromium, contrast_of, opened
from homes import SAMPLES, ingest_into, line, mission_page, write_lines
from looking import Look, write_looks
from playwright.sync_api import Browser, Page

from flows.cli import main

pytestmark = pytest.mark.browser

WIDTHS = [360, 820, 1400]
WINDOW = ("--since", "2024-03-01", "--until", "2024-03-31")


def page(n: int, words: str) -> dict[str, Any]:
    title = escape(f"Envoy {HOSTILE} {LONG} Meets Envoy {n}")
    head = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><div class='content_mod'>"
    body = f"<h2 class='title'>{title}</h2><div class='content'><p>{words}</p></div></div></body></html>"
    url = f"http://www.fmprc.gov.cn/mfa_eng/t{n}.shtml?a='><img/src='https://tracker.example/b.gif'>"
    return line((head + body).encode(), url=url, captured_at=f"2024-03-0{n}T00:00:00Z")


def mirrored(n: int, day: int) -> dict[str, Any]:
    at = datetime(2024, 3, 1, tzinfo=UTC) + timedelta(days=day)
    text = mission_page(
        f"Minister Meets Minister {n}", f"{at:%B} {at.day}, {at.year}\n\nThey spoke of the {n}th herring."
    )
    return line(text, url=f"http://m{day}.china-embassy.org/eng/zgxw/t{n}.htm", captured_at=at.isoformat())


def write(home: Path, path: Path, *words: str) -> Path:
    with pytest.raises(SystemExit) as ended:
        main(["report", *words, "--out", str(path), "--home", str(home)])
    assert ended.value.code == 0
    return path


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    home = folder / "home"
    gone = write_looks(folder / "looks.warc", [Look(0), Look(1, 404), Look(2, 404), Look(4, 404), Look(9)])
    hostile = [page(n, f"They met in round {n}. {escape(HOSTILE)} {LONG * n}") for n in (1, 2, 3)]
    edited = {**page(1, f"They met in round 7. {escape(HOSTILE)}"), "captured_at": "2024-03-08T00:00:00Z"}
    held = [page(n, "They met.") | {"url": f"https://www.state.gov/a{n}/"} for n in (1, 2, 3, 4)]
    mirrors = [mirrored(n, n + step) for n in range(1, 8) for step in (0, n % 3 + 1)]
    ingest_into(home, SAMPLES, gone, write_lines(folder / "a.jsonl", [*hostile, edited, *mirrors]))
    ingest_into(home, write_lines(folder / "b.jsonl", held))
    return {
        "full": write(home, folder / "full.html", *WINDOW),
        "empty": write(home, folder / "empty.html", "--since", "2031-01-01", "--until", "2031-01-02"),
        "long": write(home, folder / "long.html", "--since", "2000-01-01", "--until", "2025-12-31"),
    }


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_page_asks_for_nothing_and_fits(
    pages: dict[str, Path], browser: Browser, width: int, scheme: Scheme, tmp_path: Path
) -> None:
    for name, path in pages.items():
        with opened(browser, path, width, scheme) as tab:
            tab.screenshot(path=tmp_path / f"{name}-{width}-{scheme}.png", full_page=True)
            assert _cut_off(tab, width) == [], name
            for element in ("body", "h2", "th", ".what", "a.n", "pre"):
                if tab.locator(element).count():
                    assert contrast_of(tab, element) >= 4.5, f"{name}: {element}"
            if name != "empty":
                assert contrast_of(tab, ".pictures svg:not(.calendar) text", "fill") >= 4.5
            assert contrast_of(tab, ".pictures .m3, .legend .m3", "fill") >= 3, "bars stand out"


def _cut_off(tab: Page, width: int) -> list[str]:
    """Words that stand beyond the edge of the screen, though it does not scroll."""
    found: list[str] = tab.evaluate(
        """width => [...document.querySelectorAll('section, td, li, p, h1, h2, h3, a, text, figcaption')]
        .filter(each => { const box = each.getBoundingClientRect();
            return box.width > 1 && (box.right > width + 1 || box.left < -1); }).map(each => each.outerHTML)""",
        width,
    )
    return found


def test_a_number_leads_to_its_question_which_opens(pages: dict[str, Path], browser: Browser) -> None:
    tab = browser.new_page()
    tab.goto(pages["full"].as_uri())
    question = tab.locator("#sql-short")
    assert not question.is_visible()
    tab.locator("a.n[href='#sql-short']").first.click()
    assert question.is_visible()
    assert "DATE" in question.inner_text()
    tab.close()


def test_pictures_have_a_name_and_say_what_they_show(pages: dict[str, Path], browser: Browser) -> None:
    tab = browser.new_page()
    tab.goto(pages["full"].as_uri())
    names = [each.get_attribute("role") for each in tab.locator(".pictures svg").all()]
    assert names
    assert set(names) == {"img"}
    for each in tab.locator("svg[role=img]").all():
        assert each.locator("title").text_content()
        assert each.locator("desc").text_content()
    tab.close()


def test_gaps_and_quiet_days_differ_without_colours(pages: dict[str, Path], browser: Browser) -> None:
    tab = browser.new_page()
    tab.goto(pages["full"].as_uri())
    style = "getComputedStyle(document.querySelector('.legend {}')).{}"
    assert tab.evaluate(style.format(".quiet", "stroke")) == "none"
    assert tab.evaluate(style.format(".gap", "stroke")) != "none"
    tab.close()


def test_it_prints_on_white_paper_without_what_only_a_screen_needs(
    pages: dict[str, Path], browser: Browser, tmp_path: Path
) -> None:
    tab = browser.new_page(color_scheme="dark")
    tab.goto(pages["full"].as_uri())
    tab.emulate_media(media="print", color_scheme="dark")
    tab.screenshot(path=tmp_path / "print.png", full_page=True)
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert contrast_of(tab, ".pictures .m3, .legend .m3", "fill") >= 3
    assert not tab.locator("details").first.is_visible()
    assert tab.pdf(format="A4").startswith(b"%PDF")
    tab.close()
