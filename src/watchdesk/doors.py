"""What is loaded when somebody first asks for it: the names that a room offers (PEP 562), and dear things.

A room's `__init__` imports them for the type checker, and for import-linter, under `TYPE_CHECKING`; at run
time `on_demand` finds them. So whoever imports one name from a room does not load the rest of it.
"""

import sys
from collections.abc import Callable, Mapping
from functools import wraps
from importlib import import_module
from threading import Lock, RLock
from types import ModuleType
from typing import TypeVar

_K = TypeVar("_K")
_T = TypeVar("_T")


def on_demand(room: str, modules: Mapping[str, str]) -> Callable[[str], object]:
    """The `__getattr__` of the room: `modules` has the names that each module defines, with spaces between.

    A module is named as from the room: `.addresses`, or in full.
    """
    homes = {name: module for module, names in modules.items() for name in names.split()}
    package = sys.modules[room]
    package.__all__ = sorted(homes)  # type: ignore[attr-defined] # modules have any
    package.__class__ = _Room

    def load(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        found = getattr(import_module(homes[name], room), name)
        setattr(package, name, found)
        return found

    return load


def made_once(make: Callable[[], _T]) -> Callable[[], _T]:
    """A function that makes something at its first call, once for all threads, and returns it each time."""
    made: list[_T] = []
    making = Lock()

    @wraps(make)
    def the_one() -> _T:
        with making:
            if not made:
                made.append(make())
            return made[0]

    return the_one


def made_once_each(make: Callable[[_K], _T]) -> Callable[[_K], _T]:
    """As `functools.cache` for one argument, but one is made at a time, and each once for all threads.

    What it makes may ask it for others.
    """
    made: dict[_K, _T] = {}
    making = RLock()

    @wraps(make)
    def the_one(key: _K) -> _T:
        if key in made:
            return made[key]
        with making:
            if key not in made:
                made[key] = make(key)
            return made[key]

    return the_one


class _Room(ModuleType):
    """A package in which a name that it offers stays what it is once the module of that name is loaded."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (isinstance(value, ModuleType) and name in self.__all__):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.__all__})
