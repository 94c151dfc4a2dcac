"""What a word is to the search: each two neighbouring characters of Chinese, a folded word of anything else.

Chinese is written without spaces. Every character begins a token, with the one after it where there is one: a word
of two characters is one token, a longer one a phrase of tokens that overlap, and a single character how a token
begins. Nothing is segmented, so no dictionary decides what can be found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

REVISION = 1  # raise it when other tokens come out: a sidecar of another revision is built anew

# Han, kana, hangul: what is written without spaces, or with particles grown onto the words.
_CHARACTERS = (
    "\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_RUNS = re.compile(rf"([{_CHARACTERS}]+)|((?:(?![{_CHARACTERS}])[^\W_]|[\u0300-\u036f])+)")
_PLAIN = re.compile(r"[0-9a-z]+")


def tokens(text: str) -> list[str]:
    """Tokens of a text in their order."""
    found: list[str] = []
    for run, word in _RUNS.findall(text):
        if run:
            found.extend(map(str.__add__, run, run[1:]))
            found.append(run[-1])
        elif token := folded(word):
            found.append(token)
    return found


def placed(text: str) -> Iterator[tuple[str, int, int]]:
    """The same tokens, each with the code points where its first character, or its word, begins and ends."""
    for match in _RUNS.finditer(text):
        start, stop = match.span()
        if match[1]:
            for at in range(start, stop):
                yield text[at : min(at + 2, stop)], at, at + 1
        elif token := folded(match[2]):
            yield token, start, stop


def characters(text: str) -> list[str]:
    """The characters of its runs, each once."""
    return re.findall(rf"[{_CHARACTERS}]", "".join(sorted(set(text))))


def is_character(token: str) -> bool:
    """Whether a token is a single character of a run."""
    return len(token) == 1 and re.fullmatch(rf"[{_CHARACTERS}]", token) is not None


@lru_cache(maxsize=200_000)
def folded(word: str) -> str:
    """A word without case, marks and full width: what is left are letters and digits alone."""
    low = word.lower()
    if _PLAIN.fullmatch(low):
        return low
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())))
