"""`tls`, `helo`, `reply_to` and `one_click` of a mail channel, as real servers see them."""

import shutil
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from support.desk import DeskFiles, item, rss
from support.parcels import NOW, parcel
from support.smtp import Certificate, MailReceiver, ScriptedMailServer, make_certificate
from support.web import WebServer
from watchdesk.delivery.channels.email import EmailChannel, EmailOptions
from watchdesk.delivery.mail.server import Tls
from watchdesk.delivery.timeouts import Timeouts
from watchdesk.model import Retry, SendOutcome, Sent

TIMEOUTS = Timeouts(wait=5, whole=10)
ELSEWHERE = "0.0.0.0"
"""Leads to this machine, and is no loopback address."""


def send(port: int, host: str = "127.0.0.1", tls_of: Certificate | None = None, **more: Any) -> SendOutcome:
    given = {"to": "ann@example.org", "from": "w@example.org", "server": f"smtp://{host}:{port}", **more}
    trust = tls_of.trusted if tls_of else None
    return EmailChannel(EmailOptions.model_validate(given), TIMEOUTS, trust).send(parcel(), NOW)


def received(**more: Any) -> EmailMessage:
    with MailReceiver() as server:
        assert send(server.port, **more) == Sent()
        return message_from_bytes(server.messages[0].content, _class=EmailMessage, policy=default)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl program to make a certificate with")
    made = make_certificate(tmp_path_factory.mktemp("tls"))
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("host", "login", "expected"),
    [
        ("mail.example.org", {"user": "u", "password": "p"}, Tls.REQUIRED),
        ("mail.example.org", {"user": "u", "token": "t"}, Tls.REQUIRED),
        ("mail.example.org", {}, Tls.WHEN_OFFERED),
        ("localhost", {"user": "u", "password": "p"}, Tls.WHEN_OFFERED),
        ("127.1.2.3", {}, Tls.WHEN_OFFERED),
        ("mail.example.org", {"tls": "required"}, Tls.REQUIRED),
        ("localhost", {"tls": "required"}, Tls.REQUIRED),
    ],
)
def test_tls_is_required_with_a_login_and_used_when_offered_without_one(
    host: str, login: dict[str, str], expected: Tls
) -> None:
    given = {"to": "a@example.org", "from": "w@example.org", "server": f"smtp://{host}", **login}
    assert EmailOptions.model_validate(given).tls_in_force is expected


@pytest.mark.parametrize("host", ["127.0.0.1", ELSEWHERE])
def test_nothing_goes_out_in_the_clear_where_tls_is_required(host: str) -> None:
    with ScriptedMailServer() as server:
        outcome = send(server.port, host, tls="required")
        assert not any(command.lower().startswith("mail") for command in server.commands)
    assert isinstance(outcome, Retry)
    assert "does not offer STARTTLS, and `tls` is required" in outcome.reason
    assert outcome.needs_person


@pytest.mark.parametrize("tls", [None, "required", "when-offered"])
def test_with_a_login_no_way_into_the_clear_is_proposed(tls: str | None) -> None:
    with ScriptedMailServer() as server:
        outcome = send(server.port, ELSEWHERE, user="u", password="p", tls=tls)
    assert isinstance(outcome, Retry)
    assert "the password is not sent in the clear; use smtps://" in outcome.reason
    assert "when-offered" not in outcome.reason


def test_a_digest_that_goes_out_in_the_clear_says_so() -> None:
    with MailReceiver() as server:
        outcome = send(server.port, ELSEWHERE)
        assert len(server.messages) == 1
    assert isinstance(outcome, Sent)
    assert f"it went to {ELSEWHERE}:{server.port} in the clear" in (outcome.note or "")


@pytest.mark.parametrize(("more", "told"), [({}, True), ({"tls": "never"}, False)])
def test_lmtp_to_another_machine_goes_in_the_clear_and_says_so(more: dict[str, Any], told: bool) -> None:
    with ScriptedMailServer() as server:
        outcome = send(server.port, server=f"lmtp://{ELSEWHERE}:{server.port}", **more)
    assert isinstance(outcome, Sent)
    assert ("in the clear, for lmtp has no TLS here" in (outcome.note or "")) is told


def test_a_digest_to_this_machine_or_meant_to_go_in_the_clear_says_nothing() -> None:
    with MailReceiver() as server:
        assert send(server.port) == Sent()
        assert send(server.port, ELSEWHERE, tls="never") == Sent()


def test_starttls_that_is_offered_is_used_and_nothing_is_said(certificate: Certificate) -> None:
    with MailReceiver(tls=certificate.served) as server:
        for tls in ("required", "when-offered"):
            assert send(server.port, tls_of=certificate, tls=tls) == Sent()
        assert server.over_tls == [True, True]


def test_starttls_is_left_alone_where_tls_is_never_wanted() -> None:
    with ScriptedMailServer(extensions=["STARTTLS"]) as server:
        assert send(server.port, tls="never") == Sent()
        assert not any(command.lower().startswith("starttls") for command in server.commands)


def test_operators_hear_once_that_digests_go_out_in_the_clear(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/rss", rss(item("1", "NATO agrees a new spending target")))
    with MailReceiver() as server:
        email = f"{{to: a@example.org, from: w@example.org, server: 'smtp://{ELSEWHERE}:{server.port}'}}"
        desk.write(
            {"wire": web.url("/rss")},
            settings="polling: {first_poll: all, private_addresses: allow}\narticles: {full_text: never}\n"
            f"channels:\n  mail: {{email: {email}}}\n  shelf: {{files: told/}}\n"
            "digests: {flash: {at: once, to: [mail]}}\noperators: {to: [shelf]}\n",
        )
        desk.run("once", "--send")
        (told,) = (desk.state / "told").glob("*operators*.txt")
        desk.run("once", "--send")
    said = " ".join(told.read_text().split())
    assert "The channel mail accepted a digest, but: it went to" in said
    assert "in the clear" in said
    assert "not sent to them again" not in said
    assert len(list((desk.state / "told").glob("*operators*.txt"))) == 1


@pytest.mark.parametrize(
    ("helo", "said"),
    [
        ("desk.example.org", "desk.example.org"),
        ("[192.0.2.1]", "[192.0.2.1]"),
        ("büro.example", "xn--bro-hoa.example"),
    ],
)
def test_a_server_is_greeted_with_the_name_that_is_set(helo: str, said: str) -> None:
    with ScriptedMailServer({"ehlo": "502 what?"}) as server:
        assert send(server.port, helo=helo) == Sent()
        assert server.commands[:2] == [f"ehlo {said}", f"helo {said}"]


def test_a_server_that_wants_another_name_is_tried_again_and_the_operators_hear_at_once() -> None:
    refusal = "504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname"
    with ScriptedMailServer({"ehlo": refusal, "helo": refusal}) as server:
        outcome = send(server.port, helo="localhost")
    assert isinstance(outcome, Retry)
    assert outcome.needs_person
    assert refusal in outcome.reason


def test_answers_go_to_whom_the_channel_names() -> None:
    assert received()["Reply-To"] is None
    assert received(reply_to="Desk <desk@example.org>")["Reply-To"] == "Desk <desk@example.org>"
    both = received(reply_to=["desk@example.org", "Büro <buero@example.org>"])["Reply-To"]
    assert [address.addr_spec for address in both.addresses] == ["desk@example.org", "buero@example.org"]


def test_one_click_is_offered_only_where_it_is_asked_for() -> None:
    where = "HTTPS://example.org/leave?list=desk"
    plain = received(unsubscribe=where)
    assert (plain["List-Unsubscribe"], plain["List-Unsubscribe-Post"]) == (f"<{where}>", None)
    asked = received(unsubscribe=where, one_click=True)
    assert asked["List-Unsubscribe"] == f"<{where}>"
    assert asked["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_schema_knows_every_option_of_a_login(desk: DeskFiles) -> None:
    document = desk.run("schema", "watchdesk").document
    email = document["properties"]["channels"]["additionalProperties"]["properties"]["email"]
    assert {"token", "tls", "helo", "reply_to", "one_click"} <= email["properties"].keys()
    token = email["properties"]["token"]
    assert any("command" in arm.get("properties", {}) for arm in token["anyOf"])
