"""Servers that take few recipients in one transaction: everyone gets the digest at once, and once."""

import shutil
import signal
import tempfile
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest

from support.desk import DeskFiles, item, rss, wait_for
from support.opensmtpd import MailSystem
from support.parcels import NOW, parcel
from support.smtp import DROP, STALL, MailReceiver, Received, ScriptedMailServer
from support.web import WebServer
from watchdesk.delivery.channels.email import EmailChannel, EmailOptions
from watchdesk.delivery.timeouts import Timeouts
from watchdesk.model import Refused, Retry, Sent

TIMEOUTS = Timeouts(wait=5, whole=10)
EVERYONE = [f"r{number}@example.org" for number in range(5)]
DESK = """\
polling: {{every: 1s, fastest: 1s, first_poll: all, private_addresses: allow}}
articles: {{full_text: never}}
channels:
  mail: {{email: {{to: [{to}], from: w@example.org, server: 'smtp://127.0.0.1:{port}'}}}}
  shelf: {{files: told/}}
digests: {{flash: {{at: once, to: [mail]}}}}
operators: {{to: [shelf]}}
"""


def channel(port: int, *to: str) -> EmailChannel:
    given = {"to": to or EVERYONE, "from": "w@example.org", "server": f"smtp://127.0.0.1:{port}"}
    return EmailChannel(EmailOptions.model_validate(given), TIMEOUTS)


def sizes(messages: list[Received]) -> list[int]:
    return [len(message.recipients) for message in messages]


def everyone_in(messages: list[Received]) -> list[str]:
    return sorted(address for message in messages for address in message.recipients)


@pytest.mark.parametrize(
    "over",
    [
        "452 4.5.3 Error: too many recipients",
        "452 too many recipients",
        "552 5.5.3 too many recipients",
        "550 5.5.3 Too many recipients",
        "452-4.5.3 Your message has too many recipients\r\n452 4.5.3 see the manual",
    ],
)
def test_recipients_over_the_limit_go_in_further_transactions_at_once_and_the_limit_is_remembered(
    over: str,
) -> None:
    with MailReceiver(most=2, over=over) as server:
        mail = channel(server.port)
        assert mail.send(parcel(), NOW) == Sent()
        assert sizes(server.messages) == [2, 2, 1]
        assert everyone_in(server.messages) == EVERYONE
        assert len({message.content for message in server.messages}) == 1
        assert server.refused == 1
        assert mail.send(parcel(identity="b" * 32), NOW) == Sent()
        assert sizes(server.messages[3:]) == [2, 2, 1]
        assert server.refused == 1


@pytest.mark.parametrize("over", ["452 insufficient storage", "552 exceeded storage allocation"])
def test_a_bare_452_or_552_may_mean_the_transaction_and_another_one_shows(over: str) -> None:
    with MailReceiver(most=2, over=over) as server:
        assert channel(server.port).send(parcel(), NOW) == Sent()
        assert sizes(server.messages) == [2, 2, 1]


def test_a_mailbox_that_is_full_is_no_limit_and_costs_nobody_theirs() -> None:
    to = ["ann@example.org", "bob@example.org", "eve@example.org"]
    with ScriptedMailServer({"rcpt": ["250 ok", "452 full", "250 ok", "452 full"]}) as server:
        outcome = channel(server.port, *to).send(parcel(), NOW)
        assert len(server.contents) == 1
    assert isinstance(outcome, Retry)
    assert outcome.taken == ("ann@example.org", "eve@example.org")
    assert "bob@example.org: 452 full" in outcome.reason


@pytest.mark.parametrize("stage", ["data", "content"])
def test_a_server_that_counts_only_at_the_end_gets_ever_fewer(stage: str) -> None:
    fine = "354 go on" if stage == "data" else "250 ok"
    replies = {stage: ["452 4.5.3 too many recipients", fine]}
    with ScriptedMailServer(replies) as server:
        assert channel(server.port, *EVERYONE[:4]).send(parcel(), NOW) == Sent()
        named = [command for command in server.commands if command.lower().startswith("rcpt")]
    assert len(named) == 8


@pytest.mark.parametrize(
    ("reply", "at_once"), [("452 4.5.3 too many recipients", False), ("552 5.5.3 too many recipients", True)]
)
def test_a_server_that_takes_not_even_one_is_tried_again_and_not_for_ever_now(
    reply: str, at_once: bool
) -> None:
    with ScriptedMailServer({"rcpt": reply}) as server:
        outcome = channel(server.port).send(parcel(), NOW)
        assert len([command for command in server.commands if command.lower().startswith("rcpt")]) == 1
    assert isinstance(outcome, Retry)
    assert outcome.needs_person is at_once
    assert all(address in outcome.reason for address in EVERYONE)


def test_a_server_that_hangs_up_between_transactions_is_asked_on_another_connection() -> None:
    replies = {
        "rcpt": ["250 ok", "452 4.5.3 too many recipients", "250 ok"],
        "mail": ["250 ok", DROP, "250 ok"],
    }
    with ScriptedMailServer(replies) as server:
        assert channel(server.port, *EVERYONE[:2]).send(parcel(), NOW) == Sent()
        assert len(server.contents) == 2


@pytest.mark.parametrize("limit", ["452 4.7.0 too many messages in this session", "421 4.7.0 enough"])
def test_a_limit_of_transactions_in_one_connection_is_no_failure(limit: str) -> None:
    replies = {
        "rcpt": ["250 ok", "452 4.5.3 too many recipients", "250 ok"],
        "mail": ["250 ok", limit, "250 ok", limit, "250 ok"],
    }
    with ScriptedMailServer(replies) as server:
        assert channel(server.port, *EVERYONE[:3]).send(parcel(), NOW) == Sent()
        assert len(server.contents) == 3


def test_a_server_that_closes_because_of_too_many_recipients_gets_as_many_as_it_took() -> None:
    replies = {"rcpt": ["250 ok", "250 ok", "421 4.5.3 too many recipients", "250 ok"]}
    with ScriptedMailServer(replies) as server:
        mail = channel(server.port)
        assert mail.send(parcel(), NOW) == Sent()
        assert len(server.contents) == 3
        assert mail.send(parcel(identity="b" * 32), NOW) == Sent()
        assert len(server.contents) == 6
        assert len([command for command in server.commands if command.startswith("ehlo")]) == 3


@pytest.mark.parametrize("stage", ["data", "content"])
def test_a_server_that_closes_at_the_end_because_of_their_number_gets_fewer(stage: str) -> None:
    replies = {stage: ["421 4.5.3 too many recipients", "354 go on" if stage == "data" else "250 ok"]}
    with ScriptedMailServer(replies) as server:
        assert channel(server.port, *EVERYONE[:4]).send(parcel(), NOW) == Sent()


def test_a_server_that_closes_at_the_first_recipient_is_tried_later() -> None:
    with ScriptedMailServer({"rcpt": "421 4.5.3 too many recipients"}) as server:
        outcome = channel(server.port).send(parcel(), NOW)
        assert len([command for command in server.commands if command.startswith("ehlo")]) == 1
    assert isinstance(outcome, Retry)
    assert "421 4.5.3 too many recipients" in outcome.reason


def test_what_fails_between_transactions_is_repeated_for_the_rest_alone() -> None:
    replies = {
        "rcpt": ["250 ok", "452 4.5.3 too many recipients", "250 ok"],
        "mail": ["250 ok", "451 later", "451 later", "250 ok"],
    }
    with ScriptedMailServer(replies) as server:
        mail = channel(server.port, *EVERYONE[:2])
        first = mail.send(parcel(), NOW)
        assert isinstance(first, Retry)
        assert first.taken == (EVERYONE[0],)
        assert mail.send(parcel(taken=first.taken), NOW) == Sent()
        assert len(server.contents) == 2


def test_one_whom_the_server_does_not_know_is_told_and_the_others_get_theirs_in_parts() -> None:
    replies = ["250 ok", "550 5.1.1 no such user", "452 4.5.3 too many recipients", "250 ok"]
    with ScriptedMailServer({"rcpt": replies}) as server:
        outcome = channel(server.port, *EVERYONE[:3]).send(parcel(), NOW)
        assert len(server.contents) == 2
    assert outcome == Sent("not taken for r1@example.org: 550 5.1.1 no such user")


def test_a_message_that_is_refused_is_not_sent_again_for_the_rest() -> None:
    replies = {"rcpt": ["250 ok", "452 4.5.3 too many recipients", "250 ok"], "content": "554 spam"}
    with ScriptedMailServer(replies) as server:
        outcome = channel(server.port, *EVERYONE[:2]).send(parcel(), NOW)
        assert isinstance(outcome, Refused)
        assert all(address in outcome.reason for address in EVERYONE[:2])


@pytest.fixture
def opensmtpd() -> Iterator[MailSystem]:
    folder = Path(tempfile.mkdtemp(prefix="wd-split-"))
    folder.chmod(0o755)
    try:
        with MailSystem(folder, *EVERYONE, more="smtp limit max-rcpt 2") as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_opensmtpd_with_a_limit_brings_it_to_everyone_once(opensmtpd: MailSystem) -> None:
    assert channel(opensmtpd.port).send(parcel(), NOW) == Sent()
    for address in EVERYONE:
        (content,) = opensmtpd.delivered(address, 1)
        assert message_from_bytes(content)["Message-ID"] == f"<{parcel().delivery.id}@example.org>"


def test_a_desk_of_many_readers_gets_one_digest_each_by_the_real_command(
    desk: DeskFiles, web: WebServer
) -> None:
    web.serve("/rss", rss(item("1", "NATO agrees a new spending target")))
    with MailReceiver(most=2) as server:
        desk.write({"wire": web.url("/rss")}, settings=DESK.format(to=", ".join(EVERYONE), port=server.port))
        assert desk.run("once", "--send").status == 0
        assert everyone_in(server.messages) == EVERYONE
    (sent,) = desk.run("deliveries", "--json").document["deliveries"]
    assert (sent["state"], sent["note"]) == ("sent", None)


@pytest.mark.slow
def test_a_service_killed_between_transactions_loses_no_recipient_and_repeats_under_one_identity(
    desk: DeskFiles, web: WebServer
) -> None:
    web.serve("/rss", rss(item("1", "NATO agrees a new spending target")))
    replies = {
        "rcpt": ["250 ok", "452 4.5.3 too many recipients", "250 ok"],
        "mail": ["250 ok", STALL, "250 ok"],
    }
    with ScriptedMailServer(replies) as server:
        desk.write(
            {"wire": web.url("/rss")}, settings=DESK.format(to=", ".join(EVERYONE[:2]), port=server.port)
        )
        with desk.service() as process:
            wait_for(lambda: len(server.contents) == 1, "the first transaction", seconds=60)
            process.send_signal(signal.SIGKILL)
            process.wait()
        with desk.service():
            wait_for(lambda: len(server.contents) == 2, "the repeat", seconds=60)
            wait_for(lambda: "delivered" in desk.log, "the record", seconds=60)
        taken = [
            c.partition("<")[2].partition(">")[0] for c in server.commands if c.lower().startswith("rcpt")
        ]
    assert set(taken[2:]) == set(EVERYONE[:2])
    assert len(set(server.contents)) == 1


def test_a_quota_of_the_day_is_waited_out_and_the_operators_hear_of_it_at_once(
    desk: DeskFiles, web: WebServer
) -> None:
    web.serve("/rss", rss(item("1", "NATO agrees a new spending target")))
    quota = "550 5.4.5 Daily user sending quota exceeded."
    with ScriptedMailServer({"content": [quota, "250 ok"]}) as server:
        desk.write({"wire": web.url("/rss")}, settings=DESK.format(to=EVERYONE[0], port=server.port))
        desk.run("once", "--send")
        (told,) = (desk.state / "told").glob("*operators*.txt")
        assert quota.rstrip(".") in " ".join(told.read_text().split())
        rows = {row["digest"]: row for row in desk.run("deliveries", "--json").document["deliveries"]}
        assert (rows["flash"]["state"], rows["flash"]["attempts"]) == ("waiting", 1)
        assert any(quota.rstrip(".") in need for need in desk.run("status", "--json").document["needs"])
        desk.run("deliveries", "retry", rows["flash"]["id"])
        desk.run("once", "--send")
        assert len(server.contents) == 2
    rows = {row["digest"]: row for row in desk.run("deliveries", "--json").document["deliveries"]}
    assert rows["flash"]["state"] == "sent"
