"""An article as the engine sees it: the leaves that are true, and the answers of tests."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from watchdesk.model import Article
from watchdesk.rules.engine.positions import Whereabouts
from watchdesk.rules.engine.predicates import UNKNOWN, Leaves
from watchdesk.rules.engine.vocabulary import Vocabulary
from watchdesk.rules.matching.limits import blocks
from watchdesk.rules.matching.patterns import folded
from watchdesk.rules.matching.reading import Reading
from watchdesk.rules.text.folding import plain

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
        self._vocabulary = vocabulary
        self._words = words = vocabulary.read(article)
        atoms = vocabulary.atoms(words)
        self._flags = flags = np.zeros(leaves.size, np.bool_)
        flags[words] = True
        flags[UNKNOWN] = True
        self._compound_places = (words != atoms).nonzero()[0]
        self._compounds = words[self._compound_places]
        odd: Set[int] = set()
        if len(self._compounds):
            flags[vocabulary.spread(self._compounds)] = True
            odd = leaves.positional(vocabulary.extras(flags))
        self.whereabouts = Whereabouts(article, atoms, self._also(odd), leaves.pairs)
        found = [*self.whereabouts.pairs, *self._facts(leaves.facts)]
        for field, asked in leaves.fields.items():
            found += map(asked.__getitem__, asked.keys() & self._in_field(field))
        self._flags = flags = self.flags(leaves.size)
        flags[found] = True
        self.leaves: Sequence[int] = flags.nonzero()[0].tolist()
        """Those that are true, each once."""

    def flags(self, size: int) -> NDArray[np.bool_]:
        """By leaf, for `size` of them: whether it is true. Leaves newer than the glance are not."""
        known = self._flags
        return known if size <= len(known) else np.append(known, np.zeros(size - len(known), np.bool_))

    @cached_property
    def true(self) -> Set[int]:
        """The leaves that are true."""
        return set(self.leaves)

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

    def _also(self, odd: Set[int]) -> Mapping[int, Sequence[int]]:
        """Of atoms that a word answers beside its first one: the places of such words among all."""
        found: dict[int, list[int]] = {}
        if odd:
            compounds = self._vocabulary.compounds
            numbers = self._compounds.tolist()
            asked = {number: odd & {*compounds[number]} for number in set(numbers)}
            for place, number in zip(self._compound_places.tolist(), numbers, strict=True):
                for atom in asked[number]:
                    found.setdefault(atom, []).append(place)
        return found

    def _in_field(self, field: str) -> set[int]:
        """The atoms in title, lead, heading or body."""
        here: set[int] = set()
        for start, end in self.whereabouts.stretches(field):
            here.update(self._words[start:end].tolist())
        compounds = self._vocabulary.compounds
        for number in compounds.keys() & here:
            here.update(compounds[number])
        return here

    def _facts(self, asked: Mapping[tuple[str, str], int]) -> Iterator[int]:
        """The leaves of the article's data."""
        if not asked:
            return
        article = self.article
        facts = [("source", article.source_id), *(("tag", tag) for tag in article.source_tags)]
        if article.language:
            facts.append(("lang", article.language))
        for field, value in facts:
            number = asked.get((field, plain(value)))
            if number is not None:
                yield number
