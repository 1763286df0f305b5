"""Dead letters reach the operators once for each cause, and never go round in circles."""

import json
import random
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.desk import BRISK, DeskFiles, wait_for
from support.smtp import ScriptedMailServer
from support.web import WebServer
from watchdesk.app import build_plan
from watchdesk.config.settings import Settings
from watchdesk.configuration import read_configuration
from watchdesk.delivery import deliveries_for, send_due
from watchdesk.model import DeadLetters, Digest, Notice, Rendered, ReportedTrouble
from watchdesk.notices import Before, Cause, news, trouble_of
from watchdesk.notices.dead_letters import DeadDigests, dead_letters, kind_of
from watchdesk.notices.sources import SourceGone
from watchdesk.store import open_store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = """\
polling: {{first_poll: all, private_addresses: allow, timeout: 5s, every: 1s, fastest: 1s}}
articles: {{full_text: never}}
channels:
  shelf: {{files: digests/}}
  hook: {{webhook: {{url: '{hook}'}}}}
  desk: {{email: {{to: [ann@example.org], from: w@example.org, server: 'smtp://127.0.0.1:{mail}'}}}}
  night: {{email: {{to: [bob@example.org], from: w@example.org, server: 'smtp://127.0.0.1:{mail}'}}}}
operators: {{to: [{operators}]}}
"""
UNKNOWN = [
    f"550 5.1.1 <ann@example.org> is unknown here (queue 4ZfX{n}k1mP2z at 07:00:0{n})" for n in range(9)
]
UNLIKE = [
    f"550 5.1.1 {word}"
    for word in ("far", "too", "many", "letters", "of", "which", "no", "two", "are", "alike")
]


class Newsroom:
    """A desk into whose outbox a test lays digests."""

    def __init__(self, desk: DeskFiles, web: WebServer) -> None:
        self.desk = desk
        self.web = web
        self.made = 0

    def write(self, mail: int = 1, *, operators: str, feeds: bool = False) -> None:
        self.web.serve("/hook", status=410)
        self.web.serve("/gone", status=410)
        text = SETTINGS.format(hook=self.web.url("/hook"), mail=mail, operators=operators)
        self.desk.write({"wire": self.web.url("/gone")} if feeds else {}, settings=text)
        self.desk.state.mkdir(exist_ok=True)

    def make(self, channel: str, count: int = 1) -> None:
        """Digests for the channel, due now."""
        with closing(open_store("sqlite", self.desk.state)) as store:
            for _ in range(count):
                self.made += 1
                now = datetime.now(UTC)
                digest = Digest("flash", "Flash", now, None, (), id=f"d{self.made}")
                deliveries = deliveries_for(digest, [channel], now)
                assert store.commit_digest(digest, Rendered("Flash", "-", "-", "{}"), deliveries, [], None)

    def send(self, times: int = 1) -> None:
        """What the service does each few seconds: tells what is new among the troubles, sends what is due."""
        for _ in range(times):
            self.desk.run("once", "--send")

    def told_an_hour_ago(self) -> None:
        """What was told was told an hour earlier."""
        with closing(sqlite3.connect(self.desk.state / "watchdesk.db")) as database, database:
            database.execute("UPDATE told_troubles SET told_at = told_at - 3600000000")

    def notices(self) -> list[list[tuple[str, str]]]:
        """The causes and sentences in each notice on the shelf, oldest first."""
        written = sorted(
            (self.desk.state / "digests").glob("*.json"), key=lambda path: path.stat().st_mtime_ns
        )
        troubles = [json.loads(path.read_text())["troubles"] for path in written]
        return [[(trouble["cause"], trouble["sentence"]) for trouble in told] for told in troubles]

    def over(self) -> list[str]:
        """What is said to be over, in all notices."""
        written = (self.desk.state / "digests").glob("*.json")
        return [one["sentence"] for path in written for one in json.loads(path.read_text())["over"]]

    def causes(self) -> list[list[str]]:
        return [[cause for cause, _ in notice] for notice in self.notices()]

    def outbox(self) -> Counter[tuple[str, str, str]]:
        rows = self.desk.run("deliveries", "--json", "--limit", "1000").document["deliveries"]
        return Counter((row["digest"], row["channel"], row["state"]) for row in rows)


@pytest.fixture
def room(desk: DeskFiles, web: WebServer) -> Iterator[Newsroom]:
    yield Newsroom(desk, web)


def test_twelve_deaths_of_one_kind_are_one_notice_that_counts_them(room: Newsroom) -> None:
    with ScriptedMailServer({"rcpt": UNKNOWN}) as mail:
        room.write(mail.port, operators="shelf")
        room.make("desk", 12)
        room.send(2)
        room.make("desk", 3)
        room.send(2)
    ((cause, sentence),) = room.notices()[0]
    assert len(room.notices()) == 1
    assert cause.startswith("dead:desk:")
    assert "12 digests for the channel desk could not be sent: " in sentence
    assert "550 5.1.1 <ann@example.org> is unknown here" in sentence
    assert "They are kept; to see them: watchdesk deliveries --state dead --channel desk." in sentence
    assert "watchdesk deliveries retry --channel desk" in sentence


def test_a_second_trouble_of_the_same_channel_is_told_an_hour_later(room: Newsroom) -> None:
    with ScriptedMailServer({"rcpt": [UNKNOWN[0], "551 5.1.6 the mailbox has moved"]}) as mail:
        room.write(mail.port, operators="shelf")
        for _ in range(3):
            room.make("desk")
            room.send()
        room.send()
        assert len(room.notices()) == 1
        room.told_an_hour_ago()
        room.send(2)
    first, second = room.notices()
    assert "is unknown here" in first[0][1]
    assert "2 digests for the channel desk could not be sent: " in second[0][1]
    assert "the mailbox has moved" in second[0][1]


@pytest.mark.parametrize("repair", [["retry", "--all"], ["retry", "--channel", "desk"], ["drop"]])
def test_what_was_retried_or_dropped_and_comes_again_is_told_again(room: Newsroom, repair: list[str]) -> None:
    with ScriptedMailServer({"rcpt": UNKNOWN}) as mail:
        room.write(mail.port, operators="shelf")
        room.make("desk")
        room.send(2)
        (row,) = room.desk.run("deliveries", "--state", "dead", "--json").document["deliveries"]
        assert room.desk.run("deliveries", *repair, *([row["id"]] if repair == ["drop"] else [])).status == 0
        if repair == ["drop"]:
            room.make("desk")
        # Before it is noticed that none is dead, it has died again.
        with closing(open_store("sqlite", room.desk.state)) as store:
            plan = build_plan(read_configuration(room.desk.config), room.desk.state)
            send_due(store, plan.channels, "test", lambda: datetime.now(UTC), random.Random(1))
        room.send()
    assert [len(troubles) for troubles in room.notices()] == [1, 1]


def test_what_was_retried_and_sent_is_over(room: Newsroom) -> None:
    with ScriptedMailServer({"rcpt": [UNKNOWN[0], "250 fine"]}) as mail:
        room.write(mail.port, operators="shelf")
        room.make("desk")
        room.send(2)
        room.desk.run("deliveries", "retry", "--all")
        room.send(2)
    assert [len(troubles) for troubles in room.notices()] == [1, 0]
    assert room.over() == ["No digest for the channel desk is among the dead letters any more."]


def test_who_looks_after_a_digest_hears_the_end_of_its_dead_letters_as_well(room: Newsroom) -> None:
    with ScriptedMailServer({"rcpt": [UNKNOWN[0], "250 fine"]}) as mail:
        room.write(mail.port, operators="shelf")
        settings = room.desk.config / "watchdesk.yaml"
        owned = "channels:\n  press: {files: press/}\n"
        digests = "digests: {flash: {rules: all, at: once, to: [desk], owner: [press]}}\n"
        settings.write_text(settings.read_text().replace("channels:\n", owned) + digests)
        room.make("desk")
        room.send(2)
        room.desk.run("deliveries", "retry", "--all")
        room.send(2)
    told = [json.loads(path.read_text()) for path in sorted((room.desk.state / "press").glob("*.json"))]
    assert sorted((len(one["troubles"]), len(one["over"])) for one in told) == [(0, 1), (1, 0)]
    with closing(open_store("sqlite", room.desk.state)) as store:
        assert store.reported_troubles() == {}
    assert room.desk.run("status").status == 0


def test_one_of_two_alike_that_is_dropped_leaves_the_trouble_as_it_is(room: Newsroom) -> None:
    with ScriptedMailServer({"rcpt": UNKNOWN}) as mail:
        room.write(mail.port, operators="shelf")
        room.make("desk", 2)
        room.send(2)
        row, _ = room.desk.run("deliveries", "--state", "dead", "--json").document["deliveries"]
        room.desk.run("deliveries", "drop", row["id"])
        room.send(2)
    assert len(room.notices()) == 1


def test_operators_whose_only_channel_is_broken_are_told_once_and_status_shows_it(room: Newsroom) -> None:
    with ScriptedMailServer({"rcpt": UNLIKE}) as mail:
        room.write(mail.port, operators="desk")
        room.make("desk")
        room.send(7)
    assert room.outbox() == {("flash", "desk", "dead"): 1, ("operators", "desk", "dead"): 1}
    assert "2 deliveries could not be sent" in room.desk.run("status").out


def test_the_death_of_a_notice_makes_no_notice_to_the_same_channel(room: Newsroom) -> None:
    with ScriptedMailServer({"rcpt": UNLIKE}) as mail:
        room.write(mail.port, operators="desk", feeds=True)
        room.desk.run("once", "--all")
        room.send(4)
    assert room.outbox() == {("operators", "desk", "dead"): 1}


def test_two_broken_channels_do_not_tell_of_each_other_for_ever(room: Newsroom) -> None:
    with ScriptedMailServer({"rcpt": UNLIKE}) as mail:
        room.write(mail.port, operators="desk, night", feeds=True)
        room.desk.run("once", "--all")
        room.send(8)
        before = room.outbox()
        room.send(4)
    assert room.outbox() == before
    assert before == {("operators", "desk", "dead"): 2, ("operators", "night", "dead"): 2}


def test_where_one_of_two_channels_is_broken_the_other_tells_of_it(room: Newsroom) -> None:
    with ScriptedMailServer({"rcpt": UNKNOWN}) as mail:
        room.write(mail.port, operators="desk, shelf", feeds=True)
        room.desk.run("once", "--all")
        room.send(4)
    gone, dead = room.notices()
    assert gone[0][0].startswith("gone:wire")
    assert dead[0][0] == "dead-notices:desk"
    assert "The channel desk no longer delivers notices of troubles: " in dead[0][1]
    assert room.outbox()["operators", "desk", "dead"] == 1


def test_the_service_tells_once_though_more_and_more_dies(room: Newsroom) -> None:
    with ScriptedMailServer({"rcpt": UNKNOWN}) as mail:
        room.write(mail.port, operators="desk, shelf")
        room.make("desk")
        with room.desk.service(BRISK):
            wait_for(room.notices, "the notice", seconds=30)
            room.make("desk")
            wait_for(lambda: room.outbox()["flash", "desk", "dead"] == 2, "another death", seconds=30)
            room.make("hook")
            wait_for(lambda: len(room.notices()) > 1, "the notice of another trouble", seconds=30)
    first, second = room.causes()
    assert first[0].startswith("dead:desk:")
    assert second == ["stopped:hook"]
    to_desk = {key: count for key, count in room.outbox().items() if key[:2] == ("operators", "desk")}
    assert sum(to_desk.values()) == 2  # one for each notice


def test_a_stopped_channel_is_told_once_and_again_when_it_stops_again(room: Newsroom) -> None:
    room.write(operators="shelf")
    room.make("hook")
    room.send(3)
    assert room.causes() == [["stopped:hook"]]
    assert "watchdesk deliveries retry --channel hook" in room.notices()[0][0][1]
    assert room.desk.run("deliveries", "retry", "--channel", "hook").status == 0
    room.send(3)
    assert room.causes() == [["stopped:hook"], [], ["stopped:hook"]]
    assert room.over() == ["The channel hook is sent to again."]


def test_what_only_a_stopped_channel_could_tell_is_told_when_it_goes_again(room: Newsroom) -> None:
    room.write(operators="hook")
    room.make("hook")
    room.send()
    room.write(operators="hook", feeds=True)
    room.desk.run("once", "--all", "--send")
    assert room.outbox() == {("flash", "hook", "dead"): 1}
    room.web.serve("/hook", status=200)
    room.desk.run("deliveries", "retry", "--channel", "hook")
    room.send()
    assert room.outbox() == {("flash", "hook", "sent"): 1, ("operators", "hook", "sent"): 1}
    assert json.loads(room.web.requests[-1].body)["troubles"][0]["cause"].startswith("gone:wire")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (UNKNOWN[1], UNKNOWN[2]),
        ("mx refused a@e.org, b@e.org: 550 no", "mx refused c@e.org: 550 no"),
        (
            "no answer (given up after 43 attempts in 3 days)",
            "no answer (given up after 7 attempts in 3 days)",
        ),
        ("mx1.example.org:25 took more than 300 s", "mx2.example.org:25 took more than 301 s"),
        ("550  Not  Here", "550 not here"),
        ("https://h answered 422: no caption in Storm over Kent", "https://h answered 422: none in Floods"),
        ("421 4.7.0 mx.example.org trace QWERTYUIOP", "421 4.7.0 mx.example.org trace ASDFGHJ"),
        ("mx:25 refused a@e.org: 554 5.7.1 Storm", "mx:25 refused a@e.org: 554 5.7.1 Floods of 1953"),
        ("Slack did not take it: no such thing, Storm", "Slack did not take it: no such thing, Floods"),
        ("Slack did not take it: Storm, error=404", "Slack did not take it: Floods, error=404"),
    ],
)
def test_what_differs_from_one_delivery_to_the_next_is_one_kind(one: str, other: str) -> None:
    assert kind_of(one) == kind_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://h answered 404", "https://h answered 500"),
        ("550 5.1.1 no", "550 5.7.1 no"),
        ("552 the mailbox is full", "550 unknown"),
        ("", "no answer"),
        ("Slack did not take it: error=404", "Slack did not take it: error=410"),
        ("mx:25 refused a@e.org: 554 5.7.1 no", "mx:25 refused a@e.org: 554 5.1.1 no"),
        ("no answer from https://h: Connection refused", "https://h answered 500"),
    ],
)
def test_reasons_that_differ_are_different_kinds(one: str, other: str) -> None:
    assert kind_of(one) != kind_of(other)


def keys(causes: Iterable[Cause], told: Mapping[str, datetime], now: datetime = NOW) -> list[str]:
    """Of what is told now to the one channel of the operators."""
    before = Before({key: ReportedTrouble(at) for key, at in told.items()}, None)
    notices = news(causes, before, Settings(Path(), operators=("shelf",)), (), now).notices
    return [trouble.cause for trouble in notices.get(("shelf",), Notice()).troubles]


def test_of_a_channel_s_dead_letters_one_cause_an_hour_is_told_the_largest_first() -> None:
    letters = [DeadLetters("desk", "flash", f"the {word} broke", 1) for word in ("lock", "door")]
    letters += [DeadLetters("desk", "flash", "the roof broke", 2), DeadLetters("night", "flash", "no", 1)]
    found = [*dead_letters(letters), SourceGone("wire", "The Wire", None)]
    first = keys(found, {})
    assert first == ["dead:desk:the roof broke", "dead:night:no", "gone:wire:None"]
    told = dict.fromkeys(first, NOW)
    assert keys(found, told, NOW + timedelta(minutes=59)) == []
    assert keys(found, told, NOW + timedelta(hours=1)) == ["dead:desk:the lock broke"]


def test_what_a_clock_told_that_was_ahead_holds_nothing_back() -> None:
    found = [DeadDigests("desk", "no", 1, "no"), DeadDigests("desk", "why", 1, "why")]
    assert keys(found, {"dead:desk:why": NOW + timedelta(days=400)}) == ["dead:desk:no"]


def test_a_reason_that_never_ends_makes_no_endless_cause_or_sentence() -> None:
    (cause,) = dead_letters([DeadLetters("desk", "flash", "no\nand again " * 1000, 3)])
    trouble = trouble_of(cause)
    assert len(trouble.cause) < 200
    assert len(trouble.sentence) < 800
    assert "\n" not in trouble.sentence
