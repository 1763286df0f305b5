"""Deliveries that hang, are put off or are given up, together with all that counts them."""

from datetime import timedelta

import pytest

from support.desk import item, rss
from support.timed import TimedDesk
from support.web import Answer, WebServer
from watchdesk.delivery import LEASE
from watchdesk.model import DeliveryState

SETTINGS = """\
timezone: UTC
polling: {every: 1h, first_poll: all, private_addresses: allow, timeout: 5s}
articles: {full_text: never}
operators: {to: [log]}
channels:
  hook: {webhook: {url: "HOOK"}}
  log: {files: log/}
digests:
  flash: {title: Flash, rules: all, at: once, to: [hook]}
"""
NEWS = item("1", "NATO agrees a new spending target", "Ministers of NATO agreed on defence spending.")


@pytest.fixture
def hooked(timed: TimedDesk, web: WebServer) -> TimedDesk:
    """A desk with news for a receiver that answers 500."""
    web.serve("/feed", rss(NEWS))
    web.respond("/hook", Answer(status=500))
    timed.files.write({"wire": web.url("/feed")}, SETTINGS.replace("HOOK", web.url("/hook")))
    timed.start()
    return timed


def test_a_sender_that_is_lost_at_the_last_attempt_leaves_a_dead_letter_and_not_a_waiting_one(
    hooked: TimedDesk,
) -> None:
    hooked.once()
    for _ in range(10):
        hooked.after(hours=7).send()
    (delivery,) = hooked.store.deliveries(channel="hook")
    assert (delivery.state, delivery.attempts) == (DeliveryState.WAITING, 11)
    assert hooked.store.lease("died", delivery.due_at, delivery.due_at + LEASE, 1)
    hooked.at(delivery.created_at + timedelta(days=3, minutes=11))
    _, reports = hooked.send()
    assert [
        (report.state, report.next_attempt) for report in reports if report.delivery.channel == "hook"
    ] == [(DeliveryState.DEAD, None)]
    (dead,) = hooked.store.deliveries(DeliveryState.DEAD)
    assert dead.error == (
        "its sender did not come back within 10 minutes (given up after 12 attempts in 3 days)"
    )
    (cause,) = (cause for cause in hooked.troubles() if cause.startswith("dead"))
    assert cause.startswith("dead:hook:its sender did not come back within # minutes")
