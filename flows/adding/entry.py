"""An entry of sources.toml as text: appended, or a name more in a list; all else in the file stays as it is."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from flows.fetching.hosts import host_of
from parsers.errors import ConfigError
from seeds import Catalogue, CatalogueError, read_catalogue

MAX_ID = 48
_NOT_YET = "not yet decided: obeyed until somebody has looked"


def entry_of(
    source: str, issuer: str, prefix: str, layouts: Sequence[str], language: str | None, url: str, feeds: Sequence[str]
) -> str:
    """The text of a new entry, its open questions as comments."""
    address = f"https://{prefix}" if url.startswith("https:") else f"http://{prefix}"
    lines = [
        "",
        "[[source]]",
        f"id = {_toml(source)}",
        f"issuer = {_toml(issuer)}",
        *([f"languages = [{_toml(language)}]"] if language else []),
        f"urls = [{_toml(prefix)}]",
        f"layouts = [{', '.join(map(_toml, layouts))}]",
        'state = "reported"',
        'note = "Written by `communique source add` from one page; nobody has looked at the site."',
        'robots = "obey"',
        f"robots_reason = {_toml(_NOT_YET)}",
        "# To have it read, name its lists or feeds; then `communique source check` looks at them.",
        f"# lists = [{_toml(address)}]",
        '# item = ".list li a"',
        *(f"# feeds = [{_toml(feed)}]" for feed in feeds[:1]),
        "",
    ]
    return "\n".join(lines)


def with_layout(text: str, source: str, layout: str) -> str:
    """The file with a layout more in a source's entry.

    Raises:
        ConfigError: the entry is not written as it was.
    """
    starts = [match.start() for match in re.finditer(r"^\[\[source\]\]", text, re.MULTILINE)]
    for start, stop in zip(starts, [*starts[1:], len(text)], strict=True):
        part = text[start:stop]
        if not re.search(rf'^id = "{re.escape(source)}"\s*$', part, re.MULTILINE):
            continue
        listed = re.search(r"^layouts = \[", part, re.MULTILINE)
        if listed:
            at = start + listed.end()
            rest = text[at:].lstrip()
            return f"{text[:at]}{_toml(layout)}{'' if rest.startswith(']') else ', '}{text[at:]}"
    raise ConfigError(f"the layouts of `{source}` are not on a line of their own", where="seeds/sources.toml")


def checked(text: str, layouts: Collection[str]) -> Catalogue:
    """The catalogue of a file's text.

    Raises:
        ConfigError: an entry is wrong.
    """
    with tempfile.TemporaryDirectory(prefix="communique-add-") as folder:
        path = Path(folder) / "sources.toml"
        path.write_text(text, "utf-8")
        try:
            return read_catalogue(path, layouts=layouts)
        except CatalogueError as error:
            raise ConfigError(str(error)) from error


def id_of(url: str) -> str:
    """An id for a host: lower-case words joined by hyphens."""
    return "-".join(re.findall(r"[a-z0-9]+", host_of(url).removeprefix("www.")))[:MAX_ID].strip("-")


def prefix_of(url: str, longer_than: str = "") -> str:
    """Host and the first folder of a URL; more of its path where another source claims that much.

    Raises:
        ConfigError: the whole path is claimed.
    """
    host = host_of(url).strip("[]")
    folders = urlsplit(url).path.split("/")[1:-1]
    for count in range(min(1, len(folders)), len(folders) + 1):
        prefix = f"{host}/" + "".join(f"{folder}/" for folder in folders[:count])
        if len(prefix) > len(longer_than):
            return prefix
    raise ConfigError(
        f"`{longer_than}` is claimed by another source", todo="Leave `--id` out: the page is that source's"
    )


def _toml(text: str) -> str:
    """A basic string of TOML: JSON's escapes are among its own, and DEL needs one too."""
    return orjson.dumps(text).decode().replace("\x7f", "\\u007F")
