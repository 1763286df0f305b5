"""Looks up conditions in one segment, of which it reads only the parts that it needs."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Protocol, assert_never

import numpy as np
from numpy.typing import NDArray

from watchdesk.archive.postings import Integers, StoredPostings
from watchdesk.archive.segments import Directory
from watchdesk.archive.terms import LONGEST_TERM
from watchdesk.archive.wanted_terms import Fitting, wanted_terms
from watchdesk.encoding.zstd import zstd
from watchdesk.model.conditions import AllOf, AnyOf, Condition, Sought

Flags = NDArray[np.bool_]
"""By document: whether it fulfils a condition."""

_MOST_AT_ONCE = 64
"""Parts read by one statement."""

_NEWLINE = 10
_FEW = 8
"""Terms of one part up to which each is read alone."""


class Parts(Protocol):
    """The stored parts of a segment, by their numbers."""

    def terms(self, numbers: Sequence[int]) -> Mapping[int, bytes]:
        """Their terms alone."""

    def whole(self, numbers: Sequence[int]) -> Mapping[int, tuple[bytes, bytes]]:
        """Their terms and their postings."""


class Lookup:
    """Looks up conditions in one segment; keeps the parts that it has read."""

    def __init__(self, directory: Directory, documents: int, stored: Parts) -> None:
        self._directory = directory
        self._documents = documents
        self._stored = stored
        self._parts: dict[int, _ReadPart] = {}

    def fulfilling(self, condition: Condition) -> Flags:
        """Which documents fulfil the condition."""
        self._read(self._needed(condition))
        return self._flags(condition)

    def _flags(self, condition: Condition) -> Flags:
        match condition:
            case AllOf():
                found = np.ones(self._documents, np.bool_)
                for one in condition.conditions:
                    found &= self._flags(one)
                    if not found.any():
                        break
                return found
            case AnyOf():
                found = np.zeros(self._documents, np.bool_)
                for one in condition.conditions:
                    found |= self._flags(one)
                return found
            case Sought():
                found = np.zeros(self._documents, np.bool_)
                for documents in self._postings(condition):
                    found[documents] = True
                return found
            case _:
                assert_never(condition)

    def _postings(self, sought: Sought) -> Iterator[Integers]:
        wanted = wanted_terms(sought, self._directory.languages)
        if isinstance(wanted, Fitting):
            yield from self._fitting(wanted)
            return
        for term in wanted:
            number = self._directory.part_of(term)
            if number is not None:
                part = self._parts[number]
                place = part.place(term)
                if place is not None:
                    yield from part.postings([place])

    def _fitting(self, wanted: Fitting) -> Iterator[Integers]:
        numbers = self._directory.parts_with(wanted.beginning)
        for begin in range(0, len(numbers), _MOST_AT_ONCE):
            some = self._stored.terms(numbers[begin : begin + _MOST_AT_ONCE])
            places = {number: _Terms(terms).fitting(wanted) for number, terms in some.items()}
            found = {number: at for number, at in places.items() if at}
            self._read(found)
            for number, at in found.items():
                yield from self._parts[number].postings(at)

    def _needed(self, condition: Condition) -> set[int]:
        """The parts in which the terms of a condition are, but for those that all are asked of."""
        match condition:
            case AllOf() | AnyOf():
                return {number for one in condition.conditions for number in self._needed(one)}
            case Sought():
                wanted = wanted_terms(condition, self._directory.languages)
                if isinstance(wanted, Fitting):
                    return set()
                return {number for one in wanted if (number := self._directory.part_of(one)) is not None}
            case _:
                assert_never(condition)

    def _read(self, numbers: Collection[int]) -> None:
        missing = sorted(set(numbers) - self._parts.keys())
        for begin in range(0, len(missing), _MOST_AT_ONCE):
            for number, part in self._stored.whole(missing[begin : begin + _MOST_AT_ONCE]).items():
                self._parts[number] = _ReadPart(*part)


class _Terms:
    """The terms of a part."""

    def __init__(self, stored: bytes) -> None:
        self._stored = stored

    @cached_property
    def _lines(self) -> bytes:
        return b"\n" + zstd.decompress(self._stored) + b"\n"

    def place(self, term: bytes) -> int | None:
        """Where a term stands among those of the part."""
        at = self._lines.find(b"\n" + term + b"\n")
        return None if at < 0 else self._lines.count(b"\n", 0, at)

    def fitting(self, wanted: Fitting) -> list[int]:
        """Where terms stand that fit."""
        if wanted.letters not in self._lines and not self._has_long():
            return []
        text = self._lines[1:-1].decode("utf-8", "surrogatepass")
        places: list[int] = []
        place = at = 0
        for found in wanted.on_a_line.finditer(text):
            place += text.count("\n", at, found.start())
            at = found.start()
            places.append(place)
        return places

    def _has_long(self) -> bool:
        """Whether a term may have been cut off."""
        ends = np.flatnonzero(np.frombuffer(self._lines, np.uint8) == _NEWLINE)
        return bool(np.diff(ends).max() > LONGEST_TERM)


class _ReadPart(_Terms):
    """A part, unpacked as far as it is asked for."""

    def __init__(self, terms: bytes, postings: bytes) -> None:
        super().__init__(terms)
        self._packed_postings = postings

    @cached_property
    def _postings(self) -> StoredPostings:
        return StoredPostings(self._packed_postings)

    def postings(self, places: Sequence[int]) -> Iterator[Integers]:
        """The documents of the terms at these places."""
        if len(places) <= _FEW:
            yield from map(self._postings.documents, places)
            return
        chosen = np.zeros(len(self._postings.counts), np.bool_)
        chosen[places] = True
        yield self._postings.all_documents()[np.repeat(chosen, self._postings.counts)]
