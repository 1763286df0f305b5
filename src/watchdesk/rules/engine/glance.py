"""An article as the engine sees it: the leaves that are true, and the answers of tests."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from watchdesk.model import Article
from watchdesk.rules.engine.leaves import UNKNOWN, Leaves
from watchdesk.rules.engine.vocabulary import Vocabulary
from watchdesk.rules.engine.whereabouts import Whereabouts
from watchdesk.rules.folding import plain
from watchdesk.rules.limits import blocks
from watchdesk.rules.patterns import folded
from watchdesk.rules.reading import Reading

Test = Callable[["Glance"], bool]
"""A question about an article that takes more than its leaves."""


class Glance:
    """One article, read for the engine."""

    def __init__(self, article: Article, leaves: Leaves, vocabulary: Vocabulary) -> None:
        self.article = article
        self.cut_short = False
        """Whether a test asked for too much work, and only a part was looked at."""
        self._answers: dict[int, bool] = {}
        self._cut_answers: set[int] = set()
        self._numbers = words = vocabulary.read(article)
        self.true = true = set(words.tolist())
        compounds = vocabulary.compounds
        self._compounds = {number: compounds[number] for number in compounds.keys() & true}
        true.add(UNKNOWN)
        also: Mapping[int, Sequence[int]] = {}
        if self._compounds:
            true.update(*self._compounds.values())
            words = vocabulary.atoms(words)
            also = self._also(leaves.positional(true & vocabulary.extras))
        self.whereabouts = Whereabouts(article, words, also, leaves.pairs)
        true.update(self.whereabouts.pairs)
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
    def reading(self) -> Reading:
        """The whole reading, for tests that need characters or sentences."""
        return Reading(self.article)

    @cached_property
    def folded(self) -> str:
        """The folded text of title, headings and paragraphs, for a first look of regular expressions."""
        return "\n".join(folded(text) for _, text in blocks(self.article))

    def _also(self, odd: set[int]) -> Mapping[int, Sequence[int]]:
        """Of atoms that a word answers beside its first one: the places of such words among all."""
        found: dict[int, list[int]] = {}
        if odd:
            asked = {number: odd.intersection(atoms) for number, atoms in self._compounds.items()}
            for place, number in enumerate(self._numbers.tolist()):
                for atom in asked.get(number, ()):
                    found.setdefault(atom, []).append(place)
        return found

    def _in_field(self, field: str) -> set[int]:
        """The atoms in title, lead, heading or body."""
        here: set[int] = set()
        for start, end in self.whereabouts.stretches(field):
            here.update(self._numbers[start:end].tolist())
        for number in self._compounds.keys() & here:
            here.update(self._compounds[number])
        return here

    def _see_facts(self, asked: Mapping[tuple[str, str], int]) -> None:
        article = self.article
        facts = [("source", article.source_id), *(("tag", tag) for tag in article.source_tags)]
        if article.language:
            facts.append(("lang", article.language))
        for field, value in facts:
            number = asked.get((field, plain(value)))
            if number is not None:
                self.true.add(number)
