"""What is read before a transaction, and what comes until it begins, decide as if all came one by one."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Connection, event, func, select

from store.test_store import NOW
from store.test_stories import REPORTS, reasons, take, told
from store.test_term_days import closed_days
from watchdesk.model import Ingested, Membership
from watchdesk.store import SqlStore, open_store
from watchdesk.store.leftovers import Terms
from watchdesk.store.tables import story_members, story_merges

SAID = (
    ("Quake off Valparaiso shakes central Chile", "A strong earthquake struck off the port of Valparaiso."),
    ("Chile lifts tsunami alert after earthquake", "The navy told people in Valparaiso to leave the coast."),
    ("Forty hurt in Vina del Mar as ceilings fall", "Hospitals in Vina del Mar treated forty for cuts."),
    ("Blackout halts metro of Santiago", "Power failed in half of the region, and the metro stopped."),
    REPORTS[2],
)
OLD = timedelta(days=20)
SOURCES = [f"s{n}" for n in range(15)]


@dataclass
class Desk:
    """A desk where one process is about to take an article, and another takes some before it can."""

    storage: str
    directory: Path
    before: int = 0
    """Transactions before which another process took articles."""

    def take_beside(self, behind: Sequence[Ingested]) -> None:
        other = open_store(self.storage, self.directory)
        _take_and_prune(other, behind)
        other.close()
        self.before += 1

    @contextmanager
    def once_read(self, store: SqlStore, behind: Sequence[Ingested]) -> Iterator[None]:
        """Another process takes articles when the store has read, and before it writes."""
        left = [behind]

        def read(connection: Connection) -> None:
            if left and not connection.get_execution_options().get("watchdesk_writes"):
                self.take_beside(left.pop())

        event.listen(store._database.engine, "commit", read)
        yield
        event.remove(store._database.engine, "commit", read)
        assert not left


def _take_and_prune(store: SqlStore, items: Sequence[Ingested]) -> None:
    take(store, *items)
    now = items[-1].article.first_seen
    store.prune(now - OLD)
    while store.sweeping().step(Terms(now, now - OLD, SOURCES)).more:
        pass


def drawn(seed: int) -> list[Ingested]:
    """Two old reports, then some days of news about one affair, of which some are rewritten."""
    rng = Random(seed)
    items = [told(n, f"s{n}", *REPORTS[n], at=NOW - OLD) for n in range(2)]
    for n in range(2, 15):
        title, *texts = rng.choice(SAID)
        texts += [text for _, text in rng.sample(SAID[:4], rng.randint(0, 2))]
        said = told(n, f"s{n}", title, " ".join(texts), at=NOW + timedelta(hours=7 * (n - 3)))
        before = items[-1]
        if n % 5 == 0:
            again = replace(
                said.article, source_id=before.article.source_id, first_seen=said.article.first_seen
            )
            said = replace(said, article=again, keys=before.keys, entry_hash="2")
        items.append(said)
    return items


def _days(item: Ingested) -> int:
    return item.article.first_seen.toordinal()


def taken_by_two(desk: Desk, items: list[Ingested]) -> SqlStore:
    """Whenever a process reads ahead, at its start and when a day begins, another takes two before it."""
    first = open_store(desk.storage, desk.directory)
    _take_and_prune(first, items[:4])
    first.close()
    store, left, last = open_store(desk.storage, desk.directory), items[4:], None
    while left:
        if len(left) > 2 and (last is None or _days(left[2]) != last):
            with desk.once_read(store, left[:2]):
                take(store, left[2])
            last, left = _days(left[2]), left[3:]
        else:
            take(store, left[0])
            last, left = _days(left[0]), left[1:]
    return store


def decided(store: SqlStore) -> tuple[Sequence[Membership], int, object]:
    """Why each article is where it is, how many stories were merged, and the counts of each day."""
    with store._database.read() as connection:
        numbers = connection.scalars(
            select(story_members.c.article_id).order_by(story_members.c.article_id)
        ).all()
        merges = connection.scalar(select(func.count()).select_from(story_merges))
    return reasons(store, numbers), merges or 0, closed_days(store)


@pytest.mark.parametrize(
    ("new_storage", "seed"), [("sqlite", 1), ("sqlite", 5), ("postgresql", 5)], indirect=["new_storage"]
)
def test_what_another_process_takes_meanwhile_counts(
    seed: int, new_storage: Callable[[], str], tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("steady", "beside")]
    for folder in folders:
        folder.mkdir()
    steady, items = open_store(new_storage(), folders[0]), drawn(seed)
    _take_and_prune(steady, items[:4])
    take(steady, *items[4:])
    desk = Desk(new_storage(), folders[1])
    beside = taken_by_two(desk, items)
    expected = decided(steady)
    assert decided(beside) == expected
    assert desk.before >= 3 and expected[1]  # stories were merged
    steady.close()
    beside.close()
