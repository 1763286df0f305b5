"""Jinja2 as digests use it: our own templates, and a sandbox for those that the desk puts in their place.

A template of the desk can only lay out the values that it is given. `sandbox` stops one that runs too long.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    FunctionLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
)
from markupsafe import Markup, escape

from watchdesk.digests.rendering.columns import wrapped
from watchdesk.digests.rendering.sandbox import Sandbox
from watchdesk.digests.rendering.sanitising import Run
from watchdesk.digests.rendering.text import starred, unmarked
from watchdesk.doors import made_once

BUILT_IN = "watchdesk"
"""The folder under which templates of the desk's find ours."""
_LOOSE = re.compile(r"(?<=\d) (?=[^\W\d])|(?<=\w) (?=\d\d:\d\d)")


@made_once
def our_environment() -> Environment:
    """For the templates that come with watchdesk."""
    environment = Environment(loader=PrefixLoader({BUILT_IN: _ours()}), autoescape=True, **_MANNERS)
    environment.filters.update(_FILTERS)
    return environment


def sandbox_of(files: Mapping[str, str]) -> Sandbox:
    """For templates of the desk's, which may extend and include ours as `watchdesk/NAME`."""

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        return (files[name], name, lambda: True) if name in files else None

    loader = ChoiceLoader([FunctionLoader(load), PrefixLoader({BUILT_IN: _ours()})])
    return Sandbox(loader, _FILTERS, **_MANNERS)


def _ours() -> PackageLoader:
    return PackageLoader("watchdesk.digests.rendering")


_MANNERS: dict[str, Any] = {
    "undefined": StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
}


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


_FILTERS: Mapping[str, Callable[..., Any]] = {
    "marked": _marked,
    "unmarked": unmarked,
    "starred": starred,
    "wrapped": _wrapped,
    "tied": _tied,
}
