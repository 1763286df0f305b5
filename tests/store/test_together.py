"""Several polls in one transaction decide as one after the other, and each is whole or not at all."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import event

from store.test_store import NOW, STATE
from store.test_stories import REPORTS, reasons, told
from watchdesk.errors import StorageError
from watchdesk.model import Ingested, JoinedBy, PollPart, SourceState, Stored
from watchdesk.store import SqlStore, open_store
from watchdesk.store.database import Database, database_url

ITEMS = [told(n, f"s{n}", *REPORTS[n % 3], at=NOW + timedelta(minutes=n)) for n in range(9)]


def parts(items: Sequence[Ingested]) -> list[PollPart]:
    return [
        PollPart([one], SourceState(one.article.source_id, etag="new"), one.article.first_seen)
        for one in items
    ]


def numbers(found: Sequence[Sequence[Stored] | StorageError]) -> list[int]:
    assert not any(isinstance(one, StorageError) for one in found), found
    return [stored.article_id for one in found if not isinstance(one, StorageError) for stored in one]


def test_polls_that_are_written_together_are_told_apart_as_one_after_the_other(
    new_storage: Callable[[], str], tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("apart", "together")]
    for folder in folders:
        folder.mkdir()
    apart, together = (open_store(new_storage(), folder) for folder in folders)
    one_by_one = [number for part in parts(ITEMS) for number in numbers(apart.ingest_together([part]))]
    at_once = [
        *numbers(together.ingest_together(parts(ITEMS[:4]))),
        *numbers(together.ingest_together(parts(ITEMS[4:]))),
    ]
    assert reasons(together, at_once) == reasons(apart, one_by_one)
    assert JoinedBy.EVENT in {one.joined_by for one in reasons(together, at_once)}
    assert {state.etag for state in together.source_states().values()} == {"new"}
    apart.close()
    together.close()


def test_together_is_one_transaction(store: SqlStore) -> None:
    commits: list[object] = []
    numbers(store.ingest_together(parts(ITEMS[:1])))  # what it is compared with is read before the first
    event.listen(store._database.engine, "commit", commits.append)
    numbers(store.ingest_together(parts(ITEMS[1:])))
    assert len(commits) == 1


def test_a_refused_row_costs_no_other_poll_anything(store: SqlStore) -> None:
    bad = replace(ITEMS[1], entry_hash="\0")
    found = store.ingest_together(parts([ITEMS[0], bad, *ITEMS[2:]]))
    stored = [stored for one in found if not isinstance(one, StorageError) for stored in one]
    assert [one.refused is None for one in stored] == [True, False, *[True] * 7]
    assert len(list(store.articles())) == 8
    states = store.source_states()
    assert set(states) == {f"s{n}" for n in range(9)}
    assert "could not be stored" in states["s1"].trouble[0]
    # The window holds only what is stored.
    [after] = numbers(store.ingest_together(parts([told(10, "s10", *REPORTS[1])])))
    assert store.memberships([after])[after].nearest in {one.article_id for one in stored}


def test_a_locked_database_is_said_of_each(tmp_path: Path) -> None:
    open_store("sqlite", tmp_path).close()
    store = SqlStore(Database(database_url("sqlite", tmp_path), busy=0.05))
    other = sqlite3.connect(tmp_path / "watchdesk.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    found = store.ingest_together([*parts(ITEMS[:2]), PollPart((), STATE, NOW)])
    assert [type(one) for one in found] == [StorageError] * 3
    other.execute("ROLLBACK")
    other.close()
    assert len(numbers(store.ingest_together(parts(ITEMS[:2])))) == 2
    store.close()
