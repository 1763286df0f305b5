"""Troubles that the database cannot report: sent to the operators' channels at once, and told once."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.desk import DeskFiles
from watchdesk.app import build_plan
from watchdesk.configuration import read_configuration
from watchdesk.model import Parcel, Refused, SendOutcome
from watchdesk.notices.channels import ChannelFailing
from watchdesk.notices.once import STEADY
from watchdesk.notices.service import DatabaseUnusable, PollsUnrecorded
from watchdesk.plan import Plan
from watchdesk.service.direct_reporting import FIRST, DirectReporter

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = "channels: {shelf: {files: digests/}}\noperators: {to: [shelf]}\n"
GONE = DatabaseUnusable("it was deleted", disk_is_full=False, polling_stops=True)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


class Room:
    """A service that comes and goes, by a clock that the test turns."""

    def __init__(self, desk: DeskFiles) -> None:
        desk.write({}, SETTINGS)
        desk.state.mkdir()
        self.desk = desk
        self.now = NOW
        self.plan: Plan = build_plan(read_configuration(desk.config), desk.state)
        self.start()

    def start(self) -> None:
        self.reporter = DirectReporter(self.desk.state, lambda: self.now)

    def report(self, *causes: DatabaseUnusable | PollsUnrecorded | ChannelFailing) -> bool:
        self.now += timedelta(seconds=5)
        return self.reporter.report(self.plan, causes)

    @property
    def keys(self) -> Sequence[str]:
        """Of all troubles that were sent."""
        return [trouble["cause"] for document in self._sent() for trouble in document["troubles"]]

    @property
    def over(self) -> Sequence[str]:
        """What was said to be over."""
        return [one["sentence"] for document in self._sent() for one in document["over"]]

    def _sent(self) -> Sequence[Any]:
        return [json.loads(path.read_text()) for path in (self.desk.state / "digests").glob("*.json")]


class Broken:
    """A channel that takes nothing."""

    def __init__(self) -> None:
        self.asked = 0

    def send(self, parcel: Parcel, now: datetime) -> SendOutcome:
        self.asked += 1
        return Refused("no such team")


@pytest.fixture
def room(desk: DeskFiles) -> Iterator[Room]:
    yield Room(desk)


def test_a_trouble_is_told_once_and_not_again_after_a_restart(room: Room) -> None:
    assert room.report(GONE)
    assert room.report(GONE, PollsUnrecorded(3))
    room.start()
    assert room.report(GONE)
    assert sorted(room.keys) == ["database", "polls"]


def test_what_ended_is_said_once_and_told_anew_after_an_hour(room: Room) -> None:
    assert room.report(GONE)
    room.now += FIRST
    assert room.report()
    room.now += STEADY
    assert room.report()
    assert room.report()
    assert room.over == ["The database can be used again."]
    assert room.report(GONE)
    assert room.keys == ["database"]
    room.now += HOUR
    room.start()
    assert room.report(GONE)
    assert room.keys == ["database", "database"]
    assert room.over == ["The database can be used again."]


def test_what_comes_and_goes_is_one_trouble_that_lasts(room: Room) -> None:
    assert room.report(GONE)
    room.now += FIRST
    for _ in range(20):
        assert room.report()
        room.now += STEADY / 2
        assert room.report(GONE)
    assert (room.keys, room.over) == (["database"], [])
    assert room.report()
    room.now += STEADY
    assert room.report()
    assert (room.keys, room.over) == (["database"], ["The database can be used again."])


def test_what_ended_while_the_service_was_down_is_said(room: Room) -> None:
    assert room.report(GONE)
    room.now += timedelta(days=30)
    room.start()
    for _ in range(3):
        assert room.report()
        room.now += FIRST
    assert room.over == ["The database can be used again."]


def test_what_a_watchdesk_before_told_is_not_told_again(room: Room) -> None:
    told = {"cause": "database", "channel": "shelf", "at": "2026-02-28T12:00:00Z", "lasts": True}
    (room.desk.state / "told.json").write_text(json.dumps({"told": [told], "version": 1}))
    room.start()
    assert room.report(GONE, PollsUnrecorded(3))
    assert room.keys == ["polls"]


def test_a_channel_is_not_told_that_it_takes_nothing(room: Room) -> None:
    assert room.report(ChannelFailing("shelf", 1, "no", partly=False))
    assert room.keys == []


def test_a_channel_that_takes_no_notice_is_asked_again_more_and_more_seldom(room: Room) -> None:
    broken, waits = Broken(), []
    room.plan = replace(room.plan, channels={"shelf": broken})
    for asked in range(1, 5):
        since = room.now
        while broken.asked < asked:
            assert not room.report(GONE)
        waits.append(round((room.now - since) / MINUTE))
    assert waits == [0, 1, 2, 4]
