"""The passages of a text: sampled hashes of runs of five words, and of its numbers and names. Pure.

Two texts hold the same passages where they share these, in whatever order and under whatever titles.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from watchdesk.articles.plain import folded_words
from watchdesk.stories.thresholds import LEAST_WORDS, SHINGLE

Hashes = NDArray[np.uint32]
"""Distinct hashes in ascending order."""

STORED = np.dtype("<u4")
_EVERY = ((250, 1), (400, 2), (800, 4))
"""Words of a text up to which every shingle, every second … is kept: of short texts there are few."""
_SPARSEST = 8
_MOST_WORDS = 20_000
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_SHIFT, _HALF = np.uint64(29), np.uint64(32)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_QUOTES = re.compile(
    r"“[^“”\n]*(?:”|$)|„[^„“”\n]*(?:[“”]|$)|«[^«»\n]*(?:»|$)|\"[^\"\n]*(?:\"|$)", re.MULTILINE
)
"""Quotations; one that goes on in the next paragraph is open at the end of its own."""
_OPENING_QUOTES = '“„«"'
_LONG_QUOTATION = 30
"""Characters."""
_STATEMENT = 250
"""Characters of a quotation that is a whole statement, which reports of other events print as well."""
_OWN = 0.3
"""The part of a text outside quotations from which these are left out: many report one statement."""
_OWN_WORDS = 40
_NUMBER = re.compile(r"\d(?:[\d.,:]*\d)?")
_SENTENCE_ENDS = frozenset(".!?…:\"”»“„«(‘’'")
_AROUND = ".,;:!?…()[]\"'“”„«»‘’–—-"
_MOST_FACTS = 128


def sampled_shingles(text: str, words: Sequence[str]) -> tuple[int, int, Hashes]:
    """How many words a text of these folded words has, one in how many shingles is kept, and their hashes.

    Shingles of long quotations are left out where enough of the text is its writer's own.
    """
    words = words[:_MOST_WORDS]
    if len(words) < LEAST_WORDS:
        return len(words), 1, _NONE
    between = list(_without_quotations(text, _LONG_QUOTATION))
    own = [words] if len(between) == 1 else [folded_words(part)[:_MOST_WORDS] for part in between]
    count = sum(map(len, own))
    parts = own if count >= max(_OWN_WORDS, _OWN * len(words)) else [words]
    every = next((every for most, every in _EVERY if len(words) <= most), _SPARSEST)
    found = _hashes(parts)
    return len(words), every, _distinct(found[found % np.uint32(every) == 0])


def facts_of(text: str) -> Hashes:
    """Hashes of its numbers, which are odd, and of its names, which are even; at most 128, the smallest."""
    numbers = {crc32(found.encode("utf-8", "surrogatepass")) | 1 for found in _NUMBER.findall(text)}
    # Within a sentence: where it begins, capitals mean nothing. Most words begin with one of a to z.
    written = {
        word.strip(_AROUND)
        for before, word in pairwise(text.split())
        if not "a" <= word < "{" and word[0].isupper() and before[-1] not in _SENTENCE_ENDS
    }
    names = {crc32(name.encode("utf-8", "surrogatepass")) & ~1 for name in written if len(name) > 1}
    found = sorted(numbers | names)[:_MOST_FACTS]
    return np.array(found, dtype=np.uint32)


def fewer(hashes: Hashes, every: int) -> int:
    """How many of them are kept when one in `every` is."""
    return int(np.count_nonzero(hashes % np.uint32(every) == 0))


def share_of_facts(one: Hashes, other: Hashes) -> Iterator[tuple[bool, int, float]]:
    """For numbers, then for names: whether it is numbers, of how many, and which part of them both have.

    Parts of the text that has fewer, as far as both lists reach.
    """
    if max(len(one), len(other)) >= _MOST_FACTS:
        reach = min(facts[-1] for facts in (one, other) if len(facts) >= _MOST_FACTS)
        one, other = one[one <= reach], other[other <= reach]
    numbers, others = int(np.count_nonzero(one & 1)), int(np.count_nonzero(other & 1))
    shared = set(one.tolist()).intersection(other.tolist())
    shared_numbers = sum([fact & 1 for fact in shared])
    if fewest := min(numbers, others):
        yield True, fewest, shared_numbers / fewest
    if fewest := min(len(one) - numbers, len(other) - others):
        yield False, fewest, (len(shared) - shared_numbers) / fewest


def without_statements(text: str, words: Sequence[str]) -> Sequence[str]:
    """Of a text's folded words those outside statements quoted in full, where they are enough."""
    parts = list(_without_quotations(text, _STATEMENT))
    if len(parts) == 1:
        return words
    own = folded_words("\n".join(parts))
    return own if len(own) >= max(_OWN_WORDS, _OWN * len(words)) else words


def _without_quotations(text: str, least: int) -> Iterator[str]:
    """The parts of a text between its quotations of so many characters and more."""
    place = 0
    for start, end in _quotations(text):
        if end - start >= least:
            yield text[place:start]
            place = end
    yield text[place:]


@lru_cache(maxsize=1)
def _quotations(text: str) -> Sequence[tuple[int, int]]:
    """Where its quotations are. The last text's are remembered: it is asked for them twice."""
    opening = [sign for sign in _OPENING_QUOTES if sign in text]
    if opening == ['"']:
        return list(_straight_quotations(text))
    return [quotation.span() for quotation in _QUOTES.finditer(text)] if opening else []


def _straight_quotations(text: str) -> Iterator[tuple[int, int]]:
    """As `_QUOTES` finds them in a text without other quotation marks, without looking at each letter."""
    start = text.find('"')
    while start >= 0:
        line_end = text.find("\n", start)
        if line_end < 0:
            line_end = len(text)
        end = text.find('"', start + 1, line_end) + 1 or line_end
        yield start, end
        start = text.find('"', end)


def _hashes(parts: Sequence[Sequence[str]]) -> Hashes:
    """Of every shingle of each part, in their order."""
    words = [word for part in parts for word in part]
    count = len(words) - SHINGLE + 1
    if count < 1:
        return _NONE
    encoded = " ".join(words).encode("utf-8", "surrogatepass").split(b" ")
    each = np.fromiter(map(crc32, encoded), dtype=np.uint64, count=len(words))
    mixed = np.zeros(count, dtype=np.uint64)
    for place in range(SHINGLE):
        mixed ^= each[place : place + count]
        mixed *= _FACTOR
        mixed ^= mixed >> _SHIFT
    mixed *= _MIX
    hashes = (mixed >> _HALF).astype(np.uint32)
    return hashes if len(parts) == 1 else hashes[_within(parts, count)]


def _within(parts: Sequence[Sequence[str]], count: int) -> NDArray[np.bool_]:
    """Of each of so many shingles of all parts together: whether it lies within one of them."""
    within = np.ones(count, dtype=np.bool_)
    end = 0
    for part in parts:
        within[max(0, end - SHINGLE + 1) : end] = False
        end += len(part)
    return within


def _distinct(hashes: Hashes) -> Hashes:
    """Each once, in ascending order."""
    hashes = np.sort(hashes)
    is_first = np.ones(len(hashes), dtype=np.bool_)
    np.not_equal(hashes[1:], hashes[:-1], out=is_first[1:])
    return hashes[is_first]


_NONE: Hashes = np.empty(0, dtype=np.uint32)
