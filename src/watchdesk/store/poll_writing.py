"""Writes polls in one transaction: articles, stories, matches, their places in digests, states.

It takes a few statements, however many polls there are and articles in them. What no story depends on is
written first, for while articles are put into stories the whole fleet waits (`story_lock`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, insert, select, update

from watchdesk.model import Ingested, Known, PollPart, Stored
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.matches import Matched, write_matches
from watchdesk.store.pages import write_new_pages, write_pages
from watchdesk.store.rewriting import rewrite
from watchdesk.store.row_mapping import article_row
from watchdesk.store.search_pending import write_pending
from watchdesk.store.state_mapping import state_row
from watchdesk.store.story_lock import lock_stories
from watchdesk.store.tables import articles, entry_keys, sources
from watchdesk.store.upserts import upsert_all
from watchdesk.store.wordings import write_new_wordings, write_wordings

if TYPE_CHECKING:
    from watchdesk.store.story_window import StoryWindow

# Made once: that a list of keys is made a statement each time costs more than the database's own work.
_KNOWN = select(
    entry_keys.c.key, entry_keys.c.article_id, entry_keys.c.entry_hash, entry_keys.c.listed_at
).where(
    entry_keys.c.source_id == bindparam("source_id"), entry_keys.c.key.in_(bindparam("keys", expanding=True))
)
_LISTED = (
    update(entry_keys)
    .where(entry_keys.c.article_id == bindparam("number"))
    .values(listed_at=bindparam("now", type_=entry_keys.c.listed_at.type))
)


def write_polls(
    connection: Connection, window: "StoryWindow", parts: Sequence[PollPart]
) -> Sequence[Sequence[Stored]]:
    """Writes polls of locked sources as if one came after the other; what became of the items of each."""
    upsert_all(connection, sources, [state_row(part.state) for part in parts if part.state is not None])
    listed = {again.known.article_id: part.now for part in parts for again in part.recalled}
    if listed:
        connection.execute(_LISTED, [{"number": number, "now": listed[number]} for number in sorted(listed)])
    stored: list[list[Stored]] = [[] for _ in parts]
    for together in _rounds(window, parts):
        written = _Round(connection, window, together).write()
        for segment, became in zip(together, written, strict=True):
            stored[segment.place] += became
    return stored


def known_keys(connection: Connection, source_id: str, keys: Sequence[str]) -> dict[str, Known]:
    """Those of `keys` that the source's entries were stored under."""
    found: dict[str, Known] = {}
    for chunk in batched(keys, AT_ONCE):
        for key, *known in connection.execute(_KNOWN, {"source_id": source_id, "keys": list(chunk)}):
            found[key] = Known(*known)
    return found


def sources_of(part: PollPart) -> Iterator[str]:
    """The source of a poll, once for each thing that it brought."""
    yield from (item.article.source_id for item in part.items)
    yield from (again.source_id for again in part.recalled)
    if part.state is not None:
        yield part.state.source_id


@dataclass(frozen=True, slots=True)
class _Segment:
    """Some items of a poll, no two of which share their first key."""

    place: int
    """Of the poll among the others."""
    part: PollPart
    items: Sequence[Ingested]
    is_last: bool

    @property
    def source_id(self) -> str:
        return next(sources_of(self.part))


def _rounds(window: "StoryWindow", parts: Sequence[PollPart]) -> Iterator[Sequence[_Segment]]:
    """What can be written together: of different sources, and of moments for which one window will do."""
    together: list[_Segment] = []
    of_sources: set[str] = set()
    for segment in _segments(parts):
        goes_on = not together or window.will_do(together[-1].part.now, segment.part.now)
        if segment.source_id in of_sources or not goes_on:
            yield together
            together, of_sources = [], set()
        together.append(segment)
        of_sources.add(segment.source_id)
    if together:
        yield together


def _segments(parts: Sequence[PollPart]) -> Iterator[_Segment]:
    for place, part in enumerate(parts):
        batches = list(_without_shared_keys(part.items))
        if not batches and part.recalled:
            batches = [()]
        for number, items in enumerate(batches, 1):
            yield _Segment(place, part, items, number == len(batches))


def _without_shared_keys(items: Sequence[Ingested]) -> Iterator[Sequence[Ingested]]:
    """The items in order, split where one has the key of an earlier one."""
    batch: list[Ingested] = []
    keys: set[str] = set()
    for item in items:
        if item.keys[0] in keys:
            yield batch
            batch, keys = [], set()
        batch.append(item)
        keys.add(item.keys[0])
    if batch:
        yield batch


@dataclass(frozen=True, slots=True)
class _Changed:
    """An entry that is stored already, and says something else now."""

    item: Ingested
    article_id: int
    updated: bool | None
    """Whether the text of its article is another; None: that was pruned. Its keys answer for it, so that an
    old article does not come back.
    """


class _Sorted:
    """The items of a segment by what becomes of them."""

    def __init__(self, connection: Connection, segment: _Segment) -> None:
        self.segment, self.now = segment, segment.part.now
        keys = [item.keys[0] for item in segment.items]
        known = known_keys(connection, segment.source_id, keys) if keys else {}
        seen = [_stored_as(item, known.get(item.keys[0])) for item in segment.items]
        self.seen: Sequence[Known | None] = seen
        """What each is stored as already; None for a new article."""
        self.new = [item for item, before in zip(segment.items, seen, strict=True) if before is None]
        self.changed = [
            _rewrite(connection, item, before, self.now)
            for item, before in zip(segment.items, seen, strict=True)
            if before is not None and before.entry_hash != item.entry_hash
        ]

    @property
    def to_match(self) -> Sequence[_Changed]:
        """What there still is of the changed ones."""
        return [one for one in self.changed if one.updated is not None]


class _Round:
    """Segments that are written together."""

    def __init__(self, connection: Connection, window: "StoryWindow", together: Sequence[_Segment]) -> None:
        self._connection, self._window = connection, window
        self._every = [_Sorted(connection, segment) for segment in together]
        self._new = [(item, one.now) for one in self._every for item in one.new]
        self._rows = [{**article_row(item.article), "line_hashes": item.line_hashes} for item, _ in self._new]

    def write(self) -> Sequence[Sequence[Stored]]:
        """What became of the items of each."""
        numbers = self._write_articles()
        matched = self._write_matches(numbers)
        self._write_keys(numbers)
        of_new, of_changed = iter(zip(numbers, matched, strict=False)), iter(matched[len(numbers) :])
        return [list(_became(one, of_new, of_changed)) for one in self._every]

    def _write_articles(self) -> Sequence[int]:
        """Writes new articles and all that belongs to them but matches; their numbers, in order."""
        from watchdesk.store.story_writing import Arrival, put_into_stories  # noqa: PLC0415 - numpy is heavy

        arrivals = [
            Arrival(
                one.segment.source_id,
                one.now,
                one.new,
                [(changed.article_id, changed.item) for changed in one.changed if changed.updated],
            )
            for one in self._every
            if one.new or any(changed.updated for changed in one.changed)
        ]
        placed = put_into_stories(self._connection, self._window, arrivals) if arrivals else ()
        if not placed:
            return ()
        connection, items = self._connection, [item for item, _ in self._new]
        rows = [
            {**row, "id": number, "story_id": story}
            for row, (number, story) in zip(self._rows, placed, strict=True)
        ]
        connection.execute(insert(articles), rows)
        numbers = [number for number, _ in placed]
        write_pending(connection, [(n, i.article.first_seen) for n, i in zip(numbers, items, strict=True)])
        write_new_pages(connection, items, numbers)
        write_new_wordings(connection, [(n, i.wording) for n, i in zip(numbers, items, strict=True)])
        return numbers

    def _write_matches(self, numbers: Sequence[int]) -> Sequence[tuple[str, ...]]:
        found = [Matched(item, number, now) for (item, now), number in zip(self._new, numbers, strict=True)]
        found += [
            Matched(changed.item, changed.article_id, one.now, is_new=False)
            for one in self._every
            for changed in one.to_match
        ]
        if found and not numbers:
            lock_stories(self._connection)
        return write_matches(self._connection, found)

    def _write_keys(self, numbers: Sequence[int]) -> None:
        """Where two items share a key, the later one gets it."""
        numbered = iter(numbers)
        rows: dict[tuple[str, str], Mapping[str, Any]] = {}
        for one in self._every:
            written = [(item, next(numbered)) for item in one.new]
            written += [(changed.item, changed.article_id) for changed in one.changed]
            known = [(item.keys, Known(number, item.entry_hash)) for item, number in written]
            if one.segment.is_last:
                known += [(again.keys, again.known) for again in one.segment.part.recalled]
            for keys, stored_as in known:
                for key in keys:
                    rows[one.segment.source_id, key] = _key_row(
                        one.segment.source_id, key, stored_as, one.now
                    )
        upsert_all(self._connection, entry_keys, list(rows.values()))


def _became(
    one: _Sorted,
    of_new: Iterator[tuple[int, tuple[str, ...]]],
    of_changed: Iterator[tuple[str, ...]],
) -> Iterator[Stored]:
    changed = iter(one.changed)
    for item, before in zip(one.segment.items, one.seen, strict=True):
        if before is None:
            number, matched = next(of_new)
            yield Stored(number, new=True, matched=matched)
        elif before.entry_hash == item.entry_hash or (updated := next(changed).updated) is None:
            yield Stored(before.article_id, new=False)
        else:
            yield Stored(before.article_id, new=False, updated=updated, matched=next(of_changed))


def _stored_as(item: Ingested, known: Known | None) -> Known | None:
    """What an item is stored as already; None for a new article.

    Another poll may have stored it since it was looked up: then its key leads to an article that nobody
    has ruled out.
    """
    if known and known.article_id not in item.ruled_out:
        return known
    return Known(item.revises, "") if item.revises is not None else None


def _rewrite(connection: Connection, item: Ingested, before: Known, now: datetime) -> _Changed:
    updated = rewrite(connection, before.article_id, item, now)
    if updated is not None:
        write_pages(connection, [item], [before.article_id])
        write_wordings(connection, [(before.article_id, item.wording)])
    return _Changed(item, before.article_id, updated)


def _key_row(source_id: str, key: str, known: Known, now: datetime) -> dict[str, object]:
    return {
        "source_id": source_id,
        "key": key,
        "article_id": known.article_id,
        "entry_hash": known.entry_hash,
        "listed_at": now,
    }
