"""A segment: the postings of some articles, in parts, with a directory of what is where.

A segment never changes: it is made of articles, or of other segments, and in the end dropped.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from watchdesk.archive.bulk_terms import BulkReader
from watchdesk.archive.postings import Integers, Part, cut, packed, postings_of
from watchdesk.encoding.zstd import checked, zstd
from watchdesk.model import Article
from watchdesk.rules.text.folding import folding_language

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Document(NamedTuple):
    """An article as a segment knows it: newest first is in falling order of these."""

    seen: int
    """When it was first seen, in microseconds since 1970."""
    article_id: int


@dataclass(frozen=True, slots=True)
class Documents:
    """The articles of a segment, newest first; the number of a document is its place."""

    seen: Integers
    ids: Integers

    @classmethod
    def of(cls, documents: Sequence[Document]) -> "Documents":
        """`documents`: newest first."""
        return cls(
            np.array([one.seen for one in documents], np.int64),
            np.array([one.article_id for one in documents], np.int64),
        )

    def chosen(self, flags: NDArray[np.bool_]) -> "Documents":
        """Those that are flagged."""
        return Documents(self.seen[flags], self.ids[flags])

    def within(self, since: int | None, until: int | None) -> "Documents":
        """Those first seen at or after `since` and before `until`."""
        begin = 0 if until is None else int(np.searchsorted(-self.seen, -until, "right"))
        end = len(self.seen) if since is None else int(np.searchsorted(-self.seen, -since, "right"))
        return Documents(self.seen[begin:end], self.ids[begin:end])

    def older(self, than: Document | None, limit: int) -> list[Document]:
        """The newest of those that are older than a document."""
        begin = 0
        if than:
            begin, end = (int(np.searchsorted(-self.seen, -than.seen, side)) for side in ("left", "right"))
            begin += int(np.searchsorted(-self.ids[begin:end], -than.article_id, "right"))
        chosen = slice(begin, begin + limit)
        return list(map(Document, self.seen[chosen].tolist(), self.ids[chosen].tolist()))

    def among(self, article_ids: Sequence[int]) -> list[int]:
        """The ids of those that are among some."""
        found: list[int] = self.ids[np.isin(self.ids, np.array(article_ids, np.int64))].tolist()
        return found

    def packed(self) -> bytes:
        """As they are stored."""
        steps = (np.diff(column, prepend=0).astype("<i8").tobytes() for column in (self.seen, self.ids))
        return checked(b"".join(steps))

    @classmethod
    def unpacked(cls, stored: bytes) -> "Documents":
        """As they were."""
        steps = np.frombuffer(zstd.decompress(stored), "<i8").reshape(2, -1)
        return cls(np.cumsum(steps[0]), np.cumsum(steps[1]))


@dataclass(frozen=True)
class Directory:
    """The languages of a segment, and the first term of each part."""

    languages: tuple[str, ...]
    firsts: Sequence[bytes]

    def packed(self) -> bytes:
        """As it is stored."""
        return checked(b"\n".join((" ".join(self.languages).encode(), *self.firsts)))

    @classmethod
    def unpacked(cls, stored: bytes) -> "Directory":
        """As it was."""
        languages, *firsts = zstd.decompress(stored).split(b"\n")
        return cls(tuple(languages.decode().split()), firsts)

    def part_of(self, term: bytes) -> int | None:
        """The part in which a term would be."""
        number = bisect_right(self.firsts, term) - 1
        return number if number >= 0 else None

    def parts_with(self, beginning: bytes) -> range:
        """The parts in which terms with this beginning would be."""
        first = max(bisect_right(self.firsts, beginning) - 1, 0)
        # No byte of UTF-8 is 255, so this comes after all terms with the beginning.
        return range(first, bisect_left(self.firsts, beginning + b"\xff"))


class MadeSegment(NamedTuple):
    """A segment of articles, ready to be stored."""

    documents: Documents
    directory: Directory
    parts: Sequence[Part]


class Making:
    """A segment in the making: articles are added to it batch by batch.

    Meanwhile the reader must not begin anew.
    """

    def __init__(self, reader: BulkReader) -> None:
        self._reader = reader
        self._documents: list[Document] = []
        self._languages: set[str] = set()
        self._numbers: list[Integers] = []
        self._places: list[Integers] = []

    def __len__(self) -> int:
        return len(self._documents)

    def add(self, articles: Sequence[Article]) -> None:
        """Adds articles, which are stored; each once."""
        read = self._reader.read(articles)
        self._numbers.append(read.numbers)
        self._places.append(read.documents + len(self._documents))
        self._documents += map(document_of, articles)
        self._languages |= {folding_language(article.language) for article in articles}

    def made(self) -> MadeSegment:
        """The segment of all that were added."""
        order = sorted(range(len(self)), key=self._documents.__getitem__, reverse=True)
        place = np.empty(len(self), np.int64)
        place[order] = np.arange(len(self))
        documents = place[np.concatenate(self._places)]
        pieces, _ = cut(postings_of(self._reader.terms, np.concatenate(self._numbers), documents), whole=True)
        parts = [packed(piece) for piece in pieces]
        return MadeSegment(
            Documents.of([self._documents[number] for number in order]),
            Directory(tuple(sorted(self._languages)), [part.first for part in parts]),
            parts,
        )


def made_of(articles: Sequence[Article], reader: BulkReader) -> MadeSegment:
    """The segment of these articles, which are stored, each once."""
    making = Making(reader)
    making.add(articles)
    return making.made()


def document_of(article: Article) -> Document:
    """A stored article as a document."""
    assert article.id is not None
    return Document((article.first_seen - EPOCH) // MICROSECOND, article.id)
