"""Hands a letter to an SMTP (RFC 5321) or LMTP (RFC 2033) server, stage by stage.

smtplib speaks, and `opening` leads as far as the login. This decides what is said then, `replies` what a
reply means, `recipients` what comes of it all.
"""

import re
import smtplib
import ssl
from collections.abc import Collection, Mapping, Sequence

from watchdesk.config.network import Authorities
from watchdesk.delivery.mail.login import Credentials
from watchdesk.delivery.mail.message import Letter
from watchdesk.delivery.mail.opening import Closing, Opening, Trouble
from watchdesk.delivery.mail.recipients import Answer, Recipients, Room, answer_for_all, refusal_of_connection
from watchdesk.delivery.mail.replies import Meaning, Reply, Stage, meaning
from watchdesk.delivery.mail.server import MailServer, Protocol, Tls
from watchdesk.delivery.timeouts import Timeouts
from watchdesk.model import Refused, SendOutcome, Sent

_ASCII_ALONE = "takes no addresses beyond ASCII (it does not offer SMTPUTF8)"


class Submission(Opening):
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
        """`room`: what is known of the server from earlier letters, and learned from this one."""
        super().__init__(server, login, timeouts, trust, tls=tls, helo=helo, authorities=authorities)
        self._room = room or Room()

    def send(self, letter: Letter, had: Collection[str] = ()) -> SendOutcome:
        """Sends once to each recipient, except those who `had` it from an earlier attempt.

        Never raises for what a server or a network may do.
        """
        recipients = Recipients([address.spec for address in letter.recipients], had)
        with self._watch.deadline() as deadline:
            while True:
                before = (recipients.delivered, self._room.most)
                trouble = self._on_one_connection(
                    deadline, lambda connection: self._submitted(connection, letter, recipients)
                )
                if trouble is None:
                    return self._noting_clear_text(recipients.outcome(str(self._server)))
                if isinstance(trouble, Refused):
                    return trouble
                # Another connection would not help where this one brought nothing.
                if (recipients.delivered, self._room.most) == before or deadline.expired:
                    return recipients.outcome(
                        str(self._server), trouble.reason, needs_person=trouble.needs_person
                    )

    def _submitted(
        self, connection: smtplib.SMTP, letter: Letter, recipients: Recipients
    ) -> Trouble | Refused | None:
        trouble = self._open(connection)
        if trouble is not None:
            return trouble
        if letter.needs_utf8 and not connection.has_extn("smtputf8"):
            if letter.in_ascii is None:
                return Refused(f"{self._server} {_ASCII_ALONE}")
            beyond = [who for who in recipients.waiting if not who.isascii()]
            recipients.note(dict.fromkeys(beyond, Answer(Stage.RCPT, Reply(553, f"5.6.7 it {_ASCII_ALONE}"))))
            letter = letter.in_ascii
        self._hand_over(connection, letter, recipients)
        return None

    def _hand_over(self, connection: smtplib.SMTP, letter: Letter, recipients: Recipients) -> None:
        """Uses as many transactions as the server needs."""
        before, clean = recipients.delivered, True
        while recipients.waiting:
            if not clean:
                connection.rset()
            asked = recipients.waiting[: self._room.most]
            answers = self._transaction(connection, letter, asked)
            if (limit := refusal_of_connection(answers)) and recipients.delivered != before:
                raise Closing(limit)
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
            raise Closing(reply)
        return reply

    def _noting_clear_text(self, outcome: SendOutcome) -> SendOutcome:
        if not self._in_clear or not isinstance(outcome, Sent):
            return outcome
        said = self._clear_text("went", "would have stopped")
        return Sent("; ".join(note for note in (outcome.note, said) if note))


def _mail_options(connection: smtplib.SMTP, letter: Letter) -> list[str]:
    # RFC 1870: a server that knows the size refuses what is too large before it is sent.
    size = [f"SIZE={len(letter.content)}"] if connection.has_extn("size") else []
    return [*size, "SMTPUTF8", "BODY=8BITMIME"] if letter.needs_utf8 else size
