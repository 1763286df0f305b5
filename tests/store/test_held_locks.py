"""What is done while other hosts of a fleet wait: little, and no more for many polls than for one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from store.test_store import NOW, STATE
from store.test_stories import REPORTS, told
from store.test_together import numbers
from watchdesk.model import Known, PollPart, Recalled, Wording
from watchdesk.store import SqlStore

pytestmark = pytest.mark.parametrize("storage", ["postgresql"], indirect=True)

STORIES = "SELECT pg_advisory_xact_lock("
MOST = 17
"""Statements that a transaction executes once it has the lock of stories, its end left out."""


@contextmanager
def under_lock(store: SqlStore) -> Iterator[list[str]]:
    """The statements that are executed from the moment at which stories are locked."""
    found: list[str] = []
    engine = store._database.engine
    held = [False]

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if held[0]:
            found.append(statement)
        held[0] = held[0] or (statement.startswith(STORIES) and "unnest" not in statement)

    def ended(_connection: object) -> None:
        held[0] = False

    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", ended)
    yield found
    event.remove(engine, "before_cursor_execute", note)
    event.remove(engine, "commit", ended)


def part(number: int, *, of: int = 2) -> PollPart:
    """A poll of a source of its own that brings so many articles with all that an article may have."""
    source = f"s{number}"
    items = []
    for place in range(of):
        one = told(100 * number + place, source, *REPORTS[(number + place) % 3])
        items.append(replace(one, wording=Wording("In short", "It is in the news.")))
    return PollPart(items, replace(STATE, source_id=source), NOW + timedelta(seconds=number))


def again(one: PollPart, stored: Sequence[int]) -> PollPart:
    """A later poll: the first entry says something else, and the second is known by another key."""
    first, second = one.items
    text = "Nobody was hurt, the mayor of Valparaiso said on the radio, and trains were running again."
    later = told(1, first.article.source_id, first.article.title, text).article
    changed = replace(
        first,
        article=replace(later, content_hash="other"),
        entry_hash="2",
        features=told(1, "x", later.title, text).features,
    )
    known = Recalled(second.article.source_id, ("u:other",), Known(stored[1], second.entry_hash))
    return PollPart([changed], one.state, one.now + timedelta(hours=1), [known])


def test_many_polls_are_put_into_stories_by_the_statements_of_one(store: SqlStore) -> None:
    numbers(store.ingest_together([part(0)]))  # what it is compared with is read before the first
    with under_lock(store) as executed:
        numbers(store.ingest_together([part(number, of=3) for number in range(1, 14)]))
    assert len(set(executed)) == len(executed) <= MOST


def test_what_no_story_depends_on_is_written_before(store: SqlStore) -> None:
    parts = [part(number) for number in range(4)]
    stored = store.ingest_together(parts)
    later = [again(one, numbers([of_one])) for one, of_one in zip(parts, stored, strict=True)]
    with under_lock(store) as executed:
        became = store.ingest_together(later)
    assert [one.updated for of_one in became if not isinstance(of_one, Exception) for one in of_one] == [
        True
    ] * 4
    assert len(executed) <= MOST
    tables = ("sources", "articles", "revisions", "search_pending", "pages_to_fetch", "wordings")
    rows = [f"{verb} {table} " for table in tables for verb in ("INSERT INTO", "UPDATE", "DELETE FROM")]
    assert not [one for one in executed if one.startswith(tuple(rows))]


def test_polls_that_bring_nothing_new_hold_nobody_up(store: SqlStore) -> None:
    one = part(1)
    numbers(store.ingest_together([one]))
    with under_lock(store) as executed:
        became = store.ingest_together([replace(one, now=NOW + timedelta(hours=1))])
    assert [stored.new for of_one in became if not isinstance(of_one, Exception) for stored in of_one] == [
        False
    ] * 2
    assert not executed
