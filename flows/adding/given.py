"""URL or file -> the one page that was given: fetched as politely as a run does, or read as a loader does."""

from __future__ import annotations

import asyncio
import re
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from flows.fetching.fetch import Ask, Fetcher, user_agent
from flows.fetching.http import Client
from flows.fetching.polite import Hosts
from flows.keeping.archive import Archive
from flows.loading.files import LINES, WARCS, suffix
from flows.loading.load_text import read_text
from flows.looks import Loaded
from flows.settings import Settings, seconds_of
from parsers.errors import ConfigError, InputMalformed, InputMissing
from parsers.page import AnyPage, open_page
from parsers.release import Page
from seeds import Catalogue, Source

DELAY = 5.0  # seconds between two requests to a host


@dataclass(frozen=True, slots=True)
class Given:
    """The page.

    Attributes:
        url: that it answers to now; None where nothing says it.
    """

    page: Page
    url: str | None
    captured_at: datetime | None

    def opened(self) -> AnyPage:
        """The page, opened anew: reading a layout's region cuts it from the tree."""
        return open_page(self.page)


def given(word: str, url: str | None, settings: Settings, catalogue: Catalogue) -> Given:
    """The page of a URL, or of a file.

    Args:
        url: of a file, where no sidecar says it.

    Raises:
        InputMissing: there is no such file.
        InputMalformed: it is no page, or was not answered as one.
        FetchError: the host may not be asked.
        ConfigError: nobody is named to whom a site could turn.
    """
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", word):
        look = _fetched(word, settings, catalogue)
        at: str | None = (look.served and look.served.final_url) or word
    else:
        look, at = _loaded(Path(word)), url
    if look.outcome != "ok":
        raise InputMalformed(
            f"{look.outcome}: {look.reason}", where=word, todo="Save the page in a browser and give the file"
        )
    at = at or look.url
    return Given(Page(look.raw, look.content_type, look.listing, at), at, look.captured_at)


def _loaded(path: Path) -> Loaded:
    if not path.is_file():
        raise InputMissing("there is no such file", where=str(path))
    if suffix(path) in (*LINES, *WARCS, ".json"):
        raise InputMalformed("it is no saved page", where=str(path), todo="Give one page: HTML or text")
    return next(iter(read_text(path, lambda _: None)))


def _fetched(url: str, settings: Settings, catalogue: Catalogue) -> Loaded:
    claimed = catalogue.get(catalogue.claiming(url))
    # Its decision on robots.txt is the source's; of a site that nobody knows it is obeyed.
    source = claimed or Source("new", "nobody yet", "reported", delay=DELAY)
    contact = source.contact or settings.contact
    if not contact:
        raise ConfigError(
            "sites are told who fetches, and nobody is named",
            todo="Set COMMUNIQUE_CONTACT to a mail address or URL of yours",
        )
    with tempfile.TemporaryDirectory(prefix="communique-add-") as folder:
        return asyncio.run(_look(url, source, contact, replace(settings, contact=contact), Path(folder)))


async def _look(url: str, source: Source, contact: str, settings: Settings, scratch: Path) -> Loaded:
    """One look; what it came to is kept in no archive."""
    from flows import __version__

    hosts = Hosts(settings.home, seconds_of("rests", settings.rests))
    client = Client(
        hosts,
        agent=user_agent(__version__, contact),
        delay=source.delay,
        seconds=settings.fetch_seconds,
        allowed=settings.allow_hosts,
        successors=source.successors,
    )
    archive = Archive(scratch, datetime.now(UTC), "add")
    fetcher = Fetcher(source, client, hosts, archive, {})
    try:
        looks = await fetcher.looks([Ask(url)])
    finally:
        archive.close()
        await client.close()
    for error in fetcher.resting.values():
        raise error
    return next(look for look in looks if look.role == "page")
