"""Where the words of an article stand, as the engine counts: positions, and the same as bits of a number.

Positions are those of `Reading`. As bits, "near" is a shift and an AND, however often the words occur.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from watchdesk.model import Article
from watchdesk.rules.engine.leaves import BREAK
from watchdesk.rules.occurrences import Range
from watchdesk.rules.reading import PARAGRAPH_GAP

Bounds = tuple[int, int, int, int]
"""How far after the first the second may begin: from, to, or else from, to; before it is negative."""


_FEW = 64
"""Positions that are cheaper set one by one."""


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
        self._masks: dict[int, int] = {}
        self._reached: dict[tuple[int, Bounds], int] = {}

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

    def mask(self, leaf: int) -> int:
        """The positions of an atom, or those at which a pair begins, as bits."""
        known = self._masks.get(leaf)
        if known is None:
            pair = self._pairs.get(leaf)
            if pair is None:
                known = _bits(self.where.get(leaf, ()))
            else:
                known = self.mask(pair[0]) & (self.mask(pair[1]) >> 1)
            self._masks[leaf] = known
        return known

    def reach(self, leaf: int, bounds: Bounds) -> int:
        """The positions at which another may begin to stand within `bounds` of the leaf, as bits."""
        known = self._reached.get((leaf, bounds))
        if known is None:
            mask = self.mask(leaf)
            known = _shifted(mask, bounds[0], bounds[1]) | _shifted(mask, bounds[2], bounds[3])
            self._reached[leaf, bounds] = known
        return known

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


def _bits(positions: Sequence[int]) -> int:
    if len(positions) > _FEW:
        octets = bytearray(positions[-1] // 8 + 1)
        for position in positions:
            octets[position >> 3] |= 1 << (position & 7)
        return int.from_bytes(octets, "little")
    found = 0
    for position in positions:
        found |= 1 << position
    return found


def _shifted(mask: int, least: int, most: int) -> int:
    """The bits moved by `least`, `least` + 1 … `most` places; down where these are negative."""
    width = most - least + 1
    if width <= 0:
        return 0
    moved = mask << most if most >= 0 else mask >> -most
    covered = 1
    while covered < width:  # each time twice as many places are covered
        step = min(covered, width - covered)
        moved |= moved >> step
        covered += step
    return moved
