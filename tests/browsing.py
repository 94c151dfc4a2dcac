"""Pages that we write, opened in a real Chromium: what they do, and whether they can be read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
HOSTILE = "<script>window.ran = 1</script><img src='https://tracker.example/a.gif' onerror='window.ran = 1'>"
LONG = "Donaudampfschifffahrtsgesellschaft" * 8
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """A browser; where none is installed the test skips, under CI it fails."""
    if not CHROMIUM.exists():
        why = f"no Chromium at {CHROMIUM}: apt-get install chromium"
        pytest.fail(why) if os.environ.get("CI") == "true" else pytest.skip(why)
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", *flags]) as browser,
    ):
        yield browser


@contextmanager
def opened(browser: Browser, path: Path, width: int, scheme: Scheme) -> Iterator[Page]:
    """A page of ours in a tab: it ran nothing of its own, asked for nothing, complains of nothing and fits."""
    tab = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    complaints: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: complaints.append(message.text))
    tab.goto(path.as_uri())
    assert tab.evaluate("window.ran") is None
    assert asked == [path.as_uri()]
    assert complaints == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width, path.name
    yield tab
    tab.close()


def contrast_of(tab: Page, element: str, ink: str = "color", paper: str = "body") -> float:
    """Contrast of an element and what is behind it, 1 to 21, as WCAG 2 defines it."""
    colours = tab.evaluate(
        "([element, ink, paper]) => [getComputedStyle(document.querySelector(element))[ink],"
        " getComputedStyle(document.querySelector(paper)).backgroundColor]",
        [element, ink, paper],
    )
    one, other = (_luminance(colour) for colour in colours)
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(each) / 255 for each in colour.removeprefix("rgb(").removesuffix(")").split(", ")]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
