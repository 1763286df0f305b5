"""Hands a letter to an SMTP (RFC 5321) or LMTP (RFC 2033) server, stage by stage.

smtplib speaks; what is said, and what each reply comes to, is settled here and in `replies`.
"""

import contextlib
import re
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from watchdesk.delivery.limits import Limits
from watchdesk.delivery.mail.line import Line, trust_for
from watchdesk.delivery.mail.message import Letter
from watchdesk.delivery.mail.replies import Reply, holds_back, named, settle
from watchdesk.delivery.mail.server import MailServer, Protocol
from watchdesk.model import Refused, Retry, SendOutcome
from watchdesk.wire.deadline import Deadline, Watch

_LOGINS = {"CRAM-MD5", "PLAIN", "LOGIN"}
"""What smtplib knows."""


@dataclass(frozen=True, slots=True)
class Login:
    """Who we are to the server."""

    user: str
    password: str


class Conversation:
    """One attempt at one letter."""

    def __init__(
        self,
        server: MailServer,
        login: Login | None = None,
        limits: Limits | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._server = server
        self._login = login
        self._limits = limits or Limits()
        self._watch = Watch(self._limits.whole)
        self._trust = trust or trust_for(server)
        self._stage = "connecting"

    def send(self, letter: Letter, age: timedelta) -> SendOutcome:
        """Sends once; `age` is that of the delivery. Never raises for what a server or a network may do."""
        with self._watch.deadline() as deadline:
            try:
                line = Line(self._server, self._limits, deadline, self._trust)
                return self._with_line(line, letter, age)
            except (OSError, smtplib.SMTPException) as trouble:
                return Retry(self._interrupted(trouble, deadline))

    def _with_line(self, line: smtplib.SMTP, letter: Letter, age: timedelta) -> SendOutcome:
        try:
            trouble = self._greet(line) or self._secure(line) or self._log_in(line)
            outcome = trouble or self._hand_over(line, letter, age)
            with contextlib.suppress(OSError, smtplib.SMTPException):  # the outcome stands without a farewell
                line.quit()
            return outcome
        finally:
            line.close()

    def _greet(self, line: smtplib.SMTP) -> Retry | None:
        self._stage = "being greeted"
        reply = Reply.of(line.ehlo())
        if not reply.taken and reply.code != 421 and self._server.protocol is not Protocol.LMTP:
            reply = Reply.of(line.helo())
        return None if reply.taken else Retry(f"{self._server} did not greet us: {reply}")

    def _secure(self, line: smtplib.SMTP) -> Retry | None:
        if self._server.protocol is not Protocol.SMTP or not line.has_extn("starttls"):
            return None
        self._stage = "starting TLS"
        reply = Reply.of(line.starttls(context=self._trust))
        if reply.code != 220:
            return Retry(f"{self._server} offers STARTTLS and did not start it: {reply}")
        return self._greet(line)

    def _log_in(self, line: smtplib.SMTP) -> Retry | None:
        if self._login is None:
            return None
        self._stage = "logging in"
        if not isinstance(line.sock, ssl.SSLSocket) and not self._server.is_local:
            return Retry(
                f"{self._server} does not offer STARTTLS, and the password is not sent in the clear; "
                "use smtps://, or a server that offers STARTTLS"
            )
        if not _LOGINS & set(line.esmtp_features.get("auth", "").upper().split()):
            return Retry(f"{self._server} offers no login that is known here; leave out user and password?")
        try:
            line.login(self._login.user, self._login.password)
        except smtplib.SMTPAuthenticationError as refusal:
            reply = Reply.of((refusal.smtp_code, _as_bytes(refusal.smtp_error)))
            return Retry(f"{self._server} did not take user and password: {reply}")
        except UnicodeEncodeError:
            return Retry(f"user or password for {self._server} holds letters that a login cannot carry")
        return None

    def _hand_over(self, line: smtplib.SMTP, letter: Letter, age: timedelta) -> SendOutcome:
        self._stage = "being told sender and recipients"
        everyone = [address.spec for address in letter.recipients]
        if letter.needs_utf8 and not line.has_extn("smtputf8"):
            return Refused(f"{self._server} takes no addresses beyond ASCII (it does not offer SMTPUTF8)")
        sender = Reply.of(line.mail(letter.sender.spec, _mail_options(line, letter)))
        if not sender.taken:
            return settle(dict.fromkeys(everyone, sender), str(self._server))
        replies = {who: Reply.of(line.rcpt(who)) for who in everyone}
        taken = [who for who, reply in replies.items() if reply.taken]
        if not taken:
            return settle(replies, str(self._server))
        put_off = {who: reply for who, reply in replies.items() if not reply.taken and not reply.for_good}
        if put_off and holds_back(age):
            return Retry(f"{self._server} put off {named(put_off)}; the others wait a little for them")
        return settle({**replies, **self._send_content(line, letter, taken)}, str(self._server))

    def _send_content(self, line: smtplib.SMTP, letter: Letter, taken: Sequence[str]) -> dict[str, Reply]:
        self._stage = "reading the message"
        line.putcmd("data")
        ready = Reply.of(line.getreply())
        if ready.code != 354:
            return dict.fromkeys(taken, Reply(0, "") if ready.taken else ready)
        line.send(re.sub(rb"(?m)^\.", b"..", letter.content))
        self._stage = "taking the message (it may have arrived: it is repeated with the same Message-ID)"
        line.send(b".\r\n")
        if self._server.protocol is Protocol.LMTP:
            return {who: Reply.of(line.getreply()) for who in taken}  # RFC 2033 §4.2: one for each
        return dict.fromkeys(taken, Reply.of(line.getreply()))

    def _interrupted(self, trouble: Exception, deadline: Deadline) -> str:
        if deadline.expired:
            return f"{self._server} took more than {deadline.seconds:g} s in all, while {self._stage}"
        if isinstance(trouble, smtplib.SMTPResponseException):
            reply = Reply.of((trouble.smtp_code, _as_bytes(trouble.smtp_error)))
            return f"{self._server} turned us away while {self._stage}: {reply}"
        if isinstance(trouble, ssl.SSLCertVerificationError):
            return f"the certificate of {self._server} cannot be trusted: {trouble.verify_message}"
        return f"{self._server} cannot be reached or hung up, while {self._stage}: {_cause(trouble)}"


def _mail_options(line: smtplib.SMTP, letter: Letter) -> list[str]:
    # RFC 1870: told its size, a server refuses what is too large before it is sent.
    size = [f"SIZE={len(letter.content)}"] if line.has_extn("size") else []
    return [*size, "SMTPUTF8", "BODY=8BITMIME"] if letter.needs_utf8 else size


def _cause(trouble: Exception) -> str:
    if isinstance(trouble, TimeoutError):
        return "no answer in time"
    return (isinstance(trouble, OSError) and trouble.strerror) or str(trouble) or type(trouble).__name__


def _as_bytes(text: bytes | str) -> bytes:
    """Typeshed and smtplib differ on which of the two an error carries."""
    return text if isinstance(text, bytes) else text.encode("utf-8", "replace")
