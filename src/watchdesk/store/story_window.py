"""What a new article is compared with, as it is stored: read once, then followed row by row.

A transaction first reads what other processes have added since; what it adds itself is taken back when it
fails. So the window in memory is at all times what a new process would read. To read it whole takes seconds,
and to begin a new day half a second: this is done before the transaction, so that others can write meanwhile.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, bindparam, select

from watchdesk.store.database import Database
from watchdesk.store.member_rows import KEPT, forget_old, member_of_row, recent_members
from watchdesk.store.story_lock import lock_stories
from watchdesk.store.tables import story_members, story_merges
from watchdesk.store.term_counts import close_days, count_open_days, frequencies_of
from watchdesk.stories import Member, TermDay, Window
from watchdesk.stories.members import seconds
from watchdesk.stories.thresholds import EVENT_KEPT, EVENT_WINDOW

_T = TypeVar("_T")

_SET_BACK = EVENT_KEPT - EVENT_WINDOW
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
_LATER_DAYS = select(story_members.c.day).where(story_members.c.id > bindparam("last"))


class _UnreadError(Exception):
    """A transaction needs a window that is not read yet, or one of another day."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.now = now


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
        self._counted_ahead: Mapping[int, TermDay] = {}
        """Days that are over, as they were counted before the transaction that is to write them."""
        self._reads_within = False
        """Whether the transaction reads itself what takes long."""
        self._may_forget = False
        """Whether there may be members that are kept whole and compared no more."""
        self._added: list[Member] = []
        self._is_changed = False
        """More than added to: what this transaction did is not taken back row by row."""

    def transact(self, database: Database, write: Callable[[Connection], _T]) -> _T:
        """Runs a transaction that adds articles, and takes them back if it fails.

        Where it needs what takes long to read, it is given up and begun again when that is read.
        """
        with self._turn:
            self._reads_within = False
            try:
                with self._taken_back(), database.write() as connection:
                    return write(connection)
            except _UnreadError as unread:
                with self._taken_back(), database.read() as connection:
                    self._read_ahead(connection, unread.now)
            # Parts of it may be of moments of which each needs another window.
            self._reads_within = True
            with self._taken_back(), database.write() as connection:
                return write(connection)

    @contextmanager
    def _taken_back(self) -> Iterator[None]:
        self._added, self._is_changed = [], False
        last = self._last
        try:
            yield
        except BaseException:
            self._take_back(last)
            raise

    def follow(self, connection: Connection, now: datetime) -> Window:
        """Within a transaction: the window as all committed transactions left it, for an article of now.

        Until the transaction ends, others wait that put articles into stories.
        """
        if now < self._latest - _SET_BACK:
            self._window = None  # the clock was ahead, and what was too old then is not so now
        self._latest = now
        if (self._window is None or self._window.frequencies.day != _day_of(now)) and not self._reads_within:
            raise _UnreadError(now)
        lock_stories(connection)
        if self._window is None:
            window = self._read_whole(connection, now, close_days(connection, _day_of(now), {}))
        else:
            window = self._read_later(connection, now)
        if self._may_forget:
            self._may_forget = forget_old(connection, now)
        self.go_on(now)
        return window

    @staticmethod
    def will_do(before: datetime, now: datetime) -> bool:
        """Whether the window of one moment may `go_on`: the day is the same, and no clock was set back."""
        return _day_of(before) == _day_of(now) and now >= before - _SET_BACK

    def go_on(self, now: datetime) -> None:
        """Within the same transaction: the window is for an article of a later moment."""
        assert self._window is not None
        self._latest = now
        for member in self._window.drop_before(seconds(now)):
            self._by_article.pop(member.article_id, None)

    def _read_ahead(self, connection: Connection, now: datetime) -> None:
        """The window as it is now, while others write; `follow` reads what comes from now on."""
        day = _day_of(now)
        if self._window is None:
            counted = count_open_days(connection, day, {})
            self._read_whole(connection, now, counted)
        else:
            self._read_merges(connection, now)
            self._read_members(connection, now)
            counting = self._window.frequencies
            counted = count_open_days(connection, day, {counting.day: counting.closed})
            self._begin_day(connection, day, counted)
        self._counted_ahead = counted

    def _read_whole(self, connection: Connection, now: datetime, counted: Mapping[int, TermDay]) -> Window:
        self._is_changed = True  # what is half read is of no use
        self._window = window = Window(frequencies_of(connection, _day_of(now), counted))
        self._counted_ahead = {}
        self._last = self._last_merge = 0
        self._by_article = {}
        self._read_merges(connection, now)
        self._read_members(connection, now)
        return window

    def _read_later(self, connection: Connection, now: datetime) -> Window:
        assert self._window is not None
        day, ahead, counting = _day_of(now), self._counted_ahead, self._window.frequencies
        counted: dict[int, Callable[[], TermDay]] = {}
        if ahead:
            grown = set(connection.execute(_LATER_DAYS, {"last": self._last}).scalars())
            counted = {over: partial(ahead.__getitem__, over) for over in ahead.keys() - grown}
        self._read_merges(connection, now)
        self._read_members(connection, now)
        if ahead or counting.day != day:
            closed = close_days(connection, day, {**counted, counting.day: counting.closed})
            if counting.day != day or closed != ahead:
                self._begin_day(connection, day, closed)
            self._counted_ahead = {}
        return self._window

    def _begin_day(self, connection: Connection, day: int, closed: Mapping[int, TermDay]) -> None:
        assert self._window is not None
        self._is_changed = True  # what was counted may include what this transaction wrote
        self._window.frequencies = frequencies_of(connection, day, closed, self._last)
        self._may_forget = True

    def add(self, member: Member) -> None:
        """Notes that this transaction has put a member into the window."""
        self._added.append(member)
        self._by_article[member.article_id] = member

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
        if window is None or self._is_changed or not last:
            return  # it is read again
        for member in self._added:
            window.remove(member)
            self._by_article.pop(member.article_id, None)
        self._last = last
        self._window = window

    def _read_merges(self, connection: Connection, now: datetime) -> None:
        assert self._window is not None
        since = _EPOCH if self._last_merge else now - KEPT
        for row in connection.execute(_LATER_MERGES, {"last": self._last_merge, "since": since}):
            self._window.merge(row.story_id, row.merged_into)
            self._last_merge = row.id

    def _read_members(self, connection: Connection, now: datetime) -> None:
        assert self._window is not None
        if not self._last:
            for members in recent_members(connection, now):
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


def _day_of(now: datetime) -> int:
    """Days since 1970."""
    return (now - _EPOCH).days
