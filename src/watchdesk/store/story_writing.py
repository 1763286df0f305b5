"""Puts new articles into stories, and keeps why they are there. `watchdesk.stories` decides.

What several polls brought is read, decided and written together: meanwhile the whole fleet waits.
"""

from collections.abc import Callable, Collection, Iterator, KeysView, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, or_, select, update

from watchdesk.model import DAY_KEY, Ingested, Section
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.index_steps import off_index
from watchdesk.store.member_rows import columns_of
from watchdesk.store.numbered import draw_numbers
from watchdesk.store.row_mapping import sections_of
from watchdesk.store.stories import current_story
from watchdesk.store.story_window import StoryWindow
from watchdesk.store.tables import articles, entry_keys, stories, story_keys, story_members, story_merges
from watchdesk.store.upserts import upsert_all
from watchdesk.stories import Assigned, Assigning, Member, Merged
from watchdesk.stories.members import member_of, seconds

_DAY = timedelta(days=1)


# Made once: that a statement is made each time costs more than the database's own work.
_FORGET_MEMBERS = delete(story_members).where(
    story_members.c.article_id.in_(bindparam("ids", expanding=True))
)
_MEMBERS_OF = select(story_members).where(story_members.c.article_id.in_(bindparam("ids", expanding=True)))
_SET_ASIDE = (
    update(story_members)
    .where(story_members.c.id == bindparam("number"))
    .values(article_id=-story_members.c.article_id)
)
_DROP_MEMBERS = delete(story_members).where(story_members.c.id.in_(bindparam("ids", expanding=True)))
_STORIES_OF_KEYS = (
    select(story_keys.c.key, story_keys.c.seen_at, current_story().label("story"))
    .join(stories, story_keys.c.story_id == stories.c.id)
    .where(story_keys.c.key.in_(bindparam("keys", expanding=True)))
)
_LEAD_ON = (
    update(stories)
    .where(or_(stories.c.id == bindparam("merged"), stories.c.merged_into == bindparam("merged")))
    .values(merged_into=bindparam("into"))
)
_THESE_STORIES: BindParameter[Sequence[int]] = bindparam("stories", expanding=True)
_SAID_IN = (
    select(current_story().label("story"), articles.c.source_id, articles.c.content_hash)
    .join(stories, articles.c.story_id == stories.c.id)
    .where(
        or_(stories.c.id.in_(_THESE_STORIES), stories.c.merged_into.in_(_THESE_STORIES)),
        off_index(articles.c.source_id).in_(bindparam("source_ids", expanding=True)),
    )
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a poll brought of one source."""

    source_id: str
    now: datetime
    new: Sequence[Ingested]
    """Articles that are not stored yet."""
    rewritten: Sequence[tuple[int, Ingested]] = ()
    """What stored ones say now, with their numbers."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A new article in its story."""

    item: Ingested
    assigned: Assigned


@dataclass(frozen=True, slots=True)
class _Rewritten:
    """A stored article that says something else now: it stays in its story."""

    member: Member
    before: Mapping[Any, Any]
    """Its row."""


def put_into_stories(
    connection: Connection, story_window: StoryWindow, arrivals: Sequence[Arrival]
) -> Sequence[tuple[int, int]]:
    """Puts what polls brought into stories, in order, and keeps what decides of later articles, and why
    these are where they are. From then on others wait until the transaction ends.

    Gives the numbers under which the new articles are to be written, each with that of its story.

    One window will do for the moments of all polls.
    """
    placing = _Placing(connection, story_window, arrivals)
    for place, arrival in enumerate(arrivals):
        if place:
            story_window.go_on(arrival.now)
        if arrival.new:
            placing.assign(arrival)
        for article_id, item in arrival.rewritten:
            placing.rewrite(article_id, item)
    return placing.write()


class _Placing:
    """Decides in memory, and writes in the end."""

    def __init__(
        self, connection: Connection, story_window: StoryWindow, arrivals: Sequence[Arrival]
    ) -> None:
        self._connection, self._story_window = connection, story_window
        self._window = story_window.follow(connection, arrivals[0].now)
        items = [item for arrival in arrivals for item in arrival.new]
        rewritten = [number for arrival in arrivals for number, _ in arrival.rewritten]
        counts = {articles: len(items), stories: len(items), story_members: len(items) + len(rewritten)}
        # What is remembered of an article that is gone goes by its number: no other one gets it.
        drawn = draw_numbers(connection, counts, {articles: entry_keys.c.article_id})
        self._article_ids, self._member_numbers = drawn[articles], iter(drawn[story_members])
        self._item_of = dict(zip(self._article_ids, items, strict=True))
        story_window.forget(self._article_ids)  # SQLite may give the number of an article that is gone
        self._begun = _NewStories(connection, drawn[stories])
        self._keys = _Keys(connection, sorted({key for item in items for key in item.story_keys}))
        self._said = _Said(connection, {one.source_id for one in arrivals if one.new})
        self._said.read(self._keys.stories)
        self._rows_before = _rows_of(connection, sorted(set(rewritten)))
        self._placed: dict[int, _Placed] = {}
        """By number of the article."""
        self._rewritten: dict[int, _Rewritten] = {}
        self._merges: list[tuple[Merged, datetime]] = []

    def assign(self, arrival: Arrival) -> None:
        """Puts its new articles into stories."""
        known = self._keys.good(arrival)
        stored = set(known.values()) - self._begun.numbers
        said = self._said.of(arrival.source_id, stored, self._window.root)
        assigning = Assigning(
            self._window, dict(known), said, lambda: self._begun.next(arrival.now), self._page_of
        )
        for item in arrival.new:
            number = self._article_ids[len(self._placed)]
            assigned = assigning.assign(item)
            self._placed[number] = _Placed(item, assigned)
            if assigned.member:
                self._note(assigned.member, number)
        if assigning.merges:
            self._story_window.has_merged()
        self._merges += [(merge, arrival.now) for merge in assigning.merges]
        self._keys.note(arrival, assigning.known)

    def rewrite(self, article_id: int, item: Ingested) -> None:
        """Lets later articles be compared with what a stored one says now."""
        before = self._rows_before.get(article_id)
        if item.features is None or before is None or before["every"] == 0:
            return
        self._story_window.forget([article_id])
        member = member_of(item.article, item.features, self._window.frequencies)
        member.story, member.day = before["story_id"], before["day"]
        member.seen, member.happened = seconds(before["seen_at"]), seconds(before["happened_at"])
        self._window.add(member)
        self._note(member, article_id)
        self._rewritten[article_id] = _Rewritten(member, before)

    def write(self) -> Sequence[tuple[int, int]]:
        """All that was decided; the new articles and their stories."""
        self._begun.write()
        _write_merges(self._connection, self._merges)
        self._keys.write()
        self._write_members()
        return [(number, one.assigned.story) for number, one in self._placed.items()]

    def _note(self, member: Member, article_id: int) -> None:
        member.article_id, member.number = article_id, next(self._member_numbers)
        self._story_window.add(member)

    def _write_members(self) -> None:
        if self._placed:
            # SQLite gives the number of an article that is gone to another one.
            self._connection.execute(_FORGET_MEMBERS, {"ids": list(self._placed)})
        old = sorted(one.before["id"] for one in self._rewritten.values())
        if old:
            self._connection.execute(_SET_ASIDE, [{"number": number} for number in old])
        written = sorted(self._member_rows(), key=lambda pair: pair[0].number)
        if written:
            self._connection.execute(insert(story_members), [row for _, row in written])
            self._story_window.written([member for member, _ in written])
        if old:
            self._connection.execute(_DROP_MEMBERS, {"ids": old})

    def _member_rows(self) -> Iterator[tuple[Member, dict[str, Any]]]:
        for one in self._placed.values():
            if one.assigned.member:
                yield one.assigned.member, _member_row(one.item, one.assigned)
        for again in self._rewritten.values():
            # Under a new number, every process reads it again.
            row = {**again.before, **columns_of(again.member), "id": again.member.number}
            yield again.member, row

    def _page_of(self, article_id: int) -> tuple[str, str] | None:
        """Title and paragraphs of an article; None: it is gone."""
        if item := self._item_of.get(article_id):
            return item.article.title, _text_of(item.article.sections)
        asked = select(articles.c.title, articles.c.sections).where(articles.c.id == article_id)
        row = self._connection.execute(asked).one_or_none()
        return (row.title, _text_of(sections_of(row.sections))) if row else None


def _rows_of(connection: Connection, article_ids: Sequence[int]) -> dict[int, Mapping[Any, Any]]:
    """What is kept of stored articles, by their numbers."""
    found: dict[int, Mapping[Any, Any]] = {}
    for chunk in batched(article_ids, AT_ONCE):
        rows = connection.execute(_MEMBERS_OF, {"ids": list(chunk)}).mappings()
        found |= {row["article_id"]: row for row in rows}
    return found


def _member_row(item: Ingested, assigned: Assigned) -> dict[str, Any]:
    member, shared = assigned.member, assigned.shared
    assert member is not None
    return {
        **columns_of(member),
        "id": member.number,
        "article_id": member.article_id,
        "seen_at": item.article.first_seen,
        "happened_at": item.article.happened_at,
        "joined_by": str(assigned.joined_by),
        "similarity": assigned.similarity,
        "nearest": assigned.nearest.article_id if assigned.nearest else None,
        "carried_by": " ".join(assigned.terms),
        "sharing": str(shared.sharing) if shared else None,
        "shared_with": shared.other.article_id if shared else None,
        "containment": shared.containment if shared else None,
    }


def _text_of(sections: Sequence[Section]) -> str:
    return "\n".join(paragraph for section in sections for paragraph in section.paragraphs)


class _Keys:
    """Which story each key leads to by now."""

    def __init__(self, connection: Connection, keys: Sequence[str]) -> None:
        self._connection = connection
        self._found: dict[str, tuple[int, datetime | None]] = {}
        self._new: dict[str, dict[str, Any]] = {}
        for chunk in batched(keys, AT_ONCE):
            for row in connection.execute(_STORIES_OF_KEYS, {"keys": list(chunk)}):
                self._found[row.key] = int(row.story), row.seen_at

    @property
    def stories(self) -> Collection[int]:
        """To which any of them leads."""
        return {story for story, _ in self._found.values()}

    def good(self, arrival: Arrival) -> dict[str, int]:
        """By key of its new articles: the story, where the key still holds."""
        return {
            key: self._found[key][0]
            for key in _keys_of(arrival)
            if key in self._found and _is_good(key, self._found[key][1], arrival.now)
        }

    def note(self, arrival: Arrival, known: Mapping[str, int]) -> None:
        """Those that led nowhere lead to the articles' stories from now on."""
        good = self.good(arrival)
        for key in _keys_of(arrival):
            if key not in good:
                self._found[key] = known[key], arrival.now
                self._new[key] = {"key": key, "story_id": known[key], "seen_at": arrival.now}

    def write(self) -> None:
        """Once their stories are written."""
        upsert_all(self._connection, story_keys, list(self._new.values()))


def _keys_of(arrival: Arrival) -> set[str]:
    return {key for item in arrival.new for key in item.story_keys}


def _is_good(key: str, seen_at: datetime | None, now: datetime) -> bool:
    """Whether the key still holds: a title does for a day after it was first seen."""
    if not key.startswith(DAY_KEY):
        return True
    return seen_at is not None and abs(now - seen_at) < _DAY


class _Said:
    """Content hashes of the sources' own articles in stories."""

    def __init__(self, connection: Connection, source_ids: Collection[str]) -> None:
        self._connection, self._source_ids = connection, sorted(source_ids)
        self._asked: set[int] = set()
        self._found: dict[tuple[str, int], set[str]] = {}

    def read(self, story_ids: Collection[int]) -> None:
        """Reads what is stored of them, once."""
        asked = sorted(set(story_ids) - self._asked)
        self._asked.update(asked)
        for chunk in batched(asked, AT_ONCE):
            values = {"stories": list(chunk), "source_ids": self._source_ids}
            for row in self._connection.execute(_SAID_IN, values):
                self._found.setdefault((row.source_id, row.story), set()).add(row.content_hash)

    def of(
        self, source_id: str, story_ids: Collection[int], root: Callable[[int], int]
    ) -> dict[int, set[str]]:
        """Of one source, by the stories that these are by now."""
        roots = {root(story) for story in story_ids}
        self.read(roots)
        said: dict[int, set[str]] = {}
        for (source, story), hashes in self._found.items():
            if source == source_id and root(story) in roots:
                said.setdefault(root(story), set()).update(hashes)
        return said


class _NewStories:
    """Stories that articles begin."""

    def __init__(self, connection: Connection, numbers: Sequence[int]) -> None:
        """`numbers`: one for each article."""
        self._connection, self._numbers = connection, iter(numbers)
        self._begun: dict[int, dict[str, Any]] = {}

    @property
    def numbers(self) -> KeysView[int]:
        """Of those that were begun: only what comes now is in them."""
        return self._begun.keys()

    def next(self, now: datetime) -> int:
        """The number of a story that is empty yet; each is older than the next."""
        number = next(self._numbers)
        self._begun[number] = {"id": number, "began": now}
        return number

    def write(self) -> None:
        """All of them."""
        if self._begun:
            self._connection.execute(insert(stories), list(self._begun.values()))


def _write_merges(connection: Connection, merges: Sequence[tuple[Merged, datetime]]) -> None:
    """Keeps each with its reason, and leads every story to the one that it is by now."""
    if not merges:
        return
    reasons = [
        {
            "story_id": merge.story,
            "merged_into": merge.into,
            "at": now,
            "similarity": merge.similarity,
            "carried_by": " ".join(merge.terms),
        }
        for merge, now in merges
    ]
    connection.execute(insert(story_merges), reasons)
    connection.execute(_LEAD_ON, [{"merged": merge.story, "into": merge.into} for merge, _ in merges])
