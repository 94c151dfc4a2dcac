"""Other people's text -> invented words of the same shape: nobody's page text is committed.

Words come from a stock, one after another: what is written says nothing of what stood there but how many words it
had, how they began, and its punctuation. Numbers and the words of date lines stay: days must be read from them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import cycle, groupby

from flows.adding.stock import STOCK

_BY_PLACE = ("zh", "ja", "ko", "th")  # written without spaces: taken letter by letter
_SCRIPTS = (
    ("zh", "\u3400", "\u9fff"),
    ("ja", "\u3040", "\u30ff"),
    ("ko", "\uac00", "\ud7af"),
    ("th", "\u0e00", "\u0e7f"),
    ("ru", "\u0400", "\u04ff"),
    ("ar", "\u0600", "\u06ff"),
    ("he", "\u0590", "\u05ff"),
    ("el", "\u0370", "\u03ff"),
)
# Of a date line, whose words must go on to be one.
_OF_A_DATE = re.compile(
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?|[ap]m|st|nd|rd|th|gmt|utc|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|"
    r"(?:last)?(?:updated|modified|revised|published|posted)|(?-i:[A-Z]{1,4}T))",
    re.IGNORECASE,
)
_TURN = re.compile("[A-Z问答]")  # `Q:`, `A:`, `C.`
_UNITS = re.compile("[年月日时時分秒]")


class Filler:
    """Fills one page; the same words get the same words again, so that a headline and the page's title stay alike."""

    def __init__(self, language: str | None) -> None:
        """
        Args:
            language: of the page; it settles what Latin and Chinese letters become.
        """
        self._latin = language if language in ("fr", "es", "de", "pt", "it") else "en"
        self._han = "ja" if language == "ja" else "zh"
        self._stock: dict[str, Iterator[str]] = {}
        self._known: dict[str, str] = {}

    def fill(self, text: str) -> str:
        """Words of the same shape; white space at both ends stays as it is."""
        core = text.strip()
        if core not in self._known:
            self._known[core] = "".join(self._run(run, letters) for letters, run in _runs(core))
        start = text.index(core)
        return f"{text[:start]}{self._known[core]}{text[start + len(core) :]}"

    def say(self, text: str, instead: str) -> None:
        """From now on a text becomes this."""
        self._known[text.strip()] = instead

    def _run(self, run: str, letters: bool) -> str:
        core = run.strip("'’")
        if not letters or not core or _OF_A_DATE.fullmatch(core) or _TURN.fullmatch(core):
            return run
        start = run.index(core)
        return f"{run[:start]}{self._word(core)}{run[start + len(core) :]}"

    def _word(self, run: str) -> str:
        language = self._language(run[0])
        if language in _BY_PLACE:
            return "".join(each if _UNITS.match(each) else self._next(language) for each in run)
        word = self._next(language)
        return word.upper() if run.isupper() else word.title() if run[0].isupper() else word

    def _next(self, language: str) -> str:
        if language not in self._stock:
            words = STOCK[language]
            self._stock[language] = cycle(words if language in _BY_PLACE else words.split())
        return next(self._stock[language])

    def _language(self, letter: str) -> str:
        script = next((name for name, low, high in _SCRIPTS if low <= letter <= high), self._latin)
        return self._han if script == "zh" else script


def _runs(text: str) -> Iterator[tuple[bool, str]]:
    """Words and what stands between them; an apostrophe within a word belongs to it, `a.m.` and `4K` are none."""
    for letters, run in groupby(
        re.findall(r"\b[ap]\.m\b|\d[A-Za-z]{1,2}\b|.", text, re.DOTALL | re.IGNORECASE), _is_letter
    ):
        yield letters, "".join(run)


def _is_letter(char: str) -> bool:
    return len(char) == 1 and (unicodedata.category(char)[0] in "LM" or char in "'’")
