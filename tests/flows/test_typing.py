"""What a person types: a slip is answered with what was meant, and the tab key offers what there is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from homes import CHECKOUT, SAMPLES, ingest_into, rows
from reference import verbs

from flows.cli import cli
from flows.commands.completing import OFFERED, SHORT

EDITED = "https://www.fmprc.gov.cn/mfa_eng/xwfw_665399/s2510_665401/2511_665403/t1752991.shtml"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `data` in it, and a command `communique` that is this checkout's."""
    folder = tmp_path_factory.mktemp("typing")
    ingest_into(folder / "data", SAMPLES)
    command = folder / "bin" / "communique"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nPYTHONPATH={CHECKOUT} exec {sys.executable} -m flows "$@"\n', "utf-8")
    command.chmod(0o755)
    return folder


def run(place: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{place / 'bin'}:{os.environ['PATH']}", **env}
    return subprocess.run(words, cwd=place, env=environment, capture_output=True, text=True, check=False, timeout=60)


def an_id(place: Path) -> str:
    ((release_id,),) = rows(place / "data", f"SELECT release_id FROM releases WHERE url = '{EDITED}'")
    return str(release_id)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("ingst", "'ingest'"),
        ("source lst", "'list'"),
        ("ingest --dryrun", "'--dry-run'"),
        ("ingest mfa-cn-eng", "Did you mean `mfa-cn-en`?"),
        ("ingest MFA-CN-EN", "Did you mean `mfa-cn-en`?"),
        ("reparse mfa-cn-eng", "Did you mean `mfa-cn-en`?"),
        ("status mfa-cn-eng", "Did you mean `mfa-cn-en`?"),
        ("report --edits --source mfa-cn-eng", "Did you mean `mfa-cn-en`?"),
        ("source check mfa-cn-eng", "Did you mean `mfa-cn-en`?"),
        ("ingest mfa", "Did you mean `mfa-cn-en` or `mfa-cn-zh` or `mfa-sg` or `mfa-by`?"),
        ("ingest qqqqqqqq", "`communique source list` shows all 54."),
        (f"source expect missionen --into {CHECKOUT}", "Did you mean `mission-en`?"),
    ],
)
def test_a_misspelt_word_is_answered_with_what_was_meant(place: Path, words: str, meant: str) -> None:
    said = run(place, "communique", *words.split())
    assert said.returncode in (1, 2)
    assert meant in said.stderr


@pytest.mark.acceptance
def test_a_misspelt_release_is_answered_with_the_nearest(place: Path) -> None:
    known = an_id(place)
    other = "x" if known[5] != "x" else "y"
    for verb in (["--evidence"], ["--diff"], [], ["--beside", known]):
        said = run(place, "communique", "show", f"{known[:5]}{other}{known[6:9]}", *verb)
        assert f"Did you mean `{known[:12]}`?" in said.stderr, verb
    assert f"Did you mean `{EDITED}`?" in run(place, "communique", "show", EDITED.replace("fmprc", "fmpcr")).stderr
    far = run(place, "communique", "show", "zzzzzzzz").stderr
    assert "Did you mean" not in far
    assert "lists what there is" in far


def in_bash(place: Path, *words: str, **env: str) -> list[str]:
    """What bash would offer: its own completion function, called as bash calls it."""
    script = """
        source <(_COMMUNIQUE_COMPLETE=bash_source communique)
        complete -p communique >/dev/null || exit 9
        compopt() { echo "files:$2"; }
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _communique_completion communique
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    done = run(place, "bash", "--norc", "-c", script, "bash", "communique", *words, **env)
    assert (done.returncode, done.stderr) == (0, "")
    return [line for line in done.stdout.splitlines() if line]


@pytest.mark.acceptance
def test_bash_completes_verbs_sources_and_releases(place: Path, tmp_path: Path) -> None:
    known = an_id(place)
    assert in_bash(place, "inge") == ["ingest"]
    assert in_bash(place, "ingest", "mfa-cn-") == ["mfa-cn-en", "mfa-cn-zh"]
    for words in (["status"], ["reparse"], ["source", "check"], ["report", "--edits", "--source"]):
        assert in_bash(place, *words, "state-g") == ["state-gov"], words
    assert in_bash(place, "ingest", "dumps/a") == ["files:default"]
    for words in (["show"], ["show", "abcd", "--beside"]):
        assert in_bash(place, *words, known[:5]) == [known[:SHORT]], words
    assert in_bash(place, "show", "--home", "data", known) == [known[:SHORT]]
    assert len(in_bash(place, "show", "")) == OFFERED
    extra = tmp_path / "extra.toml"
    extra.write_text('[[source]]\nid = "dumps"\nissuer = "Atlantis"\ninbox = "dumps"\nstate = "verified"\n', "utf-8")
    assert in_bash(place, "ingest", "--sources", str(extra), "dum") == ["dumps"]


def test_completion_offers_nothing_and_says_nothing_where_something_is_wrong(place: Path, tmp_path: Path) -> None:
    broken = tmp_path / "data"
    broken.mkdir()
    (broken / "communique.duckdb").write_bytes(b"no database")
    assert in_bash(place, "show", "--beside", "abcd", COMMUNIQUE_HOME=str(broken)) == []
    assert in_bash(place, "show", "--beside", "abcd", COMMUNIQUE_HOME=str(tmp_path / "none")) == []
    assert in_bash(place, "status", "mfa", COMMUNIQUE_SOURCES=str(tmp_path / "none.toml")) == []


@pytest.mark.acceptance
def test_completion_is_fast(place: Path) -> None:
    def seconds(words: str) -> float:
        began = time.perf_counter()
        run(place, "communique", _COMMUNIQUE_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD="2")
        return time.perf_counter() - began

    for words in ("communique ingest mfa", "communique show e"):
        assert min(seconds(words) for _ in range(3)) < 0.6, words


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish here")
def test_fish_completes_sources(place: Path) -> None:
    script = "_COMMUNIQUE_COMPLETE=fish_source communique | source; complete -C 'communique ingest mfa-cn-'"
    offered = run(place, "fish", "-N", "-c", script).stdout.splitlines()
    assert [line.partition("\t")[0] for line in offered] == ["mfa-cn-en", "mfa-cn-zh"]


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh here")
def test_zsh_takes_the_completion(place: Path) -> None:
    script = (
        'autoload -U compinit; compinit -u -D; eval "$(_COMMUNIQUE_COMPLETE=zsh_source communique)"; '
        "print $_comps[communique]"
    )
    assert run(place, "zsh", "-f", "-c", script).stdout.strip() == "_communique_completion"


def test_every_help_has_an_example() -> None:
    for name, command in verbs(cli):
        # With other names for help than the real ones, click would keep these for the rest of the process.
        names = cli.context_settings["help_option_names"]
        text = command.get_help(click.Context(command, info_name=name, help_option_names=names))
        assert f"\n  communique {name}" in text, name
