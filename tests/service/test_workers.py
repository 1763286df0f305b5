import threading
from collections.abc import Iterator

import pytest

from watchdesk.service.workers import Workers


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Jobs that wait for it are let go at the end of the test."""
    event = threading.Event()
    yield event
    event.set()


def test_a_key_under_way_is_not_started_twice(gate: threading.Event) -> None:
    workers = Workers("test", size=4)
    assert workers.offer("a", gate.wait)
    assert not workers.offer("a", gate.wait)
    gate.set()
    assert workers.wait_until_idle(5) == ()
    assert workers.offer("a", gate.wait)


def test_there_is_room_for_size_jobs_and_no_more(gate: threading.Event) -> None:
    workers = Workers("test", size=2)
    assert [workers.offer(key, gate.wait) for key in "abc"] == [True, True, False]


def test_a_group_takes_no_more_than_its_share(gate: threading.Event) -> None:
    workers = Workers("test", size=4, per_group=1)
    assert workers.offer("a", gate.wait, group="one.example")
    assert not workers.offer("b", gate.wait, group="one.example")
    assert workers.offer("c", gate.wait, group="two.example")


def test_a_group_is_full_while_as_many_of_its_jobs_count_as_may(gate: threading.Event) -> None:
    workers = Workers("test", size=4, per_group=2)
    for key, group in (("a", "one.example"), ("b", "two.example"), ("c", "one.example")):
        assert workers.offer(key, gate.wait, group=group)
    assert workers.is_full("one.example")
    assert workers.has_place()
    workers.leave_group("a")
    assert not workers.is_full("one.example")
    workers.rejoin_group("a")
    assert workers.offer("d", gate.wait, group="two.example")
    assert not workers.has_place()


def test_a_job_that_fails_frees_its_place_and_is_told(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    workers = Workers("test", size=1)
    workers.offer("broken", lambda: 1 / 0)
    assert workers.wait_until_idle(5) == ()
    assert workers.offer("next", lambda: None)
    assert "ZeroDivisionError" in capsys.readouterr().out + caplog.text


def test_waiting_ends_with_the_names_of_what_is_late(gate: threading.Event) -> None:
    workers = Workers("test", size=1)
    workers.offer("slow", gate.wait)
    assert workers.wait_until_idle(0.05) == ("slow",)
