"""Pages of the samples' markup and size, each with words of its own: many, and no two of them mirrors."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

from homes import SAMPLES, line

PARAGRAPH = re.compile(r"(<p[^>]*>)(.*?)(</p>)", re.IGNORECASE | re.DOTALL)
MARKUP = re.compile(r"(<[^>]*>|&[a-z#0-9]+;)")
WORDS = re.compile(r"[\u4e00-\u9fff]{2,}|\b[a-z]{4,}\b")


def mixed(html: str, number: int) -> str:
    """The page with the letters of each paragraph's words drawn anew; lengths, names and dates stay."""
    drawn = random.Random(number)

    def paragraph(match: re.Match[str]) -> str:
        letters = "".join(WORDS.findall(MARKUP.sub("", match[2])))
        parts = MARKUP.split(match[2])
        words = [
            part if at % 2 else WORDS.sub(lambda word: "".join(drawn.sample(letters, len(word[0]))), part)
            for at, part in enumerate(parts)
        ]
        return match[1] + "".join(words) + match[3]

    return PARAGRAPH.sub(paragraph, html)


def lines(count: int) -> Iterator[dict[str, Any]]:
    """Lines of a JSONL file, from the sample pages in turn."""
    pages = [path.read_text("utf-8", "replace") for path in sorted(SAMPLES.rglob("*.shtml"))]
    for number in range(count):
        html = mixed(pages[number % len(pages)], number)
        url = f"https://made.example/t{number}.shtml"
        yield line(html.encode(), url=url, captured_at="2024-05-01T00:00:00Z")
