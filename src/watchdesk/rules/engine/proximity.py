"""NEAR and ONEAR between words, phrases and groups of them: by positions alone, without their pairs.

Every other operator is asked by `evaluate`, of the whole reading.
"""

from bisect import bisect_right
from collections.abc import Sequence

from watchdesk.rules.engine.glance import Glance, Test

Stretches = tuple[tuple[int, ...], tuple["Phrase", ...]]
"""What one side of a NEAR may be: atoms, and phrases."""

Phrase = tuple[tuple[int, int], ...]
"""(atom, offset) of each word of a phrase."""


def near(left: Stretches, right: Stretches, distance: int, *, ordered: bool) -> Test:
    """Whether something of `left` stands at most `distance` words from something of `right`."""
    if not left[1] and not right[1] and len(left[0]) == len(right[0]) == 1:
        return _near_words(left[0][0], right[0][0], distance, ordered=ordered)

    def test(glance: Glance) -> bool:
        ones, others = _found(left, glance), _found(right, glance)
        return _follows(ones, others, distance) or (not ordered and _follows(others, ones, distance))

    return test


def phrase_starts(phrase: Phrase, glance: Glance) -> Sequence[int]:
    """Positions at which the words of the phrase stand in their order."""
    (first, _), *rest = phrase
    starts = set(glance.places(first))
    for atom, offset in rest:
        if not starts:
            return ()
        starts &= {place - offset for place in glance.places(atom)}
    return sorted(starts)


def _near_words(one: int, other: int, distance: int, *, ordered: bool) -> Test:
    def test(glance: Glance) -> bool:
        where = glance.where
        ones, others = where.get(one, ()), where.get(other, ())
        if len(ones) == 1 and len(others) == 1:
            between = others[0] - ones[0]
            return 0 < between <= distance or (not ordered and -distance <= between < 0)
        return _reaches(ones, others, distance) or (not ordered and _reaches(others, ones, distance))

    return test


def _found(side: Stretches, glance: Glance) -> tuple[Sequence[int], Sequence[int]]:
    """Starts, rising, and ends of all that stands there of a side."""
    where = glance.where
    starts: list[int] = []
    for atom in glance.true.intersection(side[0]):
        starts += where.get(atom, ())
    ends = list(starts)
    for phrase in side[1]:
        found = phrase_starts(phrase, glance)
        starts += found
        ends += [start + phrase[-1][1] for start in found]
    starts.sort()
    return starts, ends


def _follows(
    ones: tuple[Sequence[int], Sequence[int]], others: tuple[Sequence[int], Sequence[int]], distance: int
) -> bool:
    """Whether something of `others` begins at most `distance` after something of `ones` ends."""
    return _reaches(ones[1], others[0], distance)


def _reaches(ends: Sequence[int], starts: Sequence[int], distance: int) -> bool:
    for end in ends:
        next_start = bisect_right(starts, end)
        if next_start < len(starts) and starts[next_start] - end <= distance:
            return True
    return False
