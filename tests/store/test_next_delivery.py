"""Which delivery is next where many wait: the oldest of a channel with room, without reading the rest."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from watchdesk.model import ChannelLimits, Delivery, DeliveryState, Digest, Rendered
from watchdesk.store import SqlStore

NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
LEASE = timedelta(minutes=10)
NONE = {"slow": ChannelLimits(concurrency=0)}


def put(store: SqlStore, channel: str, count: int, due: datetime = NOW) -> None:
    digest = Digest("flash", "Flash", NOW, None, (), id=f"{channel}{due:%f}")
    waiting = [
        Delivery(f"{digest.id}-{n:05}", digest.id, "flash", channel, DeliveryState.WAITING, due, due)
        for n in range(count)
    ]
    assert store.commit_digest(digest, Rendered("s", "h", "t", "{}"), waiting, [], None)


def test_the_next_is_the_oldest_of_all_channels_with_room(store: SqlStore) -> None:
    for number, channel in enumerate(["desk", "slow", "night", "shelf"]):
        put(store, channel, 2, NOW - timedelta(0, 0, number))
    store.stop_channel("shelf", "410", NOW)
    taken = [store.lease("one", NOW, NOW + LEASE, 1, NONE) for _ in range(5)]
    assert [p.delivery.channel for got in taken for p in got] == ["night", "night", "desk", "desk"]


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_a_full_channel_with_a_crowd_waiting_costs_a_lease_no_more_than_an_empty_one(
    store: SqlStore, steps: Callable[[], int]
) -> None:
    put(store, "desk", 3)
    before = steps()
    assert store.lease("one", NOW, NOW + LEASE, 1, NONE)
    few = steps() - before
    put(store, "slow", 20_000, NOW - timedelta(seconds=1))
    before = steps()
    assert store.lease("one", NOW, NOW + LEASE, 1, NONE)
    assert steps() - before < few * 3


@pytest.fixture
def steps(store: SqlStore) -> Callable[[], int]:
    """How much work SQLite has done so far, in a unit of its own: no clock, which others share."""
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    def watch(connection: Any, *_: Sequence[object]) -> None:
        connection.set_progress_handler(count, 10)

    event.listen(store._database.engine, "checkout", watch)
    return lambda: counted
