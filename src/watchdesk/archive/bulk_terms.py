"""Many articles → the numbers of their terms, without a look at each word in Python.

The chunks of a batch are found in one array of bytes. A chunk of up to 24 bytes is three numbers, which a
hash table in numpy knows by its place; only chunks that are new, or longer, are read by `terms`.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from watchdesk.archive.number_lists import Lists
from watchdesk.archive.terms import chunk_terms, fact_terms, term
from watchdesk.model import Article
from watchdesk.model.conditions import TITLE
from watchdesk.rules.engine.splitting import SEPARATOR, split_text
from watchdesk.rules.text.folding import folding_language

MOST_CHUNKS = 300_000
"""Distinct chunks that are kept; when there are more, the reader starts afresh. They take some 120 MB."""

_WORDS = 3
_LONGEST = 8 * _WORDS
"""Bytes of a chunk that the table has."""
_FIRST_SLOTS = 12
"""Bits of the number of a slot, at first."""
_FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)
_LAST_FACTOR = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)
_SPACES = np.zeros(256, np.bool_)
_SPACES[list(b" \t\n\r\x0b\x0c")] = True
_MASKS = np.array([(1 << (8 * count)) - 1 for count in range(9)], np.uint64)

Numbers = NDArray[np.int64]


class ReadTerms(NamedTuple):
    """Which terms some documents have, pair by pair, in no order, some pairs more than once."""

    numbers: Numbers
    """Of each pair, the number of the term."""
    documents: Numbers
    """Of each pair, the place of the document among those that were read."""


class BulkReader:
    """Reads the terms of batches of articles; not for several threads at once."""

    def __init__(self) -> None:
        self._start_afresh()

    def spare(self) -> None:
        """Forgets what it knows where that is too much; the numbers of terms hold until then."""
        if self.chunks > MOST_CHUNKS:
            self._start_afresh()

    @property
    def chunks(self) -> int:
        """How many distinct chunks it knows."""
        return sum(table.chunks for table in self._tables.values())

    @property
    def terms(self) -> Sequence[bytes]:
        """The terms by number."""
        return self._terms.all

    def read(self, articles: Sequence[Article]) -> ReadTerms:
        """The terms of these articles."""
        by_language: dict[str, list[int]] = {}
        for place, article in enumerate(articles):
            by_language.setdefault(folding_language(article.language), []).append(place)
        numbers: list[Numbers] = []
        documents: list[Numbers] = []
        for language, places in by_language.items():
            table = self._tables.get(language)
            if table is None:
                table = self._tables[language] = _Table(self._terms, language)
            found, of = table.read([split_text(articles[place]) for place in places])
            numbers += found
            documents += [np.array(places, np.int64)[each] for each in of]
        facts = [self._terms.numbers(fact_terms(article)) for article in articles]
        numbers.append(np.array([one for some in facts for one in some], np.int64))
        documents.append(np.repeat(np.arange(len(articles)), [len(some) for some in facts]))
        return ReadTerms(np.concatenate(numbers), np.concatenate(documents))

    def _start_afresh(self) -> None:
        self._terms = _Terms()
        self._tables: dict[str, _Table] = {}


class _Terms:
    """Terms by number."""

    def __init__(self) -> None:
        self.all: list[bytes] = []
        self._number_of: dict[bytes, int] = {}

    def numbers(self, terms: Iterable[bytes]) -> list[int]:
        """The numbers of terms, each once."""
        found: list[int] = []
        for one in dict.fromkeys(terms):
            number = self._number_of.get(one)
            if number is None:
                number = self._number_of[one] = len(self.all)
                self.all.append(one)
            found.append(number)
        return found


class _Table:
    """The chunks of one language, with their terms."""

    def __init__(self, terms: _Terms, language: str) -> None:
        self._terms = terms
        self._language = language
        self._resize(_FIRST_SLOTS)
        self._lists = Lists()
        self._chunks: list[bytes] = []
        self._long: dict[bytes, int] = {}
        self._titles = Lists()
        self._title_of = np.empty(0, np.int64)
        """Chunk → its place in `_titles`, or -1."""

    @property
    def chunks(self) -> int:
        """How many are known."""
        return len(self._chunks)

    def read(self, texts: Sequence[bytes]) -> tuple[list[Numbers], list[Numbers]]:
        """Of pairs: the terms, and the text, by its place."""
        joined = b"\n%b\n" % b"\n".join(texts)
        raw = np.frombuffer(joined + bytes(_LONGEST), np.uint8)
        is_space = _SPACES[raw[: len(joined)]]
        begins: Numbers = np.flatnonzero(is_space[:-1] > is_space[1:]) + 1
        sizes: Numbers = np.flatnonzero(is_space[1:] > is_space[:-1]) + 1 - begins
        edges = np.cumsum([1, *(len(text) + 1 for text in texts)])
        counts = np.diff(np.searchsorted(begins, edges))
        texts_of = np.repeat(np.arange(len(texts)), counts)
        chunks = self._known(joined, raw, begins, sizes)
        numbers, repeats = self._lists.of(chunks)
        # The title ends at the first separator.
        ends = [
            edge + (text.find(SEPARATOR) if SEPARATOR in text else len(text))
            for edge, text in zip(edges.tolist(), texts, strict=False)
        ]
        in_title = begins < np.array(ends, np.int64)[texts_of]
        titles, title_repeats = self._titles.of(self._of_titles(chunks[in_title]))
        return (
            [numbers, titles],
            [np.repeat(texts_of, repeats), np.repeat(texts_of[in_title], title_repeats)],
        )

    def _known(self, joined: bytes, raw: NDArray[np.uint8], begins: Numbers, sizes: Numbers) -> Numbers:
        """The place of each chunk; learns those that are new."""
        words = self._words(raw, begins, sizes)
        found = self._find(words)
        found[sizes > _LONGEST] = -1
        missing = np.flatnonzero(found < 0)
        if not len(missing):
            return found
        spans = zip(begins[missing].tolist(), (begins + sizes)[missing].tolist(), strict=True)
        written = [joined[begin:end] for begin, end in spans]
        fresh: dict[bytes, int] = {}
        for place, chunk in zip(missing.tolist(), written, strict=True):
            if chunk not in self._long:
                fresh.setdefault(chunk, place)
        places = {chunk: len(self._chunks) + number for number, chunk in enumerate(fresh)}
        self._lists.add([self._terms.numbers(self._terms_of(chunk)) for chunk in fresh])
        self._chunks += fresh
        self._title_of = np.append(self._title_of, np.full(len(fresh), -1, np.int64))
        short = [(place, places[chunk]) for chunk, place in fresh.items() if len(chunk) <= _LONGEST]
        if short:
            rows, numbers = np.array(short, np.int64).T
            self._insert(words[rows], numbers)
        self._long.update((chunk, place) for chunk, place in places.items() if len(chunk) > _LONGEST)
        known = self._long | places
        found[missing] = [known[chunk] for chunk in written]
        return found

    def _terms_of(self, chunk: bytes) -> list[bytes]:
        if chunk == SEPARATOR:
            return []
        texts = dict.fromkeys(chunk_terms(chunk, self._language))
        if len(chunk) <= _LONGEST and chunk.isascii():  # what `term` does to others is nothing to these
            return [one.encode() for one in texts]
        return [term(one) for one in texts]

    def _of_titles(self, chunks: Numbers) -> Numbers:
        """The places of the marked terms of chunks."""
        new = np.unique(chunks[self._title_of[chunks] < 0])
        if len(new):
            marked = [
                self._terms.numbers(
                    [term(one, TITLE) for one in chunk_terms(self._chunks[place], self._language)]
                )
                for place in new.tolist()
            ]
            self._title_of[new] = self._titles.count + np.arange(len(new))
            self._titles.add(marked)
        return self._title_of[chunks]

    @staticmethod
    def _words(raw: NDArray[np.uint8], begins: Numbers, sizes: Numbers) -> NDArray[np.uint64]:
        """Chunks as three numbers of eight bytes each."""
        everywhere = np.ndarray(len(raw) - 7, "<u8", raw.data, strides=(1,)).copy()
        words = np.empty((len(begins), _WORDS), np.uint64)
        for word in range(_WORDS):
            left = np.clip(sizes - 8 * word, 0, 8)
            words[:, word] = everywhere[begins + 8 * word] & _MASKS[left]
        return words

    def _hash(self, words: NDArray[np.uint64]) -> Numbers:
        mixed = words[:, 0] * _FACTORS[0]
        mixed ^= words[:, 1] * _FACTORS[1]
        mixed ^= words[:, 2] * _FACTORS[2]
        mixed ^= mixed >> _HALF
        mixed *= _LAST_FACTOR
        slots: Numbers = (mixed >> self._shift).astype(np.int64)
        return slots

    def _find(self, words: NDArray[np.uint64]) -> Numbers:
        """The place of each chunk, or -1."""
        slots = self._hash(words)
        found = self._places.take(slots)
        there = self._slots.take(slots, axis=0)
        other = there[:, 0] != words[:, 0]
        other |= there[:, 1] != words[:, 1]
        other |= there[:, 2] != words[:, 2]
        other &= found >= 0
        open_ = np.flatnonzero(other)
        slots = slots[open_]
        while len(open_):
            slots = (slots + 1) & self._last_slot
            places = self._places[slots]
            same = (self._slots[slots] == words[open_]).all(axis=1)
            ended = same | (places < 0)
            found[open_[ended]] = places[ended]
            open_, slots = open_[~ended], slots[~ended]
        return found

    def _resize(self, bits: int) -> None:
        self._slots = np.zeros((1 << bits, _WORDS), np.uint64)
        self._places = np.full(1 << bits, -1, np.int64)
        self._shift = np.uint64(64 - bits)
        self._last_slot = (1 << bits) - 1
        self._filled = 0

    def _insert(self, words: NDArray[np.uint64], places: Numbers) -> None:
        """Adds chunks, none of which is known."""
        bits = 64 - int(self._shift)
        if 2 * (self._filled + len(words)) > 1 << bits:
            known = self._places >= 0
            words, places = (
                np.concatenate((self._slots[known], words)),
                np.concatenate((self._places[known], places)),
            )
            while 2 * len(words) > 1 << bits:
                bits += 1
            self._resize(bits)
        self._filled += len(words)
        slots = self._hash(words)
        left = np.arange(len(words))
        while len(left):
            at = slots[left]
            free = self._places[at] < 0
            _, first = np.unique(at, return_index=True)
            chosen = np.zeros(len(left), np.bool_)
            chosen[first] = True
            chosen &= free
            put = left[chosen]
            self._slots[slots[put]] = words[put]
            self._places[slots[put]] = places[put]
            left = left[~chosen]
            slots[left] = (slots[left] + 1) & self._last_slot
