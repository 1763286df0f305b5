"""Permanent redirects, poll by poll."""

import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.raw import RawServer
from support.web import Answer, WebServer
from watchdesk.config.settings import PollingSettings
from watchdesk.model import Failed, Fetched, FetchOutcome, Gone, NotModified, Source, SourceState
from watchdesk.sources import HttpFetcher, address_of, remember
from watchdesk.sources.web.source_state import MOVED_AFTER

POLLING = PollingSettings(private_addresses=True, timeout=timedelta(seconds=1), per_host=10)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Polls:
    """A source polled again and again."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.state = SourceState(source.id)
        self._fetcher = HttpFetcher(POLLING, None)

    def poll(self, times: int = 1) -> FetchOutcome:
        for _ in range(times):
            outcome = self._fetcher.fetch(self.source, self.state)
            self.state = remember(self.source, self.state, outcome, NOW)
        return outcome


@pytest.fixture
def polls(web: WebServer) -> Polls:
    return Polls(Source("a", web.url("/old")))


def moved(to: str, status: int = 301) -> Answer:
    return Answer(status=status, headers={"Location": to})


def paths(web: WebServer) -> list[str]:
    return [request.path for request in web.requests]


@pytest.mark.parametrize("status", [301, 308])
@pytest.mark.parametrize("etag", ['"1"', None], ids=["304", "200"])
def test_a_permanent_move_is_believed_after_it_held(
    web: WebServer, polls: Polls, status: int, etag: str | None
) -> None:
    web.respond("/old", moved("/new", status))
    web.serve("/new", b"feed", etag=etag)
    polls.poll(MOVED_AFTER)
    assert paths(web) == ["/old", "/new"] * MOVED_AFTER
    assert (polls.state.moved_to, polls.state.moved_polls) == (web.url("/new"), MOVED_AFTER)
    outcome = polls.poll()
    assert isinstance(outcome, NotModified if etag else Fetched)
    assert paths(web)[2 * MOVED_AFTER :] == ["/new"]
    assert polls.state.moved_polls == MOVED_AFTER + 1


def test_a_chain_of_permanent_moves_is_remembered_by_its_end(web: WebServer, polls: Polls) -> None:
    web.respond("/old", moved("/newer", 301))
    web.respond("/newer", moved("/newest", 308))
    web.serve("/newest", b"feed")
    polls.poll(MOVED_AFTER + 1)
    assert paths(web)[-2:] == ["/newest", "/newest"]


@pytest.mark.parametrize("passing", [302, 303, 307])
@pytest.mark.parametrize("first", [True, False])
def test_a_passing_redirect_anywhere_is_not_remembered(
    web: WebServer, polls: Polls, passing: int, first: bool
) -> None:
    web.respond("/old", moved("/middle", passing if first else 301))
    web.respond("/middle", moved("/new", 301 if first else passing))
    web.serve("/new", b"feed")
    polls.poll(MOVED_AFTER + 2)
    assert paths(web) == ["/old", "/middle", "/new"] * (MOVED_AFTER + 2)
    assert polls.state.moved_to is None


def test_a_move_that_changes_its_mind_begins_anew(web: WebServer, polls: Polls) -> None:
    web.serve("/one", b"feed")
    web.serve("/two", b"feed")
    for target in ("/one", "/one", "/two"):
        web.respond("/old", moved(target))
        polls.poll()
    assert (polls.state.moved_to, polls.state.moved_polls) == (web.url("/two"), 1)


def test_an_answer_without_a_redirect_forgets_the_move(web: WebServer, polls: Polls) -> None:
    web.respond("/old", moved("/new"))
    web.serve("/new", b"feed")
    polls.poll(2)
    web.serve("/old", b"feed")
    polls.poll()
    assert (polls.state.moved_to, polls.state.moved_polls) == (None, 0)


def test_a_failure_forgets_nothing(web: WebServer, polls: Polls) -> None:
    web.respond("/old", moved("/new"))
    web.serve("/new", b"feed")
    polls.poll(MOVED_AFTER)
    web.respond("/new", Answer(status=500))
    polls.poll(2)
    assert polls.state.moved_to == web.url("/new")
    assert paths(web)[-2:] == ["/new", "/new"]


@pytest.mark.parametrize("status", [404, 410])
def test_where_the_new_address_fails_for_good_the_configured_one_is_asked(
    web: WebServer, polls: Polls, status: int
) -> None:
    web.respond("/old", moved("/new"))
    web.serve("/new", b"feed")
    polls.poll(MOVED_AFTER)
    web.respond("/new", Answer(status=status))
    web.serve("/old", b"feed again")
    assert isinstance(polls.poll(), Fetched)
    assert paths(web)[-2:] == ["/new", "/old"]
    assert (polls.state.moved_to, polls.state.gone, polls.state.failures) == (None, False, 0)


def test_where_both_are_gone_the_source_is(web: WebServer, polls: Polls) -> None:
    web.respond("/old", moved("/new"))
    web.serve("/new", b"feed")
    polls.poll(MOVED_AFTER)
    web.respond("/new", Answer(status=410))
    assert isinstance(polls.poll(), Gone)
    assert (polls.state.moved_to, polls.state.gone) == (None, True)


def test_where_the_new_name_is_unknown_the_configured_address_is_asked(
    web: WebServer, polls: Polls, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = socket.getaddrinfo

    def look_up(host: str, *args: Any, **kwargs: Any) -> Any:
        if host == "no-such-host.example":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return really(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    web.serve("/old", b"feed")
    polls.state = SourceState("a", moved_to="http://no-such-host.example/f", moved_polls=MOVED_AFTER)
    assert isinstance(polls.poll(), Fetched)
    assert polls.state.moved_to is None


def test_a_move_back_to_the_configured_address_is_no_move(web: WebServer, polls: Polls) -> None:
    web.respond("/new", moved("/old"))
    web.serve("/old", b"feed")
    polls.state = SourceState("a", moved_to=web.url("/new"), moved_polls=MOVED_AFTER)
    assert isinstance(polls.poll(), Fetched)
    assert polls.state.moved_to is None


def test_a_passing_redirect_behind_a_settled_move_leaves_it(web: WebServer, polls: Polls) -> None:
    web.respond("/new", moved("/today", 302))
    web.serve("/today", b"feed")
    polls.state = SourceState("a", moved_to=web.url("/new"), moved_polls=MOVED_AFTER)
    polls.poll(2)
    assert paths(web) == ["/new", "/today"] * 2
    assert polls.state.moved_to == web.url("/new")


def test_secrets_do_not_follow_a_remembered_move_to_another_origin(web: WebServer) -> None:
    with RawServer(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfeed") as elsewhere:
        source = Source("a", web.url("/f"), user="desk", password="sesame", headers={"X-Key": "k"})
        state = SourceState("a", moved_to=elsewhere.url("/f"), moved_polls=MOVED_AFTER)
        assert isinstance(HttpFetcher(POLLING, None).fetch(source, state), Fetched)
        assert b"Authorization" not in elsewhere.requests[0]
        assert b"X-Key" not in elsewhere.requests[0]


def test_the_address_of_a_readdressed_source_is_the_new_one() -> None:
    source = Source("a", "http://new.example/")
    state = SourceState("a", url="http://old.example/", moved_to="http://moved.example/", moved_polls=9)
    assert address_of(source, state) == "http://new.example/"


def test_a_circle_through_a_remembered_move_ends(web: WebServer, polls: Polls) -> None:
    web.respond("/old", moved("/new"))
    web.respond("/new", moved("/old"))
    polls.state = SourceState("a", moved_to=web.url("/new"), moved_polls=MOVED_AFTER)
    assert isinstance(polls.poll(), Failed)
