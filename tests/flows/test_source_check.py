"""`communique source check`: what a site is, beside what its entry says; nothing lands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from crawling import Site, site

from flows.cli import main


def checked(here: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """Exit code, and what was printed."""
    monkeypatch.setenv("COMMUNIQUE_ALLOW_HOSTS", here.ministry.allowed)
    monkeypatch.setenv("COMMUNIQUE_WORKERS", "1")
    with pytest.raises(SystemExit) as ended:
        main(["source", "check", "ministry", "--home", str(here.home), "--sources", str(here.sources), *words])
    return ended.value.code, capsys.readouterr().out


@pytest.mark.acceptance
def test_a_site_as_its_entry_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with site(tmp_path, 30, entry={"state": "reported"}) as here:
        here.ministry.sources(here.sources, state="reported")
        code, said = checked(here, monkeypatch, capsys)
        assert code == 0, said
        assert "15 entries" in said
        assert "layout mfa_en: Minister Meets Envoy No. 30" in said
        assert 'state = "verified"' in said
        assert here.paths() == ["/robots.txt", "/news/default.shtml", "/news/t30.shtml"]
        assert not (here.home / "archive").exists()
        assert not (here.home / "warehouse.duckdb").exists()


@pytest.mark.acceptance
@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"item": ".nothing a"}, "selector `.nothing a` wanted at least 1, got 0"),
        ({"layouts": ["bare_text"]}, "the page is in layout `mfa_en`, which source `ministry` does not name"),
        ({"urls": ["other.example/"]}, "ok, 0 entries, 15 that `urls` does not claim"),
    ],
)
def test_what_is_not_as_the_entry_says_is_marked(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fields: dict[str, Any],
    wrong: str,
) -> None:
    with site(tmp_path, 30) as here:
        here.ministry.sources(here.sources, **fields)
        code, said = checked(here, monkeypatch, capsys, "--json")
        assert code == 1
        assert wrong in [each["found"] for each in json.loads(said) if not each["fine"]]


@pytest.mark.acceptance
def test_a_site_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with site(tmp_path, 3, robots={"status": 503}) as here:
        code, said = checked(here, monkeypatch, capsys, "--json")
        assert code == 1
        assert [each["what"] for each in json.loads(said)] == ["robots.txt", "page"]
