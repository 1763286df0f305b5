"""A host that dies amid the recording of polls leaves all of them or nothing: what was found, its matches and
places in digests, and what is remembered of the sources, are one transaction.
"""

import os
import random
import signal
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import Engine, event

from fleet.test_fence import OURS, SHARD, THEIRS, of
from store.test_safe_migrations import in_child
from store.test_store import NOW, STATE
from support.postgresql import Cluster
from watchdesk.model import PollPart
from watchdesk.store.fleet_rows import HostSaid
from watchdesk.store.fleet_store import FleetStore, open_fleet_store

TABLES = ("articles", "entry_keys", "matches", "places", "sources")
PARTS = [
    PollPart([of(name, f"{name}-{n}") for n in range(2)], replace(STATE, source_id=name), NOW)
    for name in (OURS, THEIRS)
]
NOTHING, ALL = [0, 0, 0, 0, 0], [4, 8, 4, 8, 2]


class Dying:
    """A host that has both shards, and the database that it leaves behind."""

    def __init__(self, storage: str, root: Path) -> None:
        self.storage, self._root = storage, root
        with closing(self.store("first")) as store:
            store.fleet.beat(HostSaid("dying", "dying", "1", "", 0))
            store.know_digests(["flash", "morning"], NOW)
            taken = [store.fleet.take(shard, "dying") for shard in (SHARD, SHARD + 1)]
        self.tokens = {SHARD + n: one.token for n, one in enumerate(taken) if one}

    def store(self, name: str) -> FleetStore:
        directory = self._root / name
        directory.mkdir(exist_ok=True, parents=True)
        return open_fleet_store(self.storage, directory)

    def record(self, lives_for: Callable[[], bool]) -> int:
        """Records the polls in a process that dies by SIGKILL at the first statement for which it does not
        live, a commit among them; its wait status.
        """

        def check(*_: object) -> None:
            if not lives_for():
                os.kill(os.getpid(), signal.SIGKILL)

        def work() -> None:
            store = self.store("dying")
            store.guard("dying", lambda _: self.tokens, lambda _: None)
            event.listen(Engine, "before_cursor_execute", check)
            event.listen(Engine, "commit", check)
            assert not any(isinstance(found, Exception) for found in store.ingest_together(PARTS))
            os._exit(0)  # nor is anything tidied up

        return in_child(work)()

    def rows(self) -> Sequence[int]:
        """How many there are of each table."""
        counted = sql.SQL("SELECT count(*) FROM {}")
        with psycopg.connect(self.storage) as connection:
            found = [connection.execute(counted.format(sql.Identifier(one))).fetchone() for one in TABLES]
        return [row[0] for row in found if row]


def after(statements: int) -> Callable[[], bool]:
    """Lives for so many."""
    left = iter(range(statements))
    return lambda: next(left, None) is not None


def counted(root: Path) -> Callable[[], bool]:
    """Lives for all, and leaves a byte for each."""
    return lambda: bool((root / "count").open("ab").write(b"."))


def test_a_death_at_any_statement_leaves_nothing_of_it(tmp_path: Path, cluster: Cluster) -> None:
    whole, dying = (Dying(cluster.new_database(), tmp_path / name) for name in ("whole", "dying"))
    assert whole.record(counted(tmp_path)) == 0
    assert whole.rows() == ALL
    statements = (tmp_path / "count").stat().st_size
    some = random.sample(range(statements - 2), 3)  # beside the last one, and the commit
    for number in (*some, statements - 2, statements - 1):
        assert dying.record(after(number)) == signal.SIGKILL
        assert dying.rows() == NOTHING, f"died at statement {number + 1} of {statements}"


def test_what_a_dead_host_had_begun_is_found_once_by_the_next(tmp_path: Path, cluster: Cluster) -> None:
    dying = Dying(cluster.new_database(), tmp_path)
    assert dying.record(after(10)) == signal.SIGKILL
    with closing(dying.store("next")) as store:
        with store.database.write() as connection:
            said = "UPDATE fleet_hosts SET beat = now() - interval '1 minute'"
            connection.exec_driver_sql(said)
        store.fleet.beat(HostSaid("next", "next", "1", "", 0))
        taken = {shard: store.fleet.take(shard, "next") for shard in (SHARD, SHARD + 1)}
        tokens = {shard: one.token for shard, one in taken.items() if one}
        store.guard("next", lambda _: tokens, lambda _: None)
        for _ in range(2):  # it may die as well, before its own schedule is noted
            store.ingest_together(PARTS)
    assert dying.rows() == ALL
