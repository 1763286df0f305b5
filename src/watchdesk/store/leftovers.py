"""What is left behind when articles, sources and silences go, and when it may go as well.

Each kind is a condition on the rows of one table. `sweeping` removes what fits it, a range of rows at a time;
`verify` counts it.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Table,
    and_,
    func,
    or_,
    select,
    type_coerce,
)

from watchdesk.model import DAY_KEY, LISTED_AGAIN
from watchdesk.store.tables import (
    articles,
    attempts,
    entry_keys,
    silences,
    sources,
    stories,
    story_keys,
    story_members,
    story_merges,
)
from watchdesk.stories.thresholds import COPY_WINDOW

KEPT_ATTEMPTS = timedelta(days=31)
"""As long as the longest rate looks back."""
_COMPARED = COPY_WINDOW * 1.2
"""A little longer than any process compares new articles with a member, by its copy in memory."""
_NOTED_WITHIN = LISTED_AGAIN // timedelta(microseconds=1)
_DAYS = timedelta(days=2)
"""Twice as long as a title holds, and longer than any poll takes."""


@dataclass(frozen=True, slots=True)
class Terms:
    """By what is decided that something is old."""

    now: datetime
    before: datetime
    """What was seen before then is not kept."""
    configured: Collection[str]
    """Ids of the sources that are polled."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """One kind."""

    name: str
    """As people are told: `stories that no article tells`."""
    key: Column[object]
    """What the rows are walked by; it has an index."""
    condition: Callable[[Terms], ColumnElement[bool]]
    of_removed_sources: bool = False
    """Only what belongs to sources that are not configured."""

    @property
    def table(self) -> Table:
        """Whose rows they are."""
        return self.key.table

    @property
    def is_of_stories(self) -> bool:
        """Of what new articles are put into, or compared with."""
        return self.table in (stories, story_keys, story_members, story_merges)


def _members(terms: Terms) -> ColumnElement[bool]:
    gone = ~select(articles.c.id).where(articles.c.id == story_members.c.article_id).exists()
    return and_(story_members.c.seen_at < terms.now - _COMPARED, gone, _is_not_last(story_members.c.id))


def _title_keys(terms: Terms) -> ColumnElement[bool]:
    old = or_(story_keys.c.seen_at.is_(None), story_keys.c.seen_at < terms.now - _DAYS)
    return and_(story_keys.c.key.startswith(DAY_KEY), old)


def _keys_of_stories(terms: Terms) -> ColumnElement[bool]:
    old = or_(story_keys.c.seen_at.is_(None), story_keys.c.seen_at < terms.before)
    return and_(old, ~_is_told(story_keys.c.story_id))


def _merges(terms: Terms) -> ColumnElement[bool]:
    of_story = [
        ~select(column).where(column == story_merges.c.story_id).exists()
        for column in (articles.c.story_id, story_members.c.story_id, story_keys.c.story_id)
    ]
    return and_(story_merges.c.at < terms.now - _COMPARED, *of_story, _is_not_last(story_merges.c.id))


def _stories(terms: Terms) -> ColumnElement[bool]:
    merged = stories.alias("merged")
    merges = story_merges.alias("merges")
    named = (
        articles.c.story_id,
        story_members.c.story_id,
        story_keys.c.story_id,
        merges.c.story_id,
        merges.c.merged_into,
        merged.c.merged_into,
    )
    unnamed = [~select(column).where(column == stories.c.id).exists() for column in named]
    old = or_(stories.c.began.is_(None), stories.c.began < terms.now - _DAYS)
    return and_(old, *unnamed, _is_not_last(stories.c.id))


def _entry_keys(terms: Terms) -> ColumnElement[bool]:
    """Of a source whose document was read so much later that the entry would have been noted, were it
    listed. An index of parts is not read as a whole.
    """
    listed, read = (
        type_coerce(entry_keys.c.listed_at, BigInteger),
        type_coerce(sources.c.last_new, BigInteger),
    )
    read_since = select(sources.c.source_id).where(
        sources.c.source_id == entry_keys.c.source_id,
        listed < read - _NOTED_WITHIN,
        sources.c.parts.is_(None),
    )
    return and_(_is_unlisted(terms), read_since.exists())


def _is_unlisted(terms: Terms) -> ColumnElement[bool]:
    gone = ~select(articles.c.id).where(articles.c.id == entry_keys.c.article_id).exists()
    return and_(entry_keys.c.listed_at < terms.before, gone)


def _states(terms: Terms) -> ColumnElement[bool]:
    used = [
        ~select(column).where(column == sources.c.source_id).exists()
        for column in (articles.c.source_id, entry_keys.c.source_id)
    ]
    old = or_(sources.c.last_attempt.is_(None), sources.c.last_attempt < terms.before)
    return and_(old, *used)


def _attempts(terms: Terms) -> ColumnElement[bool]:
    return attempts.c.at < terms.now - KEPT_ATTEMPTS


def _is_told(story_id: Column[int]) -> ColumnElement[bool]:
    """Whether an article is in the story, in the one that it is by now, or in one that became it."""
    itself = select(articles.c.id).where(articles.c.story_id == story_id)
    now_part_of = (
        select(articles.c.id)
        .join(stories, stories.c.merged_into == articles.c.story_id)
        .where(stories.c.id == story_id)
    )
    part = (
        select(articles.c.id)
        .join(stories, stories.c.id == articles.c.story_id)
        .where(stories.c.merged_into == story_id)
    )
    return or_(itself.exists(), now_part_of.exists(), part.exists())


def _is_not_last(number: Column[int]) -> ColumnElement[bool]:
    """SQLite gives the number of the last row to another one when that row is deleted; but processes know
    what they have read by numbers.
    """
    every = number.table.alias("every")
    return number < select(func.max(every.c.id)).scalar_subquery()


# In this order: what holds others comes first.
LEFTOVERS = (
    Leftover("places of articles in stories", story_members.c.id, _members),
    Leftover("titles that hold no longer", story_keys.c.key, _title_keys),
    Leftover("keys of stories that no article tells", story_keys.c.key, _keys_of_stories),
    Leftover("merges of stories that no article tells", story_merges.c.id, _merges),
    Leftover("stories that no article tells", stories.c.id, _stories),
    Leftover("keys of entries that are listed no more", entry_keys.c.article_id, _entry_keys),
    Leftover("keys of removed sources", entry_keys.c.article_id, _is_unlisted, of_removed_sources=True),
    Leftover("states of removed sources", sources.c.source_id, _states, of_removed_sources=True),
    Leftover("silences that are over", silences.c.id, lambda terms: silences.c.until < terms.before),
    Leftover("attempts at deliveries", attempts.c.id, _attempts),
)
"""All kinds."""


def left_behind(connection: Connection, terms: Terms) -> Mapping[str, int]:
    """How many rows of each kind there are; the walk removes them within a day."""
    found: dict[str, int] = {}
    for leftover in LEFTOVERS:
        asked = select(func.count()).select_from(leftover.table).where(leftover.condition(terms))
        if leftover.of_removed_sources:
            source_id = leftover.table.c.source_id
            rows = connection.execute(asked.add_columns(source_id).group_by(source_id))
            count = sum(number for number, source in rows if source not in terms.configured)
        else:
            count = connection.execute(asked).scalar_one()
        if count:
            found[leftover.name] = count
    return found
