"""Where the words of an article are: the same positions that `Reading` gives, for the words rules ask about.

`WordPositions` answers for a few words or bigrams, `PositionalIndex` for many pairs of them at once.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property
from itertools import pairwise
from typing import Literal, NamedTuple, assert_never

import numpy as np
from numpy.typing import NDArray

from watchdesk.model import Article
from watchdesk.rules.engine.predicates import BREAK, Bigrams
from watchdesk.rules.language.syntax import TextField
from watchdesk.rules.matching.occurrences import Range
from watchdesk.rules.matching.reading import PARAGRAPH_GAP

_POSITION_BITS = 32
_POSITION = (1 << _POSITION_BITS) - 1

_MOST_AT_ONCE = 200_000
"""Lookups at once, so that an article that repeats one word ten thousand times takes time but no memory."""


class Bounds(NamedTuple):
    """Where the second of two predicates may begin, in words after the beginning of the first."""

    least: int
    most: int
    """Negative: before the first."""
    gap_least: int
    gap_most: int
    """It may not begin between these two; there is no such gap where `gap_least` is above `gap_most`."""

    def reversed(self) -> "Bounds":
        """Where the first may begin, in words after the beginning of the second."""
        return Bounds(-self.most, -self.least, -self.gap_most, -self.gap_least)


def any_within(firsts: Sequence[int], seconds: Sequence[int], bounds: Sequence[int]) -> bool:
    """Whether a second is somewhere within its bounds of a first; both in rising order.

    `bounds` has the four of `Bounds`.
    """
    least, most, gap_least, gap_most = bounds
    end = len(seconds)
    for first in firsts:
        number = bisect_left(seconds, first + least)
        if number < end and gap_least <= seconds[number] - first <= gap_most:
            number = bisect_left(seconds, first + gap_most + 1)
        if number < end and seconds[number] - first <= most:
            return True
    return False


class PositionalIndex:
    """The positions of an article's lexemes and bigrams, sorted by predicate and position."""

    ABSENT = -1
    """The rank of a predicate that the article does not have."""

    def __init__(self, predicates: NDArray[np.int32], positions: NDArray[np.int64]) -> None:
        entries = predicates.astype(np.int64) << _POSITION_BITS | positions
        entries.sort()
        found = entries >> _POSITION_BITS
        begins = np.full(len(entries) + 1, len(entries) > 0)
        np.not_equal(found[1:], found[:-1], out=begins[1:-1])
        self._entries = np.append(entries, np.iinfo(np.int64).max)
        self._starts = np.flatnonzero(begins)
        """By rank: where in `_entries` a predicate begins; and the end."""
        self.predicates = found[self._starts[:-1]]
        """Each once, in rising order."""
        self.ranks = np.arange(len(self.predicates), dtype=np.int32)

    @cached_property
    def where(self) -> Mapping[int, Sequence[int]]:
        """Predicate → its positions, in rising order."""
        positions = (self._entries[:-1] & _POSITION).tolist()
        starts = self._starts.tolist()
        predicates = self.predicates.tolist()
        return {
            predicate: positions[start:end]
            for predicate, (start, end) in zip(predicates, pairwise(starts), strict=True)
        }

    def within(
        self, firsts: NDArray[np.int32], seconds: NDArray[np.int32], bounds: NDArray[np.int32]
    ) -> NDArray[np.bool_]:
        """For each pair of predicates: whether the second is somewhere within its bounds of the first.

        `firsts` are ranks in `predicates`, or `ABSENT`; each row of `bounds` has the four of `Bounds`.
        """
        starts = self._starts.take(firsts)
        counts = np.maximum(self._starts.take(firsts + 1) - starts, 0)  # 0 where a predicate is absent
        lookups = int(counts.sum())
        if lookups > _MOST_AT_ONCE and len(firsts) > 1:
            middle = len(firsts) // 2
            parts = (slice(None, middle), slice(middle, None))
            return np.concatenate([self.within(firsts[part], seconds[part], bounds[part]) for part in parts])
        asked = np.arange(len(firsts)).repeat(counts)
        first_lookup = counts.cumsum() - counts
        places = self._entries.take((starts - first_lookup).take(asked) + np.arange(lookups)) & _POSITION
        target = (seconds.astype(np.int64) << _POSITION_BITS).take(asked) + places
        found = np.zeros(len(firsts), np.bool_)
        found[asked.compress(self._any_within(target, bounds.take(asked, 0)))] = True
        return found

    def _any_within(self, target: NDArray[np.int64], bounds: NDArray[np.int32]) -> NDArray[np.bool_]:
        """For each target: whether an entry is within its bounds."""
        least, most, gap_least, gap_most = bounds.T
        entries = self._entries
        offset = entries.take(entries.searchsorted(target + least)) - target
        good: NDArray[np.bool_] = offset <= most
        in_gap = np.flatnonzero(good & (offset >= gap_least) & (offset <= gap_most))
        if len(in_gap):
            after = target[in_gap]
            offset = entries.take(entries.searchsorted(after + gap_most[in_gap] + 1)) - after
            good[in_gap] = offset <= most[in_gap]
        return good


class WordPositions:
    """The positions of one article's words and bigrams, and of its fields."""

    def __init__(
        self,
        article: Article,
        words: NDArray[np.int32],
        secondary: Mapping[int, Sequence[int]],
        bigrams: Bigrams,
    ) -> None:
        """`words`: the primary lexeme of each; `secondary`: any other lexeme → the places of its words."""
        self._article = article
        self._words = words
        self._secondary = secondary
        self._bigram_places, self.bigrams = bigrams.found(words) if bigrams else ((), ())
        """The place of the first word of each bigram, and its predicate."""
        if bigrams and secondary:
            more = list(self._secondary_bigrams(bigrams))
            self._bigram_places = [*self._bigram_places, *(place for place, _ in more)]
            self.bigrams = [*self.bigrams, *(predicate for _, predicate in more)]
        self._sets: dict[int, Set[int]] = {}

    def __len__(self) -> int:
        """The number of words, and of the breaks between blocks."""
        return len(self._words)

    @cached_property
    def index(self) -> PositionalIndex:
        """All lexemes and bigrams, for looking up many at once."""
        places, predicates = [*self._bigram_places], [*self.bigrams]
        for lexeme, its_places in self._secondary.items():
            places += its_places
            predicates += [lexeme] * len(its_places)
        words, positions = self._words, self._positions
        if places:
            words = np.concatenate((words, np.array(predicates, np.int32)))
            positions = np.concatenate((positions, positions[places]))
        return PositionalIndex(words, positions)

    @cached_property
    def where(self) -> Mapping[int, Sequence[int]]:
        """Lexeme or bigram → its positions, in rising order."""
        return self.index.where

    def where_few(self, predicates: Set[int], size: int) -> Mapping[int, Sequence[int]]:
        """The same for a few lexemes and bigrams, if they are there, without an index of all.

        `size` is more than any number of a predicate.
        """
        wanted = np.zeros(size, np.bool_)
        wanted[list(predicates)] = True
        chosen = wanted.take(self._words).nonzero()[0]
        found: defaultdict[int, list[int]] = defaultdict(list)
        for place, lexeme in zip(chosen.tolist(), self._words.take(chosen).tolist(), strict=True):
            found[lexeme].append(place)
        for place, bigram in zip(self._bigram_places, self.bigrams, strict=True):
            if bigram in predicates:
                found[bigram].append(place)
        for lexeme in predicates & self._secondary.keys():
            found[lexeme] += self._secondary[lexeme]
        breaks, gap = self._breaks, PARAGRAPH_GAP - 1
        for places in found.values():
            places.sort()
            places[:] = [place + gap * bisect_right(breaks, place) for place in places]
        return found

    def position_set(self, lexeme: int) -> Set[int]:
        """The positions of a lexeme, for testing membership."""
        known = self._sets.get(lexeme)
        if known is None:
            known = self._sets[lexeme] = frozenset(self.where.get(lexeme, ()))
        return known

    @cached_property
    def _positions(self) -> NDArray[np.int64]:
        """Place among all words → position."""
        gaps: NDArray[np.int64] = np.cumsum(self._words == BREAK) * (PARAGRAPH_GAP - 1)
        return gaps + np.arange(len(gaps))

    def _secondary_bigrams(self, bigrams: Bigrams) -> Iterator[tuple[int, int]]:
        """Place and predicate of the bigrams that have a secondary lexeme of one of their words."""
        words = self._words.tolist()
        by_place: dict[int, list[int]] = {}
        for lexeme, places in self._secondary.items():
            for place in places:
                by_place.setdefault(place, []).append(lexeme)
        for place in sorted({*by_place, *(place - 1 for place in by_place if place)}):
            if place + 1 < len(words):
                lefts = by_place.get(place, ())
                rights = by_place.get(place + 1, ())
                possible = [(left, right) for left in (words[place], *lefts) for right in rights]
                possible += [(left, words[place + 1]) for left in lefts]
                for left, right in possible:
                    predicate = bigrams.get(left, right)
                    if predicate is not None:
                        yield place, predicate

    @cached_property
    def _breaks(self) -> Sequence[int]:
        """The places among all words that stand between two blocks."""
        found: list[int] = (self._words == BREAK).nonzero()[0].tolist()
        return found

    @cached_property
    def blocks(self) -> Sequence[tuple[int, int]]:
        """For each block: the place of its first word among all words, and the one after its last."""
        ends = self._breaks
        starts = [0, *(end + 1 for end in ends)]
        return list(zip(starts, [*ends, len(self._words)], strict=True))

    def ranges(self, field: TextField) -> tuple[Range, ...]:
        """First and last positions of title, lead, heading or body."""
        if field == "title":
            return (self._range(0),)
        if field == "body":
            return ((self._range(0)[1] + 1, self._range(len(self.blocks) - 1)[1]),)
        return tuple([self._range(number) for number in self._blocks_of(field)])

    def slices(self, field: TextField) -> Sequence[tuple[int, int]]:
        """The same as places among all words: the first, and the one after the last."""
        if field == "title":
            return self.blocks[:1]
        if field == "body":
            return [(self.blocks[0][1], len(self._words))]
        return [self.blocks[number] for number in self._blocks_of(field)]

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

    def _blocks_of(self, field: Literal["lead", "heading"]) -> Sequence[int]:
        """The numbers of the blocks that the field consists of, as far as the article is read."""
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
        match field:
            case "lead":
                chosen = lead
            case "heading":
                chosen = headings
            case _:
                assert_never(field)
        read = len(self.blocks)  # only the beginning of a long article is read
        return [number for number in chosen if number < read]


def _nth(number: int, blocks: Sequence[Range]) -> int:
    """The position of the word with this number, from 0, of all that the blocks hold."""
    for first, last in blocks:
        if number <= last - first:
            return first + number
        number -= last - first + 1
    raise IndexError
