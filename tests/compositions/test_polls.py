"""What publishers ask for together: hours without news, Retry-After, pauses, lost entries, from the feed to
the next poll."""

from datetime import datetime, timedelta

import pytest

from support.desk import item, rss
from support.timed import TimedDesk
from support.web import Answer, WebServer

SETTINGS = """\
timezone: UTC
polling: {every: 15m, fastest: 15m, slowest: 12h, first_poll: all, private_addresses: allow, timeout: 5s}
articles: {full_text: never}
channels:
  shelf: {files: digests/}
digests:
  flash: {title: Flash, rules: all, at: once, to: [shelf]}
"""
SKIPPED = f"<skipHours>{''.join(f'<hour>{hour}</hour>' for hour in range(10, 14))}</skipHours>"
NEWS = item("1", "NATO agrees a new spending target")


@pytest.fixture
def skipping(timed: TimedDesk, web: WebServer) -> TimedDesk:
    """A desk at 9:50, and a publisher who says that it is idle to ask from 10 to 14 UTC."""
    web.serve("/feed", rss(SKIPPED, NEWS))
    timed.files.write({"wire": web.url("/feed")}, SETTINGS)
    timed.at(timed.now.replace(hour=9, minute=50)).start()
    return timed


def when_due(desk: TimedDesk) -> datetime:
    """When the source is polled next; not a minute earlier."""
    appointed = desk.state().next_poll
    assert appointed is not None
    assert not desk.at(appointed - timedelta(minutes=1)).due
    assert desk.at(appointed).due == ["wire"]
    return appointed


def test_no_poll_is_made_in_hours_that_the_publisher_has_just_called_idle(skipping: TimedDesk) -> None:
    skipping.poll()
    assert 14 <= when_due(skipping).hour < 15


def test_idle_hours_hold_after_a_restart_and_a_304_that_does_not_name_them(
    skipping: TimedDesk, web: WebServer
) -> None:
    skipping.poll()
    skipping.start()
    skipping.at(skipping.now.replace(hour=14, minute=10)).poll()
    skipping.at(skipping.now.replace(hour=9, minute=55) + timedelta(days=1)).poll()
    assert [request.headers.get("if-none-match") is None for request in web.requests] == [True, False, False]
    assert 14 <= when_due(skipping).hour < 15


def test_an_answer_of_429_and_the_idle_hours_are_both_kept(skipping: TimedDesk, web: WebServer) -> None:
    skipping.poll()
    skipping.at(skipping.now.replace(hour=14, minute=10))
    web.respond("/feed", Answer(status=429, headers={"Retry-After": str(19 * 3600)}))
    skipping.poll()
    assert when_due(skipping) >= skipping.now.replace(day=3, hour=9, minute=10)
