"""The distinct predicates of all rules, each with a number, so that an article answers each of them once.

A predicate asks for a word as rules compare it (a lexeme), for two adjacent words (a bigram), for a word in a
field, or for a fact of the article's data. Everything else is a residual predicate: see `residual`.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import replace
from threading import Lock
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from watchdesk.rules.language.syntax import FactField, How, Part, TextField
from watchdesk.rules.text.document_frequency import usual_frequency
from watchdesk.rules.text.folding import fold, plain, stem, stems_only_on_request

UNKNOWN = 0
"""The number of a word that no rule asks for. As a predicate it is always true."""

BREAK = 1
"""The number that stands between two blocks."""

NEVER = 2
"""A predicate that is never true."""

_RARE = 0.001
_BIGRAM_RATIO = 0.05
_FIELD_RATIO = {"title": 0.05, "lead": 0.15, "heading": 0.05, "body": 1.0}
_WILDCARD_FREQUENCY = 0.02
_FACT_FREQUENCY = 0.1

Keys = tuple[str, ...]
"""What identifies a lexeme: its folded keys, its stem, or its text."""

OnLexeme = Callable[[int, Part, Keys], None]

_TABLE_ROOM = 8
"""Entries of the bit table for each bigram, at least: one lookup in eight finds a bit in vain."""

_FACTORS = np.uint32(0x9E3779B1), np.uint32(0x85EBCA77)
"""Odd numbers with bits all over, so that neighbouring numbers are scattered."""

_LEXEME_BITS = 32


class Predicates:
    """Numbers the predicates of one language's rules. Calls `on_lexeme` for each new lexeme."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.on_lexeme: OnLexeme = lambda _lexeme, _part, _keys: None
        self.bigrams = Bigrams()
        self.fields: dict[TextField, dict[int, int]] = {}
        """Field → lexeme → predicate."""
        self.facts: dict[tuple[str, str], int] = {}
        """Field and value → predicate."""
        self._lexemes: dict[How, dict[str, int]] = {how: {} for how in How}
        """How a word is compared → its keys, joined by line ends → lexeme."""
        self._written: dict[str, int] = {}
        """A folded word as queries write it → lexeme: rules repeat most of their words."""
        self._frequencies = array("f", (0.0, 0.0, 0.0))
        """By number: the estimated document frequency, 0 to 1."""
        self._positional = bytearray(len(self._frequencies))
        """By number: 1 for a lexeme whose positions some rule needs."""
        self._counting = Lock()

    @property
    def size(self) -> int:
        """One more than the greatest number assigned so far."""
        return len(self._frequencies)

    def number(self, frequency: float = 0.0) -> int:
        """Assigns a new number. `frequency` estimates the share of articles for which it will be true."""
        with self._counting:
            self._positional.append(0)
            self._frequencies.append(frequency)
            return len(self._frequencies) - 1

    def frequency(self, predicates: Set[int]) -> float:
        """Estimates the share of articles for which any of the predicates is true."""
        return sum(map(self._frequencies.__getitem__, predicates))

    def positional(self, lexemes: Iterable[int]) -> set[int]:
        """Those of the lexemes whose positions some rule needs."""
        return {lexeme for lexeme in lexemes if self._positional[lexeme]}

    def need_positions(self, lexemes: Iterable[int]) -> None:
        """Marks lexemes whose positions a rule needs."""
        for lexeme in lexemes:
            self._positional[lexeme] = 1

    def lexeme(self, part: Part) -> int:
        """The predicate of one word, however it is compared."""
        if part.how is not How.FOLDED:
            return self._lexeme(part)
        known = self._written.get(part.text)
        if known is None:
            known = self._written[part.text] = self._lexeme(part)
        return known

    def _lexeme(self, part: Part) -> int:
        if part.how is How.STEM and not stems_only_on_request(self.language):
            part = replace(part, how=How.FOLDED)
        keys = self._keys(part)
        lexemes = self._lexemes[part.how]
        known = lexemes.get("\n".join(keys))
        if known is None:
            known = lexemes["\n".join(keys)] = self.number(self._lexeme_frequency(part, keys))
            self.on_lexeme(known, part, keys)
        return known

    def bigram(self, left: int, right: int) -> int:
        """The predicate of two adjacent words, in this order."""
        known = self.bigrams.get(left, right)
        if known is None:
            known = self.number(min(self._frequencies[left], self._frequencies[right]) * _BIGRAM_RATIO)
            self.need_positions((left, right))
            self.bigrams.add(left, right, known)
        return known

    def in_field(self, field: TextField, lexeme: int) -> int:
        """The predicate of a word in title, lead, heading or body."""
        predicates = self.fields.setdefault(field, {})
        known = predicates.get(lexeme)
        if known is None:
            known = predicates[lexeme] = self.number(self._frequencies[lexeme] * _FIELD_RATIO[field])
        return known

    def fact(self, field: FactField, value: str) -> int:
        """The predicate of a source, a tag or a language."""
        known = self.facts.get((field, value))
        if known is None:
            known = self.facts[field, value] = self.number(_FACT_FREQUENCY)
        return known

    def _keys(self, part: Part) -> Keys:
        """Two words of queries with the same keys are one lexeme."""
        match part.how:
            case How.FOLDED:
                keys = fold(part.text, self.language)
                return (part.text,) if keys == (part.text,) else keys  # keep one copy of the string
            case How.STEM:
                return (stem(part.text, self.language),)
            case How.EXACT | How.WILDCARD:
                return (part.text,)
            case _:
                assert_never(part.how)

    def _lexeme_frequency(self, part: Part, keys: Keys) -> float:
        match part.how:
            case How.FOLDED:
                return max(map(document_frequency, keys))
            case How.EXACT:
                return document_frequency(fold(part.text, self.language)[0])
            case How.STEM:
                return 2 * document_frequency(plain(keys[0]))
            case How.WILDCARD:
                return _WILDCARD_FREQUENCY
            case _:
                assert_never(part.how)


class Bigrams:
    """The pairs of adjacent words that rules ask for, each with the number of its predicate.

    Looks up all neighbours of an article at once in a bit table, which rejects nearly all that no rule asks
    for, and the few left one by one.
    """

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._table: NDArray[np.bool_] = np.zeros(1 << 10, np.bool_)

    def __bool__(self) -> bool:
        return bool(self._numbers)

    def get(self, left: int, right: int) -> int | None:
        """The predicate of a bigram, if a rule asks for it."""
        return self._numbers.get(left << _LEXEME_BITS | right)

    def add(self, left: int, right: int, predicate: int) -> None:
        """Adds a new bigram."""
        self._numbers[left << _LEXEME_BITS | right] = predicate
        if len(self._numbers) * _TABLE_ROOM > len(self._table):
            self._table = self._filled_table(2 * len(self._table))
        else:
            words = np.array((left, right), np.int32)
            self._table[_slots(words[:1], words[1:], len(self._table))] = True

    def found(self, words: NDArray[np.int32]) -> tuple[Sequence[int], Sequence[int]]:
        """The bigrams in a text: the place of the left word of each, and its predicate."""
        table, numbers = self._table, self._numbers
        possible = table.take(_slots(words[:-1], words[1:], len(table)))
        possible &= words[:-1] != UNKNOWN  # most words are; their slot may be that of a bigram
        likely = possible.nonzero()[0]
        lefts, rights = words.take(likely).tolist(), words.take(likely + 1).tolist()
        places: list[int] = []
        predicates: list[int] = []
        for place, left, right in zip(likely.tolist(), lefts, rights, strict=True):
            predicate = numbers.get(left << _LEXEME_BITS | right)
            if predicate is not None:
                places.append(place)
                predicates.append(predicate)
        return places, predicates

    def _filled_table(self, size: int) -> NDArray[np.bool_]:
        table = np.zeros(size, np.bool_)
        bigrams = np.fromiter(self._numbers, np.int64, len(self._numbers))
        lefts, rights = bigrams >> _LEXEME_BITS, bigrams & ((1 << _LEXEME_BITS) - 1)
        table[_slots(lefts.astype(np.int32), rights.astype(np.int32), size)] = True
        return table


def _slots(lefts: NDArray[np.int32], rights: NDArray[np.int32], size: int) -> NDArray[np.uint32]:
    """Where bigrams are in a table of `size`, a power of two."""
    mixed = lefts.view(np.uint32) * _FACTORS[0]
    mixed += rights.view(np.uint32) * _FACTORS[1]
    mixed >>= np.uint32(33 - size.bit_length())
    return mixed


def document_frequency(key: str) -> float:
    """Estimates the share of articles that hold a folded word, 0 to 1.

    A word that is not among the common English ones counts as rare. A wrong estimate costs time and never
    changes an answer.
    """
    return usual_frequency(key) or _RARE
