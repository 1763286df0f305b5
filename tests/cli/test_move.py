"""A database goes from SQLite to PostgreSQL and back, row by row the same, or nothing has happened."""

import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection

from support.desk import DeskFiles, wait_until_alone
from support.full_tables import filled, sums
from support.postgresql import Cluster
from watchdesk.keeping.moving import copy_beside_service
from watchdesk.service.lock import only_service
from watchdesk.store import filling, open_store
from watchdesk.store.database import Database, database_url
from watchdesk.store.opening import revision_of
from watchdesk.store.place import Place
from watchdesk.store.table_rows import Chunk, Writer


def references(storage: str) -> list[tuple[str, str, str]]:
    """Foreign keys of a server's tables."""
    asked = (
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' ORDER BY 1, 2"
    )
    with psycopg.connect(storage) as connection:
        return connection.execute(asked).fetchall()


def is_empty(storage: str, directory: Path) -> bool:
    with closing(Database(database_url(storage, directory))) as database, database.read() as connection:
        return revision_of(connection) is None


def test_there_and_back_it_is_the_same(desk: DeskFiles, cluster: Cluster) -> None:
    desk.write({})
    before = filled("sqlite", desk.state)
    server = cluster.new_database()
    moved = desk.run("move", "sqlite", server, "--json")
    assert moved.status == 0, moved.err
    assert moved.document["tables"] == before
    assert sums("sqlite", desk.state).document == before  # it stays
    assert sums(server, desk.state).document == before
    again = desk.run("move", "sqlite", server)
    assert (again.status, f"has moved to {Place(server, desk.state).named}" in again.err) == (2, True)
    assert desk.run("move", "--undo", "sqlite").status == 0
    again = desk.run("move", "sqlite", server)
    assert (again.status, "a move of this desk has come to its end there" in again.err) == (2, True)
    other = DeskFiles(desk.root / "stranger")
    other.root.mkdir()
    other.write({})
    other.begin()
    refused = other.run("move", "sqlite", server)
    assert (refused.status, "is not empty; nothing was changed" in refused.err) == (2, True)
    back = desk.root / "back"
    with closing(open_store(server, desk.state)):  # somebody is at work there
        refused = desk.run("move", server, f"sqlite:{back}")
        assert (refused.status, "others use the database" in refused.err) == (2, True)
    assert sums(server, desk.state).document.keys() == before.keys()
    assert desk.run("move", "--undo", server).status == 2
    done = desk.run("move", server, f"sqlite:{back}/watchdesk.db")
    assert done.status == 0, done.err
    assert "`storage: sqlite`" in done.out and f"--state {back}" in done.out
    found = sums("sqlite", back).document
    assert {name: one for name, one in found.items() if name != "notes"} == {
        name: one for name, one in before.items() if name != "notes"
    }
    with closing(open_store("sqlite", back)) as store:
        assert store.older_copy is None
    with only_service(back):
        refused = desk.run_process("move", f"sqlite:{back}", f"sqlite:{desk.root}/third")
        assert (refused.status, "stop it first" in refused.err) == (2, True)
    refused = desk.run("move", "sqlite", f"sqlite:{back}")
    assert (refused.status, "has a database already" in refused.err) == (2, True)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_one_that_is_killed_leaves_the_target_empty(
    desk: DeskFiles, cluster: Cluster, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write({})
    before = filled("sqlite", desk.state)
    other = desk.root / "other"
    target = f"sqlite:{other}" if kind == "sqlite" else cluster.new_database()

    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    wait_until_alone()
    pid = os.fork()
    if pid == 0:
        monkeypatch.setattr(filling, "hold", die)  # when all is written
        with suppress(BaseException):
            desk.run("move", "sqlite", target)
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == signal.SIGKILL
    assert sums("sqlite", desk.state).document == before
    if kind == "sqlite":
        assert not (other / "watchdesk.db").exists()
    else:
        assert is_empty(target, desk.state)
    assert desk.run("move", "sqlite", target).status == 0


def test_a_copy_that_is_not_equal_does_not_count(
    desk: DeskFiles, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write({})
    filled("sqlite", desk.state)
    server = cluster.new_database()
    write = Writer.write

    def loses(self: Writer, connection: Connection, chunk: Chunk) -> None:
        write(self, connection, Chunk(chunk.table, chunk.lines[1:]))

    monkeypatch.setattr(Writer, "write", loses)
    refused = desk.run("move", "sqlite", server)
    assert (refused.status, "is not what was to be written" in refused.err) == (2, True)
    assert is_empty(server, desk.state)


def test_a_source_that_is_missing_leaves_nothing_of_the_target(desk: DeskFiles) -> None:
    desk.write({})
    desk.state.mkdir()
    refused = desk.run("move", "sqlite", f"sqlite:{desk.root}/other")
    assert (refused.status, "there is no database" in refused.err) == (2, True)
    refused = desk.run("move", "sqlite", "sqlite:")
    assert (refused.status, "'sqlite:' is neither" in refused.err) == (2, True)
    refused = desk.run("move", "sqlite", f"sqlite:{desk.root}/other.db")
    assert (refused.status, f"write sqlite:{desk.root} or" in refused.err) == (2, True)
    assert [path for path in desk.root.iterdir() if path.name.startswith("other")] == []
    assert list(desk.state.iterdir()) == []


def changed(store_: Path) -> None:
    """As a service may change a desk meanwhile: rows come, go, are others, and take each other's places."""
    statements = (
        "INSERT INTO stories (id, began) VALUES (9, 9)",
        "UPDATE articles SET story_id = 9, title = 'Another title' WHERE id = 3",
        "DELETE FROM matches WHERE id = 1",
        "INSERT INTO matches SELECT 9, 1, '1', 1, '[]', '[]', '[]', 1, 0, 1, NULL",
        "UPDATE places SET digest_name = 'x' WHERE id = 2",
        "DELETE FROM articles WHERE id = 2",
        "UPDATE notes SET value = value || ' and more'",
        "UPDATE revisions SET number = 7 WHERE article_id = 1",
        "DELETE FROM silences",
    )
    with closing(sqlite3.connect(store_ / "watchdesk.db")) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_what_changes_while_it_copies_is_in_the_copy(desk: DeskFiles, cluster: Cluster) -> None:
    desk.write({})
    before, server = filled("sqlite", desk.state), cluster.new_database()
    source, target = Place("sqlite", desk.state), Place(server, desk.state)

    def stopped(look: Callable[[], object]) -> None:
        look()
        changed(desk.state)

    told = copy_beside_service(source, target, stopped, lambda _: None).document
    assert told == sums("sqlite", desk.state).document
    assert told == sums(server, desk.state).document
    assert {name for name in told if told[name] != before[name]} >= {"articles", "matches", "places", "notes"}
    assert "silences" not in told
    assert references(server) == references(cluster.begun_database())
    assert not (desk.state / ".moving").exists()
