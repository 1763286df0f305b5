"""Polls through proxies: which are used, what they may be asked for, and whose fault it was."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from support.certificates import Authority
from support.proxy import HttpProxy, SocksProxy
from support.raw import RawServer
from support.way_out import adding, leading_to, through
from watchdesk.config.network import Authorities, Network, Proxies
from watchdesk.config.settings import PollingSettings
from watchdesk.model import Failed, Fetched, FetchOutcome, Source, SourceState
from watchdesk.sources import HttpFetcher

FEED = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfeed"
REFUSING = PollingSettings(timeout=timedelta(seconds=2))
NEVER = SourceState("a")
NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Believes no certificate, which is quicker made than one that does."""
PRIVATE = [
    "10.0.0.1",
    "10.1",
    "0xa000001",
    "0xA.0.0.1",
    "167772161",
    "012.0.0.1",
    "010.0.0.1",
    "0010.0000.0.01",
    "169.254.169.254",
    "169.254.43518",
    "192.168.0.1.",
    "100.64.0.1",
    "168.63.129.16",
    "1.2.3.4.5",
    "1.2.3.999",
    "4294967296",
    "0x",
    "foo.0x7f",
    "①⓪.0.0.1",
    "10。0。0。1",
    "good@10.0.0.1",
    "good.example:80@10.0.0.1",
    "[fd00::1]",
    "[fe80::1]",
    "[fec0::1]",
    "[::ffff:10.0.0.1]",
    "[64:ff9b::10.0.0.1]",
    "[::10.0.0.1]",
    "[fe80::1%25eth0]",
    "10.0.0.1\\.good.example",
    "good.example\\@10.0.0.1",
    "good.example@10.0.0.1#@good.example",
    "10.0.0.1:80:80",
    "[::ffff:0:10.0.0.1]",
    "[2002:a00:1::]",
]
LOCAL = [
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "localhost。",
    "0",
    "127.1",
    "0x7f.1",
    "[::ffff:127.0.0.1]",
    "[::]",
    "good.example\\@localhost",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "a.localhost",
    "127.0.0.1",
    "127.8.8.8",
    "[::1]",
    "2130706433",
]


def fetched(
    url: str, network: Network, polling: PollingSettings = REFUSING, proxy: str | None = None
) -> FetchOutcome:
    trust = None if network.authorities.added else NOBODY
    fetcher = HttpFetcher(polling, None, network=network, trust=trust)
    return fetcher.fetch(Source("a", url, proxy=proxy), NEVER)


def reason(outcome: FetchOutcome) -> str:
    assert isinstance(outcome, Failed), outcome
    assert outcome.reason.isprintable()
    return outcome.reason


@pytest.fixture
def news() -> Iterator[RawServer]:
    with RawServer(FEED) as server:
        yield server


@pytest.fixture
def proxy(news: RawServer) -> Iterator[HttpProxy]:
    with HttpProxy(leading_to(news.port, "news.example", "8.8.8.8")) as running:
        yield running


def test_a_feed_its_pages_and_robots_txt_come_through_the_proxy(proxy: HttpProxy, news: RawServer) -> None:
    fetcher = HttpFetcher(REFUSING, None, network=through(proxy.url), trust=NOBODY)
    source = Source("a", "http://news.example/f")
    assert isinstance(fetcher.fetch(source, NEVER), Fetched)
    assert isinstance(fetcher.page("http://news.example/a?b=c", source), Fetched)
    assert [head.split()[1] for head in proxy.asked.heads] == [
        b"http://news.example/f",
        b"http://news.example/robots.txt",
        b"http://news.example/a?b=c",
    ]
    assert news.requests[0].startswith(b"GET /f HTTP/1.1\r\n")
    assert b"Host: news.example\r\n" in news.requests[0]


def test_one_proxy_for_many_hosts_keeps_its_connections_without_complaint(
    caplog: pytest.LogCaptureFixture,
) -> None:
    together = threading.Barrier(6)

    def answer(line: socket.socket, _head: bytes) -> None:
        together.wait(5)
        line.sendall(FEED)

    with RawServer(answer) as proxy:
        fetcher = HttpFetcher(REFUSING, None, network=through(f"http://127.0.0.1:{proxy.port}"), trust=NOBODY)
        ask = lambda host: fetcher.fetch(Source("a", f"http://{host}.example/f"), NEVER)  # noqa: E731
        with ThreadPoolExecutor(6) as pool:
            assert all(isinstance(outcome, Fetched) for outcome in pool.map(ask, "abcdef"))
    assert caplog.messages == []


def test_https_goes_through_a_tunnel_and_the_certificate_is_judged_here(authority: Authority) -> None:
    network = Network(authorities=adding(authority))
    with (
        RawServer(FEED, tls=authority.served("DNS:news.example")) as server,
        HttpProxy(leading_to(server.port, "news.example:443", "other.example")) as proxy,
    ):
        network = replace(network, proxies=Proxies.of_environment({"https_proxy": proxy.url}))
        assert isinstance(fetched("https://news.example/f", network), Fetched)
        assert proxy.asked.hosts == ["news.example:443"]
        assert b"Proxy-" not in server.requests[0]
        told = reason(fetched("https://other.example/f", network))
        assert "its certificate is not valid" in told
        assert f"asked through the proxy {proxy.address} (https_proxy)" in told


def test_a_proxy_may_be_spoken_to_over_tls(authority: Authority, news: RawServer) -> None:
    answer = FEED  # a proxy for http:// is asked as a server is
    with RawServer(answer, tls=authority.served("IP:127.0.0.1")) as proxy:
        network = Network(
            Proxies.of_environment({"HTTP_PROXY": proxy.url("")}),
            adding(authority),
        )
        assert isinstance(fetched("http://news.example/f", network), Fetched)
        assert proxy.requests[0].startswith(b"GET http://news.example/f HTTP/1.1")
        told = reason(fetched("http://news.example/f", replace(network, authorities=Authorities())))
        assert "its certificate is not valid" in told


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_the_variables_are_heeded_in_upper_and_lower_case(proxy: HttpProxy, name: str) -> None:
    network = Network(Proxies.of_environment({name: proxy.address}))  # without a scheme, as many write it
    assert isinstance(fetched("http://news.example/f", network), Fetched)


def test_the_login_of_a_proxy_is_for_the_proxy_alone_and_never_shown(news: RawServer) -> None:
    with HttpProxy(leading_to(news.port, "news.example"), login="Basic ZGVzazpwQHNz") as proxy:
        good = f"http://desk:p%40ss@{proxy.address}"
        assert isinstance(fetched("http://news.example/f", through(good)), Fetched)
        assert b"Proxy-Authorization" not in news.requests[0]
        for url in ("http://news.example/f", "https://news.example/f"):
            for bad in (f"http://{proxy.address}", f"http://desk:tok3n@{proxy.address}"):
                told = reason(fetched(url, through(bad)))
                assert "asks for a login" in told
                assert proxy.address in told
                assert "ALL_PROXY" in told
                assert "tok3n" not in told


@pytest.mark.parametrize("host", PRIVATE)
@pytest.mark.parametrize("kind", [HttpProxy, SocksProxy])
def test_a_private_address_is_refused_through_a_proxy_however_it_is_written(
    kind: Callable[[], HttpProxy | SocksProxy], host: str
) -> None:
    with kind() as proxy:
        url = proxy.url if isinstance(proxy, HttpProxy) else proxy.url()
        for scheme in ("http", "https"):
            reason(fetched(f"{scheme}://{host}/", through(url)))
        assert proxy.asked.hosts == []


@pytest.mark.parametrize("host", LOCAL)
def test_this_machine_is_never_asked_through_a_proxy_and_refused_as_ever(proxy: HttpProxy, host: str) -> None:
    told = reason(fetched(f"http://{host}/", through(proxy.url)))
    no_name = ("no server of this name was found", "is not a web address", "it cannot be asked for")
    assert any(words in told for words in ("polling.private_addresses", *no_name))
    assert proxy.asked.hosts == []


def test_loopback_is_asked_directly_where_it_may_be(proxy: HttpProxy, news: RawServer) -> None:
    polling = replace(REFUSING, private_addresses=True)
    for url in (news.url("/f"), news.url("/f", "localhost")):
        assert isinstance(fetched(url, through(proxy.url), polling), Fetched)
        assert isinstance(fetched(url, Network(), polling, proxy=proxy.url), Fetched)
    assert proxy.asked.hosts == []


@pytest.mark.parametrize(
    "where", ["http://10.0.0.1/", "http://0xa000001/", "http://localhost/", "https://[fd00::1]/"]
)
def test_a_redirect_from_a_public_name_into_a_private_network_is_refused(where: str) -> None:
    with (
        RawServer(f"HTTP/1.1 302 Found\r\nLocation: {where}\r\n\r\n".encode()) as server,
        HttpProxy(leading_to(server.port, "news.example")) as proxy,
    ):
        assert "polling.private_addresses" in reason(fetched("http://news.example/", through(proxy.url)))
        assert proxy.asked.hosts == ["news.example:80"]


def test_names_and_public_addresses_are_the_proxys_to_judge(proxy: HttpProxy) -> None:
    assert isinstance(fetched("http://news.example/f", through(proxy.url)), Fetched)
    assert isinstance(fetched("http://8.8.8.8/f", through(proxy.url)), Fetched)


def test_a_network_that_is_allowed_is_asked_for_through_the_proxy(news: RawServer) -> None:
    polling = replace(REFUSING, private_addresses=("10.0.0.0/8",))
    with HttpProxy(leading_to(news.port, "10.0.0.1")) as proxy:
        assert isinstance(fetched("http://10.0.0.1/", through(proxy.url), polling), Fetched)
        assert "private_addresses" in reason(fetched("http://192.168.0.1/", through(proxy.url), polling))


def test_a_name_that_is_not_found_tells_of_the_proxy_that_was_not_used(proxy: HttpProxy) -> None:
    cases: list[tuple[Network, str | None, str]] = [
        (
            through(proxy.url, NO_PROXY="news.invalid"),
            None,
            "ALL_PROXY is set and not used, because NO_PROXY names",
        ),
        (
            through(proxy.url),
            "none",
            "ALL_PROXY is set and not used, because the source's proxy is none",
        ),
        (
            Network(through(proxy.url).proxies.or_chosen("none", "polling.proxy")),
            None,
            "because polling.proxy is none",
        ),
        (
            Network(Proxies.of_environment({"HTTPS_PROXY": proxy.url})),
            None,
            "HTTPS_PROXY is set, but no proxy for http://",
        ),
    ]
    for network, source, words in cases:
        told = reason(fetched("http://news.invalid/f", network, proxy=source))
        assert "no server of this name was found" in told
        assert words in told
    assert proxy.asked.hosts == []
    assert "PROXY" not in reason(fetched("http://news.invalid/f", Network()))


def test_a_source_has_a_proxy_of_its_own_and_may_have_none(proxy: HttpProxy, news: RawServer) -> None:
    with HttpProxy(leading_to(news.port, "news.example")) as other:
        network = through(proxy.url, NO_PROXY="news.example")
        assert isinstance(fetched("http://news.example/", network, proxy=other.url), Fetched)
        assert (len(other.asked.hosts), len(proxy.asked.hosts)) == (1, 0)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "it does not allow this host"),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "it cannot reach the host"),
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "it asks for a login"),
        (b"HTTP/1.1 500 Oh\r\n\r\n", "it opens no way to the host (HTTP 500)"),
        (b"", "it hung up"),
        (b"nonsense\r\n\r\n", "HTTP"),
    ],
)
def test_what_goes_wrong_at_a_proxy_is_told_as_its_fault(said: bytes, words: str) -> None:
    with HttpProxy(refuse=said) as proxy:
        told = reason(fetched("https://news.example/f", through(proxy.url)))
        assert f"the proxy {proxy.address} (ALL_PROXY)" in told
        assert words in told
        assert proxy.address in reason(fetched("http://news.example/f", through(proxy.url)))


def test_a_proxy_that_is_not_there_hangs_or_has_no_such_name_is_told() -> None:
    with RawServer(lambda line, head: None) as silent:
        polling, address = replace(REFUSING, timeout=timedelta(seconds=0.3)), silent.url("")
        told = reason(fetched("https://news.example/f", through(address), polling))
        assert "could not be used: it did not answer within 0.3 s" in told
    told = reason(fetched("http://news.example/f", through(address)))
    assert "could not be used: it refuses connections" in told
    told = reason(fetched("http://news.example/f", through("http://proxy.invalid:3128")))
    assert told.startswith(
        "the proxy proxy.invalid:3128 (ALL_PROXY) could not be used: no server of its name"
    )


def test_a_proxy_that_wants_another_login_than_basic_is_told() -> None:
    asked = b"Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n"
    answer = b"HTTP/1.1 407 No\r\n" + asked + b"Content-Length: 0\r\n\r\n"
    with HttpProxy(refuse=answer) as proxy:
        told = reason(fetched("http://news.example/f", through(proxy.url)))
        assert "login by Negotiate (Kerberos) or NTLM" in told


# SOCKS


@pytest.mark.parametrize("login", [None, "desk:sesame"])
def test_a_socks_proxy_is_given_the_name(news: RawServer, authority: Authority, login: str | None) -> None:
    with (
        RawServer(FEED, tls=authority.served("DNS:tls.example")) as tls,
        SocksProxy(
            {**leading_to(news.port, "news.example"), **leading_to(tls.port, "tls.example:443")}, login
        ) as proxy,
    ):
        network = through(proxy.url(), adding(authority))
        assert isinstance(fetched("http://news.example/f", network), Fetched)
        assert isinstance(fetched("https://tls.example/f", network), Fetched)
        assert proxy.asked.hosts == ["news.example:80", "tls.example:443"]
        assert news.requests[0].startswith(b"GET /f HTTP/1.1")


def test_a_connection_through_a_socks_proxy_is_kept_for_the_next_request(authority: Authority) -> None:
    with (
        RawServer(lambda line, head: line.sendall(FEED)) as server,
        SocksProxy(leading_to(server.port, "news.example")) as proxy,
    ):
        fetcher = HttpFetcher(REFUSING, None, network=through(proxy.url()), trust=NOBODY)
        for _ in range(3):
            assert isinstance(fetcher.fetch(Source("a", "http://news.example/f"), NEVER), Fetched)
        assert proxy.asked.hosts == ["news.example:80"]


def test_socks5_is_given_addresses_which_are_judged_here(news: RawServer) -> None:
    with SocksProxy(leading_to(news.port, "8.8.8.8")) as proxy:
        assert isinstance(fetched("http://8.8.8.8/f", through(proxy.url("socks5"))), Fetched)
        assert "private_addresses" in reason(fetched("http://10.0.0.1/f", through(proxy.url("socks5"))))
        assert "no server of this name" in reason(
            fetched("http://news.invalid/f", through(proxy.url("socks5")))
        )
        assert proxy.asked.hosts == ["8.8.8.8:80"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (1, "does not say why"),
        (2, "do not allow"),
        (4, "cannot reach the host"),
        (5, "refuses connections"),
        (99, "(99)"),
    ],
)
def test_what_a_socks_proxy_refuses_is_told_as_its_answer(code: int, words: str) -> None:
    with SocksProxy(code=code) as proxy:
        told = reason(fetched("http://news.example/f", through(proxy.url())))
        assert told.startswith(f"the proxy {proxy.address} (ALL_PROXY) could not be used: ")
        assert words in told


def test_a_socks_proxys_login_is_told_when_it_is_missing_or_wrong_and_never_shown() -> None:
    with SocksProxy(login="desk:sesame") as proxy:
        assert "it wants a login" in reason(
            fetched("http://news.example/", through(f"socks5h://{proxy.address}"))
        )
        told = reason(fetched("http://news.example/", through(f"socks5h://desk:tok3n@{proxy.address}")))
        assert "it does not accept the login" in told
        assert "tok3n" not in told


def test_a_socks_proxy_that_hangs_or_speaks_something_else_is_told() -> None:
    polling = replace(REFUSING, timeout=timedelta(seconds=0.3))
    with RawServer(lambda line, head: None) as silent:
        told = reason(fetched("http://news.example/", through(f"socks5h://127.0.0.1:{silent.port}"), polling))
        assert "it did not answer within 0.3 s" in told
