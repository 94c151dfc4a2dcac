"""Speed as a ratio against peers in the same run; writes docs/benchmarks.md. `make bench`.

Every peer runs in cold processes of its own, on one core, on the same pages, in turn; real bodies
from the pages beside the checkout where they are there (else the samples), each made distinct.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fetching import fetching_section
from landing import landing_section
from orchestration import orchestration_section
from processes import CHECKOUT, Pinned, pinned
from searching import searching_section
from spread import spread_section

REAL = CHECKOUT.parent / "shared" / "releases"
PEERS = ("communique", "trafilatura", "lexbor")
ROUNDS = 3

REGION = re.compile(r'(<div[^>]*(?:id="News_Body_Txt_A"|class="content")[^>]*>)')
LAST_PARAGRAPH = re.compile(
    r"</p>(?!.*</p>.*(?:Appendix|appendix|news-foot|class=\"news\"))", re.IGNORECASE | re.DOTALL
)
CHROME_FIRST = (
    '<div><a href="/cn">中文</a> <a href="/ar">عربي</a> <a href="/fr">Français</a></div>'
    "<p>Home&nbsp;&gt;&nbsp;China News</p><script>var leaked = 1;</script><!-- leaked -->"
)
CHROME_LAST = (
    '<p><a href="javascript:window.print()">Print</a></p><div>[ Suggest to a friend ]</div>'
    "<style>.leaked{}</style><noscript>leaked</noscript>"
)
LEAKS = re.compile(r"leaked|Suggest to a friend|中文 ?عربي|China News$|^Print$|版权所有|推荐给朋友", re.MULTILINE)


@dataclass
class Sample:
    """A page, its URL and the paragraphs that it holds, white space removed."""

    html: str
    url: str
    paragraphs: list[str]


def samples() -> list[Sample]:
    """Real pages with their truth; where there are none, the sample releases with theirs."""
    found = []
    for folder in ("mfa_zh", "mfa_zh_2020", "mfa_zh_2019", "mfa_en"):
        truth = REAL / folder / "truth.jsonl"
        if truth.exists():
            for line in truth.read_text("utf-8").splitlines():
                said = json.loads(line)
                html = (REAL / folder / said["file"]).read_text("utf-8", "replace")
                found.append(
                    Sample(html, said.get("url") or said["fetched_url"], [bare(p) for p in said["paragraphs"]])
                )
    if found:
        return found
    for line in (CHECKOUT / "tests" / "samples_expected.jsonl").read_text("utf-8").splitlines():
        said = json.loads(line)
        if said["file"].endswith(".shtml"):
            html = (CHECKOUT / "seeds" / "releases" / said["file"]).read_text("utf-8")
            found.append(Sample(html, said["url"], [bare(p) for p in said["paragraphs"]]))
    return found


def bare(text: str) -> str:
    """A text without white space, as the truth files have it."""
    return re.sub(r"\s", "", text)


def distinct(sample: Sample, number: int) -> Sample:
    """The page with a sentence of its own first in the region."""
    sentence = f"第{number}号样本，只在此页。"
    html = REGION.sub(lambda match: f"{match[1]}<p>{sentence}</p>", sample.html, count=1)
    return Sample(html, f"{sample.url}?n={number}", [sentence, *sample.paragraphs])


def with_chrome(sample: Sample) -> Sample:
    """The page with chrome set inside its region, first and last."""
    from selectolax.lexbor import LexborHTMLParser

    html = REGION.sub(lambda match: f"{match[1]}{CHROME_FIRST}", sample.html, count=1)
    region = LexborHTMLParser(html).css_first("#News_Body_Txt_A, div.content_mod > div.content")
    inner = region.html or ""
    tail = inner.rstrip()[-60:]
    at = html.rfind(tail)
    if at < 0:  # lexbor writes a tag otherwise than the page: find the end by the page's own next box
        at = html.find("</div>", html.find(CHROME_FIRST) + len(CHROME_FIRST))
        return Sample(html[:at] + CHROME_LAST + html[at:], sample.url, sample.paragraphs)
    end = at + len(tail) - len("</div>")
    return Sample(html[:end] + CHROME_LAST + html[end:], sample.url, sample.paragraphs)


def write(path: Path, pages: list[Sample]) -> Path:
    """Pages as a JSONL file."""
    with path.open("w", encoding="utf-8") as file:
        for page in pages:
            line = {
                "url": page.url,
                "captured_at": "2024-05-01T00:00:00Z",
                "content_type": "text/html",
                "content": page.html,
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return path


def peer(name: str, path: Path) -> dict[str, Any]:
    """One peer over a file, in a process of its own."""
    words = [sys.executable, str(Path(__file__).with_name("peers.py")), name, str(path)]
    done = subprocess.run(
        words, check=True, capture_output=True, text=True, cwd=CHECKOUT, env={**os.environ, "PYTHONPATH": str(CHECKOUT)}
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def rates(records: list[dict[str, Any]], pages: list[Sample]) -> tuple[float, float]:
    """Share of pages whose paragraphs are exact, and of pages with a line of chrome in them."""
    exact = sum(
        [bare(p) for p in record["paragraphs"]] == page.paragraphs for record, page in zip(records, pages, strict=True)
    )
    leaking = sum(bool(LEAKS.search("\n".join(record["paragraphs"]))) for record in records)
    return exact / len(pages), leaking / len(pages)


def ingest(path: Path, home: Path, cores: int = 1) -> Pinned:
    """`communique ingest` of a file as a whole process."""
    return pinned([sys.executable, "-m", "flows", "ingest", str(path), "--home", str(home)], cores)


def record_section(folder: Path) -> list[str]:
    """The full record of a page: time of each peer, exact and leak rates."""
    plain = samples()
    chrome = [with_chrome(page) for page in plain]
    variants = [distinct(page, number) for number, page in enumerate(plain * 3)]
    timed = write(folder / "timed.jsonl", variants)
    rounds: dict[str, list[float]] = {name: [] for name in PEERS}
    for _ in range(ROUNDS):
        for name in PEERS:
            rounds[name].append(statistics.median(peer(name, timed)["seconds"]) * 1e6)
    plain_file, chrome_file = write(folder / "plain.jsonl", plain), write(folder / "chrome.jsonl", chrome)
    lines = [
        "## The full record of a page\n",
        f"Title, minute, breadcrumb, paragraphs, language, images, links, hash; {len(variants)} pages of "
        f"{statistics.mean(len(p.html.encode()) for p in variants) / 1000:.0f} kB, one core, {ROUNDS} cold processes a peer in turn. "
        "Microseconds a page, median of the processes' medians (smallest to largest); rates are on the pages as they are and with "
        "chrome set inside the region.\n",
        "| peer | µs a page | communique is | exact, plain | leaks, plain | exact, chrome inside | leaks, chrome inside |",
        "|--|--|--|--|--|--|--|",
    ]
    ours = statistics.median(rounds["communique"])
    for name in PEERS:
        middle = statistics.median(rounds[name])
        ratio = (
            ""
            if name == "communique"
            else f"{middle / ours:.1f} times as fast"
            if middle > ours
            else f"{ours / middle:.1f} times its cost"
        )
        cells = [
            f"{rate:.1%}"
            for file, pages in ((plain_file, plain), (chrome_file, chrome))
            for rate in rates(peer(name, file)["records"], pages)
        ]
        lines.append(
            f"| {name} | {middle:,.0f} ({min(rounds[name]):,.0f}-{max(rounds[name]):,.0f}) | {ratio} | {' | '.join(cells)} |"
        )
    return lines


def line_section(folder: Path, count: int) -> list[str]:
    """JSONL line to landed row, whole processes, against trafilatura-then-insert."""
    base = samples()
    path = write(folder / "line.jsonl", [distinct(base[n % len(base)], n) for n in range(count)])
    one = write(folder / "one.jsonl", [distinct(base[0], 0)])
    script = [sys.executable, str(Path(__file__).with_name("peers.py")), "trafilatura-then-insert"]
    runs: dict[str, list[float]] = {"ours": [], "ours, one": [], "theirs": [], "theirs, one": []}
    for number in range(ROUNDS):
        runs["ours"].append(ingest(path, folder / f"home-{number}").cpu)
        runs["ours, one"].append(ingest(one, folder / f"home-one-{number}").cpu)
        runs["theirs"].append(pinned([*script, str(path)]).cpu)
        runs["theirs, one"].append(pinned([*script, str(one)]).cpu)
    whole = {name: [each / count * 1e6 for each in runs[name]] for name in ("ours", "theirs")}
    more = {
        name: [
            (large - small) / (count - 1) * 1e6 for large, small in zip(runs[name], runs[f"{name}, one"], strict=True)
        ]
        for name in ("ours", "theirs")
    }
    lines = [
        "\n## From a JSONL line to a landed row\n",
        f"{count:,} pages, processor time of all processes on one core, median of {ROUNDS} (smallest to largest). "
        "communique archives in WARC, parses, lands and publishes; the other reads the line, runs trafilatura and inserts. "
        "A further page is the whole process less the same command on one page.\n",
        "| µs of processor | communique ingest | json, trafilatura, insert | communique is |",
        "|--|--|--|--|",
    ]
    for name, by in (("a page, whole process", whole), ("a further page", more)):
        a, b = statistics.median(by["ours"]), statistics.median(by["theirs"])
        cells = [
            f"{statistics.median(each):,.0f} ({min(each):,.0f}-{max(each):,.0f})" for each in (by["ours"], by["theirs"])
        ]
        lines.append(f"| {name} | {' | '.join(cells)} | {b / a:.1f} times as fast |")
    return lines


def scale_section(folder: Path, count: int) -> list[str]:
    """Memory at a tenth and at all pages, and what the same input costs again."""
    base = samples()
    small = write(folder / "small.jsonl", [distinct(base[n % len(base)], n) for n in range(count // 10)])
    large = write(folder / "large.jsonl", [distinct(base[n % len(base)], n) for n in range(count)])
    first_small = ingest(small, folder / "small", 2)
    first = ingest(large, folder / "large", 2)
    again = ingest(large, folder / "large", 2)
    return [
        f"\n## {count:,} pages\n",
        "| | processor | wall | largest process |",
        "|--|--|--|--|",
        *(
            f"| {name} | {run.cpu:.1f} s | {run.wall:.1f} s | {run.peak / 1e6:.0f} MB |"
            for name, run in (
                (f"{count // 10:,} pages", first_small),
                (f"{count:,} pages", first),
                ("the same input again", again),
            )
        ),
        f"\nThe same input again costs {again.cpu / first.cpu:.1%} of the first run's processor time.",
    ]


def apart(folder: Path, count: int) -> tuple[Path, Path]:
    """So many pages of which no two are mirrors, and one. From the samples: of real ones, whole texts stand alike."""
    from homes import write_lines
    from mixing import lines

    return write_lines(folder / "apart.jsonl", lines(count)), write_lines(folder / "apart-one.jsonl", lines(1))


def lake_section(pages: Path, count: int) -> list[str]:
    """What tests/bench/lake.py says, in a process with the DuckDB that has the extensions."""
    words = [sys.executable, str(CHECKOUT / "tests" / "bench" / "lake.py"), str(pages), str(count)]
    old = CHECKOUT / ".venv" / "duckdb-1.5.5"
    return pinned(words, 2, PYTHONPATH=f"{old}:{CHECKOUT}").output.splitlines()


def questions_section(home: Path) -> list[str]:
    """Whole processes of what a person types."""
    lines = ["\n## What a person waits for\n", "| command | wall, median of 7 |", "|--|--|"]
    for words in (["--help"], ["sql", "SELECT count(*) FROM releases", "--home", str(home)]):
        times = [pinned([sys.executable, "-m", "flows", *words], 2).wall for _ in range(7)]
        lines.append(f"| `communique {words[0]}` | {statistics.median(times):.2f} s |")
    return lines


def main() -> None:
    """Measure all and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=10_000, help="pages of the large run")
    parser.add_argument("--line", type=int, default=4_000, help="pages of the run against trafilatura-then-insert")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "docs" / "benchmarks.md")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = [
            "<!-- Written by `make bench`; measure again instead of editing. -->\n",
            "# Benchmarks\n",
            f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores. "
            f"Pages: {'real ones beside the checkout' if REAL.exists() else 'the sample releases'}, each made distinct. "
            "Compare ratios, not times: peers run in turn in the same minutes.\n",
            *record_section(folder),
            *line_section(folder, chosen.line),
            *scale_section(folder, chosen.pages),
            *questions_section(folder / "large"),
            "",
            *orchestration_section(folder, folder / "large.jsonl", chosen.pages),
            *spread_section(folder, *apart(folder, chosen.pages), chosen.pages),
            *fetching_section(folder, chosen.pages),
            *landing_section(),
            *lake_section(folder / "apart.jsonl", chosen.pages),
            *searching_section(),
        ]
    chosen.out.write_text("\n".join(lines) + "\n", "utf-8")
    print(chosen.out.read_text("utf-8"))


if __name__ == "__main__":
    main()
