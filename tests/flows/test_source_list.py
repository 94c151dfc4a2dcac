"""`communique source list`: every source of the registry, where it is read and how."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from flows.cli import cli, main
from flows.registry import catalogue_of
from flows.settings import settings
from flows.sources.shown import rows_of
from seeds import Catalogue, Source

SITE = Source(
    "site",
    "Ministry",
    "verified",
    urls=("old.example/web/", "new.example:81/web/", "new.example:81/eng/", "else.example/"),
    lists=("http://new.example:81/web/",),
    feeds=("http://new.example:81/feed",),
    sitemaps=("http://new.example:81/sitemap.xml",),
    schedule="5 * * * *",
    successors={"old.example": "new.example:81"},
)
FOLDER = Source("folder", "Whoever", "reported", inbox="folder")
LOADED = Source("loaded", "Archive", "off", urls=("dump.example/",))


def said(*words: str) -> str:
    done = CliRunner().invoke(cli, ["source", "list", *words], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_a_source_is_shown_with_the_hosts_that_answer_and_how_it_is_read() -> None:
    assert rows_of(Catalogue([SITE, FOLDER, LOADED])) == [
        {
            "id": "site",
            "issuer": "Ministry",
            "state": "verified",
            "schedule": "5 * * * *",
            "hosts": ["new.example:81", "else.example"],
            "read": ["lists", "feed", "sitemap"],
        },
        {
            "id": "folder",
            "issuer": "Whoever",
            "state": "reported",
            "schedule": None,
            "hosts": [],
            "read": ["inbox"],
        },
        {"id": "loaded", "issuer": "Archive", "state": "off", "schedule": None, "hosts": ["dump.example"], "read": []},
    ]


def test_the_table_has_a_line_a_source() -> None:
    lines = said().splitlines()
    assert lines[0].split() == ["id", "issuer", "state", "schedule", "hosts", "read"]
    ids = catalogue_of(settings()).ids()
    assert [line.split()[0] for line in lines[1:]] == ids
    assert next(line.split()[-2:] for line in lines if line.startswith("state-gov ")) == ["www.state.gov", "feed"]
    assert "www.mfa.gov.sg, mfa.gov.sg" in next(line for line in lines if line.startswith("mfa-sg "))


def test_the_sources_of_the_user_are_among_them(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[[source]]\nid = "mine"\nissuer = "Me"\nstate = "verified"\ninbox = "mine"\n', "utf-8")
    rows = json.loads(said("--json", "--home", str(tmp_path), "--sources", str(file)))
    assert rows[0]["id"] == "inbox"
    assert rows[-1] == {
        "id": "mine",
        "issuer": "Me",
        "state": "verified",
        "schedule": None,
        "hosts": [],
        "read": ["inbox"],
    }


def test_a_wrong_entry_is_one_line_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[[source]]\nid = "mine"\nissuer = "Me"\nstate = "on"\ninbox = "mine"\n', "utf-8")
    with pytest.raises(SystemExit) as leaving:
        main(["source", "list", "--sources", str(file)])
    assert leaving.value.code == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "mine.toml, line 4, field `state`" in error
