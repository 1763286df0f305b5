"""Every reply of a mail server, at every stage of the conversation."""

from collections.abc import Collection
from itertools import product
from pathlib import Path

import pytest

from support.examples import thinned
from support.parcels import parcel
from support.smtp import BROKEN, DRIP, DROP, FLOOD, STALL, Replies, ScriptedMailServer
from watchdesk.delivery.mail.addresses import parse_address
from watchdesk.delivery.mail.message import Letter, write_letter
from watchdesk.delivery.mail.server import MailServer, Protocol
from watchdesk.delivery.mail.submission import Submission
from watchdesk.delivery.timeouts import Timeouts
from watchdesk.model import Refused, Retry, SendOutcome, Sent

SENDER = parse_address("watchdesk@example.org")
ANN, BOB, EVE = (parse_address(f"{name}@example.org") for name in ("ann", "bob", "eve"))
TIMEOUTS = Timeouts(wait=0.3, whole=5)
STAGES = ["connect", "ehlo", "mail", "rcpt", "data", "content"]


def letter(*recipients: str, text: str = "News") -> Letter:
    return write_letter(parcel(text=text), SENDER, [parse_address(to) for to in recipients] or [ANN])


def sent_to(
    server: ScriptedMailServer,
    what: Letter | None = None,
    *,
    protocol: Protocol = Protocol.SMTP,
    had: Collection[str] = (),
    timeouts: Timeouts = TIMEOUTS,
) -> SendOutcome:
    address = MailServer(protocol, "127.0.0.1", server.port)
    return Submission(address, timeouts=timeouts).send(what or letter(), had)


def rcpts(server: ScriptedMailServer) -> list[str]:
    """Who was named to the server, in order."""
    named = [command for command in server.commands if command.lower().startswith("rcpt")]
    return [command.partition("<")[2].partition("@")[0] for command in named]


def outcome_of(replies: Replies, *recipients: str) -> SendOutcome:
    with ScriptedMailServer(replies) as server:
        return sent_to(server, letter(*recipients))


REFUSED = (500, 501, 503, 521, 541, 550, 551, 552, 553, 554, 556, 599)
PUT_OFF = (400, 421, 432, 441, 450, 451, 452, 454, 471, 499)


@pytest.mark.parametrize(("code", "stage"), thinned(product(REFUSED, ("rcpt", "data", "content")), 2))
def test_what_a_server_refuses_for_good_is_refused(stage: str, code: int) -> None:
    outcome = outcome_of({stage: f"{code} no such thing"})
    assert isinstance(outcome, Refused)
    assert f"{code} no such thing" in outcome.reason
    assert "ann@example.org" in outcome.reason
    assert not outcome.stop_channel


@pytest.mark.parametrize(("code", "stage"), thinned(product(PUT_OFF, ("mail", "rcpt", "data", "content")), 3))
def test_what_a_server_puts_off_is_tried_again(stage: str, code: int) -> None:
    outcome = outcome_of({stage: f"{code} come back"})
    assert isinstance(outcome, Retry)
    assert f"{code} come back" in outcome.reason


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "content"])
@pytest.mark.parametrize("code", [530, 534, 535, 538])
def test_a_server_that_wants_a_login_is_tried_again_for_a_person_can_mend_it(stage: str, code: int) -> None:
    assert isinstance(outcome_of({stage: f"{code} authentication required"}), Retry)


@pytest.mark.parametrize("code", [400, 421, 450, 500, 521, 550, 554])
def test_a_server_that_turns_us_away_at_the_door_has_not_judged_the_message(code: int) -> None:
    outcome = outcome_of({"connect": f"{code} not you"})
    assert isinstance(outcome, Retry)
    assert f"{code} not you" in outcome.reason


@pytest.mark.parametrize("code", [200, 220, 250, 251, 252, 299])
def test_every_2xx_takes_the_message(code: int) -> None:
    replies = {"mail": f"{code} ok", "rcpt": f"{code} ok", "content": f"{code} ok"}
    assert outcome_of(replies) == Sent()


@pytest.mark.parametrize("code", [500, 502, 504, 550])
def test_a_server_that_does_not_know_ehlo_is_greeted_with_helo(code: int) -> None:
    with ScriptedMailServer({"ehlo": f"{code} what?"}) as server:
        assert sent_to(server) == Sent()
        assert any(command.startswith("helo ") for command in server.commands)


@pytest.mark.parametrize("code", [421, 450, 500, 550])
def test_a_server_that_knows_neither_ehlo_nor_helo_is_tried_again(code: int) -> None:
    assert isinstance(outcome_of({"ehlo": f"{code} no", "helo": f"{code} no"}), Retry)


NONSENSE = (DROP, BROKEN, FLOOD, "not SMTP at all", "", "99", "250-begun and not ended")


@pytest.mark.parametrize(("stage", "reply"), thinned(product(STAGES, NONSENSE), 2))
def test_a_connection_that_breaks_or_speaks_nonsense_is_tried_again(stage: str, reply: str) -> None:
    outcome = outcome_of({stage: reply, "helo": "500 no", "quit": DROP})
    assert isinstance(outcome, Retry)
    assert "127.0.0.1" in outcome.reason


@pytest.mark.parametrize("stage", STAGES)
def test_a_server_that_says_nothing_is_left_after_the_wait(stage: str) -> None:
    outcome = outcome_of({stage: STALL})
    assert isinstance(outcome, Retry)


@pytest.mark.parametrize("stage", STAGES)
def test_a_server_that_answers_slowly_for_ever_is_cut_by_the_deadline(stage: str) -> None:
    with ScriptedMailServer({stage: DRIP}) as server:
        outcome = sent_to(server, timeouts=Timeouts(wait=30, whole=0.4))
    assert isinstance(outcome, Retry)
    assert "0.4 s in all" in outcome.reason


def test_a_connection_lost_after_the_final_dot_is_tried_again_and_says_that_it_may_have_arrived() -> None:
    with ScriptedMailServer({"content": [DROP, "250 ok"]}) as server:
        lost, repeated = sent_to(server), sent_to(server)
        first, second = server.contents
    assert isinstance(lost, Retry)
    assert "may have arrived" in lost.reason
    assert repeated == Sent()
    assert first == second
    assert b"Message-ID: <5f0c6f1ac2b64b7c8d8f0e6a4f3b2a19@example.org>" in first


def test_a_drop_instead_of_the_farewell_does_not_undo_the_delivery() -> None:
    assert outcome_of({"quit": DROP}) == Sent()


def test_no_server_at_all_is_tried_again() -> None:
    with ScriptedMailServer() as server:
        port = server.port
    address = MailServer(Protocol.SMTP, "127.0.0.1", port)
    outcome = Submission(address, timeouts=TIMEOUTS).send(letter())
    assert outcome == Retry(
        f"127.0.0.1:{port} cannot be reached or hung up, while connecting: Connection refused"
    )


def test_recipients_refused_for_good_are_named_and_the_others_get_theirs() -> None:
    with ScriptedMailServer({"rcpt": ["250 ok", "550 no Bob", "250 ok"]}) as server:
        outcome = sent_to(server, letter("ann@example.org", "bob@example.org", "eve@example.org"))
        assert len(server.contents) == 1
    assert outcome == Sent("not taken for bob@example.org: 550 no Bob")


def test_recipients_refused_for_good_and_put_off_together_are_tried_again() -> None:
    outcome = outcome_of({"rcpt": ["450 later", "550 no"]}, "ann@example.org", "bob@example.org")
    assert isinstance(outcome, Retry)
    assert "ann@example.org: 450 later" in outcome.reason
    assert "bob@example.org: 550 no" in outcome.reason


def test_a_recipient_who_is_put_off_gets_his_later_and_the_others_get_theirs_now() -> None:
    with ScriptedMailServer({"rcpt": ["250 ok", "450 greylisted", "250 ok"]}) as server:
        what = letter("ann@example.org", "bob@example.org")
        first = sent_to(server, what)
        assert isinstance(first, Retry)
        assert "bob@example.org: 450 greylisted; 1 of 2 recipients have it" in first.reason
        assert first.taken == ("ann@example.org",)
        assert not first.needs_person
        assert sent_to(server, what, had=first.taken) == Sent()
        assert rcpts(server) == ["ann", "bob", "bob"]
        assert len(server.contents) == 2


def test_a_message_refused_after_some_recipients_were_is_refused_for_all_of_them() -> None:
    outcome = outcome_of(
        {"rcpt": ["250 ok", "550 no"], "content": "554 spam"}, "ann@example.org", "bob@example.org"
    )
    assert isinstance(outcome, Refused)
    assert "ann@example.org: 554 spam" in outcome.reason


def test_lines_that_begin_with_a_dot_arrive_as_they_were_written() -> None:
    with ScriptedMailServer() as server:
        assert sent_to(server, letter(text=".\n..two\nthree.\n.")) == Sent()
        (content,) = server.contents
    assert b"\r\n.\r\n..two\r\nthree.\r\n." in content


def test_a_server_that_knows_sizes_is_told_the_size() -> None:
    with ScriptedMailServer(extensions=["SIZE 1000000"]) as server:
        what = letter()
        assert sent_to(server, what) == Sent()
        assert any(f"size={len(what.content)}" in command.lower() for command in server.commands)


def test_an_address_beyond_ascii_goes_to_a_server_that_takes_such() -> None:
    with ScriptedMailServer(extensions=["8BITMIME", "SMTPUTF8"]) as server:
        assert sent_to(server, letter("jürgen@example.org")) == Sent()
        assert any("jürgen@example.org" in command for command in server.commands)
        assert any("SMTPUTF8" in command for command in server.commands)


def test_an_address_beyond_ascii_is_refused_where_the_server_does_not_take_such() -> None:
    with ScriptedMailServer() as server:
        outcome = sent_to(server, letter("jürgen@example.org"))
    assert isinstance(outcome, Refused)
    assert "SMTPUTF8" in outcome.reason


def test_lmtp_over_tcp_speaks_lhlo() -> None:
    with ScriptedMailServer() as server:
        assert sent_to(server, protocol=Protocol.LMTP) == Sent()
        assert server.commands[0].startswith("lhlo ")


def test_lmtp_speaks_to_a_socket_by_its_path(tmp_path: Path) -> None:
    with ScriptedMailServer(path=tmp_path / "lmtp") as server:
        address = MailServer(Protocol.LMTP, path=str(tmp_path / "lmtp"))
        assert Submission(address, timeouts=TIMEOUTS).send(letter()) == Sent()
        assert len(server.contents) == 1


def test_an_lmtp_socket_that_is_not_there_is_tried_again(tmp_path: Path) -> None:
    address = MailServer(Protocol.LMTP, path=str(tmp_path / "absent"))
    outcome = Submission(address, timeouts=TIMEOUTS).send(letter())
    assert isinstance(outcome, Retry)
    assert "No such file" in outcome.reason


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        (["250 ok", "250 ok"], Sent()),
        (["250 ok", "550 over quota"], Sent("not taken for bob@example.org: 550 over quota")),
        (
            ["250 ok", "452 full"],
            Retry(
                "127.0.0.1:PORT did not take bob@example.org: 452 full; 1 of 2 recipients have it",
                taken=("ann@example.org",),
            ),
        ),
        (["550 no", "550 no"], Refused("127.0.0.1:PORT refused ann@example.org, bob@example.org: 550 no")),
        (["250 ok", "550 5.7.1 no"], Sent("not taken for bob@example.org: 550 5.7.1 no")),
        (
            ["550 5.7.1 no", "550 5.7.1 no"],
            Retry(
                "127.0.0.1:PORT did not take ann@example.org, bob@example.org: 550 5.7.1 no",
                needs_person=True,
            ),
        ),
        (
            ["450 later", "550 no"],
            Retry("127.0.0.1:PORT did not take ann@example.org: 450 later; bob@example.org: 550 no"),
        ),
    ],
)
def test_lmtp_answers_for_each_recipient_after_the_message(replies: list[str], expected: SendOutcome) -> None:
    with ScriptedMailServer({"content": replies}) as server:
        outcome = sent_to(server, letter("ann@example.org", "bob@example.org"), protocol=Protocol.LMTP)
        assert str(outcome).replace(str(server.port), "PORT") == str(expected)


def test_lmtp_is_not_greeted_with_helo() -> None:
    with ScriptedMailServer({"lhlo": "500 no"}) as server:
        assert isinstance(sent_to(server, protocol=Protocol.LMTP), Retry)
        assert not any(command.startswith("helo") for command in server.commands)
