"""The leaves of a query's tree: words, expressions, lists and facts. What joins them is in `syntax`."""

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

TextField = Literal["title", "lead", "heading", "body"]
"""A part of the article's text."""

FactField = Literal["source", "tag", "author", "url", "lang", "category"]
"""A part of the article's data; `tag` is one of its source's."""

COMPARED_WHOLE: tuple[FactField, ...] = ("source", "tag", "lang")
"""Fields whose values are compared from the first letter to the last."""

At = tuple[int, int]
"""First character of the query, and the one after the last."""


class How(StrEnum):
    """How a word of a query is compared with a word of an article."""

    FOLDED = "folded"
    EXACT = "exact"
    STEM = "stem"
    WILDCARD = "wildcard"


@dataclass(frozen=True, slots=True)
class Part:
    """One word of a term: `offset` positions after the term's first. A wildcard's text is an expression."""

    how: How
    text: str
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """A word, or a phrase of several."""

    parts: tuple[Part, ...]
    written: str
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression (RE2) on the folded text."""

    expression: str
    written: str
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """Any entry of a list."""

    name: str
    entries: tuple[Words, ...]
    written: str
    at: At = dataclasses.field(compare=False)


@dataclass(frozen=True, slots=True)
class Fact:
    """About the article's data."""

    field: FactField
    value: str
    written: str
    at: At = dataclasses.field(compare=False)


Leaf = Words | Pattern | Listed | Fact
