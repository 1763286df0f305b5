"""Reading the whole database for damage bit by bit, and verifying it: what is damaged, and what is not."""

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from store.test_store import NOW, STATE
from store.test_stories import told
from support.desk import DeskFiles, item, rss
from support.examples import thinned
from support.page_damage import PAGE_DAMAGES, grow
from support.postgresql import Cluster, binaries, throwaway_cluster
from support.web import WebServer
from watchdesk.errors import DamagedStorage
from watchdesk.store import Reading, SqlStore, open_store
from watchdesk.store.glancing import FREE_PAGES
from watchdesk.store.verifying import SAMPLED, Unreferenced

SETTINGS = """\
polling: {first_poll: all, private_addresses: allow}
articles: {full_text: never}
channels: {shelf: {files: digests/}}
digests:
  flash: {title: Flash, rules: all, at: once, to: [shelf]}
  evening: {title: Evening, rules: all, at: "0 18 * * *", to: [shelf]}
"""
STEP = 50_000


def words(number: int) -> str:
    """A long text that is hardly shorter once it is compressed."""
    rng = random.Random(number)
    return "NATO agreed on defence spending. " + " ".join(rng.randbytes(6).hex() for _ in range(900))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state directory in which every table takes several pages."""
    desk = DeskFiles(tmp_path_factory.mktemp("kept"))
    with WebServer() as web:
        web.serve("/feed", rss(*(item(str(n), f"NATO agrees {n}", words(n)) for n in range(12))))
        desk.write({"wire": web.url("/feed")}, settings=SETTINGS)
        assert desk.run("once", "--all", "--send").status == 0
    grow(desk.state / "watchdesk.db", 40)
    return desk.state


@pytest.fixture
def state(kept: Path, tmp_path: Path) -> Path:
    return shutil.copytree(kept, tmp_path / "state")


def found_in(store: SqlStore) -> set[str]:
    """The tables in which a glance or a reading finds damage."""
    found: set[str] = set()
    try:
        store.glance()
    except DamagedStorage as damage:
        assert damage.part
        found.add(damage.part)
    with closing(store.reading()) as reading:
        while not reading.is_done:
            found |= {damage.part.partition(",")[0] for damage in reading.step(STEP).damages}
    return found


@pytest.mark.parametrize("way", thinned(PAGE_DAMAGES, 3))
def test_damage_is_found_and_named_and_all_else_is_read(state: Path, way: str) -> None:
    table = way.partition(":")[0]
    PAGE_DAMAGES[way](state / "watchdesk.db")
    with closing(open_store("sqlite", state)) as store:
        assert found_in(store) == {table if table != "the list of free pages" else FREE_PAGES}


def read_through(reading: Reading, steps: int | None = None) -> None:
    with closing(reading):
        while not reading.is_done and steps != 0:
            assert reading.step(STEP).damages == ()
            steps = None if steps is None else steps - 1


def test_what_is_whole_is_found_whole_on_either_database(store: SqlStore) -> None:
    store.ingest([told(n, "paper", f"Title {n}", f"word{n} " * 90) for n in range(60)], STATE, NOW)
    store.glance()
    read_through(store.reading())
    verifying = store.verifying()
    assert list(verifying.structure()) == []
    assert list(verifying.references()) == []
    assert verifying.counts()["articles"] == 60
    assert [found for _, found in verifying.everything() if found] == []
    read = {table.name: verifying.sample(table, 20, random.Random(1)) for table in SAMPLED}
    assert read["articles"] == (20, ())
    assert all(damages == () for _, damages in read.values())


def test_a_reading_goes_on_where_it_was_broken_off(state: Path) -> None:
    with closing(open_store("sqlite", state)) as store:
        whole = store.reading()
        sizes = 0
        while not whole.is_done:
            sizes += whole.step(STEP).size
        place, parted = None, 0
        for _ in range(10_000):
            reading = store.reading(place)
            if place is not None and reading.is_done:
                break
            parted += reading.step(STEP).size
            reading.close()
            place = reading.place
            if place is None:
                break
            if place.index:  # an index is read through one cursor, and begun anew
                rest = store.reading(place)
                while rest.place and rest.place.index == place.index:
                    parted += rest.step(STEP).size
                rest.close()
                place = rest.place
    assert sizes <= parted < 1.2 * sizes


def test_no_view_is_kept_open_between_the_rows_of_a_table(state: Path) -> None:
    with closing(open_store("sqlite", state)) as store, closing(store.reading()) as reading:
        while reading.place and reading.place.table != "articles":
            reading.step(STEP)
        reading.step(STEP)
        with closing(sqlite3.connect(state / "watchdesk.db")) as other:
            other.execute("UPDATE notes SET value = value || 'x' WHERE name LIKE '%-3'")
            other.commit()
            is_held_up = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            assert not is_held_up


@pytest.mark.parametrize("way", ["matches: spans that are no JSON", "deliveries: a page", "articles: a page"])
def test_all_that_is_read_back_is_verified(state: Path, way: str) -> None:
    PAGE_DAMAGES[way](state / "watchdesk.db")
    with closing(open_store("sqlite", state)) as store:
        verifying = store.verifying()
        parts = {damage.part for _, found in verifying.everything() for damage in found}
        parts |= {damage.part for damage in verifying.structure()}
    assert parts == {way.partition(":")[0]}


def test_rows_that_lead_nowhere_are_counted(state: Path) -> None:
    with closing(sqlite3.connect(state / "watchdesk.db")) as database:
        database.execute("DELETE FROM articles WHERE id IN (SELECT article_id FROM matches LIMIT 3)")
        database.commit()
    with closing(open_store("sqlite", state)) as store:
        assert list(store.verifying().references()) == [Unreferenced("matches", "article_id", "articles", 3)]


def test_an_index_that_says_other_than_its_table_is_found(state: Path) -> None:
    with closing(sqlite3.connect(state / "watchdesk.db")) as database:
        database.execute("CREATE INDEX other ON articles (first_seen, id)")
        database.execute("PRAGMA writable_schema = ON")
        other = "CREATE INDEX other ON articles (updated_at, id)"
        database.execute("UPDATE sqlite_schema SET sql = ? WHERE name = 'other'", (other,))
        database.commit()
    with closing(open_store("sqlite", state)) as store:
        (damage,) = store.verifying().structure()
        assert damage.part == "articles"
        assert "other" in damage.what


def test_a_damaged_page_of_a_server_is_found_and_named(tmp_path: Path) -> None:
    if binaries() is None:
        pytest.skip("PostgreSQL's programs are not installed")
    with throwaway_cluster() as cluster:
        damage_a_page_of_a_server(cluster, cluster.data, tmp_path)


def damage_a_page_of_a_server(cluster: Cluster, data: Path, state: Path) -> None:
    address = cluster.new_database()
    with closing(open_store(address, state)) as store:
        store.ingest([told(n, "paper", f"Title {n}", words(n)[:3000]) for n in range(60)], STATE, NOW)
    with psycopg.connect(address, autocommit=True) as connection:
        row = connection.execute("SELECT pg_relation_filepath('articles')").fetchone()
        assert row
        connection.execute("CHECKPOINT")
    cluster.stop()
    with (data / row[0]).open("r+b") as file:
        file.write(b"\xff" * 64)
    cluster.start()
    with closing(open_store(address, state)) as store:
        assert found_in(store) == {"articles"}
        assert {damage.part for damage in store.verifying().structure()} == {"articles"}
        with pytest.raises(DamagedStorage) as met:
            list(store.articles())
        assert met.value.part
        assert "articles" in met.value.part
