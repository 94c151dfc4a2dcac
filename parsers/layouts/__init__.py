"""The registry of layouts: each module of this package holds one, of its own name; nothing else has to name it."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from parsers.kit import Layout


def _registered() -> tuple[Layout, ...]:
    return tuple(_layout_in(name) for name in sorted(module.name for module in iter_modules(__path__)))


def _layout_in(name: str) -> Layout:
    home = import_module(f"{__name__}.{name}")
    own = [each for each in vars(home).values() if isinstance(each, type) and each.__module__ == home.__name__]
    found = [each for each in own if issubclass(each, Layout)]
    if len(found) != 1 or found[0].name != name:
        raise ImportError(f"parsers/layouts/{name}.py must hold one layout, whose `name` is `{name}`")
    return found[0]()


LAYOUTS: tuple[Layout, ...] = _registered()

__all__ = ["LAYOUTS"]
