"""What the index of the archive says of itself, and which segments it has to have: others are lost.

The manifest is the list of them. It is in the one row that every change of the index writes, and changes
in the transaction that changes the segments. Without that row there is no index, and every article is read.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Connection, select, update

from watchdesk.store.columns import EPOCH, MICROSECOND
from watchdesk.store.tables import search_index, search_segments

NO_ARTICLE = 1 << 62
"""A number above that of any article."""


class SegmentState(StrEnum):
    """What a segment is good for."""

    BUILDING = "building"
    """Not complete yet."""
    LIVE = "live"
    GONE = "gone"
    """To be deleted, little by little."""


class ListedSegment(NamedTuple):
    """A live segment, and which articles are in it."""

    id: int
    documents: int
    newest: int
    """When its newest article was first seen, in microseconds since 1970."""
    oldest: int

    @property
    def newest_seen(self) -> datetime:
        """When its newest article was first seen."""
        return EPOCH + self.newest * MICROSECOND

    @property
    def oldest_seen(self) -> datetime:
        """When its oldest article was."""
        return EPOCH + self.oldest * MICROSECOND


def _wider(one: ListedSegment, other: ListedSegment) -> ListedSegment:
    return one._replace(newest=max(one.newest, other.newest), oldest=min(one.oldest, other.oldest))


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the index says that it holds."""

    indexed_to: int = 0
    """Each article with a greater number is noted as pending; the greatest number ever put into the index."""
    segments: tuple[ListedSegment, ...] = ()

    @classmethod
    def unpacked(cls, stored: str) -> "Manifest":
        """As it was. Raises `ValueError` or `TypeError` for what nobody wrote."""
        read = json.loads(stored)
        if not isinstance(read, dict) or not isinstance(read.get("segments"), list):
            raise TypeError("it is no list of segments")
        listed = tuple(ListedSegment(*map(int, one)) for one in read["segments"])
        return cls(int(read.get("indexed_to", 0)), listed)

    def packed(self) -> str:
        """As it is stored."""
        return json.dumps({"indexed_to": self.indexed_to, "segments": self.segments}, separators=(",", ":"))

    def lost(self, live: Mapping[int, ListedSegment]) -> Sequence[ListedSegment]:
        """Those that are not there as they are listed, newest first; of two times, the wider.

        `live`: what the live segments say of themselves, by id.
        """
        gone = (_wider(one, live.get(one.id, one)) for one in self.segments if live.get(one.id) != one)
        return sorted(gone, key=lambda one: (one.newest, one.id), reverse=True)

    def unlisted(self, live: Collection[int]) -> Collection[int]:
        """The ids of live segments that are not listed."""
        return set(live) - {one.id for one in self.segments}

    def changed(
        self, added: Iterable[ListedSegment], dropped: Collection[int], indexed_to: int
    ) -> "Manifest":
        """With some segments more, and without some."""
        kept = (one for one in self.segments if one.id not in dropped)
        return Manifest(max(self.indexed_to, indexed_to), (*kept, *added))


class IndexState(NamedTuple):
    """What the index says of itself."""

    terms_version: str
    unindexed_to: int
    manifest: Manifest = Manifest()

    @property
    def is_lost(self) -> bool:
        """Whether it does not know what it holds."""
        return self == _NO_INDEX


EMPTY_INDEX = {"id": 1, "terms_version": "", "unindexed_to": 0, "manifest": Manifest().packed()}
"""The row of an index with nothing in it."""


def index_state(connection: Connection) -> IndexState:
    """Of an index that is not there, or does not know what it holds: nothing is in it."""
    asked = select(search_index.c.terms_version, search_index.c.unindexed_to, search_index.c.manifest)
    row = connection.execute(asked).one_or_none()
    try:
        return IndexState(row[0], row[1], Manifest.unpacked(row[2] or "")) if row else _NO_INDEX
    except (ValueError, TypeError):
        return _NO_INDEX


_NO_INDEX = IndexState("", NO_ARTICLE)


def live_segments(connection: Connection) -> Mapping[int, ListedSegment]:
    """What each live segment says of itself, by id; of one that has no times, nothing."""
    columns = search_segments.c
    asked = select(columns.id, columns.documents, columns.newest_seen, columns.oldest_seen).where(
        columns.state == SegmentState.LIVE,
        columns.newest_seen.is_not(None),
        columns.oldest_seen.is_not(None),
    )
    rows = (row._asdict() for row in connection.execute(asked))
    return {row["id"]: listed(row["id"], row) for row in rows}


def listed(segment: int, row: Mapping[str, Any]) -> ListedSegment:
    """A segment of which these columns are written."""
    newest, oldest = ((row[name] - EPOCH) // MICROSECOND for name in ("newest_seen", "oldest_seen"))
    return ListedSegment(segment, row["documents"], newest, oldest)


def relist(
    connection: Connection,
    added: Iterable[ListedSegment] = (),
    dropped: Collection[int] = (),
    indexed_to: int = 0,
) -> None:
    """Changes the list, within the transaction that changes the segments and has written the row before."""
    stored = connection.scalar(select(search_index.c.manifest))
    changed = Manifest.unpacked(stored or "").changed(added, dropped, indexed_to)
    connection.execute(update(search_index).values(manifest=changed.packed()))
