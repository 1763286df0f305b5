from collections.abc import Iterator
from pathlib import Path

import pytest

from support.desk import DeskFiles
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
