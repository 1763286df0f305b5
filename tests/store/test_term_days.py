"""How often terms occur is counted day by day: as articles come, or from their rows after a restart."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import create_engine, select

from store.test_store import NOW
from store.test_stories import REPORTS, take, told
from watchdesk.model import Ingested
from watchdesk.store import SqlStore, open_store
from watchdesk.store.tables import term_days
from watchdesk.stories import TermDay

ITEMS = [told(n, f"s{n % 5}", *REPORTS[n % 3], at=NOW + timedelta(hours=7 * n)) for n in range(12)]


def closed_days(store: SqlStore) -> Sequence[tuple[int, int, Mapping[str, int]]]:
    """Each day that is over, its number of articles, and in how many each term is."""
    engine = create_engine(store._database.engine.url)
    with engine.connect() as connection:
        days = [TermDay(*row) for row in connection.execute(select(term_days).order_by(term_days.c.day))]
    engine.dispose()
    return [(day.day, day.articles, day.term_counts()) for day in days]


def taken(storage: str, directory: Path, items: Sequence[Ingested], *, restarts: bool) -> object:
    directory.mkdir()
    store = open_store(storage, directory)
    for item in items:
        if restarts:
            store.close()
            store = open_store(storage, directory)
        take(store, item)
    days = closed_days(store)
    store.close()
    return days


def test_a_day_is_closed_with_the_counts_that_its_rows_give(
    new_storage: Callable[[], str], tmp_path: Path
) -> None:
    steady = taken(new_storage(), tmp_path / "steady", ITEMS, restarts=False)
    assert steady == taken(new_storage(), tmp_path / "restarted", ITEMS, restarts=True)
    assert isinstance(steady, list)
    assert len(steady) == 3


def test_a_day_counts_what_another_process_took(new_storage: Callable[[], str], tmp_path: Path) -> None:
    storage = new_storage()
    one, other = (open_store(storage, tmp_path) for _ in range(2))
    for n, item in enumerate(ITEMS):
        take(one if n % 2 else other, item)
    days = closed_days(one)
    assert days == taken(new_storage(), tmp_path / "alone", ITEMS, restarts=False)
    one.close()
    other.close()
