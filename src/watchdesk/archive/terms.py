"""An article → its terms: what the index of the archive finds it by.

They are made of the same words as rules read, by the same folding. A word has as terms its keys, its plain
form and, in English, its stem; a word of the title has them once more, marked; so have source, tags and
language. Besides, each run of letters that expressions may find begins a term.
"""

import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from watchdesk.model import Article
from watchdesk.model.conditions import FACT, TITLE
from watchdesk.rules.engine.splitting import SEPARATOR, chunks
from watchdesk.rules.matching.patterns import folded
from watchdesk.rules.text.folding import (
    folding_language,
    keys,
    plain,
    snowball_version,
    stem,
    stems_only_on_request,
    wildcard_forms,
)
from watchdesk.rules.text.words import tokens

LONGEST_TERM = 60
"""Characters; of a longer term the beginning."""

MOST_CACHED = 60_000
"""Distinct chunks in the cache; when there are more, it starts afresh."""

_VERSION = 1
"""Goes up with each change of what terms an article has."""

_LONGEST_CACHED = 200
"""Bytes; longer chunks are not cached."""

_RUN = re.compile("[a-z]{2,}")
_NO_LANGUAGE = "lang:"
_SHARE = b"percent"


@cache
def terms_version() -> str:
    """Changes with whatever decides which terms an article has. Segments of another are of no use."""
    spelling = (files("watchdesk.rules.text") / "spelling.txt").read_bytes()
    digest = blake2b(spelling, digest_size=4).hexdigest()
    return f"{_VERSION} {unicodedata.unidata_version} {snowball_version()} {digest}"


def term(text: str, mark: str = "") -> bytes:
    """A term as it is stored."""
    return (mark + text[:LONGEST_TERM]).replace("\n", " ").encode("utf-8", "surrogatepass")


def fact_term(field: str, value: str) -> bytes:
    """The term of a source, a tag or a language."""
    return term(fact_text(field, value), FACT)


def fact_text(field: str, value: str) -> str:
    """The same without its mark."""
    return f"{field}:{plain(value)}"


def terms_of_word(surface: str, language: str) -> Iterator[str]:
    """The terms of a word form. `language`: as `folding_language` has it."""
    yield from keys(surface, language)
    yield from wildcard_forms(surface)
    if stems_only_on_request(language):
        yield stem(surface, language)


class TermReader:
    """Reads the terms of many articles; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._start_afresh()

    def read(self, articles: Iterable[Article]) -> tuple[list[bytes], list[NDArray[np.int32]]]:
        """Terms by number, and of each article the numbers of its terms, in no order; some stand twice."""
        with self._lock:
            if sum(map(len, self._caches.values())) > MOST_CACHED:
                self._start_afresh()
            read = [self._numbers(article) for article in articles]
            return self._terms, read

    def terms_of(self, article: Article) -> frozenset[bytes]:
        """The terms of one article."""
        terms, (numbers,) = self.read([article])
        return frozenset(map(terms.__getitem__, numbers.tolist()))

    def _start_afresh(self) -> None:
        # The list is a new one, because an earlier answer holds the old.
        self._terms: list[bytes] = []
        self._number_of: dict[bytes, int] = {}
        self._caches: dict[tuple[str, str], _ChunkCache] = {}

    def _numbers(self, article: Article) -> NDArray[np.int32]:
        language = folding_language(article.language)
        found = chunks(article)
        title = found[: found.index(SEPARATOR)] if SEPARATOR in found else found
        packed = [
            *map(self._cache(language, "").__getitem__, set(found)),
            *map(self._cache(language, TITLE).__getitem__, set(title)),
            self._facts(article),
        ]
        return np.frombuffer(b"".join(packed), np.int32)

    def _cache(self, language: str, mark: str) -> "_ChunkCache":
        cache = self._caches.get((language, mark))
        if cache is None:
            cache = self._caches[language, mark] = _ChunkCache(self, language, mark)
            cache[SEPARATOR] = b""
        return cache

    def _facts(self, article: Article) -> bytes:
        facts = [fact_term("source", article.source_id)]
        facts += [fact_term("tag", tag) for tag in article.source_tags]
        facts.append(fact_term("lang", article.language) if article.language else term(_NO_LANGUAGE, FACT))
        return self.packed(facts)

    def packed(self, terms: Iterable[bytes]) -> bytes:
        """The numbers of terms, packed."""
        numbers = array("i")
        for found in dict.fromkeys(terms):
            number = self._number_of.get(found)
            if number is None:
                number = self._number_of[found] = len(self._terms)
                self._terms.append(found)
            numbers.append(number)
        return numbers.tobytes()


class _ChunkCache(dict[bytes, bytes]):
    """Chunk → the numbers of its terms, packed; in one language, and with one mark."""

    def __init__(self, reader: TermReader, language: str, mark: str) -> None:
        super().__init__()
        self._reader = reader
        self._language = language
        self._mark = mark

    def __missing__(self, chunk: bytes) -> bytes:
        found = self._reader.packed([term(one, self._mark) for one in self._terms(chunk)])
        if len(chunk) <= _LONGEST_CACHED:
            self[chunk] = found
        return found

    def _terms(self, chunk: bytes) -> Sequence[str]:
        letters = chunk.rstrip(b".,")
        if letters.isalpha() and len(letters) > 1 and letters.lower() != _SHARE:
            return list(terms_of_word(letters.decode("ascii"), self._language))
        text = chunk.decode("utf-8", "surrogatepass")
        found = [one for word in tokens(text) for one in terms_of_word(word.surface, self._language)]
        if self._mark:
            return found
        known = tuple(found)
        found += [run for run in _RUN.findall(folded(text)) if not any(one.startswith(run) for one in known)]
        return found


@cache
def shared_reader() -> TermReader:
    """The reader of this process."""
    return TermReader()
