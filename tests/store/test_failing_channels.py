"""A channel that takes nothing is told while it is still tried, and long before anything is given up."""

from datetime import timedelta

from store.test_store import NOW, delivery, with_delivery
from watchdesk.notices import trouble_of
from watchdesk.notices.channels import failing_channels, partly_accepted
from watchdesk.store import SqlStore

SOON, LATER = NOW + timedelta(minutes=29), NOW + timedelta(minutes=30)


def refused(store: SqlStore, identity: str) -> None:
    store.lease("me", NOW, NOW + timedelta(minutes=5), 1)
    assert store.mark_waiting(identity, "me", NOW + timedelta(hours=1), "connection refused")


def test_a_channel_that_takes_nothing_for_half_an_hour_is_told_by_the_others(store: SqlStore) -> None:
    with_delivery(store, delivery("x1"))
    assert store.failing_channels() == []
    refused(store, "x1")
    failing = store.failing_channels()
    assert [(f.channel, f.waiting, f.error) for f in failing] == [("desk", 1, "connection refused")]
    assert list(failing_channels(failing, SOON)) == []
    (trouble,) = map(trouble_of, failing_channels(failing, LATER))
    assert (trouble.cause, trouble.not_by) == ("failing:desk", "desk")
    assert "The channel desk accepts nothing: connection refused." in trouble.sentence


def test_what_needs_a_person_is_told_at_once_with_its_own_reason(store: SqlStore) -> None:
    with_delivery(store, delivery("x1"), delivery("x2"))
    refused(store, "x1")
    store.lease("me", NOW, NOW + timedelta(minutes=5), 1)
    quota = "550 5.4.5 Daily user sending quota exceeded"
    assert store.mark_waiting("x2", "me", NOW + timedelta(minutes=1), quota, needs_person=True)
    (trouble,) = map(trouble_of, failing_channels(store.failing_channels(), NOW))
    assert f"The channel desk accepts nothing: {quota}." in trouble.sentence
    assert "2 deliveries wait" in trouble.sentence


def test_who_of_several_has_a_delivery_is_kept_until_all_have_it(store: SqlStore) -> None:
    with_delivery(store, delivery("x1"))
    store.lease("me", NOW, NOW + timedelta(minutes=5), 1)
    assert store.mark_waiting("x1", "me", NOW + timedelta(minutes=1), "bob: 452 full", ["ann@example.org"])
    assert list(failing_channels(store.failing_channels(), SOON)) == []
    (trouble,) = map(trouble_of, failing_channels(store.failing_channels(), LATER))
    assert (
        "The channel desk does not accept its digests for all of its receivers: bob: 452 full"
        in trouble.sentence
    )
    (parcel,) = store.lease("me", LATER, LATER + timedelta(minutes=5), 1)
    assert parcel.delivery.taken == ("ann@example.org",)
    assert store.mark_dead("x1", "me", "given up")
    assert store.retry(["x1"], LATER)
    (parcel,) = store.lease("me", LATER, LATER + timedelta(minutes=5), 1)
    assert parcel.delivery.taken == ("ann@example.org",)


def test_a_channel_that_has_taken_something_since_is_not_failing(store: SqlStore) -> None:
    with_delivery(store, delivery("x1"), delivery("x2"))
    refused(store, "x1")
    store.lease("me", NOW, NOW + timedelta(minutes=5), 1)
    assert store.mark_sent("x2", "me", NOW + timedelta(minutes=1), None)
    assert store.failing_channels() == []


def test_whom_a_receiver_refuses_is_told_once_however_often_he_is_refused(store: SqlStore) -> None:
    with_delivery(store, delivery("x1"), delivery("x2"))
    for number, identity in enumerate(("x1", "x2")):
        store.lease("me", NOW, NOW + timedelta(minutes=5), 1)
        note = f"not taken for nobody@example.org: 550 no such person ({number})"
        assert store.mark_sent(identity, "me", NOW, note)
    troubles = list(map(trouble_of, partly_accepted(store.sent_notes(NOW))))
    assert {trouble.cause for trouble in troubles} == {"partly:desk:nobody@example.org"}
    assert "accepted a digest, but: not taken for nobody@example.org" in troubles[0].sentence
    assert store.sent_notes(NOW + timedelta(days=7)) == []
