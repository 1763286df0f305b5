"""The chore that indexes articles, in a pass and beside the service."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from store.test_search_index import fill, found, naive
from watchdesk.config.settings import Settings
from watchdesk.plan import Configured
from watchdesk.rules import RuleSet
from watchdesk.service.upkeep.chores import Workplace
from watchdesk.service.upkeep.indexing import Indexing
from watchdesk.service.upkeep.rounds import run_once
from watchdesk.store import SqlStore, open_store

CONFIGURED = Configured(Settings(Path()), RuleSet.from_yaml("rules: {nato: {title: NATO, query: NATO}}"))


def test_a_pass_indexes_what_waits(tmp_path: Path) -> None:
    store: SqlStore = open_store("sqlite", tmp_path)
    fill(store, 200)
    place = Workplace(store, CONFIGURED, lambda: datetime.now(UTC) + timedelta(hours=1))
    run_once(place, [Indexing()], 20.0)
    assert store.index_coverage() == (200, 0, 0)
    assert [key.id for key in found(store, "nato")] == naive(store, "nato")
    store.close()
