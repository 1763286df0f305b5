import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.desk import DeskFiles
from support.postgresql import Cluster, binaries
from support.web import WebServer


@pytest.fixture
def desk(tmp_path: Path) -> DeskFiles:
    """A desk of its own, without files yet."""
    return DeskFiles(tmp_path)


@pytest.fixture
def web() -> Iterator[WebServer]:
    """A web server on loopback."""
    with WebServer() as server:
        yield server


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


def pytest_report_header() -> str:
    found = binaries()
    said = (
        subprocess.run([found / "postgres", "--version"], capture_output=True, check=False) if found else None
    )
    return said.stdout.decode().strip() if said else "no PostgreSQL"
