"""A store on SQLite, and the same on a PostgreSQL cluster of the test run's own."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.postgresql import Cluster, binaries
from watchdesk.store import SqlStore, open_store


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Skips on a laptop without PostgreSQL; fails where CI is set."""
    if binaries() is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL's programs are not installed")
        pytest.skip("PostgreSQL's programs are not installed")
    folder = Path(tempfile.mkdtemp(prefix="wd-pg-"))
    try:
        with Cluster(folder) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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


def pytest_report_header() -> str:
    found = binaries()
    said = (
        subprocess.run([found / "postgres", "--version"], capture_output=True, check=False) if found else None
    )
    return said.stdout.decode().strip() if said else "no PostgreSQL"
