"""Jinja2 as digests use it: our own templates, and a sandbox for those that the desk puts in their place.

A template of the desk's may do nothing but say what it is given: it changes nothing, calls nothing of
Python's inside, and is stopped when it does not come to an end.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FunctionLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    select_autoescape,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from watchdesk.digests.rendering.columns import wrapped
from watchdesk.digests.rendering.quoted import Run
from watchdesk.digests.rendering.text import starred, unmarked

BUILT_IN = "watchdesk"
"""The folder under which templates of the desk's find ours."""
MOST_STEPS = 2_000_000
"""A digest of 500 stories takes some 30,000."""
_LONGEST_PRODUCT = 100_000
_LOOSE = re.compile(r"(?<=\d) (?=[^\W\d])|(?<=\w) (?=\d\d:\d\d)")


class Endless(Exception):
    """A template takes more steps than any digest needs."""


class Sandbox(ImmutableSandboxedEnvironment):
    """Counts what a template does, and stops it when it would never be done."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, loader: BaseLoader) -> None:
        escaping = select_autoescape(("html.j2",), ("txt.j2",), default=True, default_for_string=True)
        super().__init__(loader=loader, autoescape=escaping, **_MANNERS)
        self._steps = 0
        _furnish(self)
        self.globals["range"] = self._range
        del self.globals["lipsum"], self.filters["random"]

    def begin(self) -> None:
        """Counts anew."""
        self._steps = 0

    def step(self, steps: int = 1) -> None:
        """Counts. Raises `Endless`."""
        self._steps += steps
        if self._steps > MOST_STEPS:
            raise Endless(f"it does not come to an end (more than {MOST_STEPS:,} steps)")

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Any reading of a field is a step."""
        self.step()
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """As is any look into a list."""
        self.step()
        return super().getitem(obj, argument)

    def call(self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """And any call."""
        self.step()
        return super().call(__context, __obj, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """What multiplies must stay small: one such sum could fill the memory."""
        self.step()
        if operator == "%" and not isinstance(left, int | float):
            raise Endless("'%' formats text here; use '~' to join texts")
        if operator != "%":
            for side in (left, right):
                size = abs(side) if isinstance(side, int | float) else len(side)
                if size > (_LONGEST_PRODUCT if operator == "*" else 64):
                    raise Endless(f"'{operator}' makes too much of it")
        return super().call_binop(context, operator, left, right)

    def _range(self, *bounds: int) -> range:
        counted = range(*bounds)
        self.step(len(counted))
        return counted


@cache
def our_environment() -> Environment:
    """For the templates that come with watchdesk."""
    environment = Environment(loader=PrefixLoader({BUILT_IN: _ours()}), autoescape=True, **_MANNERS)
    _furnish(environment)
    return environment


def sandbox_of(files: Mapping[str, str]) -> Sandbox:
    """For templates of the desk's, which may extend and include ours as `watchdesk/NAME`."""

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        return (files[name], name, lambda: True) if name in files else None

    return Sandbox(ChoiceLoader([FunctionLoader(load), PrefixLoader({BUILT_IN: _ours()})]))


def _ours() -> PackageLoader:
    return PackageLoader("watchdesk.digests.rendering")


_MANNERS: dict[str, Any] = {
    "undefined": StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
}


def _furnish(environment: Environment) -> None:
    environment.filters["marked"] = _marked
    environment.filters["unmarked"] = unmarked
    environment.filters["starred"] = starred
    environment.filters["wrapped"] = _wrapped
    environment.filters["tied"] = _tied


def _marked(runs: Iterable[Run]) -> Markup:
    """Marked stretches within escaped text."""
    return Markup("").join(
        Markup("<mark>{}</mark>").format(run.text) if run.marked else escape(run.text) for run in runs
    )


def _tied(text: str) -> str:
    """A number stays with its noun, and a time with its day, where a line ends between them."""
    return _LOOSE.sub("\u00a0", text)


def _wrapped(text: str, indent: str = "", first: str | None = None) -> str:
    """Lines of 72 columns."""
    return "\n".join(wrapped(text, indent, first))
