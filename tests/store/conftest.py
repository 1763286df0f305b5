"""A store on SQLite, and the same on a PostgreSQL cluster of the test run's own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.postgresql import Cluster
from watchdesk.store import SqlStore, open_store


@pytest.fixture(params=["sqlite", "postgresql"])
def new_storage(request: pytest.FixtureRequest) -> Callable[[], str]:
    """Makes empty databases, as watchdesk.yaml names them; with SQLite, each state directory has its own."""
    if request.param == "sqlite":
        return lambda: "sqlite"
    running: Cluster = request.getfixturevalue("cluster")
    return running.new_database


@pytest.fixture
def storage(new_storage: Callable[[], str]) -> str:
    """An empty database, as watchdesk.yaml names it."""
    return new_storage()


@pytest.fixture
def store(storage: str, tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(storage, tmp_path)
    yield opened
    opened.close()
