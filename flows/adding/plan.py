"""A page -> what is to be written for it: an entry, and where no layout fits, a layout with its sample."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flows.adding.checkout import LAYOUTS, SOURCES, Checkout
from flows.adding.entry import checked, entry_of, id_of, prefix_of, with_layout
from flows.adding.files import Change
from flows.adding.given import Given
from flows.adding.propose import Proposal, propose
from flows.adding.saved import EXPECTED, FOLDER, Saved, line_of, row_of, saved_html
from flows.adding.scrub import sample_of
from flows.adding.written import MAX_NAME, NAME, module_of
from flows.fetching.hosts import host_of
from parsers.errors import ConfigError, LayoutUnknown, NotARelease, ParseError
from parsers.kit import HtmlLayout, Layout
from parsers.layouts import LAYOUTS as KNOWN
from parsers.page import AnyPage, HtmlPage, TextPage
from parsers.picks import one, words
from parsers.recognise import recognise
from parsers.regions import read_region
from parsers.release import Page, Release
from parsers.text import one_line
from seeds import Catalogue

MAX_ISSUER = 100  # characters
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line says.

    Attributes:
        source: id of the source; None takes the one that claims the page, or makes one of the host.
        layout: name of the new layout; None makes one of the id.
    """

    source: str | None = None
    layout: str | None = None


@dataclass(slots=True)
class Plan:
    """What a page came to, and what is to be written.

    Attributes:
        proposal: None where a layout fits already.
        release: what is read of the page.
        left_out: lines within its body that are taken for chrome, and by which rule.
        sample: name of the new sample, None where there is none.
        doubts: what a person should look at.
    """

    url: str
    source: str
    is_new: bool
    layout: str
    proposal: Proposal | None
    release: Release
    left_out: list[str] = field(default_factory=list)
    sample: str | None = None
    changes: list[Change] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def planned(page: Given, wish: Wish, checkout: Checkout, catalogue: Catalogue, now: datetime) -> Plan:
    """Decide what is to be written.

    Raises:
        ParseError: nothing can be proposed for the page.
        ConfigError: a name is wrong, or taken; or nothing says the page's URL.
    """
    if not page.url or not urlsplit(page.url).hostname:
        raise ConfigError("nothing says where the page is from", todo="Say its address with `--url`")
    source = wish.source or catalogue.claiming(page.url) or id_of(page.url)
    known = _known(page)
    if known is not None and wish.layout not in (None, known.name):
        raise ConfigError(f"the page is in layout `{known.name}` already", todo="Leave `--layout` out")
    proposal = None if known else _proposed(page, checkout)
    name = known.name if known else _free_name(wish.layout, source, checkout)
    layout = known or (proposal.layout(name) if proposal else None)
    assert layout is not None
    plan = Plan(page.url, source, source not in catalogue, name, proposal, layout.read(page.opened()))
    plan.left_out += _left_out(page.opened(), layout)
    _note_source(plan, page, checkout, catalogue)
    if proposal is not None:
        plan.doubts += proposal.doubts
        module = module_of(name, host_of(page.url), proposal, now.date())
        plan.changes.append(checkout.new(f"{LAYOUTS}/{name}.py", module))
    if proposal is not None or name not in _sampled(checkout):
        _note_sample(plan, page, layout, checkout, now)
    return plan


def _left_out(page: AnyPage, layout: Layout) -> list[str]:
    if isinstance(page, HtmlPage) and isinstance(layout, HtmlLayout):
        blocks = read_region(one(page, layout.region_at)).blocks
        return [f"{block.text} ({block.chrome})" for block in blocks if block.chrome]
    return []


def _known(page: Given) -> Layout | None:
    try:
        return recognise(page.opened())
    except LayoutUnknown:
        return None
    except NotARelease as error:
        raise NotARelease(error.what, todo="Give a page of one release") from error


def _proposed(page: Given, checkout: Checkout) -> Proposal:
    opened = page.opened()
    if isinstance(opened, HtmlPage):
        return propose(opened, saved_html(checkout.root))
    what = "the text" if isinstance(opened, TextPage) else "the item of a feed"
    raise LayoutUnknown(
        f"{what} is in no layout, and a table of selectors serves HTML alone",
        todo="Write a layout as parsers/layouts/headed_text.py is, name it in parsers/layouts/__init__.py, "
        "then run this again for the entry",
    )


def _free_name(wished: str | None, source: str, checkout: Checkout) -> str:
    if wished is not None:
        if not NAME.fullmatch(wished) or len(wished) > MAX_NAME or keyword.iskeyword(wished):
            raise ConfigError(f"`{wished}` is no name of a layout", todo="Lower-case words joined by _, as in `mfa_en`")
        if not checkout.is_free(wished):
            raise ConfigError(f"there is a layout `{wished}` already", todo="Say another name with `--layout`")
        return wished
    base = "_".join(re.findall("[a-z0-9]+", source))[: MAX_NAME - 4].strip("_")
    base = base if base[:1].isalpha() and not keyword.iskeyword(base) else f"site_{base}"
    names = (base if number == 1 else f"{base}_v{number}" for number in range(1, 1_000))
    return next(name for name in names if checkout.is_free(name))


def _note_source(plan: Plan, page: Given, checkout: Checkout, catalogue: Catalogue) -> None:
    """An entry, or the layout's name in the one that there is."""
    text, source = checkout.text(SOURCES), catalogue.get(plan.source)
    if source is None:
        claimed = catalogue.get(catalogue.claiming(plan.url))
        host = host_of(plan.url)
        longest = (
            max((place for place in claimed.urls if place.startswith(host)), key=len, default="") if claimed else ""
        )
        prefix = prefix_of(plan.url, longest)
        opened = page.opened()
        issuer = _issuer(opened, plan.release.title) if isinstance(opened, HtmlPage) else ""
        feeds = _feeds(opened, plan.url) if isinstance(opened, HtmlPage) else ()
        after = (
            text.rstrip("\n")
            + "\n"
            + entry_of(plan.source, issuer or host, prefix, [plan.layout], plan.release.language, plan.url, feeds)
        )
    elif source.layouts is None or plan.layout in source.layouts:
        return
    else:
        after = with_layout(text, plan.source, plan.layout)
    names = {layout.name for layout in KNOWN} | {plan.layout}
    if checked(after, names).claiming(plan.url) != plan.source:
        plan.doubts.append(f"`urls` of source `{plan.source}` do not claim the page")
    plan.changes.append(checkout.change(SOURCES, after))


def _issuer(page: HtmlPage, title: str) -> str:
    """Who the page says that its site is."""
    said = page.tree.css_first("meta[property='og:site_name']")
    name = one_line((said.attributes.get("content") if said else None) or "")
    head = words(page.tree.css_first("title"))
    if not name and title and head.startswith(title):
        name = one_line(head[len(title) :]).strip(" -–—|_·•»:")
    return "".join(char for char in name if char.isprintable())[:MAX_ISSUER].strip()


def _feeds(page: HtmlPage, url: str) -> Sequence[str]:
    from parsers.links import link_to

    found = page.tree.css("link[rel=alternate][type='application/rss+xml'], link[type='application/atom+xml']")
    links = (link_to("link", node.attributes.get("href") or "", "", url) for node in found)
    return [link.url for link in links if link]


def _sampled(checkout: Checkout) -> set[str]:
    rows = (json.loads(line) for line in checkout.text(EXPECTED).splitlines() if line.strip())
    return {row["layout"] for row in rows}


def _note_sample(plan: Plan, page: Given, layout: Layout, checkout: Checkout, now: datetime) -> None:
    """A sample in the page's template with invented words, and what is expected of it, which nobody has read."""
    opened = page.opened()
    if not isinstance(opened, HtmlPage) or not isinstance(layout, HtmlLayout):
        plan.doubts.append(f"layout `{layout.name}` has no saved page: write one by hand, as CONTRIBUTING.md says")
        return
    name = checkout.free_sample(plan.source)
    url = _address(plan.url, name.rpartition("/")[2])
    html = sample_of(opened, layout, plan.release.language)
    saved = Saved(name, url, Page(html.encode(), HTML, url=url))
    release = _read(saved, layout)
    if len(release.paragraphs) != len(plan.release.paragraphs) or _days(release) != _days(plan.release):
        plan.doubts.append(
            "the sample is not read as the page is: compare their paragraphs and dates, and mend it by hand"
        )
    at = (page.captured_at or now).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    beside = {"id": None, "url": url, "captured_at": at, "content_type": HTML, "listing": None}
    expected = checkout.text(EXPECTED).rstrip("\n")
    plan.sample = name
    plan.changes += [
        checkout.new(f"{FOLDER}/{name}", html),
        checkout.new(f"{FOLDER}/{name}.json", json.dumps(beside) + "\n"),
        checkout.change(EXPECTED, f"{expected}\n{line_of(row_of(saved, release))}"),
    ]


def _address(url: str, file: str) -> str:
    """An invented address beside the page's: an invented text is not put under a real one."""
    return f"{urlsplit(url).scheme}://{prefix_of(url)}{file}"


def _read(saved: Saved, layout: HtmlLayout) -> Release:
    given = Given(saved.page, saved.url, None)
    if not layout.fits(given.opened()):
        raise ParseError(
            "its template is lost without its words", todo="Write a sample by hand, as CONTRIBUTING.md says"
        )
    return layout.read(given.opened())


def _days(release: Release) -> list[str]:
    return [given.day.isoformat() for given in release.dates]
