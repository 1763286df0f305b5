"""An article as the engine sees it: the predicates that are true for it, found once for all rules.

`residual` answers the residual predicates; a view remembers what it answered.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from watchdesk.model import Article
from watchdesk.rules.engine.positions import WordPositions
from watchdesk.rules.engine.predicates import UNKNOWN, Predicates
from watchdesk.rules.engine.vocabulary import Vocabulary
from watchdesk.rules.language.syntax import Leaf, Part, TextField, Words
from watchdesk.rules.matching.limits import Work, blocks
from watchdesk.rules.matching.occurrences import Hit, Range, in_order
from watchdesk.rules.matching.patterns import folded
from watchdesk.rules.matching.reading import Reading
from watchdesk.rules.text.folding import plain

ResidualPredicate = Callable[["View"], bool]
"""Asks of an article what its true predicates do not say."""


class View:
    """One article and what is true for it."""

    def __init__(self, article: Article, predicates: Predicates, vocabulary: Vocabulary) -> None:
        self.article = article
        self.cut_short = False
        """Whether a residual predicate used up its work, so that it looked at a part of the article only."""
        self._answers: dict[int, bool] = {}
        self._cut_answers: set[int] = set()
        self._predicates = predicates
        self._vocabulary = vocabulary
        self._words = words = vocabulary.read(article)
        lexemes = vocabulary.lexemes(words)
        self._flags = flags = np.zeros(predicates.size, np.bool_)
        flags[words] = True
        flags[UNKNOWN] = True
        self._set_places = (words != lexemes).nonzero()[0]
        self._set_numbers = words[self._set_places]
        if len(self._set_numbers):
            flags[vocabulary.members(self._set_numbers)] = True
        self.positions = WordPositions(article, lexemes, self._secondary_places(), predicates.bigrams)
        found = [*self.positions.bigrams, *self._facts(predicates.facts)]
        for field, asked in predicates.fields.items():
            found += map(asked.__getitem__, asked.keys() & self._in_field(field))
        self._flags = flags = self.flags(predicates.size)
        flags[found] = True
        self.predicates: Sequence[int] = flags.nonzero()[0].tolist()
        """The true ones, in rising order."""

    def flags(self, size: int) -> NDArray[np.bool_]:
        """By number, for `size` predicates: whether each is true. Those newer than the view are not."""
        known = self._flags
        return known if size <= len(known) else np.append(known, np.zeros(size - len(known), np.bool_))

    @cached_property
    def true(self) -> Set[int]:
        """The true ones, for testing membership."""
        return set(self.predicates)

    def answer(self, number: int, residual: ResidualPredicate) -> bool:
        """The answer of the residual predicate with this number; asks it only once."""
        known = self._answers.get(number)
        if known is None:
            before, self.cut_short = self.cut_short, False
            known = self._answers[number] = residual(self)
            if self.cut_short:
                self._cut_answers.add(number)
            self.cut_short |= before
        elif number in self._cut_answers:
            self.cut_short = True
        return known

    @cached_property
    def reading(self) -> Reading:
        """The whole reading, for residual predicates that need characters or sentences."""
        return Reading(self.article)

    @cached_property
    def folded(self) -> str:
        """The folded text of title, headings and paragraphs, to be searched for required literals."""
        return "\n".join(folded(text) for _, text in blocks(self.article))

    def _secondary_places(self) -> Mapping[int, Sequence[int]]:
        """Each lexeme that is not the primary one of its words, if rules need positions → their places."""
        found: dict[int, list[int]] = {}
        lexeme_sets, positional = self._vocabulary.lexeme_sets, self._predicates.positional
        numbers = self._set_numbers.tolist()
        asked = {number: positional(lexeme_sets[number][1:]) for number in set(numbers)}
        if any(asked.values()):
            for place, number in zip(self._set_places.tolist(), numbers, strict=True):
                for lexeme in asked[number]:
                    found.setdefault(lexeme, []).append(place)
        return found

    def _in_field(self, field: TextField) -> set[int]:
        """The lexemes in title, lead, heading or body."""
        here: set[int] = set()
        for start, end in self.positions.slices(field):
            here.update(self._words[start:end].tolist())
        lexeme_sets = self._vocabulary.lexeme_sets
        for number in lexeme_sets.keys() & here:
            here.update(lexeme_sets[number])
        return here

    def _facts(self, asked: Mapping[tuple[str, str], int]) -> Iterator[int]:
        """The predicates of the article's data."""
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


class PositionReading:
    """A view as `evaluate` reads it: by positions alone, without characters.

    Only what needs sentences or characters makes the whole reading.
    """

    def __init__(self, view: View, predicates: Predicates) -> None:
        self._view = view
        self._predicates = predicates
        self._work = Work()

    @property
    def article(self) -> Article:
        """The article itself."""
        return self._view.article

    @property
    def work(self) -> Work:
        """The work that the rule has left."""
        return self._work

    @property
    def whole(self) -> Reading:
        """The whole reading."""
        return self._view.reading

    def phrase(self, parts: tuple[Part, ...]) -> Sequence[Range]:
        """Where the words of a phrase stand in order."""
        where, lexeme = self._view.positions.where, self._predicates.lexeme
        found: list[tuple[Sequence[int], int]] = []
        for part in parts:
            places = where.get(lexeme(part))
            if not places:
                return ()
            found.append((places, part.offset))
        return in_order(found)

    def listed(self, entries: tuple[Words, ...]) -> Sequence[Range]:
        """Where the entries of a list stand, in order."""
        return sorted({found for entry in entries for found in self.phrase(entry.parts)})

    def hit(self, leaf: Leaf, found: Range) -> Hit:
        """A leaf found at a range, without its characters."""
        return Hit(*found, "", -1, -1, "", leaf)

    def ranges(self, field: TextField) -> tuple[Range, ...]:
        """Where a text field is."""
        return self._view.positions.ranges(field)

    def words_of_body(self, chosen: slice) -> tuple[Range, ...]:
        """Where the chosen words of the body are, such as the first ten: `slice(10)`."""
        return self._view.positions.words_of_body(chosen)

    def sentence_of(self, position: int) -> int:
        """The number of the sentence at a position."""
        return self.whole.sentence_of(position)

    def block_of(self, position: int) -> int:
        """The number of the block at a position."""
        return self._view.positions.block_of(position)
