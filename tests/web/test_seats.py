"""The processes of the playground where the rules have just been reloaded, or are being read yet."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection

import pytest

from support.desk import SETTINGS, DeskFiles, wait_for
from watchdesk.configuration import Configuration, read_configuration
from watchdesk.service.poll_workers import fork_server
from watchdesk.service.poll_workers.fork_server import ForkServer
from watchdesk.web.playground.messages import Begin, Parse, Parsed
from watchdesk.web.playground.process import forked
from watchdesk.web.playground.seat import InForce
from watchdesk.web.playground.seats import SEATS, Seats
from watchdesk.web.workers import TooBusy

QUESTION = Parse("NATO")


@dataclass
class Desk:
    """What is in force changes as by a reload."""

    files: DeskFiles
    servers: list[ForkServer] = field(default_factory=list)
    in_force: InForce | None = None

    def now(self) -> InForce:
        assert self.in_force
        return self.in_force

    def follow(self, ready: Callable[[], object] = lambda: None) -> None:
        """`ready`: returns once the process that forks has read the files."""
        configuration: Configuration = read_configuration(self.files.config)

        def run(connection: Connection) -> None:
            ready()
            connection.send(None)
            fork_server.serve(connection, lambda _, own: forked(configuration, own))

        settings = configuration.settings
        server = fork_server.begin(run, greets=True)
        self.servers.append(server)
        begin = Begin(
            settings.directory,
            self.files.state,
            settings.storage,
            settings.timezone,
            frozenset(),
            frozenset(),
        )
        self.in_force = InForce(configuration, begin, server)


@pytest.fixture
def followed(desk: DeskFiles) -> Iterator[Desk]:
    desk.write({}, SETTINGS)
    made = Desk(desk)
    yield made
    for server in made.servers:
        server.close()


@contextmanager
def seats_of(followed: Desk) -> Iterator[Seats]:
    with closing(Seats(followed.now)) as seats:
        yield seats


def test_a_reload_has_a_process_ready_and_counts_none_that_has_the_rules_from_before(followed: Desk) -> None:
    followed.follow()
    with seats_of(followed) as seats:
        seats.warm()
        wait_for(lambda: seats._free, "the first process")
        (before,) = seats._free
        seats.warm()
        assert (seats._free, seats._coming) == ([before], set())
        followed.follow()
        seats.warm()
        seats.warm()
        assert len(seats._coming) <= 1, "one is enough"
        wait_for(lambda: seats._free, "the one that has the new rules")
        (after,) = seats._free
        assert after.begun is followed.now().configuration
        assert not before.process.is_there()
        assert [type(reply) for reply in seats.replies(QUESTION)] == [Parsed]
        assert seats._free == [after]


def test_nobody_waits_beyond_their_time_for_files_that_are_being_read(
    followed: Desk, desk: DeskFiles
) -> None:
    is_read = desk.config / "is-read"

    def ready() -> None:
        while not is_read.exists():
            time.sleep(0.02)

    followed.follow(ready)
    with seats_of(followed) as seats:
        for _ in range(SEATS + 1):
            with pytest.raises(TooBusy, match="is being started"):
                next(seats.replies(QUESTION, longest=0.1))
        assert len(seats._coming) == 1, "one at a time waits, so one is enough"
        answered: list[object] = []
        waiting = threading.Thread(target=lambda: answered.extend(seats.replies(QUESTION)))
        waiting.start()
        is_read.touch()
        waiting.join(30)
        assert [type(reply) for reply in answered] == [Parsed]
        assert (len(seats._free), seats._coming) == (1, set())


def test_files_that_are_being_read_are_read_to_their_end_for_who_asks_next(
    desk: DeskFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watchdesk.web.playground.seat._STOPPING", 0.0)
    rules = "".join(f"  r{n}: {{title: Rule {n}, query: NATO AND word{n}}}\n" for n in range(1500))
    desk.write({}, SETTINGS, f"rules:\n{rules}")
    files, gone = Desk(desk), threading.Event()
    files.follow()
    files.servers[0].close()
    files.in_force = replace(files.now(), fork_server=None)
    with seats_of(files) as seats:
        asks = threading.Thread(target=lambda: list(seats.replies(QUESTION, gone)))
        asks.start()
        wait_for(lambda: any(seat.reads for seat in seats._used), "the reading of the files")
        (seat,) = seats._used
        gone.set()
        asks.join(30)
        wait_for(lambda: seats._free, "its end")
        assert seats._free == [seat]
        assert [type(reply) for reply in seats.replies(QUESTION, longest=120)] == [Parsed]
        assert seats._free == [seat]


def test_where_no_process_can_be_forked_that_is_said_at_once(followed: Desk) -> None:
    followed.follow()
    followed.servers[0].close()
    with seats_of(followed) as seats, pytest.raises(TooBusy, match="no process can be started now"):
        next(seats.replies(QUESTION))
