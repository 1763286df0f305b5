"""What stays in memory is not searched for garbage again and again: each search holds up every thread."""

import gc
import random
import weakref
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from support.desk import DeskFiles, wait_for
from watchdesk.app import build_plan
from watchdesk.configuration import read_configuration
from watchdesk.service import run
from watchdesk.service.direct_reporting import DirectReporter
from watchdesk.service.liveness.recorder import Liveness
from watchdesk.service.memory import settle
from watchdesk.service.run import Service
from watchdesk.store import open_store


class Cycle:
    """Refers to itself, so that only a search finds that nobody else does."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def unfrozen() -> Iterator[None]:
    yield
    gc.unfreeze()


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.usefixtures("unfrozen")
def test_what_is_there_is_left_alone_until_the_next_time() -> None:
    gc.unfreeze()
    every, one = len(gc.get_objects()), Cycle()
    gone = weakref.ref(one)
    settle()
    assert len(gc.get_objects()) < every / 20
    del one
    gc.collect()
    assert gone() is not None
    settle()
    assert gone() is None


def test_a_service_settles_after_its_start_and_after_a_reload(
    desk: DeskFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled: list[datetime] = []
    monkeypatch.setattr(run, "settle", lambda: settled.append(now()))
    monkeypatch.setattr(run, "SETTLED", 0.1)
    desk.write({})
    desk.state.mkdir()
    store = open_store("sqlite", desk.state)
    plan = build_plan(read_configuration(desk.config), desk.state)
    liveness, direct = Liveness(desk.state, now), DirectReporter(desk.state, now)
    service = Service(plan, store, now, random.Random(1), liveness, direct, "sqlite")
    service.start()
    try:
        wait_for(lambda: len(settled) == 1, "the first time")
        service.follow(plan)
        wait_for(lambda: len(settled) == 2, "the time after the reload")
    finally:
        service.stop()
        store.close()
