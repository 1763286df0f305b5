"""An article as the engine sees it: the leaves that are true, and positions once a test asks for them."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise

from watchdesk.model import Article
from watchdesk.rules.engine.leaves import BREAK, UNKNOWN, Leaves
from watchdesk.rules.engine.vocabulary import Vocabulary
from watchdesk.rules.folding import plain
from watchdesk.rules.limits import blocks
from watchdesk.rules.occurrences import Range
from watchdesk.rules.patterns import folded
from watchdesk.rules.reading import PARAGRAPH_GAP, Reading

Test = Callable[["Glance"], bool]
"""A question about an article that takes more than its leaves."""

_NOWHERE: Sequence[int] = ()


class Glance:
    """One article, read for the engine."""

    def __init__(self, article: Article, leaves: Leaves, vocabulary: Vocabulary) -> None:
        self.article = article
        self.numbers = numbers = vocabulary.read(article)
        self.true = true = set(numbers)
        compounds = vocabulary.compounds
        self._compounds = {number: compounds[number] for number in compounds.keys() & true}
        self._answers: dict[int, bool] = {}
        self._cut_answers: set[int] = set()
        self.cut_short = False
        """Whether a test asked for too much work, and only a part was looked at."""
        true.add(UNKNOWN)
        pairs = leaves.pairs
        true.update(map(pairs.__getitem__, pairs.keys() & pairwise(numbers)))
        if self._compounds:
            true.update(*self._compounds.values())
            true.update(map(pairs.__getitem__, pairs.keys() & self._pairs_of_compounds()))
        for field, asked in leaves.fields.items():
            true.update(map(asked.__getitem__, asked.keys() & self._in_field(field)))
        if leaves.facts:
            self._see_facts(leaves.facts)

    def ask(self, number: int, test: Test) -> bool:
        """The answer of the test with this number, worked out once."""
        known = self._answers.get(number)
        if known is None:
            before, self.cut_short = self.cut_short, False
            known = self._answers[number] = test(self)
            if self.cut_short:
                self._cut_answers.add(number)
            self.cut_short |= before
        elif number in self._cut_answers:
            self.cut_short = True
        return known

    @cached_property
    def where(self) -> Mapping[int, Sequence[int]]:
        """Atom → its positions, rising; as `Reading` counts them."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for block, (start, end) in enumerate(self._blocks):
            for position, number in enumerate(self.numbers[start:end], self._range(block)[0]):
                found[number].append(position)
        changed = {atom for number, atoms in self._compounds.items() for atom in atoms if number in found}
        for number, atoms in self._compounds.items():
            for atom in atoms:
                found[atom] = [*found.get(atom, ()), *found[number]]
        for atom in changed:
            found[atom].sort()
        return found

    def places(self, atom: int) -> Sequence[int]:
        """Positions of an atom."""
        return self.where.get(atom, _NOWHERE)

    @cached_property
    def reading(self) -> Reading:
        """The whole reading, for tests that need characters or sentences."""
        return Reading(self.article)

    @cached_property
    def folded(self) -> str:
        """The folded text of title, headings and paragraphs, for a first look of regular expressions."""
        return "\n".join(folded(text) for _, text in blocks(self.article))

    def ranges(self, field: str) -> tuple[Range, ...]:
        """First and last positions of title, lead, heading or body."""
        blocks = [self._range(number) for number in range(len(self._blocks))]
        if field == "title":
            return (blocks[0],)
        if field == "body":
            return ((blocks[0][1] + 1, blocks[-1][1]),)
        return tuple(blocks[number] for number in self._chosen(field))

    def first_words(self, count: int) -> tuple[Range, ...]:
        """First and last position of the first `count` words of the body."""
        first, last = None, 0
        for number in range(1, len(self._blocks)):
            start, end = self._range(number)
            if start <= end and count > 0:
                first = start if first is None else first
                last = min(end, start + count - 1)
                count -= end - start + 1
        return () if first is None else ((first, last),)

    def block_of(self, position: int) -> int:
        """The number of the block that holds a position."""
        return bisect_left(range(len(self._blocks)), position, key=lambda block: self._range(block)[1])

    def _range(self, block: int) -> Range:
        start, end = self._blocks[block]
        before = block * (PARAGRAPH_GAP - 1)
        return start + before, end - 1 + before

    def _pairs_of_compounds(self) -> set[tuple[int, int]]:
        """Pairs of neighbours where one answers several atoms, for each of them."""
        numbers, compounds = self.numbers, self._compounds
        found: set[tuple[int, int]] = set()
        for place in [place for place, number in enumerate(numbers) if number in compounds]:
            here = compounds[numbers[place]]
            if place:
                before = numbers[place - 1]
                found.update((left, atom) for left in compounds.get(before, (before,)) for atom in here)
            if place + 1 < len(numbers):
                after = numbers[place + 1]
                found.update((atom, right) for right in compounds.get(after, (after,)) for atom in here)
        return found

    def _in_field(self, field: str) -> set[int]:
        """The atoms in title, lead, heading or body."""
        here: set[int] = set()
        for start, end in self._stretches(field):
            here.update(self.numbers[start:end])
        for number in self._compounds.keys() & here:
            here.update(self._compounds[number])
        return here

    @cached_property
    def _blocks(self) -> Sequence[tuple[int, int]]:
        """First number of each block, and the one after its last."""
        blocks: list[tuple[int, int]] = []
        start = 0
        for _ in range(self.numbers.count(BREAK)):
            end = self.numbers.index(BREAK, start)
            blocks.append((start, end))
            start = end + 1
        return [*blocks, (start, len(self.numbers))]

    def _stretches(self, field: str) -> Sequence[tuple[int, int]]:
        if field == "title":
            return self._blocks[:1]
        if field == "body":
            return [(self._blocks[0][1], len(self.numbers))]
        return [self._blocks[number] for number in self._chosen(field)]

    def _chosen(self, field: str) -> Sequence[int]:
        """The numbers of the blocks that are the lead, or headings."""
        headings: list[int] = []
        lead: list[int] = []
        number = 1
        for section in self.article.sections:
            if section.heading:
                headings.append(number)
                number += 1
            if section.paragraphs and not lead:
                lead.append(number)
            number += len(section.paragraphs)
        read = len(self._blocks)  # a long article is read in part
        return [number for number in (lead if field == "lead" else headings) if number < read]

    def _see_facts(self, asked: Mapping[tuple[str, str], int]) -> None:
        article = self.article
        facts = [("source", article.source_id), *(("tag", tag) for tag in article.source_tags)]
        if article.language:
            facts.append(("lang", article.language))
        for field, value in facts:
            number = asked.get((field, plain(value)))
            if number is not None:
                self.true.add(number)
