"""A connection to a mail server, plain, over TLS or to a socket's path, that ends with its deadline."""

import smtplib
import socket
import ssl

from watchdesk.config.network import Authorities
from watchdesk.delivery.mail.server import MailServer, Protocol
from watchdesk.delivery.timeouts import Timeouts
from watchdesk.transport.deadline import Deadline
from watchdesk.transport.dialing import dial
from watchdesk.transport.trust import trust_store

_MOST_LINES = 100
_LONGEST_LINE = 8192


class MailConnection(smtplib.SMTP):
    """A connection that ends with its deadline; over TLS from the start for smtps, to a path for LMTP."""

    def __init__(
        self,
        server: MailServer,
        timeouts: Timeouts,
        deadline: Deadline,
        trust: ssl.SSLContext,
        helo: str | None = None,
    ) -> None:
        """`helo`: what we call ourselves; None: this machine's full name, else its address."""
        self._server = server
        self._deadline = deadline
        self._trust = trust
        if server.protocol is Protocol.LMTP:
            self.ehlo_msg = "lhlo"
        super().__init__(server.path or server.host, server.port, local_hostname=helo, timeout=timeouts.wait)

    def getreply(self) -> tuple[int, bytes]:
        """A whole reply (RFC 5321 §4.2.1). smtplib would take one that broke off, and one without end."""
        texts: list[bytes] = []
        for _ in range(_MOST_LINES):
            connection = self._read_line()
            texts.append(connection[4:].strip())
            if not connection[:3].isdigit():
                return -1, b"\n".join(texts)
            if connection[3:4] != b"-":
                return int(connection[:3]), b"\n".join(texts)
        self.close()
        raise smtplib.SMTPServerDisconnected("a reply of more lines than any server needs")

    def _read_line(self) -> bytes:
        try:
            if self.file is None and self.sock is not None:
                self.file = self.sock.makefile("rb")
            connection: bytes = self.file.readline(_LONGEST_LINE) if self.file else b""
        except OSError:
            self.close()
            raise
        if connection.endswith(b"\n"):
            return connection
        self.close()
        raise smtplib.SMTPServerDisconnected("a reply that broke off" if connection else "no reply")

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = self._connect(host, port, timeout)
        self._deadline.watch(connection)
        if self._server.protocol is not Protocol.SMTPS:
            return connection
        try:
            return self._trust.wrap_socket(connection, server_hostname=host)
        except OSError:
            connection.close()
            raise

    def _connect(self, host: str, port: int, timeout: float) -> socket.socket:
        if not self._server.path:
            return dial(host, port, timeout)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(timeout)
        try:
            connection.connect(self._server.path)
        except OSError:
            connection.close()
            raise
        return connection


def trust_for(server: MailServer, authorities: Authorities = Authorities()) -> ssl.SSLContext:
    """Checks certificates, except on this machine: local servers have self-signed ones."""
    trust = trust_store(authorities)
    if server.is_local:
        trust.check_hostname = False
        trust.verify_mode = ssl.CERT_NONE
    return trust


def cause_of(trouble: Exception) -> str:
    """Why a connection failed, in a few words."""
    if isinstance(trouble, TimeoutError):
        return "no answer in time"
    return (isinstance(trouble, OSError) and trouble.strerror) or str(trouble) or type(trouble).__name__


def as_bytes(text: bytes | str) -> bytes:
    """Typeshed and smtplib differ on which of the two an error carries."""
    return text if isinstance(text, bytes) else text.encode("utf-8", "replace")
