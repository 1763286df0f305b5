"""What a poll brings goes out at once: no step waits for its next turn."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from support.desk import DeskFiles, item, rss, wait_for
from support.web import WebServer
from watchdesk.app import build_plan
from watchdesk.configuration import read_configuration
from watchdesk.service.direct_reporting import DirectReporter
from watchdesk.service.jobs import Jobs
from watchdesk.service.liveness.readiness import MAKE_DIGESTS, SEND
from watchdesk.service.liveness.recorder import Liveness
from watchdesk.service.run import Service
from watchdesk.store import open_store

SETTINGS = """\
contact: desk@example.org
polling: {every: 1s, fastest: 1s, first_poll: all, private_addresses: allow}
channels:
  one: {files: one/}
  two: {files: two/}
  three: {files: three/}
digests: {flash: {rules: all, at: once, gather: 0s, to: [one, two, three]}}
"""


def now() -> datetime:
    return datetime.now(UTC)


def test_digests_are_made_and_sent_though_their_own_turn_never_comes(
    desk: DeskFiles, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = Jobs.every

    def seldom(jobs: Jobs, interval: timedelta, name: str, job: Callable[[], object]) -> None:
        every(jobs, timedelta(days=1) if name in (MAKE_DIGESTS, SEND) else interval, name, job)

    monkeypatch.setattr(Jobs, "every", seldom)
    web.serve("/feed", rss(item("1", "NATO agrees a new spending target")))
    desk.write({"wire": web.url("/feed")}, SETTINGS)
    desk.state.mkdir()
    store = open_store("sqlite", desk.state)
    plan = build_plan(read_configuration(desk.config), desk.state)
    service = Service(
        plan,
        store,
        now,
        random.Random(1),
        Liveness(desk.state, now),
        DirectReporter(desk.state, now),
        "sqlite",
    )
    service.start()
    try:
        folders = [desk.state / channel for channel in ("one", "two", "three")]
        wait_for(lambda: all(list(folder.glob("2*.json")) for folder in folders), "a digest in each channel")
    finally:
        service.stop()
        store.close()
