"""Which of many sibling parts may cover each other: found by marks that they must share, not pair by pair.

`covers` decides whether one really covers the other.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain

from watchdesk.rules.language.syntax import Node
from watchdesk.rules.lint.marks import Mark, Marks, Offered, asked


class Siblings:
    """Sibling parts of a query, by number."""

    def __init__(self, nodes: Sequence[Node], offered: Offered) -> None:
        self._offered = [offered.of(node) for node in nodes]
        common = Counter(chain.from_iterable(marks.offered for marks in self._offered))

        def frequency(marks: Sequence[Mark]) -> int:
            return sum(common[mark] for mark in marks)

        self._asked = [tuple(dict.fromkeys(asked(node, frequency))) for node in nodes]

    def covering(self, number: int) -> Iterator[int]:
        """Candidates that may cover this sibling, by number; one may come more than once."""
        marks = self._offered[number]
        for mark in marks.offered:
            found = (self._by_asked if mark in marks.common else self._by_one_of_several).get(mark, ())
            yield from (other for other in found if other != number)

    def covered(self, number: int) -> Iterator[int]:
        """Candidates that this sibling may cover, by number; one may come more than once."""
        own = self._asked[number]
        by_mark = self._by_common if len(own) == 1 else self._by_offered
        return (other for mark in own for other in by_mark.get(mark, ()) if other != number)

    def covering_one_with(self, marks: Marks) -> Sequence[int]:
        """Those that may cover a part with these marks, by number, in order."""
        found = {other for mark in marks.common for other in self._by_asked.get(mark, ())}
        if len(marks.common) < len(marks.offered):
            several = self._by_one_of_several
            smaller, larger = sorted((marks.offered, several), key=len)
            found |= {other for mark in smaller if mark in larger for other in several[mark]}
        return sorted(found)

    @cached_property
    def _by_asked(self) -> Mapping[Mark, Sequence[int]]:
        return _by_mark(self._asked)

    @cached_property
    def _by_one_of_several(self) -> Mapping[Mark, Sequence[int]]:
        return _by_mark(marks if len(marks) > 1 else () for marks in self._asked)

    @cached_property
    def _by_offered(self) -> Mapping[Mark, Sequence[int]]:
        return _by_mark(marks.offered for marks in self._offered)

    @cached_property
    def _by_common(self) -> Mapping[Mark, Sequence[int]]:
        return _by_mark(marks.common for marks in self._offered)


def _by_mark(marks: Iterable[Iterable[Mark]]) -> Mapping[Mark, Sequence[int]]:
    found: defaultdict[Mark, list[int]] = defaultdict(list)
    for number, own in enumerate(marks):
        for mark in own:
            found[mark].append(number)
    return found
