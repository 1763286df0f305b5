"""What is due, by time and by host."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from watchdesk.service.host_queues import HostQueues
from watchdesk.service.poll_schedule import DueQueue

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_what_is_due_is_taken_once_longest_overdue_first() -> None:
    queue = DueQueue()
    for key, minutes in (("late", -5), ("later", -9), ("soon", 1)):
        queue.put(key, at(minutes))
    assert list(queue.take(NOON)) == ["later", "late"]
    assert list(queue.take(NOON)) == []
    assert list(queue.take(at(1))) == ["soon"]


def test_a_key_that_is_put_again_is_moved() -> None:
    queue = DueQueue()
    queue.put("a", at(-1))
    queue.put("a", at(10))
    assert (list(queue.take(NOON)), len(queue)) == ([], 1)
    queue.put("a", at(2))
    assert list(queue.take(at(3))) == ["a"]
    assert list(queue.take(at(20))) == []


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(-50, 50)), max_size=40))
def test_it_answers_as_a_plain_table_does(puts: list[tuple[str, int]]) -> None:
    queue, table = DueQueue(), dict[str, int]()
    for key, minutes in puts:
        queue.put(key, at(minutes))
        table[key] = minutes
    assert sorted(queue.take(NOON)) == sorted(key for key, minutes in table.items() if minutes <= 0)
    assert len(queue) == sum(minutes > 0 for minutes in table.values())


def test_hosts_take_turns_and_one_without_room_holds_up_nobody() -> None:
    queues: HostQueues[int] = HostQueues()
    for number, host in enumerate(["busy", "busy", "calm", "other", "calm"]):
        queues.put(number, host)

    def has_room(host: str) -> bool:
        return host != "busy"

    assert [queues.take(has_room) for _ in range(4)] == [("calm", 2), ("other", 3), ("calm", 4), None]
    queues.freed("busy")
    assert [queues.take(lambda _: True) for _ in range(3)] == [("busy", 0), ("busy", 1), None]
    assert not queues
