"""A desk moves from SQLite to PostgreSQL while its service runs, which stops only for what changed since."""

import os
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from fleet.hosts import SETTINGS, matched, undelivered, wait_until_running
from fleet.sites import sites
from support.desk import DeskFiles, environment, wait_for
from support.full_tables import sums
from support.postgresql import Cluster

SAYS = "Stop the watchdesk"


@contextmanager
def moving(desk: DeskFiles, server: str) -> Iterator["subprocess.Popen[bytes]"]:
    """`watchdesk move`, which has said when to stop the service; what it says is in `move.log`."""
    with (desk.root / "move.log").open("wb") as log:
        command = desk.command("move", "sqlite", server)
        started = subprocess.Popen(command, stdout=log, stderr=log, env=environment())
    try:

        def says() -> bool:
            assert started.poll() is None, said(desk)
            return SAYS in said(desk)

        wait_for(says, "the word to stop")
        yield started
    finally:
        started.kill()
        started.wait()


def said(desk: DeskFiles) -> str:
    return (desk.root / "move.log").read_text()


def matched_in_file(state: Path) -> Counter[str]:
    """As `matched`, of SQLite."""
    asked = "SELECT a.title FROM matches AS m JOIN articles AS a ON a.id = m.article_id"
    with closing(sqlite3.connect(state / "watchdesk.db")) as connection:
        return Counter(title.rpartition(" ")[2] for (title,) in connection.execute(asked))


def has_tables(server: str) -> bool:
    with psycopg.connect(server) as connection:
        found = connection.execute("SELECT to_regclass('articles')").fetchone()
    return found != (None,)


def test_nothing_is_lost_and_nothing_comes_twice(desk: DeskFiles, cluster: Cluster) -> None:
    server = cluster.new_database()
    with sites(6, 2) as web:
        settings = SETTINGS % ("sqlite", "old")
        desk.write(dict(web.feeds), settings=settings)
        resting = web.sites[0]
        web.busy[resting] = 3600

        def served() -> set[str]:
            return {key for key in web.published if not key.startswith("0x")}  # all but of the first site

        with desk.service() as old:
            wait_until_running(desk, old)
            wait_for(lambda: matched_in_file(desk.state).keys() == served(), "every match")
            with moving(desk, server) as move:
                web.publish()  # what comes after the first copy
                wait_for(lambda: matched_in_file(desk.state).keys() == served(), "every match")
                assert not has_tables(server)
                old.send_signal(signal.SIGTERM)
                assert old.wait(60) == 0
                stopped = time.monotonic()
                assert move.wait(60) == 0, said(desk)
        assert sums(server, desk.state).document == sums("sqlite", desk.state).document
        rested = [visit for visit in web.since(0) if visit.site == resting]
        desk.write(dict(web.feeds), settings=settings.replace("sqlite", server).replace("old@", "new@"))
        with desk.service() as new:
            wait_until_running(desk, new)
            wait_for(lambda: web.since(stopped), "the first poll")
            web.publish()
            wait_for(lambda: matched(server).keys() == served(), "every match")
            wait_for(lambda: undelivered(server, desk) == {}, "every digest, once")
        assert set(matched(server).values()) == {1}
        assert [visit for visit in web.since(0) if visit.site == resting] == rested
        assert not web.double_visits()


def test_a_move_that_is_killed_while_it_waits_has_changed_nothing(desk: DeskFiles, cluster: Cluster) -> None:
    server = cluster.new_database()
    desk.write({}, settings=SETTINGS % ("sqlite", "old"))
    with desk.service() as old:
        wait_until_running(desk, old)
        with moving(desk, server) as move:
            os.kill(move.pid, signal.SIGKILL)
            move.wait()
        wait_for(lambda: not has_tables(server), "the end of the transaction")
        assert old.poll() is None
        with moving(desk, server) as again:
            old.send_signal(signal.SIGTERM)
            assert again.wait(60) == 0, said(desk)
    assert not (desk.state / ".moving").exists()
    assert sums(server, desk.state).document == sums("sqlite", desk.state).document


def test_a_server_that_goes_away_meanwhile_ends_the_move_before_the_service(
    desk: DeskFiles, cluster: Cluster
) -> None:
    server = cluster.new_database()
    desk.write({}, settings=SETTINGS % ("sqlite", "old"))
    with desk.service() as old:
        wait_until_running(desk, old)
        with moving(desk, server) as move:
            cluster.drop(server)
            assert move.wait(60) == 2
            assert "cannot be used" in said(desk)
        assert old.poll() is None
