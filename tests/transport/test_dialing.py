"""A host's addresses are tried a quarter of a second apart, and the first to connect wins (RFC 8305)."""

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import pytest

from support.dead import Dead
from support.raw import RawServer
from watchdesk.transport.dialing import Found, first_connected, in_turns

V4, V6 = socket.AF_INET, socket.AF_INET6


@pytest.fixture
def dead() -> Iterator[Sequence[Found]]:
    with ExitStack() as stack:
        yield [stack.enter_context(Dead(f"127.0.0.{number}")) for number in (2, 3, 4)]


def test_three_dead_addresses_do_not_lose_the_fourth(dead: Sequence[Found]) -> None:
    with RawServer(b"") as server:
        began = time.monotonic()
        with first_connected([*dead, (V4, ("127.0.0.1", server.port))], 10) as connection:
            took = time.monotonic() - began
            assert connection.getpeername() == ("127.0.0.1", server.port)
            assert connection.gettimeout() == 10
    assert took >= 0.75 * 0.9  # each has its quarter of a second
    assert took < 5  # and not the whole wait


def test_an_address_that_refuses_costs_no_wait() -> None:
    with RawServer(b"") as server:
        refusing: list[Found] = [(V4, (f"127.0.0.{number}", server.port)) for number in range(10, 30)]
        began = time.monotonic()
        first_connected([*refusing, (V4, ("127.0.0.1", server.port))], 10).close()
        assert time.monotonic() - began < 4  # 5 if each had its quarter of a second


def test_the_losers_are_closed(dead: Sequence[Found], recwarn: pytest.WarningsRecorder) -> None:
    with RawServer(b"") as server:
        first_connected([dead[0], (V4, ("127.0.0.1", server.port))], 10).close()
    assert not [warning for warning in recwarn if issubclass(warning.category, ResourceWarning)]


def test_the_time_is_for_all_of_them_together(dead: Sequence[Found]) -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        first_connected(dead, 0.4)
    assert 0.35 < time.monotonic() - began < 3


def test_what_refuses_everywhere_is_told_as_such() -> None:
    with RawServer(b"") as server:
        port = server.port
    with pytest.raises(ConnectionRefusedError):
        first_connected([(V4, ("127.0.0.1", port)), (V4, ("127.0.0.2", port))], 5)


def test_families_take_turns_in_the_systems_order() -> None:
    sixes: list[Found] = [(V6, (f"2001:db8::{number}", 80, 0, 0)) for number in range(3)]
    fours: list[Found] = [(V4, (f"192.0.2.{number}", 80)) for number in range(2)]
    assert in_turns([*sixes, *fours]) == [sixes[0], fours[0], sixes[1], fours[1], sixes[2]]
    assert in_turns([*fours, *sixes, fours[0]]) == [fours[0], sixes[0], fours[1], sixes[1], sixes[2]]
