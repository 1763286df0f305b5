"""A dictionary that is lost is one damage, however many texts cannot be read without it."""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing

import pytest

from store.test_compressed_texts import fill, work
from support.desk import DeskFiles
from watchdesk.store import open_store
from watchdesk.store.compressing import SAMPLES
from watchdesk.store.reading import DamagedPart

HARMS = ("DELETE FROM dictionaries", "UPDATE dictionaries SET content = zeroblob(length(content))")


@pytest.fixture(scope="module")
def compressed(tmp_path_factory: pytest.TempPathFactory) -> DeskFiles:
    desk = DeskFiles(tmp_path_factory.mktemp("compressed"))
    desk.write({})
    desk.state.mkdir()
    with closing(open_store("sqlite", desk.state)) as store:
        fill(store, SAMPLES + 60)
        work(store)
    return desk


@pytest.fixture(params=HARMS)
def harmed(request: pytest.FixtureRequest, compressed: DeskFiles, desk: DeskFiles) -> DeskFiles:
    shutil.copytree(compressed.root, desk.root, dirs_exist_ok=True)
    with closing(sqlite3.connect(desk.state / "watchdesk.db", isolation_level=None)) as connection:
        connection.execute(request.param)
    return desk


@pytest.mark.parametrize("options", [(), ("--all",)])
def test_verify_tells_it_as_one(harmed: DeskFiles, options: Sequence[str]) -> None:
    found = harmed.run("verify", "--json", *options)
    assert found.status == 1
    (finding,) = found.document["findings"]
    assert finding["part"] == "dictionaries"
    assert finding["what"].startswith("dictionary 2, without which texts of other tables cannot be read, is ")
    assert len(harmed.run("status", "--json").document["database"]["damages"]) == 1


def test_a_reading_of_the_whole_database_tells_it_as_one(harmed: DeskFiles) -> None:
    found: list[DamagedPart] = []
    with closing(open_store("sqlite", harmed.state)) as store, closing(store.reading()) as reading:
        while not reading.is_done:
            found += reading.step(20_000).damages
    assert [damage.part for damage in found] == ["dictionaries"]
