"""What is due, after a start, after a reload and after a poll."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from watchdesk.config.settings import PollingSettings, Settings
from watchdesk.model import Appointment, Source
from watchdesk.plan import Plan
from watchdesk.polling.collecting import READ_HERE
from watchdesk.polling.report import PollOutcome, PollReport
from watchdesk.rules import RuleSet
from watchdesk.service.poll_schedule import PollSchedule
from watchdesk.sources import HttpFetcher

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
KNOWN = Appointment("http://a.example/", NOW + HOUR, None, gone=False)


@pytest.fixture(scope="module")
def plan() -> Plan:
    polling = PollingSettings()
    return Plan(Settings(Path()), RuleSet(()), HttpFetcher(polling, None), {}, READ_HERE)


def schedule(plan: Plan, sources: list[Source], known: dict[str, Appointment]) -> PollSchedule:
    settings = replace(plan.settings, sources={source.id: source for source in sources})
    return PollSchedule(replace(plan, settings=settings), known, NOW, random.Random(1))


def due(table: PollSchedule, after: timedelta = timedelta(0)) -> list[str]:
    return [source.id for group in table.take(NOW + after) for source in group]


def test_nothing_is_polled_before_its_time(plan: Plan) -> None:
    table = schedule(plan, [Source("a", "http://a.example/")], {"a": KNOWN})
    assert due(table, HOUR - timedelta(seconds=1)) == []
    assert due(table, HOUR) == ["a"]


def test_a_source_that_was_given_another_address_was_never_polled(plan: Plan) -> None:
    table = schedule(plan, [Source("a", "http://new.example/")], {"a": KNOWN})
    assert due(table) == ["a"]


def test_what_is_gone_is_not_polled_until_it_has_another_address(plan: Plan) -> None:
    gone = {"a": replace(KNOWN, gone=True)}
    assert due(schedule(plan, [Source("a", "http://a.example/")], gone), 100 * HOUR) == []
    assert due(schedule(plan, [Source("a", "http://b.example/")], gone)) == ["a"]


def test_groups_are_found_by_any_of_their_sources(plan: Plan) -> None:
    sources = [
        Source("a", "http://a.example/"),
        Source("b", "http://a.example/"),
        Source("c", "http://c.example/"),
        Source("d", "http://d.example/", paused=True),
    ]
    table = schedule(plan, sources, {})
    found = table.groups_with(["b", "d", "a", "unknown", "c"])
    assert [[source.id for source in group] for group in found] == [["a", "b"], ["c"]]


def test_sources_of_one_address_are_due_when_the_first_of_them_is(plan: Plan) -> None:
    sources = [
        Source("a", "http://a.example/"),
        Source("b", "http://a.example/"),
        Source("c", "http://c.example/"),
    ]
    known = {"a": KNOWN, "b": replace(KNOWN, next_poll=NOW), "c": replace(KNOWN, url="http://c.example/")}
    assert due(schedule(plan, sources, known)) == ["a", "b"]


def test_an_appointment_made_by_a_clock_that_was_wrong_is_forgotten(plan: Plan) -> None:
    wrong = {"a": replace(KNOWN, next_poll=NOW + timedelta(days=3650))}
    table = schedule(plan, [Source("a", "http://a.example/")], wrong)
    assert due(table) == ["a"]


def test_a_clock_that_is_put_back_while_the_service_runs_delays_nothing(plan: Plan) -> None:
    table = schedule(plan, [Source("a", "http://a.example/")], {})
    [group] = table.take(NOW + 1000 * HOUR)
    table.polled(group, [PollReport("a", PollOutcome.UNCHANGED, next_poll=NOW + 1001 * HOUR)])
    assert due(table) == []
    assert due(table, HOUR / 2) == []
    assert due(table, HOUR) == ["a"]


def test_paused_sources_are_not_due(plan: Plan) -> None:
    assert due(schedule(plan, [Source("a", "http://a.example/", paused=True)], {}), HOUR) == []


def test_many_new_sources_are_spread_over_their_interval(plan: Plan) -> None:
    sources = [Source(f"s{n}", f"http://{n}.example/") for n in range(10_000)]
    table = schedule(plan, sources, {})
    assert 0 < len(due(table)) < 20
    assert len(due(table, timedelta(minutes=5))) < 5_000
    assert len(due(table, timedelta(minutes=15))) > 4_000


def test_after_a_poll_it_is_due_when_the_poll_said(plan: Plan) -> None:
    table = schedule(plan, [Source("a", "http://a.example/")], {})
    [group] = table.take(NOW)
    table.polled(group, [PollReport("a", PollOutcome.UNCHANGED, next_poll=NOW + HOUR)])
    assert due(table, HOUR / 2) == []
    [group] = table.take(NOW + HOUR)
    table.polled(group, [PollReport("a", PollOutcome.FAILED, error="gone")])
    assert due(table, 1000 * HOUR) == []


def test_a_poll_of_the_configuration_before_is_not_entered(plan: Plan) -> None:
    old = (Source("a", "http://old.example/"),)
    table = schedule(plan, [Source("a", "http://a.example/")], {"a": KNOWN})
    table.polled(old, [PollReport("a", PollOutcome.UNCHANGED, next_poll=NOW)])
    assert due(table) == []


def test_a_poll_that_was_begun_with_other_settings_of_the_same_address_counts(plan: Plan) -> None:
    old = (Source("a", "http://a.example/", title="Old", every=HOUR / 4),)
    table = schedule(
        plan, [Source("a", "http://a.example/", title="New")], {"a": replace(KNOWN, next_poll=NOW)}
    )
    table.polled(old, [PollReport("a", PollOutcome.UNCHANGED, next_poll=NOW + HOUR)])
    assert due(table, HOUR / 2) == []
    assert due(table, HOUR) == ["a"]


def test_what_is_put_back_after_it_was_polled_is_not_polled_again_soon(plan: Plan) -> None:
    table = schedule(plan, [Source("a", "http://a.example/")], {})
    [group] = table.take(NOW)
    table.polled(group, [PollReport("a", PollOutcome.UNCHANGED, next_poll=NOW + HOUR)])
    table.postpone(group, NOW + HOUR / 60)
    assert due(table, HOUR / 2) == []


def test_it_is_known_what_is_due_next(plan: Plan) -> None:
    table = schedule(plan, [Source("a", "http://a.example/")], {"a": KNOWN})
    assert table.next_due() == NOW + HOUR
    [group] = table.take(NOW + HOUR)
    assert table.next_due() is None
    table.postpone(group, NOW + 3 * HOUR)
    table.polled(group, [PollReport("a", PollOutcome.UNCHANGED, next_poll=NOW + 2 * HOUR)])
    assert table.next_due() == NOW + 2 * HOUR


def test_a_poll_is_late_from_when_it_was_due_or_the_schedule_was_made(plan: Plan) -> None:
    overdue = replace(KNOWN, url="http://b.example/", next_poll=NOW - HOUR)
    sources = [Source("a", "http://a.example/"), Source("b", "http://b.example/")]
    table = schedule(plan, sources, {"a": KNOWN, "b": overdue})
    [second] = table.take(NOW + HOUR / 60)
    assert table.lateness(second, NOW + HOUR / 60) == HOUR / 60
    [first] = table.take(NOW + HOUR)
    table.postpone(first, NOW + HOUR * 1.5)  # it was in flight
    table.take(NOW + HOUR * 1.5)
    assert table.lateness(first, NOW + HOUR * 2) == HOUR
    assert table.lateness(first, NOW + HOUR * 3) is None
