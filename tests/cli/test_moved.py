"""Once a desk has moved, the database that it came from is only read: what would be written there is lost."""

import os
import re
import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection

from support.desk import SETTINGS, DeskFiles, environment, wait_for, wait_until_alone
from support.full_tables import sums
from support.postgresql import Cluster
from watchdesk.errors import MovedStorage, UnusableStorage
from watchdesk.keeping import moving
from watchdesk.keeping.moving import copy_beside_service
from watchdesk.store import open_store
from watchdesk.store.leaving import left
from watchdesk.store.place import Place, place_of

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
KINDS = ["to a server", "to a file"]
WRITING = (
    ("once",),
    ("once", "--send"),
    ("silence", "nato-spending", "--until", "2h"),
    ("silence", "--end", "1"),
    ("deliveries", "retry", "--all"),
    ("deliveries", "drop", "0123"),
    ("digest", "flash", "--send"),
)
READING = (
    ("silence", "--list"),
    ("deliveries",),
    ("digest", "flash"),
    ("search", "NATO"),
    ("sources",),
    ("rules",),
    ("backtest",),
    ("explain", "nato-spending", "1"),
    ("verify",),
    ("status",),
    ("doctor",),
)


@dataclass(frozen=True)
class Journey:
    """Two places of a desk, whose files name the first."""

    desk: DeskFiles
    there: str
    back: str
    target: Place

    @property
    def source(self) -> Place:
        return place_of(self.there, self.desk.state)

    def works_on(self) -> list[str]:
        """Which of the two a service would start on."""
        working = []
        for place in (self.source, self.target):
            try:
                open_store(place.storage, place.state_directory, may_begin=False).close()
            except UnusableStorage:
                continue
            working.append(place.named)
        return working


@pytest.fixture(params=KINDS)
def journey(request: pytest.FixtureRequest, desk: DeskFiles, cluster: Cluster) -> Journey:
    if request.param == "to a server":
        desk.write({})
        desk.begin()
        target = cluster.new_database()
        return Journey(desk, "sqlite", target, place_of(target, desk.state))
    storage = cluster.begun_database()
    desk.write({}, settings=f"storage: {storage}\n{SETTINGS}")
    desk.state.mkdir()
    target = f"sqlite:{desk.root}/new"
    return Journey(desk, storage, target, place_of(target, desk.state))


def test_what_would_be_written_where_a_desk_has_left_is_refused(journey: Journey) -> None:
    desk = journey.desk
    moved = desk.run("move", journey.there, journey.back)
    assert moved.status == 0, moved.err
    before = sums(journey.source.storage, desk.state).document
    with desk.service() as service:
        assert service.wait(60) == 2
    assert f"has moved to {journey.target.named}" in desk.log
    for arguments in WRITING:
        refused = desk.run(*arguments)
        assert refused.status == 2, (arguments, refused)
        assert f"has moved to {journey.target.named}" in refused.err, (arguments, refused)
        assert f"--undo {shlex.quote(journey.source.named)}" in refused.err
    assert sums(journey.source.storage, desk.state).document == before
    undone = desk.run("move", "--undo", journey.there)
    assert (undone.status, journey.target.named in undone.out) == (0, True)
    silent = desk.run("silence", "nato-spending", "--until", "2h")
    assert silent.status == 0, silent.err


def test_what_only_reads_still_reads_there_and_says_that_the_desk_has_moved(journey: Journey) -> None:
    desk = journey.desk
    assert desk.run("silence", "nato-spending", "--until", "2h").status == 0
    assert desk.run("move", journey.there, journey.back).status == 0
    for arguments in READING:
        read = desk.run(*arguments)
        said = " ".join((read.err + read.out).split())
        assert read.status in {0, 1, 2 if arguments[0] == "explain" else 0}, (arguments, read)
        if arguments != ("verify",):
            assert "has moved to" in said, (arguments, read)
    assert "nato-spending" in desk.run("silence", "--list").out
    assert desk.run("status").status == 1


def test_passwords_are_not_in_the_mark(desk: DeskFiles, cluster: Cluster) -> None:
    desk.write({})
    desk.begin()
    server = cluster.new_database().replace("desk@", "desk:hidden-one@") + "&sslpassword=hidden-two"
    moved = desk.run("move", "sqlite", server)
    assert moved.status == 0, moved.err
    refused = desk.run("silence", "nato-spending", "--until", "2h")
    assert (refused.status, "hidden" in refused.err) == (2, False), refused.err
    assert b"hidden" not in b"".join(path.read_bytes() for path in desk.state.glob("watchdesk.db*"))


@pytest.mark.parametrize("journey", ["to a server"], indirect=True)  # a server has to be left by others
def test_a_process_that_had_the_old_database_open_writes_nothing_more(journey: Journey) -> None:
    desk = journey.desk
    with closing(open_store(journey.source.storage, desk.state)) as store:
        assert desk.run("move", journey.there, journey.back).status == 0
        with pytest.raises(MovedStorage, match="has moved to"):
            store.silence("nato-spending", NOW, NOW + timedelta(hours=1))


@pytest.mark.parametrize("is_cut_off", [False, True])
def test_a_command_amid_the_cut_is_refused_or_kept(journey: Journey, *, is_cut_off: bool) -> None:
    """It waits for the end of the move: of one that fails, what it writes counts."""
    desk = journey.desk
    command = desk.command("silence", "nato-spending", "--until", "2h")
    with suppress(KeyboardInterrupt), left(journey.source, journey.target, "0123"):
        silence = subprocess.Popen(command, stderr=subprocess.PIPE, env=environment())
        waits_for_lock(silence, journey)
        if is_cut_off:
            raise KeyboardInterrupt
    _, said = silence.communicate(timeout=60)
    listed = desk.run("silence", "--list").out
    if is_cut_off:
        assert (silence.returncode, "nato-spending" in listed) == (0, True), said
    else:
        assert silence.returncode == 2, said
        assert b"has moved to" in said
        assert "nato-spending" not in listed


def waits_for_lock(process: "subprocess.Popen[bytes]", journey: Journey) -> None:
    """Until it has come to the database, which is locked."""
    if journey.source.is_file:
        opened = journey.desk.state / "watchdesk.db"

        def has_it() -> bool:
            assert process.poll() is None
            with suppress(FileNotFoundError):  # a file is closed while it is looked at
                return any(opened.samefile(link) for link in Path(f"/proc/{process.pid}/fd").iterdir())
            return False

        wait_for(has_it, "the database is open")
        return
    with psycopg.connect(journey.source.storage, autocommit=True) as connection:
        waiting = "datname = current_database() AND wait_event = 'advisory'"
        asked = f"SELECT count(*) FROM pg_stat_activity WHERE {waiting}"
        wait_for(lambda: connection.execute(asked).fetchone() == (1,), "it waits")


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dies_before_it_is_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is in the target, and the source is about to be marked."""

    @contextmanager
    def dying(source: Place, target: Place, move: str) -> Iterator[Connection]:
        with left(source, target, move) as connection:
            yield connection
            die()

    monkeypatch.setattr(moving, "left", dying)


def dies_after_it_is_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "arrive", die)


def killed(journey: Journey, *, is_beside: bool) -> None:
    """A move that a patch kills."""
    wait_until_alone()
    pid = os.fork()
    if pid == 0:
        with suppress(BaseException):
            if is_beside:
                copy_beside_service(journey.source, journey.target, lambda _: None, lambda _: None)
            else:
                journey.desk.run("move", journey.there, journey.back)
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == signal.SIGKILL


WAYS = pytest.mark.parametrize(
    ("journey", "is_beside"),
    [("to a server", False), ("to a server", True), ("to a file", False)],
    indirect=["journey"],
)


@WAYS
def test_a_move_that_is_killed_before_it_is_decided_leaves_the_desk_where_it_was(
    journey: Journey, monkeypatch: pytest.MonkeyPatch, *, is_beside: bool
) -> None:
    with monkeypatch.context() as patch:
        dies_before_it_is_decided(patch)
        killed(journey, is_beside=is_beside)
    assert journey.works_on() == [journey.source.named]
    desk = journey.desk
    assert desk.run("silence", "nato-spending", "--until", "2h").status == 0
    again = desk.run("move", journey.there, journey.back)
    assert again.status == 0, again.err
    assert journey.works_on() == [journey.target.named]
    with closing(open_store(journey.target.storage, journey.target.state_directory)) as store:
        assert [one.rule_id for one in store.silences(NOW)] == ["nato-spending"]


@WAYS
def test_a_move_that_is_killed_after_it_is_decided_has_ended(
    journey: Journey, monkeypatch: pytest.MonkeyPatch, *, is_beside: bool
) -> None:
    with monkeypatch.context() as patch:
        dies_after_it_is_decided(patch)
        killed(journey, is_beside=is_beside)
    assert journey.works_on() == [journey.target.named]
    again = journey.desk.run("move", journey.there, journey.back)
    assert (again.status, "has moved to" in again.err) == (2, True)


def test_a_target_that_cannot_see_where_it_came_from_waits_for_the_command(
    journey: Journey, monkeypatch: pytest.MonkeyPatch, cluster: Cluster
) -> None:
    desk = journey.desk
    with monkeypatch.context() as patch:
        dies_after_it_is_decided(patch)
        killed(journey, is_beside=False)
    hidden = desk.root / "hidden"
    if journey.source.is_file:
        desk.state.rename(hidden)
    else:
        cluster.stop()
    try:
        target = journey.target
        with pytest.raises(MovedStorage, match="was interrupted") as told:
            open_store(target.storage, target.state_directory, may_begin=False)
        assert re.search(r"Give the command again: watchdesk move \S+ \S+$", str(told.value))
    finally:
        if journey.source.is_file:
            hidden.rename(desk.state)
        else:
            cluster.start()
    ended = desk.run("move", journey.there, journey.back)
    assert (ended.status, "It has ended now" in ended.out) == (0, True), ended.err
    assert journey.works_on() == [journey.target.named]


def test_a_restored_desk_has_not_moved(journey: Journey, cluster: Cluster) -> None:
    desk = journey.desk
    assert desk.run("move", journey.there, journey.back).status == 0
    file = desk.root / "desk.backup"
    backed = desk.run("backup", str(file))
    assert backed.status == 0, backed.err
    restored = desk.run("restore", "--replace", str(file))
    assert restored.status == 0, restored.err
    assert journey.source.named in journey.works_on()
