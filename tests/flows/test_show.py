"""`communique show`: one release by what people call it, and the evidence for each line, in terminal and HTML."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from commands import typed
from homes import SAMPLES, ingest_into, line, mission_page, rows, write_lines
from looking import PAGE, Look, write_looks

from flows.cli import main

TITLE = "Lin Example Meets Guests"
HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(2)> \x1b[31mred\x07 & 'quoted' \"so\""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    body = f"Home > News\n{TITLE}\n2020-01-02 10:00\n\n{HOSTILE} They met.\n\nThey left.\n\n[ Print ]"
    pages = [line(body, url="https://x.example/a.htm"), line("A page of\nno template", url="https://x.example/b.htm")]
    ingest_into(folder, write_lines(folder / "in.jsonl", pages))
    return folder


def show(home: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    return typed(capsys, "show", *words, "--home", home)


def id_of(home: Path, url: str) -> str:
    return str(rows(home, f"SELECT release_id FROM captures WHERE url = '{url}'")[0][0])


def test_a_release_is_shown_by_the_beginning_of_its_id_or_its_url(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    by_url = show(home, capsys, "https://x.example/a.htm")
    assert by_url[0] == 0
    assert TITLE in by_url[1]
    assert "They left." in by_url[1]
    assert show(home, capsys, id_of(home, "https://x.example/a.htm")[:6]) == by_url
    found = json.loads(show(home, capsys, "https://x.example/a.htm", "--json")[1])
    assert (found["title"], found["kind"], found["published_on"]) == (TITLE, "readout", "2020-01-02")


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("abc", "too short"),
        ("zzzzzz", "no release is called `zzzzzz`"),
        ("https://x.example/c.htm", "no release is called"),
        ("https://x.example/b.htm", "seen and not read"),
    ],
)
def test_what_is_called_otherwise_is_one_line_with_what_to_do(
    home: Path, capsys: pytest.CaptureFixture[str], word: str, says: str
) -> None:
    code, out, err = show(home, capsys, word)
    assert (code, out) == (1, "")
    assert says in err
    assert err.count("\n") == 1
    assert "communique s" in err or "Give 4" in err


def test_an_id_that_several_begin_with_is_refused_with_their_urls(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = [line(f"Home > News\nTitle {n}\n\nText {n}.\n\nPrint", url=f"https://x.example/{n}") for n in range(400)]
    ingest_into(tmp_path, write_lines(tmp_path / "in.jsonl", pages))
    ids = [str(row[0]) for row in rows(tmp_path, "SELECT release_id FROM releases ORDER BY 1")]
    from flows.showing import kept_page

    assert kept_page.SHORTEST_ID == 4
    twins = [a for a, b in pairwise(ids) if a[:2] == b[:2]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept_page, "SHORTEST_ID", 2)
        code, _, err = show(tmp_path, capsys, twins[0][:2])
    assert code == 1
    assert "several releases are called so" in err
    assert "https://x.example/" in err


def test_the_evidence_names_each_line_and_where_the_page_is_kept(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = show(home, capsys, "https://x.example/a.htm", "--evidence")
    assert code == 0
    for part, text in [
        ("breadcrumb", "Home > News"),
        ("title", TITLE),
        ("date", "2020-01-02 10:00"),
        ("body", "They left."),
        ("chrome: control", r"\[ Print \]"),
    ]:
        assert re.search(rf"(?m)^{re.escape(part)} +{text}$", out), part
    warc, offset = rows(home, "SELECT warc_file, warc_offset FROM captures WHERE url LIKE '%/a.htm'")[0]
    assert f"{warc}:{offset}" in out


def test_what_a_page_says_moves_no_cursor(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--evidence"], []):
        out = show(home, capsys, "https://x.example/a.htm", *words)[1]
        assert "red" in out
        assert "\x1b[31m" not in out
        assert "\x07" not in out


def test_a_page_that_no_layout_knows_is_shown_and_the_exit_code_says_so(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = show(home, capsys, "https://x.example/b.htm", "--evidence")
    assert code == 1
    assert "LayoutUnknown" in out
    assert re.search(r"(?m)^unread +no template$", out)
    report = json.loads(show(home, capsys, "https://x.example/b.htm", "--evidence", "--json")[1])
    assert [each["text"] for each in report["lines"]] == ["A page of", "no template"]
    assert set(report["layouts"].values()) == {False}


def test_a_file_can_be_looked_at_without_landing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = show(tmp_path, capsys, str(SAMPLES / "embassies" / "news-body.htm"), "--evidence")
    assert code == 0
    assert "embassy_news_body" in out
    assert not list(tmp_path.iterdir())
    code, _, err = show(tmp_path, capsys, str(SAMPLES / "embassies" / "news-body.htm"))
    assert code == 1
    assert "--evidence" in err


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def test_the_html_is_one_safe_file(home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "evidence.html"
    assert show(home, capsys, "https://x.example/a.htm", "--html", str(out))[0] == 0
    text = out.read_text("utf-8")
    found = Tags()
    found.feed(text)
    assert not {"script", "img", "link", "iframe", "a", "form", "object"} & set(found.tags)
    assert not {name for name, _ in found.attributes} & {"src", "href", "srcset", "action", "onerror", "onclick"}
    assert "url(" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "default-src &#x27;none&#x27;" in text
    assert "\x1b" not in text
    for part in ("title", "date", "breadcrumb", "body", "chrome"):
        assert f"<li class='{part}'" in text
    with pytest.raises(SystemExit) as ended:
        main(["show", "x.example", "--html", str(out), "--json", "--home", str(home)])
    assert ended.value.code == 2


def test_a_page_that_its_source_forbids_says_so_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = "https://www.state.gov/abc/"
    text = f"Home > News\n{TITLE}\n\nThey met on Monday in the harbor.\n\n[ Print ]"
    ingest_into(tmp_path, write_lines(tmp_path / "in.jsonl", [line(text, url=url)]))
    code, _, err = show(tmp_path, capsys, url)
    assert code == 1
    assert "LayoutNotAllowed" in err
    code, out, _ = show(tmp_path, capsys, url, "--evidence")
    assert code == 1
    assert "LayoutNotAllowed" in out
    assert "They met on Monday in the harbor." in out


def test_a_file_that_cannot_be_written_is_no_bug(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = show(home, capsys, "https://x.example/a.htm", "--html", "/nonexistent/x.html")
    assert code == 1
    assert "cannot be written" in err
    assert "bug" not in err


def test_what_was_broken_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ingest_into(tmp_path, write_lines(tmp_path / "in.jsonl", ['{"content": ', line("x", id="one")]))
    (broken,) = rows(tmp_path, "SELECT release_id FROM quarantine WHERE error = 'InputMalformed'")
    code, _, err = show(tmp_path, capsys, str(broken[0]), "--evidence")
    assert code == 1
    assert "InputMalformed" in err


OTHER = PAGE.replace("t1.htm", "t2@1")  # an @ that belongs to the URL
MET = "The two sides met on {}. They will meet again."


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three versions of one release, another release, one in Chinese, and one that nobody knows when it was seen."""
    folder = tmp_path_factory.mktemp("edited")
    looks = [
        Look(n, mission_page(body=f"First.\n\n{MET.format(day)}\n\nLast."))
        for n, day in enumerate(("Monday", "Friday"))
    ]
    looks.append(Look(5, mission_page("Envoys Meet", body=f"First.\n\n{MET.format('Friday')}\n\nLast.")))
    looks.append(
        Look(
            0,
            mission_page("Envoy Meets Lin", body="First.\n\nThey spoke of fish.\n\nLast."),
            OTHER,
        )
    )
    looks.append(Look(0, mission_page("使节会见使节", "双方于周一会面，并就此交换意见。"), PAGE.replace("t1", "t3")))
    pages = [line(mission_page(body=MET.format(day)), id="undated") for day in ("Monday", "Friday")]
    hostile = f"Home > News\n{TITLE}\n2020-01-02 10:00\n\n{HOSTILE} They met.\n\nThey left.\n\n[ Print ]"
    for day, page in (("02", hostile), ("03", hostile.replace("They met", "They parted"))):
        pages.append(line(page, url="https://x.example/a.htm", captured_at=f"2020-01-{day}T00:00:00Z"))
    ingest_into(folder / "home", write_looks(folder / "looks.warc", looks), write_lines(folder / "in.jsonl", pages))
    return folder / "home"


@pytest.mark.parametrize(
    ("which", "between", "shown"),
    [
        ([], (2, 3), "[-Envoy Meets Envoy-]{+Envoys Meet+}"),
        (["3"], (2, 3), "[-Envoy Meets Envoy-]{+Envoys Meet+}"),
        (["2"], (1, 2), "The two sides met on [-Monday-]{+Friday+}. They will meet again."),
        (["1..2"], (1, 2), "The two sides met on [-Monday-]{+Friday+}. They will meet again."),
        (["1..3"], (1, 3), "The two sides met on [-Monday-]{+Friday+}. They will meet again."),
        (["2..1"], (2, 1), "The two sides met on [-Friday-]{+Monday+}. They will meet again."),
    ],
)
def test_what_lies_between_two_versions_is_shown_with_both_looks(
    edited: Path, capsys: pytest.CaptureFixture[str], which: list[str], between: tuple[int, int], shown: str
) -> None:
    code, out, err = show(edited, capsys, PAGE, "--diff", *which)
    assert (code, err) == (0, "")
    assert f"\n{shown}\n" in out
    assert "\x1b" not in out, "no colours where nobody sees them"
    columns = "captured_at, warc_file, warc_offset, text_sha256"
    looks = rows(edited, f"SELECT {columns} FROM captures WHERE url = '{PAGE}' ORDER BY captured_at")
    for version in between:
        at, file, offset, text = looks[version - 1]
        for words in (
            f"{at:%Y-%m-%d %H:%M:%SZ} (ok)",
            f"WARC {file}, offset {offset}",
            f"version {version}, text sha256 {text}",
        ):
            assert words in out
    assert ("no edit is claimed" in out) == (between[1] - between[0] != 1)
    data = json.loads(show(edited, capsys, PAGE, "--diff", *which, "--json")[1])
    assert (data["from_version"], data["to_version"]) == between


def test_an_edit_says_its_class_and_whether_it_was_declared(edited: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = show(edited, capsys, PAGE, "--diff")[1]
    assert re.search(r"(?m)^class +changed_fact: ", out)
    assert re.search(r"(?m)^declared +no$", out)
    assert "Last." not in out, "paragraphs far from what changed are left out"
    assert "… 2 paragraphs as before …" in out


def test_undated_versions_are_compared_and_no_edit_is_claimed(edited: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = show(edited, capsys, "undated", "--diff")
    assert code == 1
    assert "no edit of it is known; versions: 2. `--diff 1..2`" in err
    code, out, _ = show(edited, capsys, "undated", "--diff", "1..2")
    assert code == 0
    assert "no edit is claimed" in out
    assert out.count("time unknown") == 2
    assert "declared" not in out


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ([PAGE, "--diff", "7"], 1, "versions: 3"),
        ([PAGE, "--diff", "1"], 1, "it has no versions 0 and 1"),
        ([PAGE, "--diff", "one"], 2, "RELEASE stands before it"),
        ([PAGE, "--diff", "--evidence"], 2, "Say one of"),
        ([PAGE, "--diff", "--beside", PAGE], 2, "Say one of"),
        ([PAGE, "--diff", "--json", "--html", "x.html"], 2, "not both"),
        ([PAGE, "--beside", f"{PAGE}@9"], 1, "it has no version 9"),
        ([PAGE, "--beside", "http://nowhere.example/"], 1, "no release is called"),
        ([PAGE.replace("t1", "t3"), "--diff"], 1, "no edit of it is known; versions: 1"),
    ],
)
def test_what_cannot_be_compared_is_said(
    edited: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, says: str
) -> None:
    found, out, err = show(edited, capsys, *words)
    assert (found, out) == (code, "")
    assert says in err
    assert code == 2 or err.count("\n") == 1


def test_two_releases_stand_side_by_side(edited: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = show(edited, capsys, f"{PAGE}@1", "--beside", OTHER)
    assert code == 0
    assert re.search(r"(?m)^version 1 +version 1$", out)
    assert re.search(r"(?m)^Envoy Meets \[-Envoy-\] +Envoy Meets \{\+Lin\+\}$", out)
    assert re.search(r"(?m)^First\. +First\.$", out)
    assert "[-The two sides met on Monday" in out
    data = json.loads(show(edited, capsys, f"{PAGE}@1", "--beside", OTHER, "--json")[1])
    assert (data["left"]["url"], data["right"]["url"]) == (PAGE, OTHER)
    left, right = (
        "\n\n".join("".join(text for _, text in row[side]) for row in data["rows"]) for side in ("left", "right")
    )
    assert left == "Envoy Meets Envoy\n\nFirst.\n\nThe two sides met on Monday. They will meet again.\n\nLast."
    assert right == "Envoy Meets Lin\n\nFirst.\n\nThey spoke of fish.\n\nLast."


def test_releases_in_two_languages_are_paired_without_marks(edited: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = show(edited, capsys, PAGE, "--beside", PAGE.replace("t1", "t3"))
    assert code == 0
    assert "双方于周一会面" in out
    assert "[-" not in out
    assert "{+" not in out


def test_diff_and_both_sides_are_written_as_safe_files(
    edited: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    url = "https://x.example/a.htm"
    out = tmp_path / "out.html"
    for words in (["--diff"], ["--beside", f"{url}@1"]):
        assert show(edited, capsys, url, *words, "--html", str(out))[0] == 0
        text = out.read_text("utf-8")
        found = Tags()
        found.feed(text)
        assert not {"script", "img", "link", "iframe", "a", "form", "object"} & set(found.tags)
        assert {"del", "ins"} <= set(found.tags)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        assert "default-src &#x27;none&#x27;" in text
        assert "\x1b" not in text
    shown = show(edited, capsys, url, "--diff")[1]
    assert "[-met-]{+parted+}" in shown
    assert "\x1b[31mred" not in shown
    assert "\x07" not in shown


def test_colours_stand_in_a_terminal_alone(edited: Path) -> None:
    from flows.showing.redline import Piece
    from flows.showing.two_columns import marked

    shown = marked([Piece("same", "On "), Piece("went", "Monday"), Piece("came", "Friday\x1b[2J")])
    assert shown == "On \x1b[31m\x1b[9m[-Monday-]\x1b[0m\x1b[32m{+Friday\ufffd[2J+}\x1b[0m"
