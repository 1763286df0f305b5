"""What a new article is compared with, as it is stored: read once, then followed row by row.

A transaction first reads what other processes have added since; what it adds itself is taken back when it
fails. So the window in memory is at all times what a new process would read.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    delete,
    func,
    select,
    update,
)

from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.index_steps import off_index
from watchdesk.store.story_lock import lock_stories
from watchdesk.store.story_tables import is_kept_whole
from watchdesk.store.tables import story_members, story_merges, term_days
from watchdesk.store.upserts import upsert_all
from watchdesk.stories import Frequencies, Member, TermDay, Window
from watchdesk.stories.members import STORED_WEIGHTS, Terms, hashes_of, seconds
from watchdesk.stories.shingles import STORED
from watchdesk.stories.thresholds import COPY_WINDOW, EVENT_KEPT, EVENT_WINDOW, MOST_ARTICLES, TERM_DAYS

_KEPT = COPY_WINDOW * 1.1
_SET_BACK = EVENT_KEPT - EVENT_WINDOW
_DAYS_KEPT = 2 * TERM_DAYS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Made once: they are asked for each poll that brings an article.
_LATER_MERGES = (
    select(story_merges)
    .where(story_merges.c.id > bindparam("last"), story_merges.c.at >= bindparam("since"))
    .order_by(story_merges.c.id)
)
_LATER_MEMBERS = (
    select(story_members).where(story_members.c.id > bindparam("last")).order_by(story_members.c.id)
)
_NOT_COMPARED = {"title_terms": "", "lead_terms": "", "vector_terms": "", "vector_weights": b""}
"""Columns that nobody needs of a member that is only recognised in copies."""


def _told(column: Column[Any]) -> ColumnElement[Any]:
    """A column of members; empty for those for which nobody needs it."""
    if column.name not in _NOT_COMPARED:
        return column
    is_compared = story_members.c.seen_at >= bindparam("told_since", type_=story_members.c.seen_at.type)
    return case((is_compared, column), else_=_NOT_COMPARED[column.name]).label(column.name)


_IS_RECENT = and_(story_members.c.seen_at >= bindparam("since"), is_kept_whole())
_RECENT_MEMBERS = select(*map(_told, story_members.c)).where(
    story_members.c.id.in_(bindparam("ids", expanding=True))
)
_RECENT_NUMBERS = (
    select(story_members.c.id)
    .where(_IS_RECENT)
    .order_by(off_index(story_members.c.id).desc())
    .limit(MOST_ARTICLES)
)


def _recent(connection: Connection, now: datetime) -> Iterator[Sequence[Member]]:
    """The members that count, in their order; some at a time, for all at once take hundreds of megabytes."""
    numbers = connection.execute(_RECENT_NUMBERS, {"since": now - _KEPT}).scalars().all()[::-1]
    for some in batched(numbers, AT_ONCE):
        asked = {"told_since": now - EVENT_KEPT, "ids": list(some)}
        rows = connection.execute(_RECENT_MEMBERS.order_by(story_members.c.id), asked)
        yield [member_of_row(row) for row in rows]


class StoryWindow:
    """The window of one database; safe to use from many threads, one at a time."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._window: Window | None = None
        self._by_article: dict[int, Member] = {}
        self._last = 0
        """The number of the last row that was read or written."""
        self._last_merge = 0
        self._latest = _EPOCH
        self._added: list[Member] = []
        self._is_changed = False
        """More than added to: what this transaction did is not taken back row by row."""

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Around a transaction that adds articles: takes them back if it fails."""
        with self._turn:
            self._added, self._is_changed = [], False
            last = self._last
            try:
                yield
            except BaseException:
                self._take_back(last)
                raise

    @staticmethod
    def lock(connection: Connection) -> None:
        """See `lock_stories`."""
        lock_stories(connection)

    def follow(self, connection: Connection, now: datetime) -> Window:
        """Within a transaction: the window as all committed transactions left it, for an article of now."""
        self.lock(connection)
        day = (now - _EPOCH).days
        if now < self._latest - _SET_BACK:
            self._window = None  # the clock was ahead, and what was too old then is not so now
        self._latest = now
        if self._window is None:
            _close_days(connection, day, None)
            self._window = Window(_frequencies(connection, day, 0))
            self._last = self._last_merge = 0
            self._by_article = {}
        elif self._window.frequencies.day != day:
            self._read_merges(connection, now)
            self._read_members(connection, now)  # what other processes have added to the day that is over
            _close_days(connection, day, self._window.frequencies)
            _forget_old(connection, now)
            self._window.frequencies = _frequencies(connection, day, self._last)
        self._read_merges(connection, now)
        self._read_members(connection, now)
        for member in self._window.drop_before(seconds(now)):
            self._by_article.pop(member.article_id, None)
        return self._window

    def add(self, member: Member) -> None:
        """Notes that this transaction has put a member into the window."""
        self._added.append(member)

    def written(self, members: Sequence[Member]) -> None:
        """Notes members that this transaction has written under their numbers: they are not read again."""
        for member in members:
            self._know(member)

    def forget(self, article_ids: Sequence[int]) -> None:
        """Removes members whose rows this transaction deletes."""
        for number in article_ids:
            if before := self._by_article.pop(number, None):
                assert self._window is not None
                self._window.remove(before)
                self._is_changed = True

    def has_merged(self) -> None:
        """Notes that this transaction has merged stories."""
        self._is_changed = True

    def _know(self, member: Member) -> None:
        member.settle()
        self._by_article[member.article_id] = member
        self._last = max(self._last, member.number)

    def _take_back(self, last: int) -> None:
        """As it was after row `last`; what other processes have committed since is read again."""
        window, self._window = self._window, None
        if window is None or self._is_changed:
            return  # it is read again
        for member in self._added:
            window.remove(member)
            self._by_article.pop(member.article_id, None)
        self._last = last
        self._window = window

    def _read_merges(self, connection: Connection, now: datetime) -> None:
        assert self._window is not None
        since = _EPOCH if self._last_merge else now - _KEPT
        for row in connection.execute(_LATER_MERGES, {"last": self._last_merge, "since": since}):
            self._window.merge(row.story_id, row.merged_into)
            self._last_merge = row.id

    def _read_members(self, connection: Connection, now: datetime) -> None:
        assert self._window is not None
        if not self._last:
            for members in _recent(connection, now):
                self._window.add_all(members, seconds(now - EVENT_KEPT))
                for member in members:
                    self._know(member)
            return
        for row in connection.execute(_LATER_MEMBERS, {"last": self._last}).all():
            member = member_of_row(row)
            before = self._by_article.get(member.article_id)
            if before:
                self._window.remove(before)
            self._window.add(member)
            self._know(member)


def member_of_row(row: Any) -> Member:
    """A member as it was written."""
    return Member(
        source_id=row.source_id,
        seen=seconds(row.seen_at),
        happened=seconds(row.happened_at),
        told=Terms(*(tuple(said.split()) for said in (row.title_terms, row.lead_terms, row.vector_terms))),
        weights=np.frombuffer(row.vector_weights, dtype=STORED_WEIGHTS).astype(np.float32).tobytes(),
        words=row.words,
        every=row.every,
        shingles=hashes_of(row.shingles),
        facts=hashes_of(row.facts),
        story=row.story_id,
        article_id=row.article_id,
        number=row.id,
        day=row.day,
    )


def columns_of(member: Member) -> Mapping[str, Any]:
    """What decides, as it is written. All but the reason, and the moments, which a float does not hold."""
    return {
        "story_id": member.story,
        "source_id": member.source_id,
        "day": member.day,
        "title_terms": " ".join(member.title_terms),
        "lead_terms": " ".join(member.lead_terms),
        "vector_terms": " ".join(member.vector_terms),
        "vector_weights": member.vector_weights.astype(STORED_WEIGHTS).tobytes(),
        "words": member.words,
        "every": member.every,
        "shingles": member.shingles.astype(STORED).tobytes(),
        "facts": member.facts.astype(STORED).tobytes(),
    }


def _frequencies(connection: Connection, day: int, last: int) -> Frequencies:
    """Of a day, with what the rows up to a number add to it."""
    before = select(term_days).where(term_days.c.day < day, term_days.c.day >= day - TERM_DAYS)
    frequencies = Frequencies(day, [TermDay(*row) for row in connection.execute(before)])
    for _, terms in _terms(connection, and_(story_members.c.day == day, story_members.c.id <= last)):
        frequencies.add(terms)
    return frequencies


def _close_days(connection: Connection, day: int, counting: Frequencies | None) -> None:
    """Counts the terms of days that are over and were not counted yet.

    `counting`: where one of them was counted article by article, which is not done once more.
    """
    rows = []
    for over in _open_days(connection, day):
        if counting is not None and counting.day == over:
            closed = counting.closed()
        else:
            closed = TermDay.of(over, (terms for _, terms in _terms(connection, story_members.c.day == over)))
        rows.append({"day": over, "articles": closed.articles, "counts": closed.counts})
    upsert_all(connection, term_days, rows)


def _open_days(connection: Connection, day: int) -> Iterator[int]:
    """From one day with articles to the next by the index, as far back as days are kept."""
    asked = select(term_days.c.day).where(term_days.c.day >= day - _DAYS_KEPT)
    counted = set(connection.execute(asked).scalars())
    over = day - _DAYS_KEPT - 1
    next_one = select(func.min(story_members.c.day)).where(
        story_members.c.day > bindparam("over"), story_members.c.day < day
    )
    while (found := connection.execute(next_one, {"over": over}).scalar()) is not None:
        over = int(found)
        if over not in counted:
            yield over


def _terms(connection: Connection, chosen: Any) -> Iterator[tuple[int, frozenset[str]]]:
    asked = select(story_members.c.id, story_members.c.title_terms, story_members.c.lead_terms).where(chosen)
    for row in connection.execute(asked):
        yield row.id, frozenset(f"{row.title_terms} {row.lead_terms}".split())


def _forget_old(connection: Connection, now: datetime) -> None:
    """Keeps of articles that are compared no more only the reason; `pruning` removes it with the article."""
    old = and_(story_members.c.seen_at < now - _KEPT, is_kept_whole())
    nothing = {"title_terms": "", "lead_terms": "", "vector_terms": "", "every": 0}
    nothing |= {"vector_weights": b"", "shingles": b"", "facts": b""}
    connection.execute(update(story_members).where(old).values(nothing))
    connection.execute(delete(term_days).where(term_days.c.day < (now - _EPOCH).days - _DAYS_KEPT))
