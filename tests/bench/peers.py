"""One peer in one cold process on one core: prints what it read and how long each page took.

    python tests/bench/peers.py PEER PAGES.jsonl

A line of PAGES.jsonl is as `communique ingest` takes it. Output is one JSON object.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

Record = dict[str, Any]


def communique_record() -> Callable[[bytes, str], Record]:
    """The full record, BeautifulSoup stripping."""
    from parsers import Page, parse

    def read(raw: bytes, url: str) -> Record:
        release = parse(Page(raw, "text/html; charset=utf-8", url=url))
        return {"title": release.title, "paragraphs": list(release.paragraphs), "hash": release.text_sha256}

    return read


def trafilatura_record() -> Callable[[bytes, str], Record]:
    """trafilatura's bare_extraction with metadata."""
    from trafilatura import bare_extraction

    def read(raw: bytes, url: str) -> Record:
        found = bare_extraction(raw, url=url, with_metadata=True)
        text = (found.text if found else "") or ""
        return {
            "title": found.title if found else None,
            "paragraphs": [line for line in text.split("\n") if line.strip()],
        }

    return read


_REGIONS = (
    ("div.content_mod > div.content", "div.content_mod > h2.title", "#News_Body_Time", "div.urhere"),
    (".news-main#News_Body_Txt_A", ".news-title > h1", ".news-title > .time", "div.break"),
    (".vibox #News_Body_Txt_A", "#News_Body_Title", "#News_Body_Time", ".cl + .nav"),
)
_BREAKS = frozenset(["p", "div", "br", "li", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "section"])
_SKIPPED = frozenset(["script", "style", "noscript", "form", "template"])


def lexbor_record() -> Callable[[bytes, str], Record]:
    """lexbor alone giving the same record, without knowing any chrome: the floor."""
    from selectolax.lexbor import LexborHTMLParser

    def read(raw: bytes, url: str) -> Record:
        tree = LexborHTMLParser(raw)
        parts = next((each for each in _REGIONS if tree.css_first(each[0])), None)
        if parts is None:
            return {"title": None, "paragraphs": []}
        region, head, date, crumb = (tree.css_first(selector) for selector in parts)
        texts: list[str] = []
        links: list[str] = []
        _collect(region, texts, links, url)
        paragraphs = [text for run in "".join(texts).split("\0") if (text := " ".join(run.split()))]
        title = " ".join(head.text().split()) if head else ""
        found = re.search(r"(\d{4})-(\d\d)-(\d\d)(?: (\d\d):(\d\d))?", date.text() if date else "")
        return {
            "title": title,
            "paragraphs": paragraphs,
            "minute": found and found[0],
            "crumbs": [item.strip() for item in crumb.text().split(">")] if crumb else [],
            "language": "zh" if re.search("[\u4e00-\u9fff]", title) else "en",
            "links": links,
            "hash": hashlib.sha256("\n\n".join([title, *paragraphs]).encode()).hexdigest(),
        }

    return read


def _collect(node: Any, texts: list[str], links: list[str], url: str) -> None:
    child = node.first_child
    while child is not None:
        if child.is_text_node:
            texts.append(child.text_content or "")
        elif child.is_element_node and child.tag not in _SKIPPED:
            tag = child.tag
            if tag in ("a", "img"):
                href = child.attributes.get("href") or child.attributes.get("src")
                links.append(urljoin(url, href or ""))
            if tag in _BREAKS:
                texts.append("\0")
            _collect(child, texts, links, url)
            if tag in _BREAKS:
                texts.append("\0")
        child = child.next


def insert_after_trafilatura(path: str) -> int:
    """JSONL line -> trafilatura -> inserted, in batches of 500, through Arrow."""
    import duckdb
    import pyarrow as pa

    read = trafilatura_record()
    connection = duckdb.connect(f"{path}.trafilatura.duckdb")
    connection.execute("CREATE OR REPLACE TABLE texts (url VARCHAR, title VARCHAR, body VARCHAR)")
    rows: list[tuple[str, str | None, str]] = []

    def flush() -> None:
        columns = [list(column) for column in zip(*rows, strict=True)]
        batch = pa.table(columns, names=["url", "title", "body"])  # noqa: F841 - DuckDB finds it by its name
        connection.execute("INSERT INTO texts SELECT * FROM batch")
        rows.clear()

    count = 0
    with open(path, "rb") as lines:  # noqa: PTH123 - a peer is written as anybody would
        for line in lines:
            item = json.loads(line)
            record = read(item["content"].encode(), item["url"])
            rows.append((item["url"], record["title"], "\n\n".join(record["paragraphs"])))
            count += 1
            if len(rows) == 500:
                flush()
    if rows:
        flush()
    connection.close()
    return count


PEERS = {"communique": communique_record, "trafilatura": trafilatura_record, "lexbor": lexbor_record}


def main() -> None:
    """Run one peer over all pages, once each."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    peer, path = sys.argv[1:3]
    if peer == "trafilatura-then-insert":
        print(json.dumps({"count": insert_after_trafilatura(path)}))
        return
    read = PEERS[peer]()
    with open(path, encoding="utf-8") as lines:  # noqa: PTH123 - as above
        items = [json.loads(line) for line in lines]
    pages = [(item["content"].encode(), item["url"]) for item in items]
    seconds, records = [], []
    for raw, url in pages:
        began = time.perf_counter()
        record = read(raw, url)
        seconds.append(time.perf_counter() - began)
        records.append({"title": record["title"], "paragraphs": record["paragraphs"]})
    print(json.dumps({"seconds": seconds, "records": records}))


if __name__ == "__main__":
    main()
