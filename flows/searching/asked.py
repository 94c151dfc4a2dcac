"""What somebody typed, as terms: every text is a question, none is a syntax error."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.searching.words import is_character, tokens
from parsers.errors import QueryError

FIELDS = {"title": ("title", "subtitle"), "body": ("body",)}
EVERYWHERE = ("title", "subtitle", "body")
_HAS = {"title": "title_has", "body": "body_has"}  # where single characters are looked up
MOST = 64
"""Terms that one question may have."""
_TERM = re.compile(r'(?:(title|body):)?(?:["“”]([^"“”]*)(?:["“”]|$)|([^\s"“”]+))', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Term:
    """Tokens that stand side by side in one field.

    Attributes:
        begins: the last token is only how one begins: a single character, or a word with an asterisk.
    """

    tokens: tuple[str, ...]
    fields: tuple[str, ...] = EVERYWHERE
    begins: bool = False


def terms_of(text: str) -> tuple[Term, ...]:
    """The terms of a question; all of them must be found.

    Raises:
        QueryError: there is no word in it, or there are too many.
    """
    found = []
    for field, phrase, word in _TERM.findall(text):
        words = tokens(phrase or word)
        if words:
            found.append(_term(words, FIELDS.get(field.lower(), EVERYWHERE), word.endswith("*")))
    terms = tuple(dict.fromkeys(found))
    if not terms:
        raise QueryError("there is no word to search for", todo="Say one: `communique search 外交部`")
    if len(terms) > MOST:
        raise QueryError(f"{len(terms)} words, at most {MOST}", todo="Put a sentence in double quotes")
    return terms


def _term(words: list[str], fields: tuple[str, ...], asterisk: bool) -> Term:
    if is_character(words[-1]):
        # In a text another character may follow it: the pair before it already says that it stands there.
        if len(words) > 1 and len(words[-2]) == 2 and words[-2][1] == words[-1] and is_character(words[-2][0]):
            return Term(tuple(words[:-1]), fields)
        return Term(tuple(words), fields, begins=True)
    return Term(tuple(words), fields, begins=asterisk)


def expression(terms: tuple[Term, ...]) -> str:
    """The terms for FTS5; tokens are letters and digits alone, so that nothing in them is syntax."""
    return " AND ".join(map(_expression, terms))


def _expression(term: Term) -> str:
    if term.begins and len(term.tokens) == 1 and is_character(term.tokens[0]):
        columns = [_HAS[field] for field in term.fields if field in _HAS]
        return f'{{{" ".join(columns)}}} : "{term.tokens[0]}"'
    return f'{{{" ".join(term.fields)}}} : "{" ".join(term.tokens)}"{" *" if term.begins else ""}'
