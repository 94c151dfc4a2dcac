"""Links, images and attachments of a region, made absolute; those of its chrome are left out."""

from __future__ import annotations

from urllib.parse import urljoin

from parsers.blocks import Found, Region
from parsers.release import Link, LinkRole
from parsers.text import one_line


def region_links(region: Region, base: str | None) -> list[Link]:
    """Links, images and attachments of a region whose chrome is named."""
    open_boxes = {block.box for block in region.blocks if not block.chrome} | {0}
    links = []
    for found in region.links:
        chrome = found.block.chrome != "" if found.block else found.box not in open_boxes
        link = None if chrome else link_to(_role(found), found.href, found.text, base)
        if link:
            links.append(link)
    return links


def _role(found: Found) -> LinkRole:
    if found.tag == "img":
        return "image"
    return "attachment" if found.is_file else "link"


def link_to(role: LinkRole, href: str, text: str, base: str | None) -> Link | None:
    """A link made absolute; None where it leads to no web address."""
    href = href.strip()
    try:
        url = urljoin(base or "", href)
    except ValueError:
        return None
    if not href or href.startswith("#") or not _leads_to_the_web(url):
        return None
    return Link(role, url, one_line(text))


def _leads_to_the_web(url: str) -> bool:
    scheme, colon, _ = url.partition(":")
    return not colon or scheme.lower() in ("http", "https") or "/" in scheme
