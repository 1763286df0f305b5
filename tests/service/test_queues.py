from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from watchdesk.service.agenda import Agenda
from watchdesk.service.host_queues import Line

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_what_is_due_is_taken_once_longest_overdue_first() -> None:
    agenda = Agenda()
    for key, minutes in (("late", -5), ("later", -9), ("soon", 1)):
        agenda.put(key, at(minutes))
    assert agenda.take(NOON) == ["later", "late"]
    assert agenda.take(NOON) == []
    assert agenda.take(at(1)) == ["soon"]


def test_a_key_that_is_put_again_is_moved() -> None:
    agenda = Agenda()
    agenda.put("a", at(-1))
    agenda.put("a", at(10))
    assert (agenda.take(NOON), len(agenda)) == ([], 1)
    agenda.put("a", at(2))
    assert agenda.take(at(3)) == ["a"]
    assert agenda.take(at(20)) == []


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(-50, 50)), max_size=40))
def test_it_answers_as_a_plain_table_does(puts: list[tuple[str, int]]) -> None:
    agenda, table = Agenda(), dict[str, int]()
    for key, minutes in puts:
        agenda.put(key, at(minutes))
        table[key] = minutes
    assert sorted(agenda.take(NOON)) == sorted(key for key, minutes in table.items() if minutes <= 0)
    assert len(agenda) == sum(minutes > 0 for minutes in table.values())


def test_hosts_take_turns_and_one_without_room_holds_up_nobody() -> None:
    line: Line[int] = Line()
    for number, host in enumerate(["busy", "busy", "calm", "other", "calm"]):
        line.join(number, host)

    def has_room(host: str) -> bool:
        return host != "busy"

    assert [line.next(has_room) for _ in range(4)] == [("calm", 2), ("other", 3), ("calm", 4), None]
    assert [line.next(lambda _: True) for _ in range(3)] == [("busy", 0), ("busy", 1), None]
    assert not line
