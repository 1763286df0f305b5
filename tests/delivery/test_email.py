"""The email channel against real mail servers: logins, TLS, secrets, the sendmail program."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from support.parcels import NOW, parcel
from support.smtp import Certificate, MailReceiver, ScriptedMailServer, make_certificate
from watchdesk.config.described_schema import described_schema
from watchdesk.delivery.channels.email import EmailChannel, EmailOptions
from watchdesk.delivery.mail.server import MailServer, Protocol
from watchdesk.delivery.timeouts import Timeouts
from watchdesk.model import Refused, Retry, Sent

TIMEOUTS = Timeouts(wait=5, whole=10)
LOGIN = ("watchdesk", "s3cret-word")


def options(server: str, **more: Any) -> EmailOptions:
    usual = {"to": ["Night desk <night@example.org>"], "from": "Watchdesk <watchdesk@example.org>"}
    return EmailOptions.model_validate({**usual, "server": server, **more})


def with_login(server: str) -> EmailOptions:
    return options(server, user=LOGIN[0], password=LOGIN[1])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    made = make_certificate(tmp_path_factory.mktemp("tls"))
    if made is None:
        pytest.skip("no openssl program to make a certificate with")
    return made


def test_a_digest_arrives_with_text_first_and_html_second() -> None:
    with MailReceiver() as receiver:
        channel = EmailChannel(options(f"smtp://127.0.0.1:{receiver.port}"), TIMEOUTS)
        assert channel.send(parcel(text="Привіт, desk", html="<p>énorme</p>"), NOW) == Sent()
        (received,) = receiver.messages
    message = message_from_bytes(received.content, policy=default)
    assert received.sender == "watchdesk@example.org"
    assert received.recipients == ("night@example.org",)
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content().strip() for part in message.iter_parts()] == ["Привіт, desk", "<p>énorme</p>"]
    assert message["To"] == "Night desk <night@example.org>"
    assert message["From"] == "Watchdesk <watchdesk@example.org>"


def test_a_repeat_is_byte_for_byte_the_first() -> None:
    with MailReceiver() as receiver:
        channel = EmailChannel(options(f"smtp://127.0.0.1:{receiver.port}"), TIMEOUTS)
        for minutes in (0, 90):
            assert channel.send(parcel(), NOW + timedelta(minutes=minutes)) == Sent()
        first, second = receiver.messages
    assert first == second


def test_user_and_password_log_in() -> None:
    with MailReceiver(login=LOGIN) as receiver:
        channel = EmailChannel(with_login(f"smtp://127.0.0.1:{receiver.port}"), TIMEOUTS)
        assert channel.send(parcel(), NOW) == Sent()
        assert receiver.logins == ["watchdesk"]


def test_a_wrong_password_is_tried_again_and_is_not_in_the_reason() -> None:
    with MailReceiver(login=("watchdesk", "another")) as receiver:
        outcome = EmailChannel(with_login(f"smtp://127.0.0.1:{receiver.port}"), TIMEOUTS).send(parcel(), NOW)
        assert receiver.messages == []
    assert isinstance(outcome, Retry)
    assert "did not take user and password: 535" in outcome.reason
    assert LOGIN[1] not in outcome.reason


@pytest.mark.parametrize(
    "reply", ["432 change it", "454 later", "500 what?", "534 weak", "535 wrong", "538 no TLS"]
)
def test_whatever_a_login_is_refused_with_is_tried_again(reply: str) -> None:
    with ScriptedMailServer({"auth": reply}, extensions=["AUTH PLAIN"]) as server:
        outcome = EmailChannel(with_login(f"smtp://127.0.0.1:{server.port}"), TIMEOUTS).send(parcel(), NOW)
    assert isinstance(outcome, Retry)
    assert reply in outcome.reason


def test_a_server_without_a_login_is_told_so() -> None:
    with ScriptedMailServer() as server:
        outcome = EmailChannel(with_login(f"smtp://127.0.0.1:{server.port}"), TIMEOUTS).send(parcel(), NOW)
    assert isinstance(outcome, Retry)
    assert "offers no login" in outcome.reason


def test_a_server_whose_ways_to_log_in_are_all_unknown_is_told_so() -> None:
    with ScriptedMailServer(extensions=["AUTH GSSAPI"]) as server:
        outcome = EmailChannel(with_login(f"smtp://127.0.0.1:{server.port}"), TIMEOUTS).send(parcel(), NOW)
    assert isinstance(outcome, Retry)
    assert "offers no login that is known here" in outcome.reason


def test_a_password_does_not_leave_the_machine_in_the_clear() -> None:
    with ScriptedMailServer(extensions=["AUTH PLAIN"]) as server:
        # An address that is not a loopback one, and leads to this machine all the same.
        outcome = EmailChannel(with_login(f"smtp://0.0.0.0:{server.port}"), TIMEOUTS).send(parcel(), NOW)
        assert not any(command.upper().startswith("AUTH") for command in server.commands)
    assert isinstance(outcome, Retry)
    assert "does not offer STARTTLS, and the password is not sent in the clear" in outcome.reason


def test_starttls_is_used_when_offered(certificate: Certificate) -> None:
    with MailReceiver(tls=certificate.served, login=LOGIN) as receiver:
        channel = EmailChannel(
            with_login(f"smtp://127.0.0.1:{receiver.port}"), TIMEOUTS, trust=certificate.trusted
        )
        assert channel.send(parcel(), NOW) == Sent()
        assert receiver.over_tls == [True]


def test_smtps_is_encrypted_from_the_first_byte(certificate: Certificate) -> None:
    with MailReceiver(tls=certificate.served, smtps=True) as receiver:
        channel = EmailChannel(
            options(f"smtps://127.0.0.1:{receiver.port}"), TIMEOUTS, trust=certificate.trusted
        )
        assert channel.send(parcel(), NOW) == Sent()
        assert receiver.over_tls == [True]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_server_on_this_machine_may_have_made_its_certificate_itself(
    certificate: Certificate, scheme: str
) -> None:
    with MailReceiver(tls=certificate.served, smtps=scheme == "smtps") as receiver:
        channel = EmailChannel(options(f"{scheme}://127.0.0.1:{receiver.port}"), TIMEOUTS)
        assert channel.send(parcel(), NOW) == Sent()


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_certificate_that_cannot_be_trusted_stops_the_delivery(
    certificate: Certificate, tmp_path: Path, scheme: str
) -> None:
    another = make_certificate(tmp_path)
    assert another is not None
    with MailReceiver(tls=certificate.served, smtps=scheme == "smtps") as receiver:
        given = options(f"{scheme}://127.0.0.1:{receiver.port}")
        outcome = EmailChannel(given, TIMEOUTS, trust=another.trusted).send(parcel(), NOW)
        assert receiver.messages == []
    assert isinstance(outcome, Retry)
    assert "certificate" in outcome.reason


@pytest.mark.parametrize("reply", ["454 not now", "500 what?", "554 broken"])
def test_a_server_that_offers_starttls_and_does_not_start_it_gets_nothing_in_the_clear(reply: str) -> None:
    with ScriptedMailServer({"starttls": reply}, extensions=["STARTTLS"]) as server:
        given = options(f"smtp://127.0.0.1:{server.port}")
        outcome = EmailChannel(given, TIMEOUTS).send(parcel(), NOW)
        assert server.contents == []
    assert isinstance(outcome, Retry)
    assert reply in outcome.reason


def test_a_recipient_beyond_ascii_costs_the_others_nothing_where_the_server_takes_none() -> None:
    to = ["ann@example.org", "jürgen@example.org"]
    with ScriptedMailServer() as server:
        channel = EmailChannel(options(f"smtp://127.0.0.1:{server.port}", to=to), TIMEOUTS)
        outcome = channel.send(parcel(), NOW)
        (content,) = server.contents
    assert isinstance(outcome, Sent)
    assert (outcome.note or "").startswith(
        "not taken for jürgen@example.org: 553 5.6.7 it takes no addresses"
    )
    assert content.isascii()
    assert b"To: ann@example.org\r\n" in content


def test_a_secret_that_is_not_there_is_tried_again_with_where_it_should_be(tmp_path: Path) -> None:
    given = options("smtp://127.0.0.1:9", user="w", password={"file": str(tmp_path / "absent")})
    outcome = EmailChannel(given, TIMEOUTS).send(parcel(), NOW)
    assert isinstance(outcome, Retry)
    assert str(tmp_path / "absent") in outcome.reason


def program(folder: Path, script: str) -> str:
    path = folder / "sendmail"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return f"sendmail:{path}"


def test_the_sendmail_program_gets_envelope_and_message(tmp_path: Path) -> None:
    server = program(tmp_path, f'echo "$@" > {tmp_path}/arguments; cat > {tmp_path}/message')
    assert EmailChannel(options(server), TIMEOUTS).send(parcel(), NOW) == Sent()
    assert (tmp_path / "arguments").read_text() == "-i -f watchdesk@example.org -- night@example.org\n"
    content = (tmp_path / "message").read_bytes()
    assert b"\r" not in content
    assert b"Subject: Morning brief: 12 stories\n" in content


@pytest.mark.parametrize(("status", "kind"), [(65, Refused), (67, Refused), (68, Refused), (1, Retry)])
def test_what_the_sendmail_program_ends_with_is_the_outcome(
    tmp_path: Path, status: int, kind: type[object]
) -> None:
    server = program(tmp_path, f"cat > /dev/null; echo no such user >&2; exit {status}")
    outcome = EmailChannel(options(server), TIMEOUTS).send(parcel(), NOW)
    assert isinstance(outcome, kind)
    assert "no such user" in str(outcome)


@pytest.mark.parametrize("status", [64, 69, 70, 71, 73, 74, 75, 77, 78, 127])
def test_any_other_end_of_the_sendmail_program_is_tried_again(tmp_path: Path, status: int) -> None:
    outcome = EmailChannel(options(program(tmp_path, f"exit {status}")), TIMEOUTS).send(parcel(), NOW)
    assert isinstance(outcome, Retry)


@pytest.mark.parametrize(
    ("said", "kind"),
    [("command failed: 550 no such user", Refused), ("451 try later", Retry), ("took 5501 ms", Retry)],
)
def test_a_reply_that_the_sendmail_program_repeats_is_believed(
    tmp_path: Path, said: str, kind: type[object]
) -> None:
    server = program(tmp_path, f"cat > /dev/null; echo '{said}' >&2; exit 70")
    assert isinstance(EmailChannel(options(server), TIMEOUTS).send(parcel(), NOW), kind)


def test_of_recipients_refused_together_each_is_handed_over_alone(tmp_path: Path) -> None:
    script = f'cat > /dev/null; case "$*" in *bob*) exit 67;; esac; echo "$@" >> {tmp_path}/taken'
    to = [f"{name}@example.org" for name in ("ann", "bob", "eve")]
    outcome = EmailChannel(options(program(tmp_path, script), to=to), TIMEOUTS).send(parcel(), NOW)
    assert isinstance(outcome, Sent)
    assert (outcome.note or "").startswith("not taken for bob@example.org: ")
    taken = (tmp_path / "taken").read_text().splitlines()
    assert [line.split()[-1] for line in taken] == ["ann@example.org", "eve@example.org"]


def test_one_whom_the_sendmail_program_puts_off_gets_it_later_and_the_others_have_it_once(
    tmp_path: Path,
) -> None:
    script = (
        f'cat > /dev/null; case "$*" in *bob*) exit 67;; *eve*) test -e {tmp_path}/ready || exit 75;; esac; '
        f'echo "$@" >> {tmp_path}/taken'
    )
    to = [f"{name}@example.org" for name in ("ann", "bob", "eve")]
    channel = EmailChannel(options(program(tmp_path, script), to=to), TIMEOUTS)
    first = channel.send(parcel(), NOW)
    assert isinstance(first, Retry)
    assert "eve@example.org: " in first.reason
    assert first.taken == ("ann@example.org",)
    (tmp_path / "ready").touch()
    then = channel.send(parcel(taken=first.taken), NOW + timedelta(seconds=5))
    assert isinstance(then, Sent)
    assert (then.note or "").startswith("not taken for bob@example.org: ")
    taken = (tmp_path / "taken").read_text().splitlines()
    assert [line.split()[-1] for line in taken] == ["ann@example.org", "eve@example.org"]


@pytest.mark.parametrize(
    ("said", "at_once"),
    [
        ("server message: 550 5.4.5 Daily user sending quota exceeded.", True),
        ("server message: 550 5.7.1 relaying denied", True),
        ("server message: 451 4.3.2 not now", False),
    ],
)
def test_what_the_sendmail_program_says_of_us_or_of_the_day_is_tried_again(
    tmp_path: Path, said: str, at_once: bool
) -> None:
    server = program(tmp_path, f"cat > /dev/null; echo 'msmtp: {said}' >&2; exit 69")
    outcome = EmailChannel(options(server), TIMEOUTS).send(parcel(), NOW)
    assert isinstance(outcome, Retry)
    assert outcome.needs_person is at_once


def test_a_program_whose_server_takes_few_recipients_gets_them_one_by_one(tmp_path: Path) -> None:
    too_many = '{ echo "452 4.5.3 too many recipients" >&2; exit 75; }'
    script = f'cat > /dev/null; test $# -le 5 || {too_many}; echo "$@" >> {tmp_path}/taken'
    to = [f"{name}@example.org" for name in ("ann", "bob", "eve")]
    assert EmailChannel(options(program(tmp_path, script), to=to), TIMEOUTS).send(parcel(), NOW) == Sent()
    assert len((tmp_path / "taken").read_text().splitlines()) == 3


def test_a_sendmail_program_that_hangs_is_ended(tmp_path: Path) -> None:
    channel = EmailChannel(options(program(tmp_path, "exec sleep 30")), Timeouts(whole=0.3))
    outcome = channel.send(parcel(), NOW)
    assert isinstance(outcome, Retry)
    assert "more than 0.3 s" in outcome.reason


def test_a_sendmail_program_that_is_not_there_is_tried_again(tmp_path: Path) -> None:
    outcome = EmailChannel(options(f"sendmail:{tmp_path}/absent"), TIMEOUTS).send(parcel(), NOW)
    assert isinstance(outcome, Retry)
    assert "cannot be run: No such file or directory" in outcome.reason


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"user": "w"}, "`user` is given without `password`"),
        ({"password": "p"}, "`password` is given without `user`"),
        ({"server": "lmtp:/run/lmtp", "user": "w", "password": "p"}, "lmtp knows no login"),
        ({"server": "sendmail", "user": "w", "password": "p"}, "sendmail knows no login"),
        ({"server": "smtp://w:hidden@mail.example.org"}, "do not belong in `server`"),
        ({"server": "mail.example.org"}, "is not a mail server; the forms are"),
        ({"server": "http://mail.example.org"}, "is not a mail server"),
        ({"server": "lmtp://mail.example.org"}, "is not a mail server"),
        ({"server": "smtp://mail.example.org:99999"}, "no usable host and port"),
        ({"server": "smtp:///"}, "is not a mail server"),
        ({"server": 25}, "a mail server is one of"),
        ({"to": []}, "at least 1"),
        ({"to": ["a@example.org", "A <a@example.org>"]}, "`to` names a@example.org more than once"),
        ({"to": "nobody"}, "'nobody' is not a mail address"),
        ({"from": "a@b\nBcc: x@example.org"}, "is not a mail address"),
        ({"unsubscribe": "javascript:alert(1)"}, "write a mailto: or https:// address"),
        ({"unsubscribe": "example.org/leave"}, "write a mailto: or https:// address"),
        ({"unsubscribe": "https://example.org/x>,<mailto:y"}, "write a mailto: or https:// address"),
        ({"unsubscribe": "https://e.org/" + "x" * 887}, "has 901 characters; a header has room for 900"),
        ({"unsubscribe": "https://e.org/" + "|" * 300}, "has 914 characters"),
        ({"sever": "x"}, "Extra inputs are not permitted"),
    ],
)
def test_options_that_contradict_themselves_are_told_in_plain_words(
    changed: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        options(**{"server": "smtp://mail.example.org", **changed})
    assert words in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_every_option_is_described() -> None:
    properties = described_schema(EmailOptions)["properties"]
    assert list(properties) == [
        "to", "from", "reply_to", "server", "user", "password", "token", "tls", "helo", "unsubscribe",
        "one_click",
    ]  # fmt: skip
    assert all(option.get("description") for option in properties.values())


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("smtp://mail.example.org", MailServer(Protocol.SMTP, "mail.example.org", 25)),
        ("smtp://mail.example.org:587", MailServer(Protocol.SMTP, "mail.example.org", 587)),
        ("smtp://[::1]:2525/", MailServer(Protocol.SMTP, "::1", 2525)),
        ("smtps://mail.example.org", MailServer(Protocol.SMTPS, "mail.example.org", 465)),
        ("lmtp://127.0.0.1:24", MailServer(Protocol.LMTP, "127.0.0.1", 24)),
        ("lmtp:/run/dovecot/lmtp", MailServer(Protocol.LMTP, path="/run/dovecot/lmtp")),
        ("sendmail", MailServer(Protocol.SENDMAIL)),
        ("sendmail:/usr/bin/msmtp", MailServer(Protocol.SENDMAIL, path="/usr/bin/msmtp")),
    ],
)
def test_a_server_is_written_in_the_forms_of_the_configuration(written: str, read: MailServer) -> None:
    assert options(written).server == read


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("mail.example.org", False),
    ],
)
def test_only_this_machine_is_local(host: str, local: bool) -> None:
    assert MailServer(Protocol.SMTP, host, 25).is_local is local
