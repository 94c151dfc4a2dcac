"""What a person is told of an incident, and does about it."""

from __future__ import annotations

from collections.abc import Callable

from flows.running import Run
from parsers.errors import StoreError
from warehouse.incidents import Incident, note_told

_TODO = {
    "hold": "Mend or name its layout, then run `communique reparse {source}`",
    "fill": "Look at its latest pages with `communique show RELEASE --evidence`: was its template changed",
    "yield": "Look whether its lists still name all that it publishes: `communique source check {source}`",
    "silence": "Look whether the site has moved: `communique source check {source}`",
}


def said_of(incident: Incident) -> str:
    """What is wrong, in a clause without its full stop."""
    source, kind, reason = incident
    return f"source {source}{' is held' if kind == 'hold' else f', {kind}'}: {reason}"


def tell_all(run: Run, tell: Callable[[Incident], None], say: Callable[[str], None]) -> None:
    """Tell of each incident that nobody was told of; who dies before it is noted tells again.

    Args:
        say: told where it could not be noted: then the next run tells again.
    """
    if not run.untold:
        return
    for incident in run.untold:
        tell(incident)
    try:
        with run.writing():
            note_told(run.store, run.untold)
    except StoreError as error:
        say(f"the next run tells of it again: {error}")


def todo_of(source: str, kind: str) -> str:
    """What to do about an incident of a source; kinds as in table `incidents`."""
    return _TODO[kind].format(source=source)
