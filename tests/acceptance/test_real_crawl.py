"""A real ministry's crawl served again on loopback: its list pages, its pages, its headers, its robots.txt of that day.

Of its lists five real pages are at hand and of its pages forty-one: the other lists are made of the real
ones with other entries, and a page that is not at hand is a real one under the title that its list gives.
"""

from __future__ import annotations

import csv
import html
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest
from homes import REAL, rows

from flows.run import ingest
from warehouse.runs import Summary, summary

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not REAL.exists(), reason="no real pages beside the checkout"),
]

HOST = "www.fmprc.gov.cn"
EN, ZH = "/mfa_eng/xwfw_665399/s2510_665401/2511_665403/", "/web/wjdt_674879/fyrbt_674889/"
EN_PAGES, ZH_PAGES = 13, 67
GONE = (REAL / "robots" / "fmprc_error.htm").read_bytes() if REAL.exists() else b""


def truth(folder: str) -> list[dict[str, Any]]:
    lines = (REAL / folder / "truth.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


class Crawl:
    """What the site had: bodies by path, and the title under which a list names each page."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.titles: dict[str, str] = {}
        self.listed: Counter[str] = Counter()
        english, chinese = self._pages("mfa_en"), self._pages("mfa_zh_2020")
        self._lists_in_english()
        self._lists_in_chinese()
        for section, pages in ((EN, cycle(english)), (ZH, cycle(chinese))):
            for path, title in self.titles.items():
                if path.startswith(section) and path not in self.bodies:
                    raw, real = next(pages)
                    self.bodies[path] = _renamed(raw, real, title)
        for path in list(self.bodies):
            if path not in self.titles and not path.endswith((".html",)) and "default" not in path:
                del self.bodies[path]  # a page that no list names

    def _pages(self, folder: str) -> list[tuple[bytes, str]]:
        """The real pages of a folder with their titles; those where nothing is between the words of a title."""
        found = []
        for said in truth(folder):
            raw = (REAL / folder / said["file"]).read_bytes()
            self.bodies[said["url"].partition(HOST)[2]] = raw
            if len(re.findall(_spaced(said["title"]), raw.decode("utf-8"))) >= 2:
                found.append((raw, said["title"]))
        return found

    def _lists_in_english(self) -> None:
        folder = REAL / "mfa_en" / "lists"
        at_hand = {
            name: (folder / name).read_bytes() for name in ("default.shtml", "default_1.shtml", "default_12.shtml")
        }
        known = [(each["url"].rpartition("/")[2], each["title"]) for each in truth("mfa_en")]
        made = iter([*known, *((f"t{1_400_000 + n}.shtml", f"Spokesperson's Remarks No. {n}") for n in range(2000))])
        for number in range(EN_PAGES):
            name = f"default_{number}.shtml" if number else "default.shtml"
            raw = at_hand.get(name) or _relisted(at_hand["default_1.shtml"], list(islice(made, 40)), number)
            self._list(EN, name, raw, r'<div class="newsLst_mod">.*?</div>')

    def _lists_in_chinese(self) -> None:
        folder = REAL / "mfa_zh_lists"
        at_hand = {path.name: path.read_bytes() for path in folder.glob("*.html")}
        known = [(each["url"].rpartition("/")[2], each["title"]) for each in truth("mfa_zh_2020")]
        made = iter([*known, *((f"t{1_300_000 + n}.shtml", f"外交部发言人第{n}次答记者问") for n in range(2000))])
        for number in range(ZH_PAGES):
            stem = f"default_{number}" if number else "default"
            raw = at_hand.get(f"{stem}.html") or _relisted(at_hand["default_1.html"], list(islice(made, 15)), number)
            self._list(ZH, f"{stem}.shtml", raw, r'<div class="rebox_news">.*?</div>')

    def _list(self, section: str, name: str, raw: bytes, block: str) -> None:
        self.bodies[section + name] = raw
        found = re.search(block, raw.decode("utf-8", "replace"), re.DOTALL)
        assert found, name
        for href, words in re.findall(r'<a href="?\./(t\d+\.shtml)"?[^>]*>(.*?)</a>', found[0], re.DOTALL):
            title = " ".join(html.unescape(re.sub(r"<[^>]*>", "", words)).split())
            self.titles.setdefault(section + href, title)
            self.listed[section] += 1


def _renamed(raw: bytes, real: str, title: str) -> bytes:
    """A real page under another title, wherever it stands in it."""
    text = raw.decode("utf-8")
    return re.sub(_spaced(real), lambda _: html.escape(title, quote=False), text).encode()


def _spaced(title: str) -> str:
    return r"\s+".join(map(re.escape, title.split()))


def _relisted(raw: bytes, entries: list[tuple[str, str]], number: int) -> bytes:
    """A real list page with other entries, under another number."""
    text = raw.decode("utf-8")
    block = text[text.index("newsLst_mod" if "newsLst_mod" in text else "rebox_news") :]
    items = [item for item in re.findall(r"<li\b.*?</li>", block, re.DOTALL) if re.search(r'href="?\./t\d+', item)]
    for item, (href, title) in zip(items, entries, strict=False):
        text = text.replace(item, _entry(item, href, title), 1)
    return re.sub(r"currentPage = \d+", f"currentPage = {number}", text, count=1).encode()


def _entry(item: str, href: str, title: str) -> str:
    named = re.sub(r"\./t\d+\.shtml", f"./{href}", item)
    return re.sub(r"(<a\b[^>]*>).*?(</a>)", lambda found: found[1] + title + found[2], named, flags=re.DOTALL)


class Handler(BaseHTTPRequestHandler):
    """As the site answered: no charset, no validators, robots.txt elsewhere, removed pages with status 200."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    crawl: Crawl
    failing: dict[str, str]
    asked: Counter[str]

    def do_GET(self) -> None:
        type(self).asked[self.path] += 1
        fault = self.failing.get(self.path, "")
        if self.path == "/robots.txt":
            self._send(302, b"", Location="/error.htm")
        elif fault == "reset" and self.asked[self.path] == 1:
            self.close_connection = True
        elif fault == "removed" or self.path == "/error.htm":
            self._send(200, GONE)
        elif fault == "gone" or self.path not in self.crawl.bodies:
            self._send(404, b"<html><body>404 Not Found</body></html>")
        else:
            self._send(200, self.crawl.bodies[self.path])

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "text/html", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def crawl() -> Crawl:
    return Crawl()


@pytest.fixture(params=["as it was", "with faults"])
def port(crawl: Crawl, request: pytest.FixtureRequest) -> Iterator[int]:
    Handler.crawl, Handler.asked, Handler.failing = crawl, Counter(), {}
    if request.param == "with faults":
        for number, path in enumerate(sorted(crawl.titles)):
            fault = {3: "reset", 7: "gone", 11: "removed"}.get(number % 60)
            Handler.failing |= {path: fault} if fault else {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join(10)


def sources(path: Path, port: int) -> Path:
    common = f"""issuer = "Ministry"
country = "CHN"
state = "verified"
delay = 0
contact = "tests@example.org"
robots_reason = "as served"
successors = {{ "{HOST}" = "127.0.0.1:{port}" }}
"""
    path.write_text(
        f"""[[source]]
id = "mfa-cn-en"
languages = ["en"]
urls = ["{HOST}/mfa_eng/"]
layouts = ["mfa_en"]
lists = ["https://{HOST}{EN}default.shtml"]
item = ".newsLst_mod ul li a"
{common}
[[source]]
id = "mfa-cn-zh"
languages = ["zh"]
urls = ["{HOST}/web/"]
layouts = ["mfa_zh_vibox", "mfa_zh_news"]
lists = ["https://{HOST}{ZH}default.shtml"]
item = ".rebox_news li a"
{common}
""".replace("https://", "http://"),  # loopback has no certificate
        "utf-8",
    )
    return path


def fetched(home: Path, port: int, source: str) -> Summary:
    found = ingest(
        [], source=source, flow=False, home=home, sources=sources(home.parent / "s.toml", port),
        allow_hosts=f"127.0.0.1:{port}",
    )  # fmt: skip
    return summary(found)


def test_every_article_that_can_be_reached_lands_once_under_the_title_of_its_list(
    tmp_path: Path, crawl: Crawl, port: int
) -> None:
    home = tmp_path / "home"
    for source in ("mfa-cn-en", "mfa-cn-zh"):
        fetched(home, port, source)
    assert len(crawl.titles) >= 1_400
    lost = {path for path, fault in Handler.failing.items() if fault != "reset"}
    wanted = {f"http://{HOST}{path}": title for path, title in crawl.titles.items() if path not in lost}
    found = rows(home, "SELECT url, title FROM releases")
    assert len(found) == len(wanted)
    assert dict(found) == wanted
    listed = dict(rows(home, "SELECT url, title FROM listings"))
    assert listed == {f"http://{HOST}{path}": title for path, title in crawl.titles.items()}
    outcomes = dict(rows(home, "SELECT url, outcome FROM captures WHERE role = 'page' AND outcome != 'ok'"))
    assert outcomes == {
        f"http://{HOST}{path}": "gone" if Handler.failing[path] == "gone" else "soft_404" for path in lost
    }
    lists = [path for path in Handler.asked if "default" in path]
    assert len(lists) == EN_PAGES + ZH_PAGES
    assert {Handler.asked[path] for path in lists} == {1}
    assert Handler.asked["/robots.txt"] == 2, "once for each source"
    robots = rows(home, "SELECT DISTINCT robots_rule FROM captures WHERE role = 'page'")
    assert [row[0].startswith("robots.txt has no valid line") for row in robots] == [True]


def test_the_items_of_the_real_lists_are_kept_as_they_stand(tmp_path: Path, port: int) -> None:
    home = tmp_path / "home"
    fetched(home, port, "mfa-cn-zh")
    with (REAL / "mfa_zh_lists" / "items.csv").open(encoding="utf-8") as file:
        items = {(f"http://{HOST}{ZH}{row['href'][2:]}", row["title"], row["date"]) for row in csv.DictReader(file)}
    said = set(rows(home, "SELECT url, title, published FROM listings"))
    assert items <= said
    assert len(items) == 40
