"""A store on SQLite, and the same on a PostgreSQL cluster of the test run's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.postgresql import Cluster
from watchdesk.store import SqlStore, open_store


@pytest.fixture(params=["sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, as watchdesk.yaml names it."""
    if request.param == "sqlite":
        return "sqlite"
    running: Cluster = request.getfixturevalue("cluster")
    return running.new_database()


@pytest.fixture
def store(storage: str, tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(storage, tmp_path)
    yield opened
    opened.close()
