"""What `status` knows of the service without asking the database, and what the service says of itself."""

import signal
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from support.desk import DeskFiles, rss, wait_for
from support.web import WebServer
from watchdesk.errors import DamagedStorage, FullDisk, RefusedRow, StorageError
from watchdesk.notices import trouble_of
from watchdesk.notices.service import DatabaseUnusable
from watchdesk.service.circuit_breaker import ENOUGH, CircuitBreaker
from watchdesk.service.liveness import (
    LifeState,
    Phase,
    ServiceStatus,
    SinglePasses,
    enabled_unit,
    judged,
    service_causes,
    why_unwritten,
)
from watchdesk.service.liveness.recorder import Liveness
from watchdesk.service.liveness.status import Process, StepStatus, StoreStatus, status_file
from watchdesk.service.liveness.verdict import HANGING, PASSING, SILENT
from watchdesk.service.store_watch import StoreWatch
from watchdesk.store import open_store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STATUS = ServiceStatus(Process(7), NOW - timedelta(hours=1), NOW, 0.0, phase=Phase.RUNNING)
FRESH, OLD = timedelta(seconds=3), timedelta(seconds=16)


@pytest.mark.parametrize(
    ("phase", "age", "is_gone", "state", "needs"),
    [
        (Phase.RUNNING, FRESH, False, LifeState.RUNNING, False),
        (Phase.RUNNING, FRESH, None, LifeState.RUNNING, False),
        (Phase.RUNNING, FRESH, True, LifeState.DIED, True),
        (Phase.RUNNING, OLD, False, LifeState.HANGS, True),
        (Phase.RUNNING, OLD, None, LifeState.DIED, True),
        (Phase.RUNNING, -OLD, None, LifeState.DIED, True),
        (Phase.STARTING, OLD, True, LifeState.DIED, True),
        (Phase.STOPPED, OLD, True, LifeState.STOPPED, False),
        (Phase.REFUSED, OLD, True, LifeState.REFUSED, True),
    ],
)
def test_a_service_that_ought_to_run_and_does_not_needs_a_person(
    phase: Phase, age: timedelta, is_gone: bool | None, state: LifeState, needs: bool
) -> None:
    verdict = judged(replace(STATUS, phase=phase), None, None, NOW, age, is_gone=is_gone)
    assert (verdict.state, bool(verdict.causes)) == (state, needs)


def test_it_is_reported_within_twenty_seconds_of_the_last_heartbeat() -> None:
    assert timedelta(seconds=20) > SILENT


def test_an_enabled_unit_ought_to_run_whoever_stopped_it() -> None:
    stopped = judged(replace(STATUS, phase=Phase.STOPPED), None, "watchdesk.service", NOW, OLD, is_gone=True)
    never = judged(None, None, "watchdesk.service", NOW, OLD, is_gone=None)
    assert "systemctl restart watchdesk.service" in trouble_of(stopped.causes[0]).sentence
    assert never.ought_to_run


@pytest.mark.parametrize(
    ("unit", "served"),
    [
        ("[Service]\nStateDirectory=watchdesk\nExecStart=/opt/w run\n", "var/lib/watchdesk"),
        ("[Service]\nExecStart=/opt/w --state /srv/desk run\n", "srv/desk"),
        ("[Service]\nExecStart=/opt/w --state=%S/desk run\n", "var/lib/desk"),
    ],
)
def test_an_enabled_unit_is_known_by_the_state_directory_that_it_names(
    tmp_path: Path, unit: str, served: str
) -> None:
    folder = tmp_path / "etc/systemd/system"
    wants = folder / "multi-user.target.wants"
    wants.mkdir(parents=True)
    (folder / "watchdesk.service").write_text(unit)
    assert enabled_unit(tmp_path / served, tmp_path) is None
    (wants / "watchdesk.service").symlink_to("/etc/systemd/system/watchdesk.service")
    assert enabled_unit(tmp_path / served, tmp_path) == "watchdesk.service"
    assert enabled_unit(tmp_path / "elsewhere", tmp_path) is None


def passes(*minutes: float) -> SinglePasses:
    return SinglePasses(tuple(NOW + timedelta(minutes=m) for m in minutes))


@pytest.mark.parametrize(
    ("ran", "overdue"),
    [
        (passes(-60, -45, -30, -15), False),
        (passes(-76, -61, -46, -31), True),
        (passes(-61, -46, -31), True),
        (passes(-500, -491, -460, -31), False),
        (passes(-60), False),
        (passes(-60, -59), False),
    ],
)
def test_once_alone_is_judged_by_its_usual_distance(ran: SinglePasses, overdue: bool) -> None:
    verdict = judged(None, ran, None, NOW, timedelta(0), is_gone=None)
    assert [trouble_of(cause).cause for cause in verdict.causes] == (["once"] if overdue else [])
    assert judged(replace(STATUS, phase=Phase.STOPPED), ran, None, NOW, OLD, is_gone=True).causes == ()


def test_on_a_full_disk_nobody_is_told_to_kill_a_service_that_may_be_at_work(tmp_path: Path) -> None:
    full = why_unwritten(tmp_path / "liveness.json", None, disk_is_full=True)
    (cause,) = judged(STATUS, None, None, NOW, OLD, is_gone=False, unwritten=full).causes
    assert "Make room" in trouble_of(cause).sentence
    assert "ill it" not in trouble_of(cause).sentence
    (cause,) = judged(STATUS, None, None, NOW, OLD, is_gone=False).causes
    assert "Kill it" in trouble_of(cause).sentence


def causes(status: ServiceStatus) -> list[str]:
    return [trouble_of(cause).cause for cause in service_causes(status, NOW)]


def test_a_step_that_fails_again_and_again_or_never_ends_needs_a_person() -> None:
    failing = StepStatus(failures=3, failing_since=NOW - timedelta(seconds=30), reason="no")
    lately = replace(failing, failing_since=NOW - timedelta(seconds=2))
    steps = {
        "a": failing,
        "b": lately,
        "c": replace(failing, failures=2),
        "d": StepStatus(began=NOW - HANGING),
    }
    assert causes(replace(STATUS, steps=steps)) == ["step:a", "hangs:d"]


def test_damage_is_told_at_once_and_a_server_that_restarts_is_not() -> None:
    away = StoreStatus("postgresql://h/d", "it does not answer", NOW - timedelta(seconds=5))
    assert causes(replace(STATUS, store=away)) == []
    assert causes(replace(STATUS, store=replace(away, since=NOW - timedelta(seconds=25)))) == ["database"]
    assert causes(replace(STATUS, store=replace(away, damaged=True))) == ["database"]


def test_a_full_disk_is_what_the_status_file_says_and_not_a_word_in_it(tmp_path: Path) -> None:
    now = [NOW]
    with closing(open_store("sqlite", tmp_path)) as store:
        liveness, breaker = Liveness(tmp_path, lambda: now[0]), CircuitBreaker(lambda: now[0])
        watch = StoreWatch(store, breaker, liveness, "sqlite", lambda: now[0])
        for _ in range(ENOUGH):
            breaker.poll_failed(FullDisk("make room"))
        watch.look()
        now[0] += PASSING
        (cause,) = service_causes(liveness.status, now[0])
    assert cause == DatabaseUnusable("make room", disk_is_full=True, polling_stops=True)
    liveness.turn()
    assert status_file(tmp_path).read() == liveness.status


def test_what_the_database_does_to_each_step_is_told_once() -> None:
    failing = StepStatus(
        began=NOW, failures=9, failing_since=NOW - timedelta(minutes=1), reason="no such table", of_store=True
    )
    steps = {
        "send": failing,
        "heartbeat": replace(failing, reason="locked"),
        "b": replace(failing, of_store=False),
    }
    damaged = StoreStatus("sqlite", "it is empty", NOW, damaged=True)
    assert causes(replace(STATUS, store=damaged, steps=steps)) == ["database", "step:b"]
    healthy = replace(damaged, trouble=None, damaged=False)
    assert causes(replace(STATUS, store=healthy, steps=steps)) == ["step:b", "step:heartbeat", "step:send"]


def test_the_status_file_is_its_owners_and_keeps_room_for_the_next(tmp_path: Path) -> None:
    file = status_file(tmp_path)
    file.write(STATUS)
    assert file.path.stat().st_mode & 0o777 == 0o600
    room = file.path.stat().st_size
    file.write(replace(STATUS, reason="x" * 300))
    assert file.read() == replace(STATUS, reason="x" * 300)
    assert file.path.stat().st_size == room  # so that a full disk takes it in place
    assert [path.name for path in tmp_path.iterdir()] == ["liveness.json"]


def test_polling_stops_while_nothing_can_be_recorded_and_one_poll_goes_first() -> None:
    now = [NOW]
    breaker = CircuitBreaker(lambda: now[0])
    for _ in range(ENOUGH - 1):
        breaker.poll_failed(StorageError("full"))
        assert breaker.admits()
    breaker.poll_failed(StorageError("full"))
    assert breaker.is_open
    assert not breaker.admits()
    waits = []
    for _ in range(4):
        while not breaker.trial_is_due():
            now[0] += timedelta(seconds=1)
        waits.append(now[0])
        breaker.store_failed(StorageError("full"), stops=True)
    distances = [(b - a).total_seconds() for a, b in pairwise(waits)]
    assert distances == sorted(distances)
    assert distances[-1] > distances[0]
    breaker.store_answered()
    assert breaker.admits()
    assert not breaker.admits()
    breaker.poll_recorded()
    assert (breaker.admits(), breaker.trouble) == (True, None)


def test_what_fails_meanwhile_does_not_put_the_next_trial_of_the_database_off() -> None:
    now = [NOW]
    breaker = CircuitBreaker(lambda: now[0])
    breaker.poll_failed(DamagedStorage("it was replaced"))
    assert breaker.trial_is_due()
    breaker.store_failed(DamagedStorage("it was replaced"), stops=True)
    for _ in range(5):
        assert not breaker.trial_is_due()
        now[0] += timedelta(seconds=1)
        breaker.poll_failed(DamagedStorage("it was replaced"))
    assert breaker.trial_is_due()


def test_a_row_that_is_refused_stops_nobody_and_damage_stops_at_once() -> None:
    breaker = CircuitBreaker(lambda: NOW)
    for _ in range(ENOUGH + 1):
        breaker.poll_failed(RefusedRow("a value"))
    assert breaker.admits()
    breaker.poll_failed(DamagedStorage("malformed"))
    assert not breaker.admits()


@pytest.mark.slow
def test_a_service_that_hangs_or_dies_is_reported_and_one_that_was_stopped_is_not(
    desk: DeskFiles, web: WebServer
) -> None:
    web.serve("/feed", rss())
    desk.write({"wire": web.url("/feed")})
    with desk.service() as process:
        wait_for(lambda: "watchdesk is running" in desk.log, "the start", seconds=60)
        (desk.config / "rules" / "desk.yaml").write_text("rules: [[[")
        broken = desk.run("status", "--json")
        assert broken.status == 1
        assert broken.document["running"] is True
        assert broken.document["configuration"]["mistakes"][0].startswith("rules/desk.yaml:1:")
        assert desk.run("status").status == 1
        desk.write({"wire": web.url("/feed")})
        process.send_signal(signal.SIGSTOP)
        wait_for(lambda: "hangs" in desk.run("status").out, "the report that it hangs", seconds=20)
        process.send_signal(signal.SIGKILL)
        wait_for(lambda: "nobody stopped it" in desk.run("status").out, "the report that it died", seconds=5)
    with desk.service() as process:
        wait_for(lambda: "watchdesk is running" in desk.log, "the start", seconds=60)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    stopped = desk.run("status", "--json")
    assert (stopped.status, stopped.document["service"]["state"]) == (0, "stopped")
