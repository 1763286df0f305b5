"""Channels that hang: what is in flight in one is not begun again, costs no other, and is given up."""

import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from support.parcels import NOW, parcel
from watchdesk.delivery import LEASE, InFlight, deliveries_for, send_due
from watchdesk.model import ChannelLimits, DeliveryState, Digest, Parcel, SendOutcome, Sent
from watchdesk.ports import Channel, Store
from watchdesk.scheduling import GIVE_UP_AFTER
from watchdesk.store import open_store

LATE = "its sender did not come back within 10 minutes"
LIMITS = {"bad": ChannelLimits(2), "good": ChannelLimits(2)}


class Hanging:
    """A channel that does not come back from sending before it is let go."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.threads: list[threading.Thread] = []
        self.let_go = threading.Event()

    def send(self, what: Parcel, now: datetime) -> SendOutcome:
        self.begun.append(what.delivery.id)
        self.threads.append(threading.current_thread())
        self.let_go.wait(60)
        return Sent()


class Taking:
    def send(self, what: Parcel, now: datetime) -> SendOutcome:
        return Sent()


class Process:
    """Senders that share what they have in flight, as the service's do; each on a thread of its own."""

    def __init__(self, store: Store, channels: Mapping[str, Channel], name: str = "here") -> None:
        self._store = store
        self._channels = channels
        self._name = name
        self._threads: list[threading.Thread] = []
        self.in_flight = InFlight()
        self.now = NOW

    def send(self) -> bool:
        """Whether the sender came back within a second; it goes on in any case."""
        thread = threading.Thread(target=self._send, daemon=True)
        self._threads.append(thread)
        thread.start()
        thread.join(1)
        return not thread.is_alive()

    def fail_overdue(self) -> None:
        """As a sender does before it takes anything, here while there is nothing that may be taken."""
        nothing = {"bad": ChannelLimits(0)}
        send_due(self._store, {}, "here", lambda: self.now, random.Random(7), nothing, self.in_flight)

    def wait(self) -> None:
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()

    def _send(self) -> None:
        rng = random.Random(7)
        send_due(self._store, self._channels, self._name, lambda: self.now, rng, LIMITS, self.in_flight)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store("sqlite", tmp_path)) as opened:
        yield opened


@pytest.fixture
def bad() -> Iterator[Hanging]:
    channel = Hanging()
    yield channel
    channel.let_go.set()
    for thread in channel.threads:  # what they record, they record before the store is closed
        thread.join(10)


def put(store: Store, channel: str, count: int) -> None:
    for number in range(count):
        digest = Digest("flash", "Flash", NOW, None, (), id=f"{channel}{number}")
        deliveries = deliveries_for(digest, [channel], NOW)
        assert store.commit_digest(digest, parcel().rendered, deliveries, [], None)


def test_a_channel_that_hangs_holds_no_more_senders_than_its_concurrency_however_long_it_does(
    store: Store, bad: Hanging
) -> None:
    put(store, "bad", 4)
    process = Process(store, {"bad": bad, "good": Taking()})
    assert [process.send() for _ in range(3)] == [False, False, True]
    for _ in range(5):
        process.now += LEASE + timedelta(minutes=1)
        assert process.send()
    assert len(bad.begun) == len(set(bad.begun)) == 2
    put(store, "good", 1)
    assert process.send()
    assert [one.state for one in store.deliveries(channel="good")] == [DeliveryState.SENT]
    assert process.in_flight.hanging(process.now, LEASE) == 2
    bad.let_go.set()
    process.wait()
    assert process.in_flight.hanging(process.now, LEASE) == 0


def test_what_hangs_is_a_dead_letter_after_three_days(store: Store, bad: Hanging) -> None:
    put(store, "bad", 1)
    process = Process(store, {"bad": bad})
    assert not process.send()
    while process.now <= NOW + GIVE_UP_AFTER + timedelta(hours=8):
        process.now += LEASE + timedelta(minutes=1)
        assert process.send()
    (delivery,) = store.deliveries()
    assert delivery.state is DeliveryState.DEAD
    assert (delivery.error or "").startswith(f"{LATE} (given up after ")
    assert len(bad.begun) == 1


def test_another_process_takes_over_what_hangs_and_it_is_sent_once(store: Store, bad: Hanging) -> None:
    put(store, "bad", 1)
    hung, well = Process(store, {"bad": bad}, "one"), Process(store, {"bad": Taking()}, "two")
    assert not hung.send()
    well.now += LEASE
    assert well.send()
    (waits,) = store.deliveries()
    assert (waits.state, waits.attempts, waits.error) == (DeliveryState.WAITING, 1, LATE)
    hung.now = well.now = waits.due_at
    assert hung.send()
    assert well.send()
    bad.let_go.set()
    hung.wait()
    (sent,) = store.deliveries()
    assert (sent.state, sent.attempts) == (DeliveryState.SENT, 2)


def test_a_delivery_that_every_process_dies_of_is_given_up(store: Store) -> None:
    put(store, "bad", 1)
    watching = Process(store, {})
    for number in range(1000):
        if store.deliveries()[0].state is DeliveryState.DEAD:
            break
        store.lease(f"process {number}", watching.now, watching.now + LEASE, 1)
        watching.now += LEASE
        watching.fail_overdue()
        watching.now += timedelta(hours=7)
    (dead,) = store.deliveries()
    assert dead.state is DeliveryState.DEAD
    assert (dead.error or "").startswith(f"{LATE} (given up after ")
