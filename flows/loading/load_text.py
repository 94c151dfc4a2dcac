"""A file that is one text or page -> its look, with what its sidecar says of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flows.loading.beside import beside_file, look_of, sniffed
from flows.loading.files import TEXTS, read_whole, suffix
from flows.looks import Advance, Loaded, Looks
from parsers.errors import InputMalformed
from parsers.release import MAX_BYTES


def read_text(path: Path, advance: Advance) -> Looks:
    """A file that is one text or page, with what its sidecar says of it."""
    raw, broken = read_whole(path, advance)
    try:
        said = beside_file(path)
    except InputMalformed as error:
        yield Loaded(raw[:MAX_BYTES], str(path), outcome="malformed", reason=error.what)
        return broken is None
    look = look_of(raw, str(path), said, said.content_type or TEXTS.get(suffix(path)) or sniffed(raw))
    if broken is not None:
        look = replace(look, outcome="malformed", reason=broken)
    yield look
    return broken is None
