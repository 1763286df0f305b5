"""What is asked of the outbox, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest

from watchdesk.model import DeadLetters, Delivery, DeliveryState, Digest, Rendered
from watchdesk.store import SqlStore

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def full(store: SqlStore) -> SqlStore:
    """Deliveries of two digests to three channels, one made each minute."""
    store.know_digests(["flash"], NOW)
    rows = [
        ("a1b2", "flash", "desk", "dead", "550 no"),
        ("a1c3", "flash", "desk", "dead", "550 no"),
        ("b1%_", "flash", "night", "dead", "550 no"),
        ("c1d2", "operators", "desk", "dead", None),
        ("d1e2", "flash", "desk", "sent", None),
        ("e1f2", "operators", "shelf", "waiting", "later"),
    ]
    for number, (identity, digest, channel, state, error) in enumerate(rows):
        made = NOW + timedelta(minutes=number)
        delivery = Delivery(
            identity, f"d{number}", digest, channel, DeliveryState(state), made, made, error=error
        )
        kept = Digest(digest, digest, made, None, (), id=f"d{number}")
        rendered = Rendered(f"Subject {number}", "", "", "{}")
        assert store.commit_digest(kept, rendered, [delivery], [], None)
    return store


def ids(found: object) -> list[str]:
    assert isinstance(found, list)
    return [delivery.id for delivery in found]


def test_deliveries_come_newest_first_with_their_subjects(full: SqlStore) -> None:
    found = full.deliveries(limit=2)
    assert [(row.id, row.subject) for row in found] == [("e1f2", "Subject 5"), ("d1e2", "Subject 4")]


def test_deliveries_are_narrowed_by_state_channel_digest_and_id(full: SqlStore) -> None:
    assert ids(full.deliveries(DeliveryState.DEAD)) == ["c1d2", "b1%_", "a1c3", "a1b2"]
    assert ids(full.deliveries(channel="desk", digest="flash")) == ["d1e2", "a1c3", "a1b2"]
    assert ids(full.deliveries(DeliveryState.DEAD, channel="night")) == ["b1%_"]
    assert ids(full.deliveries(beginning="a1")) == ["a1c3", "a1b2"]
    assert ids(full.deliveries(beginning="a1b2")) == ["a1b2"]


@pytest.mark.parametrize(("beginning", "found"), [("b1%", ["b1%_"]), ("%", []), ("_1", []), ("1", [])])
def test_the_beginning_of_an_id_is_no_pattern(full: SqlStore, beginning: str, found: list[str]) -> None:
    assert ids(full.deliveries(beginning=beginning)) == found


def test_dead_letters_are_counted_by_channel_digest_and_reason(full: SqlStore) -> None:
    assert sorted(full.dead_letters(), key=lambda letters: (letters.channel, letters.digest_name)) == [
        DeadLetters("desk", "flash", "550 no", 2),
        DeadLetters("desk", "operators", None, 1),
        DeadLetters("night", "flash", "550 no", 1),
    ]


def test_states_are_counted_without_reading_the_deliveries(full: SqlStore) -> None:
    assert full.delivery_counts() == {
        DeliveryState.DEAD: 4,
        DeliveryState.SENT: 1,
        DeliveryState.WAITING: 1,
    }


def test_a_leased_delivery_brings_its_subject(full: SqlStore) -> None:
    (parcel,) = full.lease("here", NOW + timedelta(hours=1), NOW + timedelta(hours=2), 5)
    assert (parcel.delivery.subject, parcel.rendered.subject) == ("Subject 5", "Subject 5")
