"""Links, images and attachments of a region, made absolute; those of its chrome are left out."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

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
    try:
        url = urljoin(base or "", href.strip())
        scheme = urlsplit(url).scheme.lower()
    except ValueError:
        return None
    if not url or url.startswith("#") or scheme not in ("http", "https", ""):
        return None
    return Link(role, url, one_line(text))
