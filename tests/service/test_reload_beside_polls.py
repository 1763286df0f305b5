"""A poll that ends while a reload is under way is not made again."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from support.desk import DeskFiles, item, rss, wait_for
from support.web import WebServer
from watchdesk.app import build_plan
from watchdesk.configuration import read_configuration
from watchdesk.errors import StorageError
from watchdesk.model import Appointment
from watchdesk.plan import Plan
from watchdesk.service.direct_reporting import DirectReporter
from watchdesk.service.liveness.recorder import Liveness
from watchdesk.service.run import Service
from watchdesk.store import SqlStore, open_store

SETTINGS = """\
contact: desk@example.org
polling: {every: %s, fastest: 2s, first_poll: all, private_addresses: allow}
articles: {full_text: never}
channels: {shelf: {files: digests/}}
digests: {flash: {rules: all, at: once, to: [shelf]}}
"""


def now() -> datetime:
    return datetime.now(UTC)


def plan_of(desk: DeskFiles, web: WebServer, every: str) -> Plan:
    desk.write({"wire": web.url("/feed")}, SETTINGS % every)
    return build_plan(read_configuration(desk.config), desk.state)


@pytest.mark.parametrize("every", ["2s", "3s"], ids=["unchanged", "changed"])
def test_what_is_polled_while_a_reload_reads_is_not_polled_again(
    desk: DeskFiles, web: WebServer, monkeypatch: pytest.MonkeyPatch, every: str
) -> None:
    web.serve("/feed", rss(item("1", "NATO agrees a new spending target")))
    desk.state.mkdir()
    store = open_store("sqlite", desk.state)
    liveness, direct = Liveness(desk.state, now), DirectReporter(desk.state, now)
    service = Service(plan_of(desk, web, "2s"), store, now, random.Random(1), liveness, direct, "sqlite")

    def polls() -> int:
        return len([request for request in web.requests if request.path == "/feed"])

    service.start()
    try:
        wait_for(lambda: polls() == 1, "the first poll")
        read = SqlStore.appointments

        def slowly(self: SqlStore) -> Mapping[str, Appointment]:
            found = read(self)
            wait_for(lambda: polls() == 2, "a poll in between", seconds=20)
            wait_for(lambda: not service._poller.in_flight.is_busy, "its end")
            return found

        monkeypatch.setattr(SqlStore, "appointments", slowly)
        service.follow(plan_of(desk, web, every))
        polled = now()
        wait_for(lambda: polls() == 3, "the next poll", seconds=20)
        assert now() - polled > timedelta(seconds=1)
    finally:
        service.stop()
        store.close()


def test_a_reload_that_fails_notes_no_polls(
    desk: DeskFiles, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.serve("/feed", rss())
    desk.state.mkdir()
    store = open_store("sqlite", desk.state)
    liveness, direct = Liveness(desk.state, now), DirectReporter(desk.state, now)
    plan = plan_of(desk, web, "2s")
    service = Service(plan, store, now, random.Random(1), liveness, direct, "sqlite")

    def fails(self: SqlStore) -> Mapping[str, Appointment]:
        raise StorageError("away")

    service.start()
    try:
        with monkeypatch.context() as away:
            away.setattr(SqlStore, "appointments", fails)
            with pytest.raises(StorageError):
                service.follow(plan)
        assert service._ended is None
        wait_for(
            lambda: len([r for r in web.requests if r.path == "/feed"]) >= 2,
            "polls by the schedule before",
            seconds=20,
        )
    finally:
        service.stop()
        store.close()
