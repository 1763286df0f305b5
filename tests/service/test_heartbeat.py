"""An outside watcher is asked once a minute while the service does its work, and at no other time."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.desk import BRISK, SETTINGS, DeskFiles, wait_for
from support.proxy import HttpProxy
from support.web import Answer, WebServer
from watchdesk.config.network import Proxies, Proxy
from watchdesk.config.secrets import Secret
from watchdesk.config.settings import Settings
from watchdesk.service.heartbeat import EVERY, Heartbeat
from watchdesk.service.liveness import Phase, ServiceStatus, unready
from watchdesk.service.liveness.readiness import BEAT, IN_TIME, MAKE_DIGESTS, POLL, RECORD_POLLS, SEND, TELL
from watchdesk.service.liveness.recorder import Liveness
from watchdesk.service.liveness.status import HeartbeatStatus, Process, StepStatus, StoreStatus

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STEPS = (POLL, RECORD_POLLS, BEAT, MAKE_DIGESTS, SEND, TELL)
ROUND = {name: StepStatus(ended=NOW - timedelta(seconds=1)) for name in STEPS}
AT_WORK = ServiceStatus(
    Process(7), NOW - timedelta(hours=1), NOW, 0.0, phase=Phase.RUNNING, store=StoreStatus("x"), steps=ROUND
)
AGO = NOW - IN_TIME


def with_step(name: str, step: StepStatus) -> ServiceStatus:
    return replace(AT_WORK, steps={**ROUND, name: step})


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (None, "has not started"),
        (replace(AT_WORK, phase=Phase.STARTING), "is starting"),
        (replace(AT_WORK, phase=Phase.WAITING, store=StoreStatus("x", "away")), "its database: away"),
        (replace(AT_WORK, phase=Phase.STOPPING), "was stopped"),
        (replace(AT_WORK, phase=Phase.REFUSED, reason="no config"), "could not start: no config"),
        (replace(AT_WORK, turn=NOW - timedelta(seconds=15)), "main loop has not come round for 15 seconds"),
        (replace(AT_WORK, store=StoreStatus("x", "locked", since=NOW - timedelta(minutes=1))), "locked"),
        (replace(AT_WORK, store=StoreStatus("x", "malformed", since=NOW, damaged=True)), "malformed"),
        (replace(AT_WORK, store=StoreStatus("x", unrecorded=3)), "3 polls could not be recorded"),
        (with_step(SEND, StepStatus(began=AGO, ended=AGO)), "nothing is sent: the step 'send' has not"),
        (with_step(BEAT, StepStatus(began=AGO, ended=AGO)), "nothing is stored"),
        (with_step(POLL, StepStatus(ended=NOW, failures=9, failing_since=AGO, reason="no")), "minutes: no"),
        (replace(AT_WORK, steps={}), "has not come round yet"),
        (replace(AT_WORK, urgent=("The channel desk accepts nothing.",)), "desk accepts nothing"),
    ],
)
def test_a_service_is_not_ready_when_it_does_not_poll_store_or_deliver(
    status: ServiceStatus | None, why: str
) -> None:
    assert why in "; ".join(unready(status, NOW))


@pytest.mark.parametrize(
    "status",
    [
        AT_WORK,
        with_step("compress", StepStatus(ended=NOW, failures=9, failing_since=AGO, reason="no")),
        with_step(POLL, StepStatus(ended=NOW, failures=1, failing_since=NOW, reason="locked")),
        replace(AT_WORK, heartbeat=HeartbeatStatus(NOW, None, "it answered 500")),
        replace(AT_WORK, store=StoreStatus("x", "locked", since=NOW)),
    ],
)
def test_what_costs_only_a_part_or_a_moment_does_not_make_it_unready(status: ServiceStatus) -> None:
    assert unready(status, NOW) == ()


@dataclass
class Watched:
    """A service that is at work, by a clock that the test turns."""

    state: Path
    passed: float = 0.0
    liveness: Liveness = field(init=False)
    heartbeat: Heartbeat = field(init=False)

    def __post_init__(self) -> None:
        self.liveness = Liveness(self.state, self.clock)
        self.heartbeat = Heartbeat(self.liveness, self.clock, lambda: 1000 + self.passed)
        self.heartbeat.stop()  # the test takes its turns
        self.liveness.enter(Phase.RUNNING)
        self.come_round(*STEPS)

    def clock(self) -> datetime:
        return NOW + timedelta(seconds=self.passed)

    def come_round(self, *steps: str) -> None:
        self.liveness.turn()
        for name in steps:
            self.liveness.ended(name, None)

    def after(self, seconds: float, *steps: str) -> None:
        """Time passes; these steps come round; it takes a turn."""
        self.passed += seconds
        self.come_round(*steps)
        self.heartbeat.turn()


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def settings(url: str, proxies: Proxies = Proxies()) -> Settings:
    return Settings(Path(), heartbeat=Secret("plain", url), proxies=proxies)


def test_it_is_asked_once_a_minute_and_not_while_storing_or_sending_hangs(
    watched: Watched, web: WebServer
) -> None:
    web.serve("/ping/5f2c", b"OK", etag=None)
    watched.heartbeat.follow(settings(web.url("/ping/5f2c")))
    for _ in range(4):
        watched.after(EVERY / 4, *STEPS)
    assert len(web.requests) == 1
    watched.after(EVERY / 4, *STEPS)
    assert len(web.requests) == 2
    for hangs in (BEAT, SEND):
        for _ in range(4):
            watched.after(EVERY, *(name for name in STEPS if name != hangs))
        asked = len(web.requests)
        watched.after(EVERY, *(name for name in STEPS if name != hangs))
        assert len(web.requests) == asked
        watched.after(0, *STEPS)
        assert len(web.requests) == asked + 1
    assert web.requests[0].headers["user-agent"].startswith("watchdesk/")


def test_a_heartbeat_that_fails_keeps_its_address_to_itself(watched: Watched, web: WebServer) -> None:
    answers = [Answer(b"", 302, {"Location": web.url("/secret-b")}), Answer(status=503), Answer(mute=True)]
    web.respond("/secret-a", lambda _request: answers.pop(0) if answers else Answer(b"OK"))
    watched.heartbeat.follow(settings(web.url("/secret-a")))
    found = []
    for _ in range(4):
        watched.after(EVERY, *STEPS)
        status = watched.liveness.status.heartbeat
        found.append(status.trouble if status else "nothing was asked")
    redirected, refused, mute, accepted = found
    assert redirected == "it answered 302; redirects are not followed: give the new address"
    assert refused == "it answered 503"
    assert mute == "the server hung up without an answer"
    assert accepted is None
    assert [request.path for request in web.requests] == ["/secret-a"] * 4


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        (Secret("env", "NOBODY_HAS_SET_THIS"), "the environment has no variable NOBODY_HAS_SET_THIS"),
        (Secret("plain", "http://nowhere.invalid/secret"), "no server of this name was found"),
        (Secret("plain", "https://127.0.0.1:1/secret"), "the server refuses connections"),
        (Secret("command", "echo", ("secret-b",)), "is not a web address"),
    ],
)
def test_an_address_that_cannot_be_asked_is_told_without_it(
    watched: Watched, secret: Secret, said: str
) -> None:
    watched.heartbeat.follow(Settings(Path(), heartbeat=secret))
    watched.after(EVERY, *STEPS)
    status = watched.liveness.status.heartbeat
    trouble = (status and status.trouble) or "it was accepted"
    assert said in trouble
    assert "secret" not in trouble
    assert "nowhere" not in trouble


def test_it_goes_through_the_proxy(watched: Watched, web: WebServer) -> None:
    web.serve("/ping", b"OK")
    host, port = web.url().removeprefix("http://").rstrip("/").split(":")
    with HttpProxy({"watcher.example": (host, int(port))}) as proxy:
        through = Proxies(http=Proxy(f"http://{proxy.address}", "HTTP_PROXY"))
        watched.heartbeat.follow(settings("http://watcher.example/ping", through))
        watched.after(EVERY, *STEPS)
        assert proxy.asked.hosts == ["watcher.example:80"]
    assert [request.path for request in web.requests] == ["/ping"]


def test_a_real_service_asks_and_says_once_that_it_fails(desk: DeskFiles, web: WebServer) -> None:
    web.respond("/5f2c", Answer(status=500))
    desk.write({}, settings=f"{SETTINGS}heartbeat: {{url: {{env: WATCHER}}}}\n")
    with desk.service(BRISK, WATCHER=web.url("/5f2c")):
        wait_for(lambda: "the heartbeat for the outside watcher fails" in desk.log, "the failure")
        wait_for(lambda: "heartbeat" in desk.run("status").out, "the status")
        shown = desk.run("status")
    assert shown.status == 1
    assert "the heartbeat for the outside watcher fails: it answered 500" in shown.out
    assert desk.log.count("the heartbeat for the outside watcher") == 1
    assert "5f2c" not in desk.log + shown.out + (desk.state / "liveness.json").read_text()
    assert [request.path for request in web.requests] == ["/5f2c"]
