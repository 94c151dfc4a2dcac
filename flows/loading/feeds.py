"""Feeds -> their items: RSS 2.0, RSS 1.0 (RDF) and Atom, each item with its place in the feed's own bytes.

A release is cut out of its feed as it stands there, so that a change elsewhere in the feed is no change of it. Only
local names and the item's own prefix are looked at: feeds that forget to declare a prefix are common.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urljoin
from xml.parsers import expat

from flows.loading.beside import beside_file, look_of
from flows.loading.files import FEEDS, read_whole, suffix
from flows.looks import Advance, Loaded, Looks, Part, Whole
from parsers.errors import InputMalformed
from parsers.release import ITEM_TYPE, MAX_BYTES, Listing

MAX_ITEMS = 10_000  # of a fetched feed; real ones have some hundred
MAX_DEPTH = 500  # elements within elements; XHTML in Atom needs some dozens
_ROOTS = ("rss", "RDF", "feed")
_ITEMS = ("item", "entry")
_DECLARED = re.compile(rb"<\?xml[^>]*?\sencoding\s*=\s*[\"']([A-Za-z][\w.:-]*)")
_MARKS = {
    b"\xef\xbb\xbf": "utf-8",
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
    b"<\0": "utf-16-le",
    b"\0<": "utf-16-be",
}
# A declaration that can be read as ASCII is not in UTF-16, whatever it says.
_READ_AS = {"gb2312": "gb18030", "gbk": "gb18030", "utf8": "utf-8", "utf-16": "utf-8", "us-ascii": "utf-8"}
_NOT_FOR_XML = ("idna", "punycode", "unicode_escape", "raw_unicode_escape", "utf-7")
_DATES = ("pubDate", "published", "dc:date", "updated")
_NO_LINK = "guid that is no link"
_WANTED = {"title", "link", "guid", "id", _NO_LINK, *_DATES}


@dataclass(frozen=True, slots=True)
class FeedItem:
    """An item: the place of its element in the feed's bytes, and what it says of its release.

    `published` is as it stands there. `given_id` is the guid (RSS) or id (Atom).
    """

    start: int
    length: int
    url: str | None
    given_id: str | None
    title: str | None
    published: str | None


def items(raw: bytes) -> Iterator[FeedItem]:
    """The items of a feed, in its order.

    Raises:
        InputMalformed: no feed, not XML (after the items before the break), or it declares entities.
    """
    at = len(raw) - len(raw.lstrip())  # blank lines before the declaration are common, and no XML
    charset = charset_of(raw)
    data = _as_utf8(raw[at:], charset)
    found, broken = _Reader().read(data)
    before = 0
    for item in found:
        end = item.start + item.length
        start = at + _bytes_in(charset, data[before : item.start])
        at = start + _bytes_in(charset, data[item.start : end])
        before = end
        yield replace(item, start=start, length=at - start)
    if broken is not None:
        raise broken


def charset_of(raw: bytes) -> str:
    """The charset of a feed, by its mark or its declaration; what is valid UTF-8 beyond ASCII is UTF-8."""
    for mark, charset in _MARKS.items():
        if raw.startswith(mark):
            return charset
    if not raw.isascii():
        with suppress(UnicodeDecodeError):
            raw.decode()
            return "utf-8"
    declared = _DECLARED.match(raw.lstrip()[:500])
    charset = declared[1].decode().lower() if declared else "utf-8"
    return _READ_AS.get(charset, charset)


def _bytes_in(charset: str, data: bytes) -> int:
    return len(data) if charset == "utf-8" else len(data.decode().encode(charset))


def _as_utf8(data: bytes, charset: str) -> bytes:
    """The feed in UTF-8, as far as it is valid: expat itself reads no charset of more than one byte but UTF-16."""
    if charset == "utf-8":
        return data
    try:
        text = "" if codecs.lookup(charset).name in _NOT_FOR_XML else data.decode(charset)
    except UnicodeDecodeError as error:
        text = data[: error.start].decode(charset, "ignore")
    except LookupError as error:
        raise InputMalformed(f"unknown charset `{charset}`") from error
    if not data.startswith(text.encode(charset, "replace")):  # then no place in the text gives a place in the bytes
        raise InputMalformed(f"the bytes are not plain `{charset}`")
    return text.encode()


@dataclass
class _Open:
    """The item that is being read, at `depth`; `said` holds the first words under each name."""

    name: str
    start: int
    depth: int
    said: dict[str, str] = field(default_factory=dict)


class _Reader:
    """Collects items from expat's events; `read` is called once."""

    def __init__(self) -> None:
        self._found: list[FeedItem] = []
        self._depth = 0
        self._item: _Open | None = None
        self._child: str | None = None  # name under which words are being collected
        self._words: list[str] = []
        self._expat = expat.ParserCreate("utf-8")
        self._expat.buffer_text = True
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._words_come
        self._expat.EntityDeclHandler = self._entity

    def read(self, data: bytes) -> tuple[list[FeedItem], InputMalformed | None]:
        """The items up to the end or the break, and what broke."""
        self._data = data
        try:
            self._expat.Parse(data, True)
        except expat.ExpatError as error:
            return self._found, InputMalformed(f"not XML at line {error.lineno}: {expat.ErrorString(error.code)}")
        except InputMalformed as error:
            return self._found, error
        return self._found, None

    def _entity(self, name: str, *_: object) -> None:
        raise InputMalformed(f"the feed declares the entity `{name[:50]}`; no feed needs one")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise InputMalformed(f"elements are nested deeper than {MAX_DEPTH}")
        local = name.rpartition(":")[2]
        if self._depth == 1 and local not in _ROOTS:
            raise InputMalformed(f"XML, but no feed: its root is `{name[:50]}`")
        if self._item is None:
            if local in _ITEMS:
                self._item = _Open(name, self._expat.CurrentByteIndex, self._depth)
        elif self._depth == self._item.depth + 1:
            self._start_child(self._item, name, attributes)

    def _start_child(self, item: _Open, name: str, attributes: dict[str, str]) -> None:
        prefix = item.name.rpartition(":")[0]
        own = name.removeprefix(f"{prefix}:") if prefix else name
        if own == "link" and "href" in attributes:
            if attributes.get("rel", "alternate") == "alternate":
                item.said.setdefault("link", attributes["href"].strip())
            return
        if own == "guid" and attributes.get("isPermaLink") == "false":
            own = _NO_LINK
        self._child = own if own in _WANTED else None
        self._words = []

    def _words_come(self, words: str) -> None:
        if self._child is not None:
            self._words.append(words)

    def _end(self, name: str) -> None:
        item = self._item
        if item is not None and self._depth == item.depth + 1 and self._child is not None:
            words = " ".join("".join(self._words).split())
            if words:
                item.said.setdefault(self._child, words)
            self._child = None
        elif item is not None and self._depth == item.depth:
            self._found.append(_closed(item, self._end_of(name)))
            self._item = None
        self._depth -= 1

    def _end_of(self, name: str) -> int:
        """Where the element ends: expat stands at its end tag, or behind an element that is empty."""
        at = self._expat.CurrentByteIndex
        return self._data.index(b">", at) + 1 if self._data.startswith(f"</{name}".encode(), at) else at


def _closed(item: _Open, end: int) -> FeedItem:
    said = item.said
    guid = said.get("guid") or said.get("id")
    link = said.get("link") or (guid if guid and guid.startswith(("http://", "https://")) else None)
    given_id = guid or said.get(_NO_LINK)
    published = next((said[name] for name in _DATES if name in said), None)
    return FeedItem(item.start, end - item.start, link, given_id, said.get("title"), published)


def read_feed(path: Path, advance: Advance) -> Looks:
    """The items of a feed file, each cut out of it; its sidecar says when and where the feed was captured."""
    raw, broken = read_whole(path, advance)
    try:
        said = beside_file(path)
    except InputMalformed as error:
        yield Loaded(raw[:MAX_BYTES], str(path), outcome="malformed", reason=error.what)
        return broken is None
    content_type = said.content_type or FEEDS[suffix(path)]
    if len(raw) > MAX_BYTES:
        yield look_of(raw, str(path), said, content_type)
        return True
    complete = yield from looks_at(Whole(raw, said.url, said.captured_at, content_type), str(path), broken)
    return complete


def looks_at(whole: Whole, origin: str, broken: str | None = None) -> Looks:
    """The items of a feed, each cut out of it; where it breaks off, the rest is a look too.

    Args:
        broken: what is wrong with its bytes already.
    """
    charset = charset_of(whole.raw)
    item_type = ITEM_TYPE if charset == "utf-8" else f"{ITEM_TYPE}; charset={charset}"
    end = 0
    try:
        for number, item in enumerate(items(whole.raw), 1):
            end = item.start + item.length
            yield _look(whole, item, f"{origin} item {number}", item_type)
    except InputMalformed as error:
        broken = broken or error.what
    if broken is not None:
        yield Loaded(
            whole.raw[end:],
            origin,
            url=whole.url,
            captured_at=whole.captured_at,
            content_type=whole.content_type,
            outcome="malformed",
            reason=broken,
            part=Part(whole, end, len(whole.raw) - end),
        )
    return broken is None


def _look(whole: Whole, item: FeedItem, origin: str, item_type: str) -> Loaded:
    return Loaded(
        whole.raw[item.start : item.start + item.length],
        origin,
        url=_absolute(item.url, whole.url),
        given_id=item.given_id,
        captured_at=whole.captured_at,
        content_type=item_type,
        listing=Listing(item.title, item.published),
        part=Part(whole, item.start, item.length),
    )


def _absolute(link: str | None, base: str | None) -> str | None:
    """A link as it stands; one that names no host is completed by the feed's own URL."""
    if link is None or base is None or re.match(r"[a-zA-Z][\w+.-]*:", link):
        return link
    try:
        return urljoin(base, link)
    except ValueError:
        return link
