"""The outbox against the real store: what is due is sent once, and every outcome is recorded."""

import random
import threading
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from support.examples import tries
from support.parcels import NOW, parcel
from watchdesk.delivery import InFlight, deliveries_for, record_kept, send_due
from watchdesk.delivery.outbox import LEASE
from watchdesk.model import (
    ChannelLimits,
    Delivery,
    DeliveryState,
    Digest,
    Parcel,
    Rate,
    Refused,
    Retry,
    SendOutcome,
    Sent,
)
from watchdesk.ports import Channel, Store
from watchdesk.scheduling import GIVE_UP_AFTER, LONGEST
from watchdesk.store import open_store
from watchdesk.store.clocks import SKEW

PATIENT = timedelta(hours=7)
"""Longer than any wait between two attempts."""
SOON = timedelta(seconds=6)
"""Longer than the first."""


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, span: timedelta) -> None:
        self.now += span


class Receiver:
    """A channel whose receiver answers as it is told; the last answer stands for all that follow."""

    def __init__(self, *answers: SendOutcome, before: Callable[[Parcel], None] | None = None) -> None:
        self._answers = list(answers) or [Sent()]
        self._before = before
        self.parcels: list[Parcel] = []

    def send(self, what: Parcel, now: datetime) -> SendOutcome:
        self.parcels.append(what)
        if self._before:
            self._before(what)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


class Mistaken:
    def send(self, what: Parcel, now: datetime) -> SendOutcome:
        raise KeyError("a mistake in a third party's channel")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store("sqlite", tmp_path)) as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


def put(store: Store, *to: str, digest_id: str = "d1", now: datetime = NOW) -> tuple[Delivery, ...]:
    digest = Digest("morning", "Morning", now, None, (), id=digest_id)
    deliveries = deliveries_for(digest, to, now)
    assert store.commit_digest(digest, parcel().rendered, deliveries, [], None)
    return deliveries


def attempt(store: Store, clock: Clock, channels: Mapping[str, object], owner: str = "here") -> Sequence[str]:
    reports = send_due(store, channels, owner, clock, random.Random(7))  # type: ignore[arg-type]  # a test's own channels
    return [str(report.state) for report in reports]


def kept(store: Store) -> Delivery:
    (delivery,) = store.deliveries()
    return delivery


def test_each_channel_gets_a_delivery_whose_identity_follows_from_digest_and_channel() -> None:
    digest = Digest("morning", "Morning", NOW, None, (), id="d1")
    first, second = deliveries_for(digest, ["desk", "shelf", "desk"], NOW)
    assert (first.channel, second.channel) == ("desk", "shelf")
    assert first.id != second.id
    again = deliveries_for(digest, ["shelf"], NOW + timedelta(days=1))
    assert again[0].id == second.id
    assert first.state is DeliveryState.WAITING
    assert first.due_at == NOW


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), unique=True, max_size=20))
@settings(max_examples=tries(50))
def test_no_two_deliveries_share_an_identity(pairs: list[tuple[str, str]]) -> None:
    ids = [
        deliveries_for(Digest("m", "M", NOW, None, (), id=digest), [channel], NOW)[0].id
        for digest, channel in pairs
    ]
    assert len(set(ids)) == len(pairs)


def test_only_what_no_right_clock_can_have_put_off_for_so_long_is_due_at_once(store: Store) -> None:
    farthest = NOW + LONGEST + SKEW
    put(store, "desk", now=farthest)
    assert store.lease("here", NOW, NOW + LEASE, 1) == []
    (beyond,) = put(store, "desk", digest_id="d2", now=farthest + timedelta(microseconds=1))
    assert [parcel.delivery.id for parcel in store.lease("here", NOW, NOW + LEASE, 2)] == [beyond.id]


def test_who_has_a_delivery_is_kept_for_whoever_sends_it_to_the_others(store: Store, clock: Clock) -> None:
    put(store, "desk")
    receiver = Receiver(Retry("bob's server is away", taken=("ann@example.org",)), Sent())
    assert attempt(store, clock, {"desk": receiver}) == ["waiting"]
    assert kept(store).taken == ("ann@example.org",)
    clock.now = kept(store).due_at
    assert attempt(store, clock, {"desk": receiver}, owner="after a restart") == ["sent"]
    assert [parcel.delivery.taken for parcel in receiver.parcels] == [(), ("ann@example.org",)]


def test_what_a_receiver_takes_is_sent_with_its_note(store: Store, clock: Clock) -> None:
    (delivery,) = put(store, "desk")
    receiver = Receiver(Sent("not taken for bob"))
    assert attempt(store, clock, {"desk": receiver}) == ["sent"]
    after = kept(store)
    assert (after.state, after.note, after.sent_at, after.attempts) == (
        DeliveryState.SENT, "not taken for bob", NOW, 1,
    )  # fmt: skip
    (received,) = receiver.parcels
    assert (received.delivery.id, received.rendered) == (delivery.id, parcel().rendered)


def test_what_is_sent_is_not_sent_again(store: Store, clock: Clock) -> None:
    put(store, "desk")
    receiver = Receiver()
    attempt(store, clock, {"desk": receiver})
    clock.forward(timedelta(days=30))
    assert attempt(store, clock, {"desk": receiver}) == []
    assert len(receiver.parcels) == 1


def test_what_is_put_off_waits_and_is_tried_again(store: Store, clock: Clock) -> None:
    put(store, "desk")
    receiver = Receiver(Retry("full"), Sent())
    assert attempt(store, clock, {"desk": receiver}) == ["waiting"]
    assert kept(store).error == "full"
    assert timedelta(seconds=4) < kept(store).due_at - NOW < timedelta(seconds=6)
    assert attempt(store, clock, {"desk": receiver}) == []
    clock.forward(timedelta(seconds=6))
    assert attempt(store, clock, {"desk": receiver}) == ["sent"]
    assert kept(store).attempts == 2


def test_a_wait_that_the_receiver_asks_for_is_kept(store: Store, clock: Clock) -> None:
    put(store, "desk")
    attempt(store, clock, {"desk": Receiver(Retry("busy", timedelta(hours=1)))})
    waited = kept(store).due_at - NOW
    assert timedelta(hours=1) <= waited <= timedelta(hours=1, minutes=6)


def test_after_three_days_a_delivery_is_dead_with_its_last_reason(store: Store, clock: Clock) -> None:
    put(store, "desk")
    receiver = Receiver(Retry("down"))
    states: list[str] = []
    while clock.now <= NOW + GIVE_UP_AFTER + PATIENT:
        states += attempt(store, clock, {"desk": receiver})
        clock.forward(PATIENT)
    assert states == ["waiting"] * (len(states) - 1) + ["dead"]
    assert (kept(store).error or "").startswith("down (given up after")


def test_what_is_refused_for_good_is_dead_at_once_and_the_channel_goes_on(store: Store, clock: Clock) -> None:
    put(store, "desk")
    assert attempt(store, clock, {"desk": Receiver(Refused("no such user"))}) == ["dead"]
    assert kept(store).error == "no such user"
    put(store, "desk", digest_id="d2")
    assert attempt(store, clock, {"desk": Receiver()}) == ["sent"]


def test_a_receiver_that_wants_nothing_more_stops_its_channel_alone(store: Store, clock: Clock) -> None:
    put(store, "hook")
    attempt(store, clock, {"hook": Receiver(Refused("410", stop_channel=True))})
    assert store.stopped_channels() == {"hook": "410"}
    put(store, "hook", "desk", digest_id="d2")
    hook, desk = Receiver(), Receiver()
    assert attempt(store, clock, {"hook": hook, "desk": desk}) == ["sent"]
    assert (len(hook.parcels), len(desk.parcels)) == (0, 1)


def test_a_channel_that_is_no_longer_configured_leaves_a_dead_letter(store: Store, clock: Clock) -> None:
    put(store, "gone")
    assert attempt(store, clock, {}) == ["dead"]
    assert "channel 'gone' is not configured any more" in (kept(store).error or "")


def test_a_mistake_in_one_channel_does_not_cost_the_others(store: Store, clock: Clock) -> None:
    put(store, "broken", "desk")
    assert sorted(attempt(store, clock, {"broken": Mistaken(), "desk": Receiver()})) == ["sent", "waiting"]
    errors = {delivery.channel: delivery.error for delivery in store.deliveries()}
    assert "failed by a mistake in it (KeyError)" in (errors["broken"] or "")


def test_a_process_that_dies_while_sending_leaves_it_to_another_under_the_same_identity(
    store: Store, clock: Clock
) -> None:
    (delivery,) = put(store, "desk")
    (lost,) = store.lease("died", NOW, NOW + LEASE, limit=1)
    receiver = Receiver()
    assert attempt(store, clock, {"desk": receiver}) == []
    clock.forward(LEASE)
    assert attempt(store, clock, {"desk": receiver}) == ["waiting"]
    assert kept(store).error == "its sender did not come back within 10 minutes"
    clock.forward(SOON)
    assert attempt(store, clock, {"desk": receiver}) == ["sent"]
    (received,) = receiver.parcels
    assert received.delivery.attempts == 1
    assert received.delivery.id == lost.delivery.id == delivery.id
    assert received.rendered == lost.rendered


@pytest.mark.parametrize("ahead", [timedelta(days=2), timedelta(days=4000)])
def test_what_a_clock_put_off_that_was_ahead_is_due_when_it_is_right(
    store: Store, clock: Clock, ahead: timedelta
) -> None:
    put(store, "desk", now=NOW + ahead)
    clock.forward(ahead)
    assert attempt(store, clock, {"desk": Receiver(Retry("full"))}) == ["waiting"]
    clock.forward(-ahead)
    assert attempt(store, clock, {"desk": Receiver(Retry("full"))}) == ["waiting"]
    assert NOW < kept(store).due_at < NOW + timedelta(minutes=1)


def test_a_lease_that_a_clock_made_that_was_ahead_has_run_out_when_it_is_right(
    store: Store, clock: Clock
) -> None:
    put(store, "desk")
    ahead = NOW + timedelta(days=4000)
    assert store.lease("died", ahead, ahead + LEASE, limit=1)
    assert attempt(store, clock, {"desk": Receiver()}) == ["waiting"]
    clock.forward(SOON)
    assert attempt(store, clock, {"desk": Receiver()}) == ["sent"]


def test_a_lease_of_a_machine_whose_clock_is_some_minutes_ahead_is_respected(
    store: Store, clock: Clock
) -> None:
    put(store, "desk")
    ahead = NOW + timedelta(minutes=50)
    assert store.lease("another", ahead, ahead + LEASE, limit=1)
    assert attempt(store, clock, {"desk": Receiver()}) == []


def test_a_lease_that_is_lost_while_sending_is_reported_and_changes_nothing(
    store: Store, clock: Clock
) -> None:
    put(store, "desk")

    def another_takes_over(_: Parcel) -> None:
        clock.forward(LEASE)
        assert attempt(store, clock, {}, "another") == ["waiting"]
        clock.forward(SOON)
        assert store.lease("another", clock.now, clock.now + LEASE, limit=1)

    slow = Receiver(Retry("too slow"), before=another_takes_over)
    assert attempt(store, clock, {"desk": slow}) == ["leased"]
    assert (kept(store).state, kept(store).attempts) == (DeliveryState.LEASED, 1)


def test_several_senders_share_the_work_and_nothing_goes_out_twice(store: Store, clock: Clock) -> None:
    for number in range(12):
        put(store, "desk", "shelf", digest_id=f"d{number}")
    desk, shelf = Receiver(), Receiver()
    senders = [
        threading.Thread(target=attempt, args=(store, clock, {"desk": desk, "shelf": shelf}, owner))
        for owner in ("one", "one", "two")
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    sent = [one.delivery.id for one in (*desk.parcels, *shelf.parcels)]
    assert len(sent) == len(set(sent)) == 24
    assert {delivery.state for delivery in store.deliveries()} == {DeliveryState.SENT}


def test_a_channel_at_its_rate_waits_and_the_others_are_sent(store: Store, clock: Clock) -> None:
    for number in range(3):
        put(store, "desk", "shelf", digest_id=f"d{number}")
    channels: Mapping[str, Channel] = {"desk": Receiver(), "shelf": Receiver()}
    limits = {"desk": ChannelLimits(at_most=Rate(1, timedelta(hours=1)))}
    sent = [one.delivery.channel for one in send_due(store, channels, "one", clock, random.Random(7), limits)]
    assert sorted(sent) == ["desk", "shelf", "shelf", "shelf"]
    clock.forward(timedelta(hours=1))
    (later,) = send_due(store, channels, "one", clock, random.Random(7), limits)
    assert (later.delivery.channel, later.delivery.attempts) == ("desk", 0)


OUTCOMES = st.sampled_from(
    [Sent(), Sent(), Retry("later"), Retry("asked", timedelta(hours=2)), Refused("no")]
)


@given(st.lists(st.lists(OUTCOMES, min_size=1, max_size=6), min_size=1, max_size=4))
@settings(max_examples=20)
def test_whatever_receivers_answer_each_delivery_ends_once_and_by_their_answer(
    tmp_path_factory: pytest.TempPathFactory, answers: list[list[SendOutcome]]
) -> None:
    clock = Clock()
    channels = {f"c{number}": Receiver(*told) for number, told in enumerate(answers)}
    with closing(open_store("sqlite", tmp_path_factory.mktemp("outbox"))) as store:
        put(store, *channels)
        while clock.now <= NOW + GIVE_UP_AFTER + PATIENT:
            attempt(store, clock, channels)
            clock.forward(PATIENT)
        ended = {delivery.channel: delivery for delivery in store.deliveries()}
    for number, told in enumerate(answers):
        final = next((one for one in told if not isinstance(one, Retry)), None)
        delivery = ended[f"c{number}"]
        assert delivery.state is (DeliveryState.SENT if isinstance(final, Sent) else DeliveryState.DEAD)
        assert delivery.attempts == len(channels[f"c{number}"].parcels)
        assert {one.delivery.id for one in channels[f"c{number}"].parcels} == {delivery.id}


@pytest.fixture
def logs() -> Iterator[list[MutableMapping[str, Any]]]:
    """Every event of every level, whatever level a command has set in this process before."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(0))
    with capture_logs() as events:
        yield events
    structlog.configure(**before)


def test_the_log_says_what_came_of_each_attempt(
    store: Store, clock: Clock, logs: list[MutableMapping[str, Any]]
) -> None:
    (slow, gone) = put(store, "slow", "gone")
    attempt(store, clock, {"slow": Receiver(Retry("busy")), "gone": Receiver(Refused("no"))})
    clock.forward(SOON)
    attempt(store, clock, {"slow": Receiver(Sent("late"))})
    said = {(entry["event"], entry["delivery"], entry["channel"], entry["digest"]) for entry in logs}
    assert said == {
        ("not delivered", slow.id, "slow", "morning"),
        ("refused for good", gone.id, "gone", "morning"),
        ("delivered", slow.id, "slow", "morning"),
    }
    by_event = {entry["event"]: entry for entry in logs}
    assert (by_event["not delivered"]["why"], by_event["delivered"]["note"]) == ("busy", "late")
    assert NOW < datetime.fromisoformat(by_event["not delivered"]["next_attempt"]) <= NOW + SOON


def test_the_log_says_that_a_sender_did_not_come_back(
    store: Store, clock: Clock, logs: list[MutableMapping[str, Any]]
) -> None:
    put(store, "desk")
    assert store.lease("lost", NOW, NOW + LEASE, 1)
    clock.forward(2 * LEASE)
    assert attempt(store, clock, {"desk": Receiver(Sent())}) == ["waiting"]
    (entry,) = logs
    assert (entry["event"], entry["channel"]) == ("not delivered", "desk")


def test_the_log_says_what_came_of_an_attempt_that_is_recorded_later(
    store: Store, clock: Clock, logs: list[MutableMapping[str, Any]]
) -> None:
    put(store, "desk")
    (sent,) = store.lease("one", NOW, NOW + LEASE, 1)
    sending = InFlight()
    sending.keep(sent.delivery, Sent("late"))
    (report,) = record_kept(store, sending, "one", clock, random.Random(7))
    assert report.state is kept(store).state is DeliveryState.SENT
    (entry,) = logs
    assert (entry["event"], entry["delivery"], entry["note"]) == ("delivered", sent.delivery.id, "late")
