"""A proposal as Python: the layout's module. Every string is written by `repr`."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from datetime import date

from flows.adding.propose import Proposal
from parsers.errors import ConfigError

NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
MAX_NAME = 40


def class_name(name: str) -> str:
    """The class of a layout of that name."""
    return "".join(word.capitalize() for word in name.split("_"))


def module_of(name: str, host: str, proposal: Proposal, day: date) -> str:
    """The text of the layout's module.

    Args:
        host: that the page came from, plain ASCII.
        day: today.
    """
    fields: dict[str, object] = {"name": name, "revision": 1, "marks": proposal.marks, **proposal.fields()}
    text = f'''"""Pages of {host}, as proposed by `communique source add` from one of them.

What a reader should know of the template goes here. No zone: the page does not settle it.

History:
    1 ({day:%Y-%m}): first reading of 1 saved page.
"""

from __future__ import annotations

from parsers.kit import HtmlLayout


class {class_name(name)}(HtmlLayout):
{_assignments(fields)}'''
    if _read_back(text) != fields:  # nothing of a page may be anything but a string here
        raise ConfigError("the layout cannot be written as Python", where=name)
    return text


def _assignments(fields: Mapping[str, object]) -> str:
    return "".join(f"    {field} = {_literal(value)}\n" for field, value in fields.items())


def _literal(value: object) -> str:
    """A literal as ruff formats it, as far as a line is wide."""
    if isinstance(value, tuple):
        items = [_literal(each) for each in value]
        line = f"({', '.join(items)}{',' if len(items) == 1 else ''})"
        lines = "".join(f"        {item},\n" for item in items)
        return line if len(line) <= 100 else f"(\n{lines}    )"
    word = repr(value)
    return f'"{word[1:-1]}"' if isinstance(value, str) and word[0] == "'" and '"' not in word else word


def _read_back(text: str) -> dict[str, object]:
    last = ast.parse(text).body[-1]
    assert isinstance(last, ast.ClassDef)
    assignments = [each for each in last.body if isinstance(each, ast.Assign)]
    return {ast.unparse(each.targets[0]): ast.literal_eval(each.value) for each in assignments}
