"""Logging in to real mail servers: by password in any letters, and by a token that a program prints."""

import base64
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from support.desk import DeskFiles
from support.parcels import NOW, parcel
from support.smtp import LoginServer, ScriptedMailServer
from watchdesk.delivery.channels.email import EmailChannel, EmailOptions
from watchdesk.delivery.timeouts import Timeouts
from watchdesk.model import Retry, SendOutcome, Sent

TIMEOUTS = Timeouts(wait=5, whole=10)
TOKEN = "ya29.a0-" + "x" * 500
"""A command has no room for it (RFC 4954 §4); aiosmtpd takes no line as long as Microsoft's tokens."""
USER = "desk@example.org"


def send(server: LoginServer | ScriptedMailServer, **more: Any) -> SendOutcome:
    where = {"server": f"smtp://127.0.0.1:{server.port}", "user": USER}
    given = {"to": "ann@example.org", "from": "w@example.org", **where, **more}
    return EmailChannel(EmailOptions.model_validate(given), TIMEOUTS).send(parcel(), NOW)


def script(folder: Path, words: str) -> dict[str, list[str]]:
    path = folder / "get-token"
    path.write_text(f"#!/bin/sh\n{words}\n")
    path.chmod(0o755)
    return {"command": [str(path), "for", "mail"]}


@pytest.mark.parametrize(
    ("offered", "taken"),
    [
        (("XOAUTH2", "OAUTHBEARER"), "OAUTHBEARER"),
        (("XOAUTH2",), "XOAUTH2"),
        (("PLAIN", "LOGIN", "XOAUTH2"), "XOAUTH2"),
        (("OAUTHBEARER",), "OAUTHBEARER"),
    ],
)
def test_a_token_logs_in_by_what_the_server_offers(offered: tuple[str, ...], taken: str) -> None:
    with LoginServer(*offered, login=(USER, TOKEN)) as server:
        assert send(server, token=TOKEN) == Sent()
        assert server.tried == [taken]
        assert len(server.messages) == 1


def test_a_short_token_goes_with_the_command() -> None:
    with ScriptedMailServer({"auth": "235 welcome"}, extensions=["AUTH XOAUTH2"]) as server:
        assert send(server, token="short") == Sent()
        assert server.commands[1].split()[:2] == ["AUTH", "XOAUTH2"]
        assert (
            base64.b64decode(server.commands[1].split()[2]) == b"user=desk@example.org\1auth=Bearer short\1\1"
        )


def test_a_token_that_a_program_prints_is_asked_for_at_each_sending(tmp_path: Path) -> None:
    told = script(tmp_path, f"echo run >> {tmp_path}/runs; echo; echo '  {TOKEN}  '")
    with LoginServer("XOAUTH2", login=(USER, TOKEN)) as server:
        assert [send(server, token=told) for _ in range(2)] == [Sent(), Sent()]
    assert (tmp_path / "runs").read_text().split() == ["run", "run"]


def test_a_way_that_the_server_breaks_does_not_keep_the_other_from_working() -> None:
    with LoginServer("XOAUTH2", "OAUTHBEARER", login=(USER, TOKEN), broken=["OAUTHBEARER"]) as server:
        assert send(server, token=TOKEN) == Sent()
        assert server.tried == ["OAUTHBEARER", "XOAUTH2"]


@pytest.mark.parametrize(("way", "bow"), [("XOAUTH2", b""), ("OAUTHBEARER", b"\1")])
def test_a_token_that_expired_is_told_with_what_the_server_says_of_it(way: str, bow: bytes) -> None:
    with LoginServer(way, login=(USER, "another")) as server:
        outcome = send(server, token=TOKEN)
        assert server.bows == [bow]
        assert server.messages == []
    assert isinstance(outcome, Retry)
    assert outcome.needs_person
    assert "did not take user and token: 535 5.7.8 Username and token not accepted" in outcome.reason
    assert "(status 400, scope https://mail.example/)" in outcome.reason
    assert TOKEN not in outcome.reason


@pytest.mark.parametrize("error", ["not JSON \0", "[1]", "{}", '{"status": {"deep": 1}}', ""])
def test_whatever_a_server_says_of_a_token_is_an_outcome(error: str) -> None:
    with LoginServer("XOAUTH2", login=(USER, "another"), error=error) as server:
        outcome = send(server, token=TOKEN)
    assert isinstance(outcome, Retry)
    assert "\0" not in outcome.reason
    assert len(outcome.reason) < 500


@pytest.mark.parametrize(
    ("offered", "given", "words"),
    [
        (("PLAIN",), {"token": TOKEN}, "takes no token (it offers PLAIN); give a `password` in place"),
        (("XOAUTH2",), {"password": "p"}, "(it offers XOAUTH2); it may want a `token`"),
    ],
)
def test_a_server_that_wants_the_other_is_told_with_what_to_do(
    offered: tuple[str, ...], given: dict[str, str], words: str
) -> None:
    with LoginServer(*offered, login=(USER, TOKEN)) as server:
        outcome = send(server, **given)
    assert isinstance(outcome, Retry)
    assert words in outcome.reason
    assert outcome.needs_person


@pytest.mark.parametrize("way", ["PLAIN", "LOGIN", "CRAM-MD5"])
def test_a_password_beyond_ascii_logs_in_as_utf8(way: str) -> None:
    with LoginServer(way, login=("jürgen", "Grüße£ 🔑")) as server:
        assert send(server, user="jürgen", password="Grüße£ 🔑") == Sent()
        assert server.tried == [way]


def test_cram_md5_that_is_offered_and_broken_gives_way_to_plain() -> None:
    with LoginServer("CRAM-MD5", "PLAIN", "LOGIN", login=(USER, "p"), broken=["CRAM-MD5"]) as server:
        assert send(server, password="p") == Sent()
        assert server.tried == ["CRAM-MD5", "PLAIN"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("echo no network >&2; exit 3", "ended with status 3: no network"),
        ("exit 0", "printed nothing"),
        ("echo sesame; echo user: desk", "printed more than one line; let it print the secret alone"),
        (r"printf '\377\376'", "printed what is not UTF-8 text"),
        ("yes", "printed more than 64 kB"),
    ],
)
def test_a_program_that_prints_no_token_is_told_in_a_few_words(tmp_path: Path, words: str, told: str) -> None:
    with ScriptedMailServer() as server:
        outcome = send(server, token=script(tmp_path, words))
        assert server.commands == []
    assert isinstance(outcome, Retry)
    assert outcome.reason == f"the command {tmp_path}/get-token for a secret {told}"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"user": "u", "password": "p", "token": "t"}, "`password` and `token` are two ways to log in"),
        ({"token": "t"}, "`token` is given without `user`"),
        ({"user": "u"}, "`user` is given without `password`"),
        ({"user": "u", "token": {"command": "get-token"}}, "a command is a list of a program and its"),
        ({"user": "u", "token": {"command": []}}, "a command is a list of a program and its arguments"),
        ({"server": "lmtp:/run/lmtp", "user": "u", "token": "t"}, "lmtp knows no login; leave out"),
        ({"tls": "never", "user": "u", "token": "t"}, "`tls: never` the token would travel in the clear"),
        ({"tls": "never", "server": "smtps://mail.example.org"}, "smtps is always encrypted"),
        ({"tls": "required", "server": "lmtp:/run/lmtp"}, "lmtp has no TLS here"),
        ({"tls": "maybe"}, "'required', 'when-offered' or 'never'"),
        ({"one_click": True}, "`one_click` needs an https:// address as `unsubscribe`"),
        ({"one_click": True, "unsubscribe": "mailto:a@example.org"}, "`one_click` needs an https:// address"),
        ({"one_click": True, "unsubscribe": "http://example.org/"}, "`one_click` needs an https:// address"),
        ({"helo": "192.0.2.1"}, "write it as desk.example.org or [192.0.2.1]"),
        ({"helo": "two words"}, "is no name to greet a server with"),
        ({"helo": "a\r\nb"}, "is no name to greet a server with"),
        ({"reply_to": "nobody"}, "is not a mail address"),
    ],
)  # fmt: skip
def test_options_of_a_login_that_do_not_go_together_are_told(given: dict[str, Any], words: str) -> None:
    usual = {"to": "a@example.org", "from": "w@example.org", "server": "smtp://mail.example.org"}
    with pytest.raises(ValidationError) as caught:
        EmailOptions.model_validate({**usual, **given})
    assert words in str(caught.value)


def test_a_contradiction_is_told_where_it_stands(desk: DeskFiles) -> None:
    email = "{to: a@example.org, from: w@example.org, server: sendmail,\n    one_click: true}"
    desk.write({}, settings=f"channels:\n  mail:\n    email: {email}\n")
    answered = desk.run("check")
    assert answered.status != 0
    assert "watchdesk.yaml:4:" in answered.err + answered.out
    assert "`one_click` needs an https:// address as `unsubscribe`" in answered.err + answered.out


def test_check_tells_of_a_program_that_is_not_there_and_runs_none(desk: DeskFiles) -> None:
    told = script(desk.root, f"touch {desk.root}/ran; echo x")
    login = "to: a@example.org, from: w@example.org, server: smtp://mail.example.org, user: u"
    emails = [
        f"{{{login}, token: {{command: [{name}]}}}}" for name in (told["command"][0], "no-such-program")
    ]
    channels = "".join(f"  m{number}:\n    email: {email}\n" for number, email in enumerate(emails))
    desk.write({}, settings=f"channels:\n{channels}")
    answered = desk.run("check")
    said = " ".join((answered.err + answered.out).split())
    assert "nothing can be sent like this: there is no program no-such-program" in said
    assert "get-token" not in said.replace("watchdesk.yaml", "")
    assert not (desk.root / "ran").exists()
