"""Every word form ever seen, and the lexemes it matches: folding, stems and wildcards cost once a form.

The number of a form is the lexeme it matches, or a number for the set of lexemes where it matches several.
"""

import re
import struct
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from threading import RLock
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from watchdesk.model import Article
from watchdesk.rules.engine.predicates import BREAK, UNKNOWN, Keys, Predicates
from watchdesk.rules.engine.splitting import SEPARATOR, chunks
from watchdesk.rules.language.syntax import How, Part
from watchdesk.rules.text.folding import keys, stem, wildcard_forms
from watchdesk.rules.text.words import tokens

MOST_CACHED = 300_000
"""Distinct chunks in the cache; when there are more, it starts afresh."""

_LONGEST_CACHED = 200
"""Bytes; longer chunks are not cached."""

_one_packed = struct.Struct("=i").pack
"""As `_packed` of one number."""

_FIRST_CAPACITY = 1_024
_SHARE = b"percent"
"""A word that `tokens` gives as `%`."""


class Vocabulary:
    """Turns articles of one language into numbers of words."""

    def __init__(self, predicates: Predicates) -> None:
        self.lexeme_sets: dict[int, tuple[int, ...]] = {}
        """Number of a set → its lexemes, of which the first is the primary one."""
        self._primary = np.arange(_FIRST_CAPACITY, dtype=np.int32)
        """By number: the primary lexeme of a set; any other number itself."""
        self._packed: dict[int, bytes] = {}
        """The same as `lexeme_sets`, packed."""
        self._predicates = predicates
        self._language = predicates.language
        self._lock = RLock()
        self._folded: defaultdict[str, tuple[int, ...]] = defaultdict(tuple)
        self._exact: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._wildcards: defaultdict[str, list[tuple[re.Pattern[str], int]]] = defaultdict(list)
        self._number_of_set: dict[tuple[int, ...], int] = {}
        self._resettles = False
        """Whether it knows which forms a new lexeme may match: from the first that comes after an article."""
        self._clear_cache()
        predicates.on_lexeme = self._add

    def read(self, article: Article) -> NDArray[np.int32]:
        """The numbers of the article's words in order, `BREAK` between blocks."""
        if len(self._cached) > MOST_CACHED:
            with self._lock:
                self._clear_cache()
        return _unpacked(map(self._cached.__getitem__, chunks(article)))

    def lexemes(self, numbers: NDArray[np.int32]) -> NDArray[np.int32]:
        """The numbers of an article with the primary lexeme in place of each set."""
        return self._primary.take(numbers)

    def members(self, sets: NDArray[np.int32]) -> NDArray[np.int32]:
        """The lexemes of all these sets."""
        return _unpacked(map(self._packed.__getitem__, sets.tolist()))

    def _clear_cache(self) -> None:
        self._cached = _ChunkCache(self)
        self._cached[SEPARATOR] = _packed((BREAK,))
        self._numbers: dict[str, int] = {}
        self._chunks_with: defaultdict[str, list[bytes]] = defaultdict(list)
        self._by_key: defaultdict[str, list[str]] = defaultdict(list)
        self._by_stem: defaultdict[str, list[str]] = defaultdict(list)
        self._by_beginning: defaultdict[str, list[str]] = defaultdict(list)

    def recall(self, chunk: bytes) -> bytes:
        """The numbers of a chunk that is not in the cache, packed."""
        surfaces = _surfaces(chunk)
        if len(chunk) > _LONGEST_CACHED:
            return _packed(map(self._number, surfaces))
        with self._lock:
            if self._resettles and chunk not in self._cached:
                for surface in surfaces:
                    self._chunks_with[surface].append(chunk)
            if len(surfaces) == 1:
                found = _one_packed(self._cached_number(surfaces[0]))
            else:
                found = _packed(map(self._cached_number, surfaces))
            self._cached[chunk] = found
        return found

    def _cached_number(self, surface: str) -> int:
        """The number of a form, from the cache or for it."""
        number = self._numbers.get(surface)
        if number is None:
            number = self._numbers[surface] = self._number(surface)
            if self._resettles:
                self._note(surface)
        return number

    def _note(self, surface: str) -> None:
        """Notes by what new lexemes may find a form."""
        for key in keys(surface, self._language):
            self._by_key[key].append(surface)
        for form in wildcard_forms(surface):
            self._by_beginning[form[:2]].append(surface)
        if self._stems:
            self._by_stem[stem(surface, self._language)].append(surface)

    def _number(self, surface: str) -> int:
        """The number of a form."""
        lexemes = self._lexemes(surface)
        found = tuple(dict.fromkeys(lexemes)) if len(lexemes) > 1 else lexemes
        if len(found) < 2:
            return found[0] if found else UNKNOWN
        with self._lock:
            known = self._number_of_set.get(found)
            if known is None:
                known = self._number_of_set[found] = self._predicates.number()
                self._grow(known)
                self._primary[known] = found[0]
                self._packed[known] = _packed(found)
                self.lexeme_sets[known] = found
        return known

    def _grow(self, number: int) -> None:
        """Makes the table long enough for a number. Articles that are being read keep the old one."""
        known = len(self._primary)
        if number >= known:
            primary = np.arange(2 * number, dtype=np.int32)
            primary[:known] = self._primary
            self._primary = primary

    def _lexemes(self, surface: str) -> tuple[int, ...]:
        found: tuple[int, ...] = ()
        for key in keys(surface, self._language):
            found += self._folded.get(key, ())
        if surface in self._exact:
            found += (self._exact[surface],)
        if self._stems:
            lexeme = self._stems.get(stem(surface, self._language))
            if lexeme is not None:
                found += (lexeme,)
        if self._wildcards:
            for form in wildcard_forms(surface):
                found += self._wildcard_lexemes(form)
        return found

    def _wildcard_lexemes(self, form: str) -> tuple[int, ...]:
        found: tuple[int, ...] = ()
        for beginning in ("", form[:1], form[:2])[: len(form) + 1]:
            for expression, lexeme in self._wildcards.get(beginning, ()):
                if expression.fullmatch(form):
                    found += (lexeme,)
        return found

    def _add(self, lexeme: int, part: Part, found: Keys) -> None:
        """Adds a new lexeme: settles again the forms seen before that may match it."""
        with self._lock:
            self._grow(lexeme)
            if self._numbers and not self._resettles:
                # Most sets of rules are complete before the first article: noting costs them nothing.
                self._resettles = True
                self._clear_cache()
            for surface in list(self._affected(lexeme, part, found)):
                self._numbers[surface] = self._number(surface)
                for chunk in self._chunks_with[surface]:
                    self._cached[chunk] = _packed(map(self._cached_number, _surfaces(chunk)))

    def _affected(self, lexeme: int, part: Part, found: Keys) -> Iterator[str]:
        match part.how:
            case How.FOLDED:
                for key in found:
                    self._folded[key] += (lexeme,)
                    yield from self._by_key.get(key, ())
            case How.EXACT:
                self._exact[part.text] = lexeme
                if part.text in self._numbers:
                    yield part.text
            case How.STEM:
                if not self._stems:
                    self._clear_cache()
                self._stems[found[0]] = lexeme
                yield from self._by_stem.get(found[0], ())
            case How.WILDCARD:
                beginning = _beginning(part.text)[:2]
                self._wildcards[beginning].append((re.compile(part.text), lexeme))
                for other, surfaces in self._by_beginning.items():
                    if other.startswith(beginning):
                        yield from surfaces
            case _:
                assert_never(part.how)


class _ChunkCache(dict[bytes, bytes]):
    """Chunk → its numbers, packed; asks the vocabulary for a chunk that it does not have."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self._vocabulary = vocabulary

    def __missing__(self, chunk: bytes) -> bytes:
        return self._vocabulary.recall(chunk)


def _packed(numbers: Iterable[int]) -> bytes:
    return array("i", numbers).tobytes()


def _unpacked(numbers: Iterable[bytes]) -> NDArray[np.int32]:
    return np.frombuffer(b"".join(numbers), np.int32)


def _surfaces(chunk: bytes) -> list[str]:
    """The words of a chunk; most are letters with a comma or a full stop at most."""
    letters = chunk.rstrip(b".,")
    if letters.isalpha() and len(letters) > 1 and letters.lower() != _SHARE:
        return [letters.decode("ascii")]
    return [token.surface for token in tokens(chunk.decode("utf-8", "surrogatepass"))]


def _beginning(expression: str) -> str:
    """The letters with which every word that matches a wildcard begins."""
    letters = re.match(r"(?:[^\\.(]|\\.)*", expression)
    begun = letters[0] if letters else ""
    return re.sub(r"\\(.)", r"\1", begun)
