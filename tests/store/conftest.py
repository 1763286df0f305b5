"""A store on SQLite, and the same on a PostgreSQL cluster of the test run's own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.postgresql import Cluster
from watchdesk.store import SqlStore, open_store


@pytest.fixture(params=["sqlite", "postgresql"])
def new_storage(request: pytest.FixtureRequest) -> Iterator[Callable[..., str]]:
    """Makes databases, as watchdesk.yaml names them: empty, or `like` another.

    With SQLite each state directory has its own.
    """
    if request.param == "sqlite":
        yield lambda **_: "sqlite"
        return
    running: Cluster = request.getfixturevalue("cluster")
    made: list[str] = []

    def make(like: str | None = None) -> str:
        made.append(running.new_database(like=like))
        return made[-1]

    yield make
    for each in made:
        running.drop(each)


@pytest.fixture(params=["sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database without any row of a desk, as watchdesk.yaml names it."""
    if request.param == "sqlite":
        yield "sqlite"
        return
    running: Cluster = request.getfixturevalue("cluster")
    made = running.begun_database()
    yield made
    running.drop(made)


@pytest.fixture
def store(storage: str, tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(storage, tmp_path)
    yield opened
    opened.close()
