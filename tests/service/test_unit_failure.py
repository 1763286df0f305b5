"""A unit that failed is told of: by the operators' channels, or to root, whatever is broken."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from support.desk import DeskFiles
from support.smtp import MailReceiver, Received
from watchdesk.service.unit_failure import ROOT, tell_unit_failed

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
UNIT = "watchdesk@berlin.service"


def mail_channel(port: int) -> str:
    to = f"to: [desk@example.org], from: watchdesk@example.org, server: 'smtp://127.0.0.1:{port}'"
    return f"channels: {{desk: {{email: {{{to}}}}}}}\noperators: {{to: [desk]}}\n"


def text_of(received: Received) -> str:
    message = message_from_bytes(received.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body
    return " ".join(str(body.get_content()).split())


def test_the_operators_get_a_mail_by_the_command_of_the_unit(desk: DeskFiles) -> None:
    with MailReceiver() as server:
        desk.write({}, mail_channel(server.port))
        answered = desk.run("report-failure", UNIT)
    assert (answered.status, answered.out) == (0, "desk: told\n")
    (message,) = server.messages
    assert message.recipients == ("desk@example.org",)
    assert f"{UNIT} has failed." in text_of(message)
    assert f"journalctl -u {UNIT}" in text_of(message)


def test_root_gets_it_where_the_files_cannot_be_used_and_hears_why(desk: DeskFiles) -> None:
    desk.write({}, "channels: {desk: {email: {}}}\noperators: {to: [nobody]}\n")
    assert desk.run_process("run").status == 2
    with MailReceiver() as server:
        told = tell_unit_failed(desk.config, desk.state, UNIT, NOW, f"smtp://127.0.0.1:{server.port}")
    assert [(one.whom, one.why_not) for one in told] == [(ROOT, None)]
    (message,) = server.messages
    assert message.recipients == ("root@localhost",)
    assert "watchdesk.yaml" in text_of(message)


def test_root_gets_it_where_the_operators_channel_takes_nothing(desk: DeskFiles) -> None:
    desk.write({}, mail_channel(9))
    with MailReceiver() as server:
        told = tell_unit_failed(desk.config, desk.state, UNIT, NOW, f"smtp://127.0.0.1:{server.port}")
    assert [one.whom for one in told if one.why_not is None] == [ROOT]
    assert len(server.messages) == 1


def test_where_nobody_can_be_told_the_journal_is(desk: DeskFiles) -> None:
    desk.write({}, mail_channel(9))
    told = tell_unit_failed(desk.config, desk.state, UNIT, NOW, "smtp://127.0.0.1:9")
    assert [bool(one.why_not) for one in told] == [True, True]
