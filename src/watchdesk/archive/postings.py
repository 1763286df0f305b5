"""Terms with the documents that have them, in sorted parts as the database keeps them.

A document is an article of one segment, by its number there. Numbers are kept as steps from one to the next:
a byte, or the byte 255 and two bytes elsewhere. `merged` joins the postings of several segments.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from watchdesk.encoding.zstd import checked, zstd

_PART = 64 << 10
"""Bytes of a part before it is compressed, about; what one lookup unpacks."""

_LEVEL = 3
_STEP_IN_TWO = 255
_BITS = 16

Integers = NDArray[np.int64]


class Postings(NamedTuple):
    """Sorted terms, each with the documents that have it."""

    terms: Sequence[bytes]
    counts: Integers
    """Of each term, how many documents have it; never 0."""
    documents: Integers
    """Term by term in rising order."""


class Part(NamedTuple):
    """A run of terms as it is stored."""

    first: bytes
    """The first term."""
    terms: bytes
    postings: bytes


def postings_of(terms: Sequence[bytes], numbers: Integers, documents: Integers) -> Postings:
    """Of pairs of a term, by its number, and a document; in no order, some more than once."""
    used = np.zeros(len(terms), np.bool_)
    used[numbers] = True
    found: list[int] = used.nonzero()[0].tolist()
    found.sort(key=terms.__getitem__)
    rank = np.empty(len(terms), np.int64)
    rank[found] = np.arange(len(found))
    return _of_pairs([terms[number] for number in found], (rank[numbers] << _BITS) | documents)


def in_turn(places: Sequence[Integers]) -> bool:
    """Whether the new numbers of each input come after those of the one before, and rise within it."""
    numbers = np.concatenate([each[each >= 0] for each in places])
    return bool((numbers[1:] > numbers[:-1]).all())


def merged(inputs: Sequence[Postings], places: Sequence[Integers], *, taking_turns: bool = False) -> Postings:
    """One for several. `places`: of each, document → its new number, or -1 where it is left out.

    `taking_turns`: as `in_turn` says of these places, which makes it cheaper.
    """
    terms = sorted({term for each in inputs for term in each.terms})
    number = dict(zip(terms, range(len(terms)), strict=True))
    ranks = [np.fromiter(map(number.__getitem__, each.terms), np.int64, len(each.terms)) for each in inputs]
    if taking_turns:
        return _one_after_another(terms, inputs, places, ranks)
    pairs = []
    for each, place, rank in zip(inputs, places, ranks, strict=True):
        documents = place[each.documents]
        pairs.append(((np.repeat(rank, each.counts) << _BITS) | documents)[documents >= 0])
    return _of_pairs(terms, np.concatenate(pairs) if pairs else np.empty(0, np.int64))


def _one_after_another(
    terms: Sequence[bytes], inputs: Sequence[Postings], places: Sequence[Integers], ranks: Sequence[Integers]
) -> Postings:
    """Of each term the documents of the first input, then those of the second, …"""
    counts = np.zeros(len(terms), np.int64)
    kept: list[tuple[Integers, Integers, Integers]] = []
    for each, place, rank in zip(inputs, places, ranks, strict=True):
        documents, sizes = place[each.documents], each.counts
        alive = documents >= 0
        if not alive.all():
            sizes = np.add.reduceat(alive, np.cumsum(sizes) - sizes, dtype=np.int64)
            documents = documents[alive]
        counts[rank] += sizes
        kept.append((documents, sizes, rank))
    found = np.empty(int(counts.sum()), np.int64)
    begins = np.cumsum(counts) - counts
    for documents, sizes, rank in kept:
        shift = begins[rank] - (np.cumsum(sizes) - sizes)
        found[np.repeat(shift, sizes) + np.arange(len(documents))] = documents
        begins[rank] += sizes
    return Postings(*_without_empty(terms, counts), found)


def _without_empty(terms: Sequence[bytes], counts: Integers) -> tuple[Sequence[bytes], Integers]:
    """The terms that a document has, and how many have each."""
    if counts.all():
        return terms, counts
    kept = [term for term, count in zip(terms, counts.tolist(), strict=True) if count]
    return kept, counts[counts > 0]


def _of_pairs(terms: Sequence[bytes], pairs: Integers) -> Postings:
    """`pairs`: place of a term and number of a document, in no order, some more than once."""
    if not len(pairs):
        return Postings((), np.empty(0, np.int64), np.empty(0, np.int64))
    pairs.sort()
    kept = np.empty(len(pairs), np.bool_)
    kept[0] = True
    np.not_equal(pairs[1:], pairs[:-1], out=kept[1:])
    pairs = pairs[kept]
    counts = np.bincount(pairs >> _BITS, minlength=len(terms))
    return Postings(*_without_empty(terms, counts), pairs & ((1 << _BITS) - 1))


def up_to(postings: Postings, last: bytes) -> tuple[Postings, Postings]:
    """The terms up to and with `last`, and the rest."""
    end = bisect_right(postings.terms, last)
    return _slice(postings, 0, end), _slice(postings, end, len(postings.terms))


def joined(one: Postings, other: Postings) -> Postings:
    """Both; every term of `other` comes after those of `one`."""
    return Postings(
        [*one.terms, *other.terms],
        np.concatenate((one.counts, other.counts)),
        np.concatenate((one.documents, other.documents)),
    )


def cut(postings: Postings, *, whole: bool) -> tuple[list[Postings], Postings]:
    """Pieces of the size of a part, and what is left; `whole`: nothing is left."""
    sizes = np.fromiter(map(len, postings.terms), np.int64, len(postings.terms)) + 3 + postings.counts
    filled = np.cumsum(sizes)
    pieces: list[Postings] = []
    begin = 0
    while begin < len(filled):
        before = int(filled[begin - 1]) if begin else 0
        end = max(int(np.searchsorted(filled, before + _PART)), begin + 1)
        if end >= len(filled) and not whole:
            break
        pieces.append(_slice(postings, begin, end))
        begin = min(end, len(filled))
    return pieces, _slice(postings, begin, len(filled))


def _slice(postings: Postings, begin: int, end: int) -> Postings:
    first = int(postings.counts[:begin].sum())
    last = first + int(postings.counts[begin:end].sum())
    return Postings(postings.terms[begin:end], postings.counts[begin:end], postings.documents[first:last])


def packed(postings: Postings) -> Part:
    """A piece as it is stored; it has a term at least."""
    counts, documents = postings.counts, postings.documents
    steps = np.diff(documents, prepend=0)
    begins = np.cumsum(counts) - counts
    steps[begins] = documents[begins]
    short = np.minimum(steps, _STEP_IN_TWO).astype(np.uint8)
    long = steps[steps >= _STEP_IN_TWO].astype("<u2")
    raw = b"".join(
        (
            np.array([len(counts), len(documents)], "<u4").tobytes(),
            counts.astype("<u2").tobytes(),
            short.tobytes(),
            long.tobytes(),
        )
    )
    terms = b"\n".join(postings.terms)
    return Part(postings.terms[0], checked(terms, _LEVEL), checked(raw, _LEVEL))


def unpacked(terms: bytes, postings: bytes) -> Postings:
    """A part as it was."""
    stored = StoredPostings(postings)
    return Postings(zstd.decompress(terms).split(b"\n"), stored.counts, stored.all_documents())


class StoredPostings:
    """The postings of a part, read term by term or all at once."""

    def __init__(self, packed_postings: bytes) -> None:
        raw = zstd.decompress(packed_postings)
        terms, documents = np.frombuffer(raw, "<u4", 2).tolist()
        self.counts: Integers = np.frombuffer(raw, "<u2", terms, 8).astype(np.int64)
        self._short: NDArray[Any] = np.frombuffer(raw, np.uint8, documents, 8 + 2 * terms)
        self._long: NDArray[Any] = np.frombuffer(raw, "<u2", -1, 8 + 2 * terms + documents)

    def all_documents(self) -> Integers:
        """Term by term."""
        steps = self._steps(0, len(self._short))
        sums = np.cumsum(steps)
        begins = np.cumsum(self.counts) - self.counts
        before = sums[begins] - steps[begins]
        documents: Integers = sums - np.repeat(before, self.counts)
        return documents

    def documents(self, place: int) -> Integers:
        """Of the term at a place, in rising order."""
        begin = int(self.counts[:place].sum())
        return np.cumsum(self._steps(begin, begin + int(self.counts[place])))

    def _steps(self, begin: int, end: int) -> Integers:
        steps = self._short[begin:end].astype(np.int64)
        in_two = steps == _STEP_IN_TWO
        if in_two.any():
            first = int(np.count_nonzero(self._short[:begin] == _STEP_IN_TWO))
            steps[in_two] = self._long[first : first + int(np.count_nonzero(in_two))]
        return steps
