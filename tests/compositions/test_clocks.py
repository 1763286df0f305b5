"""A clock that was weeks ahead, together with gathering, lost entries and what is thrown away."""

from datetime import UTC, datetime, timedelta

import pytest

from support.desk import rss
from support.timed import TimedDesk, entry, titles
from support.web import WebServer

SETTINGS = """\
timezone: UTC
polling: {every: 15m, fastest: 1m, slowest: 12h, first_poll: all, private_addresses: allow, timeout: 5s}
articles: {full_text: never}
channels:
  shelf: {files: digests/}
digests:
  flash: {title: Flash, rules: all, at: once, gather: 30m, to: [shelf]}
"""
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
AHEAD = timedelta(days=20)
RULES = "rules:\n  nato: {title: NATO, query: nato}\n"


def news(name: str, when: datetime = NOW) -> str:
    return entry(name, f"NATO and {name}", when)


@pytest.fixture
def ahead(timed: TimedDesk, web: WebServer) -> TimedDesk:
    """A desk that was started while its clock was weeks ahead, and has polled once."""
    web.serve("/feed", rss(news("one"), news("two")))
    timed.files.write({"wire": web.url("/feed")}, SETTINGS, RULES)
    timed.at(NOW + AHEAD).start()
    timed.once()
    return timed


def test_what_a_clock_weeks_ahead_matched_does_not_gather_until_then(ahead: TimedDesk) -> None:
    assert ahead.sent() == []
    assert ahead.at(NOW).promised().at == NOW
    ahead.send()
    (document,) = ahead.sent()
    assert sorted(titles(document)) == ["NATO and one", "NATO and two"]


def test_what_older_pages_hold_of_a_gap_is_news_though_a_clock_was_ahead_before(
    ahead: TimedDesk, web: WebServer
) -> None:
    older = f'<link rel="next" href="{web.url("/older")}" xmlns="http://www.w3.org/2005/Atom"/>'
    ahead.at(NOW)
    fresh = [news(name, NOW + timedelta(hours=n)) for n, name in enumerate(("three", "four", "five", "six"))]
    web.serve("/feed", rss(older, fresh[3], fresh[2]))
    web.serve("/older", rss(fresh[1], fresh[0], news("one")))
    ahead.after(hours=5)
    ahead.poll()
    assert len(list(ahead.store.articles())) == 6
    assert len(ahead.store.waiting("flash")) == 6
