"""Channels are tried as far as possible without sending: against real servers, which must receive nothing."""

import os
import socket
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from support.certificates import Authority
from support.names import know
from support.proxy import HttpProxy, SocksProxy
from support.raw import RawServer
from support.smtp import DRIP, DROP, FLOOD, STALL, LoginServer, MailReceiver, ScriptedMailServer
from support.way_out import adding, leading_to, through
from support.web import WebServer
from watchdesk.config.network import Authorities, Network
from watchdesk.config.private import may
from watchdesk.delivery.channels.atom import AtomChannel
from watchdesk.delivery.channels.chat import ChatChannel, ChatOptions
from watchdesk.delivery.channels.email import EmailChannel, EmailOptions
from watchdesk.delivery.channels.files import FilesChannel
from watchdesk.delivery.channels.maildir import MaildirChannel
from watchdesk.delivery.channels.webhook import WebhookChannel, WebhookOptions
from watchdesk.delivery.timeouts import Timeouts
from watchdesk.model import Account, NotReached, NotTried, Probed, Reached

US = Account(os.geteuid(), frozenset({os.getegid()}), "us")
STRANGER = Account(54321, frozenset({54321}), "watchdesk")
TIMEOUTS = Timeouts(wait=1, whole=2)
LOGIN = ("desk", "pa55word")


def mail(server: str, authorities: Authorities = Authorities(), **more: Any) -> Sequence[Probed]:
    options = EmailOptions.model_validate(
        {"to": "ann@example.org", "from": "w@example.org", "server": server, **more}
    )
    return EmailChannel(options, TIMEOUTS, authorities=authorities).probe(US)


def reason(found: Sequence[Probed]) -> str:
    (one,) = found
    assert isinstance(one, NotReached), one
    assert one.reason.isprintable()
    return one.reason


def reached(found: Sequence[Probed]) -> Reached:
    (one,) = found
    assert isinstance(one, Reached), one
    return one


def in_two_days(when: datetime | None) -> bool:
    assert when is not None
    return timedelta(days=1) < when - datetime.now(UTC) <= timedelta(days=2)


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_mail_server_is_tried_as_far_as_the_login_over_tls(
    scheme: str, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    know(monkeypatch, "mail.example")
    tls = authority.served("DNS:mail.example")
    with MailReceiver(tls=tls, smtps=scheme == "smtps", login=LOGIN) as server:
        where = f"{scheme}://mail.example:{server.port}"
        found = reached(mail(where, adding(authority), user="desk", password="pa55word"))
        assert found.how_far == f"mail.example:{server.port} answers over TLS and accepts the login of desk"
        assert in_two_days(found.expires)
        assert (server.logins, server.messages) == (["desk"], [])
        refused = reason(mail(where, adding(authority), user="desk", password="wr0ng-word"))
        assert "535" in refused
        assert "wr0ng-word" not in refused


@pytest.mark.parametrize(("days", "name", "said"), [(-1, "mail", "expired"), (2, "other", "mismatch")])
def test_a_certificate_that_is_over_or_anothers_is_said(
    days: int, name: str, said: str, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    know(monkeypatch, "mail.example")
    with MailReceiver(tls=authority.served(f"DNS:{name}.example", days=days)) as server:
        assert said in reason(mail(f"smtp://mail.example:{server.port}", adding(authority)))


def test_an_unknown_authority_is_said_with_what_to_do(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    know(monkeypatch, "mail.example")
    with MailReceiver(tls=authority.served("DNS:mail.example")) as server:
        assert "polling.ca in watchdesk.yaml" in reason(mail(f"smtp://mail.example:{server.port}"))


def test_mail_in_the_clear_is_a_warning_and_a_password_is_never_sent_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    know(monkeypatch, "mail.example")
    with ScriptedMailServer(extensions=["AUTH PLAIN"]) as server:
        where = f"smtp://mail.example:{server.port}"
        found = reached(mail(where))
        assert found.how_far.endswith("answers in the clear")
        assert "`tls: required` would stop it" in found.warnings[0]
        assert reached(mail(where, tls="never")).warnings == ()
        assert "does not offer STARTTLS" in reason(mail(where, tls="required"))
        said = reason(mail(where, user="desk", password="pa55word"))
        assert "not sent in the clear" in said
        assert not any("AUTH" in command for command in server.commands)


@pytest.mark.parametrize(
    ("replies", "said"),
    [
        ({"connect": STALL}, "no answer in time"),
        ({"connect": DRIP}, "more than 2 s in all"),
        ({"connect": DROP}, "no reply"),
        ({"connect": "554 go away"}, "554 go away"),
        ({"ehlo": FLOOD}, "more lines than any server needs"),
        ({"ehlo": "500 what", "helo": "501 no \x1b[31m\u202ename"}, "501 no [31mname"),
        ({"noop": "421 closing"}, "421 closing"),
        ({"noop": "502 \x07 what"}, "while being asked whether it listens: 502 what"),
    ],
)
def test_whatever_a_mail_server_says_is_one_clean_line(replies: dict[str, str], said: str) -> None:
    with ScriptedMailServer(replies) as server:
        assert said in reason(mail(f"smtp://127.0.0.1:{server.port}"))


def test_nothing_is_sent_to_a_mail_server_that_would_take_it() -> None:
    with ScriptedMailServer() as server:
        reached(mail(f"smtp://127.0.0.1:{server.port}"))
        reached(mail(f"lmtp://127.0.0.1:{server.port}"))
    verbs = [command.split()[0].lower() for command in server.commands]
    assert verbs == ["ehlo", "noop", "quit", "lhlo", "noop", "quit"]


def test_a_closed_port_and_an_unknown_name_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    know(monkeypatch)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert "Connection refused" in reason(mail(f"smtp://127.0.0.1:{port}"))
    assert "Name or service not known" in reason(mail("smtp://mail.example:25"))


def test_a_login_that_only_the_service_can_make_is_said_to_be_untried() -> None:
    with LoginServer("PLAIN", login=LOGIN) as server:
        there, untried = mail(
            f"smtp://127.0.0.1:{server.port}", user="desk", password={"credential": "smtp-password"}
        )
        assert isinstance(there, Reached)
        assert isinstance(untried, NotTried)
        assert (untried.what, server.tried) == ("its login", [])
        assert "LoadCredential=smtp-password" in untried.reason
        missing = mail(f"smtp://127.0.0.1:{server.port}", user="desk", password={"file": "/nowhere/at/all"})
        there, login = missing
        assert isinstance(there, Reached)
        assert "/nowhere/at/all cannot be read" in reason([login])


def test_a_mail_program_is_looked_for_and_not_run(tmp_path: Path) -> None:
    ran, program = tmp_path / "ran", tmp_path / "sendmail"
    program.write_text(f"#!/bin/sh\ntouch {ran}\n")
    assert "no program that may be run" in reason(mail(f"sendmail:{program}"))
    program.chmod(0o755)
    assert str(program) in reached(mail(f"sendmail:{program}")).how_far
    assert not ran.exists()


@pytest.fixture
def receiver(authority: Authority) -> Iterator[RawServer]:
    with RawServer(b"", tls=authority.served("DNS:hooks.example")) as server:
        yield server


def hook(url: str, network: Network = Network(), *secrets: object) -> Sequence[Probed]:
    options = WebhookOptions.model_validate({"url": url, **({"secret": list(secrets)} if secrets else {})})
    return WebhookChannel(options, TIMEOUTS, network=network).probe(US)


def chat(address: str, network: Network = Network()) -> Sequence[Probed]:
    return ChatChannel(ChatOptions.model_validate([address]), TIMEOUTS, network).probe(US)


def test_a_webhooks_receiver_is_connected_to_and_asked_nothing(
    receiver: RawServer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    know(monkeypatch, "hooks.example", "other.example")
    known = Network(authorities=adding(authority))
    found = reached(hook(f"https://hooks.example:{receiver.port}/tok3nword", known))
    assert found.how_far == f"https://hooks.example:{receiver.port} answers"
    assert in_two_days(found.expires)
    assert "mismatch" in reason(hook(f"https://other.example:{receiver.port}/tok3nword", known))
    assert "polling.ca" in reason(hook(f"https://hooks.example:{receiver.port}/tok3nword"))
    assert "no server of this name" in reason(hook("https://nobody.example/tok3nword"))
    assert receiver.requests == []
    assert receiver.connections == 3


def test_a_chats_service_is_connected_to_and_asked_nothing(
    receiver: RawServer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    know(monkeypatch, "hooks.example")
    known = Network(authorities=adding(authority))
    host = f"hooks.example:{receiver.port}"
    for address in (
        f"jsons://{host}/tok3nword",
        f"ntfys://{host}/tok3nword",
        f"matrixs://tok3nuser:tok3nword@{host}/#desk",
        f"gotifys://{host}/tok3nword",
    ):
        found = reached(chat(address, known))
        assert found.how_far.endswith(f": https://{host} answers")
        assert in_two_days(found.expires)
        assert "tok3n" not in found.how_far
        refused = reason(chat(address))
        assert "polling.ca" in refused
        assert "tok3n" not in refused
    assert reached(chat(f"jsons://{host}/tok3nword?verify=no")).expires is None
    assert receiver.requests == []


def test_a_chat_that_goes_another_way_than_http_is_not_tried() -> None:
    with MailReceiver() as server:
        (found,) = chat(f"mailto://127.0.0.1:{server.port}?from=a@example.org&to=b@example.org")
        assert isinstance(found, NotTried)
        assert server.messages == []


def test_a_chat_at_a_closed_port_is_said_without_its_secrets() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    said = reason(chat(f"json://127.0.0.1:{port}/tok3nword"))
    assert f"http://127.0.0.1:{port}: the server refuses connections" in said
    assert "tok3nword" not in said


def test_receivers_are_tried_through_their_proxies(receiver: RawServer, authority: Authority) -> None:
    host = f"hooks.example:{receiver.port}"
    with (
        HttpProxy(leading_to(receiver.port, host)) as tunnel,
        SocksProxy(leading_to(receiver.port, host)) as socks,
    ):
        for proxy, url in ((tunnel, tunnel.url), (socks, socks.url())):
            network = through(url, adding(authority))
            for found in (hook(f"https://{host}/x", network), chat(f"jsons://{host}/x", network)):
                assert "through the proxy 127.0.0.1" in reached(found).how_far
                assert in_two_days(reached(found).expires)
            assert proxy.asked.hosts == [host, host]
            assert "the proxy 127.0.0.1" in reason(hook("https://nobody.example/x", network))
        plain = reached(hook("http://nobody.example/x", through(tunnel.url)))
        assert "only a delivery shows" in plain.how_far
    assert receiver.requests == []
    assert "could not be used: it refuses connections" in reason(
        hook("https://a.example/", through(tunnel.url))
    )
    assert "could not be used" in reason(hook("http://a.example/", through(tunnel.url)))


def test_a_receiver_that_says_nothing_is_given_up(authority: Authority) -> None:
    with RawServer(b"") as mute:  # waits for a request, where a handshake begins
        assert "did not answer within" in reason(hook(f"https://127.0.0.1:{mute.port}/x"))


def test_a_secret_that_cannot_be_read_is_said_beside_the_way(web: WebServer) -> None:
    there, missing = hook(web.url("/x"), Network(), {"file": "/nowhere/at/all"})
    assert isinstance(there, Reached)
    assert isinstance(missing, NotReached)
    there, untried = hook(web.url("/x"), Network(), {"credential": "hook-secret"})
    assert isinstance(there, Reached)
    assert isinstance(untried, NotTried)
    assert web.requests == []


@pytest.mark.parametrize("kind", [FilesChannel, AtomChannel, MaildirChannel])
def test_folders_are_looked_at_for_the_account_and_nothing_is_made(kind: Any, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    folder = tmp_path / "state" / "digests"
    assert "is made with the first digest" in reached(kind(folder).probe(US)).how_far
    assert "watchdesk may not make it in" in reason(kind(folder).probe(STRANGER))
    assert list(tmp_path.iterdir()) == []
    folder.mkdir(parents=True)
    assert reached(kind(folder).probe(US)).how_far == f"{folder} may be written"
    assert "may not be written by watchdesk" in reason(kind(folder).probe(STRANGER))
    folder.rmdir()
    folder.write_text("a file")
    assert "is no folder" in reason(kind(folder).probe(US))


@pytest.mark.parametrize("kind", [FilesChannel, AtomChannel, MaildirChannel])
@pytest.mark.parametrize("folder", ["/proc/nope", "/proc", "/sys/nope"])
def test_no_digest_goes_where_the_kernel_shows_itself_not_even_as_root(kind: Any, folder: str) -> None:
    assert "and on no disk" in reason(kind(Path(folder)).probe(US))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives folders away")
def test_what_an_account_may_do_goes_by_owner_group_and_mode_of_all_that_leads_there() -> None:
    with TemporaryDirectory(dir="/tmp") as name:
        outer, folder = Path(name), Path(name) / "mail"
        outer.chmod(0o711)
        folder.mkdir(mode=0o750)
        assert not may(STRANGER, folder, os.R_OK)
        os.chown(folder, 0, 54321)
        assert may(STRANGER, folder, os.R_OK | os.X_OK)
        assert not may(STRANGER, folder, os.W_OK)
        os.chown(folder, 54321, 0)
        assert may(STRANGER, folder, os.W_OK)
        outer.chmod(0o700)
        assert not may(STRANGER, folder, os.R_OK)
        assert may(US, folder, os.W_OK)
