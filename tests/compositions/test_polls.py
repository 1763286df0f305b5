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


PAUSED = "sources:\n  wire: {{feed: '{wire}', paused: {paused}}}\n  other: {{feed: '{other}'}}\n"


def test_a_pause_neither_ends_nor_hides_what_a_server_asked_of_its_whole_host(
    timed: TimedDesk, web: WebServer
) -> None:
    web.respond("/feed", Answer(status=429, headers={"Retry-After": str(10 * 3600)}))
    web.serve("/other", rss(NEWS))
    addresses = {"wire": web.url("/feed"), "other": web.url("/other")}
    timed.files.write({"wire": addresses["wire"]}, SETTINGS)
    timed.start()
    timed.poll()
    declared = timed.files.config / "sources.yaml"
    declared.write_text(PAUSED.format(**addresses, paused="true"))
    timed.after(hours=1).start()
    assert timed.due == ["other"]
    timed.poll()
    declared.write_text(PAUSED.format(**addresses, paused="false"))
    timed.after(hours=1).start()
    timed.poll()
    assert [request.path for request in web.requests] == ["/feed"]
    web.serve("/feed", rss(NEWS))
    timed.after(hours=12).start()
    timed.poll()
    assert sorted(request.path for request in web.requests) == ["/feed", "/feed", "/other"]


def test_a_new_address_is_bound_by_nothing_that_the_old_one_said(skipping: TimedDesk, web: WebServer) -> None:
    skipping.poll()
    web.serve("/new", rss(NEWS))
    skipping.files.write({"wire": web.url("/new")}, SETTINGS)
    skipping.at(skipping.now.replace(hour=11)).follow()
    assert skipping.due == ["wire"]
    skipping.poll()
    assert "if-none-match" not in web.requests[-1].headers
    assert when_due(skipping) < skipping.now.replace(hour=14)
    assert [article.title for article in skipping.store.articles()] == ["NATO agrees a new spending target"]


def test_a_feed_that_lost_entries_is_polled_sooner_than_it_asks_for(timed: TimedDesk, web: WebServer) -> None:
    def serve(*names: str) -> None:
        web.serve("/feed", rss("<ttl>600</ttl>", *(item(name, f"News of {name}") for name in names)))

    timed.files.write({"wire": web.url("/feed")}, SETTINGS)
    timed.start()
    serve("one", "two")
    timed.poll()
    first = when_due(timed)
    serve("two", "three")
    timed.poll()
    second = when_due(timed)
    serve("five", "six")
    timed.poll()
    assert timed.state().gaps == 1
    asked = timedelta(hours=10)
    assert second - first >= asked > 3 * (when_due(timed) - second)
