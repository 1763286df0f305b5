"""What each statement reads grows with its answer and not with the archive.

Beside 200,000 articles (400,000 in the long run) with all that belongs to them, of which hardly anything is
asked for, every method of the store is called; each statement that it executes is looked at. So a new
statement is covered once its method is called, and a method that is not called fails the test.
"""

import inspect
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect as inspect_database
from sqlalchemy import text

from store.every_call import CALLS, at_present, polled
from store.statement_costs import Cost, watched
from support.big_archive import Shape, fill
from support.examples import is_long_run
from watchdesk.store import SqlStore, open_store

SHAPE = Shape() if is_long_run() else Shape(rows=200_000, spread=Shape().spread / 2)
"""Half of the history with every change: as many articles came in each day of it."""
MOST = 4_000
"""Rows that a statement may look at: some more than came in a day."""
_NAMES = (
    "articles, attempts, deliveries, digests, entry_keys, matches, places, released_places, stories, "
    "story_keys, story_members"
)
BIG = frozenset(_NAMES.split(", "))

MAY_SCAN = {
    "index_bytes": "asked once an hour while the database is larger than it is kept to",
    "delivery_counts": "`status` asks it, once, and it counts in an index",
    "sources_at": "`explain` asks it of an address that is not stored, and it reads what is recent",
    "started_well": "asked once a start, it reads one note by its name, and only of SQLite",
    **dict.fromkeys(("prune", "prune_oldest", "prune_attempts", "prune_digests"), "a step of upkeep"),
    **dict.fromkeys(("prune_pages", "sweeping", "compress_texts"), "a step of upkeep"),
    **dict.fromkeys(("check", "glance", "reading", "size", "verifying"), "reads on purpose what it reads"),
}
"""Methods that are not called, and why what they read may grow."""
LOOKS_BACK = {"look_back", "said_before", "candidates", "index_builder", "index_coverage"}
"""Methods that read the archive back in time: the answer is what was asked for."""
NO_STATEMENTS = {"close", "hosts", "interrupt", "reopen", "take_damage", "time"}
"""Of those, `hosts` and `time` have some where there is a fleet: `tests/fleet/test_plans.py`."""

THE_WINDOW = "FROM story_members \nWHERE story_members.seen_at >="
"""Reads the weeks of articles that new ones are compared with, once for each process that writes."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def big_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    sqlite = request.param == "sqlite"
    cluster = None if sqlite else request.getfixturevalue("cluster")
    storage = cluster.new_database() if cluster else "sqlite"
    store = open_store(storage, tmp_path_factory.mktemp(request.param))
    fill(store._database, SHAPE)
    yield store
    store.close()
    if cluster:
        cluster.drop(storage)


def test_no_statement_reads_more_than_its_answer(big_store: SqlStore) -> None:
    """SQLite has no counts; PostgreSQL has those that the store lets it make."""
    while big_store.renew_planner_counts():
        pass
    now = SHAPE.ended + timedelta(days=1, hours=6)
    dear: list[str] = []
    with watched(big_store) as costs:
        at = at_present(big_store, now)
        dear += _dear("before", costs)
        for name, call in CALLS.items():
            costs.clear()
            call(big_store, at)
            assert costs, f"{name} executes nothing"
            dear += _dear(name, costs)
    assert not dear, "\n".join(dear)


def test_counts_that_lead_sqlite_astray_are_forgotten_by_every_process(tmp_path: Path) -> None:
    """As those that `ANALYZE` and `PRAGMA optimize` make in a shell."""
    with closing(open_store("sqlite", tmp_path)) as store, closing(open_store("sqlite", tmp_path)) as other:
        store.ingest([polled("a", SHAPE.ended)], None, SHAPE.ended)

        def is_counted(one: SqlStore) -> bool:
            with one._database.read() as connection:
                return inspect_database(connection).has_table("sqlite_stat1")

        for renew in (store.renew_planner_counts, lambda: open_store("sqlite", tmp_path).close()):
            with other._database.write() as connection:
                connection.execute(text("ANALYZE"))
            assert is_counted(other)
            renew()
            assert not is_counted(other)
        assert not store.renew_planner_counts()


def _dear(name: str, costs: list[Cost]) -> Iterator[str]:
    for cost in costs:
        if THE_WINDOW in cost.statement:
            continue
        if cost.rows > MOST or BIG.intersection(cost.scans):
            yield f"{name} looks at {cost.rows} rows, scans {cost.scans}:\n{cost.statement}\n{cost.plan}\n"


def test_every_method_of_the_store_is_called() -> None:
    called = {name for names in CALLS for name in names.split(", ")}
    public = {name for name, _ in inspect.getmembers(SqlStore) if not name.startswith("_")}
    not_called = public - called - MAY_SCAN.keys() - LOOKS_BACK - NO_STATEMENTS
    assert not not_called, "call it in every_call.py, or say why it may scan"
    assert not called - public
