"""Hands a letter to an SMTP (RFC 5321) or LMTP (RFC 2033) server, stage by stage.

smtplib speaks; this decides what is said, `replies` what a reply means, `recipients` what comes of it all.
"""

import contextlib
import re
import smtplib
import ssl
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from watchdesk.config.network import Authorities
from watchdesk.delivery.mail.connection import MailConnection, as_bytes, cause_of, trust_for
from watchdesk.delivery.mail.login import Credentials, log_in
from watchdesk.delivery.mail.message import Letter
from watchdesk.delivery.mail.recipients import Answer, Recipients, Room, answer_for_all, refusal_of_connection
from watchdesk.delivery.mail.replies import Meaning, Reply, Stage, meaning
from watchdesk.delivery.mail.server import MailServer, Protocol, Tls
from watchdesk.delivery.timeouts import Timeouts
from watchdesk.model import Refused, SendOutcome, Sent
from watchdesk.transport.deadline import Deadline, Watch
from watchdesk.transport.reasons import distrust_of


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a connection ended before every recipient had an answer."""

    reason: str
    needs_person: bool = False


_ASCII_ALONE = "takes no addresses beyond ASCII (it does not offer SMTPUTF8)"


class _Closing(Exception):
    """The server accepts no more over this connection, but may over another (421: RFC 5321 §3.8)."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        super().__init__(str(reply))


class Submission:
    """One attempt at one letter."""

    def __init__(
        self,
        server: MailServer,
        login: Credentials | None = None,
        timeouts: Timeouts | None = None,
        trust: ssl.SSLContext | None = None,
        *,
        tls: Tls = Tls.WHEN_OFFERED,
        helo: str | None = None,
        room: Room | None = None,
        authorities: Authorities = Authorities(),
    ) -> None:
        """`room`: what is known of the server from earlier letters, and learned from this one.

        `authorities`: whose certificates are believed; `trust`: the same, already loaded.
        """
        self._server = server
        self._login = login
        self._timeouts = timeouts or Timeouts()
        self._watch = Watch(self._timeouts.whole)
        self._authorities = authorities
        self._trust = trust or trust_for(server, authorities)
        self._tls = tls
        self._helo = helo
        self._room = room or Room()
        self._stage = Stage.CONNECT
        self._in_clear = False

    def send(self, letter: Letter, had: Collection[str] = ()) -> SendOutcome:
        """Sends once to each recipient, except those who `had` it from an earlier attempt.

        Never raises for what a server or a network may do.
        """
        recipients = Recipients([address.spec for address in letter.recipients], had)
        with self._watch.deadline() as deadline:
            while True:
                before = (recipients.delivered, self._room.most)
                trouble = self._on_one_connection(letter, recipients, deadline)
                if trouble is None:
                    return self._noting_clear_text(recipients.outcome(str(self._server)))
                if isinstance(trouble, Refused):
                    return trouble
                # Another connection would not help where this one brought nothing.
                if (recipients.delivered, self._room.most) == before or deadline.expired:
                    return recipients.outcome(
                        str(self._server), trouble.reason, needs_person=trouble.needs_person
                    )

    def _on_one_connection(
        self, letter: Letter, recipients: Recipients, deadline: Deadline
    ) -> Trouble | Refused | None:
        self._stage = Stage.CONNECT
        try:
            connection = MailConnection(self._server, self._timeouts, deadline, self._trust, self._helo)
            return self._with_connection(connection, letter, recipients)
        except _Closing as closing:
            return self._turned_away(closing.reply)
        except smtplib.SMTPResponseException as trouble:
            return self._turned_away(Reply.of((trouble.smtp_code, as_bytes(trouble.smtp_error))))
        except (OSError, smtplib.SMTPException) as trouble:
            distrusted = isinstance(trouble, ssl.SSLCertVerificationError) and not deadline.expired
            return Trouble(self._interrupted(trouble, deadline), needs_person=distrusted)

    def _with_connection(
        self, connection: smtplib.SMTP, letter: Letter, recipients: Recipients
    ) -> Trouble | Refused | None:
        try:
            trouble = self._greet(connection) or self._secure(connection) or self._log_in(connection)
            if trouble is None and letter.needs_utf8 and not connection.has_extn("smtputf8"):
                if letter.in_ascii is None:
                    return Refused(f"{self._server} {_ASCII_ALONE}")
                beyond = [who for who in recipients.waiting if not who.isascii()]
                recipients.note(
                    dict.fromkeys(beyond, Answer(Stage.RCPT, Reply(553, f"5.6.7 it {_ASCII_ALONE}")))
                )
                letter = letter.in_ascii
            if trouble is None:
                self._hand_over(connection, letter, recipients)
            with contextlib.suppress(OSError, smtplib.SMTPException):  # the outcome stands without a farewell
                connection.quit()
            return trouble
        finally:
            connection.close()

    def _greet(self, connection: smtplib.SMTP) -> Trouble | None:
        self._stage = Stage.HELLO
        reply = Reply.of(connection.ehlo())
        if not reply.accepted and reply.code != 421 and self._server.protocol is not Protocol.LMTP:
            reply = Reply.of(connection.helo())
        return None if reply.accepted else self._trouble(f"{self._server} did not greet us: {reply}", reply)

    def _secure(self, connection: smtplib.SMTP) -> Trouble | None:
        if self._server.protocol is Protocol.SMTPS or self._tls is Tls.NEVER:
            return None
        if self._server.protocol is Protocol.LMTP:
            self._in_clear = not self._server.is_local
            return None
        if not connection.has_extn("starttls"):
            return self._without_tls()
        self._stage = Stage.STARTTLS
        reply = Reply.of(connection.starttls(context=self._trust))
        if reply.code != 220:
            return self._trouble(f"{self._server} offers STARTTLS and did not start it: {reply}", reply)
        return self._greet(connection)

    def _without_tls(self) -> Trouble | None:
        match self._tls:
            case Tls.REQUIRED:
                if self._login and not self._server.is_local:
                    return self._not_in_clear(self._login)
                return Trouble(
                    f"{self._server} does not offer STARTTLS, and `tls` is required; use smtps://, a server "
                    "that offers STARTTLS, or `tls: when-offered`",
                    needs_person=True,
                )
            case Tls.WHEN_OFFERED:
                self._in_clear = not self._server.is_local
                return None
            case Tls.NEVER:
                return None
            case _:
                assert_never(self._tls)

    def _log_in(self, connection: smtplib.SMTP) -> Trouble | None:
        if self._login is None:
            return None
        self._stage = Stage.LOGIN
        secure = isinstance(connection.sock, ssl.SSLSocket)
        if not secure and not self._server.is_local:
            return self._not_in_clear(self._login)
        failed = log_in(connection, self._server, self._login, secure=secure)
        return failed if failed is None else Trouble(failed, needs_person=True)

    def _not_in_clear(self, login: Credentials) -> Trouble:
        return Trouble(
            f"{self._server} does not offer STARTTLS, and the {login.noun} is not sent in the clear; use "
            "smtps://, or a server that offers STARTTLS",
            needs_person=True,
        )

    def _hand_over(self, connection: smtplib.SMTP, letter: Letter, recipients: Recipients) -> None:
        """Uses as many transactions as the server needs."""
        before, clean = recipients.delivered, True
        while recipients.waiting:
            if not clean:
                connection.rset()
            asked = recipients.waiting[: self._room.most]
            answers = self._transaction(connection, letter, asked)
            if (limit := refusal_of_connection(answers)) and recipients.delivered != before:
                raise _Closing(limit)
            clean = any(answer.stage in (Stage.CONTENT, Stage.EACH) for answer in answers.values())
            self._settle(asked, answers, recipients)

    def _settle(self, asked: Sequence[str], answers: Mapping[str, Answer], recipients: Recipients) -> None:
        """Notes the answers, except where another transaction may be all that is needed."""
        found = {who: meaning(answer.stage, answer.reply) for who, answer in answers.items()}
        accepted = [who for who in asked if answers[who].stage not in (Stage.MAIL, Stage.RCPT)]
        over = [who for who in asked if found[who] is Meaning.SPLIT and who not in accepted]
        perhaps = [who for who in asked if found[who] is Meaning.PERHAPS_SPLIT]
        again: list[str] = []
        if accepted and found[accepted[0]] is Meaning.SPLIT and len(accepted) > 1:
            # The reply came after the last of them: how many it accepts is not known.
            self._room.learn(len(accepted) // 2)
            again = [*accepted, *over, *perhaps]
        elif accepted:
            again = [*over, *perhaps]
            if over:
                self._room.learn(len(accepted))
        if any(answers[who].stage is not Stage.EACH or found[who] is Meaning.ACCEPTED for who in accepted):
            recipients.note_accepted()
        recipients.note({who: answer for who, answer in answers.items() if who not in again})
        if last := answer_for_all(asked, answers, found, again):
            recipients.note(dict.fromkeys(recipients.waiting, last))

    def _transaction(
        self, connection: smtplib.SMTP, letter: Letter, asked: Sequence[str]
    ) -> dict[str, Answer]:
        self._stage = Stage.MAIL
        sender = self._reply(connection.mail(letter.sender.spec, _mail_options(connection, letter)))
        if not sender.accepted:
            return dict.fromkeys(asked, Answer(Stage.MAIL, sender))
        self._stage = Stage.RCPT
        answers: dict[str, Answer] = {}
        for who in asked:
            so_far = sum(answer.reply.accepted for answer in answers.values())
            answer = Answer(Stage.RCPT, self._reply(connection.rcpt(who), so_far))
            answers[who] = answer
            if meaning(Stage.RCPT, answer.reply) is Meaning.SPLIT:
                answers |= dict.fromkeys(asked[len(answers) :], answer)
                break
        accepted = [who for who, answer in answers.items() if answer.reply.accepted]
        return {**answers, **(self._send_content(connection, letter, accepted) if accepted else {})}

    def _send_content(
        self, connection: smtplib.SMTP, letter: Letter, accepted: Sequence[str]
    ) -> dict[str, Answer]:
        self._stage = Stage.DATA
        connection.putcmd("data")
        ready = self._reply(connection.getreply(), len(accepted) // 2)
        if meaning(Stage.DATA, ready) is not Meaning.ACCEPTED:
            ready = Reply(0, "") if ready.accepted else ready
            return dict.fromkeys(accepted, Answer(Stage.DATA, ready))
        connection.send(re.sub(rb"(?m)^\.", b"..", letter.content))
        if self._server.protocol is Protocol.LMTP:
            self._stage = Stage.EACH
            connection.send(b".\r\n")
            return {who: Answer(Stage.EACH, Reply.of(connection.getreply())) for who in accepted}
        self._stage = Stage.CONTENT
        connection.send(b".\r\n")
        return dict.fromkeys(
            accepted, Answer(Stage.CONTENT, self._reply(connection.getreply(), len(accepted) // 2))
        )

    def _reply(self, answer: tuple[int, bytes], fits: int = 0) -> Reply:
        """`fits`: how many recipients to try next if the server closes because of their number."""
        reply = Reply.of(answer)
        if reply.code == 421:
            if fits and meaning(self._stage, reply) is Meaning.SPLIT:
                self._room.learn(fits)
            raise _Closing(reply)
        return reply

    def _trouble(self, reason: str, reply: Reply) -> Trouble:
        return Trouble(reason, needs_person=meaning(self._stage, reply) is Meaning.OURS)

    def _turned_away(self, reply: Reply) -> Trouble:
        return self._trouble(f"{self._server} turned us away while {self._stage}: {reply}", reply)

    def _noting_clear_text(self, outcome: SendOutcome) -> SendOutcome:
        if not self._in_clear or not isinstance(outcome, Sent):
            return outcome
        why, instead = "for the server does not offer STARTTLS", "`tls: required` would have stopped it, "
        if self._server.protocol is Protocol.LMTP:
            why, instead = "for lmtp has no TLS here", ""
        said = (
            f"it went to {self._server} in the clear, {why}; {instead}`tls: never` says that it is meant "
            "to be so"
        )
        return Sent("; ".join(note for note in (outcome.note, said) if note))

    def _interrupted(self, trouble: Exception, deadline: Deadline) -> str:
        if deadline.expired:
            return f"{self._server} took more than {deadline.seconds:g} s in all, while {self._stage}"
        if isinstance(trouble, ssl.SSLCertVerificationError):
            why = distrust_of(trouble, self._authorities)
            return f"the certificate of {self._server} cannot be trusted: {why}"
        return f"{self._server} cannot be reached or hung up, while {self._stage}: {cause_of(trouble)}"


def _mail_options(connection: smtplib.SMTP, letter: Letter) -> list[str]:
    # RFC 1870: a server that knows the size refuses what is too large before it is sent.
    size = [f"SIZE={len(letter.content)}"] if connection.has_extn("size") else []
    return [*size, "SMTPUTF8", "BODY=8BITMIME"] if letter.needs_utf8 else size
