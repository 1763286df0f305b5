"""Where connections may lead: what is judged is the address that is connected to, however it is written."""

import socket
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from support.dead import Dead
from support.raw import RawServer
from support.web import Answer, WebServer
from watchdesk.config.settings import PollingSettings
from watchdesk.model import Failed, Fetched, FetchOutcome, Source, SourceState
from watchdesk.sources import HttpFetcher

FEED = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfeed"
REFUSING = PollingSettings(timeout=timedelta(seconds=1))
ONE = replace(REFUSING, private_addresses=("127.0.0.1/32",))
"""Only 127.0.0.1 may be asked."""
ALL = replace(REFUSING, private_addresses=True)
NEVER = SourceState("a")


def fetched(url: str, polling: PollingSettings = REFUSING) -> FetchOutcome:
    return HttpFetcher(polling, None).fetch(Source("a", url), NEVER)


def is_refused(outcome: FetchOutcome) -> bool:
    return isinstance(outcome, Failed) and "polling.private_addresses" in outcome.reason


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, list[list[str]]]], list[str]]:
    """Names and what each look-up of them finds, one after the other; answers with the look-ups made.

    No server of names on loopback could be made the system's own.
    """
    really = socket.getaddrinfo

    def use(found: dict[str, list[list[str]]]) -> list[str]:
        asked: list[str] = []

        def look_up(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
            asked.append(host)
            if host not in found:
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            answers = found[host]
            addresses = answers.pop(0) if len(answers) > 1 else answers[0]
            return [entry for address in addresses for entry in really(address, port, *args, **kwargs)]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        return asked

    return use


PRIVATE = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://good@127.0.0.1/",
    "http://good.example:80@127.0.0.1/",
    "http://127.0.0.1./",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25lo]/",
    "http://[fe80::1%lo]/",
    "http://[fc00::1]/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://①②⑦.0.0.1/",
    "http://127。0。0。1/",
    "https://127.0.0.1/",
]


@pytest.mark.parametrize("url", PRIVATE)
def test_a_private_address_is_refused_however_it_is_written(url: str) -> None:
    outcome = fetched(url)
    assert isinstance(outcome, Failed), outcome
    told = ("is not a web address", "it cannot be asked for")
    assert is_refused(outcome) or any(words in outcome.reason for words in told), outcome


@pytest.mark.parametrize("url", PRIVATE)
def test_a_redirect_to_one_is_refused_as_well(url: str) -> None:
    location = f"HTTP/1.1 302 Found\r\nLocation: {url}\r\n\r\n".encode()
    with RawServer(location) as server:
        # Of what a redirect may lead to, the server's own address alone is allowed; it listens elsewhere.
        outcome = fetched(server.url(), replace(ONE, private_addresses=("127.0.0.9/32",)))
        assert isinstance(outcome, Failed)
    with RawServer(location, host="127.0.0.9") as server:
        outcome = fetched(server.url(), replace(ONE, private_addresses=("127.0.0.9/32",)))
        assert isinstance(outcome, Failed)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "written", ["127.0.0.2", "127.2", "2130706434", "0177.0.0.2", "good@127.0.0.2", "127.0.0.1@127.0.0.2"]
)
def test_a_redirect_into_another_network_reaches_nobody(written: str) -> None:
    with RawServer(FEED, host="127.0.0.2") as inner:
        url = f"http://{written}:{inner.port}/"
        with RawServer(f"HTTP/1.1 301 Moved\r\nLocation: {url}\r\n\r\n".encode()) as outer:
            assert is_refused(fetched(outer.url(), ONE))
            assert is_refused(fetched(url, ONE))
        assert inner.connections == 0


def test_a_name_that_changes_between_two_look_ups_gains_nothing(
    names: Callable[[dict[str, list[list[str]]]], list[str]],
) -> None:
    """DNS rebinding: a good address for the judge, another for the connection. It is looked up once."""
    with RawServer(FEED) as good, RawServer(FEED, host="127.0.0.2") as inner:
        asked = names({"rebind.example": [["127.0.0.1"], ["127.0.0.2"]]})
        assert isinstance(fetched(good.url(host="rebind.example"), ONE), Fetched)
        assert asked == ["rebind.example"]
        assert b"Host: rebind.example" in good.requests[0]
        # Now the name leads inside: and the next connection is judged anew.
        assert is_refused(fetched(f"http://rebind.example:{inner.port}/", ONE))
        assert inner.connections == 0


def test_of_several_addresses_only_those_that_are_permitted_are_asked(
    names: Callable[[dict[str, list[list[str]]]], list[str]],
) -> None:
    with RawServer(FEED) as good:
        names({"mixed.example": [["127.0.0.2", "::1", "127.0.0.1"]]})
        assert isinstance(fetched(good.url(host="mixed.example"), ONE), Fetched)


def test_the_next_address_is_tried_when_one_does_not_answer(
    names: Callable[[dict[str, list[list[str]]]], list[str]],
) -> None:
    with RawServer(FEED) as good:
        names({"half-dead.example": [["127.0.0.3", "127.0.0.1"]]})
        assert isinstance(fetched(good.url(host="half-dead.example"), ALL), Fetched)


def test_three_dead_addresses_do_not_lose_the_source(
    names: Callable[[dict[str, list[list[str]]]], list[str]],
) -> None:
    dead = ["127.0.0.2", "127.0.0.3", "127.0.0.4"]
    with RawServer(FEED) as good, ExitStack() as stack:
        for host in dead:
            stack.enter_context(Dead(host, good.port))
        names({"old-records.example": [[*dead, "127.0.0.1"]]})
        polling = replace(ALL, timeout=timedelta(seconds=2))
        assert isinstance(fetched(good.url(host="old-records.example"), polling), Fetched)


def test_a_dead_address_that_is_permitted_leads_to_none_that_is_not(
    names: Callable[[dict[str, list[list[str]]]], list[str]],
) -> None:
    with RawServer(FEED, host="127.0.0.2") as inner, Dead("127.0.0.1", inner.port):
        names({"mixed.example": [["127.0.0.2", "127.0.0.1", "::1"]]})
        polling = replace(ONE, timeout=timedelta(seconds=0.6))
        outcome = fetched(inner.url(host="mixed.example"), polling)
        assert isinstance(outcome, Failed)
        assert "did not answer within" in outcome.reason
        assert inner.connections == 0


def test_names_of_all_the_worlds_letters_are_asked_by_their_ascii_form(
    names: Callable[[dict[str, list[list[str]]]], list[str]],
) -> None:
    with RawServer(FEED) as server:
        asked = names({"xn--bcher-kva.example": [["127.0.0.1"]], "xn--fa-hia.example": [["127.0.0.1"]]})
        for name in ("bücher.example", "BÜCHER.example", "faß.example"):
            assert isinstance(fetched(server.url(host=name), ALL), Fetched), name
        assert asked == ["xn--bcher-kva.example"] * 2 + ["xn--fa-hia.example"]
        assert b"Host: xn--bcher-kva.example" in server.requests[0]


@pytest.mark.parametrize(
    "host",
    ["☃☃.example", "xn--.example", "a..b.example", "-.example", "a" * 64 + ".example", "_x.example", "."],
)
def test_a_name_that_is_none_is_told(
    names: Callable[[dict[str, list[list[str]]]], list[str]], host: str
) -> None:
    names({})
    outcome = fetched(f"http://{host}/")
    assert isinstance(outcome, Failed), outcome
    assert outcome.reason.isprintable()


@pytest.mark.parametrize("host", ["[fe80::1%25lo]", "[::1%lo]", "[::1%25]", "%6Cocalhost"])
def test_zones_and_other_percent_signs_are_no_part_of_a_host(host: str) -> None:
    outcome = fetched(f"http://{host}/", ALL)
    assert isinstance(outcome, Failed)
    assert "is not a web address" in outcome.reason


def test_ipv6_is_asked(names: Callable[[dict[str, list[list[str]]]], list[str]]) -> None:
    try:
        server = RawServer(FEED, host="::1")
    except OSError:
        pytest.skip("no IPv6 here")
    with server:
        assert isinstance(fetched(server.url(), ALL), Fetched)
        assert server.requests[0].splitlines()[1] == f"Host: [::1]:{server.port}".encode()
        names({"six.example": [["::1"]]})
        assert isinstance(fetched(server.url(host="six.example"), ALL), Fetched)


@pytest.mark.parametrize(
    ("written", "path"),
    [("/a b", "/a%20b"), ("/ä", "/%C3%A4"), ("/%zz", "/%25zz"), ("/?q=a b", "/?q=a%20b"), ("/a#part", "/a")],
)
def test_odd_addresses_are_asked_for_as_they_should_be(written: str, path: str) -> None:
    with RawServer(FEED) as server:
        assert isinstance(fetched(server.url(written), ALL), Fetched)
        assert server.requests[0].split()[1] == path.encode()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/\r\nX: y", "http://127.0.0.1\r\n/", "http://a b/", "http:\\\\x/"]
)
def test_nothing_can_be_smuggled_into_a_request(url: str) -> None:
    assert isinstance(fetched(url, ALL), Failed)


# Who asks, and what is not told


def test_the_user_agent_names_version_desk_and_project(web: WebServer) -> None:
    web.serve("/f", b"feed")
    HttpFetcher(ALL, "desk@example.org").fetch(Source("a", web.url("/f")), NEVER)
    agent = web.requests[0].headers["user-agent"]
    assert agent.startswith("watchdesk/")
    assert "(+mailto:desk@example.org; +https://" in agent


def test_no_cookie_is_kept_and_no_referer_sent(web: WebServer) -> None:
    cookies = {"Set-Cookie": "seen=yes; Path=/; Domain=127.0.0.1"}
    web.respond("/old", Answer(status=302, headers={"Location": "/new", **cookies}))
    web.respond("/new", Answer(b"feed", headers=cookies))
    fetcher, source = HttpFetcher(ALL, None), Source("a", web.url("/old"))
    for _ in range(2):
        assert isinstance(fetcher.fetch(source, NEVER), Fetched)
        assert isinstance(fetcher.page(web.url("/new"), source), Fetched)
    assert len(web.requests) == 7
    assert not any(request.headers.keys() & {"cookie", "referer"} for request in web.requests)


def test_a_login_file_of_the_home_directory_is_not_read(
    web: WebServer, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login desk password sesame\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    web.serve("/f", b"feed")
    assert isinstance(fetched(web.url("/f"), ALL), Fetched)
    assert "authorization" not in web.requests[0].headers


def test_a_source_is_asked_through_its_proxy_and_so_is_its_robots_txt() -> None:
    with RawServer(lambda line, _head: line.sendall(FEED)) as proxy:
        fetcher = HttpFetcher(REFUSING, None)
        source = Source("a", "http://news.example/f", proxy=proxy.url())
        assert isinstance(fetcher.fetch(source, NEVER), Fetched)
        page = fetcher.page("http://news.example/a", source)
        assert isinstance(page, Fetched), page
        asked = [head.split()[1].decode() for head in proxy.requests]
        assert asked == [f"http://news.example/{path}" for path in ("f", "robots.txt", "a")]
