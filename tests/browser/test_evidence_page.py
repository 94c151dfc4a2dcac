"""The evidence of a hostile page in a real Chromium: nothing runs, nothing is asked for, all of it can be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import SCHEMES, Scheme, chromium, contrast_of, opened
from homes import SAMPLES

from flows.cli import main

pytestmark = pytest.mark.browser

HOSTILE = (
    "<img src='https://tracker.example/a.gif' onerror='window.ran = 1'><script>window.ran = 1</script>"
    "<p>&lt;script&gt;window.ran = 1&lt;/script&gt; &lt;img src=https://tracker.example/b.gif onerror=window.ran=1&gt; "
    "They met.</p><style>@import 'https://tracker.example/c.css';</style><iframe src='https://tracker.example/'></iframe>"
)


@pytest.fixture
def html(tmp_path: Path) -> Path:
    sample = SAMPLES / "mfa-cn-en" / "t20241021_11511888.html"
    page = tmp_path / "page.html"
    page.write_text(
        sample.read_text("utf-8").replace('<div class="content_text">', f'<div class="content_text">{HOSTILE}')
    )
    out = tmp_path / "evidence.html"
    with pytest.raises(SystemExit) as ended:
        main(["show", str(page), "--html", str(out), "--home", str(tmp_path)])
    assert ended.value.code == 0
    return out


@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_evidence_of_a_hostile_page_is_safe_and_fits(html: Path, width: int, scheme: Scheme) -> None:
    with chromium() as browser, opened(browser, html, width, scheme) as page:
        assert "They met." in page.inner_text("li.body")
        assert page.locator("li.title").count() == 1
        page.locator("details summary").first.click()
        assert page.locator("details ol li.chrome").first.is_visible()
        assert contrast_of(page, "body") >= 4.5
