"""`communique source add`: a page -> an entry, and a layout that reads it, whose test fails until a person has read."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from crawling import site
from foreign import FOREIGN, PROSE, TITLE, Foreign
from homes import CHECKOUT, SAMPLES, mission_page

from flows.adding.entry import entry_of
from flows.adding.files import Change, write_all
from flows.adding.filler import Filler
from flows.adding.propose import propose
from flows.adding.scrub import sample_of
from flows.adding.selectors import is_steady
from flows.cli import main
from parsers import parse
from parsers.errors import InputMalformed, ParseError
from parsers.language import language_of
from parsers.page import HtmlPage, open_page
from parsers.release import Page, Release

GOV = next(each for each in FOREIGN if each.name == "gov-uk")
URL = "https://www.tides.example/en/news/2024/6.html"
each_foreign = pytest.mark.parametrize("foreign", FOREIGN, ids=lambda foreign: foreign.name)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What a checkout needs to read its samples and to test them."""
    root = tmp_path / "checkout"
    junk = shutil.ignore_patterns("__pycache__")
    for name in ("parsers", "seeds", "flows", "warehouse", "tests/parsers"):
        shutil.copytree(CHECKOUT / name, root / name, ignore=junk)
    for name in ("pyproject.toml", "tests/conftest.py", "tests/samples_expected.jsonl"):
        shutil.copy(CHECKOUT / name, root / name)
    return root


def add(into: Path, *words: str | Path) -> None:
    main(["source", "add", *map(str, words), "--into", str(into), "--home", str(into / "data")])


def added(into: Path, capsys: pytest.CaptureFixture[str], *words: str | Path) -> dict[str, Any]:
    """What it says to programs."""
    capsys.readouterr()
    add(into, *words, "--json")
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


def refused(into: Path, capsys: pytest.CaptureFixture[str], *words: str | Path) -> str:
    """The error; nothing was written."""
    before = files(into)
    with pytest.raises(SystemExit) as ended:
        add(into, *words)
    assert ended.value.code == 1
    assert files(into) == before
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def inside(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command with the code of that checkout."""
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *words], cwd=root, env=environment, capture_output=True, text=True, check=False
    )


def page_of(raw: bytes | str) -> HtmlPage:
    opened = open_page(Page(raw.encode() if isinstance(raw, str) else raw, "text/html"))
    assert isinstance(opened, HtmlPage)
    return opened


def read_as_proposed(raw: bytes) -> Release:
    return propose(page_of(raw), {}).layout("proposed").read(page_of(raw))


# --- what is proposed ----------------------------------------------------------------------------


@each_foreign
def test_the_proposal_reads_a_foreign_template(foreign: Foreign) -> None:
    raw = foreign.path.read_bytes()
    release = read_as_proposed(raw)
    assert release.title == foreign.title
    assert release.paragraphs == foreign.paragraphs
    assert release.breadcrumb == foreign.breadcrumb
    assert release.dates[0].day.isoformat() == foreign.day
    assert propose(page_of(raw), {}).region == foreign.region


KNOWN = {
    "embassies/editor-view.htm": "div.trs_editor_view",
    "embassies/news-body.htm": "#News_Body_Txt_A",
    "mfa-cn-en/t1594533.shtml": "div.content",
    "mfa-cn-en/t20241021_11511888.html": "div.view_dedault",
    "mfa-cn-zh/t1513071.shtml": "#News_Body_Txt_A",
    "mfa-cn-zh/t20221019_10786222.shtml": "div.trs_editor_view",
    "mission-un/t20101015_8417666.htm": "div.view-txt",
}


@pytest.mark.parametrize(("name", "region"), KNOWN.items())
def test_what_people_wrote_by_hand_would_have_been_proposed(name: str, region: str) -> None:
    raw = (SAMPLES / name).read_bytes()
    by_hand, proposed = parse(Page(raw)), read_as_proposed(raw)
    assert propose(page_of(raw), {}).region == region
    for field in ("title", "paragraphs", "breadcrumb"):
        assert getattr(proposed, field) == getattr(by_hand, field), field
    assert [given.day for given in proposed.dates][:1] == [given.day for given in by_hand.dates][:1]


@each_foreign
def test_the_sample_is_read_as_the_page_is_and_has_none_of_its_words(foreign: Foreign) -> None:
    raw = foreign.path.read_bytes()
    layout = propose(page_of(raw), {}).layout("proposed")
    release = layout.read(page_of(raw))
    sample = sample_of(page_of(raw), layout, release.language)
    again = layout.read(page_of(sample))
    assert layout.fits(page_of(sample))
    assert len(again.paragraphs) == len(release.paragraphs)
    assert again.language == release.language
    assert [given.day for given in again.dates] == [given.day for given in release.dates]
    assert len(again.breadcrumb) == len(release.breadcrumb)
    for text in (release.title, *release.paragraphs):
        assert text not in sample
        for run in re.findall(r"[^\W\d_]{3,}(?: [^\W\d_]{3,}){2}|[\u4e00-\u9fff]{6}", text):
            assert run not in sample, "three words in a row of the page's"
    for trace in ("<script", "<!--", 'href="http', "social.example", 'articleBody":'):
        assert trace not in sample


@pytest.mark.parametrize(
    ("name", "steady"),
    [
        *(("entry-content", True), ("News_Body_Txt_A", True), ("articleBody", True), ("TRS_UEDITOR", True)),
        *(("pr-body", True), ("nr", True), ("list1", True)),
        *(("post-8123", False), ("bFjhKy", False), ("sc-bXdKq", False), ("col-md-8", False), ("css-1x9aab3", False)),
        *(("category-meetings", False), ("clearfix", False), ("a:b", False), ("x'];--", False), ("", False)),
    ],
)
def test_names_of_one_page_or_one_build_are_not_used(name: str, steady: bool) -> None:
    assert is_steady(name) is steady


def test_marks_tell_a_page_from_all_that_are_saved() -> None:
    other = page_of(
        GOV.path.read_bytes().replace(b"gem-c-layout-for-public", b"other").replace(b"govuk-govspeak", b"x")
    )
    alone = propose(page_of(GOV.path.read_bytes()), {})
    told = propose(page_of(GOV.path.read_bytes()), {"other": other})
    assert alone.marks == ("h1.gem-c-title__text", "div.govspeak")
    assert told.marks[:2] == alone.marks
    assert not told.layout("x").fits(other)
    assert told.layout("x").fits(page_of(GOV.path.read_bytes()))
    with pytest.raises(ParseError, match="from the saved page `same`"):
        propose(page_of(GOV.path.read_bytes()), {"same": page_of(GOV.path.read_bytes())})


@pytest.mark.parametrize(
    "html",
    [
        "<html><body><ul><li><a href=/1>A list</a><li><a href=/2>of links</a></ul></body></html>",
        "<html><body></body></html>",
        f"<html><body><div class=a><p>{PROSE[0]}</p></div></body></html>",
    ],
)
def test_where_nothing_looks_like_a_release_nothing_is_proposed(html: str) -> None:
    with pytest.raises(ParseError, match="no element of the page"):
        propose(page_of(html), {})


BODY = "".join(f"<p>{text}</p>" for text in PROSE)


@pytest.mark.parametrize(
    ("html", "doubt"),
    [
        (f"<div class=a><h1>{TITLE}</h1>{BODY}</div>", "the headline stands inside `region_at`"),
        (f"<h1>{TITLE}</h1><div class=a><p class=day>6 May 2024</p>{BODY}</div>", "the date stands inside `region_at`"),
        (f"<h1>{TITLE}</h1><div class=a>{BODY}</div>", "no date was found"),
        (
            f"<h1>{TITLE}</h1><p>6 May 2024</p><div>{BODY}</div><div></div>",
            "`body > div:nth-of-type(1)` goes by its place",
        ),
    ],
)
def test_what_was_guessed_is_said(html: str, doubt: str) -> None:
    doubts = propose(page_of(f"<html><body>{html}</body></html>"), {}).doubts
    assert [each for each in doubts if doubt in each], doubts


def test_menus_of_a_sample_are_cut() -> None:
    page = GOV.path.read_bytes()
    layout = propose(page_of(page), {}).layout("proposed")
    assert (page.count(b"<li>"), sample_of(page_of(page), layout, "en").count("<li>")) == (20, 10)


def test_words_of_the_filler_keep_shape_and_language() -> None:
    text = "On 5 May 2024, the Minister of Tides SAID that the bell was not theirs. Q: Was it at 9:30 a.m.?"
    filled = Filler("en").fill(text)
    assert language_of("", [filled]) == "en"
    assert re.sub(r"[^\W\d_]+", "", filled) == re.sub(r"[^\W\d_]+", "", text)
    assert "5 May 2024" in filled
    assert "Q:" in filled
    assert "9:30 a.m." in filled
    assert not {"Minister", "Tides", "SAID", "theirs"} & set(re.findall(r"\w+", filled))
    assert Filler("en").fill(text) == filled


# --- what is written -----------------------------------------------------------------------------


@pytest.mark.acceptance
def test_a_page_that_no_layout_knows_from_nothing_to_green(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = added(checkout, capsys, GOV.path, "--url", URL)
    assert (said["source"], said["layout"], said["layout_is_new"]) == ("tides-example", "tides_example", True)
    assert said["read"]["title"] == TITLE
    assert (said["read"]["first"], said["read"]["last"]) == (PROSE[0], PROSE[-1])
    assert (said["read"]["published_on"], said["read"]["breadcrumb"]) == ("2024-05-06", ["Home", "News and talks"])

    script = (
        "import sys; from parsers import parse, Page; print(parse(Page(open(sys.argv[1], 'rb').read())).paragraphs)"
    )
    done = inside(checkout, "-c", script, str(GOV.path))
    assert ast.literal_eval(done.stdout) == PROSE, done.stderr
    module = (checkout / "parsers/layouts/tides_example.py").read_text("utf-8")
    assert f"region_at = {json.dumps(GOV.region)}" in module
    ruff = [sys.executable, "-m", "ruff"]
    for words in (["check"], ["format", "--check"]):
        subprocess.run([*ruff, *words, "parsers"], cwd=checkout, check=True, capture_output=True)

    fails = inside(checkout, "-m", "pytest", "-n", "0", "tests/parsers/test_samples.py")
    assert "1 failed" in fails.stdout, fails.stdout
    assert "then put your name in its `read_by`" in fails.stdout
    expected = checkout / "tests/samples_expected.jsonl"
    row = json.loads(expected.read_text("utf-8").splitlines()[-1])
    assert (row["file"], row["read_by"], row["published_on"]) == ("tides-example/sample-1.html", None, "2024-05-06")
    expected.write_text(expected.read_text("utf-8").replace('"read_by": null', '"read_by": "Nora"'), "utf-8")
    passes = inside(checkout, "-m", "pytest", "-n", "0", "tests/parsers/test_samples.py")
    assert passes.returncode == 0, passes.stdout

    again = inside(checkout, "-m", "flows", "source", "add", str(GOV.path), "--url", URL, "--json")
    assert json.loads(again.stdout)["written"] == [], "it is known now"
    assert str(SAMPLES) not in done.stdout


def test_what_is_written_to_the_registry_is_added_and_nothing_else_changes(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(checkout)
    said = added(checkout, capsys, GOV.path, "--url", URL)
    after = files(checkout)
    assert {name for name in after if after[name] != before.get(name)} == set(said["written"])
    for name in ("seeds/sources.toml", "tests/samples_expected.jsonl"):
        assert after[name].startswith(before[name]), "appended to, comments and all"
    entry = tomllib.loads(after["seeds/sources.toml"].decode())["source"][-1]
    assert (entry["id"], entry["state"], entry["layouts"]) == ("tides-example", "reported", ["tides_example"])
    assert entry["urls"] == ["www.tides.example/en/"]
    assert "not yet decided" in entry["robots_reason"]
    assert "schedule" not in entry
    sidecar = json.loads(after["seeds/releases/tides-example/sample-1.html.json"])
    assert sidecar["url"] == "https://www.tides.example/en/sample-1.html", "not under the page's own address"


def test_a_dry_run_says_all_and_writes_nothing(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = files(checkout)
    add(checkout, GOV.path, "--url", URL, "--dry-run")
    said = capsys.readouterr().out
    assert "would write" in said
    assert "div.govspeak" in said
    assert "communique source expect tides-example/sample-1.html" in said
    assert files(checkout) == before


@pytest.mark.acceptance
def test_a_page_that_is_fetched_is_asked_for_as_politely_as_ever(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.adding.given.DELAY", 0.1)
    html = {"status": 200, "text": GOV.path.read_text("utf-8"), "headers": {"Content_Type": "text/html"}}
    with site(tmp_path, 1, raw={"/news/6.html": html, "/private/7.html": html}) as here:
        address = here.ministry.url("/news/6.html")
        monkeypatch.delenv("COMMUNIQUE_CONTACT", raising=False)
        assert "COMMUNIQUE_CONTACT" in refused(checkout, capsys, address)
        monkeypatch.setenv("COMMUNIQUE_CONTACT", "nora@tides.example")
        assert "is not public" in refused_besides_hosts(checkout, capsys, address)
        assert here.paths() == []
        monkeypatch.setenv("COMMUNIQUE_ALLOW_HOSTS", here.ministry.allowed)
        assert "robots_denied" in refused_besides_hosts(checkout, capsys, here.ministry.url("/private/7.html"))
        assert here.paths() == ["/robots.txt"]
        said = added(checkout, capsys, address)
        assert here.paths() == ["/robots.txt", "/news/6.html"]
    assert said["url"] == address
    assert said["source"].startswith("127-0-0-1-")
    kept = checkout / "data/pages" / said["source"] / "page-1.html"
    assert kept.read_bytes() == GOV.path.read_bytes()
    assert json.loads((kept.parent / "page-1.html.json").read_text("utf-8"))["url"] == address
    assert said["written"][0] == str(kept.relative_to(checkout))
    assert said["layout"] == f"site_{said['source'].replace('-', '_')}"


def refused_besides_hosts(into: Path, capsys: pytest.CaptureFixture[str], address: str) -> str:
    """As `refused`; when a host was asked last is noted, so that it is not asked again too soon."""
    before = {name: raw for name, raw in files(into).items() if not name.startswith("data/hosts/")}
    with pytest.raises(SystemExit):
        add(into, address)
    assert {name: raw for name, raw in files(into).items() if not name.startswith("data/hosts/")} == before
    return capsys.readouterr().err


# --- what is known already -----------------------------------------------------------------------


def test_a_page_that_a_layout_knows_gets_an_entry_alone(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = SAMPLES / "mission-un/t20101015_8417666.htm"
    said = added(checkout, capsys, page, "--url", "https://mission.tides.example/eng/a/1.htm")
    assert (said["layout"], said["layout_is_new"]) == ("mission_un", False)
    assert said["written"] == ["seeds/sources.toml"]
    entry = tomllib.loads((checkout / "seeds/sources.toml").read_text("utf-8"))["source"][-1]
    assert (entry["id"], entry["layouts"]) == ("mission-tides-example", ["mission_un"])


def test_a_page_of_a_known_source_in_a_known_layout_needs_nothing(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = added(checkout, capsys, SAMPLES / "mission-un/t20101015_8417666.htm")
    assert (said["source"], said["source_is_new"], said["written"]) == ("mission-cn-un", False, [])


def test_a_redesigned_page_of_a_known_source_is_named_in_its_entry(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (checkout / "seeds/sources.toml").read_text("utf-8")
    said = added(checkout, capsys, GOV.path, "--url", "https://www.mfa.gov.cn/eng/xw/zyxw/202606/t1.html")
    assert (said["source"], said["source_is_new"], said["layout"]) == ("mfa-cn-en", False, "mfa_cn_en")
    after = (checkout / "seeds/sources.toml").read_text("utf-8")
    assert after == before.replace('layouts = ["mfa_en", ', 'layouts = ["mfa_cn_en", "mfa_en", ')
    assert "seeds/releases/mfa-cn-en/sample-1.html" in said["written"]


def test_a_text_that_a_layout_knows_gets_an_entry(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.txt"
    page.write_text(mission_page(), "utf-8")
    said = added(checkout, capsys, page, "--url", "http://mission.tides.example/eng/1.htm")
    assert (said["layout"], said["written"]) == ("mission_text", ["seeds/sources.toml"])


def test_a_text_that_none_knows_needs_a_layout_by_hand(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.txt"
    page.write_text("words\nand words\n", "utf-8")
    said = refused(checkout, capsys, page, "--url", URL)
    assert "a table of selectors serves HTML alone" in said
    assert "headed_text.py" in said


# --- hostile and wrong ---------------------------------------------------------------------------

NASTY = '"""\nimport os\nos.abort()\n\\" \\u0000 \'\'\' ]\n[[source]]\nid = "x" #'


def test_a_hostile_page_writes_nothing_but_strings(checkout: Path, tmp_path: Path, capsys: Any) -> None:
    nasty = NASTY.replace('"', "&quot;").replace("<", "&lt;")
    html = (
        f'<html><head><title>{nasty}</title><meta property="og:site_name" content="{nasty}">'
        f'<meta property="og:title" content="{nasty}\x1b[2J"></head><body><div class="x&quot;];abort;&quot; body-text">'
        f'<h1 id="../../etc" class="y\'); import os #">{nasty}\x1b]0;owned\x07</h1>'
        f'<div class="story-text" id="{nasty}">'
        + "".join(f"<p>{each}</p>" for each in PROSE)
        + "</div></div></body></html>"
    )
    page = tmp_path / "page.html"
    page.write_text(html, "utf-8")
    add(checkout, page, "--url", "https://www.tides.example/../../%2e%2e/etc/passwd/x.html")
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "\x07" not in said
    (module,) = (checkout / "parsers/layouts").glob("tides*")
    statements = ast.parse(module.read_text("utf-8")).body
    assert [type(each).__name__ for each in statements] == ["Expr", "ImportFrom", "ImportFrom", "ClassDef"]
    entries = tomllib.loads((checkout / "seeds/sources.toml").read_text("utf-8"))["source"]
    assert [entry["id"] for entry in entries if entry["id"] in ("x", "tides-example")] == ["tides-example"]
    sample = (checkout / "seeds/releases/tides-example/sample-1.html").read_text("utf-8")
    assert "os.abort" not in sample
    assert "../../etc" not in sample
    assert {name for name in files(tmp_path) if not name.startswith("checkout/")} == {"page.html"}
    assert inside(checkout, "-c", "import parsers.layouts").returncode == 0


def test_strings_of_an_entry_are_escaped() -> None:
    text = entry_of("x", NASTY + "\x7f", "tides.example/", ["a"], None, URL, [f"https://x/{NASTY}"])
    (entry,) = tomllib.loads(text)["source"]
    assert entry["issuer"] == NASTY + "\x7f"
    assert "feeds" not in entry


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--id", "../x"], "must be lower-case words joined by hyphens"),
        (["--id", "A b"], "must be lower-case words joined by hyphens"),
        (["--layout", "../x"], "is no name of a layout"),
        (["--layout", "class"], "is no name of a layout"),
        (["--layout", "a; import os"], "is no name of a layout"),
        (["--layout", "mfa_en"], "there is a layout `mfa_en` already"),
        (["--layout", "mfaEn"], "is no name of a layout"),
    ],
)
def test_names_are_checked(checkout: Path, capsys: pytest.CaptureFixture[str], words: list[str], why: str) -> None:
    assert why in refused(checkout, capsys, GOV.path, "--url", URL, *words)


def test_what_is_no_page_of_a_release_is_refused(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    page.write_text("<html><title>404</title><body><p>页面不存在</p></body></html>", "utf-8")
    assert "Give a page of one release" in refused(checkout, capsys, page, "--url", URL)
    page.write_bytes(b"\x00\x01")
    assert "NUL" in refused(checkout, capsys, page, "--url", URL)
    assert "no such file" in refused(checkout, capsys, tmp_path / "none.html")
    assert "--url" in refused(checkout, capsys, GOV.path)
    assert "`mission_un` already" in refused(
        checkout, capsys, SAMPLES / "mission-un/t20101015_8417666.htm", "--layout", "new"
    )


def test_outside_a_checkout_it_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    said = refused(tmp_path / "empty", capsys, GOV.path, "--url", URL)
    assert "there is no checkout of communique here" in said
    assert "`--into`" in said


def test_a_checkout_of_another_communique_is_not_written_to(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "parsers/layouts/mfa_en.py").unlink()
    assert "has other layouts than the checkout" in refused(checkout, capsys, GOV.path, "--url", URL)


# --- all or nothing ------------------------------------------------------------------------------


def test_nothing_is_left_half_written(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "seeds/releases/tides-example").symlink_to("nowhere")
    assert "nothing was written" in refused(checkout, capsys, GOV.path, "--url", URL)


def test_a_file_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"old")
    (tmp_path / "there").write_bytes(b"there")
    changes = [
        Change(tmp_path / "new/folder/file", b"new"),
        Change(tmp_path / "old", b"changed", b"old"),
        Change(tmp_path / "there", b"replaced"),
    ]
    with pytest.raises(InputMalformed, match="it is there already"):
        write_all(changes)
    assert files(tmp_path) == {"old": b"old", "there": b"there"}
    assert not (tmp_path / "new").exists()
    write_all(changes[:2])
    assert files(tmp_path) == {"old": b"changed", "there": b"there", "new/folder/file": b"new"}


def test_a_file_that_was_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"by somebody else")
    with pytest.raises(InputMalformed, match="changed meanwhile"):
        write_all([Change(tmp_path / "a", b"A", b"a"), Change(tmp_path / "b", b"B", b"b")])
    assert files(tmp_path) == {"a": b"a", "b": b"by somebody else"}
