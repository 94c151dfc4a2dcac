"""What the tab key offers after a verb: sources, and ids of releases out of the published file.

A shell asks while somebody types: answers are few and fast, and whatever is wrong offers nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from click import Context, Parameter
from click.shell_completion import CompletionItem

OFFERED = 20
SHORT = 12  # characters of an id that are offered: enough for any HOME, and readable
_RELEASES = f"""
    SELECT left(release_id, {SHORT}) AS short, title FROM releases WHERE starts_with(release_id, $word)
    ORDER BY last_captured_at DESC NULLS LAST, short LIMIT {OFFERED}
"""  # noqa: S608 - our own numbers

Offer = Callable[[Context, Parameter, str], list[CompletionItem]]


def _silent(offer: Offer) -> Offer:
    @wraps(offer)
    def quiet(context: Context, parameter: Parameter, word: str) -> list[CompletionItem]:
        try:
            return offer(context, parameter, word)
        except Exception:  # noqa: BLE001 - a message here would stand in the middle of what somebody types
            return []

    return quiet


@_silent
def sources(context: Context, _: Parameter, word: str) -> list[CompletionItem]:
    """Ids of sources that begin so, those of the user's file among them."""
    from flows.registry import catalogue_of
    from flows.settings import settings

    known = catalogue_of(settings({"sources": context.params.get("sources")})).sources
    return [CompletionItem(each.id, help=each.issuer) for each in known if each.id.startswith(word)]


@_silent
def inputs(context: Context, parameter: Parameter, word: str) -> list[CompletionItem]:
    """Sources, and files where no source begins so: a shell offers the one or the other."""
    return sources(context, parameter, word) or [CompletionItem(word, type="file")]


@_silent
def releases(context: Context, _: Parameter, word: str) -> list[CompletionItem]:
    """Short ids of releases that begin so, the latest first."""
    from flows.settings import settings
    from warehouse.read import ask

    found = ask(settings({"home": context.params.get("home")}).home, _RELEASES, {"word": word[:SHORT]}).rows
    return [CompletionItem(short, help=" ".join(title.split())) for short, title in found]


@_silent
def releases_or_files(context: Context, parameter: Parameter, word: str) -> list[CompletionItem]:
    """Releases, and files where no release begins so."""
    return releases(context, parameter, word) or [CompletionItem(word, type="file")]
