"""Spikes together with priorities, quiet hours, silences and gathering, from the feed to the shelf."""

from datetime import UTC, datetime, timedelta

import pytest

from support.desk import rss
from support.timed import TimedDesk, entry, titles
from support.web import WebServer

SETTINGS = """\
timezone: UTC
polling: {every: 1m, fastest: 1m, slowest: 10m, first_poll: all, private_addresses: allow, timeout: 5s}
articles: {full_text: never}
channels:
  shelf: {files: digests/}
digests:
"""
RULES = """\
rules:
  storm: {title: Storm, query: storm}
  flood: {title: Flood, query: flood}
  coup: {title: Coup, query: coup, priority: high}
"""
EVENING = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
MORNING = datetime(2026, 3, 3, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Newsroom:
    """A desk that has run for ten days, and a feed that is published by its clock."""

    def __init__(self, timed: TimedDesk, web: WebServer) -> None:
        self.timed, self.web = timed, web
        self.entries: list[str] = []

    def begin(self, digest: str, now: datetime = EVENING) -> None:
        settings = f"{SETTINGS}  flash: {{title: Flash, rules: all, to: [shelf], {digest}}}\n"
        self.timed.files.write({"wire": self.web.url("/feed")}, settings, RULES)
        self.timed.at(now - timedelta(days=10)).start()
        self.publish("storm", 1, polled=True)
        self.timed.at(now)

    def publish(self, word: str, count: int, *, polled: bool = False) -> None:
        known = len(self.entries)
        self.entries += [
            entry(f"{word}{known + n}", f"A {word}, report {known + n}", self.timed.now) for n in range(count)
        ]
        self.web.serve("/feed", rss(*self.entries[-90:]))
        if polled:
            self.timed.poll()


@pytest.fixture
def room(timed: TimedDesk, web: WebServer) -> Newsroom:
    return Newsroom(timed, web)


def test_a_high_rule_that_only_waits_lets_no_other_rules_spike_out_at_night(room: Newsroom) -> None:
    room.begin('at: {spike: 4x}, quiet: "22:00-06:00"')
    room.publish("coup", 1)
    room.publish("storm", 12, polled=True)
    ((when, digest),) = room.timed.made_until(MORNING + 30 * MINUTE, 10 * MINUTE)
    assert when == MORNING
    assert [spike.rule_id for spike in digest.spikes] == ["storm"]


def test_a_spike_of_a_high_rule_goes_out_at_night(room: Newsroom) -> None:
    room.begin('at: {spike: 4x}, quiet: "22:00-06:00"')
    room.publish("coup", 12, polled=True)
    ((when, digest),) = room.timed.made_until(MORNING + 30 * MINUTE, 10 * MINUTE)
    assert when == EVENING
    assert [spike.rule_id for spike in digest.spikes] == ["coup"]


def test_gathering_counts_from_the_first_of_two_spikes(room: Newsroom) -> None:
    room.begin("at: {spike: 4x}, gather: 30m")
    room.publish("storm", 6, polled=True)
    room.timed.after(minutes=20)
    room.publish("flood", 9, polled=True)
    assert room.timed.promised().at == EVENING + 30 * MINUTE
    ((when, digest),) = room.timed.made_until(EVENING + 120 * MINUTE, 5 * MINUTE)
    assert when == EVENING + 30 * MINUTE
    assert [spike.rule_id for spike in digest.spikes] == ["flood", "storm"]
    assert len(titles(room.timed.sent()[0])) == 15


def test_gathering_counts_from_when_a_rule_first_spiked_however_it_grows(room: Newsroom) -> None:
    room.begin("at: {spike: 4x}, gather: 30m")
    room.publish("storm", 6, polled=True)
    room.timed.after(minutes=20)
    room.publish("storm", 6, polled=True)
    ((when, digest),) = room.timed.made_until(EVENING + 120 * MINUTE, 5 * MINUTE)
    assert (when, digest.spikes[0].found) == (EVENING + 30 * MINUTE, 12)


def test_what_a_silent_rule_found_is_let_go_only_when_the_silence_is_over(room: Newsroom) -> None:
    room.begin("at: {spike: 4x}")
    room.timed.silence("storm", EVENING + timedelta(hours=9))
    room.publish("storm", 2)
    room.publish("flood", 2, polled=True)
    room.timed.after(hours=8).send()
    assert {match.rule_id for match in room.timed.store.waiting("flash")} == {"storm"}
    room.timed.after(hours=2).send()
    assert room.timed.store.waiting("flash") == []


def test_undated_entries_of_a_new_source_neither_spike_nor_become_the_usual(room: Newsroom) -> None:
    room.begin("at: {spike: 4x}")
    desk, settings = room.timed, room.timed.files.config / "watchdesk.yaml"
    settings.write_text(settings.read_text().replace("first_poll: all", "first_poll: 1d"))
    undated = [entry(f"old{n}", f"An old storm, number {n}", None) for n in range(20)]
    room.web.serve("/new", rss(*undated))
    sources = desk.files.config / "sources.yaml"
    sources.write_text(f"{sources.read_text()}  new: {{feed: '{room.web.url('/new')}'}}\n")
    desk.follow()
    assert desk.once() == []
    desk.after(hours=1)
    room.publish("storm", 6, polled=True)
    ((digest, *_), _) = desk.send()
    assert [(spike.rule_id, spike.found) for spike in digest.spikes] == [("storm", 6)]
