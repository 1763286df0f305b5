"""Deliveries that hang, are put off or are given up, together with all that counts them."""

from datetime import timedelta

import pytest

from support.desk import item, rss
from support.timed import TimedDesk
from support.web import Answer, Request, WebServer
from watchdesk.delivery import LEASE
from watchdesk.delivery.repairing import retry_deliveries
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
NEWS_OF = "NATO agrees spending target number {}"


@pytest.fixture
def hooked(timed: TimedDesk, web: WebServer) -> TimedDesk:
    """A desk with news for a receiver that answers 500."""
    web.serve("/feed", rss(NEWS))
    web.respond("/hook", Answer(status=500))
    timed.files.write({"wire": web.url("/feed")}, SETTINGS.replace("HOOK", web.url("/hook")))
    timed.start()
    return timed


def hooks(web: WebServer) -> list[Request]:
    return [request for request in web.requests if request.path == "/hook"]


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


def test_what_waits_for_its_turn_at_a_rate_is_not_given_up_however_long(
    hooked: TimedDesk, web: WebServer
) -> None:
    settings = (hooked.files.config / "watchdesk.yaml").read_text()
    limited = settings.replace('webhook: {url: "', 'at_most: 1/d, webhook: {url: "')
    hooked.files.write({"wire": web.url("/feed")}, limited)
    hooked.follow()
    web.respond("/hook", Answer(status=204))
    for number in range(5):
        web.serve("/feed", rss(*(item(str(n), NEWS_OF.format(n)) for n in range(number + 1))))
        hooked.after(hours=1).once()
    assert len(hooks(web)) == 1
    for _ in range(5):
        hooked.after(hours=25).send()
    deliveries = hooked.store.deliveries(channel="hook")
    assert [(one.state, one.attempts) for one in deliveries] == [(DeliveryState.SENT, 1)] * 5
    assert hooked.troubles() == []


def test_a_channel_that_is_gone_and_comes_back_sends_what_waited_under_its_identity(
    hooked: TimedDesk, web: WebServer
) -> None:
    hooked.once()
    settings = (hooked.files.config / "watchdesk.yaml").read_text()
    gone = "".join(line for line in settings.splitlines(keepends=True) if "webhook" not in line)
    hooked.files.write({"wire": web.url("/feed")}, gone.replace("to: [hook]", "to: [log]"))
    hooked.after(minutes=1).follow()
    hooked.send()
    (dead,) = hooked.store.deliveries(DeliveryState.DEAD)
    (cause,) = hooked.troubles()
    assert cause.startswith("dead:hook:channel 'hook' is not configured any more")
    assert len(hooked.store.deliveries(digest="operators")) == 1
    assert retry_deliveries(hooked.store, [dead], hooked.now) == [dead.id]
    hooked.send()
    assert len(hooked.store.deliveries(digest="operators")) == 2, "what dies again is told again"
    hooked.files.write({"wire": web.url("/feed")}, settings)
    hooked.follow()
    web.respond("/hook", Answer(status=204))
    assert retry_deliveries(hooked.store, [dead], hooked.now) == [dead.id]
    hooked.send()
    assert hooked.troubles() == []
    assert {request.headers["webhook-id"] for request in hooks(web)} == {dead.id}


def test_a_receiver_that_wants_nothing_more_stops_its_channel_until_a_person_retries(
    hooked: TimedDesk, web: WebServer
) -> None:
    web.respond("/hook", Answer(status=410))
    hooked.once()
    assert hooked.troubles() == ["stopped:hook"]
    web.serve("/feed", rss(NEWS, item("2", NEWS_OF.format(2))))
    web.respond("/hook", Answer(status=204))
    hooked.after(hours=2).once()
    assert len(hooks(web)) == 1
    dead, *_ = hooked.store.deliveries(DeliveryState.DEAD)
    retry_deliveries(hooked.store, [dead], hooked.now)
    hooked.send()
    assert hooked.troubles() == []
    assert len(hooks(web)) == 3


def test_whom_a_receiver_refused_is_in_a_notice_and_counts_for_a_week(hooked: TimedDesk) -> None:
    hooked.once()
    hooked.after(hours=1)
    [parcel] = hooked.store.lease("me", hooked.now, hooked.now + LEASE, 1)
    note = "not taken for nobody@example.org: 550 no such person"
    assert hooked.store.mark_sent(parcel.delivery.id, "me", hooked.now, note)

    def counts() -> bool:
        return "partly:hook:nobody@example.org" in hooked.troubles()

    hooked.after(days=6, hours=23)
    assert counts()
    hooked.after(hours=2)
    assert not counts()
