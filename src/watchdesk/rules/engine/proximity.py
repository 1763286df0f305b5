"""NEAR and ONEAR between words, phrases and groups of them: by positions alone, without their pairs.

Every other operator is asked by `evaluate`.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from watchdesk.rules.engine.view import Glance, Test


class Phrase(NamedTuple):
    """Words in their order; `leaf` is one that is true wherever the phrase stands."""

    leaf: int
    words: tuple[tuple[int, int], ...]
    """(atom, offset) of each word."""


class Stretches(NamedTuple):
    """What one side of a NEAR may be."""

    atoms: tuple[int, ...]
    phrases: tuple[Phrase, ...]


def near(left: Stretches, right: Stretches, distance: int, *, ordered: bool) -> Test:
    """Whether something of `left` stands at most `distance` words from something of `right`."""

    def test(glance: Glance) -> bool:
        others = _found(right, glance)
        for starts, ends in _found(left, glance):
            for other_starts, other_ends in others:
                if _reaches(ends, other_starts, distance):
                    return True
                if not ordered and _reaches(other_ends, starts, distance):
                    return True
        return False

    return test


def phrase_starts(phrase: Phrase, glance: Glance) -> Sequence[int]:
    """Positions at which the words of the phrase stand in their order, rising."""
    if any(atom not in glance.true for atom, _ in phrase.words):
        return ()
    (first, _), *rest = phrase.words
    starts: Sequence[int] = glance.whereabouts.where.get(first, ())
    for atom, offset in rest:
        if not starts:
            return ()
        places = glance.whereabouts.places(atom)
        starts = [start for start in starts if start + offset in places]
    return starts


def _found(side: Stretches, glance: Glance) -> list[tuple[Sequence[int], Sequence[int]]]:
    """Starts, rising, and ends of each word and phrase of a side that is there."""
    where = glance.whereabouts.where
    found: list[tuple[Sequence[int], Sequence[int]]] = [
        (where[atom], where[atom]) for atom in side.atoms if atom in where
    ]
    for phrase in side.phrases:
        if phrase.leaf in glance.true:
            starts = phrase_starts(phrase, glance)
            length = phrase.words[-1][1]
            found.append((starts, [start + length for start in starts]))
    return found


def _reaches(ends: Sequence[int], starts: Sequence[int], distance: int) -> bool:
    """Whether something begins at most `distance` after something else ends; `starts` rise."""
    count = len(starts)
    for end in ends:
        following = bisect_right(starts, end)
        if following < count and starts[following] - end <= distance:
            return True
    return False
