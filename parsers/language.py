"""The language of a text by its script and its commonest words.

Layouts mostly know their language; this serves texts whose template has several. Scripts settle
most cases; among Latin ones a handful of words that stand in any paragraph do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_SAMPLE = 4_000  # characters: enough to be sure, cheap on a long conference

_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u3400-\u9fff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
)
_COMMON = {
    "en": "the of and to in that with on for is was by has its",
    "fr": "le la les des et du une dans que pour sur au est par avec",
    "es": "el la los las de y que en una por con para del se su",
    "de": "der die das und den mit von für ist im auf dem zu des",
    "pt": "o os as do da dos das e que em uma para com não ao",
    "it": "il lo gli della di e che per con una del dei nel alla",
}
_WORDS_OF = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")


def language_of(title: str, paragraphs: Sequence[str]) -> str | None:
    """ISO 639-1 code of a text's language, None where nothing settles it."""
    text = f"{title}\n{' '.join(paragraphs)[:_SAMPLE]}"
    letters = len(_LETTER.findall(text))
    if not letters:
        return None
    for language, script in _SCRIPTS:
        share = len(script.findall(text)) / letters
        if share > (0.05 if language in ("ja", "ko") else 0.3):
            return language
    return _latin(text)


def _latin(text: str) -> str | None:
    counts: Counter[str] = Counter(_WORD.findall(text.lower()))
    scores = {language: sum(counts[word] for word in words) for language, words in _WORDS_OF.items()}
    best, runner_up = sorted(scores.values(), reverse=True)[:2]
    if best in (0, runner_up):
        return None
    return max(scores, key=lambda language: scores[language])
