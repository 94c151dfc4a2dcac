"""Reads seeds/questions: the gallery of analysts' questions, those with a query and those that have to wait.

NN_name.sql is a question: its head says `-- N. The question?`, then what the query counts and what it cannot know; the
query is what follows. A parameter is read by getvariable('name') and named in the head as `--name`.
not_yet.toml lists the questions that no table answers yet, with what is missing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

PARAMETERS = ("day", "release", "words", "url")
"""What a question may ask for; options of `communique ask`."""

_NAME = re.compile(r"(\d\d)_[a-z0-9_]+\.sql")
_TITLE = re.compile(r"(\d+)\. (\S.*)")


class GalleryError(ValueError):
    """A file of the gallery is wrong; the message names it."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that the published tables answer.

    Attributes:
        counts: what the query counts, and what it cannot know.
        sql: the whole file, its head included.
        parameters: names of the variables that the query reads.
    """

    number: int
    question: str
    counts: str
    sql: str
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotYet:
    """A question that they do not answer yet, and what is missing."""

    number: int
    question: str
    missing: str


@dataclass(frozen=True, slots=True)
class Gallery:
    """All questions, by number; none is in both."""

    answered: dict[int, Question]
    waiting: dict[int, NotYet]

    def all(self) -> list[Question | NotYet]:
        """In the order of their numbers."""
        both: dict[int, Question | NotYet] = {**self.answered, **self.waiting}
        return [both[number] for number in sorted(both)]


def read_gallery(folder: Path | None = None) -> Gallery:
    """The questions of a folder, the shipped ones unless it says otherwise.

    Raises:
        GalleryError: a file is wrong, or a number is there twice.
    """
    folder = folder or Path(str(files("seeds") / "questions"))
    answered: dict[int, Question] = {}
    for path in sorted(folder.glob("*.sql")):
        question = _question(path)
        if question.number in answered:
            raise GalleryError(f"{path.name}: there is another question {question.number}")
        answered[question.number] = question
    waiting: dict[int, NotYet] = {}
    for entry in _not_yet(folder / "not_yet.toml"):
        if entry.number in answered or entry.number in waiting:
            raise GalleryError(f"not_yet.toml: question {entry.number} is there already")
        waiting[entry.number] = entry
    return Gallery(answered, waiting)


def _question(path: Path) -> Question:
    name = _NAME.fullmatch(path.name)
    if not name:
        raise GalleryError(f"{path.name}: a question is named like 02_edited_releases.sql")
    sql = _text(path)
    head = _head(sql)
    title = _TITLE.fullmatch(head[0]) if head else None
    if not title or int(title[1]) != int(name[1]):
        raise GalleryError(f"{path.name}, line 1: it must be `-- {int(name[1])}. The question?`")
    counts = " ".join(head[1:])
    if not counts:
        raise GalleryError(f"{path.name}, line 2: say what it counts, and what it cannot know")
    if len(head) == len(sql.splitlines()):
        raise GalleryError(f"{path.name}: there is no query after its head")
    return Question(int(title[1]), title[2], counts, sql, _parameters(path.name, counts, sql))


def _head(sql: str) -> list[str]:
    """Lines of the comment that a file begins with, without their marks."""
    head = []
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        head.append(line.removeprefix("--").strip())
    return head


def _parameters(name: str, counts: str, sql: str) -> tuple[str, ...]:
    named = set(re.findall(r"`--([a-z]+)`", counts))
    read = set(re.findall(r"getvariable\('(\w+)'\)", sql))
    for parameter in sorted(named ^ read):
        where = "is named in the head, but not read" if parameter in named else "is read, but not named in the head"
        raise GalleryError(f"{name}: parameter `{parameter}` {where}")
    for parameter in sorted(read.difference(PARAMETERS)):
        raise GalleryError(f"{name}: parameter `{parameter}` is none of {', '.join(PARAMETERS)}")
    return tuple(each for each in PARAMETERS if each in read)


def _not_yet(path: Path) -> Iterator[NotYet]:
    try:
        entries = tomllib.loads(_text(path)).get("question", [])
    except tomllib.TOMLDecodeError as error:
        raise GalleryError(f"{path.name}: {error}") from error
    if not isinstance(entries, list):
        raise GalleryError(f"{path.name}: entries begin with [[question]]")
    for place, entry in enumerate(entries, 1):
        yield _entry(f"{path.name}, entry {place}", entry)


def _entry(place: str, entry: Any) -> NotYet:
    kinds = {"number": int, "question": str, "missing": str}
    if not isinstance(entry, dict) or set(entry) != set(kinds):
        raise GalleryError(f"{place}: it has number, question and missing, and nothing else")
    for field, kind in kinds.items():
        if type(entry[field]) is not kind or entry[field] == "":
            raise GalleryError(f"{place}, field `{field}`: it must be a {'number' if kind is int else 'text'}")
    return NotYet(**entry)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise GalleryError(f"{path.name}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise GalleryError(f"{path.name}: it is not UTF-8") from error
