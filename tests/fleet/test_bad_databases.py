"""A database that hosts cannot write for a while, or only slowly: nothing is lost."""

import errno
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from fleet.hosts import SETTINGS, make_host, matched, undelivered, wait_until_running
from fleet.sites import Sites, sites
from support.desk import DeskFiles, wait_for
from support.postgresql import Cluster, throwaway_cluster
from support.proxy import SlowLine
from support.small_disk import small_disk
from watchdesk.service.fleet.member import LAPSE
from watchdesk.service.liveness import CheckFile

TOLD = SETTINGS.replace("channels: {", "channels: {desk: {files: told/}, ") + "operators: {to: [desk]}\n"


def make_read_only(storage: str, *, is_on: bool) -> None:
    """As an administrator does: sessions that are open stay as they are."""
    name = sql.Identifier(urlsplit(storage).path.removeprefix("/"))
    change = sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = {}").format(
        name, sql.Literal("on" if is_on else "off")
    )
    with psycopg.connect(storage, autocommit=True, options="-c default_transaction_read_only=off") as desk:
        desk.execute(change)


def end_sessions(storage: str) -> None:
    """Whoever works on the database connects anew."""
    ends = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with psycopg.connect(storage, autocommit=True) as desk:
        desk.execute(ends)


@contextmanager
def two_hosts(
    root: Path, storage: str, web: Sites, first_by: str | None = None
) -> Iterator[tuple[DeskFiles, DeskFiles]]:
    """Everything that was published is matched, and both go on to the end of it.

    `first_by`: the address by which the first reaches the database.
    """
    addresses = {"one": first_by or storage, "two": storage}
    first, second = (make_host(root, name, by, web.feeds, TOLD) for name, by in addresses.items())
    with first.service() as one, second.service() as two:
        wait_until_running(first, one)
        wait_until_running(second, two)
        wait_for(lambda: matched(storage).keys() == web.published, "every match")
        yield first, second
        wait_until_whole(storage, web, first, second)
        assert one.poll() is None
        assert two.poll() is None
    for desk in (first, second):
        assert "Traceback" not in desk.log


def wait_until_whole(storage: str, web: Sites, *desks: DeskFiles) -> None:
    """Every match, every digest, and each once; no site was asked by two at a time."""
    wait_for(lambda: matched(storage).keys() == web.published, "every match", seconds=120)
    wait_for(lambda: undelivered(storage, *desks) == {}, "every digest, once", seconds=120)
    assert set(matched(storage).values()) == {1}
    assert not web.double_visits()


def told(desk: DeskFiles) -> str:
    """What the operators were told."""
    return "".join(path.read_text() for path in (desk.state / "told").glob("2*"))


def test_a_database_that_is_read_only_for_a_while_loses_nothing(tmp_path: Path, cluster: Cluster) -> None:
    storage = cluster.new_database()
    with sites(4, 2) as web, two_hosts(tmp_path, storage, web) as (first, second):
        make_read_only(storage, is_on=True)
        end_sessions(storage)
        web.publish()
        for desk in (first, second):
            wait_for(lambda: "may only be read" in desk.log, "a word about it")  # noqa: B023 - at once
        make_read_only(storage, is_on=False)


@pytest.mark.slow
def test_while_a_database_is_read_only_nobody_is_asked_and_operators_hear(
    tmp_path: Path, cluster: Cluster
) -> None:
    storage = cluster.new_database()
    with sites(4, 2) as web, two_hosts(tmp_path, storage, web) as (first, second):
        make_read_only(storage, is_on=True)
        end_sessions(storage)
        wait_for(
            lambda: "may only be read" in told(first) + told(second), "word to the operators", seconds=90
        )
        asked = len(web.visits)
        web.publish()
        for desk in (first, second):
            said = desk.run("status")
            assert said.status == 1
            assert "may only be read" in said.out
        assert len(web.visits) == asked
        make_read_only(storage, is_on=False)


def test_a_host_that_starts_on_a_database_that_is_read_only_waits(tmp_path: Path, cluster: Cluster) -> None:
    storage = cluster.begun_database()
    with sites(2, 1) as web:
        desk = make_host(tmp_path, "one", storage, web.feeds)
        make_read_only(storage, is_on=True)
        with desk.service() as process:
            wait_for(lambda: "may only be read" in desk.log, "a word about it")
            assert process.poll() is None
            make_read_only(storage, is_on=False)
            wait_until_running(desk, process)
            wait_until_whole(storage, web, desk)


def test_a_host_that_was_killed_reads_nothing_for_damage_at_its_next_start(
    tmp_path: Path, cluster: Cluster
) -> None:
    """PostgreSQL mends itself, and a hundred gigabytes are not to be read each time that a host dies."""
    storage = cluster.begun_database()
    with sites(2, 1) as web:
        desk = make_host(tmp_path, "one", storage, web.feeds)
        for _ in range(2):
            with desk.service() as process:
                wait_until_running(desk, process)
            assert "the whole database is read for damage" not in desk.log
        assert CheckFile(desk.state).read().in_use


@pytest.fixture
def small(cluster: Cluster) -> Iterator[tuple[str, Path]]:
    """A database on a disk of its own, and the folder of that; `cluster` skips where there is no server."""
    folder = Path(tempfile.mkdtemp(prefix="wd-space-"))
    folder.chmod(0o755)
    try:
        with small_disk(folder / "disk", "64m"), throwaway_cluster() as own:
            space = folder / "disk" / "space"
            space.mkdir()
            storage = own.begun_database()
            own.put_into(storage, space)
            yield storage, folder / "disk"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fill(path: Path) -> None:
    """Writes until there is no room."""
    with path.open("ab", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError as error:
            assert error.errno == errno.ENOSPC


def test_a_host_that_starts_on_a_database_without_room_waits(tmp_path: Path, small: tuple[str, Path]) -> None:
    storage, disk = small
    with sites(2, 1) as web:
        desk = make_host(tmp_path, "one", storage, web.feeds, TOLD)
        fill_tables(storage, disk / "ballast")
        with desk.service() as process:
            wait_for(lambda: "it is tried again" in desk.log, "a word about it")
            assert "No space left on device" in desk.log
            assert process.poll() is None
            wait_for(lambda: "make room there" in told(desk), "word to the operators")
            said = desk.run("status")
            assert (said.status, "a full disk?" in said.out) == (1, True), said.out
            (disk / "ballast").unlink()
            wait_until_running(desk, process)
            wait_until_whole(storage, web, desk)


def fill_tables(storage: str, ballast: Path) -> None:
    """Until no page of a table of ours can be added, whatever free places the files have yet."""
    fill(ballast)
    with psycopg.connect(storage, autocommit=True) as desk:
        try:
            while True:
                desk.execute(
                    "INSERT INTO notes SELECT gen_random_uuid(), repeat('x', 900) FROM generate_series(1, 50)"
                )
        except psycopg.errors.DiskFull:
            pass
    fill(ballast)


@pytest.mark.slow
def test_a_database_without_room_loses_nothing(tmp_path: Path, small: tuple[str, Path]) -> None:
    storage, disk = small
    with sites(4, 2) as web, two_hosts(tmp_path, storage, web) as (first, second):
        fill(disk / "ballast")

        def is_full() -> bool:
            fill(disk / "ballast")
            if "No space left on device" in first.log + second.log:
                return True
            web.publish()
            return False

        wait_for(is_full, "a word about it")
        wait_for(
            lambda: "No space left on device" in told(first) + told(second),
            "word to the operators",
            seconds=90,
        )
        (disk / "ballast").unlink()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_database_that_answers_slowly_costs_nothing_but_time(tmp_path: Path, cluster: Cluster) -> None:
    storage = cluster.new_database()
    with SlowLine(cluster.socket) as line, sites(4, 2, delay=0.6) as web:
        by_line = f"postgresql://desk@127.0.0.1:{line.port}{urlsplit(storage).path}?sslmode=disable"
        with two_hosts(tmp_path, storage, web, by_line) as (_, second):
            line.delay = 0.3
            web.publish()
            wait_for(lambda: matched(storage).keys() == web.published, "every match", seconds=90)
            line.delay = 0.0
            wait_until_asks("one", web)
            # A heartbeat takes longer than the host may go on without one.
            line.delay = 8.0
            alone = time.monotonic() + LAPSE
            web.publish()
            wait_for(
                lambda: {visit.site for visit in web.since(alone)} == set(web.sites),
                "each site is asked",
                seconds=120,
            )
            wait_for(lambda: matched(storage).keys() == web.published, "every match", seconds=90)
            assert {visit.host for visit in web.since(alone)} == {"two"}
            assert "shards were given up" not in second.log
            line.delay = 0.0
            wait_until_asks("one", web)


def wait_until_asks(host: str, web: Sites) -> None:
    """Waits until it asks a site, whose answer it then waits for."""
    began = time.monotonic()
    wait_for(lambda: host in {visit.host for visit in web.since(began)}, f"{host} polls", seconds=120)
