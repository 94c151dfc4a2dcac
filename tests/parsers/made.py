"""Made pages: the smallest page of a template around what a test is about."""

from __future__ import annotations

from parsers import Page, parse
from parsers.page import tree_of
from parsers.regions import read_region

FIRST = "The two sides met in Reykjavik on Monday."
LAST = "They agreed to meet again in the spring."


def html_page(region: str, title: str = "Lin Example Meets the Guests") -> Page:
    """A page of the template `mfa_en` with this inside its region."""
    head = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><div class='content_mod'>"
    return Page(f"{head}<h2 class='title'>{title}</h2><div class='content'>{region}</div></div></body></html>".encode())


def paragraphs_of(region: str) -> list[str]:
    """The paragraphs of a page with this region."""
    return list(parse(html_page(region)).paragraphs)


def named(region: str) -> list[tuple[str, str]]:
    """All blocks of a region with the rule by which each is chrome."""
    body = tree_of(region).body
    assert body is not None
    return [(block.text, block.chrome) for block in read_region(body).blocks]


def text_page(*lines: str) -> Page:
    """A plain text of these lines."""
    return Page("\n".join(lines).encode(), "text/plain")
