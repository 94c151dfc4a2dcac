"""The tree drawn at the head of errors.py is the tree; each error travels between processes."""

from __future__ import annotations

import inspect
import pickle
import re

import pytest

from parsers import errors
from parsers.errors import CommuniqueError, InputTooLarge, ParseError, SelectorError

ALL = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, CommuniqueError)]
each_error = pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)


def drawn() -> dict[str, str | None]:
    """Name of each class in the drawing -> name of its parent."""
    parents: dict[str, str | None] = {}
    above: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"(\s{4}[\s|`-]*)([A-Z]\w+)", line)
        if not match or (above and "--" not in match[1]):
            continue
        depth, name = len(match[1]), match[2]
        above = [(left, word) for left, word in above if left < depth]
        parents[name] = above[-1][1] if above else None
        above.append((depth, name))
    return parents


def test_the_drawing_is_the_tree() -> None:
    real = {kind.__name__: kind.__base__.__name__ for kind in ALL if kind.__base__}
    assert drawn() == real | {"CommuniqueError": None}


def test_the_drawing_names_what_is_transient() -> None:
    for kind in ALL:
        line = re.search(rf"\b{kind.__name__}\b.*", errors.__doc__ or "")
        assert line is not None
        assert kind.transient == ("(transient)" in line[0]), kind.__name__


def made(kind: type[CommuniqueError]) -> CommuniqueError:
    return kind("div.x", "exactly 1", 2) if kind is SelectorError else kind("it broke", where="a.txt", todo="Mend it")


@each_error
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_an_error_travels(kind: type[CommuniqueError], protocol: int) -> None:
    error = made(kind)
    there = pickle.loads(pickle.dumps(error, protocol))
    assert type(there) is kind
    assert (there.what, there.where, there.todo, str(there), there.args) == (
        *(error.what, error.where, error.todo),
        *(str(error), error.args),
    )


@each_error
def test_an_error_is_one_line_with_what_to_do(kind: type[CommuniqueError]) -> None:
    assert "\n" not in str(made(kind))
    assert kind.__doc__
    assert not kind.advice.endswith(".")
    if issubclass(kind, ParseError) and kind is not ParseError:
        assert kind.advice


def test_an_error_says_where_what_and_what_to_do() -> None:
    assert str(InputTooLarge("too large", where="a.txt")) == f"a.txt: too large. {InputTooLarge.advice}"
    assert str(InputTooLarge("too large", todo="Cut it")) == "too large. Cut it"
    assert str(ParseError("odd")) == "odd"
    assert str(SelectorError("h1", "exactly 1", 2)).startswith("selector `h1` wanted exactly 1, got 2. ")
