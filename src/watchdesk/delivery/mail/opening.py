"""Opens a connection to an SMTP (RFC 5321) or LMTP (RFC 2033) server as far as the login.

`submission` then hands a letter over. Here one may also stop and hang up, to see whether it gets so far.
"""

import contextlib
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, assert_never

from watchdesk.config.network import Authorities
from watchdesk.delivery.mail.connection import MailConnection, as_bytes, cause_of, trust_for
from watchdesk.delivery.mail.login import Credentials, log_in
from watchdesk.delivery.mail.replies import Meaning, Reply, Stage, meaning
from watchdesk.delivery.mail.server import MailServer, Protocol, Tls
from watchdesk.delivery.timeouts import Timeouts
from watchdesk.encoding.display import one_line
from watchdesk.model import NotReached, Probed, Reached
from watchdesk.transport.certificates import end_of_certificate
from watchdesk.transport.deadline import Deadline, Watch
from watchdesk.transport.reasons import distrust_of

_T = TypeVar("_T")
_ASK = "ask whoever runs the server"
_ADVICE = {
    Stage.CONNECT: "check host and port of `server`, and whether a firewall is in the way",
    Stage.LOGIN: "check `user`, and what is kept where its secret is; or ask whoever runs the server",
}
"""What to do where it ended, by stage."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a connection ended before every recipient had an answer."""

    reason: str
    needs_person: bool = False


class Closing(Exception):
    """The server accepts no more over this connection, but may over another (421: RFC 5321 §3.8)."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        super().__init__(str(reply))


class Opening:
    """What leads to an open connection, and what went wrong on the way."""

    def __init__(
        self,
        server: MailServer,
        login: Credentials | None = None,
        timeouts: Timeouts | None = None,
        trust: ssl.SSLContext | None = None,
        *,
        tls: Tls = Tls.WHEN_OFFERED,
        helo: str | None = None,
        authorities: Authorities = Authorities(),
    ) -> None:
        """`authorities`: whose certificates are believed; `trust`: the same, already loaded."""
        self._server = server
        self._login = login
        self._timeouts = timeouts or Timeouts()
        self._watch = Watch(self._timeouts.whole)
        self._authorities = authorities
        self._trust = trust or trust_for(server, authorities)
        self._tls = tls
        self._helo = helo
        self._stage = Stage.CONNECT
        self._in_clear = False

    def probe(self) -> Probed:
        """Connects, logs in, asks for nothing (NOOP) and hangs up. Never raises for what a server may do."""
        with self._watch.deadline() as deadline:
            found = self._on_one_connection(deadline, self._probed)
        if not isinstance(found, Trouble):
            return found
        return NotReached(one_line(found.reason), _ADVICE.get(self._stage, _ASK))

    def _probed(self, connection: MailConnection) -> Reached | Trouble:
        trouble = self._open(connection)
        if trouble is not None:
            return trouble
        self._stage = Stage.NOOP
        reply = Reply.of(connection.noop())
        if not reply.accepted:
            return self._trouble(f"{self._server} turned us away while {self._stage}: {reply}", reply)
        how = "over TLS" if isinstance(connection.sock, ssl.SSLSocket) else "in the clear"
        logged_in = f" and accepts the login of {self._login.user}" if self._login else ""
        warnings = (self._clear_text("goes", "would stop"),) if self._in_clear else ()
        expires = end_of_certificate(connection.sock)
        return Reached(f"{self._server} answers {how}{logged_in}", expires, warnings)

    def _clear_text(self, goes: str, stops: str) -> str:
        why, instead = "for the server does not offer STARTTLS", f"`tls: required` {stops} it, "
        if self._server.protocol is Protocol.LMTP:
            why, instead = "for lmtp has no TLS here", ""
        meant = "`tls: never` says that it is meant to be so"
        return f"it {goes} to {self._server} in the clear, {why}; {instead}{meant}"

    def _on_one_connection(self, deadline: Deadline, talk: Callable[[MailConnection], _T]) -> _T | Trouble:
        """What comes of the talk over one connection, which ends with it; or why that ended before."""
        self._stage = Stage.CONNECT
        try:
            connection = MailConnection(self._server, self._timeouts, deadline, self._trust, self._helo)
            try:
                outcome = talk(connection)
                with contextlib.suppress(OSError, smtplib.SMTPException):  # it stands without a farewell
                    connection.quit()
                return outcome
            finally:
                connection.close()
        except Closing as closing:
            return self._turned_away(closing.reply)
        except smtplib.SMTPResponseException as trouble:
            return self._turned_away(Reply.of((trouble.smtp_code, as_bytes(trouble.smtp_error))))
        except (OSError, smtplib.SMTPException) as trouble:
            distrusted = isinstance(trouble, ssl.SSLCertVerificationError) and not deadline.expired
            return Trouble(self._interrupted(trouble, deadline), needs_person=distrusted)

    def _open(self, connection: smtplib.SMTP) -> Trouble | None:
        """As far as the login."""
        return self._greet(connection) or self._secure(connection) or self._log_in(connection)

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

    def _trouble(self, reason: str, reply: Reply) -> Trouble:
        return Trouble(reason, needs_person=meaning(self._stage, reply) is Meaning.OURS)

    def _turned_away(self, reply: Reply) -> Trouble:
        return self._trouble(f"{self._server} turned us away while {self._stage}: {reply}", reply)

    def _interrupted(self, trouble: Exception, deadline: Deadline) -> str:
        if deadline.expired:
            return f"{self._server} took more than {deadline.seconds:g} s in all, while {self._stage}"
        if isinstance(trouble, ssl.SSLCertVerificationError):
            why = distrust_of(trouble, self._authorities)
            return f"the certificate of {self._server} cannot be trusted: {why}"
        return f"{self._server} cannot be reached or hung up, while {self._stage}: {cause_of(trouble)}"
