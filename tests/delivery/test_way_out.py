"""Proxies and authorities for what goes out: one answer for webhooks, chats and mail."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from support.certificates import Authority
from support.dead import Dead
from support.parcels import NOW, parcel
from support.proxy import HttpProxy, SocksProxy
from support.raw import RawServer
from support.smtp import MailReceiver
from support.way_out import leading_to, through
from watchdesk.config.network import Authorities, Network, Proxies
from watchdesk.delivery.channels import email
from watchdesk.delivery.channels.chat import ChatChannel, ChatOptions
from watchdesk.delivery.channels.email import EmailOptions
from watchdesk.delivery.channels.webhook import WebhookChannel, WebhookOptions
from watchdesk.delivery.kind import ChannelContext
from watchdesk.delivery.timeouts import Timeouts
from watchdesk.model import Retry, SendOutcome, Sent

TIMEOUTS = Timeouts(wait=3, whole=6)
KINDS = ["webhook", "chat"]


def answer(line: socket.socket, head: bytes) -> None:
    """Takes what is sent."""
    lines = head.lower().split(b"\r\n")
    length = next(int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length"))
    while length > 0:
        length -= len(line.recv(65536))
    line.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


def sent(kind: str, host: str, network: Network, *, tls: bool = False, more: str = "") -> SendOutcome:
    if kind == "webhook":
        url = f"{'https' if tls else 'http'}://{host}/hook"
        return WebhookChannel(WebhookOptions(url=url), TIMEOUTS, network=network).send(parcel(), NOW)
    address = f"json{'s' if tls else ''}://{host}/tok3nword{more}"
    return ChatChannel(ChatOptions.model_validate([address]), TIMEOUTS, network).send(parcel(), NOW)


def reason(outcome: SendOutcome) -> str:
    assert isinstance(outcome, Retry), outcome
    return outcome.reason


@pytest.fixture
def receiver() -> Iterator[RawServer]:
    with RawServer(answer) as server:
        yield server


@pytest.fixture
def believing(authority: Authority) -> Authorities:
    return Authorities((authority.folder / "authority.pem",), "SSL_CERT_FILE")


@pytest.fixture(autouse=True)
def misleading_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a channel is to use is given to it; the environment is for the configuration to read."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")


@pytest.mark.parametrize("kind", KINDS)
def test_a_digest_goes_out_through_an_http_proxy(kind: str, receiver: RawServer) -> None:
    with HttpProxy(leading_to(receiver.port, "hooks.example"), login="Basic ZGVzazpzZXNhbWU=") as proxy:
        good = Network(Proxies.of_environment({"HTTP_PROXY": f"http://desk:sesame@{proxy.address}"}))
        assert sent(kind, "hooks.example", good) == Sent()
        assert proxy.asked.hosts == ["hooks.example:80"]
        assert b"Proxy-Authorization" not in receiver.requests[0]
        wrong = Network(Proxies.of_environment({"HTTP_PROXY": f"http://desk:tok3n@{proxy.address}"}))
        told = reason(sent(kind, "hooks.example", wrong))
        assert "407" in told
        assert "tok3n" not in told


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("socks", [False, True])
def test_and_over_tls_through_a_tunnel(
    kind: str, socks: bool, authority: Authority, believing: Authorities
) -> None:
    with RawServer(answer, tls=authority.served("DNS:hooks.example")) as receiver:
        names = leading_to(receiver.port, "hooks.example")
        with HttpProxy(names) as plain, SocksProxy(names) as other:
            url = other.url() if socks else plain.url
            network = through(url, believing)
            assert sent(kind, "hooks.example", network, tls=True) == Sent()
            assert (other if socks else plain).asked.hosts == ["hooks.example:443"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_receiver_on_this_machine_is_reached_directly(kind: str, receiver: RawServer) -> None:
    network = through("http://127.0.0.1:9")
    for host in ("127.0.0.1", "localhost"):
        assert sent(kind, f"{host}:{receiver.port}", network) == Sent()


@pytest.mark.parametrize("kind", KINDS)
def test_a_proxy_that_fails_is_told_by_its_name(kind: str) -> None:
    with HttpProxy() as proxy:
        network = Network(Proxies().or_chosen(f"http://u:tok3n@{proxy.address}", "the proxy of channels.x"))
        told = reason(sent(kind, "hooks.example", network, tls=True))
        assert (
            f"the proxy {proxy.address} (the proxy of channels.x) could not be used: it cannot reach" in told
        )
        assert "tok3n" not in told


@pytest.mark.parametrize("kind", KINDS)
def test_an_authority_of_ones_own_is_believed_and_named_when_it_is_not(
    kind: str, authority: Authority, believing: Authorities
) -> None:
    with RawServer(answer, tls=authority.served("IP:127.0.0.1")) as receiver:
        host = f"127.0.0.1:{receiver.port}"
        assert sent(kind, host, Network(authorities=believing), tls=True) == Sent()
        told = reason(sent(kind, host, Network(), tls=True))
        assert "its certificate is not valid" in told
        assert "polling.ca" in told
        assert len(receiver.requests) == 1


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_a_chats_address_may_still_say_that_certificates_are_not_judged(authority: Authority) -> None:
    with RawServer(answer, tls=authority.self_signed()) as receiver:
        host = f"127.0.0.1:{receiver.port}"
        assert sent("chat", host, Network(), tls=True, more="?verify=no") == Sent()
        assert "not valid" in reason(sent("chat", host, Network(), tls=True))


@pytest.mark.parametrize("kind", KINDS)
def test_a_login_that_is_not_spoken_is_told_by_its_name(kind: str) -> None:
    said = b'HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="x"\r\nContent-Length: 0\r\n\r\n'
    with RawServer(said) as server:
        told = reason(sent(kind, f"127.0.0.1:{server.port}", Network()))
        assert "401" in told
        assert kind == "chat" or "digest authentication" in told
    with RawServer(bytes((0, 0, 0, 4, 0, 0, 0, 0, 0)) + b"\r\n") as server:
        assert "HTTP/2 alone" in reason(sent(kind, f"127.0.0.1:{server.port}", Network()))


def test_what_the_library_asks_by_itself_later_is_none_of_ours(receiver: RawServer) -> None:
    assert sent("chat", f"127.0.0.1:{receiver.port}", Network()) == Sent()
    with pytest.raises(requests.exceptions.ProxyError):
        requests.get("http://hooks.example/", timeout=3)


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
def test_mail_believes_the_same_authorities_and_asks_no_proxy(
    scheme: str, authority: Authority, believing: Authorities, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *more, **named: really("127.0.0.1", *more, **named)
    )
    with (
        HttpProxy() as proxy,
        MailReceiver(tls=authority.served("DNS:mail.example"), smtps=scheme == "smtps") as receiver,
    ):
        proxies = Proxies.of_environment({"ALL_PROXY": proxy.url})
        server = f"{scheme}://mail.example:{receiver.port}"
        options = EmailOptions.model_validate(
            {"to": "a@example.org", "from": "b@example.org", "server": server}
        )

        def sent(authorities: Authorities) -> SendOutcome:
            network = Network(proxies, authorities)
            return email.KIND.build(options, ChannelContext("x", Path(), None, network)).send(parcel(), NOW)

        assert sent(believing) == Sent()
        told = reason(sent(Authorities()))
        assert "cannot be trusted" in told
        assert "believed are the system's. If an authority of your own vouches for it" in told
        assert "polling.ca" in told
        assert len(receiver.messages) == 1
        assert proxy.asked.hosts == []


def test_three_dead_addresses_of_a_receiver_do_not_lose_a_digest(
    receiver: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts = ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.1"]
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, receiver.port)) for host in hosts]
    with ExitStack() as stack:
        for host in hosts[:3]:
            stack.enter_context(Dead(host, receiver.port))
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        for kind in KINDS:
            assert sent(kind, f"hooks.example:{receiver.port}", Network()) == Sent()


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_that_is_not_found_tells_of_the_proxy_that_was_not_used(kind: str) -> None:
    proxies = Proxies.of_environment({"ALL_PROXY": "http://u:tok3n@127.0.0.1:9", "NO_PROXY": ".invalid"})
    told = reason(sent(kind, "hooks.invalid", Network(proxies)))
    assert "no server of this name was found" in told
    assert "ALL_PROXY is set and not used, because NO_PROXY names this host" in told
    assert "tok3n" not in told
