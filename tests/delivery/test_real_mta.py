"""The email channel and a real mail system, from our message to the reader's mailbox (OpenSMTPD)."""

import shutil
import tempfile
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from support.opensmtpd import MailSystem
from support.parcels import NOW, parcel
from support.sample_digests import found, rendered
from watchdesk.delivery.channels.email import EmailChannel, EmailOptions
from watchdesk.delivery.timeouts import Timeouts
from watchdesk.model import Account, NotReached, Parcel, Reached, Refused, SendOutcome, Sent

SUBJECT = "Ранковий огляд 🍦: 12 stories — naïve & long " + "ö" * 90
WHAT = parcel(subject=SUBJECT, text="Привіт\n.\n..dots\n" + "x" * 2000, html="<p>énorme &amp; 🍦</p>\n.\n")


@pytest.fixture(scope="module")
def mail() -> Iterator[MailSystem]:
    folder = Path(tempfile.mkdtemp(prefix="wd-mail-"))
    folder.chmod(0o755)
    try:
        with MailSystem(folder, "ann@example.org", "bob@example.org", "ann@xn--bcher-kva.example") as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def send(server: str, what: Parcel, *to: str, **more: Any) -> SendOutcome:
    given = {"to": list(to), "from": "Nachtpult Ünit <watchdesk@example.org>", "server": server, **more}
    return EmailChannel(EmailOptions.model_validate(given), Timeouts(10, 20)).send(what, NOW)


def over_smtp(mail: MailSystem) -> str:
    return f"smtp://127.0.0.1:{mail.port}"


def newest(mail: MailSystem, address: str, count: int) -> EmailMessage:
    return message_from_bytes(mail.delivered(address, count)[-1], _class=EmailMessage, policy=default)


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n").rstrip("\n")


def test_a_digest_is_read_in_the_mailbox_as_it_was_written(mail: MailSystem) -> None:
    assert (
        send(over_smtp(mail), WHAT, "Анна <ann@example.org>", unsubscribe="mailto:desk@example.org") == Sent()
    )
    message = newest(mail, "ann@example.org", 1)
    assert message["Subject"] == SUBJECT
    assert message["From"] == "Nachtpult Ünit <watchdesk@example.org>"
    assert message["To"] == "Анна <ann@example.org>"
    assert message["Message-ID"] == f"<{WHAT.delivery.id}@example.org>"
    assert message["List-Unsubscribe"] == "<mailto:desk@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert body(message, "plain") == WHAT.rendered.text.rstrip("\n")
    assert body(message, "html") == WHAT.rendered.html.rstrip("\n")


def test_a_mail_system_is_tried_and_takes_nothing(mail: MailSystem) -> None:
    options = {"to": "ann@example.org", "from": "watchdesk@example.org", "server": over_smtp(mail)}
    account = Account(0, frozenset(), "root")
    before = mail.boxes()
    tried = EmailChannel(EmailOptions.model_validate(options), Timeouts(10, 20)).probe(account)
    assert tried == [Reached(f"127.0.0.1:{mail.port} answers in the clear")]
    options |= {"user": "desk", "password": "pa55word"}
    (refused,) = EmailChannel(EmailOptions.model_validate(options), Timeouts(10, 20)).probe(account)
    assert isinstance(refused, NotReached)
    assert "offers no login" in refused.reason
    assert mail.boxes() == before


def test_a_digest_of_many_stories_arrives_whole(mail: MailSystem) -> None:
    what = parcel(rendered=rendered([found(n, "Жовтень " * 20) for n in range(60)]))
    assert send(over_smtp(mail), what, "bob@example.org") == Sent()
    message = newest(mail, "bob@example.org", 1)
    assert body(message, "plain") == what.rendered.text.rstrip("\n")
    assert body(message, "html") == what.rendered.html.rstrip("\n")


def test_an_address_in_an_international_domain_is_delivered(mail: MailSystem) -> None:
    assert send(over_smtp(mail), WHAT, "ann@bücher.example") == Sent()
    assert newest(mail, "ann@xn--bcher-kva.example", 1)["To"] == "ann@xn--bcher-kva.example"


def test_recipients_that_it_refuses_are_named_and_the_other_gets_hers(mail: MailSystem) -> None:
    # OpenSMTPD knows no quoted local parts (RFC 5321 §4.1.2), and says so at RCPT.
    before = len(mail.delivered("ann@example.org"))
    outcome = send(
        over_smtp(mail),
        WHAT,
        "nobody@example.org",
        "ann@example.org",
        '"two words"@example.org',
        "x@elsewhere.example",
    )
    assert isinstance(outcome, Sent)
    assert "nobody@example.org: 550 Invalid recipient" in (outcome.note or "")
    assert '"two words"@example.org: 501 5.1.3 Recipient address syntax error' in (outcome.note or "")
    assert "x@elsewhere.example" in (outcome.note or "")
    assert len(mail.delivered("ann@example.org", before + 1)) == before + 1
    assert set(mail.boxes()) <= {"ann@example.org", "ann@xn--bcher-kva.example", "bob@example.org"}


def test_a_digest_that_nobody_takes_is_refused_for_good(mail: MailSystem) -> None:
    outcome = send(over_smtp(mail), WHAT, "nobody@example.org")
    assert isinstance(outcome, Refused)
    assert "550 Invalid recipient" in outcome.reason


def test_its_sendmail_program_takes_a_digest_as_well(mail: MailSystem) -> None:
    before = len(mail.delivered("ann@example.org"))
    assert send(f"sendmail:{mail.sendmail}", WHAT, "ann@example.org") == Sent()
    message = newest(mail, "ann@example.org", before + 1)
    assert message["Subject"] == SUBJECT
    assert body(message, "html") == WHAT.rendered.html.rstrip("\n")


def test_a_recipient_that_its_program_refuses_does_not_cost_the_others_theirs(mail: MailSystem) -> None:
    before = len(mail.delivered("ann@example.org"))
    outcome = send(f"sendmail:{mail.sendmail}", WHAT, "nobody@example.org", "ann@example.org")
    assert isinstance(outcome, Sent)
    assert "nobody@example.org" in (outcome.note or "")
    assert len(mail.delivered("ann@example.org", before + 1)) == before + 1
