"""Where the words of an article stand: the positions that `Reading` has, and what stands around a word."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from functools import cached_property
from typing import NamedTuple

from watchdesk.model import Article
from watchdesk.rules.engine.leaves import BREAK, UNKNOWN
from watchdesk.rules.occurrences import Range
from watchdesk.rules.reading import PARAGRAPH_GAP


class Bounds(NamedTuple):
    """Where the second of two leaves may begin, in words after the beginning of the first."""

    after_least: int
    after_most: int
    before_least: int
    before_most: int
    """Negative: before it. An empty range where least is above most."""
    words: int
    """How many words the second leaf is."""


_FEW = 2
"""Second leaves that are cheaper asked one by one."""

_MOST_LOOKED_AT = 20_000
"""Words around a leaf that are looked at; where there are more, each second leaf is asked by itself."""

_GAP = [UNKNOWN] * PARAGRAPH_GAP


class Whereabouts:
    """Positions of one article's words."""

    def __init__(
        self,
        article: Article,
        words: Sequence[int],
        also: Mapping[int, Sequence[int]],
        pairs: Mapping[int, tuple[int, int]],
    ) -> None:
        """`words` are atoms; `also`: atom → places whose words answer it too; `pairs`: pair → its atoms."""
        self._article = article
        self._words = words
        self._also = also
        self._pairs = pairs
        self._places: dict[int, Set[int]] = {}

    @cached_property
    def where(self) -> Mapping[int, Sequence[int]]:
        """Atom → its positions, rising."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for block, (start, end) in enumerate(self.blocks):
            for position, word in enumerate(self._words[start:end], self._range(block)[0]):
                found[word].append(position)
        for atom, places in self._also.items():
            positions = [self._position(place) for place in places]
            found[atom] = sorted({*found.get(atom, ()), *positions})
        return found

    def near(self, leaf: int, bounds: Bounds, seconds: Set[int]) -> Set[int]:
        """Those of `seconds`, all true and of one length, that stand within `bounds` of a leaf."""
        after_least, after_most, before_least, before_most, words = bounds
        starts = self._starts(leaf)
        width = after_most - after_least + before_most - before_least + 2
        if words > 1 or len(seconds) <= _FEW or len(starts) * width > _MOST_LOOKED_AT:
            return {second for second in seconds if self._stands(starts, second, bounds)}
        spaced = self._spaced
        around: set[int] = set()
        for start in starts:
            around.update(spaced[start + after_least : start + after_most + 1])
            if start + before_most >= 0:
                around.update(spaced[max(start + before_least, 0) : start + before_most + 1])
        found = seconds & around
        if self._also:
            odd = seconds & self._also.keys()
            found |= {second for second in odd if self._stands(starts, second, bounds)}
        return found

    def _stands(self, starts: Sequence[int], second: int, bounds: Bounds) -> bool:
        """Whether the second begins within `bounds` of one of the positions."""
        others = self._starts(second)
        after_least, after_most, before_least, before_most, _ = bounds
        if len(starts) == 1 and len(others) == 1:
            offset = others[0] - starts[0]
            return after_least <= offset <= after_most or before_least <= offset <= before_most
        for start in starts:
            following = bisect_left(others, start + before_least)
            while following < len(others) and others[following] <= start + after_most:
                offset = others[following] - start
                if offset >= after_least or offset <= before_most:
                    return True
                following += 1
        return False

    def places(self, atom: int) -> Set[int]:
        """The positions of an atom, for asking whether it stands at one."""
        known = self._places.get(atom)
        if known is None:
            known = self._places[atom] = frozenset(self.where.get(atom, ()))
        return known

    def _starts(self, leaf: int) -> Sequence[int]:
        """Positions, rising, at which an atom or a pair begins."""
        pair = self._pairs.get(leaf)
        if pair is None:
            return self.where.get(leaf, ())
        after = self.places(pair[1])
        return [position for position in self.where.get(pair[0], ()) if position + 1 in after]

    @cached_property
    def _spaced(self) -> Sequence[int]:
        """The atoms by position."""
        spaced: list[int] = []
        for start, end in self.blocks:
            spaced += self._words[start:end]
            spaced += _GAP
        return spaced

    @cached_property
    def blocks(self) -> Sequence[tuple[int, int]]:
        """Of each block: the place of its first word among all, and the one after its last."""
        found: list[tuple[int, int]] = []
        start = 0
        for _ in range(self._words.count(BREAK)):
            end = self._words.index(BREAK, start)
            found.append((start, end))
            start = end + 1
        return [*found, (start, len(self._words))]

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

    def first_words(self, count: int) -> tuple[Range, ...]:
        """First and last position of the first `count` words of the body."""
        first, last = None, 0
        for number in range(1, len(self.blocks)):
            start, end = self._range(number)
            if start <= end and count > 0:
                first = start if first is None else first
                last = min(end, start + count - 1)
                count -= end - start + 1
        return () if first is None else ((first, last),)

    def block_of(self, position: int) -> int:
        """The number of the block that holds a position."""
        return bisect_left(range(len(self.blocks)), position, key=lambda block: self._range(block)[1])

    def _position(self, place: int) -> int:
        """The position of the word at a place among all words."""
        block = bisect_left(range(len(self.blocks)), place, key=lambda number: self.blocks[number][1] - 1)
        return place + block * (PARAGRAPH_GAP - 1)

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
