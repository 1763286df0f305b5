"""NEAR and ONEAR between words, phrases and groups of them: by positions alone, without their pairs.

Every other operator is asked by `evaluate`.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from watchdesk.rules.engine.glance import Glance, Test


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
    least = 1 if ordered else -distance
    atoms, other_atoms = left.atoms, right.atoms
    phrases = frozenset(phrase.leaf for side in (left, right) for phrase in side.phrases)

    def test(glance: Glance) -> bool:
        where = glance.where
        for atom in atoms:
            ones = where.get(atom)
            if ones:
                for other in other_atoms:
                    others = where.get(other)
                    if others and _near(ones, others, least, distance):
                        return True
        if glance.true.isdisjoint(phrases):
            return False
        return _near_phrases(left, right, least, distance, glance)

    return test


def phrase_starts(phrase: Phrase, glance: Glance) -> Sequence[int]:
    """Positions at which the words of the phrase stand in their order, rising."""
    if any(atom not in glance.true for atom, _ in phrase.words):
        return ()
    (first, _), *rest = phrase.words
    starts: Sequence[int] = glance.where.get(first, ())
    for atom, offset in rest:
        if not starts:
            return ()
        places = glance.whereabouts.places(atom)
        starts = [start for start in starts if start + offset in places]
    return starts


def _near_phrases(left: Stretches, right: Stretches, least: int, most: int, glance: Glance) -> bool:
    """As `near`, for sides with phrases, which end later than they begin."""
    others = _found(right, glance)
    for starts, ends in _found(left, glance):
        for other_starts, other_ends in others:
            if _reaches(ends, other_starts, most) or (least < 0 and _reaches(other_ends, starts, most)):
                return True
    return False


def _found(side: Stretches, glance: Glance) -> list[tuple[Sequence[int], Sequence[int]]]:
    """Starts, rising, and ends of each word and phrase of a side that is there."""
    where = glance.where
    found: list[tuple[Sequence[int], Sequence[int]]] = [
        (where[atom], where[atom]) for atom in side.atoms if atom in where
    ]
    for phrase in side.phrases:
        if phrase.leaf in glance.true:
            starts = phrase_starts(phrase, glance)
            length = phrase.words[-1][1]
            found.append((starts, [start + length for start in starts]))
    return found


def _near(ones: Sequence[int], others: Sequence[int], least: int, most: int) -> bool:
    """Whether one of `others` is `least` to `most` words after one of `ones`; never the same word."""
    if len(ones) == 1 and len(others) == 1:
        between = others[0] - ones[0]
        return least <= between <= most and between != 0
    return _reaches(ones, others, most) or (least < 0 and _reaches(others, ones, most))


def _reaches(ends: Sequence[int], starts: Sequence[int], distance: int) -> bool:
    """Whether something begins at most `distance` after something else ends; `starts` rise."""
    count = len(starts)
    for end in ends:
        following = bisect_right(starts, end)
        if following < count and starts[following] - end <= distance:
            return True
    return False
