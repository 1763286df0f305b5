"""The service beside a channel that hangs, as one on a dead mount or with a mistake in it may."""

import random
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from support.desk import wait_for
from watchdesk.config.settings import ChannelSettings, PollingSettings, Settings
from watchdesk.delivery import LEASE, deliveries_for
from watchdesk.delivery.channels.files import FilesOptions
from watchdesk.model import DeliveryState, Digest, Parcel, Rendered, SendOutcome, Sent
from watchdesk.plan import Plan
from watchdesk.polling.collecting import READ_HERE
from watchdesk.ports import Channel, Store
from watchdesk.rules import RuleSet
from watchdesk.service.direct_reporting import DirectReporter
from watchdesk.service.liveness.recorder import Liveness
from watchdesk.service.run import Service
from watchdesk.sources import HttpFetcher
from watchdesk.store import open_store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Hanging:
    def __init__(self) -> None:
        self.begun: list[str] = []
        self.let_go = threading.Event()

    def send(self, parcel: Parcel, now: datetime) -> SendOutcome:
        self.begun.append(parcel.delivery.id)
        self.let_go.wait(60)
        return Sent()


class Taking:
    def send(self, parcel: Parcel, now: datetime) -> SendOutcome:
        return Sent()


def plan_of(concurrency: int, **channels: Channel) -> Plan:
    settings = {
        name: ChannelSettings(name, "own", FilesOptions(path=Path()), concurrency=concurrency)
        for name in channels
    }
    fetcher = HttpFetcher(PollingSettings(), contact=None)
    return Plan(Settings(Path(), channels=settings), RuleSet(()), fetcher, channels, READ_HERE)


def put(store: Store, channel: str, count: int) -> None:
    for number in range(count):
        digest = Digest("flash", "Flash", NOW, None, (), id=f"{channel}{number}")
        laid = deliveries_for(digest, [channel], NOW)
        assert store.commit_digest(digest, Rendered("s", "h", "t", "{}"), laid, [], None)


def test_channels_are_sent_to_though_more_senders_hang_in_one_that_was_taken_out(tmp_path: Path) -> None:
    now = [NOW]
    bad = Hanging()
    with closing(open_store("sqlite", tmp_path)) as store:
        liveness, direct = Liveness(tmp_path, lambda: now[0]), DirectReporter(tmp_path, lambda: now[0])
        service = Service(
            plan_of(4, bad=bad), store, lambda: now[0], random.Random(1), liveness, direct, "sqlite"
        )
        put(store, "bad", 5)
        service.start()
        try:
            wait_for(lambda: len(bad.begun) == 4, "the senders that hang", seconds=20)
            now[0] += LEASE + timedelta(minutes=1)
            service.follow(plan_of(1, good=Taking()))
            put(store, "good", 2)
            wait_for(
                lambda: [one.state for one in store.deliveries(channel="good")] == [DeliveryState.SENT] * 2,
                "what the others are sent",
                seconds=20,
            )
        finally:
            bad.let_go.set()
            service.stop()
    assert len(bad.begun) == len(set(bad.begun)) == 4
