"""A condition on the terms of an article, without which a query cannot match it.

`archive.condition` makes one of a query; the index of the archive finds the articles that fulfil it. It says
less than the query: what fulfils it is a candidate, and the query decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

TITLE = "\x01"
"""Begins the terms of the title's words."""

FACT = "\x02"
"""Begins the terms of the article's data."""


class Wanted(StrEnum):
    """Which terms are wanted."""

    FOLDED = "folded"
    """The keys of a word, in each language."""
    STEM = "stem"
    """Its stem, in each language."""
    EXACT = "exact"
    """The term itself."""
    WILDCARD = "wildcard"
    """Terms that an expression matches from the first letter to the last."""
    INFIX = "infix"
    """Terms that contain these letters."""


@dataclass(frozen=True, slots=True)
class Sought:
    """The article has one of the wanted terms."""

    wanted: Wanted
    text: str
    mark: str = ""
    """`TITLE`, `FACT` or, for words anywhere, nothing."""


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of them."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Any of them; none can be fulfilled where there are none."""

    conditions: tuple["Condition", ...]


Condition = Sought | AllOf | AnyOf


def all_of(conditions: Iterable[Condition | None]) -> Condition | None:
    """All of them; None asks nothing."""
    wanted = tuple(dict.fromkeys(found for found in conditions if found is not None))
    return AllOf(wanted) if len(wanted) > 1 else next(iter(wanted), None)


def any_of(conditions: Iterable[Condition | None]) -> Condition | None:
    """Any of them; None as soon as one of them asks nothing."""
    wanted: dict[Condition, None] = {}
    for found in conditions:
        if found is None:
            return None
        wanted[found] = None
    return next(iter(wanted)) if len(wanted) == 1 else AnyOf(tuple(wanted))
