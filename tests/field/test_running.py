"""Machines and their surroundings as bug reports describe them; each test bears the name of its case."""

import os
import sqlite3
import subprocess
from contextlib import closing

from support.desk import BRISK, STRANGER, DeskFiles, item, rss, wait_for
from support.web import WebServer

CYRILLIC = item("1", "Прем'єр підписав угоду про NATO spending target")


def test_77_config_map_layout(desk: DeskFiles) -> None:
    """A Kubernetes ConfigMap shows each file once, however many links lead to it."""
    desk.write({})
    rules = desk.config / "rules"
    (rules / "..2026_11_28").mkdir()
    (rules / "desk.yaml").rename(rules / "..2026_11_28" / "desk.yaml")
    (rules / "..data").symlink_to("..2026_11_28")
    (rules / "desk.yaml").symlink_to("..data/desk.yaml")
    assert desk.run("check").status == 0
    listed = desk.run("rules", "--json").document["rules"]
    assert sorted(rule["rule"] for rule in listed) == ["nato-spending", "ukraine-aid"]


def test_79_terminal_of_latin_1(desk: DeskFiles, web: WebServer) -> None:
    """What the terminal cannot show is replaced; the command does what it was asked for."""
    web.serve("/feed", rss(CYRILLIC))
    desk.write({"wire": web.url("/feed")})
    assert desk.run("once", "--all").status == 0
    for arguments in (("search", "NATO"), ("try", "-"), ("once", "--all"), ("status",)):
        done = subprocess.run(
            desk.command(*arguments),
            input="Прем'єр підписав угоду про NATO spending target".encode(),
            env={**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, (arguments, done)
        assert b"a bug in watchdesk" not in done.stderr
        if arguments[0] in ("search", "try"):
            assert b"??" in done.stdout


def test_80_database_held_by_a_backup(desk: DeskFiles, web: WebServer) -> None:
    """The service lives, says what is wrong, and loses nothing when the database is let go."""
    web.serve("/feed", rss(item("1", "A first title")))
    desk.write({"wire": web.url("/feed")})
    with desk.service({**BRISK, "store.database.BUSY": 1, "service.write_behind.AGAIN": 1}) as process:
        wait_for(lambda: web.requests, "the first poll")
        database = desk.state / "watchdesk.db"
        wait_for(database.exists, "the database")
        with closing(sqlite3.connect(database, timeout=20, isolation_level=None)) as backup:
            backup.execute("BEGIN EXCLUSIVE")
            web.serve("/feed", rss(item("2", "NATO spending target")))
            wait_for(lambda: "locked" in desk.log or "busy" in desk.log, "a word about the database", 40)
            backup.execute("ROLLBACK")
        wait_for(lambda: list((desk.state / "digests").glob("*.html")), "the digest", 40)
        assert process.poll() is None


def test_82_no_passwd_entry_no_home(desk: DeskFiles, web: WebServer) -> None:
    """A user without an entry in passwd(5) and without an environment runs it all the same."""
    web.serve("/feed", rss(item("1", "NATO spending target")))
    desk.write({"wire": web.url("/feed")})
    for arguments in (("check",), ("once", "--all", "--send"), ("status",)):
        done = subprocess.run([*STRANGER, *desk.command(*arguments)], capture_output=True, check=False)
        assert done.returncode == 0, (arguments, done)
    assert list((desk.state / "digests").glob("*.html"))


def test_83_state_not_writable(desk: DeskFiles) -> None:
    """Told in one line, with the folder's name."""
    desk.write({})
    desk.state.mkdir(mode=0o500)
    done = subprocess.run([*STRANGER, *desk.command("once")], capture_output=True, check=False)
    assert done.returncode == 2
    [line] = done.stderr.decode().splitlines()
    assert str(desk.state) in line


def test_84_newer_database(desk: DeskFiles, web: WebServer) -> None:
    """Told in one line: an older version does not touch what a newer one wrote."""
    desk.write({})
    assert desk.run("once").status == 0
    with closing(sqlite3.connect(desk.state / "watchdesk.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    done = desk.run_process("once")
    assert done.status == 2
    [line] = done.err.splitlines()
    assert "newer" in line
