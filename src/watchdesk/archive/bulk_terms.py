"""Many articles → the numbers of their terms, without a look at each word in Python.

The chunks of a batch are found in one array of bytes. A chunk of up to 24 bytes is three numbers, which a
hash table in numpy knows by its place; only chunks that are new, or longer, are read by `terms`.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from watchdesk.archive.chunk_table import LONGEST, ChunkTable, words_of
from watchdesk.archive.number_lists import Lists
from watchdesk.archive.terms import chunk_terms, fact_terms, term
from watchdesk.model import Article
from watchdesk.model.conditions import TITLE
from watchdesk.rules.engine.splitting import SEPARATOR, split_text
from watchdesk.rules.text.folding import folding_language

MOST_CHUNKS = 300_000
"""Distinct chunks that are kept; when there are more, the reader starts afresh. They take some 120 MB."""

_SPACES = np.zeros(256, np.bool_)
_SPACES[list(b" \t\n\r\x0b\x0c")] = True

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
        self._terms = _Terms()
        self._tables: dict[str, _Table] = {}

    def spare(self) -> None:
        """Forgets what it knows where that is too much; the numbers of terms hold until then."""
        if self.chunks > MOST_CHUNKS:
            self._terms, self._tables = _Terms(), {}

    def keep(self, most: int) -> None:
        """Forgets all but the chunks that it has met most often. The numbers of terms change."""
        tables = list(self._tables.values())
        if self.chunks <= most:
            return
        met = np.concatenate([table.met for table in tables])
        kept = np.zeros(len(met), np.bool_)
        kept[np.argsort(-met, kind="stable")[:most]] = True
        of_tables = [
            each.nonzero()[0] for each in np.split(kept, np.cumsum([len(t.met) for t in tables])[:-1])
        ]
        used = np.zeros(len(self._terms.all), np.bool_)
        for table, places in zip(tables, of_tables, strict=True):
            used[table.terms_at(places)] = True
        terms = _Terms(self._terms.all[number] for number in used.nonzero()[0].tolist())
        for table, places in zip(tables, of_tables, strict=True):
            table.keep(places, terms, np.cumsum(used) - 1)
        self._terms = terms

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


class _Terms:
    """Terms by number."""

    def __init__(self, terms: Iterable[bytes] = ()) -> None:
        self.all: list[bytes] = list(terms)
        self._number_of = dict(zip(self.all, range(len(self.all)), strict=True))

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
        self._table = ChunkTable()
        self._lists = Lists()
        self._chunks: list[bytes] = []
        self._long: dict[bytes, int] = {}
        self._titles = Lists()
        self._title_of = np.empty(0, np.int64)
        """Chunk → its place in `_titles`, or -1."""
        self.met = np.empty(0, np.int64)
        """Chunk → how often it was met, less where that was long ago."""

    def terms_at(self, places: Numbers) -> Numbers:
        """The terms of the chunks at these places."""
        titles = self._title_of[places]
        return np.concatenate((self._lists.of(places)[0], self._titles.of(titles[titles >= 0])[0]))

    def keep(self, places: Numbers, terms: _Terms, numbers: Numbers) -> None:
        """Keeps the chunks at these places alone. `numbers`: what the number of each term is from now on."""
        words = self._table.by_place(len(self._chunks))
        titles = self._title_of[places]
        self._lists = self._lists.only(places, numbers)
        self._titles = self._titles.only(titles[titles >= 0], numbers)
        self._title_of = np.where(titles >= 0, np.cumsum(titles >= 0) - 1, -1)
        self._chunks = [self._chunks[place] for place in places.tolist()]
        self.met = self.met[places] // 2
        self._terms = terms
        self._long = {chunk: place for place, chunk in enumerate(self._chunks) if len(chunk) > LONGEST}
        short = np.array([len(chunk) <= LONGEST for chunk in self._chunks], np.bool_).nonzero()[0]
        self._table = ChunkTable()
        self._table.insert(words[places[short]], short)

    @property
    def chunks(self) -> int:
        """How many are known."""
        return len(self._chunks)

    def read(self, texts: Sequence[bytes]) -> tuple[list[Numbers], list[Numbers]]:
        """Of pairs: the terms, and the text, by its place."""
        joined = b"\n%b\n" % b"\n".join(texts)
        raw = np.frombuffer(joined + bytes(LONGEST), np.uint8)
        is_space = _SPACES[raw[: len(joined)]]
        begins: Numbers = np.flatnonzero(is_space[:-1] > is_space[1:]) + 1
        sizes: Numbers = np.flatnonzero(is_space[1:] > is_space[:-1]) + 1 - begins
        edges = np.cumsum([1, *(len(text) + 1 for text in texts)])
        counts = np.diff(np.searchsorted(begins, edges))
        texts_of = np.repeat(np.arange(len(texts)), counts)
        chunks = self._known(joined, raw, begins, sizes)
        self.met += np.bincount(chunks, minlength=len(self.met))
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
        words = words_of(raw, begins, sizes)
        found = self._table.find(words)
        found[sizes > LONGEST] = -1
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
        self.met = np.append(self.met, np.zeros(len(fresh), np.int64))
        short = [(place, places[chunk]) for chunk, place in fresh.items() if len(chunk) <= LONGEST]
        if short:
            rows, numbers = np.array(short, np.int64).T
            self._table.insert(words[rows], numbers)
        self._long.update((chunk, place) for chunk, place in places.items() if len(chunk) > LONGEST)
        known = self._long | places
        found[missing] = [known[chunk] for chunk in written]
        return found

    def _terms_of(self, chunk: bytes) -> list[bytes]:
        if chunk == SEPARATOR:
            return []
        texts = dict.fromkeys(chunk_terms(chunk, self._language))
        if len(chunk) <= LONGEST and chunk.isascii():  # what `term` does to others is nothing to these
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
