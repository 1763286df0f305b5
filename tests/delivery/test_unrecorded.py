"""A delivery that was sent and could not be recorded is recorded later, and not sent again."""

import random
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from support.damage import PAGE, root_of, settled
from support.parcels import NOW, parcel
from watchdesk.delivery import LEASE, InFlight, deliveries_for, record_kept, send_due
from watchdesk.errors import DamagedStorage
from watchdesk.model import DeliveryState, Digest, Parcel, SendOutcome, Sent
from watchdesk.store import open_store


class Taking:
    def __init__(self) -> None:
        self.took: list[str] = []

    def send(self, what: Parcel, now: datetime) -> SendOutcome:
        self.took.append(what.delivery.id)
        return Sent()


def test_what_a_damaged_page_cannot_record_is_sent_once_and_nothing_else_before_it_is_recorded(
    tmp_path: Path,
) -> None:
    file = tmp_path / "watchdesk.db"
    with closing(open_store("sqlite", tmp_path)) as store:
        for number in range(2):
            digest = Digest("flash", "Flash", NOW, None, (), id=f"d{number}")
            assert store.commit_digest(
                digest, parcel().rendered, deliveries_for(digest, ["desk"], NOW), [], None
            )
    settled(file)
    before = file.read_bytes()
    root_of("ix_deliveries_channel_sent_at")(file)  # a lease does not need it
    damaged = next(
        at
        for at in range(0, len(before), PAGE)
        if file.read_bytes()[at : at + PAGE] != before[at : at + PAGE]
    )
    channel, sending, now = Taking(), InFlight(), NOW

    def send() -> None:
        with closing(open_store("sqlite", tmp_path)) as store:
            send_due(store, {"desk": channel}, "here", lambda: now, random.Random(7), {}, sending)

    for _ in range(3):
        with pytest.raises(DamagedStorage):
            send()
        now += LEASE + timedelta(minutes=1)
    assert len(channel.took) == 1
    with file.open("r+b") as repaired:
        repaired.seek(damaged)
        repaired.write(before[damaged : damaged + PAGE])
    with closing(open_store("sqlite", tmp_path)) as store:
        record_kept(store, sending, "here", lambda: now, random.Random(7))
        assert store.release("here") == 0, "a service that stops gives back nothing that was sent"
    send()
    assert len(channel.took) == len(set(channel.took)) == 2
    with closing(open_store("sqlite", tmp_path)) as store:
        assert store.delivery_counts() == {DeliveryState.SENT: 2}
