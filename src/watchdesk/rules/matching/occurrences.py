"""Occurrences, and how they relate to each other: near, in order, in one sentence.

Plain functions over positions. `evaluate` finds the occurrences of a query.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from watchdesk.rules.language.syntax import Leaf
from watchdesk.rules.matching.limits import Work

MOST_PAIRS = 5_000
"""Pairs kept at one NEAR or SAME: the first ones, in reading order."""


Range = tuple[int, int]
"""First and last position, inclusive."""


class Hit(NamedTuple):
    """Where a leaf is found: positions `start` to `end`, characters `left` to `right` of the field."""

    start: int
    end: int
    field: str
    left: int
    right: int
    text: str
    """Those characters."""
    leaf: Leaf


class Occurrence(NamedTuple):
    """One way in which a part of the query is found: its hits, and the stretch that they span."""

    start: int
    end: int
    hits: tuple[Hit, ...]


def gap(one: Occurrence, other: Occurrence) -> int | None:
    """Words from one to the other: 1 is next to it, 0 is within its stretch; None when they share a word.

    A phrase may share a word that is found for the other side alone: "NATO budget" is near its own NATO.
    """
    if other.start > one.end:
        return other.start - one.end
    if one.start > other.end:
        return one.start - other.end
    if any(_collide(a, b) for a in one.hits for b in other.hits):
        return None
    return 0


def _collide(one: Hit, other: Hit) -> bool:
    """Whether two hits share a word, and neither holds the whole other and more."""
    if one.start > other.end or other.start > one.end:
        return False
    if (one.start, one.end) == (other.start, other.end):
        return True
    one_holds = one.start <= other.start and other.end <= one.end
    other_holds = other.start <= one.start and one.end <= other.end
    return not (one_holds or other_holds)


def in_order(words: Sequence[tuple[Sequence[int], int]]) -> list[Range]:
    """Where words are found in order. `words`: the positions of each, and its offset in the term."""
    starts: set[int] | None = None
    for positions, offset in sorted(words, key=lambda word: len(word[0])):
        shifted = {position - offset for position in positions}
        starts = shifted if starts is None else starts & shifted
        if not starts:
            return []
    last = words[-1][1]
    return [(start, start + last) for start in sorted(starts or ())]


def near(
    left: Sequence[Occurrence], right: Sequence[Occurrence], distance: int, work: Work, *, ordered: bool
) -> list[Occurrence]:
    """Every left one with every right one at most `distance` words away; `ordered`: after it."""

    def close(one: Occurrence, other: Occurrence) -> bool:
        if ordered:
            return 0 < other.start - one.end <= distance
        between = gap(one, other)
        return between is not None and between <= distance

    return _joined(_candidates(left, right, distance, after=ordered), close, work)


def together(
    left: Sequence[Occurrence], right: Sequence[Occurrence], unit: Callable[[int], int], work: Work
) -> list[Occurrence]:
    """Every left one with every right one in the same unit that shares no word with it."""
    by_unit: dict[int, list[Occurrence]] = {}
    for other in right:
        if unit(other.start) == unit(other.end):
            by_unit.setdefault(unit(other.start), []).append(other)
    pairs = (
        (one, other)
        for one in left
        if unit(one.start) == unit(one.end)
        for other in by_unit.get(unit(one.start), ())
    )
    return _joined(pairs, lambda one, other: gap(one, other) is not None, work)


def apart(
    left: Sequence[Occurrence], right: Sequence[Occurrence], distance: int, work: Work
) -> list[Occurrence]:
    """The left ones without a right one that close. A right one that is the left one does not count."""
    longest = _longest(right)

    def is_reached(one: Occurrence) -> bool:
        for other in _window(right, longest, one, distance):
            if not work.step():
                return False
            if _reaches(one, other, distance):
                return True
        return False

    return [one for one in left if not is_reached(one)]


def separate(
    left: Sequence[Occurrence], right: Sequence[Occurrence], unit: Callable[[int], int], work: Work
) -> list[Occurrence]:
    """The left ones in no unit with a right one. A right one that is the left one does not count."""
    by_unit: dict[int, list[Occurrence]] = {}
    units = ((number, other) for other in right for number in range(unit(other.start), unit(other.end) + 1))
    for number, other in units:
        if not work.step():
            break
        by_unit.setdefault(number, []).append(other)

    def has_company(one: Occurrence) -> bool:
        for number in range(unit(one.start), unit(one.end) + 1):
            for other in by_unit.get(number, ()):
                if not work.step():
                    return False
                if (other.start, other.end) != (one.start, one.end):
                    return True
        return False

    return [one for one in left if not has_company(one)]


def count_disjoint(occurrences: Iterable[Occurrence]) -> int:
    """The number that do not overlap, chosen from the left."""
    count, reached = 0, -1
    for one in sorted(occurrences, key=lambda occurrence: occurrence.end):
        if one.start > reached:
            count, reached = count + 1, one.end
    return count


def nearest(left: Sequence[Occurrence], right: Sequence[Occurrence]) -> tuple[Occurrence, Occurrence] | None:
    """The pair with the smallest gap; None when every one shares a word with every other."""
    sides = [(one, True) for one in left] + [(other, False) for other in right]
    neighbours = (
        (a[0], b[0]) if a[1] else (b[0], a[0])
        for a, b in pairwise(sorted(sides, key=lambda side: side[0][:2]))
        if a[1] != b[1]
    )
    disjoint = ((between, pair) for pair in neighbours if (between := gap(*pair)) is not None)
    return min(disjoint, key=lambda found: found[0], default=(0, None))[1]


def _reaches(one: Occurrence, other: Occurrence, distance: int) -> bool:
    if (one.start, one.end) == (other.start, other.end):
        return False
    return other.start - one.end <= distance and one.start - other.end <= distance


def _candidates(
    left: Sequence[Occurrence], right: Sequence[Occurrence], distance: int, *, after: bool
) -> Iterator[tuple[Occurrence, Occurrence]]:
    """Pairs that may be within `distance`; `after`: only those whose right one begins after the left one."""
    longest = _longest(right)
    for one in left:
        for other in _window(right, longest, one, distance, after=after):
            yield one, other


def _window(
    right: Sequence[Occurrence], longest: int, one: Occurrence, distance: int, *, after: bool = False
) -> Iterator[Occurrence]:
    """Those of `right`, sorted by start, that may be within `distance` of `one`."""
    first = one.end + 1 if after else one.start - distance - longest
    at = bisect_left(right, first, key=lambda occurrence: occurrence.start)
    while at < len(right) and right[at].start <= one.end + distance:
        yield right[at]
        at += 1


def _longest(occurrences: Sequence[Occurrence]) -> int:
    return max((one.end - one.start for one in occurrences), default=0)


def _joined(
    pairs: Iterable[tuple[Occurrence, Occurrence]],
    fits: Callable[[Occurrence, Occurrence], bool],
    work: Work,
) -> list[Occurrence]:
    """The pairs that fit, each as one occurrence, without duplicates, by start."""
    found: dict[tuple[tuple[int, int], ...], Occurrence] = {}
    for one, other in pairs:
        if not work.step():
            break
        if not fits(one, other):
            continue
        hits = one.hits + other.hits
        key = tuple(sorted((hit.start, hit.end) for hit in hits))
        found.setdefault(key, Occurrence(min(one.start, other.start), max(one.end, other.end), hits))
        if len(found) >= MOST_PAIRS:
            work.cut_short = True
            break
    return sorted(found.values(), key=lambda occurrence: (occurrence.start, occurrence.end))
