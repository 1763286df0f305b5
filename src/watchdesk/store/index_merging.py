"""Merges segments of the index into a larger one, a few parts at a time, so that nobody waits for it.

While it is being made, the new segment is not used; the last transaction puts it in the place of the others.
Articles that were pruned are left out, and one that stands in several segments is one in the new one.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, insert, select, update

from watchdesk.archive.postings import (
    Integers,
    Part,
    Postings,
    cut,
    in_turn,
    joined,
    merged,
    packed,
    unpacked,
    up_to,
)
from watchdesk.archive.segments import Directory, Documents, MadeSegment
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.database import Database
from watchdesk.store.index_rows import OutpacedError, segment_row
from watchdesk.store.index_state import SegmentState, listed, relist
from watchdesk.store.search_index import StoredParts
from watchdesk.store.tables import articles, search_parts, search_segments

_MOST_WRITTEN = 1 << 19
"""Bytes, about, that one transaction writes."""

_MOST_ASKED = 8
"""Batches of articles that one step asks for."""

_NOTHING = Postings((), np.empty(0, np.int64), np.empty(0, np.int64))


class _Input:
    """A segment that is being merged: read part by part."""

    def __init__(self, row: Any) -> None:
        self.id: int = row.id
        self.directory = Directory.unpacked(row.directory)
        self.documents = Documents.unpacked(row.articles)
        self.places: Integers = np.empty(0, np.int64)
        self.read = _NOTHING
        """What was read and is not in the new segment yet."""
        self.next_part = 0

    def newest(self) -> tuple[int, int]:
        """Its newest article, by first seen and id."""
        return int(self.documents.seen[0]), int(self.documents.ids[0])

    @property
    def is_read(self) -> bool:
        """Whether no part is left to be read."""
        return self.next_part == len(self.directory.firsts)


class Merge:
    """One merge, in memory as far as it has come."""

    def __init__(self, database: Database, segments: Sequence[int]) -> None:
        self._database = database
        asked = select(search_segments.c.id, search_segments.c.directory, search_segments.c.articles)
        with database.read() as connection:
            rows = connection.execute(asked.where(search_segments.c.id.in_(segments))).all()
        self._inputs = sorted(map(_Input, rows), key=_Input.newest, reverse=True)
        numbers = sorted({number for each in self._inputs for number in each.documents.ids.tolist()})
        self._unasked = list(batched(numbers, AT_ONCE))
        """Numbers of articles that may have been pruned."""
        self._alive: list[int] = []
        self._documents = Documents.of(())
        self._in_turn = False
        self._id: int | None = None
        self._made = _NOTHING
        """Merged, and not cut into parts yet."""
        self._parts: list[Part] = []
        """To be written."""
        self._firsts: list[bytes] = []

    def _renumbered(self) -> Documents:
        """The articles of the new segment; tells each input their new numbers."""
        seen = np.concatenate([each.documents.seen for each in self._inputs])
        ids = np.concatenate([each.documents.ids for each in self._inputs])
        alive = np.isin(ids, self._alive)
        order = np.lexsort((-ids, -seen))
        order = order[alive[order]]
        again = np.zeros(len(order), np.bool_)
        again[1:] = ids[order][1:] == ids[order][:-1]
        places = np.full(len(ids), -1, np.int64)
        places[order] = np.cumsum(~again) - 1
        begin = 0
        for each in self._inputs:
            end = begin + len(each.documents.ids)
            each.places = places[begin:end]
            begin = end
        kept = order[~again]
        return Documents(seen[kept], ids[kept])

    def _ask(self) -> None:
        """Asks for some of the articles whether they are there; numbers them when all were asked for."""
        asked, self._unasked = self._unasked[:_MOST_ASKED], self._unasked[_MOST_ASKED:]
        with self._database.read() as connection:
            for some in asked:
                self._alive += connection.scalars(select(articles.c.id).where(articles.c.id.in_(some)))
        if not self._unasked:
            self._documents = self._renumbered()
            self._in_turn = in_turn([each.places for each in self._inputs])

    def step(self) -> bool:
        """Merges some parts more; whether it is done but for `finish`."""
        if self._unasked:
            self._ask()
            return False
        if not len(self._documents.ids):
            return True
        is_last = self._merge_some()
        pieces, self._made = cut(self._made, whole=is_last)
        self._parts += map(packed, pieces)
        if is_last or sum(len(part.postings) + len(part.terms) for part in self._parts) >= _MOST_WRITTEN:
            self._write()
        return is_last

    def _merge_some(self) -> bool:
        """Merges up to the first term of which a part is still to be read; whether there is none."""
        with self._database.read() as connection:
            for each in self._inputs:
                if not each.read.terms and not each.is_read:
                    parts = StoredParts(connection, each.id, OutpacedError())
                    each.read = unpacked(*parts.whole([each.next_part])[each.next_part])
                    each.next_part += 1
        bounds = [each.read.terms[-1] for each in self._inputs if not each.is_read]
        if bounds:
            split = [up_to(each.read, min(bounds)) for each in self._inputs]
        else:
            split = [(each.read, _NOTHING) for each in self._inputs]
        for each, (_, rest) in zip(self._inputs, split, strict=True):
            each.read = rest
        places = [each.places for each in self._inputs]
        some = merged([taken for taken, _ in split], places, taking_turns=self._in_turn)
        self._made = joined(self._made, some)
        return not bounds

    def _write(self) -> None:
        with self._database.write() as connection:
            if self._id is None:
                new = insert(search_segments).values(state=SegmentState.BUILDING, documents=0)
                (self._id,) = connection.execute(new).inserted_primary_key or (None,)
            number = len(self._firsts)
            rows = [
                {
                    "segment_id": self._id,
                    "number": number + place,
                    "terms": part.terms,
                    "postings": part.postings,
                }
                for place, part in enumerate(self._parts)
            ]
            if rows:
                connection.execute(insert(search_parts), rows)
        self._firsts += [part.first for part in self._parts]
        self._parts = []

    def finish(self, connection: Connection) -> None:
        """Within a transaction: puts the new segment in the place of the others.

        Raises `OutpacedError` when one of them was dropped meanwhile.
        """
        replaced = update(search_segments).where(
            search_segments.c.id.in_([each.id for each in self._inputs]),
            search_segments.c.state == SegmentState.LIVE,
        )
        inputs = [each.id for each in self._inputs]
        if connection.execute(replaced.values(state=SegmentState.GONE)).rowcount != len(inputs):
            raise OutpacedError
        if self._id is None:
            relist(connection, dropped=inputs)
            return
        languages = sorted({one for each in self._inputs for one in each.directory.languages})
        made = MadeSegment(self._documents, Directory(tuple(languages), self._firsts), ())
        mine = update(search_segments).where(
            search_segments.c.id == self._id, search_segments.c.state == SegmentState.BUILDING
        )
        row = segment_row(made)
        if connection.execute(mine.values(state=SegmentState.LIVE, **row)).rowcount != 1:
            raise OutpacedError
        relist(connection, [listed(self._id, row)], inputs)
