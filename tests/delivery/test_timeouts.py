"""A channel's `timeout` is its whole limit, whatever the kind."""

import time
from datetime import timedelta
from pathlib import Path

import pytest

from support.parcels import NOW, parcel
from support.smtp import DRIP, ScriptedMailServer
from support.web import Answer, WebServer
from watchdesk.config.settings import ChannelSettings
from watchdesk.delivery.channels import KINDS, build_channels
from watchdesk.delivery.timeouts import Timeouts
from watchdesk.model import Retry, SendOutcome

BRIEF = timedelta(seconds=0.4)


def sent(kind: str, options: object, folder: Path) -> SendOutcome:
    settings = ChannelSettings("desk", kind, KINDS[kind].options.model_validate(options), timeout=BRIEF)
    before = time.monotonic()
    outcome = build_channels([settings], folder)["desk"].send(parcel(), NOW)
    assert time.monotonic() - before < 5
    return outcome


@pytest.mark.parametrize("kind", ["webhook", "chat"])
def test_a_web_server_that_does_not_answer_is_left_after_it(
    web: WebServer, tmp_path: Path, kind: str
) -> None:
    web.respond("/hook", Answer(delay=20))
    url = web.url("/hook")
    options = {"webhook": {"url": url}, "chat": url.replace("http:", "json:")}
    outcome = sent(kind, options[kind], tmp_path)
    assert isinstance(outcome, Retry)
    assert "0.4 s" in outcome.reason or "timed out" in outcome.reason


def test_a_mail_server_that_answers_without_end_is_left_after_it(tmp_path: Path) -> None:
    with ScriptedMailServer({"data": DRIP}) as server:
        options = {
            "to": "a@example.org",
            "from": "b@example.org",
            "server": f"smtp://127.0.0.1:{server.port}",
        }
        outcome = sent("email", options, tmp_path)
    assert isinstance(outcome, Retry)
    assert "0.4 s in all" in outcome.reason


def test_without_one_a_kind_keeps_its_own() -> None:
    assert Timeouts(30, 60).within(None) == Timeouts(30, 60)
    assert Timeouts(30, 60).within(timedelta(minutes=5)) == Timeouts(30, 300)
    assert Timeouts(30, 60).within(timedelta(seconds=10)) == Timeouts(10, 10)
