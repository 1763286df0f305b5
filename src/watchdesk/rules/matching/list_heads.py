"""By which words the entries of a list begin, so that an article is asked only for those that it may have.

`reading` looks for them.
"""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import assert_never

from watchdesk.rules.language.syntax import How, Part, Words
from watchdesk.rules.text.folding import keys, stem, stems_only_on_request

Terms = Sequence[tuple[Part, ...]]

OPENING = 2
"""Letters of a wildcard by which it is looked up; it may begin with fewer."""

_MOST_LISTS = 5_000


@dataclass(frozen=True, slots=True)
class Heads:
    """The terms of a list by their first words, as one language folds these."""

    folded: dict[str, list[tuple[Part, ...]]] = field(default_factory=dict)
    stemmed: dict[str, list[tuple[Part, ...]]] = field(default_factory=dict)
    exact: dict[str, list[tuple[Part, ...]]] = field(default_factory=dict)
    wild: dict[str, list[tuple[Part, ...]]] = field(default_factory=dict)
    """Those that begin with a wildcard, by its opening."""


def heads(entries: tuple[Words, ...], language: str | None) -> Heads:
    """The heads of a list, found out once for each list and language."""
    return _heads(_List(entries), language)


def met(terms: Mapping[str, Terms], words: Set[str]) -> set[tuple[Part, ...]]:
    """The terms whose first word, or its opening, is among those of an article."""
    return {term for word in terms.keys() & words for term in terms[word]}


@lru_cache(maxsize=20_000)
def beginning(expression: str) -> str:
    """The letters with which every word begins that a wildcard matches."""
    return re.split(r"[.\\]", expression, maxsplit=1)[0]


class _List:
    """A list as a key. It is compared by identity: hashing all entries takes longer than looking them up."""

    def __init__(self, entries: tuple[Words, ...]) -> None:
        self.entries = entries

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _List) and self.entries is other.entries

    def __hash__(self) -> int:
        return id(self.entries)


@lru_cache(maxsize=_MOST_LISTS)
def _heads(entries: _List, language: str | None) -> Heads:
    found = Heads()
    for words in entries.entries:
        first = words.parts[0]
        match first.how:
            case How.STEM if stems_only_on_request(language):
                found.stemmed.setdefault(stem(first.text, language), []).append(words.parts)
            case How.FOLDED | How.STEM:
                for key in keys(first.text, language):
                    found.folded.setdefault(key, []).append(words.parts)
            case How.EXACT:
                found.exact.setdefault(first.text, []).append(words.parts)
            case How.WILDCARD:
                found.wild.setdefault(beginning(first.text)[:OPENING], []).append(words.parts)
            case _:
                assert_never(first.how)
    return found
