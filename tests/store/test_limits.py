"""What channels' limits let through, over every process on one database; and each attempt, remembered."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from watchdesk.model import ChannelLimits, Delivery, DeliveryState, Digest, Rate, Rendered
from watchdesk.store import Database, SqlStore, database_url, open_store
from watchdesk.store.tables import attempts

NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=10)
PAIR = {"hook": ChannelLimits(concurrency=2)}
FIVE_AN_HOUR = {"hook": ChannelLimits(concurrency=20, at_most=Rate(5, timedelta(hours=1)))}


def put(store: SqlStore, count: int, channel: str = "hook") -> None:
    """As many deliveries that are due, oldest first."""
    digest = Digest(f"d-{channel}", "Flash", NOW, None, (), id=f"d-{channel}")
    waiting = [
        Delivery(
            f"{channel}{n:02}",
            digest.id,
            digest.name,
            channel,
            DeliveryState.WAITING,
            NOW,
            NOW + timedelta(0, 0, n),
        )
        for n in range(count)
    ]
    store.know_digests([digest.name], NOW)
    assert store.commit_digest(digest, Rendered("s", "h", "t", "{}"), waiting, [], None)


def taken(store: SqlStore, now: datetime, limits: dict[str, ChannelLimits], most: int = 50) -> list[str]:
    parcels = store.lease("one", now, now + timedelta(minutes=10), most, limits)
    return [parcel.delivery.id for parcel in parcels]


LATER = NOW + timedelta(seconds=1)


def test_a_channel_has_no_more_leases_than_its_concurrency_and_holds_up_no_other(store: SqlStore) -> None:
    put(store, 4)
    put(store, 2, "desk")
    assert taken(store, LATER, PAIR) == ["desk00", "hook00", "desk01", "hook01"]
    assert taken(store, LATER, PAIR) == []
    assert store.mark_sent("hook00", "one", LATER, None)
    assert taken(store, LATER, PAIR) == ["hook02"]


def test_a_lease_that_ran_out_is_under_way_no_more(store: SqlStore) -> None:
    put(store, 5)
    assert taken(store, LATER, PAIR) == ["hook00", "hook01"]
    assert taken(store, LATER + timedelta(minutes=10), PAIR) == ["hook02", "hook03"]


def test_what_the_process_still_sends_counts_though_its_lease_ran_out(store: SqlStore) -> None:
    put(store, 5)
    put(store, 1, "desk")
    assert taken(store, LATER, PAIR) == ["desk00", "hook00", "hook01"]
    after, then = LATER + timedelta(minutes=10), LATER + timedelta(minutes=20)
    hanging = {"hook00": "hook"}
    got = store.lease("one", after, then, 50, PAIR, hanging)
    assert [parcel.delivery.id for parcel in got] == ["hook02"]
    assert store.lease("one", after, then, 50, PAIR, {**hanging, "hook02": "hook"}) == []


def test_what_the_process_still_sends_is_not_taken_again(store: SqlStore) -> None:
    put(store, 1)
    assert store.lease("one", LATER, SOON, 1, {}, {"hook00": "hook"}) == []
    assert len(store.lease("two", LATER, SOON, 1, {}, {})) == 1


def test_a_channel_is_attempted_no_more_often_than_its_rate(store: SqlStore) -> None:
    put(store, 8)
    assert len(taken(store, LATER, FIVE_AN_HOUR)) == 5
    assert taken(store, LATER + timedelta(minutes=59), FIVE_AN_HOUR) == []
    assert len(taken(store, LATER + timedelta(hours=1), FIVE_AN_HOUR)) == 3


def test_failed_attempts_count_to_the_rate(store: SqlStore) -> None:
    put(store, 1)
    once = {"hook": ChannelLimits(at_most=Rate(1, timedelta(hours=1)))}
    assert taken(store, LATER, once) == ["hook00"]
    assert store.mark_waiting("hook00", "one", LATER, "down")
    assert taken(store, LATER + timedelta(minutes=30), once) == []
    assert taken(store, LATER + timedelta(hours=1), once) == ["hook00"]


def test_what_waits_for_its_turn_has_not_failed(store: SqlStore) -> None:
    put(store, 3)
    taken(store, LATER, PAIR)
    (waiting,) = store.deliveries(DeliveryState.WAITING)
    assert (waiting.attempts, waiting.error, waiting.due_at) == (0, None, NOW + timedelta(0, 0, 2))


def test_attempts_of_a_clock_that_was_wrong_do_not_hold_a_channel_up(store: SqlStore) -> None:
    put(store, 6)
    wrong = NOW + timedelta(days=400)
    assert len(taken(store, wrong, FIVE_AN_HOUR)) == 5
    assert store.release("one") == 5
    assert len(taken(store, LATER, FIVE_AN_HOUR)) == 5


def attempted(storage: str, folder: Path) -> list[tuple[str, datetime]]:
    """Each attempt that is remembered, oldest first."""
    with closing(Database(database_url(storage, folder))) as database, database.read() as connection:
        rows = connection.execute(select(attempts).order_by(attempts.c.at))
        return [(row.delivery_id, row.at) for row in rows]


def test_each_lease_is_remembered_as_an_attempt(store: SqlStore, storage: str, tmp_path: Path) -> None:
    put(store, 2)
    for minute in (1, 2, 3):
        at = NOW + timedelta(minutes=minute)
        assert taken(store, at, {}, most=1) == ["hook00"]
        assert store.mark_waiting("hook00", "one", NOW, "down")
    expected = [("hook00", NOW + timedelta(minutes=minute)) for minute in (1, 2, 3)]
    assert attempted(storage, tmp_path) == expected


def test_old_attempts_are_forgotten(store: SqlStore, storage: str, tmp_path: Path) -> None:
    put(store, 1)
    for minute in (1, 2, 3):
        taken(store, NOW + timedelta(minutes=minute), {})
        store.release("one")
    assert store.prune_attempts(NOW + timedelta(minutes=3)) == 2
    assert attempted(storage, tmp_path) == [("hook00", NOW + timedelta(minutes=3))]


@contextmanager
def processes(storage: str, folder: Path, count: int) -> Iterator[list[SqlStore]]:
    """As many stores of their own on one database, as processes have them."""
    stores = [open_store(storage, folder) for _ in range(count)]
    try:
        yield stores
    finally:
        for store in stores:
            store.close()


def at_once(stores: list[SqlStore], limits: dict[str, ChannelLimits], settle: bool) -> list[str]:
    """What all of them took together, each taking one at a time until it is given none."""
    claimed: list[str] = []
    ready = threading.Barrier(len(stores))

    def claim(number: int, store: SqlStore) -> None:
        ready.wait()
        for _ in range(6):
            for parcel in store.lease(f"h{number}", LATER, SOON, 1, limits):
                claimed.append(parcel.delivery.id)
                if settle:
                    store.mark_sent(parcel.delivery.id, f"h{number}", LATER, None)

    threads = [threading.Thread(target=claim, args=pair) for pair in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return claimed


@pytest.mark.parametrize("trial", range(3))
def test_many_claimers_do_not_overrun_the_concurrency(storage: str, tmp_path: Path, trial: int) -> None:
    with closing(open_store(storage, tmp_path)) as store:
        put(store, 30)
    with processes(storage, tmp_path, 6) as stores:
        assert sorted(at_once(stores, PAIR, settle=False)) == ["hook00", "hook01"]


@pytest.mark.parametrize("trial", range(3))
def test_many_claimers_do_not_overrun_the_rate(storage: str, tmp_path: Path, trial: int) -> None:
    with closing(open_store(storage, tmp_path)) as store:
        put(store, 30)
    with processes(storage, tmp_path, 6) as stores:
        assert sorted(at_once(stores, FIVE_AN_HOUR, settle=True)) == [f"hook{n:02}" for n in range(5)]
