"""Where the words of an article stand: the positions that `Reading` has, of all that rules ask for."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from watchdesk.model import Article
from watchdesk.rules.engine.bigrams import Pairs
from watchdesk.rules.engine.positional_index import Standing
from watchdesk.rules.engine.predicates import BREAK
from watchdesk.rules.matching.occurrences import Range
from watchdesk.rules.matching.reading import PARAGRAPH_GAP


class Whereabouts:
    """Positions of one article's words, and of pairs of them."""

    def __init__(
        self, article: Article, words: NDArray[np.int32], also: Mapping[int, Sequence[int]], pairs: Pairs
    ) -> None:
        """`words` are atoms; `also`: atom → places whose words answer it too; `pairs`: those asked for."""
        self._article = article
        self._words = words
        self._also = also
        self._pair_places, self.pairs = pairs.found(words) if pairs else ((), ())
        """Where among all words a pair begins, and the leaf of each."""
        if pairs and also:
            odd = list(self._odd_pairs(pairs))
            self._pair_places = [*self._pair_places, *(place for place, _ in odd)]
            self.pairs = [*self.pairs, *(leaf for _, leaf in odd)]
        self._sets: dict[int, Set[int]] = {}

    @cached_property
    def standing(self) -> Standing:
        """Where atoms and pairs stand, for looking up many at once."""
        places, leaves = [*self._pair_places], [*self.pairs]
        for atom, odd in self._also.items():
            places += odd
            leaves += [atom] * len(odd)
        words, positions = self._words, self._positions
        if places:
            words = np.concatenate((words, np.array(leaves, np.int32)))
            positions = np.concatenate((positions, positions[places]))
        return Standing(words, positions)

    @cached_property
    def where(self) -> Mapping[int, Sequence[int]]:
        """Atom or pair → its positions, rising."""
        return self.standing.where

    def places(self, atom: int) -> Set[int]:
        """The positions of an atom, for asking whether it stands at one."""
        known = self._sets.get(atom)
        if known is None:
            known = self._sets[atom] = frozenset(self.where.get(atom, ()))
        return known

    @cached_property
    def _positions(self) -> NDArray[np.int64]:
        """By place among all words."""
        gaps: NDArray[np.int64] = np.cumsum(self._words == BREAK) * (PARAGRAPH_GAP - 1)
        return gaps + np.arange(len(gaps))

    def _odd_pairs(self, pairs: Pairs) -> Iterator[tuple[int, int]]:
        """Pairs of which one word answers an atom beside its first one: the place, and the leaf."""
        words = self._words.tolist()
        by_place: dict[int, list[int]] = {}
        for atom, places in self._also.items():
            for place in places:
                by_place.setdefault(place, []).append(atom)
        for place in sorted({*by_place, *(place - 1 for place in by_place if place)}):
            if place + 1 < len(words):
                lefts = by_place.get(place, ())
                rights = by_place.get(place + 1, ())
                asked = [(left, right) for left in (words[place], *lefts) for right in rights]
                asked += [(left, words[place + 1]) for left in lefts]
                for left, right in asked:
                    leaf = pairs.get(left, right)
                    if leaf is not None:
                        yield place, leaf

    @cached_property
    def blocks(self) -> Sequence[tuple[int, int]]:
        """Of each block: the place of its first word among all, and the one after its last."""
        ends = np.flatnonzero(self._words == BREAK).tolist()
        starts = [0, *(end + 1 for end in ends)]
        return list(zip(starts, [*ends, len(self._words)], strict=True))

    def ranges(self, field: str) -> tuple[Range, ...]:
        """First and last positions of title, lead, heading or body."""
        if field == "title":
            return (self._range(0),)
        if field == "body":
            return ((self._range(0)[1] + 1, self._range(len(self.blocks) - 1)[1]),)
        return tuple([self._range(number) for number in self._chosen(field)])

    def stretches(self, field: str) -> Sequence[tuple[int, int]]:
        """The same as places among all words: the first, and the one after the last."""
        if field == "title":
            return self.blocks[:1]
        if field == "body":
            return [(self.blocks[0][1], len(self._words))]
        return [self.blocks[number] for number in self._chosen(field)]

    def words_of_body(self, chosen: slice) -> tuple[Range, ...]:
        """First and last position of the chosen words of the body, such as the first ten: `slice(10)`."""
        blocks = [self._range(number) for number in range(1, len(self.blocks))]
        start, stop, _ = chosen.indices(sum(last - first + 1 for first, last in blocks))
        return ((_nth(start, blocks), _nth(stop - 1, blocks)),) if start < stop else ()

    def block_of(self, position: int) -> int:
        """The number of the block that holds a position."""
        return bisect_left(range(len(self.blocks)), position, key=lambda block: self._range(block)[1])

    def _range(self, block: int) -> Range:
        start, end = self.blocks[block]
        before = block * (PARAGRAPH_GAP - 1)
        return start + before, end - 1 + before

    def _chosen(self, field: str) -> Sequence[int]:
        """The numbers of the blocks that are the lead, or headings."""
        headings: list[int] = []
        lead: list[int] = []
        number = 1
        for section in self._article.sections:
            if section.heading:
                headings.append(number)
                number += 1
            if section.paragraphs and not lead:
                lead.append(number)
            number += len(section.paragraphs)
        read = len(self.blocks)  # a long article is read in part
        return [number for number in (lead if field == "lead" else headings) if number < read]


def _nth(number: int, blocks: Sequence[Range]) -> int:
    """The position of the word with this number, from 0, of all that the blocks hold."""
    for first, last in blocks:
        if number <= last - first:
            return first + number
        number -= last - first + 1
    raise IndexError
